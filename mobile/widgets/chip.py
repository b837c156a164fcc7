"""Chips: a word on a tint (how a value stands), and words to choose from, one or several."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from mobile import theme
from mobile.widgets.labels import Hug, Icon
from mobile.widgets.paint import Painted

_TONES = {
    "good": (theme.GOOD, theme.ON_GOOD),
    "plain": (theme.PALE, theme.ON_PALE),
    "notice": (theme.NOTICE, theme.ON_NOTICE),
    "stop": (theme.STOP, theme.ON_STOP),
}


class Chip(Painted, Hug):
    """A short word on a tint. The word says it all; the tint only helps."""

    tone = OptionProperty("plain", options=tuple(_TONES))

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.bold = True
        self.size_sp = theme.SMALL
        self.radius_dp = 20
        self.padding = (dp(12), dp(4))
        self.fbind("tone", self._tint)
        self._tint()

    def _tint(self, *_: object) -> None:
        ground, ink = _TONES[self.tone]
        self.fill, self.ink = theme.rgba(ground), theme.rgba(ink)

    @property
    def baseline(self) -> float:
        """The words stand above the padding."""
        return float(super().baseline + dp(4))


class Choice(ButtonBehavior, Painted, BoxLayout):
    """One of several to choose. Chosen is shown by a tick, a thicker edge and a tint, never by colour alone."""

    said = StringProperty("")
    chosen = BooleanProperty(False)
    limit = NumericProperty(100_000)

    def __init__(self, **words: object) -> None:
        super().__init__(orientation="horizontal", size_hint=(None, None), **words)
        self.radius_dp = 14
        self.icon = Icon(size_sp=20, pos_hint={"center_y": 0.5})
        self.words = Hug(pos_hint={"center_y": 0.5})
        self.add_widget(self.icon)
        self.add_widget(self.words)
        for name in ("said", "chosen", "state", "limit"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.icon.name = "check" if self.chosen else ""
        if not self.chosen:
            self.icon.width = 0
        beside = self.icon.width + dp(4) if self.chosen else 0
        self.words.limit = max(self.limit - beside - dp(28), 1)
        self.words.raw = self.said
        self.words.bold = self.chosen
        self.words.ink = theme.rgba(theme.ON_PALE if self.chosen else theme.INK)
        self.fill = theme.rgba(theme.PALE if self.chosen or self.state == "down" else theme.CARD)
        self.stroke = theme.rgba(theme.MAIN if self.chosen else theme.EDGE)
        self.stroke_width = 1.6 if self.chosen else 1
        self.padding = (dp(14), dp(6))
        self.spacing = dp(4) if self.chosen else 0
        self.width = max(dp(theme.TOUCH), self.words.width + beside + dp(28))
        self.height = max(dp(theme.TOUCH), self.words.height + dp(12))
