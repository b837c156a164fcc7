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
from shared.glucose import GlucoseDay, glucose_day_from, glucose_day_members
from shared.kinds import Summing
from shared.problems import Invalid
from shared.resting_heart_rate import FEWEST_QUARTERS
from shared.stream_periods import Reported, StreamDay

_EPOCH = date(1970, 1, 1).toordinal()
_FIGURES = ("count", "least", "most", "mean", "sum", "total", "minutes", "begun", "ended", "resting")
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2199
# The same in moments, with the days before and after that a zone may need.
EARLIEST_MS, LATEST_MS = -2_208_902_400_000, 7_258_032_000_000
_DECIMALS = 6  # of sums and means, which are ours; readings themselves are never rounded


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One day of the person's. ``day``: days since 1970 in her calendar; ``count``: readings that counted.

    ``total`` for streams that add up, ``mean`` for those that do not, ``minutes`` by sleep stage with ``begun`` and
    ``ended`` (ms UTC, of the longest sleep); ``least`` and ``most`` single readings. ``sum``: what ``mean`` is of.
    ``reported``: what devices themselves say the day came to, the best source first; a day may have nothing else.
    ``resting``: of heart rates, our own figure; ``glucose``: of a sensor. ``number``: the change number.
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
    sum: float | None = None
    resting: float | None = None
    reported: tuple[Reported, ...] = ()
    glucose: GlucoseDay | None = None
    number: int = 0
    edited_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def date(self) -> date:
        """The day in the calendar."""
        return date_of(self.day)

    @property
    def heard_of(self) -> int:
        """How many readings and reported totals there are; 0 for a day that lost all it had."""
        return self.count + len(self.reported)

    @property
    def asleep(self) -> float | None:
        """Minutes in any stage asleep."""
        return self.minutes.get(ASLEEP_IN_ALL)

    @property
    def stages(self) -> dict[str, float]:
        """Minutes by stage."""
        return {stage: minutes for stage, minutes in self.minutes.items() if stage != ASLEEP_IN_ALL}

    def figures(self) -> dict[str, Any]:
        """What is known of the day, without its name; what does not apply is left out."""
        members = [(name, getattr(self, name)) for name in _FIGURES]
        members.append(("reported", [[each.source, each.total] for each in self.reported]))
        members.append(("glucose", {} if self.glucose is None else glucose_day_members(self.glucose)))
        return {name: value for name, value in members if value is not None and value not in ({}, [])}

    def parts(self) -> StreamDay:
        """The day as weeks and months are made of it."""
        return StreamDay(
            self.date, self.count, self.total, self.sum, self.least, self.most, self.stages, self.asleep,
            self.reported, self.glucose,
        )  # fmt: skip


def written(summary: DaySummary) -> bytes:
    """The figures as bytes, to be sealed."""
    return orjson.dumps(summary.figures(), option=orjson.OPT_SORT_KEYS)


def read(data: bytes, **row: Any) -> DaySummary:
    """What `written` wrote, with the clear columns of its row."""
    figures = orjson.loads(data)
    if "reported" in figures:
        figures["reported"] = tuple(Reported(*each) for each in figures["reported"])
    if "glucose" in figures:
        figures["glucose"] = glucose_day_from(figures["glucose"])
    return DaySummary(**row, **figures)


def members(summary: DaySummary) -> dict[str, object]:
    """A day as it travels to phones: ``stages`` in whole minutes, times in UTC; what does not apply is left out."""
    asleep = summary.asleep
    found = {
        "stream": summary.stream,
        "day": summary.date.isoformat(),
        "count": summary.count,
        "total": _plain(summary.total),
        "mean": _plain(summary.mean),
        "min": _plain(summary.least),
        "max": _plain(summary.most),
        "stages": {stage: round(minutes) for stage, minutes in summary.stages.items()} or None,
        "asleep_minutes": None if asleep is None else round(asleep),
        "begun": _moment(summary.begun),
        "ended": _moment(summary.ended),
        "resting": _plain(summary.resting),
        "reported": [{"source": each.source, "total": _plain(each.total)} for each in summary.reported]
        or None,
        "glucose": None if summary.glucose is None else glucose_day_members(summary.glucose),
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
    days = (which[at] + first).tolist()
    least, most = np.minimum.reduceat(quarters.least, at), np.maximum.reduceat(quarters.most, at)
    rest = resting(quarters, which, at) if stream == "heart_rate" else [None] * len(days)
    lines = zip(days, count.tolist(), least.tolist(), most.tolist(), totals, rest, strict=True)
    if summing is Summing.TOTAL:
        return {
            day: DaySummary(stream, day, n, low, high, total=_rounded(sum_))
            for day, n, low, high, sum_, _ in lines
        }
    return {
        day: DaySummary(
            stream, day, n, low, high, mean=_rounded(sum_ / n), sum=_finite(sum_), resting=_rounded(still)
        )
        for day, n, low, high, sum_, still in lines
    }


def resting(quarters: Quarters, which: Ints, at: Ints) -> list[float | None]:
    """Our own resting heart rate of each day (`shared.resting_heart_rate`), None where too little was measured.

    ``which``: the day of each quarter, rising; ``at``: where each day begins.
    """
    count, total = quarters.count, quarters.total
    pair = (total[1:] + total[:-1]) / (count[1:] + count[:-1])
    beside = (quarters.index[1:] - quarters.index[:-1] == 1) & (which[1:] == which[:-1])
    means = np.append(np.where(beside, pair, np.inf), np.inf)
    lowest = np.minimum.reduceat(means, at)
    enough = np.diff(at, append=len(quarters)) >= FEWEST_QUARTERS
    return [
        each if ok and math.isfinite(each) else None
        for each, ok in zip(lowest.tolist(), enough.tolist(), strict=True)
    ]


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


def _rounded(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else round(number, _DECIMALS)


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _plain(number: float | None) -> float | None:
    """A whole number without its ".0"."""
    return int(number) if number is not None and number.is_integer() else number


def _moment(ms: int | None) -> str | None:
    return None if ms is None else clock.from_ms(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
