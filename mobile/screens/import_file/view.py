"""Paints taking in a file: the ways in, the codes gathered, the preview with its counts, what was taken in before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from kivy.clock import Clock, ClockEvent
from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.import_file.question import view as question_view
from mobile.screens.import_file.state import MOVING, State, parts_words
from mobile.screens.import_file.words import (
    brought_costs,
    count_lines,
    mismatch_words,
    stands,
    total_lines,
    whose_words,
)
from mobile.seen import ImportState
from mobile.widgets import device
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Note
from mobile.widgets.flow import Flow
from mobile.widgets.labels import Fit, Hug, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.text_field import TextField
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))

TROUBLES_SHOWN = 20
# How often the screen asks how far the reading is.
LOOK_SECONDS = 2.0


class ImportFileView(Screen):
    """Bringing something in, and taking it back."""

    _looking: ClockEvent | None = None

    def render(self, state: State) -> None:
        """Paint ``state``."""
        seen = state.current
        asked = (seen and (seen.id, seen.state, seen.question), state.column, state.changing)
        self.turn((state.pasting, len(state.parts), *asked, state.wrong))
        self.ids.wrong.said, self.ids.message.said = state.wrong, state.message
        self.ids.actions.show(self._key(state), lambda: self._actions(state))
        # What is being pasted is not part of the key: the field holds it, and a new field would lose the cursor.
        self.ids.inside.show(
            (*self._key(state), state.earlier, state.remembered), lambda: self._inside(state)
        )
        if seen is not None and seen.state in MOVING:
            self._look_soon(seen.id)

    def _look_soon(self, import_id: UUID) -> None:
        """Ask again how far it is, while somebody is looking."""

        def look(_passed: float) -> None:
            self._looking = None
            if self.parent is not None:
                self.press("look_again", str(import_id))

        if self._looking is None:
            self._looking = Clock.schedule_once(look, LOOK_SECONDS)

    def _key(self, state: State) -> tuple[object, ...]:
        codes = (state.parts, state.total, state.in_order, state.pasting)
        return (state.current, *codes, state.busy, state.columns, state.column, state.changing)

    def _inside(self, state: State) -> Iterator[Widget]:
        if state.current is not None:
            yield from self._preview(state, state.current)
        elif state.pasting:
            yield self._pasting(state)
        elif state.gathering:
            yield from self._parts(state)
        else:
            yield from self._ways(state)

    def _ways(self, state: State) -> Iterator[Widget]:
        card = Card(spacing=0)
        for icon, title, about, what in self._doors():
            row = ListRow(icon_name=icon, title=title, about=about, leads=not state.busy)
            row.bind(on_release=lambda _, what=what: self.press(what))
            card.add_widget(row)
        yield card
        if not device.has_file_dialog():
            yield Note(said=drop_words(), tone="plain")
        if state.earlier:
            yield Wrap(raw=tr("これまでの取り込み"), bold=True, size_sp=theme.HEADING)
            earlier = Card(spacing=0)
            for seen in state.earlier:
                row = ListRow(icon_name="file-document", title=seen.name, about=stands(seen), leads=True)
                row.bind(on_release=lambda _, seen=seen: self.press("look", str(seen.id)))
                earlier.add_widget(row)
            yield earlier
        yield from question_view.remembered(state, self.press)

    def _doors(self) -> Iterator[tuple[str, str, str, str]]:
        if device.has_camera():
            yield (
                "camera",
                tr("QR コードを写す"),
                tr("薬局でもらう説明書のコードを、電話で写します"),
                "camera",
            )
        if device.has_file_dialog():
            yield "qrcode-scan", tr("QR コードの写真を選ぶ"), tr("撮ってある写真から読み取ります"), "picture"
            yield "file-document", tr("ファイルを選ぶ"), tr("時計や血圧計のアプリから書き出したもの"), "file"
        yield "pencil", tr("コードの文字を貼り付ける"), tr("JAHISTC で始まる文字です"), "paste"

    def _pasting(self, state: State) -> Card:
        card = Card()
        field = TextField(
            question=tr("QR コードの文字"), lines=6, text=state.pasted, native=device.has_text_dialog()
        )
        field.bind(on_typed=lambda _, text: self.write("code", text))
        field.bind(on_asked=lambda _: self.press("write"))
        card.add_widget(field)
        return card

    def _parts(self, state: State) -> Iterator[Widget]:
        card = Card()
        of = f"{len(state.parts)} / {state.total or '?'}"
        card.add_widget(Fit(raw=of, size_sp=theme.NUMBER, bold=True))
        card.add_widget(Wrap(raw=parts_words(state)))
        yield card
        ways = [(tr("続けて文字を貼り付ける"), "pencil", "paste")]
        if device.has_file_dialog():
            ways.insert(0, (tr("続けて写真を選ぶ"), "qrcode-scan", "picture"))
        if device.has_camera():
            ways.insert(0, (tr("続けて QR コードを写す"), "camera", "camera"))
        for said, icon, what in ways:
            yield self._button(WideButton(said=said, icon_name=icon, resting=state.busy), what)
        if not device.has_file_dialog():
            yield Note(said=drop_words(), tone="plain")
        yield self._button(
            WideButton(said=tr("はじめからやり直す"), look="plain", icon_name="refresh"), "forget_parts"
        )

    def _preview(self, state: State, seen: ImportState) -> Iterator[Widget]:
        if seen.state == "asking" or state.changing:
            # The question first: in large letters there is room for no more on a small phone.
            yield Wrap(raw=wording.joined(seen.name, seen.format_label), ink=theme.SOFT_INK)
            asks = question_view.question if seen.state == "asking" else question_view.changing
            yield from asks(state, self.press)
            return
        head = Card()
        head.add_widget(Wrap(raw=seen.name, bold=True, size_sp=theme.HEADING))
        head.add_widget(Wrap(raw=wording.joined(seen.format_label, stands(seen)), ink=theme.SOFT_INK))
        if seen.mismatch and seen.state == "previewed":
            head.add_widget(Note(said=mismatch_words(seen), tone="notice"))
        elif seen.whose:
            head.add_widget(Wrap(raw=whose_words(seen)))
        if seen.state in MOVING or seen.sending:
            for widget in question_view.progress(seen):
                head.add_widget(widget)
        yield head
        yield from question_view.answered(seen, self.press)
        if seen.state in ("previewed", "kept", "undone"):
            yield self._totals(seen)
            yield self._kinds(seen)
        if seen.troubles:
            yield self._troubles(seen)

    def _totals(self, seen: ImportState) -> Card:
        card = Card()
        for word, number, about in total_lines(seen):
            line = Flow()
            line.add_widget(Fit(raw=f"{number:,}", size_sp=theme.FIGURE, bold=True))
            line.add_widget(Hug(raw=word, bold=True))
            card.add_widget(line)
            if number:
                card.add_widget(Wrap(raw=about, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        return card

    def _kinds(self, seen: ImportState) -> Card:
        card = Card(spacing=0)
        for name, counts in count_lines(seen):
            card.add_widget(ListRow(title=name, about=counts))
        return card

    def _troubles(self, seen: ImportState) -> Card:
        card = Card()
        card.add_widget(Wrap(raw=tr("読めなかったところ"), bold=True))
        for trouble in seen.troubles[:TROUBLES_SHOWN]:
            card.add_widget(Wrap(raw=wording.joined(trouble.where, trouble.problem), size_sp=theme.SMALL))
        left = seen.not_understood - min(len(seen.troubles), TROUBLES_SHOWN)
        if left > 0:
            card.add_widget(Wrap(raw=tr("ほかに {n} 件", n=left), size_sp=theme.SMALL, ink=theme.SOFT_INK))
        return card

    def _actions(self, state: State) -> Iterator[Widget]:
        seen = state.current
        if seen is None:
            if state.pasting:
                yield self._button(MainButton(said=tr("読み取る"), icon_name="check"), "take_pasted")
            elif state.parts and (state.total is None or state.in_order):
                yield self._button(MainButton(said=tr("これで全部です"), resting=state.busy), "send_parts")
        elif seen.state == "asking" or state.changing:
            yield from self._answering(state, seen)
        elif seen.state == "previewed":
            yield self._button(MainButton(said=tr("取り込む"), icon_name="check", resting=state.busy), "keep")
            yield self._button(WideButton(said=tr("取り込まない")), "back")
        elif seen.state == "kept":
            yield self._button(MainButton(said=tr("終わる"), icon_name="check"), "back")
            if brought_costs(seen):
                yield self._button(WideButton(said=tr("医療費を見る"), icon_name="file-document"), "costs")
            yield self._button(
                WideButton(said=tr("この取り込みを取り消す"), icon_name="undo", look="stop"), "undo"
            )
        else:
            yield self._button(MainButton(said=tr("もどる")), "back")

    def _answering(self, state: State, seen: ImportState) -> Iterator[Widget]:
        asks_columns = seen.question is not None and seen.question.ask == "columns"
        if asks_columns and state.column is None:
            said = tr("この読み方で読む")
            yield self._button(MainButton(said=said, icon_name="check", resting=state.busy), "columns")
        yield self._button(WideButton(said=tr("もどる")), "back")

    def _button(self, button: WideButton, what: str) -> WideButton:
        button.bind(on_release=lambda _: self.press(what))
        return button


def drop_words() -> str:
    """What to do on a computer that has no dialog for choosing a file."""
    return tr("写真やファイルは、この画面の上に引っぱってきて（ドラッグして）離すと読み取ります。")
