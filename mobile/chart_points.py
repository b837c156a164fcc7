"""What a chart draws: points thinned to two a pixel column, the axis and its labels, the target band. No Kivy here.

Kivy's Line silently drops what comes after some 4,650 points, so no series reaches a Line before it is thinned, and
thinning keeps the lowest and the highest of each column: a value out of range is never lost from a drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

Point = tuple[float, float]
_NANOVOLTS = 1_000_000  # in a millivolt


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: points (x, value) in the order of x, and a word for it."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that a chart shows: its lines, the target band (low, high) if any, and the ticks of x with their words."""

    lines: tuple[Series, ...] = ()
    band: tuple[float, float] | None = None
    ticks: tuple[tuple[float, str], ...] = ()


def thinned(points: Sequence[Point], columns: int) -> list[Point]:
    """At most two points for each of ``columns`` pixel columns: the lowest and the highest there, in order of x.

    The first and the last point stay, as they are the extremes of a column of their own when the line is short.
    """
    if len(points) <= 2 * columns or columns < 1:
        return list(points)
    first, last = points[0][0], points[-1][0]
    width = (last - first) / columns or 1.0
    kept: list[Point] = []
    column: list[Point] = []
    current = 0
    for point in points:
        at = min(int((point[0] - first) / width), columns - 1)
        if at != current and column:
            kept.extend(_extremes(column))
            column = []
        current = at
        column.append(point)
    kept.extend(_extremes(column))
    return kept


def _extremes(column: list[Point]) -> list[Point]:
    low = min(column, key=lambda point: point[1])
    high = max(column, key=lambda point: point[1])
    if low is high:
        return [low]
    return sorted((low, high), key=lambda point: point[0])


def axis(low: float, high: float, most: int = 6) -> tuple[float, float, float]:
    """Round bounds around low..high and the step between grid lines: (bottom, top, step), at most ``most`` lines."""
    spread = max(high - low, 1e-6)
    for power in range(-2, 7):
        for first in (1, 2, 5):
            step = first * 10.0**power
            bottom, top = floor(low / step) * step, ceil(high / step) * step
            if bottom == top:
                top += step
            if (top - bottom) / step < most and step * most > spread:
                return bottom, top, step
    return low, high, spread


def bounds(drawing: Drawing) -> tuple[float, float] | None:
    """The lowest and highest value of all lines and the band; None when there is nothing to draw."""
    values = [value for line in drawing.lines for _, value in line.points]
    if not values:
        return None
    if drawing.band:
        values.extend(drawing.band)
    return min(values), max(values)


def spread_ticks(wanted: Sequence[tuple[float, float, str]], gap: float) -> list[tuple[float, str]]:
    """The ticks (place, width of the word, word) that fit without touching, the last one always kept."""
    kept: list[tuple[float, str]] = []
    edge = float("inf")
    for place, width, word in sorted(wanted, reverse=True):
        if place + width / 2 + gap <= edge:
            kept.append((place, word))
            edge = place - width / 2
    return kept[::-1]


def trace(nanovolts: Sequence[int], columns: int) -> list[Point]:
    """A heart's line in so many pixel columns: (0 to 1 along its row, mV), the least and the greatest of each."""
    found: list[Point] = []
    total = len(nanovolts)
    columns = min(columns, total)
    for column in range(columns):
        some = nanovolts[total * column // columns : total * (column + 1) // columns]
        least, most = min(some), max(some)
        pair = (least, most) if some.index(least) <= some.index(most) else (most, least)
        found += [(column / columns, each / _NANOVOLTS) for each in dict.fromkeys(pair)]
    return found
