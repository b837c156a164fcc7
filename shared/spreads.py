"""Shares and spreads of values, exact as far as they can be: so many of so many; mean, SD, CV and ARV with n."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, sqrt


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, exact."""

    some: int
    all: int

    @property
    def exact(self) -> Fraction | None:
        """None of nothing."""
        return Fraction(self.some, self.all) if self.all else None

    @property
    def percent(self) -> int | None:
        """In whole percent, half up; 100 and 0 only where it is all or none."""
        if not self.all:
            return None
        rounded = (200 * self.some + self.all) // (2 * self.all)
        return min(max(rounded, 1 if self.some else 0), 100 if self.some == self.all else 99)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far values lie apart: over ``n`` occasion means in the order of time.

    ``sd`` (n − 1 below the line) and ``cv`` (percent) are floats; ``arv`` is exact. None under two values.
    """

    n: int
    mean: Fraction | None
    sd: float | None
    cv: float | None
    arv: Fraction | None


def spread(values: Sequence[Fraction]) -> Spread:
    """Mean, SD, CV = SD / mean, ARV = mean of |x(i+1) − x(i)|; the values in the order of time."""
    # Whole numbers over one denominator: sums of fractions are slow.
    scale = lcm(*{value.denominator for value in values})
    return spread_of([value.numerator * (scale // value.denominator) for value in values], scale)


def spread_of(whole: Sequence[int], scale: int) -> Spread:
    """The same of whole numbers, each to be divided by ``scale``."""
    n = len(whole)
    if n == 0:
        return Spread(0, None, None, None, None)
    total = sum(whole)
    mean = Fraction(total, n * scale)
    if n == 1:
        return Spread(1, mean, None, None, None)
    squares = n * sum(each * each for each in whole) - total * total
    sd = sqrt(Fraction(squares, n * (n - 1) * scale * scale))
    arv = Fraction(sum(abs(b - a) for a, b in itertools.pairwise(whole)), (n - 1) * scale)
    return Spread(n, mean, sd, 100 * sd / float(mean) if mean else None, arv)
