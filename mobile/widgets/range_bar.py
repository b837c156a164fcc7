"""Range bar: how much of the time lay in each band of a glucose sensor, lowest at the left; the words say it too."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import ListProperty
from kivy.uix.widget import Widget

from mobile import theme

_TINTS = {
    "very_low": theme.ON_STOP,
    "low": theme.STOP,
    "in_range": theme.MAIN,
    "high": theme.NOTICE,
    "very_high": theme.ON_NOTICE,
}


class RangeBar(Widget):
    """``shares``: (band, percent), from the lowest band."""

    shares = ListProperty([])

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, height=dp(32), **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        for name in ("shares", "pos", "size"):
            self.fbind(name, self._trigger)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        x = self.x
        with self.canvas:
            for band, percent in self.shares:
                wide = self.width * percent / 100
                if wide <= 0:
                    continue
                Color(*theme.rgba(_TINTS[band]))
                Rectangle(pos=(x, self.y), size=(max(wide - dp(1), dp(1)), self.height))
                x += wide
