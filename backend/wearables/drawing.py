"""A range of readings for a chart of so many pixels: at most two points a pixel column, the least and the most.

Only the drawing is thinned out: what is counted and summed up is always every reading. A column that is wider than
a quarter of an hour is read from the extremes of quarters, a narrower one from the readings themselves; both give the
least and the most reading of the column, exactly. A reading out of any range is a point like every other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backend.consent.opened import OpenRecord
from backend.wearables.believing import quarters_believed, readings_believed
from backend.wearables.chunks import DAY_MS, Floats, Ints
from backend.wearables.days import EARLIEST_MS, LATEST_MS, local_day, midnights
from backend.wearables.quarters import QUARTER_MS, Quarters, joined
from backend.wearables.summaries import known
from shared.consent import Right, Scope
from shared.kinds import STREAMS, Summing
from shared.problems import Invalid

METHOD = "minmax"
WIDEST = 4000
LONGEST_MS = 12 * 366 * DAY_MS
_DECIMALS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Points of a stream in order of time, and what all its readings in the range come to.

    ``begins``, ``ends``: ms UTC, whole quarters of an hour when ``by_quarter``. Then the ``time`` of a point is where
    the quarter of its reading begins (the least stands first where one quarter has both); else its own start.
    """

    stream: str
    begins: int
    ends: int
    width: int
    by_quarter: bool
    time: Ints
    value: Floats
    count: int
    total: float | None
    method: str = METHOD

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """What is drawn, in order of time: readings, or quarters with their least and most."""

    time: Ints
    least: Floats
    most: Floats
    count: int
    total: float


def points(record: OpenRecord, stream: str, begins_ms: int, ends_ms: int, width: int) -> Drawn:
    """The readings that start from ``begins_ms`` on and before ``ends_ms`` (ms UTC), for ``width`` pixel columns.

    Of the best source for each moment. `Invalid` for a range that is empty or too long, and for stages of sleep.
    """
    record.must(Scope.WEARABLES, Right.READ)
    known(stream)
    if STREAMS[stream].summing is Summing.STAGES:
        raise Invalid("invalid_fields", field="stream")
    if not 1 <= width <= WIDEST:
        raise Invalid("invalid_fields", field="width")
    if not EARLIEST_MS <= begins_ms < ends_ms <= LATEST_MS or ends_ms - begins_ms > LONGEST_MS:
        raise Invalid("invalid_fields", field="from")
    by_quarter = ends_ms - begins_ms >= width * QUARTER_MS
    if by_quarter:
        begins_ms, ends_ms = _whole(begins_ms), -_whole(-ends_ms)
    by_source = _believed(record, stream, begins_ms, ends_ms)
    series = _quarters(by_source) if by_quarter else _readings(record, stream, by_source, begins_ms, ends_ms)
    time, value = minmax(series.time, series.least, series.most, (begins_ms, ends_ms, width))
    adds_up = STREAMS[stream].summing is Summing.TOTAL and series.count > 0 and math.isfinite(series.total)
    total = round(series.total, _DECIMALS) if adds_up else None
    return Drawn(stream, begins_ms, ends_ms, width, by_quarter, time, value, series.count, total)


def minmax(time: Ints, least: Floats, most: Floats, columns: tuple[int, int, int]) -> tuple[Ints, Floats]:
    """The least and the most of each column, in order of time. ``time`` is rising; ``columns``: begin, end, how many.

    One point where least and most are one; the first of equals is taken.
    """
    if not len(time):
        return time, least
    begins, ends, width = columns
    column = (time - begins) * width // (ends - begins)
    at = np.flatnonzero(np.concatenate(([True], column[1:] != column[:-1])))
    low = _first(least, np.minimum.reduceat(least, at), at)
    high = _first(most, np.maximum.reduceat(most, at), at)
    swapped = time[high] < time[low]
    places = np.column_stack((np.where(swapped, high, low), np.where(swapped, low, high))).ravel()
    lows, highs = least[low], most[high]
    values = np.column_stack((np.where(swapped, highs, lows), np.where(swapped, lows, highs))).ravel()
    kept = np.ones(len(places), np.bool_)
    kept[1::2] = (places[1::2] != places[::2]) | (values[1::2] != values[::2])
    return time[places[kept]], values[kept]


def _first(figure: Floats, sought: Floats, at: Ints) -> Ints:
    """Where in each part of ``figure`` its ``sought`` figure stands first."""
    sizes = np.diff(at, append=len(figure))
    found = np.flatnonzero(figure == np.repeat(sought, sizes))
    return found[np.searchsorted(found, at)]


def _believed(record: OpenRecord, stream: str, begins: int, ends: int) -> dict[int, Quarters]:
    """The quarters in the range that are believed. Whole days are composed: what lies before the range may reach in."""
    zone = record.timezone
    borders = midnights(zone, local_day(zone, begins), local_day(zone, ends - 1))
    found = {}
    for source, part in quarters_believed(record.session, record.key, stream, borders).items():
        inside = (part.index >= begins // QUARTER_MS) & (part.index * QUARTER_MS < ends)
        if inside.any():
            found[source] = part if inside.all() else part.only(np.flatnonzero(inside))
    return found


def _quarters(by_source: dict[int, Quarters]) -> _Series:
    all_ = joined(list(by_source.values()))
    return _Series(all_.index * QUARTER_MS, all_.least, all_.most, int(all_.count.sum()), _sum(all_.total))


def _readings(
    record: OpenRecord, stream: str, by_source: dict[int, Quarters], begins: int, ends: int
) -> _Series:
    found = readings_believed(record.session, record.key, stream, by_source, (begins, ends))
    return _Series(found.start, found.value, found.value, len(found), _sum(found.value))


def _sum(numbers: Floats) -> float:
    try:
        return math.fsum(numbers.tolist())
    except (OverflowError, ValueError):
        return math.nan


def _whole(ms: int) -> int:
    """The beginning of the quarter of an hour that a moment lies in."""
    return ms // QUARTER_MS * QUARTER_MS
