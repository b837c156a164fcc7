"""Paints Today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.today.dose_card import dose_card
from mobile.screens.today.state import (
    Headline,
    State,
    band_words,
    drawing,
    headline,
    medicine_words,
    other_lines,
    step_words,
    sync_words,
)
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card, IconLine, Note
from mobile.widgets.chip import Chip
from mobile.widgets.flow import Column, Flow
from mobile.widgets.labels import Fit, Hug, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class TodayView(Screen):
    """Today: its medicines on top, then the blood pressure, then what else there is."""

    def render(self, state: State) -> None:
        """Paint ``state``; parts that stay the same are left alone."""
        top = headline(state)
        self.ids.state_of_things.show(
            (sync_words(state), state.offline, state.untold), lambda: self._sync(state)
        )
        self.ids.warnings.show(state.warnings, lambda: self._warnings(state))
        self.ids.doses.show(state.day, lambda: self._doses(state))
        self.ids.headline.show((top, state.now is None), lambda: self._headline(top, state.now is not None))
        found = state.occasions if state.now is not None else []
        charted = drawing(found) if len(found) > 1 else drawing([])
        self.ids.chart.drawing = charted
        self.ids.chart.show(bool(charted.lines))
        self.ids.mean.raw = top.mean_words if top else ""
        self.ids.band.raw = tr("帯は{target}", target=band_words()) if charted.lines else ""
        key = (other_lines(state), medicine_words(state), step_words(state), state.now is None)
        self.ids.lists.show(key, lambda: self._lists(state))

    def _sync(self, state: State) -> Iterator[Widget]:
        if state.untold:
            note = Note(said=sync_words(state), tone="plain")
            yield note
            again = WideButton(said=tr("いま送る"), look="plain", icon_name="refresh")
            again.bind(on_release=lambda _: self.press("sync"))
            yield again
        elif sync_words(state):
            yield IconLine("cloud-off-outline" if state.offline else "cloud-check", sync_words(state))

    def _headline(self, top: Headline | None, loaded: bool) -> Iterator[Widget]:
        if top is None:
            yield Wrap(raw=tr("血圧"), bold=True, size_sp=theme.HEADING)
            yield Wrap(
                raw=tr("まだ記録がありません。下のボタンから、はじめの 1 回を記録しましょう。")
                if loaded
                else ""
            )
            return
        head = Flow(align="center")
        head.add_widget(Hug(raw=top.when, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        yield head
        number = Flow()
        number.add_widget(Fit(raw=top.value, size_sp=theme.NUMBER, bold=True))
        for beside in ("mmHg", top.pulse):
            number.add_widget(Hug(raw=beside, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        yield number
        mark = Flow(align="center")
        mark.add_widget(Chip(raw=top.mark_words, tone=top.mark))
        yield mark

    def _warnings(self, state: State) -> Iterator[Widget]:
        if not state.warnings:
            return
        card = Card(spacing=0)
        about = tr("薬剤師に聞いてください。さわると内容が出ます。")
        title = tr("お薬のことで、確認したいことが {n} 件あります", n=state.warnings)
        card.add_widget(self._row("alert", title, about, "medicines"))
        yield card

    def _doses(self, state: State) -> Iterator[Widget]:
        # Always in the same place, also when all is done: what was just touched must not run away.
        if state.day is not None and state.day.due:
            yield dose_card(state.day, self.press)

    def _lists(self, state: State) -> Iterator[Widget]:
        if state.now is None:
            return
        others = other_lines(state)
        if others or step_words(state):
            card = Card(spacing=0)
            for kind, icon, title, about in others:
                card.add_widget(self._row(icon, title, about, "readings", kind))
            if step_words(state):
                card.add_widget(self._row("walk", tr("歩数"), step_words(state), "readings", "stream.steps"))
            yield card
        card = Card(spacing=0)
        about = tr("血圧計・体温計・体重計などから Bluetooth で")
        card.add_widget(self._row("download", tr("機器から受け取る"), about, "receive"))
        card.add_widget(self._row("pill", tr("お薬"), medicine_words(state), "medicines"))
        card.add_widget(
            self._row(
                "qrcode-scan", tr("取り込む"), tr("お薬手帳の QR コード・健康アプリのファイル"), "import_file"
            )
        )
        card.add_widget(
            self._row("share-variant", tr("先生に見せる"), tr("だれに、何を、いつまで見せるか"), "sharing")
        )
        yield card
        yield self._emergency()

    def _row(self, icon: str, title: str, about: str, what: str, which: str = "") -> ListRow:
        row = ListRow(icon_name=icon, title=title, about=about, leads=True)
        row.bind(on_release=lambda _: self.press(what, which))
        return row

    def _emergency(self) -> Column:
        column = Column()
        column.add_widget(Wrap(raw=wording.emergency(), size_sp=theme.SMALL, ink=theme.SOFT_INK))
        return column
