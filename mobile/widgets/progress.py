"""Progress: a bar that fills from the left, for what takes a while; the words beside it say how far it is."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.graphics import Color, RoundedRectangle
from kivy.metrics import dp
from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from mobile import theme


class FillingBar(Widget):  # "ProgressBar" has rules of Kivy's own
    """``percent`` from 0 to 100."""

    percent = NumericProperty(0)

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, height=dp(16), **words)
        self._trigger = Clock.create_trigger(self._draw, -1)
        for name in ("percent", "pos", "size"):
            self.fbind(name, self._trigger)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        round_by = [self.height / 2]
        filled = self.width * min(max(self.percent, 0), 100) / 100
        with self.canvas:
            Color(*theme.rgba(theme.LINE))
            RoundedRectangle(pos=self.pos, size=self.size, radius=round_by)
            if filled:
                Color(*theme.rgba(theme.MAIN))
                RoundedRectangle(pos=self.pos, size=(max(filled, self.height), self.height), radius=round_by)
