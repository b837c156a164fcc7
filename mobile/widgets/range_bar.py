"""Range bar: how much of the time lay in each band of a glucose sensor, lowest at the left; the words say it too."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import ListProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile import theme
from mobile.widgets.labels import Hug

# The same as on the doctor's page.
TINTS = {
    "very_low": theme.ON_STOP,
    "low": "#D98580",
    "in_range": theme.MAIN,
    "high": "#E0B25C",
    "very_high": "#8A5A00",
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
                Color(*theme.rgba(TINTS[band]))
                Rectangle(pos=(x, self.y), size=(max(wide - dp(1), dp(1)), self.height))
                x += wide


class BandName(BoxLayout):
    """A square in the tint of ``band``, and what the band is called: the bar says nothing by colour alone."""

    def __init__(self, band: str, said: str) -> None:
        super().__init__(orientation="horizontal", size_hint=(None, None), spacing=dp(6))
        self.words = Hug(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
        self.square = Widget(size_hint=(None, None), size=(dp(16), dp(16)), pos_hint={"center_y": 0.5})
        for widget in (self.square, self.words):
            self.add_widget(widget)
        self.size = (self.square.width + self.spacing + self.words.width, self.words.height)
        with self.square.canvas:
            Color(*theme.rgba(TINTS[band]))
            painted = Rectangle(pos=self.square.pos, size=self.square.size)
        self.square.bind(pos=lambda _, place: setattr(painted, "pos", place))
