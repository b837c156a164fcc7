"""Paints what devices recorded: electrocardiograms and workouts in a list, and one heart as on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.recordings.state import State
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Gap, Note
from mobile.widgets.heart_paper import HeartPaper
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared import recording_words as said
from shared.electrocardiograms import Electrocardiogram
from shared.languages import tr
from shared.workouts import Workout

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class RecordingsView(Screen):
    """Two lists, or one electrocardiogram."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        full = bool(state.hearts or state.workouts)
        self.turn((state.heart and state.heart.id, full, state.wrong))
        self.ids.head.title = tr("心電図") if state.heart else tr("運動と心電図")
        self.ids.wrong.said = state.wrong
        self.ids.inside.show(state, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        if state.heart is not None:
            yield from self._heart(state.heart)
        elif state.loaded and not state.hearts and not state.workouts:
            yield from self._none()
        elif state.loaded:
            yield from self._lists(state)

    def _none(self) -> Iterator[Widget]:
        yield Wrap(raw=tr("まだ運動や心電図の記録はありません。"), size_sp=theme.HEADING)
        yield Wrap(raw=tr("時計やアプリから書き出したファイルを取り込むと、ここに出ます。"))
        take_in = MainButton(said=tr("ファイルを取り込む"), icon_name="import")
        take_in.bind(on_release=lambda _: self.press("import"))
        yield take_in

    def _lists(self, state: State) -> Iterator[Widget]:
        if state.hearts:
            yield Wrap(raw=tr("心電図"), bold=True, size_sp=theme.TITLE)
            card = Card(spacing=0)
            for heart in state.hearts[: state.listed]:
                row = ListRow(
                    icon_name="heart-pulse",
                    title=said.classified_words(heart),
                    about=_when(heart.local),
                    leads=True,
                )
                row.bind(on_release=lambda _, heart=heart: self.press("heart", str(heart.id)))
                card.add_widget(row)
            yield card
            yield Note(said=said.no_diagnosis_words())
        if state.workouts:
            yield Wrap(raw=tr("運動"), bold=True, size_sp=theme.TITLE)
            yield self._workouts(state.workouts[: state.listed])
        if max(len(state.hearts), len(state.workouts)) > state.listed:
            more = WideButton(said=tr("もっと見る"))
            more.bind(on_release=lambda _: self.press("more"))
            yield more

    def _workouts(self, workouts: tuple[Workout, ...]) -> Card:
        card = Card(spacing=dp(2))
        for each in workouts:
            about = wording.joined(said.length_words(each), *said.amount_words(each))
            if card.children:
                card.add_widget(Gap())
            card.add_widget(Wrap(raw=said.activity_words(each), bold=True))
            card.add_widget(Wrap(raw=about))
            when = wording.joined(_when(each.local), each.device)
            card.add_widget(Wrap(raw=when, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        return card

    def _heart(self, heart: Electrocardiogram) -> Iterator[Widget]:
        card = Card()
        card.add_widget(Wrap(raw=tr("機器の判定"), size_sp=theme.SMALL, ink=theme.SOFT_INK))
        card.add_widget(Wrap(raw=said.classified_words(heart), bold=True, size_sp=theme.TITLE))
        card.add_widget(Wrap(raw=_when(heart.local)))
        if heart.heart_rate:
            card.add_widget(Wrap(raw=tr("平均心拍 {n} 回/分", n=heart.heart_rate)))
        if heart.symptoms:
            card.add_widget(Wrap(raw=tr("症状：{what}", what=heart.symptoms)))
        yield card
        yield Note(said=said.no_diagnosis_words())
        paper = HeartPaper(samples=heart.nanovolts, hertz=float(heart.hertz))
        yield paper
        grid = tr("1行は2.5秒です。大きいます目は、横が0.2秒、縦が0.5 mVです。")
        cut = tr("長いので、はじめの部分だけを描いています。") if paper.is_cut else ""
        lead = tr("誘導：{lead}", lead=heart.lead) if heart.lead else ""
        about = wording.joined(heart.device, lead, tr("1秒に {n} 回測定", n=heart.hertz))
        for line in filter(None, (cut, grid, about)):
            yield Wrap(raw=line, size_sp=theme.SMALL, ink=theme.SOFT_INK)


def _when(local: datetime) -> str:
    return f"{wording.day_words(local.date())} {wording.clock_words(local)}"
