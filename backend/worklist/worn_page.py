"""What watches and sensors brought as one table for her doctor: a line a day, week or month, a column a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.consent.opened import OpenRecord
from backend.wearables import periods, sources, summaries
from backend.wearables.periods import Rested
from backend.worklist import wording
from shared import clock, units
from shared.consent import Right, Scope
from shared.glucose import glucose_definitions
from shared.kinds import STREAMS, Stream, Summing
from shared.languages import tr
from shared.resting_heart_rate import RestedBy, resting_definition
from shared.stream_periods import (
    CalendarPart,
    Reported,
    StreamPeriod,
    period_definition,
    period_of,
    periods_of,
)

# How far back a table goes, in days: four weeks, a quarter, a year.
BACK = {CalendarPart.DAY: 27, CalendarPart.WEEK: 7 * 12 - 1, CalendarPart.MONTH: 334}
GLUCOSE = "blood_glucose"
# Every beat, and what a body burns lying still, tell a doctor nothing that the others do not.
_LEFT_OUT = ("beats", "basal_energy", "stand_hours")
_NOTES = {
    "spo2": ("腕時計などの機器の値です。医療用のパルスオキシメーターとはちがうことがあります。",),
    "hrv": ("SDNN です。RMSSD とは別の値で、くらべられません。",),
    "hrv_rmssd": ("RMSSD です。SDNN とは別の値で、くらべられません。",),
    "skin_temperature": ("皮膚の温度で、体温ではありません。",),
}
_ORDER = ("steps", "heart_rate", "resting_heart_rate", "sleep", "spo2", GLUCOSE)


@dataclass(frozen=True, slots=True)
class WornCell:
    """What a stream came to: the figure, and what stands small below it, each on a line."""

    main: str = ""
    more: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class WornColumn:
    """A stream: its name and unit, how a line is made, and what the figure is."""

    stream: str
    name: str
    unit: str
    how: str
    meanings: Sequence[str]


@dataclass(frozen=True, slots=True)
class WornTable:
    """The table of a record: lines newest first, each with a cell a column; the sources, the best first."""

    part: CalendarPart
    first: date
    last: date
    columns: Sequence[WornColumn]
    lines: Sequence[tuple[str, Sequence[WornCell]]]
    sources: Sequence[str]
    definition: str


def worn_table(record: OpenRecord, part: CalendarPart) -> WornTable:
    """The days of four weeks, the weeks of a quarter or the months of a year, each period whole."""
    record.must(Scope.WEARABLES, Right.READ)
    today = clock.now().astimezone(record.timezone).date()
    first, last = period_of(today - timedelta(days=BACK[part]), part)[0], today
    found = {name: cells for name in _streams() if (cells := _cells(record, name, part, (first, last)))}
    begun = sorted({day for cells in found.values() for day in cells}, reverse=True)
    lines = [(_name(day, part), [cells.get(day, WornCell()) for cells in found.values()]) for day in begun]
    return WornTable(
        part,
        first,
        last,
        [_column(STREAMS[name], part) for name in found],
        lines,
        [source.name for source in sources.listed(record)],
        period_definition(part),
    )


def _streams() -> Iterator[str]:
    yield from _ORDER
    yield from (name for name in STREAMS if name not in (*_ORDER, *_LEFT_OUT))


def _name(day: date, part: CalendarPart) -> str:
    if part is CalendarPart.MONTH:
        return tr("{y}年{m}月", y=day.year, m=day.month)
    return wording.day(day) if part is CalendarPart.DAY else tr("{day}から", day=f"{day.month}/{day.day}")


def _column(stream: Stream, part: CalendarPart) -> WornColumn:
    unit = "" if stream.summing is Summing.STAGES else tr(units.shown(stream.unit))
    return WornColumn(stream.name, tr(stream.label), unit, _how(stream, part), list(_meanings(stream)))


def _how(stream: Stream, part: CalendarPart) -> str:
    daily = part is CalendarPart.DAY
    if stream.name == periods.RESTING:
        return tr("1日の値") if daily else tr("1日の値の平均")
    if stream.summing is Summing.TOTAL:
        return tr("1日の合計") if daily else tr("1日平均")
    if stream.summing is Summing.STAGES:
        return tr("眠った時間") if daily else tr("眠った時間（1日平均）")
    if stream.name == GLUCOSE:
        return tr("平均・範囲内（70〜180）")
    return tr("平均（最低〜最高）")


def _meanings(stream: Stream) -> Iterator[str]:
    if stream.name == periods.RESTING:
        yield from (resting_definition(by) for by in RestedBy)
    elif stream.name == GLUCOSE:
        yield from (tr("{name}：{text}", name=name, text=text) for name, text in glucose_definitions())
    elif stream.summing is Summing.STAGES:
        yield tr("眠った時間は、浅い・深い・レム睡眠と、段階のわからない睡眠を合わせたものです。")
        yield tr("段階は機器が推定したものです。")
    elif stream.summing is Summing.TOTAL:
        yield tr(
            "1日の記録の合計です（週・月では、記録のある日の平均）。時刻ごとに、優先する機器の値だけを使い、"
            "足し合わせません。"
        )
        yield tr("小さい字の機器の名前と数は、その機器が自分で数えた1日の合計です。")
    else:
        yield tr("すべての値の平均と、いちばん低い値、いちばん高い値です。")
        yield from (tr(text) for text in _NOTES.get(stream.name, ()))


Span = tuple[date, date]


def _cells(record: OpenRecord, stream: str, part: CalendarPart, span: Span) -> Mapping[date, WornCell]:
    if stream == periods.RESTING:
        return _resting(periods.resting(record, *span), part)
    days = [day.parts() for day in summaries.days(record, stream, *span)]
    told = {day.day: day.reported for day in days if part is CalendarPart.DAY}
    return {each.first: _cell(STREAMS[stream], each, told.get(each.first)) for each in periods_of(days, part)}


def _resting(days: Sequence[Rested], part: CalendarPart) -> Mapping[date, WornCell]:
    together: dict[date, list[Rested]] = {}
    for day in days:
        together.setdefault(period_of(day.day, part)[0], []).append(day)
    return {first: _rested(some, part) for first, some in together.items()}


def _rested(days: Sequence[Rested], part: CalendarPart) -> WornCell:
    ours = sum(1 for day in days if day.by is RestedBy.OURS)
    main = wording.plain(sum(day.value for day in days) / len(days))
    if part is CalendarPart.DAY:
        return WornCell(main, [tr("Tomoni の計算")] if ours else ())
    more = [tr("{n}日", n=len(days))]
    return WornCell(main, more + ([tr("うち {n}日は Tomoni の計算", n=ours)] if ours else []))


def _cell(stream: Stream, period: StreamPeriod, told: Sequence[Reported] | None) -> WornCell:
    """``told``: what devices said of the day themselves; None where the period is no day."""
    if stream.summing is Summing.TOTAL:
        return _total(period) if told is None else _day_total(period, told)
    if stream.summing is Summing.STAGES:
        return _sleep(period)
    if period.mean is None or period.least is None or period.most is None:
        return WornCell()
    mean, least, most = (f"{n:.{stream.decimals}f}" for n in (period.mean, period.least, period.most))
    if stream.name == GLUCOSE and period.glucose is not None:
        return WornCell(mean, [tr("範囲内 {percent}%", percent=f"{period.glucose.in_range:.0f}")])
    return WornCell(mean, [tr("{low}〜{high}", low=least, high=most)])


def _day_total(period: StreamPeriod, told: Sequence[Reported]) -> WornCell:
    more = [f"{each.source} {wording.plain(each.total)}" for each in told]
    return WornCell("—" if period.total is None else wording.plain(period.total), more)


def _total(period: StreamPeriod) -> WornCell:
    alone = period.reported_days
    more = [tr("{n}日", n=period.days)] if period.days else []
    more += [tr("機器の合計だけの日 {n}日", n=alone)] if alone else []
    return WornCell("—" if period.a_day is None else wording.plain(period.a_day), more)


def _sleep(period: StreamPeriod) -> WornCell:
    names: Sequence[tuple[str, str]] = (("deep", "深い眠り"), ("rem", "レム睡眠"))
    if period.asleep is None:  # only the time in bed is known
        names = (("in_bed", "床にいた時間"),)
    more = [
        " ".join((tr(name), wording.hours(period.minutes[stage])))
        for stage, name in names
        if stage in period.minutes
    ]
    return WornCell("—" if period.asleep is None else wording.hours(period.asleep), more)
