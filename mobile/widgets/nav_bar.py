"""The bar at the bottom: the few places of the app, the one we are in marked by a pill and bold words."""

from __future__ import annotations

from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from mobile import theme
from mobile.widgets import fonts
from mobile.widgets.labels import Fit, Icon
from mobile.widgets.paint import CLEAR, Painted


class _Pill(Painted, BoxLayout):
    pass


class Tab(ButtonBehavior, BoxLayout):
    """One place: its icon and its name, the name made smaller rather than cut."""

    screen = StringProperty("")
    said = StringProperty("")
    icon_name = StringProperty("")
    here = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        super().__init__(orientation="vertical", spacing=dp(2), padding=(dp(2), dp(8)), **words)
        self.icon = Icon(size_sp=26)
        self.pill = _Pill(size_hint=(None, None), pos_hint={"center_x": 0.5})
        self.pill.add_widget(self.icon)
        self.words = Fit(size_sp=14, least_sp=1, pos_hint={"center_x": 0.5})
        self.add_widget(self.pill)
        self.add_widget(self.words)
        for name in ("said", "icon_name", "here", "width", "state"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.icon.name, self.words.raw = self.icon_name, self.said
        self.words.bold = self.here
        ink = theme.MAIN if self.here else theme.SOFT_INK
        self.icon.ink = self.words.ink = theme.rgba(ink)
        wide = max(min(self.icon.width + dp(30), self.width - dp(4)), self.icon.width)
        self.pill.size = (wide, self.icon.height + dp(4))
        self.pill.radius_dp = 40
        self.pill.padding = ((wide - self.icon.width) / 2, dp(2))
        self.pill.fill = theme.rgba(theme.PALE) if self.here or self.state == "down" else CLEAR

    @property
    def needs(self) -> float:
        """The height it takes, in pixels."""
        return float(self.pill.height + self.words.height + dp(18))


class NavBar(Painted, BoxLayout):
    """``tabs`` are (screen, words, icon). Dispatches ``on_go`` with the screen."""

    tabs = ListProperty([])
    scale = NumericProperty(1.0)
    here = StringProperty("")

    def __init__(self, **words: object) -> None:
        self.register_event_type("on_go")
        super().__init__(size_hint_y=None, **words)
        self.radius_dp = 0
        self.fill = theme.rgba(theme.CARD)
        self.fbind("tabs", self._build)
        self.fbind("here", self._mark)
        self.fbind("width", self._high)

    def _build(self, *_: object) -> None:
        self.clear_widgets()
        for screen, said, icon in self.tabs:
            tab = Tab(screen=screen, said=said, icon_name=icon)
            tab.bind(on_release=lambda one: self.dispatch("on_go", one.screen))
            tab.words.bind(height=self._high)
            self.add_widget(tab)
        self._mark()
        self._high()

    def _mark(self, *_: object) -> None:
        for tab in self.children:
            tab.here = tab.screen == self.here

    def _high(self, *_: object) -> None:
        if not self.tabs:
            return
        # All names in one size: that of the longest one that must still fit.
        room = self.width / len(self.tabs) - dp(4)
        ruler = fonts.ruler(sp(14), True)
        size = 14 * min(1.0, *(room / max(ruler(said), 1) for _, said, _ in self.tabs)) * 0.98
        for tab in self.children:
            tab.words.size_sp = max(size, 1)
        self.height = max([dp(64), *(tab.needs for tab in self.children)])

    def on_go(self, screen: str) -> None:
        """A tab was touched; the app goes there."""
