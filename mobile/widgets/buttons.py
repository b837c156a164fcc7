"""Buttons: the one main button of a screen, the quieter ones beside it, and icons that are touched."""

from __future__ import annotations

from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, OptionProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from mobile import theme
from mobile.text import balanced
from mobile.widgets import fonts
from mobile.widgets.labels import Icon, Wrap
from mobile.widgets.paint import CLEAR, Painted

# look: ground, ground while pressed, ink, outline
_LOOKS = {
    "main": (theme.MAIN, theme.MAIN_DOWN, theme.ON_MAIN, ""),
    "quiet": (theme.CARD, theme.PALE, theme.MAIN, theme.MAIN),
    "plain": ("", theme.PALE, theme.MAIN, ""),
    "stop": (theme.CARD, theme.STOP, theme.ON_STOP, theme.ON_STOP),
    "stop_main": (theme.ON_STOP, theme.INK, theme.ON_MAIN, ""),
}


class WideButton(ButtonBehavior, Painted, BoxLayout):
    """A wide button that says what it does; its words wrap and are never cut. ``look``: main, quiet, plain, stop."""

    said = StringProperty("")
    icon_name = StringProperty("")
    look = OptionProperty("quiet", options=tuple(_LOOKS))
    resting = BooleanProperty(False)  # shown, but nothing happens (something is under way)

    def __init__(self, **words: object) -> None:
        super().__init__(orientation="horizontal", size_hint_y=None, **words)
        self.radius_dp = 16
        self.icon = Icon(size_sp=24, pos_hint={"center_y": 0.5})
        self.words = Wrap(bold=True, halign="center", size_hint_x=None, pos_hint={"center_y": 0.5})
        self.add_widget(self.icon)
        self.add_widget(self.words)
        for name in ("said", "icon_name", "look", "width", "state", "resting"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        ground, down, ink, outline = _LOOKS[self.look]
        pressed = self.state == "down" and not self.resting
        shown = down if pressed else ground
        self.fill = theme.rgba(shown) if shown else CLEAR
        self.stroke = theme.rgba(outline) if outline else CLEAR
        self.icon.ink = self.words.ink = theme.rgba(ink)
        self.icon.name = self.icon_name
        beside = self.icon.width + dp(10) if self.icon_name else 0
        if not self.icon_name:
            self.icon.width = 0
        self.spacing = dp(10) if self.icon_name else 0
        room = max(self.width - beside - dp(32), 1)
        ruler = fonts.ruler(sp(self.words.size_sp), True)
        lines = balanced(self.said, fonts.measured_room(room), ruler)
        wide = fonts.room_for(max(ruler(line) for line in lines)) + dp(4)
        self.words.width = min(wide, room)
        self.words.raw = self.said
        side = max((self.width - self.words.width - beside) / 2, 0)
        self.padding = (side, dp(10), side, dp(10))
        self.height = max(dp(theme.BUTTON), self.words.height + dp(20))

    def on_touch_down(self, touch: object) -> bool:
        """A resting button takes the touch and does nothing, so that nothing behind it is pressed instead."""
        if self.resting and self.collide_point(*touch.pos):  # type: ignore[attr-defined]
            return True
        return bool(super().on_touch_down(touch))


class MainButton(WideButton):
    """The one thing to do on a screen."""

    def __init__(self, **words: object) -> None:
        super().__init__(**words)
        self.look = "main"
        self.words.size_sp = theme.HEADING
        self._shape()


class IconButton(ButtonBehavior, Painted, AnchorLayout):
    """An icon to touch, at least 48 dp; ``says`` is read aloud and found by tests."""

    name = StringProperty("")
    says = StringProperty("")

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint=(None, None), **words)
        self.size = (dp(theme.TOUCH), dp(theme.TOUCH))
        self.radius_dp = theme.TOUCH / 2
        self.icon = Icon(size_sp=28)
        self.add_widget(self.icon)
        for name in ("name", "state"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.icon.name = self.name
        side = max(dp(theme.TOUCH), self.icon.width + dp(12))
        self.size = (side, side)
        self.fill = theme.rgba(theme.PALE) if self.state == "down" else CLEAR
