"""Number pad: our own big keys, so that a number needs no keyboard of the phone and no input method at all."""

from __future__ import annotations

from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.gridlayout import GridLayout

from mobile import theme
from mobile.widgets.labels import Fit, Icon
from mobile.widgets.paint import Painted

POINT, BACK = ".", "back"
_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", POINT, "0", BACK)


class Key(ButtonBehavior, Painted, AnchorLayout):
    """One key. An empty key takes its place and does nothing."""

    key = StringProperty("")

    def __init__(self, key: str, **words: object) -> None:
        super().__init__(**words)
        self.radius_dp = 14
        self.key = key
        self.says = key
        self.face = Icon(name="backspace") if key == BACK else Fit(raw=key, size_sp=theme.KEY, bold=True)
        self.add_widget(self.face)
        self.fbind("state", self._shape)
        self.fbind("size", self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.fill = theme.rgba(theme.PALE if self.state == "down" else theme.CARD)
        self.stroke = theme.rgba(theme.EDGE)
        if isinstance(self.face, Fit):
            self.face.size_sp = min(theme.KEY, self.height * 0.6 / sp(1)) if self.height else theme.KEY


class NumberPad(GridLayout):
    """Twelve keys; dispatches ``on_key`` with "0".."9", "." or "back". ``decimals`` shows the point."""

    key_height = NumericProperty(dp(theme.KEY_HEIGHT))
    decimals = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        self.register_event_type("on_key")
        super().__init__(cols=3, spacing=dp(8), size_hint_y=None, **words)
        for name in _KEYS:
            key = Key(name)
            key.bind(on_release=lambda pressed: self.dispatch("on_key", pressed.key))
            self.add_widget(key)
        self.fbind("decimals", self._point)
        self.fbind("key_height", self._high)
        self._point()
        self._high()

    def _high(self, *_: object) -> None:
        self.height = 4 * self.key_height + 3 * dp(8)

    def _point(self, *_: object) -> None:
        for key in self.children:
            if key.key == POINT:
                key.disabled = not self.decimals
                key.opacity = 1 if self.decimals else 0

    def on_key(self, key: str) -> None:
        """A key was pressed; whoever listens acts."""


class Figure(ButtonBehavior, Painted, AnchorLayout):
    """A number being typed: big, with a thick edge while it is its turn."""

    said = StringProperty("")
    turn = BooleanProperty(False)

    def __init__(self, **words: object) -> None:
        super().__init__(size_hint_y=None, padding=(dp(6), dp(4)), **words)
        self.radius_dp = 14
        self.face = Fit(size_sp=40, bold=True)
        self.add_widget(self.face)
        for name in ("said", "turn", "width"):
            self.fbind(name, self._shape)
        self._shape()

    def _shape(self, *_: object) -> None:
        self.face.limit = max(self.width - dp(12), 1)
        self.face.raw = self.said
        self.height = max(dp(64), sp(40) * 1.45 + dp(8))
        self.fill = theme.rgba(theme.CARD)
        self.stroke = theme.rgba(theme.MAIN if self.turn else theme.EDGE)
        self.stroke_width = 2.4 if self.turn else 1
