"""What the days of a stream come to: lines of weeks and months, and the figures of the time that is shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mobile import wording
from mobile.screens.readings.streams import day_line, hours, number_words, stage_lines, unit_of
from mobile.seen import DaySum
from shared.glucose import (
    GlucoseFigures,
    band_names,
    band_shares,
    glucose_definitions,
    glucose_figures,
    not_enough_words,
)
from shared.kinds import STREAMS, Summing
from shared.languages import tr
from shared.resting_heart_rate import RestedBy, resting_definition
from shared.stream_periods import (
    CalendarPart,
    Reported,
    StreamDay,
    StreamPeriod,
    period_definition,
    periods_of,
    together,
)

GLUCOSE, RESTING = "blood_glucose", "resting_heart_rate"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of a stream: ``lines`` of (name, value), the ``shares`` of a bar (name, percent), ``notes``,
    and what the figures mean: (name, text).
    """

    lines: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    meanings: tuple[tuple[str, str], ...]
    shares: tuple[tuple[str, str, float], ...] = ()


def part_of(day: DaySum) -> StreamDay:
    """A day as weeks and months are made of it."""
    return StreamDay(
        day.day,
        day.count,
        total=_float(day.total),
        sum=None if day.mean is None else float(day.mean * max(day.count, 1)),
        least=_float(day.least),
        most=_float(day.most),
        minutes={stage: float(minutes) for stage, minutes in day.stages},
        asleep=None if day.asleep is None else float(day.asleep),
        reported=tuple(Reported(source, float(total)) for source, total in day.reported),
        glucose=day.glucose,
    )


def lines_of(days: Iterable[DaySum], period: CalendarPart, since: date | None) -> list[tuple[str, str, str]]:
    """The lines of days, weeks or months, oldest first."""
    some = list(days)
    return (
        [day_line(day) for day in some] if period is CalendarPart.DAY else period_lines(some, period, since)
    )


def period_lines(
    days: Iterable[DaySum], period: CalendarPart, since: date | None
) -> list[tuple[str, str, str]]:
    """Lines of weeks or months, oldest first: (which, what it came to, what else). Whole ones only: from ``since``."""
    some = list(days)
    found = periods_of(map(part_of, some), period)
    return [_line(some[0].stream, period, each) for each in found if since is None or each.first >= since]


def _line(stream: str, period: CalendarPart, line: StreamPeriod) -> tuple[str, str, str]:
    when = (
        tr("{y}年{m}月", y=line.first.year, m=line.first.month)
        if period is CalendarPart.MONTH
        else tr("{first} からの1週間", first=wording.day_words(line.first))
    )
    lines = _lines(stream, line)
    if not lines:
        return when, "", tr("機器の合計だけの日 {n}日", n=line.reported_days) if line.reported_days else ""
    (name, value), rest = lines[0], lines[1:]
    return when, f"{name} {value}", wording.joined(*(f"{name} {value}" for name, value in rest))


def figures(stream: str, days: Sequence[DaySum], shown: int) -> Figures:
    """What the ``shown`` days come to; ``days``: those of them that have anything, oldest first."""
    parts = [part_of(day) for day in days]
    whole = together(parts, parts[0].day, parts[-1].day) if parts else None
    lines = _lines(stream, whole) if whole is not None else []
    notes: list[str] = []
    if whole is not None and whole.reported_days:
        notes.append(
            tr(
                "ほかに、機器の合計だけがある日が {n}日あります。平均には入れていません。",
                n=whole.reported_days,
            )
        )
    if stream == GLUCOSE:
        return _glucose(parts, shown, tuple(notes))
    meanings = [(tr("期間"), period_definition(CalendarPart.DAY))]
    if STREAMS[stream].summing is Summing.TOTAL:
        meanings.append((tr("機器の合計"), reported_definition()))
    if stream == RESTING:
        ours = sum(1 for day in days if day.is_ours)
        if ours:
            notes.append(tr("このうち {n}日は、Tomoni が心拍数から計算した値です。", n=ours))
        names = {RestedBy.DEVICE: tr("機器の値"), RestedBy.OURS: tr("Tomoni の計算")}
        meanings += [(name, resting_definition(by)) for by, name in names.items()]
    return Figures(tuple(lines), tuple(notes), tuple(meanings))


def reported_definition() -> str:
    """What a device's own total is, next to ours."""
    return tr(
        "機器が自分で数えた1日の合計です。Tomoni の合計は、細かい記録から、その時いちばん確かな機器のものだけを"
        "足しています。2つの機器の数を足すことはありません。"
    )


def _glucose(days: list[StreamDay], shown: int, notes: tuple[str, ...]) -> Figures:
    found = glucose_figures((day.glucose for day in days if day.glucose), shown)
    if found is None:
        return Figures((), notes, glucose_definitions())
    lines = [
        (tr("範囲内の時間（70〜180 mg/dL）"), _percent(found.in_range)),
        (
            tr("70 未満"),
            tr("{all}（うち 54 未満 {part}）", all=_percent(found.below_70), part=_percent(found.below_54)),
        ),
        (
            tr("180 をこえる"),
            tr(
                "{all}（うち 250 をこえる {part}）",
                all=_percent(found.above_180),
                part=_percent(found.above_250),
            ),
        ),
        (tr("平均"), f"{number_words(Decimal(str(found.mean)), 0)} mg/dL"),
    ]
    if found.gmi is not None:
        lines.append(("GMI", _percent(found.gmi)))
    if found.cv is not None:
        lines.append((tr("ばらつき（CV）"), _percent(found.cv)))
    lines.append(
        (tr("測れていた割合"), tr("{percent}（{n}日）", percent=_percent(found.coverage), n=found.days))
    )
    more = () if found.is_enough else (not_enough_words(),)
    return Figures(tuple(lines), (*notes, *more), glucose_definitions(), bar_of(found))


def bar_of(found: GlucoseFigures) -> tuple[tuple[str, str, float], ...]:
    """The parts of the bar from the lowest band: (band, its name, percent)."""
    shares = band_shares(found)
    return tuple((band, name, shares[band]) for band, name in band_names())


def _lines(stream: str, line: StreamPeriod) -> list[tuple[str, str]]:
    """The figures of some days: (name, value with its unit)."""
    decimals, unit = STREAMS[stream].decimals, unit_of(stream)
    if not line.days:
        return []
    if stream == "sleep":
        asleep = [(tr("眠った時間（1日平均）"), hours(round(line.asleep)))] if line.asleep is not None else []
        return [*asleep, *stage_lines(line.minutes)]

    def said(number: float) -> str:
        return f"{number_words(Decimal(str(number)), decimals)} {unit}".strip()

    if line.total is not None and line.a_day is not None:
        return [
            (tr("1日平均"), said(line.a_day)),
            (tr("合計"), said(line.total)),
            (tr("記録のある日"), tr("{n}日", n=line.days)),
        ]
    if line.mean is None:
        return []
    found = [(tr("平均"), said(line.mean))]
    if line.least is not None and line.most is not None:
        found += [(tr("最低"), said(line.least)), (tr("最高"), said(line.most))]
    return [*found, (tr("記録のある日"), tr("{n}日", n=line.days))]


def _percent(number: float) -> str:
    return f"{number_words(Decimal(str(number)), 1)}%"


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
