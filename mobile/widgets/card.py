"""Card: white ground with round corners that holds what belongs together; Note: a tinted one that says something."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.properties import OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile import theme
from mobile.widgets.flow import Column
from mobile.widgets.labels import Icon, Wrap
from mobile.widgets.paint import Painted

_TONES = {
    "good": (theme.GOOD, theme.ON_GOOD, "check-circle"),
    "notice": (theme.NOTICE, theme.ON_NOTICE, "information"),
    "stop": (theme.STOP, theme.ON_STOP, "alert-circle-outline"),
    "plain": (theme.PALE, theme.ON_PALE, "information"),
}


class Card(Painted, Column):
    """A column on white."""

    def __init__(self, **words: object) -> None:
        words.setdefault("padding", dp(theme.EDGE_SPACE))
        super().__init__(**words)
        self.fill = theme.rgba(theme.CARD)
        self.stroke = theme.rgba(theme.LINE)
        self.stroke_width = 1


class Gap(Widget):
    """Room between what does not belong together, in a card whose lines stand close."""

    def __init__(self) -> None:
        super().__init__(size_hint_y=None, height=dp(theme.GAP))


class IconLine(BoxLayout):
    """A quiet sentence with an icon before it."""

    def __init__(self, icon_name: str, said: str, ink: str = theme.SOFT_INK) -> None:
        super().__init__(orientation="horizontal", size_hint_y=None, spacing=dp(8))
        self.icon = Icon(name=icon_name, size_sp=20, ink=ink, pos_hint={"center_y": 0.5})
        self.words = Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK, pos_hint={"center_y": 0.5})
        self.add_widget(self.icon)
        self.add_widget(self.words)
        self.words.bind(height=lambda *_: setattr(self, "height", max(self.words.height, self.icon.height)))
        self.height = self.icon.height


class Note(Painted, BoxLayout):
    """A sentence on a tinted ground with an icon: what happened, what to do next. Nothing said: no room taken."""

    said = StringProperty("")
    tone = OptionProperty("plain", options=tuple(_TONES))

    def __init__(self, **words: object) -> None:
        super().__init__(orientation="horizontal", size_hint_y=None, spacing=dp(10), **words)
        self.radius_dp = 14
        self.icon = Icon(size_sp=24, pos_hint={"center_y": 0.5})
        self.words = Wrap(pos_hint={"center_y": 0.5})
        self.add_widget(self.icon)
        self.add_widget(self.words)
        self.words.bind(height=self._shape)
        for name in ("said", "tone"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        ground, ink, icon = _TONES[self.tone]
        self.fill = theme.rgba(ground) if self.said else (0, 0, 0, 0)
        self.words.ink, self.icon.ink = theme.rgba(ink), theme.rgba(ink)
        self.words.raw, self.icon.name = self.said, icon if self.said else ""
        self.padding = (dp(14), dp(12)) if self.said else 0
        self.height = max(self.words.height, self.icon.height) + dp(24) if self.said else 0
        self.opacity = 1 if self.said else 0
