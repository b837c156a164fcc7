"""Figures of a glucose sensor, held against the plain way of counting."""

from __future__ import annotations

from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.glucose import (
    GlucoseDay,
    band_names,
    band_shares,
    glucose_day_from,
    glucose_day_members,
    glucose_definitions,
    glucose_figures,
    not_enough_words,
)

FIVE = 300_000


def day(values: list[int], step: int = FIVE) -> GlucoseDay:
    """A day of exact readings, each standing for one step."""

    def lasting(first: int, last: int) -> int:
        return step * sum(1 for value in values if first <= value <= last)

    bands = (lasting(0, 53), lasting(54, 69), lasting(70, 180), lasting(181, 250), lasting(251, 999))
    return GlucoseDay(len(values), float(sum(values)), float(sum(v * v for v in values)), *bands)


values = st.lists(st.integers(20, 500), min_size=1, max_size=60)


@given(st.lists(values, min_size=1, max_size=20))
def test_figures_are_what_the_readings_say(days: list[list[int]]) -> None:
    every = [value for some in days for value in some]
    found = glucose_figures([day(some) for some in days], len(days))
    assert found is not None

    def share(wanted: list[int]) -> float:
        return 100 * len(wanted) / len(every)

    assert found.in_range == pytest.approx(share([v for v in every if 70 <= v <= 180]))
    assert found.below_70 == pytest.approx(share([v for v in every if v < 70]))
    assert found.below_54 == pytest.approx(share([v for v in every if v < 54]))
    assert found.above_180 == pytest.approx(share([v for v in every if v > 180]))
    assert found.above_250 == pytest.approx(share([v for v in every if v > 250]))
    assert found.mean == pytest.approx(mean(every))
    if len(every) > 1:
        assert found.cv == pytest.approx(100 * stdev(every) / mean(every), abs=1e-4)
    assert sum(band_shares(found).values()) == pytest.approx(100)
    assert [name for name, _ in band_names()] == list(band_shares(found))


def test_enough_is_fourteen_days_of_seven_tenths() -> None:
    full, most = day([154] * 288), day([154] * 202)  # 202 of 288 are 70.1 %
    for days, asked, enough in (
        ([full] * 14, 14, True),
        ([full] * 13, 14, False),
        ([most] * 14, 14, True),
        ([day([154] * 201)] * 14, 14, False),
        ([full] * 14, 21, False),
        ([full] * 15, 21, True),
    ):
        found = glucose_figures(days, asked)
        assert found is not None
        assert found.is_enough is enough
        # 154 mg/dL: 3.31 + 0.02392 x 154 = 6.99
        assert found.gmi == (pytest.approx(6.99368) if enough else None)
    assert glucose_figures([], 14) is None
    assert "GMI" in not_enough_words()
    assert len(glucose_definitions()) == 4


def test_a_day_travels_and_what_cannot_be_is_no_day() -> None:
    some = day([60, 100, 300])
    assert glucose_day_from(glucose_day_members(some)) == some
    wrongs: list[dict[str, object]] = [{}, {"count": "x"}, {**glucose_day_members(some), "low": -1}]
    for wrong in wrongs:
        assert glucose_day_from(wrong) is None
    for number in (True, float("nan"), float("inf"), None):
        assert glucose_day_from({**glucose_day_members(some), "sum": number}) is None
