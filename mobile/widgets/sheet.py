"""Confirm sheet: a question over the screen, with a yes that says what it does and a way back."""

from __future__ import annotations

from collections.abc import Callable

from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.scrollview import ScrollView

from mobile import theme
from mobile.screens.touches import Question
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card
from mobile.widgets.labels import Wrap
from mobile.widgets.paint import Painted


class Sheet(Painted, AnchorLayout):
    """Shown over everything until answered; a touch beside it is no answer (a shaking hand must not decide)."""

    def __init__(self, question: Question, answer: Callable[[bool], None]) -> None:
        super().__init__(anchor_x="center", anchor_y="center", padding=dp(theme.EDGE_SPACE))
        self.radius_dp = 0
        self.fill = theme.rgba(theme.SHADE)
        self.question = question
        self.card = Card()
        self.card.add_widget(Wrap(raw=question.title, size_sp=theme.HEADING, bold=True))
        self.text = Wrap(raw=question.text)
        self.reading = ScrollView(size_hint_y=None, do_scroll_x=False, bar_width=dp(4))
        self.reading.add_widget(self.text)
        self.card.add_widget(self.reading)
        yes = MainButton(said=question.yes)
        if question.takes_away:
            yes.look = "stop_main"
        yes.bind(on_release=lambda _: answer(True))
        no = WideButton(said=question.no)
        no.bind(on_release=lambda _: answer(False))
        self.card.add_widget(yes)
        self.card.add_widget(no)
        self.scroll = ScrollView(size_hint=(1, None), do_scroll_x=False, bar_width=dp(4))
        self.scroll.add_widget(self.card)
        self.add_widget(self.scroll)
        self.card.bind(height=self._high)
        self.text.bind(height=self._high)
        self.bind(height=self._high)
        self._high()

    def _high(self, *_: object) -> None:
        room = (self.height if self.height > dp(200) else Window.height) - dp(2 * theme.EDGE_SPACE)
        # The answers stay in sight while a long text is read; where even that is too little, all of it scrolls.
        rest = self.card.height - self.reading.height
        self.reading.height = min(self.text.height, max(room - rest, dp(120)))
        self.scroll.height = min(self.card.height, room)

    def on_touch_down(self, touch: object) -> bool:
        """Nothing behind the sheet is touched."""
        super().on_touch_down(touch)
        return True
