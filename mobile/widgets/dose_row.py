"""Dose row: one medicine at one time, ticked with one touch anywhere on it; its other answers behind the dots."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from mobile import theme
from mobile.widgets.buttons import IconButton
from mobile.widgets.flow import Column
from mobile.widgets.labels import Icon, Wrap
from mobile.widgets.paint import CLEAR, Painted


class _Tick(ButtonBehavior, Painted, BoxLayout):
    """The part that is touched to tick."""


class DoseRow(BoxLayout):
    """``mark`` (an icon), ``title``, ``about``, and ``said``: what was ticked. Dispatches ``on_tick`` and ``on_more``.

    Ticked is shown by the icon and in words, never by colour alone.
    """

    mark = StringProperty("circle-outline")
    title = StringProperty("")
    about = StringProperty("")
    said = StringProperty("")
    ticked = BooleanProperty(False)
    says = StringProperty("")

    def __init__(self, **words: object) -> None:
        self.register_event_type("on_tick")
        self.register_event_type("on_more")
        super().__init__(orientation="horizontal", size_hint_y=None, **words)
        self.tick = _Tick(orientation="horizontal", spacing=dp(10), padding=(0, dp(8)), size_hint_y=1)
        self.tick.radius_dp = 12
        self.icon = Icon(size_sp=34, pos_hint={"center_y": 0.5})
        self.lines = Column(spacing=dp(2), pos_hint={"center_y": 0.5})
        self.head = Wrap(bold=True)
        self.under = Wrap(size_sp=theme.SMALL, ink=theme.rgba(theme.SOFT_INK))
        self.last = Wrap(size_sp=theme.SMALL, bold=True, ink=theme.rgba(theme.ON_GOOD))
        for label in (self.head, self.under, self.last):
            self.lines.add_widget(label)
        self.tick.add_widget(self.icon)
        self.tick.add_widget(self.lines)
        self.dots = IconButton(name="dots-horizontal", says="more", pos_hint={"center_y": 0.5})
        self.add_widget(self.tick)
        self.add_widget(self.dots)
        self.tick.bind(on_release=lambda _: self.dispatch("on_tick"), state=self._shape)
        self.dots.bind(on_release=lambda _: self.dispatch("on_more"))
        self.lines.bind(height=self._fit)
        for name in ("mark", "title", "about", "said", "ticked", "says"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.icon.name = self.mark
        self.icon.ink = theme.rgba(theme.ON_GOOD if self.ticked else theme.MAIN)
        self.head.raw, self.under.raw, self.last.raw = self.title, self.about, self.said
        self.dots.says = self.says
        self.tick.fill = theme.rgba(theme.PALE) if self.tick.state == "down" else CLEAR
        self._fit()

    def _fit(self, *_: object) -> None:
        self.height = max(dp(60), self.lines.height + dp(16), self.icon.height + dp(16))

    def on_tick(self) -> None:
        """The row was touched."""

    def on_more(self) -> None:
        """The dots were touched."""
