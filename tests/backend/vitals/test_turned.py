"""Counting slopes with numpy gives the very same as in plain Python, for any points there can be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.vitals import turned
from shared import slopes
from shared.slopes import theil_sen

# Few different values: pairs that neither rise nor fall are where counting goes wrong.
VALUES = st.integers(-3, 3) | st.integers(-(10**9), 10**9) | st.sampled_from([2**62, -(2**62), 2**70])
POINTS = st.lists(st.tuples(st.integers(1, 40), VALUES), min_size=1, max_size=300)


@pytest.fixture(autouse=True, scope="module")
def from_the_first_point_on() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turned, "_FEWEST", 1)
        yield


@given(POINTS, st.integers(-(10**6), 10**6) | st.sampled_from([0, 2**61, -(2**61)]))
def test_any_points_are_counted_as_in_plain_python(points: list[tuple[int, int]], slope: int) -> None:
    days, values, day = [], [], 0
    for gap, value in points:
        days.append(day)
        values.append(value)
        day += gap
    assert turned.counting(days, values)(slope) == slopes.counting(days, values)(slope)


@pytest.mark.parametrize("count", [1, 2, 127, 128, 129, 256, 1000, 5000])
@pytest.mark.parametrize("most", [0, 1, 40, 10**6])
def test_many_points_too(count: int, most: int) -> None:
    chance = random.Random(count + most)
    values = [chance.randint(-most, most) for _ in range(count)]
    days = list(range(count))
    quick, plain = turned.counting(days, values), slopes.counting(days, values)
    for slope in (-1, 0, 3):
        assert quick(slope) == plain(slope)


@pytest.mark.parametrize("count", [300, 1500])
def test_slopes_and_their_intervals_are_the_same_fractions(count: int) -> None:
    chance = random.Random(count)
    for most in (2, 50, 5000):
        days = sorted(chance.sample(range(700_000, 700_000 + 2 * count), count))
        points = [(day, Fraction(chance.randint(0, most), chance.choice([1, 2]))) for day in days]
        assert theil_sen(points, turned.counting) == theil_sen(points)
