"""Paints the medicines, one card for each visit to a pharmacy; no name is ever cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.medicines.state import State, medicine_lines, source_words, where_words
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card
from mobile.widgets.labels import Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared.languages import tr
from shared.medicines import Dispensing

Builder.load_file(str(Path(__file__).with_name("view.kv")))


def dispensing_card(dispensing: Dispensing) -> Card:
    """One visit to a pharmacy: the day, the places, each medicine in full, and where we have it from."""
    card = Card(spacing=4)
    card.add_widget(
        Wrap(raw=wording.day_words(dispensing.dispensed_on, year=True), bold=True, size_sp=theme.HEADING)
    )
    card.add_widget(Wrap(raw=where_words(dispensing), size_sp=theme.SMALL, ink=theme.SOFT_INK))
    for medicine in dispensing.medicines:
        name, how = medicine_lines(medicine)
        notes = " ".join((*medicine.usage.notes, *medicine.notes))
        card.add_widget(ListRow(icon_name="pill", title=name, about=how, more=notes))
    card.add_widget(Wrap(raw=source_words(dispensing), size_sp=theme.SMALL, ink=theme.SOFT_INK))
    return card


class MedicinesView(Screen):
    """What pharmacies handed out, newest first."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.ids.list.show((state.loaded, state.dispensings, state.most), lambda: self._cards(state))

    def _cards(self, state: State) -> Iterator[Widget]:
        if state.loaded and not state.dispensings:
            yield Wrap(raw=tr("お薬の記録はまだありません。"), size_sp=theme.HEADING)
            yield Wrap(raw=tr("薬局でもらう説明書の QR コードを写すと、ここに入ります。"), ink=theme.SOFT_INK)
            return
        for dispensing in state.dispensings[: state.most]:
            yield dispensing_card(dispensing)
        left = len(state.dispensings) - state.most
        if left > 0:
            more = WideButton(said=tr("前のお薬を見る（あと {n} 回分）", n=left))
            more.bind(on_release=lambda _: self.press("more"))
            yield more
        if state.dispensings:
            said = tr(
                "これは薬局から渡された記録です。飲み方を変えるときは、先生や薬剤師に相談してください。"
            )
            yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
