"""Paints what is known about her: the list by kind, one finding, and the form, one step a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.findings.form import HARMFUL, Form, era_words, reaction_options
from mobile.screens.findings.state import State, lines_of, source_words, version_words
from mobile.seen import KeptFinding
from mobile.widgets import device
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.text_field import Choices, TextField
from shared.finding_words import day_words, kind_words, when_words
from shared.findings import KINDS_IN_ORDER, FindingKind
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))

_ICONS = {
    FindingKind.ALLERGY: "alert",
    FindingKind.SIDE_EFFECT: "pill",
    FindingKind.INFECTION: "lungs",
    FindingKind.DIAGNOSIS: "stethoscope",
    FindingKind.IMMUNISATION: "shield-account",
    FindingKind.OTHER: "file-document",
}
_MAINS = {"list": "add", "name": "own_words", "details": "save"}


class FindingsView(Screen):
    """The list, one finding, or a step of the form."""

    part = "list"

    def main(self) -> None:
        """The main button of the part that is shown."""
        self.press(_MAINS.get(self.part, ""))

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.part = state.part
        self.turn((state.part, state.wrong, state.message))
        self.ids.head.title = self._title(state)
        mains = {"list": tr("書き加える"), "name": tr("この名前で進む"), "details": tr("保存する")}
        self.show_foot(state.part in mains)
        self.ids.main.said = mains.get(state.part, "")
        self.ids.main.icon_name = {"list": "plus", "details": "check"}.get(state.part, "")
        self.ids.main.resting = state.saving
        self.ids.message.said = state.message
        form = state.form
        # Fields are made once a page: one that is made anew while she writes in it would lose the keyboard.
        page = (state.part, form.kind, form.over, state.correcting is None)
        self.ids.fields.show(page, lambda: self._fields(state))
        for name, field in self.fields.items():
            field.text = getattr(form, name)
            # Under three narrow fields the sentence stands once, as wide as the page.
            below = self.below.get(name)
            said = state.wrong if state.wrong_field == name else ""
            field.wrong = "" if below else said
            if below:
                below.raw = said
        self.ids.wrong.said = "" if state.wrong_field in self.fields else state.wrong
        self.ids.inside.show(self._key(state), lambda: self._inside(state))

    def _title(self, state: State) -> str:
        if state.part == "details":
            return tr("なおす") if state.correcting is not None else kind_words(state.form.kind)
        titles = {
            "list": tr("アレルギー・副作用・病名"),
            "one": tr("1 つの記録"),
            "kind": tr("何を書きますか"),
            "name": kind_words(state.form.kind),
        }
        return titles[state.part]

    def _key(self, state: State) -> object:
        keys: dict[str, object] = {
            "list": (state.loaded, state.findings),
            "one": (state.looked_at, state.versions),
            "name": state.names,
            "details": (
                state.form.reaction,
                state.form.suspected,
                state.form.over,
                state.form.text,
                state.form.year,
            ),
        }
        return state.part, state.form.kind, keys.get(state.part)

    def _inside(self, state: State) -> Iterator[Widget]:
        parts = {
            "list": self._list,
            "one": self._one,
            "kind": self._kinds,
            "name": self._names,
            "details": self._details,
        }
        yield from parts[state.part](state)

    # -- the list and one of it

    def _list(self, state: State) -> Iterator[Widget]:
        if state.loaded and not state.findings:
            yield Wrap(raw=tr("まだ何も書かれていません。"), size_sp=theme.HEADING)
            said = tr(
                "アレルギーや、合わなかった薬を書いておくと、薬を選ぶときに先生や薬剤師が気をつけられます。"
            )
            yield Wrap(raw=said, ink=theme.SOFT_INK)
        for kind, found in groupby(state.findings, key=lambda kept: kept.finding.kind):
            card = Card(spacing=0)
            card.add_widget(Wrap(raw=kind_words(kind), bold=True, size_sp=theme.HEADING))
            for kept in found:
                name, about, more = lines_of(kept)
                row = ListRow(icon_name=_ICONS[kind], title=name, about=about, more=more, leads=True)
                row.bind(on_release=lambda _, kept=kept: self.press("open", str(kept.finding.id)))
                card.add_widget(row)
            yield card
        if state.findings:
            said = tr("ここに書いたものがすべてとは限りません。診察や薬局では、口でも伝えてください。")
            yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _one(self, state: State) -> Iterator[Widget]:
        kept = state.looked_at
        if kept is None:
            return
        yield self._card(kept)
        if len(state.versions) > 1:
            history = Card()
            history.add_widget(Wrap(raw=tr("これまでの内容"), bold=True))
            for version in state.versions:
                said = version_words(version, state.offset_min)
                history.add_widget(Wrap(raw=said, size_sp=theme.SMALL))
            yield history
        yield self._deed(WideButton(said=tr("なおす"), icon_name="pencil"), "correct")
        yield self._deed(WideButton(said=tr("取り消す"), icon_name="delete", look="stop"), "withdraw")

    def _card(self, kept: KeptFinding) -> Card:
        finding = kept.finding
        name, _, _ = lines_of(kept)
        card = Card()
        card.add_widget(Wrap(raw=kind_words(finding.kind), ink=theme.SOFT_INK))
        card.add_widget(Wrap(raw=name, bold=True, size_sp=theme.TITLE))
        card.add_widget(Wrap(raw=when_words(finding)))
        if finding.reaction:
            card.add_widget(Wrap(raw=tr("起きたこと：{what}", what=finding.reaction)))
        if finding.noted_on:
            noted = tr("書いた日：{day}", day=day_words(finding.noted_on.isoformat()))
            card.add_widget(Wrap(raw=noted, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        card.add_widget(Wrap(raw=source_words(finding), size_sp=theme.SMALL, ink=theme.SOFT_INK))
        told = tr("送信済み") if kept.told else tr("この電話に保存しました。つながったら送ります。")
        card.add_widget(Wrap(raw=told, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        if kept.refused:
            card.add_widget(Note(said=tr("受け取られませんでした：{why}", why=kept.refused), tone="stop"))
        return card

    # -- the form

    def _kinds(self, _state: State) -> Iterator[Widget]:
        about = {
            FindingKind.ALLERGY: tr("食べ物・薬・花粉・虫など、体に合わないもの"),
            FindingKind.SIDE_EFFECT: tr("飲んだり使ったりして、具合が悪くなった薬"),
            FindingKind.INFECTION: tr("肝炎・結核など、うつる病気"),
            FindingKind.DIAGNOSIS: tr("先生に言われた病気。今のものも、前のものも"),
            FindingKind.IMMUNISATION: tr("いつ、どのワクチンを受けたか"),
            FindingKind.OTHER: tr("先生や薬剤師に知っておいてほしいこと"),
        }
        card = Card(spacing=0)
        for kind in KINDS_IN_ORDER:
            row = ListRow(icon_name=_ICONS[kind], title=kind_words(kind), about=about[kind], leads=True)
            row.bind(on_release=lambda _, kind=kind: self.press("kind", kind.value))
            card.add_widget(row)
        yield card
        yield Wrap(
            raw=tr("マイナンバーや保険証の番号は、書かないでください。"),
            size_sp=theme.SMALL,
            ink=theme.SOFT_INK,
        )

    def _names(self, state: State) -> Iterator[Widget]:
        if not state.names:
            return
        card = Card(spacing=0)
        for at, name in enumerate(state.names):
            row = ListRow(title=name.text, about=name.about, leads=True)
            row.bind(on_release=lambda _, at=at: self.press("name", str(at)))
            card.add_widget(row)
        yield card
        yield Wrap(
            raw=tr("この中になければ、上に書いた名前のまま進めます。"),
            size_sp=theme.SMALL,
            ink=theme.SOFT_INK,
        )

    def _fields(self, state: State) -> Iterator[Widget]:
        """The places to write of this page."""
        self.fields: dict[str, TextField] = {}
        self.below: dict[str, Wrap] = {}
        form = state.form
        if state.part == "name":
            yield self._field("text", self._asked(form.kind))
        if state.part != "details":
            return
        if state.correcting is not None:
            yield Note(said=tr("直したものは、あなたが書いたものになります。前の内容は履歴に残ります。"))
        rename = WideButton(said=form.text, icon_name="pencil")
        rename.bind(on_release=lambda _: self.press("rename"))
        self.rename = rename
        yield rename
        yield Wrap(raw=self._since(form.kind), bold=True)
        yield from self._day((("year", tr("年")), ("month", tr("月")), ("day", tr("日"))))
        self.era = Wrap(ink=theme.SOFT_INK)
        yield self.era
        if form.kind is FindingKind.DIAGNOSIS:
            yield self._over(form)
            if form.over:
                yield Wrap(raw=tr("いつまででしたか（だいたいの年でかまいません）"), bold=True)
                yield from self._day((("until_year", tr("年")), ("until_month", tr("月"))))
        yield self._field("said_by", tr("だれに言われましたか（病院や先生の名前。なくてもかまいません）"))
        if form.kind in HARMFUL:
            yield self._field("reaction", tr("どうなりましたか（なくてもかまいません）"), lines=2)

    def _details(self, state: State) -> Iterator[Widget]:
        form = state.form
        self.rename.said, self.era.raw = form.text, era_words(form)
        if form.kind in HARMFUL:
            options = reaction_options()
            chosen = [key for key, _ in options if key in form.reaction.split("、")]
            felt = Choices(
                question=tr("あてはまるものにふれると、書き加わります"), options=options, chosen=chosen
            )
            felt.bind(on_choose=lambda _, key: self.choose("reaction", key))
            yield felt
        if form.kind is not FindingKind.IMMUNISATION:
            sure = Choices(
                question=tr("たしかですか"),
                options=[("sure", tr("はっきりしている")), ("suspected", tr("疑い・たぶん"))],
                chosen=["suspected" if form.suspected else "sure"],
            )
            sure.bind(on_choose=lambda _, key: self.choose("certainty", key))
            yield sure

    def _over(self, form: Form) -> Choices:
        choices = Choices(
            question=tr("今も続いていますか"),
            options=[("no", tr("続いている")), ("yes", tr("治った・終わった"))],
            chosen=["yes" if form.over else "no"],
        )
        choices.bind(on_choose=lambda _, key: self.choose("over", key))
        return choices

    def _asked(self, kind: FindingKind) -> str:
        asked = {
            FindingKind.ALLERGY: tr("何に合いませんか（例：そば、卵、薬の名前）"),
            FindingKind.SIDE_EFFECT: tr("合わなかった薬の名前"),
            FindingKind.INFECTION: tr("病気の名前"),
            FindingKind.DIAGNOSIS: tr("病気の名前"),
            FindingKind.IMMUNISATION: tr("ワクチンの名前"),
            FindingKind.OTHER: tr("知っておいてほしいこと"),
        }
        return asked[kind]

    def _since(self, kind: FindingKind) -> str:
        if kind is FindingKind.IMMUNISATION:
            return tr("受けた日（西暦。わかるところまで）")
        return tr("いつからですか（西暦。わかるところまで）")

    def _day(self, names: tuple[tuple[str, str], ...]) -> Iterator[Widget]:
        row = BoxLayout(size_hint_y=None, spacing=dp(8), height=sp(80))
        for at, (name, word) in enumerate(names):
            field = self._field(name, word, kind="number")
            field.size_hint_x = 1 if at else 1.5
            field.bind(height=lambda *_: setattr(row, "height", max(one.height for one in row.children)))
            row.add_widget(field)
        yield row
        self.below[names[0][0]] = Wrap(size_sp=theme.SMALL, ink=theme.ON_STOP)
        yield self.below[names[0][0]]

    def _field(self, name: str, question: str, *, kind: str = "text", lines: int = 1) -> TextField:
        native = device.has_text_dialog() and kind == "text"
        field = TextField(question=question, kind=kind, lines=lines, native=native)
        field.bind(on_typed=lambda _, text: self.write(name, text))
        field.bind(on_asked=lambda _: self.press("write", name))
        self.fields[name] = field
        return field

    def _deed(self, button: WideButton, what: str) -> WideButton:
        button.bind(on_release=lambda _: self.press(what))
        return button
