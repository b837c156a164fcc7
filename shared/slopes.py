"""Theil-Sen slopes, exact: the median of the slopes between all pairs of points, with Sen's interval of 95 %.

Ten years of days are 6.7 million pairs. The slopes are not listed but counted: how many lie at or below a slope is how
many pairs are turned around when the line is taken away, so the few around the wanted ranks are found and sorted.
Everything is done on whole numbers: phone and server give the same fraction, and nothing is sampled.

Ranks of the interval and the correction for ties as in scipy.stats.theilslopes (Sen 1968, normal approximation).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, sqrt

# The normal deviate of a two-sided interval of 95 %.
_DEVIATE = 1.959963984540054
# So many slopes are listed at once; more are narrowed first.
_LISTED = 60_000


@dataclass(frozen=True, slots=True)
class Slope:
    """Change a day, exact: the median slope and the bounds of its interval of 95 %; over ``points`` points."""

    per_day: Fraction
    low: Fraction
    high: Fraction
    points: int

    @property
    def per_week(self) -> Fraction:
        """The same a week."""
        return self.per_day * 7

    @property
    def week_bounds(self) -> tuple[Fraction, Fraction]:
        """The interval a week."""
        return self.low * 7, self.high * 7


def theil_sen(points: Sequence[tuple[int, Fraction]]) -> Slope | None:
    """The slope through ``points`` (day, value), each day once, at least two of them; else None."""
    if len(points) < 2:
        return None
    ordered = sorted(points)
    days = [day for day, _ in ordered]
    if len(set(days)) < len(days):
        raise ValueError("a day twice")
    scale = lcm(*(value.denominator for _, value in ordered))
    values = [value.numerator * (scale // value.denominator) for _, value in ordered]
    low, high = _interval_ranks(values)
    pairs = len(days) * (len(days) - 1) // 2
    middle = ((pairs - 1) // 2, pairs // 2)
    wanted = sorted({low, high, *middle})
    found = {rank: slope / scale for rank, slope in _Slopes(days, values).at(wanted).items()}
    return Slope((found[middle[0]] + found[middle[1]]) / 2, found[low], found[high], len(days))


def _interval_ranks(values: Sequence[int]) -> tuple[int, int]:
    """From which to which slope (counted from 0) the interval goes."""
    n = len(values)
    pairs = n * (n - 1) // 2
    ties = sum(k * (k - 1) * (2 * k + 5) for k in Counter(values).values())
    spread = _DEVIATE * sqrt(max(n * (n - 1) * (2 * n + 5) - ties, 0) / 18)
    return max(round((pairs - spread) / 2) - 1, 0), min(round((pairs + spread) / 2), pairs - 1)


class _Slopes:
    """The slopes between all pairs of points, in order, without listing them."""

    def __init__(self, days: Sequence[int], values: Sequence[int]) -> None:
        self.days, self.values = [day - days[0] for day in days], values
        # Two different slopes are at least 1/span² apart: whole parts of half that size tell them all apart.
        self.parts = 2 * self.days[-1] ** 2
        reach = (max(values) - min(values)) * self.parts + 1
        # How many slopes are at or below a slope (in parts), as far as it was asked.
        self.counted = {-reach: 0, reach: len(days) * (len(days) - 1) // 2}
        self.least, self.most = -reach, reach

    def at(self, ranks: Sequence[int]) -> dict[int, Fraction]:
        """The slopes at ``ranks`` (counted from 0, ascending)."""
        found: dict[int, Fraction] = {}
        for rank in ranks:
            if rank not in found:
                low, high = self._around(rank)
                before, after = self.counted[low], self.counted[high]
                mine = [each for each in ranks if before <= each < after]
                found |= self._only(high, mine) if high - low == 1 else self._listed(low, high, mine)
        return found

    def _around(self, rank: int) -> tuple[int, int]:
        """Two slopes (in parts) that ``rank`` lies between, with few enough others or with one slope only."""
        low, high = self.least, self.most
        while self.counted[high] - self.counted[low] > _LISTED and high - low > 1:
            middle = (low + high) // 2
            if middle not in self.counted:
                self.counted[middle] = self._at_most(middle)
            if self.counted[middle] > rank:
                high = middle
            else:
                low = middle
        return low, high

    def _at_most(self, slope: int) -> int:
        """How many slopes are at or below ``slope`` (in parts): a pair that does not rise when it is taken away."""
        seen: list[int] = []
        count = 0
        for day, value in zip(self.days, self.values, strict=True):
            rest = value * self.parts - slope * day
            place = bisect_left(seen, rest)
            count += len(seen) - place
            seen.insert(place, rest)
        return count

    def _only(self, high: int, ranks: Sequence[int]) -> dict[int, Fraction]:
        """The one slope that ends within the last part below ``high``, however often it comes."""
        slope = Fraction(high, self.parts).limit_denominator(self.days[-1])
        return dict.fromkeys(ranks, slope)

    def _listed(self, low: int, high: int, ranks: Sequence[int]) -> dict[int, Fraction]:
        """Every slope above ``low`` and at or below ``high``: the pairs that change their order in between."""
        then = self._order(high)
        rank_of = {place: number for number, place in enumerate(then)}
        seen: list[int] = []
        found: list[tuple[int, int, int]] = []
        for place in self._order(low):
            at = bisect_left(seen, rank_of[place])
            day, value = self.days[place], self.values[place]
            for other in seen[at:]:
                rise, run = value - self.values[then[other]], day - self.days[then[other]]
                found.append((rise * self.parts // run, rise, run))
            seen.insert(at, rank_of[place])
        found.sort()
        before = self.counted[low]
        return {rank: Fraction(*found[rank - before][1:]) for rank in ranks}

    def _order(self, slope: int) -> list[int]:
        """The points by what is left when ``slope`` is taken away; of equals the later day first."""
        rest = [value * self.parts - slope * day for day, value in zip(self.days, self.values, strict=True)]
        return sorted(range(len(rest)), key=lambda place: (rest[place], -place))
