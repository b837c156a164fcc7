"""One line of the list of readings, and how high it will be before it is made."""

from __future__ import annotations

from kivy.metrics import dp, sp
from kivy.properties import StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from mobile import theme
from mobile.text import wrap_ja
from mobile.widgets import fonts
from mobile.widgets.flow import Column
from mobile.widgets.labels import Fit, Wrap
from mobile.widgets.paint import Painted


class ReadingRow(RecycleDataViewBehavior, ButtonBehavior, Painted, Column):
    """One line of the list; its height is reckoned before it is made, as the list needs it."""

    when = StringProperty("")
    value = StringProperty("")
    more = StringProperty("")
    id_text = StringProperty("")

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.spacing = dp(2)
        self.radius_dp = 12
        self.day = Wrap(size_sp=theme.SMALL, ink=theme.SOFT_INK)
        self.number = Fit(size_sp=theme.FIGURE, bold=True, halign="left")
        self.rest = Wrap(size_sp=theme.SMALL, ink=theme.SOFT_INK)
        for label in (self.day, self.number, self.rest):
            self.add_widget(label)
        for name in ("when", "value", "more", "width", "state"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.fill = theme.rgba(theme.PALE if self.state == "down" else theme.CARD)
        self.number.limit = max(self.width - dp(32), 1)
        self.day.raw, self.number.raw, self.rest.raw = self.when, self.value, self.more

    def on_release(self) -> None:
        """Look at this reading."""
        view = self.parent.parent.parent if self.parent else None
        if view is not None:
            view.press("open", self.id_text)


def row_height(wide: float, when: str, more: str) -> float:
    """How high a line of the list will be, from its words, before it is made."""
    inside = fonts.measured_room(wide)
    small, figure = fonts.ruler(sp(theme.SMALL)), fonts.ruler(sp(theme.FIGURE), True)
    lines = len(wrap_ja(when, inside, small)) + (len(wrap_ja(more, inside, small)) if more else 0)
    return float(lines * small.height + figure.height + dp(2) * (2 if more else 1) + dp(18))
