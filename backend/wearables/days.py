"""A person's day of one stream in one line: total, or mean and range, or minutes asleep. Pure, safe at clock changes.

A reading belongs to the day of its start, a sleep to the day of waking. A bound ("below 40") counts as its number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from backend.wearables.chunks import Ints
from backend.wearables.quarters import QUARTER_MS, Quarters, compose
from backend.wearables.sleep import ASLEEP_IN_ALL, Sleep
from shared import clock
from shared.kinds import Summing
from shared.problems import Invalid

_EPOCH = date(1970, 1, 1).toordinal()
_FIGURES = ("count", "least", "most", "mean", "total", "minutes", "begun", "ended")
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199
_DECIMALS = 6  # of sums and means, which are ours; readings themselves are never rounded


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One day of the person's. ``day``: days since 1970 in her calendar; ``count``: readings that counted.

    ``total`` for streams that add up, ``mean`` for those that do not, ``minutes`` by sleep stage with ``begun`` and
    ``ended`` (ms UTC, of the longest sleep); ``least`` and ``most`` single readings. ``number``: the change number.
    """

    stream: str
    day: int
    count: int = 0
    least: float | None = None
    most: float | None = None
    mean: float | None = None
    total: float | None = None
    minutes: Mapping[str, float] = field(default_factory=dict)
    begun: int | None = None
    ended: int | None = None
    number: int = 0
    edited_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def date(self) -> date:
        """The day in the calendar."""
        return date_of(self.day)

    def figures(self) -> dict[str, Any]:
        """What is known of the day, without its name; what does not apply is left out."""
        members = ((name, getattr(self, name)) for name in _FIGURES)
        return {name: value for name, value in members if value is not None and value != {}}


def written(summary: DaySummary) -> bytes:
    """The figures as bytes, to be sealed."""
    return orjson.dumps(summary.figures(), option=orjson.OPT_SORT_KEYS)


def read(data: bytes, **row: Any) -> DaySummary:
    """What `written` wrote, with the clear columns of its row."""
    return DaySummary(**row, **orjson.loads(data))


def members(summary: DaySummary) -> dict[str, object]:
    """A day as it travels to phones: ``stages`` in whole minutes, times in UTC; what does not apply is left out."""
    asleep = summary.minutes.get(ASLEEP_IN_ALL)
    found = {
        "stream": summary.stream,
        "day": summary.date.isoformat(),
        "count": summary.count,
        "total": _plain(summary.total),
        "mean": _plain(summary.mean),
        "min": _plain(summary.least),
        "max": _plain(summary.most),
        "stages": {
            stage: round(minutes) for stage, minutes in summary.minutes.items() if stage != ASLEEP_IN_ALL
        }
        or None,
        "asleep_minutes": None if asleep is None else round(asleep),
        "begun": _moment(summary.begun),
        "ended": _moment(summary.ended),
    }
    return {name: value for name, value in found.items() if value is not None}


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def date_of(number: int) -> date:
    """The calendar day of a number."""
    return date.fromordinal(number + _EPOCH)


def asked(first: date, last: date, most: int) -> tuple[int, int]:
    """The numbers of the days from ``first`` to ``last``; `Invalid` if more than ``most`` or in no year of ours."""
    for day in (first, last):
        if not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR:
            raise Invalid("time_impossible", field="from", when=day.isoformat())
    if (last - first).days >= most:
        raise Invalid("invalid_fields", field="from")
    return day_number(first), day_number(last)


def midnight(zone: ZoneInfo, day: int) -> int:
    """When a day begins in ``zone``, ms UTC. Where the clock skips midnight, the moment of the change."""
    begins = date_of(day)
    return int(datetime(begins.year, begins.month, begins.day, tzinfo=zone).timestamp()) * 1000


def local_day(zone: ZoneInfo, ms: int) -> int:
    """The day in ``zone`` of a moment."""
    return day_number(datetime.fromtimestamp(ms // 1000, zone).date())


def midnights(zone: ZoneInfo, first: int, last: int) -> Ints:
    """The quarters at which the days ``first`` to ``last`` begin, and at which the last one ends."""
    return np.array([midnight(zone, day) // QUARTER_MS for day in range(first, last + 2)], np.int64)


def sum_up(
    stream: str, summing: Summing, by_source: Sequence[Quarters], first: int, borders: Ints
) -> dict[int, DaySummary]:
    """The days that have readings, of streams that add up or are averaged. ``by_source``: the best first."""
    quarters = compose(by_source, borders)
    if not len(quarters):
        return {}
    which = np.searchsorted(borders, quarters.index, side="right") - 1
    at = np.flatnonzero(np.concatenate(([True], which[1:] != which[:-1])))
    count = np.add.reduceat(quarters.count, at)
    ends = [*at[1:].tolist(), len(quarters)]
    totals = [_sum(quarters.total[a:b].tolist()) for a, b in zip(at.tolist(), ends, strict=True)]
    adds_up = summing is Summing.TOTAL
    figures = totals if adds_up else [all_ / n for all_, n in zip(totals, count.tolist(), strict=True)]
    lines = zip(
        (which[at] + first).tolist(),
        count.tolist(),
        np.minimum.reduceat(quarters.least, at).tolist(),
        np.maximum.reduceat(quarters.most, at).tolist(),
        (round(figure, _DECIMALS) if math.isfinite(figure) else None for figure in figures),
        strict=True,
    )
    return {
        day: DaySummary(stream, day, n, least, most, None if adds_up else sum_, sum_ if adds_up else None)
        for day, n, least, most, sum_ in lines
    }


def sum_up_sleep(stream: str, sleeps: Iterable[Sleep], zone: ZoneInfo) -> dict[int, DaySummary]:
    """The days on which the person woke."""
    by_day: dict[int, list[Sleep]] = {}
    for sleep in sleeps:
        by_day.setdefault(local_day(zone, sleep.ended), []).append(sleep)
    return {day: _slept(stream, day, those) for day, those in by_day.items()}


def _slept(stream: str, day: int, sleeps: list[Sleep]) -> DaySummary:
    minutes: dict[str, float] = {}
    for sleep in sleeps:
        for stage, length in sleep.minutes.items():
            minutes[stage] = round(minutes.get(stage, 0.0) + length, _DECIMALS)
    longest = max(sleeps, key=lambda sleep: sleep.ended - sleep.begun)
    count = sum(sleep.count for sleep in sleeps)
    return DaySummary(stream, day, count, minutes=minutes, begun=longest.begun, ended=longest.ended)


def _sum(numbers: list[float]) -> float:
    """Correctly rounded, so it cannot depend on an order; NaN where it is too large for a number."""
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):
        return math.nan


def _plain(number: float | None) -> float | None:
    """A whole number without its ".0"."""
    return int(number) if number is not None and number.is_integer() else number


def _moment(ms: int | None) -> str | None:
    return None if ms is None else clock.from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
