"""Paints typing a medicine by hand: the name with what the lists offer, then when, how much, since when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.add_medicine.form import AMOUNTS, ENDS, SINCE, UNITS, usage_text
from mobile.screens.add_medicine.state import State
from mobile.widgets import device
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices, TextField
from shared.languages import tr
from shared.schedule import Slot
from shared.schedule_words import slot_words

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class AddMedicineView(Screen):
    """One step a page: the name, then the rest."""

    name_field: TextField | None = None
    memo: TextField | None = None

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn((state.part, state.wrong))
        self.ids.head.title = tr("お薬をなおす") if state.about else tr("お薬を入力する")
        self.show_foot(state.part == "details")
        self.ids.wrong.said = state.wrong if state.wrong_field != "name" else ""
        key = (state.part, state.form if state.part == "details" else None, state.saved, state.untold)
        key_of_form = (key[0], _but_texts(state), *key[2:])
        self.ids.inside.show(key_of_form, lambda: self._inside(state))
        found = (state.part, state.products, state.form.name == "", state.searched)
        self.ids.found.show(found, lambda: self._found(state))
        if self.name_field is not None and state.part == "name":
            self.name_field.text = state.form.name
            self.name_field.wrong = state.wrong if state.wrong_field == "name" else ""
        if self.memo is not None and state.part == "details":
            self.memo.text = state.form.memo

    def _inside(self, state: State) -> Iterator[Widget]:
        if state.part == "name":
            yield from self._name(state)
        elif state.part == "details":
            yield from self._details(state)
        else:
            yield from self._done(state)

    def _name(self, state: State) -> Iterator[Widget]:
        self.name_field = TextField(
            question=tr("お薬の名前"),
            text=state.form.name,
            hint=tr("例：アムロ"),
            native=device.has_text_dialog(),
        )
        self.name_field.bind(on_typed=lambda _, text: self.write("name", text))
        self.name_field.bind(on_asked=lambda _: self.press("write_name"))
        yield self.name_field
        said = tr("市販の薬やサプリメントも入力できます。名前が見つからなくても、そのまま使えます。")
        yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _found(self, state: State) -> Iterator[Widget]:
        if state.part != "name" or not state.form.name:
            return
        own = WideButton(said=tr("入力した名前をそのまま使う"), icon_name="pencil")
        own.bind(on_release=lambda _: self.press("own_name"))
        yield own
        if not state.products:
            if state.searched:
                yield Wrap(raw=tr("この名前のお薬は、一覧にありません。"), ink=theme.SOFT_INK)
            return
        card = Card(spacing=0)
        for at, product in enumerate(state.products):
            about = wording.joined(
                product.ingredient if product.ingredient != product.name else "", product.maker
            )
            row = ListRow(icon_name="pill", title=product.name, about=about, leads=True)
            row.bind(on_release=lambda _, at=at: self.press("product", str(at)))
            card.add_widget(row)
        yield card

    def _details(self, state: State) -> Iterator[Widget]:
        form = state.form
        head = Card(spacing=4)
        head.add_widget(Wrap(raw=form.name, bold=True, size_sp=theme.HEADING))
        head.add_widget(Wrap(raw=usage_text(form), ink=theme.SOFT_INK))
        if not state.about:
            change = WideButton(said=tr("名前を変える"), look="plain")
            change.bind(on_release=lambda _: self.press("name"))
            head.add_widget(change)
        yield head
        slots = [(slot.value, slot_words(slot)) for slot in Slot]
        picked = ["as_needed"] if form.as_needed else list(form.slots)
        yield self._choices(
            tr("いつ使いますか（いくつでも）"), "slot", [*slots, ("as_needed", tr("必要なとき"))], picked
        )
        if {"morning", "noon", "evening"} & set(form.slots):
            meals = [("after", tr("食事の後")), ("before", tr("食事の前")), ("", tr("決まっていない"))]
            yield self._choices(tr("食事との関係"), "meal", meals, [form.meal])
        amounts = [
            *((each, tr("半分") if each == "0.5" else each) for each in AMOUNTS),
            ("", tr("わからない")),
        ]
        yield self._choices(tr("1回の量"), "amount", amounts, [form.amount])
        if form.amount:
            yield self._choices(tr("単位"), "unit", _units(), [form.unit])
        yield self._choices(tr("いつから使っていますか"), "since", _since(state), [form.since])
        yield self._choices(tr("いつまで使いますか"), "ends", _ends(form.ends), [form.ends])
        kinds = [
            ("prescribed", tr("病院・薬局の薬")),
            ("otc", tr("市販の薬")),
            ("supplement", tr("サプリメント")),
        ]
        yield self._choices(tr("どんなお薬ですか"), "kind", kinds, [form.kind])
        question = tr("メモ（なくてもかまいません）")
        self.memo = TextField(question=question, text=form.memo, lines=2, native=device.has_text_dialog())
        self.memo.bind(on_typed=lambda _, text: self.write("memo", text))
        self.memo.bind(on_asked=lambda _: self.press("write_memo"))
        yield self.memo

    def _choices(
        self, question: str, name: str, options: list[tuple[str, str]], picked: list[str]
    ) -> Choices:
        choices = Choices(question=question, options=options, chosen=picked)
        choices.bind(on_choose=lambda _, key: self.choose(name, key))
        return choices

    def _done(self, state: State) -> Iterator[Widget]:
        yield Note(said=tr("「{name}」を保存しました。", name=state.saved), tone="good")
        yield Wrap(raw=wording.untold_words(state.untold), ink=theme.SOFT_INK)
        for button, what in (
            (MainButton(said=tr("終わる"), icon_name="check"), "finish"),
            (WideButton(said=tr("もう1つ入力する"), icon_name="plus"), "another"),
        ):
            button.bind(on_release=lambda _, what=what: self.press(what))
            yield button


def _but_texts(state: State) -> object:
    """What the page is built of: not what is being written in its fields, else the cursor would jump."""
    form = state.form
    if state.part != "details":
        return None
    return (
        form.name,
        form.kind,
        form.amount,
        form.unit,
        form.slots,
        form.meal,
        form.as_needed,
        form.since,
        form.ends,
    )


def _units() -> list[tuple[str, str]]:
    words = {
        "錠": tr("錠"),
        "カプセル": tr("カプセル"),
        "包": tr("包"),
        "滴": tr("滴"),
        "枚": tr("枚"),
        "mL": "mL",
        "吸入": tr("吸入"),
    }
    return [(each, words[each]) for each in UNITS]


def _since(state: State) -> list[tuple[str, str]]:
    words = {
        "0": tr("今日から"),
        "1": tr("昨日から"),
        "7": tr("1週間前から"),
        "30": tr("1か月前から"),
        "long": tr("もっと前から"),
    }
    kept = [("", tr("前の入力のまま"))] if state.about else []
    return [*kept, *((key, words[key]) for key in SINCE)]


def _ends(picked: str) -> list[tuple[str, str]]:
    offered = ENDS if picked in ENDS else (*ENDS, picked)
    return [(days, tr("{n}日間", n=int(days) + 1) if days else tr("続けて使う")) for days in offered]
