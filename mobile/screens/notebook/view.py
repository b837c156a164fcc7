"""Paints her notebook as QR codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.notebook.state import State, place_words
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.labels import Wrap
from mobile.widgets.page import Screen
from mobile.widgets.qr_code import QrCode
from mobile.widgets.text_field import Choices, TextField
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class NotebookView(Screen):
    """One code at a time, as large as it goes."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.at, state.wrong, state.asks_birthday))
        self.ids.wrong.said = state.wrong
        key = (
            state.codes,
            state.at,
            state.losses,
            state.asks_birthday,
            state.sex,
            state.loading,
            state.months,
        )
        self.ids.inside.show(key, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        if state.asks_birthday:
            yield from self._birthday(state)
        elif state.codes:
            yield from self._code(state)
        elif state.loading:
            yield Wrap(raw=tr("QR コードを作っています。"))

    def _code(self, state: State) -> Iterator[Widget]:
        if place_words(state):
            yield Wrap(raw=place_words(state), bold=True, size_sp=theme.HEADING, halign="center")
        yield QrCode(code=state.codes[state.at])
        yield Wrap(raw=tr("薬局の方か、ほかのお薬手帳アプリに、この画面を読み取ってもらってください。"))
        for what, said, icon, there in (
            ("next", tr("次のコード"), "chevron-right", state.at + 1 < len(state.codes)),
            ("before", tr("前のコード"), "chevron-left", state.at > 0),
        ):
            if there:
                button = (MainButton if what == "next" else WideButton)(said=said, icon_name=icon)
                button.bind(on_release=lambda _, what=what: self.press(what))
                yield button
        spans = [("3", tr("3か月")), ("12", tr("1年")), ("", tr("すべて"))]
        picked = ["" if state.months is None else str(state.months)]
        choices = Choices(question=tr("いつからの記録を見せますか"), options=spans, chosen=picked)
        choices.bind(on_choose=lambda _, key: self.choose("months", key))
        yield choices
        said = tr("お名前・お薬・アレルギーなどが入っています。見せたい相手にだけ見せてください。")
        yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
        if state.losses:
            yield Wrap(raw=tr("お薬手帳の決まりでは書けないこと"), bold=True)
            for loss in state.losses:
                yield Wrap(raw=loss, size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _birthday(self, state: State) -> Iterator[Widget]:
        yield Wrap(
            raw=tr("お薬手帳には、生まれた日と性別を書く決まりです。この電話に 1 度だけ入力してください。")
        )
        for name, said, text in (
            ("year", tr("生まれた年（西暦）"), state.year),
            ("month", tr("月"), state.month),
            ("day", tr("日"), state.day),
        ):
            field = TextField(question=said, text=text, kind="number")
            field.bind(on_typed=lambda _, text, name=name: self.write(name, text))
            yield field
        options = [("female", tr("女性")), ("male", tr("男性"))]
        choices = Choices(question=tr("性別"), options=options, chosen=[state.sex] if state.sex else [])
        choices.bind(on_choose=lambda _, key: self.choose("sex", key))
        yield choices
        go = MainButton(said=tr("QR コードを作る"), icon_name="qrcode")
        go.bind(on_release=lambda _: self.press("birthday"))
        yield go
