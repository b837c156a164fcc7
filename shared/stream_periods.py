"""Weeks and months of a stream, from what its days came to: the same figures on the phone and on the server.

A week begins on Monday (ISO 8601), a month on its first. A period is made of whole days of the person's calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from math import fsum

from shared.glucose import GlucoseDay, GlucoseFigures, glucose_figures
from shared.languages import tr


class CalendarPart(StrEnum):
    """What days are put together to."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Reported:
    """What a device itself says a whole day came to: kept beside our own sum, never added to anything."""

    source: str
    total: float


@dataclass(frozen=True, slots=True)
class StreamDay:
    """One day of a stream in parts that can be put together; what does not apply is None or empty.

    ``sum``: of the ``count`` readings, for means; ``minutes``: sleep by stage, with ``asleep`` for all that is sleep.
    """

    day: date
    count: int
    total: float | None = None
    sum: float | None = None
    least: float | None = None
    most: float | None = None
    minutes: Mapping[str, float] = field(default_factory=dict)
    asleep: float | None = None
    reported: tuple[Reported, ...] = ()
    glucose: GlucoseDay | None = None


@dataclass(frozen=True, slots=True)
class StreamPeriod:
    """What a week or month came to. ``first`` and ``last`` day are included.

    ``days``: days with readings; ``reported_days``: days of which only a device's own total is known, which is in no
    other figure. ``total`` and ``a_day`` (over ``days``) for streams that add up; ``mean`` over all readings, ``least``
    and ``most`` single readings for the others; ``minutes`` and ``asleep``: of sleep, a night.
    """

    first: date
    last: date
    days: int
    count: int
    reported_days: int = 0
    total: float | None = None
    a_day: float | None = None
    mean: float | None = None
    least: float | None = None
    most: float | None = None
    minutes: Mapping[str, float] = field(default_factory=dict)
    asleep: float | None = None
    glucose: GlucoseFigures | None = None


def period_of(day: date, period: CalendarPart) -> tuple[date, date]:
    """The first and the last day of the period that ``day`` lies in."""
    if period is CalendarPart.DAY:
        return day, day
    if period is CalendarPart.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def periods_of(days: Iterable[StreamDay], period: CalendarPart) -> list[StreamPeriod]:
    """The periods that have days, in order. ``days``: in order, each once."""
    return [
        together(list(some), *span) for span, some in groupby(days, lambda day: period_of(day.day, period))
    ]


def together(days: list[StreamDay], first: date, last: date) -> StreamPeriod:
    """What ``days``, all of them from ``first`` to ``last``, come to."""
    read = [day for day in days if day.count]
    count = sum(day.count for day in read)
    totals = [day.total for day in read if day.total is not None]
    sums = [(day.sum, day.count) for day in read if day.sum is not None]
    weighed = sum(n for _, n in sums)
    asleep = [day.asleep for day in read if day.asleep is not None]
    total = fsum(totals) if totals else None
    return StreamPeriod(
        first,
        last,
        days=len(read),
        count=count,
        reported_days=sum(1 for day in days if not day.count and day.reported),
        total=total,
        a_day=None if total is None else total / len(totals),
        mean=fsum(each for each, _ in sums) / weighed if weighed else None,
        least=min((day.least for day in read if day.least is not None), default=None),
        most=max((day.most for day in read if day.most is not None), default=None),
        minutes=_a_night(read),
        asleep=fsum(asleep) / len(asleep) if asleep else None,
        glucose=glucose_figures((day.glucose for day in read if day.glucose), (last - first).days + 1),
    )


def _a_night(days: list[StreamDay]) -> dict[str, float]:
    """Minutes by stage, over the nights that could have had it: time in bed may be all that is known of a night."""
    staged = [day.minutes for day in days if day.asleep is not None]
    in_bed = [day.minutes["in_bed"] for day in days if "in_bed" in day.minutes]
    names = sorted({name for minutes in staged for name in minutes} - {"in_bed"})
    found = {name: fsum(minutes.get(name, 0.0) for minutes in staged) / len(staged) for name in names}
    return found | ({"in_bed": fsum(in_bed) / len(in_bed)} if in_bed else {})


def period_name(period: CalendarPart) -> str:
    """How the period is called."""
    return {CalendarPart.DAY: tr("日"), CalendarPart.WEEK: tr("週"), CalendarPart.MONTH: tr("月")}[period]


def period_definition(period: CalendarPart) -> str:
    """What a line of such periods is made of."""
    if period is CalendarPart.WEEK:
        return tr("1週間は月曜日から日曜日までです。平均は、すべての値の平均です。")
    if period is CalendarPart.MONTH:
        return tr("1か月は1日から月末までです。平均は、すべての値の平均です。")
    return tr("1日は、お住まいの場所の夜中の0時からです。睡眠は、目が覚めた日に入ります。")
