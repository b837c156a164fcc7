"""Paints sharing: who may see what, finding a doctor, choosing what she sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.sharing.state import (
    State,
    day_options,
    doctor_words,
    grant_lines,
    scope_options,
)
from mobile.seen import GrantSeen
from mobile.widgets import device
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices, TextField
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class SharingView(Screen):
    """Who may see the record."""

    part = "grants"

    def main(self) -> None:
        """The main button of the part that is shown."""
        self.press({"grants": "give", "find": "search", "choose": "confirm"}[self.part])

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.part = state.part
        self.turn((state.part, state.wrong, state.message))
        titles = {"grants": tr("先生に見せる"), "find": tr("先生をさがす"), "choose": tr("何を見せますか")}
        mains = {"grants": tr("先生に見せる"), "find": tr("さがす"), "choose": tr("内容を確かめる")}
        self.ids.head.title, self.ids.head.leads_back = titles[state.part], state.part != "grants"
        self.ids.main.said = mains[state.part]
        self.ids.main.resting = state.busy
        self.ids.wrong.said, self.ids.message.said = state.wrong, state.message
        if state.part == "grants":
            key: object = ("grants", state.loaded, state.grants)
        elif state.part == "find":
            key = ("find", state.searched, state.found)
        else:
            key = ("choose", state.doctor, state.scopes, state.days, state.now)
        self.ids.inside.show(key, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        parts = {"grants": self._grants, "find": self._find, "choose": self._choose}
        yield from parts[state.part](state)

    def _grants(self, state: State) -> Iterator[Widget]:
        if state.loaded and not state.active:
            yield Wrap(raw=tr("いまは、だれにも見せていません。"), size_sp=theme.HEADING)
            yield Wrap(raw=tr("見せる先生、見せるもの、期間を、あなたが決められます。"), ink=theme.SOFT_INK)
        for seen in state.active:
            yield self._grant(state, seen)
        book = Card(spacing=0)
        row = ListRow(
            icon_name="eye", title=tr("見た人の記録"), about=tr("だれが、いつ、何を見たか"), leads=True
        )
        row.bind(on_release=lambda _: self.press("visits"))
        book.add_widget(row)
        yield book
        if state.over:
            yield Wrap(raw=tr("終わったもの"), bold=True)
            over = Card(spacing=0)
            for seen in state.over:
                who, what, how = grant_lines(state, seen)
                over.add_widget(ListRow(title=who, about=what, more=how))
            yield over

    def _grant(self, state: State, seen: GrantSeen) -> Card:
        who, what, how = grant_lines(state, seen)
        card = Card()
        card.add_widget(ListRow(icon_name="doctor", title=who, about=what, more=how))
        end = WideButton(said=tr("見せるのをやめる"), look="stop")
        end.bind(on_release=lambda _: self.press("end", str(seen.grant.id)))
        card.add_widget(end)
        return card

    def _find(self, state: State) -> Iterator[Widget]:
        field = TextField(
            question=tr("先生のお名前"), hint=tr("例：佐藤"), text=state.name, native=device.has_text_dialog()
        )
        field.bind(on_typed=lambda _, text: self.write("name", text))
        field.bind(on_asked=lambda _: self.press("write_name"))
        yield field
        if state.searched and not state.found:
            yield Wrap(
                raw=tr(
                    "「{name}」という先生は見つかりませんでした。名字だけでさがしてみてください。",
                    name=state.searched,
                )
            )
        if state.found:
            card = Card(spacing=0)
            for one in state.found:
                row = ListRow(icon_name="doctor", title=one.name, about=one.facility, leads=True)
                row.bind(on_release=lambda _, one=one: self.press("doctor", str(one.id)))
                card.add_widget(row)
            yield card

    def _choose(self, state: State) -> Iterator[Widget]:
        assert state.doctor is not None
        card = Card()
        card.add_widget(
            Wrap(raw=doctor_words(state.doctor.name, state.doctor.facility), bold=True, size_sp=theme.HEADING)
        )
        scopes = Choices(
            question=tr("見せるもの"), options=scope_options(), chosen=[scope.value for scope in state.scopes]
        )
        scopes.bind(on_choose=lambda _, key: self.choose("scope", key))
        days = Choices(question=tr("期間"), options=day_options(), chosen=[str(state.days)])
        days.bind(on_choose=lambda _, key: self.choose("days", key))
        card.add_widget(scopes)
        card.add_widget(days)
        yield card
