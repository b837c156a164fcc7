"""Trends of home blood pressure against pandas and the plain rules, on random and on awkward readings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.blood_pressure import GUIDELINE_TARGET, Target, as_mean, occasions, tone
from shared.home_pressure_summaries import Standing, esh_summary, jsh_summary
from shared.ids import new_id
from shared.occasion_columns import Met, columns_of, met
from shared.spreads import Share, spread
from shared.trends import (
    PressureTrend,
    Window,
    day_now,
    last_days,
    pressure_trend,
    whole_window,
)
from shared.vitals import BloodPressure, Session, Vital
from tests.shared.pressures import JAPAN, MONDAY, taken, wall

TODAY = MONDAY + timedelta(days=29)
# A clock that is set back one hour in the night to 1 November 2026 (New York), and Japan's, which never is.
NEW_YORK = (-240, -300)
DST_ENDS = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)

MINUTES = st.one_of(
    st.integers(0, 30 * 24 * 60), st.builds(lambda d, m: d * 1440 + m, st.integers(0, 29), st.integers(0, 15))
)


@st.composite
def readings(draw: st.DrawFn) -> list[Vital]:
    """Up to a month of readings: any hour, third ones in an occasion, labels of hers, other zones, ties."""
    found = []
    for minute in draw(st.lists(MINUTES, max_size=40)):
        diastolic = draw(st.integers(60, 95))
        systolic = draw(st.one_of(st.just(130), st.integers(96, 180)))
        pulse = draw(st.none() | st.integers(50, 90))
        session = draw(st.none() | st.sampled_from(Session))
        offset = draw(st.sampled_from([JAPAN, JAPAN, -300, 840]))
        local = wall(0, "00:00") + timedelta(minutes=minute)
        found.append(taken(local, systolic, diastolic, pulse=pulse, session=session, offset_min=offset))
    return found


def trend(
    vitals: Sequence[Vital], window: Window | None = None, target: Target = GUIDELINE_TARGET
) -> PressureTrend:
    return pressure_trend(met(columns_of(vitals)), window or last_days(30, TODAY), target)


@given(readings())
def test_columns_make_the_occasions_that_the_rule_makes(vitals: list[Vital]) -> None:
    found = met(columns_of(vitals))
    told = occasions(vitals)
    assert [(each.on, each.session, each.mean, each.readings, each.counted) for each in found] == [
        (each.day, each.session, each.mean, len(each.readings), len(each.counted)) for each in told
    ]


@given(readings(), st.integers(0, 29))
def test_seven_days_are_the_two_summaries(vitals: list[Vital], back: int) -> None:
    last = TODAY - timedelta(days=back)
    found = trend(vitals, last_days(7, last))
    jsh, esh = jsh_summary(occasions(vitals), last), esh_summary(occasions(vitals), last)
    assert (found.morning.part, found.evening.part) == (jsh.morning, jsh.evening)
    assert (found.days, found.missing_days) == (jsh.days, len(jsh.missing_days))
    assert (found.esh.part, found.esh.dropped_day, found.esh.days) == (esh.part, esh.dropped_day, esh.days)
    assert found.esh.standing is esh.standing


def frame(vitals: Sequence[Vital], window: Window) -> pd.DataFrame:
    """The readings of a window as occasions, made by the plain rule; pandas does the rest."""
    rows = [
        {
            "day": each.day,
            "session": each.session.value,
            "at": each.readings[0].taken_at,
            "systolic": float(each.mean.systolic),
            "diastolic": float(each.mean.diastolic),
            "readings": len(each.readings),
        }
        for each in occasions(vitals)
        if window.first <= each.day <= window.last
    ]
    names = ["day", "session", "at", "systolic", "diastolic", "readings"]
    table = pd.DataFrame(rows, columns=names).sort_values("at", kind="stable")
    return table.astype({"systolic": float, "diastolic": float, "readings": int})


@settings(deadline=None)
@given(readings(), st.integers(1, 30))
def test_figures_are_as_pandas_has_them(vitals: list[Vital], days: int) -> None:
    compare(vitals, last_days(days, TODAY))


def compare(vitals: Sequence[Vital], window: Window) -> None:
    found, table = trend(vitals, window), frame(vitals, window)
    home = table[table.session != "other"]
    assert found.readings == table.readings.sum()
    assert (found.days, found.missing_days) == (home.day.nunique(), window.days - home.day.nunique())
    for mine, name in ((found.morning, "morning"), (found.evening, "evening")):
        of_session = home[home.session == name]
        for got, values in ((mine.systolic, of_session.systolic), (mine.diastolic, of_session.diastolic)):
            assert got.n == len(values)
            assert exact(got.mean) == near(values.mean())
            assert got.sd == near(values.std(ddof=1))
            assert got.cv == near(100 * values.std(ddof=1) / values.mean())
            assert exact(got.arv) == near(values.diff().abs().mean())
        assert (mine.systolic_slope is not None) is (of_session.day.nunique() >= 14)
    above = (home.systolic >= 125) | (home.diastolic >= 75)
    assert (found.above_target.some, found.above_target.all) == (above.sum(), len(home))
    reaching = (home.systolic >= 135) | (home.diastolic >= 85)
    assert found.at_reference == Share(int(reaching.sum()), len(home))
    by_day = home.pivot_table(index="day", columns="session", values="systolic", aggfunc="mean")
    both = by_day.dropna() if {"morning", "evening"} <= set(by_day.columns) else by_day.iloc[:0]
    assert found.difference.days == len(both)
    if len(both):
        assert exact(found.difference.systolic) == near((both.morning - both.evening).mean())
    highest = table.systolic.nlargest(3).tolist()
    assert [float(each.mean.systolic) for each in found.highest] == pytest.approx(highest)


def exact(number: Fraction | None) -> float | None:
    assert number is None or isinstance(number, Fraction)
    return None if number is None else float(number)


def near(number: float) -> object:
    """What pandas calls NaN is None here."""
    return None if pd.isna(number) else pytest.approx(number, abs=1e-9)


def ten_years() -> list[Vital]:
    """Four readings a day, now and then a day without."""
    chance = random.Random(3)
    found = []
    for day in range(-3650 + 30, 30):
        if chance.random() < 0.05:
            continue
        found += [
            taken(wall(day, clock), chance.randint(105, 160), chance.randint(60, 95), pulse=66)
            for clock in ("07:10", "07:12", "21:40", "21:41")
        ]
    return found


def test_ten_years_are_as_pandas_has_them() -> None:
    vitals = ten_years()
    window = whole_window(met(columns_of(vitals)), TODAY)
    assert window.days > 3640
    compare(vitals, window)


EVERY_DAY = [taken(wall(day, "07:00"), 130, 80) for day in range(30)]


@pytest.mark.parametrize(
    "vitals",
    [
        [],
        [taken(wall(29, "07:00"), 130, 80)],
        [taken(wall(29, clock), 130, 80) for clock in ("07:00", "07:05", "07:08", "21:00")],
        EVERY_DAY,
        EVERY_DAY[::6],
        [taken(wall(day, "21:00"), 120 + day, 70) for day in range(30)],
        [taken(wall(day, "13:00"), 190, 100) for day in range(30)],
        [taken(wall(day, "03:30"), 130, 80, session=Session.MORNING) for day in range(30)],
    ],
    ids=["none", "one", "one day", "all equal", "gaps", "only evenings", "only other times", "before four"],
)
def test_awkward_readings_are_as_pandas_has_them(vitals: list[Vital]) -> None:
    for days in (1, 7, 30):
        compare(vitals, last_days(days, TODAY))


def test_third_readings_are_kept_and_not_counted() -> None:
    two = [taken(wall(29, "07:00"), 120, 70), taken(wall(29, "07:02"), 130, 80)]
    third = taken(wall(29, "07:05"), 180, 110)
    found, before = trend([*two, third]), trend(two)
    assert (found.readings, before.readings) == (3, 2)
    assert found.morning == before.morning
    assert found.above_target == Share(1, 1)
    assert found.morning.part.mean is not None
    assert found.morning.part.mean.text == "125/75"


def test_an_hour_that_comes_twice_makes_no_other_day() -> None:
    """05:30 UTC is 01:30 in New York before the clock is set back, 06:30 UTC is 01:30 again: one evening each."""
    reading = BloodPressure(Decimal(130), Decimal(80))
    twice = [
        Vital(new_id(), "blood_pressure", DST_ENDS + timedelta(minutes=30 * sign), offset, reading)
        for sign, offset in ((-1, NEW_YORK[0]), (1, NEW_YORK[1]))
    ]
    found = met(columns_of(twice))
    assert [(each.on, each.session) for each in found] == [(date(2026, 10, 31), Session.EVENING)] * 2


def test_a_share_is_exact_and_never_says_all_of_not_all() -> None:
    assert Share(0, 0).percent is None
    assert Share(0, 0).exact is None
    assert Share(1, 3).exact == Fraction(1, 3)
    assert [Share(*each).percent for each in ((1, 8), (0, 9), (1, 999), (998, 999), (9, 9))] == [
        13,
        0,
        1,
        99,
        100,
    ]


def test_what_is_just_below_the_target_is_below() -> None:
    """124.5 and 74.5 are shown as 125 and 75 by rounding, and are not above the target."""
    below = [taken(wall(29, "07:00"), 124, 74), taken(wall(29, "07:02"), 125, 75)]
    assert trend(below).above_target == Share(0, 1)
    assert trend([taken(wall(29, "07:00"), 125, 60)]).above_target == Share(1, 1)
    assert trend([taken(wall(29, "07:00"), 110, 75)]).above_target == Share(1, 1)
    hers = Target(Decimal(140), Decimal(90))
    assert trend([taken(wall(29, "07:00"), 138, 88)], target=hers).above_target == Share(0, 1)


@given(readings())
def test_the_share_is_what_the_colours_say(vitals: list[Vital]) -> None:
    home = [each for each in occasions(vitals) if each.session is not Session.OTHER]
    mine = [each for each in home if TODAY - timedelta(days=29) <= each.day <= TODAY]
    above = sum(tone(each.mean.systolic, each.mean.diastolic) != "within" for each in mine)
    assert trend(vitals).above_target == Share(above, len(mine))


def test_the_difference_is_of_days_with_both() -> None:
    """Mornings of one week and evenings of another are not held against each other."""
    vitals = [taken(wall(day, "07:00"), 150, 90) for day in range(10, 20)]
    vitals += [taken(wall(day, "21:00"), 120, 70) for day in range(20, 29)]
    assert (trend(vitals).difference.days, trend(vitals).difference.systolic) == (0, None)
    vitals += [taken(wall(29, "07:00"), 131, 80), taken(wall(29, "21:00"), 123, 75)]
    found = trend(vitals).difference
    assert (found.days, found.systolic, found.diastolic) == (1, Fraction(8), Fraction(5))
    assert not found.is_enough
    assert trend(EVERY_DAY + [replace_hour(v) for v in EVERY_DAY]).difference.is_enough


def replace_hour(vital: Vital) -> Vital:
    return replace(vital, id=new_id(), taken_at=vital.taken_at + timedelta(hours=14))


def test_a_slope_waits_for_fourteen_days() -> None:
    vitals = [taken(wall(2 * day, "07:00"), 140 - day, 80) for day in range(14)]
    assert trend(vitals[1:]).morning.systolic_slope is None
    found = trend(vitals).morning.systolic_slope
    assert found is not None
    assert (found.per_week, found.points) == (Fraction(-7, 2), 14)
    again = [taken(wall(26, f"{hour:02}:00"), 127, 80) for hour in (8, 9, 10, 11)]
    assert trend(vitals[1:] + again).morning.systolic_slope is None


def test_few_days_are_never_judged() -> None:
    high = [taken(wall(29 - day, "07:00"), 160, 95) for day in range(4)]
    assert trend(high).morning.part.standing is Standing.NOT_ENOUGH_DAYS
    assert trend(high).esh.standing is Standing.NOT_ENOUGH_DAYS
    high.append(taken(wall(20, "07:00"), 160, 95))
    assert trend(high).morning.part.standing is Standing.AT_OR_ABOVE_REFERENCE
    assert trend(high).esh.standing is Standing.AT_OR_ABOVE_REFERENCE


def test_windows_are_days_of_hers() -> None:
    assert last_days(7, TODAY) == Window(TODAY - timedelta(days=6), TODAY)
    assert last_days(7, TODAY).days == 7
    assert whole_window([], TODAY) == Window(TODAY, TODAY)
    assert day_now(wall(0, "03:59")) == MONDAY - timedelta(days=1)
    assert day_now(wall(0, "04:00")) == MONDAY
    edge = [
        taken(wall(22, "23:59"), 150, 90),
        taken(wall(23, "03:59"), 150, 90),
        taken(wall(23, "04:30"), 130, 80),
    ]
    assert [each.on for each in trend(edge, last_days(7, TODAY)).highest] == [MONDAY + timedelta(days=23)]


def test_a_spread_of_nothing_and_of_one() -> None:
    assert spread([]).mean is None
    one = spread([Fraction(130)])
    assert (one.n, one.mean, one.sd, one.cv, one.arv) == (1, Fraction(130), None, None, None)
    same = spread([Fraction(261, 2)] * 5)
    assert (same.sd, same.cv, same.arv) == (0.0, 0.0, Fraction(0))


def test_means_of_readings_are_exact() -> None:
    vitals = [taken(wall(29, clock), 121 + n, 71) for n, clock in enumerate(("07:00", "07:02", "09:00"))]
    found: Met = met(columns_of(vitals))[0]
    assert found.mean == replace(as_mean(vitals[0].pressure), systolic=Fraction(243, 2))
