"""Paints one medicine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.medicine.state import Number, Slip, State, how, lasts, number_of, slips
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class MedicineView(Screen):
    """One medicine, or its exchange number alone, as large as it goes."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.key, state.big))
        self.ids.head.title = tr("薬局で見せる番号") if state.big else tr("お薬のくわしい記録")
        key = (state.key, state.courses, state.on, state.is_hidden, state.big)
        self.ids.inside.show(key, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        course, on = state.course, state.on
        if course is None or on is None:
            yield Wrap(raw=tr("この記録は、もうありません。") if on else "")
            return
        number = number_of(course, on)
        if state.big and number is not None:
            yield from self._big(number)
            return
        yield Wrap(raw=course.name, bold=True, size_sp=theme.TITLE)
        if course.ingredients:
            said = tr("成分：{names}", names="、".join(sorted(course.ingredients)))
            yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
        if number is not None:
            yield self._number(number)
        yield self._facts(tr("使い方"), how(course))
        yield self._facts(tr("いつまで"), lasts(course, on))
        yield self._sharing(state)
        yield Wrap(raw=tr("これまでの記録"), bold=True)
        for slip in slips(course):
            yield self._slip(slip)
        said = tr("飲み方を変えるときは、先生や薬剤師に相談してください。")
        yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _facts(self, title: str, said: list[str]) -> Card:
        card = Card(spacing=4)
        card.add_widget(Wrap(raw=title, bold=True, ink=theme.MAIN))
        for each in said or [tr("記載がありません。")]:
            card.add_widget(Wrap(raw=each))
        return card

    def _number(self, number: Number) -> Card:
        card = Card(spacing=6)
        card.add_widget(Wrap(raw=tr("薬局で見せる番号（引換番号）"), bold=True, ink=theme.MAIN))
        card.add_widget(Wrap(raw=number.number, bold=True, size_sp=theme.FIGURE))
        for said in (number.until, number.refills):
            card.add_widget(Wrap(raw=said))
        big = WideButton(said=tr("大きく見せる"), icon_name="magnify")
        big.bind(on_release=lambda _: self.press("big"))
        card.add_widget(big)
        return card

    def _big(self, number: Number) -> Iterator[Widget]:
        card = Card(spacing=10)
        for four in number.number.split(" "):
            card.add_widget(Wrap(raw=four, bold=True, size_sp=theme.NUMBER, halign="center"))
        yield card
        for said in (number.until, number.refills):
            yield Wrap(raw=said, size_sp=theme.HEADING)

    def _sharing(self, state: State) -> Card:
        card = Card(spacing=8)
        if state.is_hidden:
            card.add_widget(Note(said=tr("見せている先生から、このお薬をかくしています。"), tone="notice"))
            button = WideButton(said=tr("また見せる"), icon_name="eye")
            button.bind(on_release=lambda _: self.press("show"))
        else:
            card.add_widget(
                Wrap(raw=tr("お薬を見せている先生は、このお薬も見られます。"), size_sp=theme.SMALL)
            )
            button = WideButton(said=tr("このお薬をかくす"), icon_name="eye-off", look="plain")
            button.bind(on_release=lambda _: self.press("hide"))
        card.add_widget(button)
        return card

    def _slip(self, slip: Slip) -> Card:
        card = Card(spacing=6)
        card.add_widget(ListRow(icon_name=slip.icon, title=slip.title, about=slip.about, more=slip.more))
        if slip.typed:
            for what, said, icon, look in (
                ("correct", tr("なおす"), "pencil", "quiet"),
                ("withdraw", tr("取り消す"), "delete", "stop"),
            ):
                button = WideButton(said=said, icon_name=icon, look=look)
                button.bind(on_release=lambda _, what=what: self.press(what, slip.typed))
                card.add_widget(button)
        return card
