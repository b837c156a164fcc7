"""Theil-Sen slopes, exact: the median of the slopes between all pairs of points, with Sen's interval of 95 %.

Ten years of days are 6.7 million pairs. The slopes are not listed but counted: how many lie at or below a slope is how
many pairs are turned around when the line is taken away, so the few around the wanted ranks are found and sorted.
Everything is done on whole numbers: phone and server give the same fraction, and nothing is sampled.

Ranks of the interval and the correction for ties as in scipy.stats.theilslopes (Sen 1968, normal approximation).
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, isqrt, lcm, sqrt

# The normal deviate of a two-sided interval of 95 %.
_DEVIATE = 1.959963984540054
# So many slopes are listed at once; more are narrowed first, beginning where so many pairs taken at random say.
_LISTED, _SOME = 3_000, 1_000
Count = Callable[[int], int]
Counting = Callable[[Sequence[int], Sequence[int]], Count]


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


def counting(days: Sequence[int], values: Sequence[int]) -> Count:
    """How many slopes are at or below a slope: pairs that do not rise when the line is taken away."""

    def count(slope: int) -> int:
        seen: list[int] = []
        found = 0
        for day, value in zip(days, values, strict=True):
            rest = value - slope * day
            place = bisect_left(seen, rest)
            found += len(seen) - place
            seen.insert(place, rest)
        return found

    return count


def theil_sen(points: Sequence[tuple[int, Fraction]], counts: Counting = counting) -> Slope | None:
    """The slope through ``points`` (day, value), each day once, at least two of them; else None.

    ``counts``: `counting`, or something that counts the very same sooner.
    """
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
    found = {rank: slope / scale for rank, slope in _Slopes(days, values, counts).at(wanted).items()}
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

    def __init__(self, days: Sequence[int], values: Sequence[int], counts: Counting) -> None:
        self.days = [day - days[0] for day in days]
        # Two different slopes are at least 1/span² apart: whole parts of half that size tell them all apart.
        self.parts = 2 * self.days[-1] ** 2
        self.values = [value * self.parts for value in values]
        self.count = counts(self.days, self.values)
        reach = max(self.values) - min(self.values) + 1
        # How many slopes are at or below a slope (in parts), as far as it was asked.
        self.counted = {-reach: 0, reach: len(days) * (len(days) - 1) // 2}
        self.least, self.most = -reach, reach
        self.some = self._some()

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

    def _some(self) -> list[int]:
        """Slopes (in parts) of some pairs, in order: where to look first. The answer does not depend on them."""
        if self.counted[self.most] <= _LISTED:
            return []
        chance = random.Random(len(self.days))  # noqa: S311  the same pairs each time
        one, other = (chance.choices(range(len(self.days)), k=_SOME) for _ in range(2))
        return sorted(
            (self.values[a] - self.values[b]) // (self.days[a] - self.days[b])
            for a, b in zip(one, other, strict=True)
            if a != b
        )

    def _around(self, rank: int) -> tuple[int, int]:
        """Two slopes (in parts) that ``rank`` lies between, with few enough others or with one slope only."""
        low, high = self._nearest(rank)
        for guess in self._guesses(rank):
            low, high = self._narrowed(rank, (low, high), guess)
        while self.counted[high] - self.counted[low] > _LISTED and high - low > 1:
            within, width = self.counted[high] - self.counted[low], high - low
            for guess in (*self._between(rank, low, high), *self._simple(low, high), (low + high) // 2):
                if self.counted[high] - self.counted[low] > within // 2 and high - low > width // 2:
                    low, high = self._narrowed(rank, (low, high), guess)
        return low, high

    def _nearest(self, rank: int) -> tuple[int, int]:
        """The closest two slopes around ``rank`` of those that were counted already."""
        low = max(slope for slope, count in self.counted.items() if count <= rank)
        return low, min(slope for slope, count in self.counted.items() if count > rank)

    def _guesses(self, rank: int) -> Iterator[int]:
        """A little below and a little above where some pairs say that ``rank`` is."""
        if self.some:
            place = rank * len(self.some) // self.counted[self.most]
            aside = 2 * isqrt(len(self.some))
            for near in (place - aside, place + aside):
                if 0 <= near < len(self.some):
                    yield self.some[near]

    def _between(self, rank: int, low: int, high: int) -> tuple[int, int]:
        """A little below and a little above where ``rank`` is, if slopes lie evenly between these two."""
        before, after = self.counted[low], self.counted[high]
        place = low + (high - low) * (2 * (rank - before) + 1) // (2 * (after - before))
        aside = max(1, (high - low) * _LISTED // (3 * (after - before)))
        return place - aside, place + aside

    def _simple(self, low: int, high: int) -> tuple[int, int]:
        """Around the simplest slope in between: it may come a hundred thousand times, as 0 does among whole numbers."""
        middle, bound = Fraction(low + high, 2 * self.parts), 1
        while not low < (near := middle.limit_denominator(bound) * self.parts) <= high:
            bound *= 2
        return ceil(near), ceil(near) - 1

    def _narrowed(self, rank: int, around: tuple[int, int], guess: int) -> tuple[int, int]:
        """The side of ``guess`` on which ``rank`` lies."""
        if not around[0] < guess < around[1]:
            return around
        if guess not in self.counted:
            self.counted[guess] = self.count(guess)
        return (around[0], guess) if self.counted[guess] > rank else (guess, around[1])

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
                found.append((rise // run, rise, run))
            seen.insert(at, rank_of[place])
        found.sort()
        before = self.counted[low]
        return {
            rank: Fraction(rise, run * self.parts)
            for rank in ranks
            for _, rise, run in [found[rank - before]]
        }

    def _order(self, slope: int) -> list[int]:
        """The points by what is left when ``slope`` is taken away; of equals the later day first."""
        rest = [value - slope * day for day, value in zip(self.days, self.values, strict=True)]
        return sorted(range(len(rest) - 1, -1, -1), key=rest.__getitem__)
