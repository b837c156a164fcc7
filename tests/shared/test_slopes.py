"""Theil-Sen slopes: exact, and equal to scipy's on random and on awkward points, however the pairs are narrowed."""

from __future__ import annotations

import random
from fractions import Fraction
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from shared import slopes
from shared.slopes import Slope, theil_sen

Points = list[tuple[int, Fraction]]

HALVES = st.integers(160, 400).map(lambda doubled: Fraction(doubled, 2))
TIED = st.sampled_from([Fraction(120), Fraction(241, 2), Fraction(364, 3)])
POINTS = st.dictionaries(st.integers(700_000, 700_080), HALVES | TIED, min_size=2, max_size=40).map(
    lambda found: list(found.items())
)


@pytest.fixture(params=[1, 7, 60_000])
def narrowed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if few pairs already were many."""
    monkeypatch.setattr(slopes, "_LISTED", request.param)


def plainly(points: Points) -> Fraction:
    """The median of the slopes between all pairs, all listed."""
    pairs = [(a, b) for a in points for b in points if a[0] < b[0]]
    return Fraction(median([(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs]))


def scipys(points: Points) -> tuple[float, float, float]:
    days, values = [day for day, _ in points], [float(value) for _, value in points]
    found = theilslopes(values, np.array(days) - min(days))
    return float(found.slope), float(found.low_slope), float(found.high_slope)


def figures(slope: Slope | None) -> tuple[float, float, float]:
    assert slope is not None
    return float(slope.per_day), float(slope.low), float(slope.high)


@pytest.mark.usefixtures("narrowed")
def test_random_points_are_as_scipy_has_them() -> None:
    chance = random.Random(4)
    for _ in range(150):
        count = chance.randint(2, 45)
        days = chance.sample(range(700_000, 700_000 + count * chance.randint(1, 4)), count)
        few = chance.choice([1, 2, 5, 60])
        points = [(day, Fraction(chance.randint(240, 240 + few), chance.choice([1, 2]))) for day in days]
        found = theil_sen(points)
        assert figures(found) == pytest.approx(scipys(points), abs=1e-9)
        assert found is not None
        assert found.per_day == plainly(points)
        assert (found.points, found.per_week) == (count, 7 * found.per_day)


@given(POINTS)
def test_any_points_are_as_scipy_has_them(points: Points) -> None:
    found = theil_sen(points)
    assert figures(found) == pytest.approx(scipys(points), abs=1e-9)
    assert found is not None
    assert found.per_day == plainly(points)
    assert found.low <= found.per_day <= found.high


@given(POINTS, st.sampled_from([2, 5, 30]))
def test_narrowing_gives_the_very_same(points: Points, listed: int) -> None:
    whole = theil_sen(points)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slopes, "_LISTED", listed)
        assert theil_sen(points) == whole


def test_ten_years_of_days_are_as_scipy_has_them() -> None:
    chance = random.Random(9)
    points = [(day, Fraction(chance.randint(230, 300) + day // 400, 2)) for day in range(3650)]
    found = theil_sen(points)
    assert figures(found) == pytest.approx(scipys(points), abs=1e-12)
    same = [(day, Fraction(130)) for day in range(3650)]
    assert theil_sen(same) == Slope(Fraction(0), Fraction(0), Fraction(0), 3650)


def test_a_line_is_a_line_and_the_order_of_points_is_nothing() -> None:
    points = [(day, Fraction(130) - Fraction(day, 7)) for day in range(20)]
    found = theil_sen(points)
    assert found is not None
    assert {found.per_week, *found.week_bounds} == {Fraction(-1)}
    assert theil_sen(points[::-1]) == found


def test_nothing_is_said_of_one_point_and_a_day_comes_once() -> None:
    assert theil_sen([]) is None
    assert theil_sen([(1, Fraction(120))]) is None
    with pytest.raises(ValueError, match="twice"):
        theil_sen([(1, Fraction(120)), (1, Fraction(121))])
