"""Text field: its question above, the place to write, and what is wrong with it beneath; and a group of choices."""

from __future__ import annotations

from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.textinput import TextInput

from mobile import theme
from mobile.widgets import fonts
from mobile.widgets.buttons import IconButton
from mobile.widgets.chip import Choice
from mobile.widgets.flow import Column, Flow
from mobile.widgets.labels import Wrap
from mobile.widgets.paint import CLEAR, Painted

# How the phone's keyboard opens. Kivy's default ("null") sends raw keys: no Japanese can be typed with it.
_KEYBOARDS = {"text": "text", "email": "mail", "number": "number", "password": "text", "url": "url"}


class TextField(Column):
    """A question and its answer. Dispatches ``on_typed`` with the whole text at each change.

    With ``native`` the field is not typed in: it dispatches ``on_asked`` and the app opens the phone's own text dialog
    (Kivy's field loses letters under some Japanese keyboards, kivy #8625).
    """

    question = StringProperty("")
    hint = StringProperty("")
    text = StringProperty("")
    wrong = StringProperty("")
    kind = OptionProperty("text", options=tuple(_KEYBOARDS))
    native = BooleanProperty(False)
    lines = NumericProperty(1)

    def __init__(self, **words: object) -> None:
        self.register_event_type("on_typed")
        self.register_event_type("on_asked")
        super().__init__(spacing=dp(4), **words)
        self.asks = Wrap(bold=True, raw=self.question)
        self.place = _Place(size_hint_y=None)
        self.input = _Input(self)
        self.eye = IconButton(name="eye", says="eye", pos_hint={"center_y": 0.5})
        self.eye.bind(on_release=self._reveal)
        self.place.add_widget(self.input)
        self.below = Wrap(size_sp=theme.SMALL, ink=theme.rgba(theme.ON_STOP))
        for widget in (self.asks, self.place, self.below):
            self.add_widget(widget)
        for name in ("question", "hint", "wrong", "kind", "lines", "native"):
            self.fbind(name, self._shape)
        self.fbind("text", self._told)
        self._shape()
        self._told()

    def _shape(self, *_: object) -> None:
        self.asks.raw, self.below.raw = self.question, self.wrong
        self.below.opacity = 1 if self.wrong else 0
        self.input.hint_text = self.hint
        self.input.input_type = _KEYBOARDS[self.kind]
        self.input.keyboard_suggestions = self.kind == "text"
        self.input.multiline = self.lines > 1
        self.input.readonly = self.native
        if self.kind == "password" and self.eye.parent is None:
            self.input.password = True
            self.place.add_widget(self.eye)
        line = fonts.ruler(sp(theme.BODY)).height
        self.place.height = max(dp(56), line * max(self.lines, 1) + dp(26))
        self.place.stroke = theme.rgba(theme.ON_STOP if self.wrong else theme.EDGE)
        self.place.stroke_width = 1.6 if self.wrong or self.input.focus else 1

    def _told(self, *_: object) -> None:
        # Only a text that came from the state is put in: else the cursor would jump at every letter.
        if self.input.text != self.text:
            self.input.text = self.text

    def _reveal(self, *_: object) -> None:
        self.input.password = not self.input.password

    def on_typed(self, text: str) -> None:
        """The text changed; whoever listens acts."""

    def on_asked(self) -> None:
        """The field was touched and wants the phone's own text dialog."""


class _Place(Painted, BoxLayout):
    def __init__(self, **words: object) -> None:
        super().__init__(padding=(dp(12), dp(4)), **words)
        self.radius_dp = 14
        self.fill = theme.rgba(theme.CARD)


class _Input(TextInput):
    def __init__(self, field: TextField) -> None:
        self._field = field
        super().__init__(
            font_size=sp(theme.BODY),
            background_color=CLEAR,
            foreground_color=theme.rgba(theme.INK),
            hint_text_color=theme.rgba(theme.SOFT_INK),
            cursor_color=theme.rgba(theme.MAIN),
            padding=(dp(2), dp(9)),
            write_tab=False,
        )
        self.bind(text=self._typed, focus=self._focused)

    def _typed(self, _: object, text: str) -> None:
        if text != self._field.text:
            self._field.text = text
            self._field.dispatch("on_typed", text)

    def _focused(self, _: object, focus: bool) -> None:
        if focus and self._field.native:
            self.focus = False
            self._field.dispatch("on_asked")
        self._field.place.stroke_width = 2.2 if focus else 1
        self._field.place.stroke = theme.rgba(theme.MAIN if focus else theme.EDGE)


class Choices(Column):
    """A question with answers to touch. ``options`` are (key, words); dispatches ``on_choose`` with the key."""

    question = StringProperty("")
    options = ListProperty([])
    chosen = ListProperty([])

    def __init__(self, **words: object) -> None:
        self.register_event_type("on_choose")
        super().__init__(spacing=dp(6), **words)
        self.asks = Wrap(bold=True)
        self.flow = Flow(align="center", line_gap=dp(8))
        self.add_widget(self.asks)
        self.add_widget(self.flow)
        self.fbind("question", lambda *_: setattr(self.asks, "raw", self.question))
        self.fbind("options", self._build)
        self.fbind("chosen", self._mark)
        self.asks.raw = self.question
        self._build()

    def _build(self, *_: object) -> None:
        self.flow.clear_widgets()
        for key, said in self.options:
            choice = Choice(said=said)
            choice.key = key
            choice.bind(on_release=lambda one: self.dispatch("on_choose", one.key))
            self.flow.add_widget(choice)
        self._mark()

    def _mark(self, *_: object) -> None:
        for choice in self.flow.children:
            choice.chosen = choice.key in self.chosen

    def on_choose(self, key: str) -> None:
        """One was touched; whoever listens decides what is chosen now."""
