"""Paints means and changes: a card a figure, and what it is when she asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.trends.state import (
    Number,
    State,
    more_numbers,
    notable,
    numbers,
    span_options,
    target,
)
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.chip import Choice
from mobile.widgets.flow import Flow
from mobile.widgets.labels import Fit, Wrap
from mobile.widgets.page import Screen
from shared.languages import tr
from shared.trend_definitions import Definition, basis_words

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class TrendsView(Screen):
    """The figures of one kind over some days, or one of them explained."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.kind, state.span, state.defining))
        found = state.explained
        of = tr("血圧の平均と変化") if state.kind != "weight" else tr("体重の変化")
        self.ids.head.title = found.name if found else of
        self.ids.inside.show(state, lambda: self._explained(found) if found else self._inside(state))

    def _explained(self, found: Definition) -> Iterator[Widget]:
        card = Card()
        card.add_widget(Wrap(raw=found.what, bold=True))
        card.add_widget(Wrap(raw=found.counted))
        yield card
        card = Card()
        card.add_widget(Wrap(raw=tr("出典"), bold=True))
        for line in (found.source, basis_words(found.basis)):
            card.add_widget(Wrap(raw=line, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        yield card

    def _inside(self, state: State) -> Iterator[Widget]:
        flow = Flow(align="center", line_gap=dp(8))
        for key, said in span_options():
            choice = Choice(said=said, chosen=state.span == key)
            choice.bind(on_release=lambda _, key=key: self.choose("span", key))
            flow.add_widget(choice)
        yield flow
        yield Note(said=notable(state), tone="notice")
        if state.is_empty:
            yield Wrap(raw=tr("この期間の記録はありません。"), size_sp=theme.HEADING)
            yield Wrap(raw=tr("もっと長い期間を選ぶか、測定を記録してください。"))
            return
        for number in numbers(state):
            yield self._card(number)
        yield Wrap(raw=target(state), size_sp=theme.SMALL, ink=theme.SOFT_INK)
        more = more_numbers(state)
        if more:
            said = tr("くわしい数字をとじる") if state.more else tr("くわしい数字を見る")
            button = WideButton(said=said, icon_name="chart-line")
            button.bind(on_release=lambda _: self.press("more"))
            yield button
            for number in more if state.more else ():
                yield self._card(number)
        yield Wrap(raw=wording.emergency(), size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _card(self, number: Number) -> Card:
        card = Card()
        card.add_widget(Wrap(raw=number.name, bold=True))
        card.add_widget(
            Fit(raw=number.big, size_sp=theme.NUMBER, bold=True, follow_width=True, halign="left")
        )
        card.add_widget(Wrap(raw=number.said))
        what = WideButton(said=tr("これは何？"), icon_name="information")
        what.bind(on_release=lambda _: self.press("define", number.figure))
        card.add_widget(what)
        return card
