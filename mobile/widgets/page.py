"""A page: the head with its title and the way back, the body that scrolls, the foot with the one main button."""

from __future__ import annotations

from collections.abc import Callable

from kivy.effects.scroll import ScrollEffect
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.touches import Chose, Pressed, Touch, Wrote
from mobile.widgets import fonts
from mobile.widgets.buttons import IconButton
from mobile.widgets.flow import Column
from mobile.widgets.labels import Wrap
from mobile.widgets.paint import Painted


class Page(Painted, BoxLayout):
    """The whole of a screen but the bar at the bottom."""

    def __init__(self, **words: object) -> None:
        super().__init__(orientation="vertical", **words)
        self.radius_dp = 0
        self.fill = theme.rgba(theme.GROUND)


class Head(BoxLayout):
    """The title, with a way back where there is one. Dispatches ``on_back``."""

    title = StringProperty("")
    leads_back = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        self.register_event_type("on_back")
        super().__init__(orientation="horizontal", size_hint_y=None, spacing=dp(4), **words)
        self.way = IconButton(name="chevron-left", says="back", pos_hint={"center_y": 0.5})
        self.way.bind(on_release=lambda _: self.dispatch("on_back"))
        self.words = Wrap(bold=True, size_sp=theme.TITLE, pos_hint={"center_y": 0.5})
        self.add_widget(self.words)
        self.words.bind(height=self._shape)
        for name in ("title", "leads_back", "width"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        if self.leads_back and self.way.parent is None:
            self.add_widget(self.way, len(self.children))
        elif not self.leads_back and self.way.parent:
            self.remove_widget(self.way)
        self.words.size_sp = self._size()
        self.words.raw = self.title
        side = dp(4) if self.leads_back else dp(theme.EDGE_SPACE)
        self.padding = (side, dp(10), dp(theme.EDGE_SPACE), dp(6))
        self.height = max(self.words.height, dp(theme.TOUCH) if self.leads_back else 0) + dp(16)

    def _size(self) -> float:
        """A title rather gets a little smaller than takes a second line from what is below; never below a heading."""
        room = self.width - dp(theme.EDGE_SPACE + 8) - (self.way.width + dp(4) if self.leads_back else dp(16))
        wide = fonts.ruler(sp(theme.TITLE), True)(self.title)
        return float(min(theme.TITLE, max(theme.HEADING, theme.TITLE * room / max(wide, 1))))

    def on_back(self) -> None:
        """The way back was touched."""


class Body(ScrollView):
    """What scrolls. Holds one `Inside`."""

    def __init__(self, **words: object) -> None:
        # No bouncing: a page that moves by itself is hard to read for an unsteady hand.
        super().__init__(do_scroll_x=False, effect_cls=ScrollEffect, bar_width=dp(4), **words)
        self.fbind("height", self._top_if_short)

    def add_widget(self, widget: Widget, *args: object, **words: object) -> None:
        """As every scroll view; what became short is shown from its top."""
        super().add_widget(widget, *args, **words)
        widget.fbind("height", self._top_if_short)

    def to_top(self) -> None:
        """Begin reading at the top."""
        self.scroll_y = 1

    def _top_if_short(self, *_: object) -> None:
        # Kivy leaves a short page at the bottom when the long one before it had been scrolled there.
        if self.children and self.children[0].height <= self.height:
            self.scroll_y = 1


class Inside(Column):
    """The column inside a body."""

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.padding = (dp(theme.EDGE_SPACE), dp(4), dp(theme.EDGE_SPACE), dp(theme.EDGE_SPACE))


class Foot(Painted, Column):
    """Stays at the bottom of a page; holds the main button."""

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.radius_dp = 0
        self.fill = theme.rgba(theme.GROUND)
        self.padding = (dp(theme.EDGE_SPACE), dp(8), dp(theme.EDGE_SPACE), dp(10))
        self.spacing = dp(8)


class Screen(Page):
    """What every screen's view is: it tells the touches, and paints the state that comes of them."""

    def __init__(self, tell: Callable[[Touch], None]) -> None:
        self.tell = tell
        self.leaf: object = None
        super().__init__()
        # Held here too: ids are weak, and a foot that is taken off for a while would be gone for good.
        self.held_foot = self.ids.foot.__self__ if "foot" in self.ids else None
        self.foot_place = self.held_foot.parent if self.held_foot is not None else None

    def show_foot(self, shown: bool) -> None:
        """Have the foot on the page or not."""
        foot = self.held_foot
        if foot is None or self.foot_place is None:
            return
        if shown and foot.parent is None:
            self.foot_place.add_widget(foot)
        elif not shown and foot.parent is not None:
            self.foot_place.remove_widget(foot)

    def turn(self, leaf: object) -> None:
        """Another leaf of this screen (a step, a detail, a message at its top): begin at its top."""
        if leaf != self.leaf:
            self.leaf = leaf
            for widget in self.walk(restrict=True):
                if isinstance(widget, Body):
                    widget.to_top()

    def press(self, what: str, which: str = "") -> None:
        """A button was touched."""
        self.tell(Pressed(what, which))

    def write(self, field: str, text: str) -> None:
        """A field holds another text."""
        self.tell(Wrote(field, text))

    def choose(self, field: str, key: str) -> None:
        """One of several was touched."""
        self.tell(Chose(field, key))
