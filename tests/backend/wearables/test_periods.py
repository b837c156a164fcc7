"""Weeks, months and figures out of a real database; and no more days are summed up than a merge touched."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from backend.consent.opened import NotOpened
from backend.wearables import merging, periods, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.tables import DaySummaryRow
from shared.consent import Scope
from shared.ids import new_id
from shared.problems import Invalid
from shared.resting_heart_rate import RestedBy
from shared.stream_periods import CalendarPart
from shared.streams import Readings
from tests.backend.wearables.shapes import DAY, columns
from tests.backend.wearables.test_merging import THAT_DAY, pulses, steps
from tests.cast import Cast

QUARTER = 900_000


def test_weeks_and_months_of_all_readings(cast: Cast) -> None:
    # 4 October 2024 is a Friday: three readings on it, one on the Sunday, one on the Monday after.
    some = pulses((0, 60), (1, 61), (2, 65), (2 * 1440, 90), (3 * 1440, 100))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [some, steps((0, 10), (1440, 5), source="Watch")])
        weeks = periods.periods(record, "heart_rate", CalendarPart.WEEK, THAT_DAY, date(2024, 10, 7))
        assert [(w.first, w.days, w.count, w.mean, w.least, w.most) for w in weeks] == [
            (date(2024, 9, 30), 2, 4, 69.0, 60, 90),
            (date(2024, 10, 7), 1, 1, 100.0, 100, 100),
        ]
        (month,) = periods.periods(record, "steps", CalendarPart.MONTH, THAT_DAY, THAT_DAY)
        assert (month.first, month.last, month.total, month.a_day) == (
            date(2024, 10, 1),
            date(2024, 10, 31),
            15.0,
            7.5,
        )
        with pytest.raises(Invalid):
            periods.periods(record, "heart_rate", CalendarPart.WEEK, date(2000, 1, 1), date(2024, 1, 1))


def rests(day: int, lowest: float, quarters: int, source: str = "Apple Watch") -> Readings:
    """A day of heart rates of 80, a reading a quarter, with two quieter quarters in the middle."""
    begins = (DAY + day) * DAY_MS - 9 * 3_600_000
    rows = [(begins + n * QUARTER, begins + n * QUARTER, 80.0) for n in range(quarters)]
    for n, value in ((10, lowest + 1), (11, lowest - 1), (14, lowest - 5)):  # a lone dip is not half an hour
        rows[n] = (rows[n][0], rows[n][1], value)
    return columns("heart_rate", source, *rows)


def test_resting_heart_rate_is_the_devices_or_else_ours_and_says_which(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [rests(0, 55, 96), rests(1, 54, 24), rests(2, 50, 23)])
        own = (DAY + 1) * DAY_MS
        merging.deliver(record, new_id(), [columns("resting_heart_rate", "Watch", (own, own, 58.0))])
        found = periods.resting(record, THAT_DAY, THAT_DAY + timedelta(days=5))
        assert [(rested.day, rested.value, rested.by) for rested in found] == [
            (THAT_DAY, 55.0, RestedBy.OURS),
            (THAT_DAY + timedelta(days=1), 58.0, RestedBy.DEVICE),
        ]


def test_only_the_days_that_a_merge_touched_are_summed_up(cast: Cast) -> None:
    year = [(n * 1440, 10) for n in range(365)]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [steps(*year, source="Watch")])
        before = record.next_number()
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [steps((3 * 1440, 10), (200 * 1440 + 5, 10), source="Watch")])
        changed = select(func.count()).select_from(DaySummaryRow).where(DaySummaryRow.number > before)
        assert session.scalar(changed) == 1  # the third day's reading was known
        # A UTC day is part of two of hers; what lies between the two that were touched is not looked at.
        assert summaries.refresh(record, {"steps": {DAY + 3, DAY + 200}}) == 4
        assert summaries.refresh(record, {"sleep": {DAY + 3}}) == 4
        assert summaries.refresh(record, {"steps": {DAY}, "steps_reported": {DAY}}) == 2
        assert session.scalar(changed) == 1


def test_a_stranger_is_told_nothing(cast: Cast) -> None:
    cast.lets_in(cast.mori, Scope.VITALS)
    with cast.house.database.transaction() as session:
        nurse = cast.open(session, cast.mori)
        for word in (periods.resting, periods.glucose):
            with pytest.raises(NotOpened):
                word(nurse, THAT_DAY, THAT_DAY)
        with pytest.raises(NotOpened):
            periods.periods(nurse, "steps", CalendarPart.WEEK, THAT_DAY, THAT_DAY)
