"""Weight over time: changes never look back further than they say, and the slope is scipy's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from shared.ids import new_id
from shared.trends import last_days
from shared.vitals import Vital
from shared.weight_trends import WeightTrend, day_weights, weight_trend, whole_weights
from tests.shared.pressures import JAPAN, MONDAY, wall

TODAY = MONDAY + timedelta(days=29)


def weighed(local: datetime, kg: str | Decimal) -> Vital:
    moment = local.replace(tzinfo=UTC) - timedelta(minutes=JAPAN)
    return Vital(new_id(), "weight", moment, JAPAN, Decimal(kg))


def trend(*found: tuple[int, str], days: int = 30) -> WeightTrend:
    """Weights of some days after MONDAY."""
    vitals = [weighed(wall(day, "06:50"), kg) for day, kg in found]
    return weight_trend(day_weights(vitals), last_days(days, TODAY))


def changes(found: WeightTrend) -> dict[int, Fraction]:
    return {each.within: each.kg for each in found.changes}


def test_a_change_is_against_the_day_three_and_seven_days_before() -> None:
    found = trend((22, "52.0"), (24, "51.0"), (26, "52.6"), (28, "53.0"), (29, "54.1"))
    assert changes(found) == {3: Fraction(15, 10), 7: Fraction(21, 10)}
    assert [each.since.day for each in found.changes] == [MONDAY + timedelta(days=n) for n in (26, 22)]
    assert [each.is_notable for each in found.changes] == [False, True]


def test_a_day_not_weighed_is_replaced_by_a_later_one_never_by_an_earlier() -> None:
    found = trend((25, "50.0"), (27, "52.4"), (29, "52.9"))
    assert changes(found) == {3: Fraction(5, 10), 7: Fraction(29, 10)}
    assert changes(trend((21, "50.0"), (29, "53.0"))) == {}
    assert changes(trend((29, "53.0"))) == {}
    assert trend().changes == []


def test_two_kilograms_exactly_are_notable_and_a_loss_is_not() -> None:
    assert [each.is_notable for each in trend((26, "52.0"), (29, "54.0")).changes] == [True, True]
    assert [each.is_notable for each in trend((26, "52.1"), (29, "54.0")).changes] == [False, False]
    assert not any(each.is_notable for each in trend((26, "54.0"), (29, "51.0")).changes)


def test_a_change_may_begin_before_the_window() -> None:
    found = trend((22, "52.0"), (28, "54.2"), days=2)
    assert changes(found) == {7: Fraction(22, 10)}
    assert (len(found.days), found.is_recent) == (1, True)
    assert trend((22, "52.0"), days=2).changes == []


def test_an_old_weight_is_not_about_now() -> None:
    assert trend((23, "52.0")).is_recent
    assert not trend((22, "52.0")).is_recent
    assert not trend().is_recent


def test_a_days_weight_is_the_median_and_the_day_begins_at_four() -> None:
    vitals = [
        weighed(wall(29, clock), kg)
        for clock, kg in (("06:00", "52.0"), ("06:01", "55.0"), ("22:00", "52.4"))
    ]
    vitals.append(weighed(wall(30, "01:00"), "52.6"))
    (day,) = day_weights(vitals)
    assert (day.day, day.kg, day.readings) == (TODAY, Fraction(525, 10), 4)
    assert whole_weights([day], TODAY).days == 1
    assert whole_weights([], TODAY).days == 1


KILOGRAMS = st.decimals("45", "60", places=1)


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(240, 1439), KILOGRAMS), max_size=60))
def test_days_and_slope_are_as_pandas_and_scipy_have_them(found: list[tuple[int, int, Decimal]]) -> None:
    vitals = [weighed(wall(day, "00:00") + timedelta(minutes=minute), kg) for day, minute, kg in found]
    got = weight_trend(day_weights(vitals), last_days(30, TODAY))
    table = pd.DataFrame([(day, float(kg)) for day, _, kg in found], columns=["day", "kg"])
    medians = table.groupby("day").kg.median()
    assert [float(each.kg) for each in got.days] == pytest.approx(medians.tolist())
    assert (got.slope is not None) is (len(medians) >= 14)
    if got.slope is not None:
        scipys = theilslopes(medians.to_numpy(), medians.index.to_numpy())
        low, high = got.slope.week_bounds
        mine = [float(each) for each in (got.slope.per_week, low, high)]
        theirs = [7 * each for each in (scipys.slope, scipys.low_slope, scipys.high_slope)]
        assert mine == pytest.approx(theirs, abs=1e-9)
