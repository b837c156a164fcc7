"""Paints signing in and signing up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.sign_in.state import State, era_words
from mobile.screens.touches import Touch
from mobile.widgets.buttons import WideButton
from mobile.widgets.labels import Icon, Wrap
from mobile.widgets.page import Screen
from mobile.widgets.text_field import TextField
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class SignInView(Screen):
    """Welcome, signing in, signing up."""

    def __init__(self, tell: Callable[[Touch], None]) -> None:
        self.mode = ""
        self.locked = False
        self.fields: dict[str, TextField] = {}
        super().__init__(tell)

    def main(self) -> None:
        """The main button."""
        if self.locked:
            self.press("open")
        elif self.mode == "welcome":
            self.press("mode", "up")
        else:
            self.press("submit")

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.mode, self.locked = state.mode, state.locked
        self.turn((state.mode, state.wrong))
        titles = {"welcome": "Tomoni", "in": tr("サインイン"), "up": tr("はじめて使う")}
        mains = {"welcome": tr("はじめて使う"), "in": tr("サインインする"), "up": tr("登録する")}
        self.ids.head.title, self.ids.head.leads_back = titles[state.mode], state.mode != "welcome"
        self.ids.main.said = tr("お待ちください…") if state.busy else mains[state.mode]
        if state.locked:
            self.ids.main.said = tr("もう一度開く")
        self.ids.main.resting = state.busy
        self.ids.message.said = state.message
        self.ids.form.show((state.mode, state.locked), lambda: () if state.locked else self._form(state))
        self.ids.below.show((state.mode, state.demos, state.locked), lambda: self._below(state))
        for name, field in self.fields.items():
            field.text = getattr(state, name)
            field.wrong = state.wrong if state.wrong_field == name else ""
        known = state.wrong_field in self.fields
        self.ids.wrong.said = "" if known else state.wrong
        if state.mode == "up":
            self.era.raw = era_words(state.born_on)

    def _form(self, state: State) -> Iterator[Widget]:
        self.fields = {}
        if state.mode == "welcome":
            yield Icon(name="heart-pulse", size_sp=72)
            yield Wrap(
                raw=tr("血圧やお薬の記録を、かかりつけの先生といっしょに使うアプリです。"),
                size_sp=theme.HEADING,
            )
            yield Wrap(raw=tr("つながらないところでも記録できます。見せる相手は、あなたが決めます。"))
            return
        if state.mode == "up":
            yield self._field("name", tr("お名前"), tr("例：山田 花子"))
            yield from self._birthday()
        yield self._field("email", tr("メールアドレス"), "hanako@example.jp", "email")
        yield self._field("password", tr("パスワード"), "", "password")
        if state.mode == "up":
            yield Wrap(
                raw=tr("パスワードは 15 文字以上です。好きな言葉を3つ以上つなげると覚えやすくなります。"),
                size_sp=theme.SMALL,
                ink=theme.SOFT_INK,
            )

    def _birthday(self) -> Iterator[Widget]:
        yield Wrap(raw=tr("生まれた日（西暦）"), bold=True)
        row = BoxLayout(size_hint_y=None, spacing=dp(8))
        for name, word, wide in (("year", tr("年"), 1.5), ("month", tr("月"), 1), ("day", tr("日"), 1)):
            field = self._field(name, word, "", "number")
            field.size_hint_x = wide
            field.bind(height=lambda *_: setattr(row, "height", max(one.height for one in row.children)))
            row.add_widget(field)
        row.height = sp(80)
        yield row
        self.era = Wrap(ink=theme.SOFT_INK)
        yield self.era

    def _field(self, name: str, question: str, hint: str, kind: str = "text") -> TextField:
        field = TextField(question=question, hint=hint, kind=kind)
        field.bind(on_typed=lambda _, text: self.write(name, text))
        self.fields[name] = field
        return field

    def _below(self, state: State) -> Iterator[Widget]:
        if state.mode != "welcome" or state.locked:
            return
        already = WideButton(said=tr("登録してあります（サインイン）"))
        already.bind(on_release=lambda _: self.press("mode", "in"))
        yield already
        for at, demo in enumerate(state.demos):
            button = WideButton(said=tr("お試し：{who}", who=demo.label), icon_name="account")
            button.bind(on_release=lambda _, at=at: self.press("demo", str(at)))
            yield button
        settings = WideButton(said=tr("文字の大きさ・ことば・サーバー"), look="plain", icon_name="cog")
        settings.bind(on_release=lambda _: self.press("settings"))
        yield settings
        yield Wrap(raw=wording.emergency(), size_sp=theme.SMALL, ink=theme.SOFT_INK)
