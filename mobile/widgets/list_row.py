"""List row: an icon, what it is, more about it, and where it leads; high enough for its words at any text size."""

from __future__ import annotations

from kivy.metrics import dp
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from mobile import theme
from mobile.widgets.flow import Column
from mobile.widgets.labels import Icon, Wrap
from mobile.widgets.paint import CLEAR, Painted


class ListRow(ButtonBehavior, Painted, BoxLayout):
    """``title`` in bold, ``about`` and ``more`` under it; a chevron where it ``leads`` somewhere."""

    icon_name = StringProperty("")
    title = StringProperty("")
    about = StringProperty("")
    more = StringProperty("")
    leads = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        super().__init__(orientation="horizontal", size_hint_y=None, **words)
        self.radius_dp = 12
        self.icon = Icon(size_sp=28, pos_hint={"center_y": 0.5})
        self.lines = Column(spacing=dp(2), pos_hint={"center_y": 0.5})
        self.head = Wrap(bold=True)
        self.under = Wrap(size_sp=theme.SMALL, ink=theme.rgba(theme.SOFT_INK))
        self.last = Wrap(size_sp=theme.SMALL, ink=theme.rgba(theme.SOFT_INK))
        self.chevron = Icon(size_sp=26, pos_hint={"center_y": 0.5})
        for widget in (self.icon, self.lines, self.chevron):
            self.add_widget(widget)
        for label in (self.head, self.under, self.last):
            self.lines.add_widget(label)
        self.lines.bind(height=self._fit)
        for name in ("icon_name", "title", "about", "more", "leads", "state"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.icon.name = self.icon_name
        if not self.icon_name:
            self.icon.width = 0
        self.head.raw, self.under.raw, self.last.raw = self.title, self.about, self.more
        self.lines.spacing = dp(2) if self.about or self.more else 0
        self.chevron.name = "chevron-right" if self.leads else ""
        if not self.leads:
            self.chevron.width = 0
        self.spacing = dp(12) if self.icon_name else 0
        self.fill = theme.rgba(theme.PALE) if self.state == "down" and self.leads else CLEAR
        self.padding = (0, dp(8))
        self._fit()

    def _fit(self, *_: object) -> None:
        self.height = max(dp(56), self.lines.height + dp(16))

    def on_touch_down(self, touch: object) -> bool:
        """Only a row that leads somewhere is touched."""
        return bool(self.leads and super().on_touch_down(touch))
