"""Paints what a doctor sees: who shares with her, one record's blood pressure and medicines. Read only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.events import SharedRecord
from mobile.screens.medicines.view import dispensing_card
from mobile.screens.readings.state import week_lines
from mobile.screens.shared_records.state import State, drawing, heard_words
from mobile.screens.today.state import band_words
from mobile.widgets.card import Card
from mobile.widgets.chart import Chart
from mobile.widgets.flow import Flow
from mobile.widgets.labels import Fit, Hug, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from shared.home_pressure_summaries import summary_name
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))

DISPENSINGS_SHOWN = 5


class SharedRecordsView(Screen):
    """The people who share, or one of their records."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        record = state.record
        self.turn((record and record.person.record_id, state.wrong))
        self.ids.head.leads_back = record is not None
        self.ids.head.title = (
            tr("{name}さん", name=record.person.name) if record else tr("見せてくれている人")
        )
        self.ids.wrong.said = state.wrong
        key = (state.loaded, state.people, record, heard_words(state), state.opening)
        self.ids.inside.show(key, lambda: self._record(state, record) if record else self._people(state))

    def _people(self, state: State) -> Iterator[Widget]:
        if state.loaded and not state.people:
            yield Wrap(raw=tr("いま記録を見せてくれている人はいません。"), size_sp=theme.HEADING)
        if state.people:
            card = Card(spacing=0)
            for person in state.people:
                about = (
                    tr("開いています…")
                    if state.opening == person.record_id
                    else wording.age_words(person.age)
                )
                row = ListRow(icon_name="account", title=person.name, about=about, leads=True)
                row.bind(on_release=lambda _, person=person: self.press("open", str(person.record_id)))
                card.add_widget(row)
            yield card

    def _record(self, state: State, record: SharedRecord) -> Iterator[Widget]:
        yield Wrap(
            raw=wording.joined(wording.age_words(record.person.age), heard_words(state)), ink=theme.SOFT_INK
        )
        yield self._pressure(state, record)
        for dispensing in record.dispensings[:DISPENSINGS_SHOWN]:
            yield dispensing_card(dispensing)
        if not record.dispensings:
            yield Wrap(raw=tr("見られるお薬の記録はありません。"), ink=theme.SOFT_INK)

    def _pressure(self, state: State, record: SharedRecord) -> Card:
        card = Card()
        card.add_widget(Wrap(raw=tr("血圧（mmHg）"), bold=True, size_sp=theme.HEADING))
        if not record.pressures:
            card.add_widget(Wrap(raw=tr("見られる血圧の記録はありません。"), ink=theme.SOFT_INK))
            return card
        newest = record.pressures[0].vital
        line = Flow()
        line.add_widget(Fit(raw=wording.value_of(newest), size_sp=theme.NUMBER, bold=True))
        line.add_widget(Hug(raw=wording.pulse_of(newest), ink=theme.SOFT_INK))
        card.add_widget(
            Wrap(raw=wording.when_words(newest, state.now or newest.taken_at), ink=theme.SOFT_INK)
        )
        card.add_widget(line)
        chart = Chart()
        chart.drawing = drawing(record)
        card.add_widget(chart)
        card.add_widget(
            Wrap(raw=tr("帯は{target}", target=band_words()), size_sp=theme.SMALL, ink=theme.SOFT_INK)
        )
        for week in (record.jsh, record.esh):
            if week is None:
                continue
            card.add_widget(Wrap(raw=summary_name(week), bold=True))
            for text in week_lines(week):
                card.add_widget(Wrap(raw=text))
        return card
