"""What a reading of a stream can be: the same limits for posts, data points and files, and those of a kind's rows."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import cache
from itertools import compress
from typing import Union

from shared.kinds import ALL_STREAMS, KINDS
from shared.languages import tr
from shared.problems import Invalid
from shared.streams import MOST, Readings

Column = Union["array[int]", "array[float]"]

# 1990-01-01 in ms UTC (ours): no stream of a person is older, and a clock that nobody set says 1970 or 1980.
EARLIEST_MS = 631_152_000_000
_LIKE = {"resting_heart_rate": "heart_rate"}
# Ours, no published source. The skin against its usual, or as it is; one beat after a long pause, or too early.
_OWN = {"skin_temperature": (-30.0, 60.0), "beats": (5.0, 400.0)}


@cache
def bounds(stream: str) -> tuple[float, float]:
    """The least and the most (both included) that a reading of ``stream`` can be, in its unit.

    Where a kind has the stream's name, those that its rows are refused outside (`rules/vital_limits.csv`).
    """
    kind = KINDS.get(_LIKE.get(stream, stream))
    if kind is None:
        return _OWN.get(stream, (0.0, MOST))
    limits = kind.measure.limits
    least, most = limits.refuse_below, limits.refuse_above
    return 0.0 if least is None else float(least), MOST if most is None else float(most)


def impossible(stream: str, value: float) -> Invalid:
    """The problem of a value outside the bounds of its stream."""
    return Invalid("value_impossible", field="value", label=tr(ALL_STREAMS[stream].label), value=f"{value:g}")


# The least and the most of a column that is not empty. Who has numpy gives a quicker one than `span_of`.
Span = Callable[[Column], tuple[float, float]]


def span_of(column: Column) -> tuple[float, float]:
    """By the standard library's means."""
    return min(column), max(column)


def in_time(readings: Readings, span: Span = span_of) -> tuple[Readings, list[int]]:
    """The readings whose moments can be, and the places of the others."""
    starts = readings.start
    if not starts or span(starts)[0] >= EARLIEST_MS:
        return readings, []
    return _only(readings, [start >= EARLIEST_MS for start in starts])


def parted(readings: Readings, span: Span = span_of) -> tuple[Readings, list[int]]:
    """The readings that can be, and the places of the others."""
    least, most = bounds(readings.stream)
    values = readings.value
    if not values:
        return readings, []
    lowest, highest = span(values)
    # Of ten million readings all can be: then this look is all that they cost.
    if least <= lowest and highest <= most:
        return readings, []
    return _only(readings, [least <= value <= most for value in values])


def _only(readings: Readings, can_be: list[bool]) -> tuple[Readings, list[int]]:
    kept = Readings(
        readings.stream,
        readings.source,
        array("q", compress(readings.start, can_be)),
        array("q", compress(readings.end, can_be)),
        array("d", compress(readings.value, can_be)),
        array("b", compress(readings.comparator, can_be)),
        readings.where,
    )
    return kept, [at for at, fine in enumerate(can_be) if not fine]
