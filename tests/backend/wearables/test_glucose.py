"""A day of a glucose sensor: how long it was where, also at its bounds, in gaps, and with two sensors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wearables import merging, summaries
from backend.wearables.believing import Believed
from backend.wearables.glucose import glucose_day, glucose_days
from backend.wearables.periods import glucose
from backend.wearables.quarters import QUARTER_MS
from shared.glucose import GlucoseDay
from shared.ids import new_id
from shared.streams import ABOVE, BELOW, EXACT
from tests.backend.wearables.shapes import DAY, columns
from tests.backend.wearables.test_merging import THAT_DAY
from tests.cast import Cast

MINUTE = 60_000
MMOL = 18.01559
ENDS = 1440 * MINUTE


def of(*rows: tuple[int, float, int, int]) -> GlucoseDay:
    """The day of readings (minute, value, comparator, source)."""
    minute, value, comparator, source = zip(*rows, strict=True)
    start = np.array(minute, np.int64) * MINUTE
    readings = Believed(start, np.array(value, float), np.array(comparator), np.array(source))
    return glucose_day(readings, 0, ENDS)


def bands(day: GlucoseDay) -> tuple[int, ...]:
    """Minutes in each band."""
    return tuple(ms // MINUTE for ms in (day.very_low, day.low, day.in_range, day.high, day.very_high))


@pytest.mark.parametrize(
    ("value", "comparator", "band"),
    [
        (53, EXACT, 0),
        (54, EXACT, 1),
        (69, EXACT, 1),
        (70, EXACT, 2),
        (180, EXACT, 2),
        (181, EXACT, 3),
        (250, EXACT, 3),
        (251, EXACT, 4),
        # In whole mg/dL: the bounds as they are written in mmol/L (3.0, 3.9, 10.0, 13.9), and the next tenth beyond.
        (2.9 * MMOL, EXACT, 0),
        (3.0 * MMOL, EXACT, 1),
        (3.8 * MMOL, EXACT, 1),
        (3.9 * MMOL, EXACT, 2),
        (10.0 * MMOL, EXACT, 2),
        (10.1 * MMOL, EXACT, 3),
        (13.9 * MMOL, EXACT, 3),
        (14.0 * MMOL, EXACT, 4),
        (53.4, EXACT, 0),
        (69.6, EXACT, 2),
        (180.4, EXACT, 2),
        (250.6, EXACT, 4),
        (3.9 * MMOL, BELOW, 1),
        (10.0 * MMOL, ABOVE, 3),
        (40, BELOW, 0),  # "Low" of a sensor
        (54, BELOW, 0),
        (70, BELOW, 1),  # below 70: it is not known whether below 54
        (180, ABOVE, 3),
        (250, ABOVE, 4),
        (400, ABOVE, 4),  # "High"
    ],
)
def test_each_reading_is_in_one_band(value: float, comparator: int, band: int) -> None:
    assert bands(of((600, value, comparator, 1))) == tuple(15 if at == band else 0 for at in range(5))


def test_a_gap_is_not_covered_and_sensors_keep_their_own_step() -> None:
    five = [(minute, 100.0, EXACT, 1) for minute in (0, 5, 10, 15, 60)]  # a gap from 20 on
    quarter = [(minute, 200.0, EXACT, 2) for minute in (120, 135, 150)]
    assert bands(of(*five, *quarter)) == (0, 0, 25, 45, 0)
    # A reading at midnight's edge does not reach into the next day.
    assert bands(of((1438, 100.0, EXACT, 1))) == (0, 0, 2, 0, 0)
    # Two readings of one moment are one moment.
    assert bands(of((0, 100.0, EXACT, 1), (0, 60.0, EXACT, 1), (5, 100.0, EXACT, 1))) == (0, 5, 5, 0, 0)


@given(st.lists(st.integers(20, 500), min_size=1, max_size=288), st.sampled_from([1, 5]))
def test_even_readings_count_alike(values: list[int], step: int) -> None:
    day = of(*((n * step, float(value), EXACT, 1) for n, value in enumerate(values)))
    if len(values) > 1:
        assert day.covered == len(values) * step * MINUTE
        assert day.in_range == step * MINUTE * sum(1 for value in values if 70 <= value <= 180)
    assert (day.count, day.sum, day.squares) == (len(values), sum(values), sum(v * v for v in values))


def test_days_of_23_and_25_hours_are_as_long_as_they_are() -> None:
    start = np.arange(0, 48 * 4 * QUARTER_MS, QUARTER_MS)
    readings = Believed(
        start, np.full(len(start), 100.0), np.zeros(len(start), np.int64), np.ones(len(start), np.int64)
    )
    borders = np.array([0, 23 * 4, 48 * 4])
    found = glucose_days(readings, 7, borders)
    assert {day: (one.lasts // 3_600_000, one.covered == one.lasts) for day, one in found.items()} == {
        7: (23, True),
        8: (25, True),
    }


def test_a_sensor_is_summed_up_once_where_two_measured(cast: Cast) -> None:
    begins = DAY * 86_400_000
    libre = [(begins + n * QUARTER_MS, begins + n * QUARTER_MS, 100.0) for n in range(8)]
    phone = [(begins + n * QUARTER_MS, begins + n * QUARTER_MS, 300.0) for n in range(4, 12)]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [columns("blood_glucose", "Libre", *libre)])
        merging.deliver(record, new_id(), [columns("blood_glucose", "iPhone", *phone)])
        (day,) = summaries.days(record, "blood_glucose", THAT_DAY, THAT_DAY)
        assert day.glucose is not None
        assert (day.count, bands(day.glucose)) == (12, (0, 0, 120, 0, 60))
        found = glucose(record, THAT_DAY, THAT_DAY)
        assert found is not None
        assert (found.days, round(found.in_range, 1), found.is_enough) == (1, 66.7, False)
        assert round(found.coverage, 2) == 12.5
