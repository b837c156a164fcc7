"""Weeks and months: whole, from Monday and from the first, with the figures that all their readings have."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.resting_heart_rate import RestedBy, resting_definition
from shared.stream_periods import (
    CalendarPart,
    Reported,
    StreamDay,
    period_definition,
    period_name,
    period_of,
    periods_of,
)

days = st.dates(date(1999, 1, 1), date(2035, 12, 31))


@given(days, st.sampled_from(CalendarPart))
def test_every_day_is_in_exactly_one_period(day: date, period: CalendarPart) -> None:
    first, last = period_of(day, period)
    assert first <= day <= last
    assert all(period_of(each, period) == (first, last) for each in (first, last))
    assert period_of(last + timedelta(days=1), period)[0] == last + timedelta(days=1)
    if period is CalendarPart.WEEK:
        assert (first.isoweekday(), (last - first).days) == (1, 6)
        assert first.isocalendar()[:2] == day.isocalendar()[:2]
    if period is CalendarPart.MONTH:
        assert (first.day, first.month, last.month) == (1, day.month, day.month)


readings = st.lists(st.integers(0, 200).map(float), max_size=5)


@given(st.dictionaries(days, readings, max_size=30), st.sampled_from([CalendarPart.WEEK, CalendarPart.MONTH]))
def test_a_period_says_what_all_its_readings_say(
    by_day: dict[date, list[float]], period: CalendarPart
) -> None:
    some = {day: by_day[day] for day in sorted(by_day) if by_day[day]}
    made = [
        StreamDay(day, len(values), sum=sum(values), least=min(values), most=max(values))
        for day, values in some.items()
    ]
    found = periods_of(made, period)
    plain = groupby(some.items(), lambda each: period_of(each[0], period))
    for each, ((first, last), items) in zip(found, plain, strict=True):
        those = list(items)
        every = [value for _, values in those for value in values]
        assert (each.first, each.last, each.days, each.count) == (first, last, len(those), len(every))
        assert (each.least, each.most, each.mean) == (min(every), max(every), sum(every) / len(every))
        assert (each.total, each.a_day, each.glucose) == (None, None, None)


def test_totals_are_added_over_days_and_what_devices_report_never_is() -> None:
    monday = date(2026, 11, 16)
    week = [
        StreamDay(monday, 3, total=3000.0, reported=(Reported("Watch", 3100.0),)),
        StreamDay(monday + timedelta(days=2), 0, reported=(Reported("Watch", 9000.0),)),
        StreamDay(monday + timedelta(days=6), 1, total=1000.0),
    ]
    (found,) = periods_of(week, CalendarPart.WEEK)
    assert (found.days, found.reported_days, found.total, found.a_day) == (2, 1, 4000.0, 2000.0)


def test_a_night_is_the_mean_of_the_nights_that_could_tell() -> None:
    first = date(2026, 11, 16)
    nights = [
        StreamDay(first, 9, minutes={"deep": 60.0, "light": 300.0, "rem": 30.0}, asleep=390.0),
        StreamDay(first + timedelta(days=1), 9, minutes={"light": 330.0, "in_bed": 400.0}, asleep=330.0),
        StreamDay(first + timedelta(days=2), 1, minutes={"in_bed": 500.0}),
    ]
    (found,) = periods_of(nights, CalendarPart.WEEK)
    assert found.minutes == {"deep": 30.0, "light": 315.0, "rem": 15.0, "in_bed": 450.0}
    assert (found.asleep, found.days) == (360.0, 3)


@pytest.mark.parametrize("period", list(CalendarPart))
def test_each_period_is_named_and_defined(period: CalendarPart) -> None:
    assert period_name(period)
    assert period_definition(period)


def test_our_own_resting_heart_rate_says_that_it_is_ours() -> None:
    assert "Tomoni" in resting_definition(RestedBy.OURS)
    assert "Tomoni" not in resting_definition(RestedBy.DEVICE)
