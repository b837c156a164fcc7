"""Paints readings: the chart with the target band, or the list; one reading looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.uix.widget import Widget

from mobile import theme, wording
from mobile.screens.readings.figures import figures, lines_of
from mobile.screens.readings.state import (
    TRENDS,
    State,
    day_options,
    drawing,
    line_of,
    session_options,
    span_words,
    version_words,
    week_lines,
)
from mobile.screens.readings.streams import ICONS, name_of, stream_of
from mobile.screens.readings.streams import OFFERED as STREAMS_OFFERED
from mobile.screens.readings.streams import PREFIX as STREAM
from mobile.screens.today.state import band_words
from mobile.seen import Kept
from mobile.widgets.buttons import MainButton, WideButton
from mobile.widgets.card import Card, Gap, IconLine, Note
from mobile.widgets.chart import Chart
from mobile.widgets.chip import Choice
from mobile.widgets.flow import Flow
from mobile.widgets.kind_list import kind_list
from mobile.widgets.labels import Fit, Hug, Wrap
from mobile.widgets.list_row import ListRow
from mobile.widgets.page import Screen
from mobile.widgets.range_bar import BandName, RangeBar
from mobile.widgets.reading_row import row_height
from mobile.widgets.text_field import Choices
from shared.blood_pressure import session_hours_words, tone, tone_words
from shared.home_pressure_summaries import summary_name
from shared.languages import tr
from shared.measuring_words import statuses
from shared.stream_periods import CalendarPart, period_name

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ReadingsView(Screen):
    """Chart or list of one kind, and one reading looked at."""

    listed: object = (
        None  # what the list was made of: a year of readings is measured once, not at every touch
    )

    list_leaf: object = None  # of which kind and days it is

    def render(self, state: State) -> None:
        """Paint ``state``."""
        kept = state.looked_at
        plain = kept is None and not (state.choosing_kind or state.choosing_span or state.summed)
        turned = (state.choosing_kind, state.choosing_span, state.opened, state.listed, state.message)
        self.turn((state.kind, state.period, state.summed, *turned))
        self.ids.head.title = self._title(state, kept)
        self.ids.head.leads_back = not plain
        key = (plain, state.kind, span_words(state), state.listed, state.period)
        self.ids.choices.show(key, lambda: self._choices(state) if plain else ())
        listing = plain and bool(state.sums or (state.listed and state.shown))
        self._swap(listing)
        if listing:
            self._list(state)
        inside = (
            state.choosing_kind,
            state.choosing_span,
            state.opened,
            state.versions,
            state.kind,
            state.days,
            state.session,
            state.summed,
            state.defined,
        )
        seen: object = (
            *inside,
            state.readings,
            state.sums,
            state.listed,
            state.message,
            state.loaded,
            state.jsh,
        )
        self.ids.inside.show(seen, lambda: self._inside(state, kept))
        self.show_foot(plain and state.can_be_typed)

    def _title(self, state: State, kept: Kept | None) -> str:
        if state.choosing_kind:
            return tr("何を見ますか")
        if state.choosing_span:
            return tr("期間")
        if state.summed:
            return tr("まとめ")
        return tr("1 回の記録") if kept else tr("記録")

    def _swap(self, listing: bool) -> None:
        """The list takes the place of the body: a list of its own inside a scrolling page would not scroll."""
        for widget, shown in ((self.ids.list, listing), (self.ids.body, not listing)):
            widget.size_hint_y = 1 if shown else None
            widget.opacity = 1 if shown else 0
            widget.disabled = not shown
            if not shown:
                widget.height = 0

    def _list(self, state: State) -> None:
        wide = self.width - dp(2 * theme.EDGE_SPACE)
        if self.listed == (wide, state.shown, state.sums, state.period):
            return
        self.listed = (wide, state.shown, state.sums, state.period)
        leaf = (state.kind, state.days, state.session, state.period)
        if leaf != self.list_leaf:
            # Another list begins at its newest; one that only got longer stays where she is.
            self.list_leaf, self.ids.list.scroll_y = leaf, 1
        lines = [(*line_of(kept), str(kept.vital.id)) for kept in state.shown]
        lines += [(*line, "") for line in reversed(lines_of(state.sums, state.period, state.since))]
        data = []
        for when, value, more, id_text in lines:
            high = row_height(wide - dp(32), when, more)
            data.append(
                {
                    "when": when,
                    "value": value,
                    "more": more,
                    "id_text": id_text,
                    "size": (wide, high),
                }
            )
        self.ids.list.data = data

    def _choices(self, state: State) -> Iterator[Widget]:
        stream = stream_of(state.kind)
        icon = ICONS.get(stream, "chart-line") if stream else wording.ICONS.get(state.kind, "")
        kind = WideButton(said=name_of(state.kind), icon_name=icon)
        kind.bind(on_release=lambda _: self.press("kinds"))
        yield kind
        flow = Flow(align="center", line_gap=dp(8))
        for key, said in () if stream else (("chart", tr("グラフ")), ("list", tr("一覧"))):
            choice = Choice(said=said, chosen=state.listed == (key == "list"))
            choice.bind(on_release=lambda _, key=key: self.choose("view", key))
            flow.add_widget(choice)
        for period in CalendarPart if stream else ():
            each = Choice(said=period_name(period), chosen=state.period is period)
            each.bind(on_release=lambda _, period=period: self.choose("period", period.value))
            flow.add_widget(each)
        if stream:
            sums = Choice(said=tr("まとめ"))
            sums.bind(on_release=lambda _: self.press("figures"))
            flow.add_widget(sums)
        # In large letters the two last go on one line, which leaves the list a line more.
        large = sp(1) > dp(1.3)
        span = Choice(said=span_words(state) if large else tr("期間：{span}", span=span_words(state)))
        span.bind(on_release=lambda _: self.press("span"))
        flow.add_widget(span)
        yield flow

    def _span(self, state: State) -> Iterator[Widget]:
        card = Card()
        groups = [("days", tr("期間"), day_options(), str(state.days))]
        if state.kind == "blood_pressure":
            groups.append(("session", tr("朝・晩"), session_options(), state.session))
        for name, question, options, chosen in groups:
            choices = Choices(question=question, options=options, chosen=[chosen])
            choices.bind(on_choose=lambda _, key, name=name: self.choose(name, key))
            card.add_widget(choices)
        yield card
        yield self._deed(MainButton(said=tr("この期間を見る")), "span")

    def _deed(self, button: WideButton, what: str) -> WideButton:
        button.bind(on_release=lambda _: self.press(what))
        return button

    def _inside(self, state: State, kept: Kept | None) -> Iterator[Widget]:
        yield Note(said=state.message, tone="good")
        if state.choosing_kind:
            yield kind_list(lambda kind: self.press("kind", kind), state.imported)
            yield Wrap(raw=tr("腕時計などの記録（1日ごと）"), bold=True, size_sp=theme.HEADING)
            yield self._streams()
        elif state.choosing_span:
            yield from self._span(state)
        elif state.summed:
            yield from self._summed(state)
        elif kept is not None:
            yield from self._one(state, kept)
        elif state.loaded and not (state.shown or state.sums):
            yield Wrap(raw=tr("この期間の記録はありません。"), size_sp=theme.HEADING)
            if stream_of(state.kind):
                yield Wrap(raw=tr("時計やアプリから書き出したファイルを取り込むと、ここに出ます。"))
        elif not state.listed and state.loaded:
            yield from self._charted(state)

    def _summed(self, state: State) -> Iterator[Widget]:
        """What the days come to, and one tap away what that means."""
        found = figures(stream_of(state.kind), state.days_shown, state.days)
        card = Card(spacing=dp(2))
        card.add_widget(Wrap(raw=" · ".join((name_of(state.kind), span_words(state))), bold=True))
        for widget in self._bar(found.shares):
            card.add_widget(Gap())
            card.add_widget(widget)
        for name, value in found.lines:
            # What belongs together stands together: else a name is read with the number above it.
            card.add_widget(Gap())
            card.add_widget(Wrap(raw=name, size_sp=theme.SMALL, ink=theme.SOFT_INK))
            card.add_widget(Wrap(raw=value, bold=True, size_sp=theme.HEADING))
        if not found.lines:
            card.add_widget(Gap())
            card.add_widget(Wrap(raw=tr("この期間の記録はありません。"), ink=theme.SOFT_INK))
        yield card
        for note in found.notes:
            yield Note(said=note)
        meanings = WideButton(said=tr("この数字の意味"), icon_name="information")
        yield self._deed(meanings, "meanings")
        if state.defined:
            meant = Card()
            for name, text in found.meanings:
                meant.add_widget(Wrap(raw=name, bold=True))
                meant.add_widget(Wrap(raw=text))
            yield meant
        yield Wrap(raw=wording.emergency(), size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _bar(self, shares: tuple[tuple[str, str, float], ...]) -> Iterator[Widget]:
        """The bar of a sensor, and what its tints are called."""
        if not shares:
            return
        bar = RangeBar()
        bar.shares = [(band, percent) for band, _, percent in shares]
        yield bar
        names = Flow(align="center", gap=dp(14), line_gap=dp(6))
        for band, name, percent in shares:
            if percent > 0:
                names.add_widget(BandName(band, name))
        yield names

    def _streams(self) -> Card:
        card = Card(spacing=0)
        for stream in STREAMS_OFFERED:
            kind = STREAM + stream
            row = ListRow(title=name_of(kind), icon_name=ICONS.get(stream, "chart-line"), leads=True)
            row.bind(on_release=lambda _, kind=kind: self.press("kind", kind))
            card.add_widget(row)
        return card

    def _charted(self, state: State) -> Iterator[Widget]:
        card = Card()
        pressure = state.kind == "blood_pressure"
        title = (
            tr("血圧（mmHg）")
            if pressure
            else wording.bracketed(wording.kind_name(state.kind), wording.unit_of(state.kind))
        )
        card.add_widget(Wrap(raw=title, bold=True))
        chart = Chart()
        chart.drawing = drawing(state)
        card.add_widget(chart)
        if pressure:
            for line in self._legend():
                card.add_widget(line)
            card.add_widget(
                Wrap(raw=tr("帯は{target}", target=band_words()), size_sp=theme.SMALL, ink=theme.SOFT_INK)
            )
        yield card
        if pressure:
            yield self._weeks(state)
        if state.kind in TRENDS:
            yield self._deed(WideButton(said=tr("平均と変化を見る"), icon_name="chart-line"), "trends")
        if pressure:
            yield Wrap(raw=session_hours_words(), size_sp=theme.SMALL, ink=theme.SOFT_INK)
        yield Wrap(raw=wording.emergency(), size_sp=theme.SMALL, ink=theme.SOFT_INK)

    def _legend(self) -> Iterator[Widget]:
        yield IconLine("chart-line", tr("上の血圧"), theme.MAIN)
        yield IconLine("chart-line", tr("下の血圧"), theme.SECOND_LINE)

    def _weeks(self, state: State) -> Card:
        card = Card()
        for week in (state.jsh, state.esh):
            if week is None:
                continue
            card.add_widget(Wrap(raw=summary_name(week), bold=True))
            for line in week_lines(week):
                card.add_widget(Wrap(raw=line))
        return card

    def _one(self, state: State, kept: Kept) -> Iterator[Widget]:
        vital = kept.vital
        when, value, _ = line_of(kept)
        card = Card()
        card.add_widget(Wrap(raw=wording.joined(wording.kind_name(vital.kind), when), ink=theme.SOFT_INK))
        line = Flow()
        line.add_widget(Fit(raw=value, size_sp=theme.NUMBER, bold=True))
        unit = "mmHg" if vital.kind == "blood_pressure" else ""
        line.add_widget(Hug(raw=wording.joined(unit, wording.pulse_of(vital)), ink=theme.SOFT_INK))
        card.add_widget(line)
        if vital.kind == "blood_pressure":
            stands = tone_words(tone(vital.pressure.systolic, vital.pressure.diastolic))
            card.add_widget(Wrap(raw=stands))
        if vital.status:
            card.add_widget(Wrap(raw=tr("測定のようす"), bold=True, size_sp=theme.SMALL))
        for said in statuses(vital.status):
            card.add_widget(IconLine("information", said))
        card.add_widget(Wrap(raw=vital.note))
        origin = wording.joined(wording.origin_words(vital.origin), vital.device)
        card.add_widget(Wrap(raw=origin, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        told = tr("送信済み") if kept.told else tr("この電話に保存しました。つながったら送ります。")
        card.add_widget(Wrap(raw=told, size_sp=theme.SMALL, ink=theme.SOFT_INK))
        if kept.refused:
            card.add_widget(Note(said=tr("受け取られませんでした：{why}", why=kept.refused), tone="stop"))
        yield card
        if len(state.versions) > 1:
            history = Card()
            history.add_widget(Wrap(raw=tr("これまでの内容"), bold=True))
            for version in state.versions:
                history.add_widget(Wrap(raw=version_words(version, vital), size_sp=theme.SMALL))
            yield history
        yield self._deed(WideButton(said=tr("なおす"), icon_name="pencil"), "correct")
        yield self._deed(WideButton(said=tr("取り消す"), icon_name="delete", look="stop"), "withdraw")
