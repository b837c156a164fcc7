"""Paints a year of medicines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.uix.widget import Widget

from mobile import theme
from mobile.screens.medicine_year.state import State, earlier, lines, year_of, year_words
from mobile.widgets.buttons import WideButton
from mobile.widgets.card import Card
from mobile.widgets.labels import Wrap
from mobile.widgets.page import Screen
from mobile.widgets.timeline import Bars, Months, TimelineRow
from shared.languages import tr

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class MedicineYearView(Screen):
    """A bar for each medicine; where there is none, none was handed out."""

    def render(self, state: State) -> None:
        """Paint ``state``."""
        self.turn(state.years_back)
        self.ids.inside.show(state, lambda: self._inside(state))

    def _inside(self, state: State) -> Iterator[Widget]:
        year = year_of(state)
        if year is None:
            return
        yield Wrap(raw=year_words(year), bold=True, size_sp=theme.HEADING)
        found = lines(state)
        if not found:
            yield Wrap(raw=tr("この1年のお薬の記録はありません。"))
        else:
            card = Card(spacing=0)
            card.add_widget(Months(ticks=[list(month) for month in year.months]))
            for line in found:
                bars = Bars(
                    bars=[(bar.start, bar.end, bar.tone) for bar in line.bars],
                    months=[place for place, _ in year.months],
                    today=year.today,
                )
                row = TimelineRow(bars, title=line.name, said=line.said)
                row.bind(on_release=lambda _, key=line.key: self.press("course", key))
                card.add_widget(row)
            yield card
            said = tr(
                "帯は、お薬が手元にある日です（書かれた日数から）。赤い線は今日、こい茶色は 2 か所から出ている日です。"
            )
            yield Wrap(raw=said, size_sp=theme.SMALL, ink=theme.SOFT_INK)
        for what, said, icon, there in (
            ("earlier", tr("前の1年"), "chevron-left", earlier(state)),
            ("later", tr("次の1年"), "chevron-right", state.years_back > 0),
        ):
            if there:
                button = WideButton(said=said, icon_name=icon)
                button.bind(on_release=lambda _, what=what: self.press(what))
                yield button
