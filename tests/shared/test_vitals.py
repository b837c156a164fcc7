"""What makes a measurement acceptable: refused, asked about, or taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock, vitals
from shared.ids import new_id
from shared.kinds import KINDS
from shared.problems import AskFirst, Invalid
from shared.vitals import BloodPressure, Vital

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def pressure(systolic: object = 128, diastolic: object = 78, pulse: object = 66) -> Vital:
    numbers = [None if n is None else Decimal(str(n)) for n in (systolic, diastolic, pulse)]
    assert numbers[0] is not None
    assert numbers[1] is not None
    reading = BloodPressure(numbers[0], numbers[1], numbers[2])
    return Vital(new_id(), "blood_pressure", NOW - timedelta(hours=1), 540, reading)


def single(kind: str, value: str) -> Vital:
    return Vital(new_id(), kind, NOW - timedelta(hours=1), 540, Decimal(value))


def codes(vital: Vital) -> list[str]:
    return [problem.code for problem in vitals.problems(vital, now=NOW)]


@pytest.mark.parametrize(
    ("vital", "expected"),
    [
        (pressure(), []),
        (pressure(pulse=None), []),
        (pressure(39), ["value_impossible", "systolic_not_above_diastolic"]),
        (pressure(301), ["value_impossible"]),
        (pressure(300), ["value_improbable"]),
        (pressure(221), ["value_improbable"]),
        (pressure(220), []),
        (pressure(78, 78), ["systolic_not_above_diastolic"]),
        (pressure("128.5"), ["too_many_decimals"]),
        (pressure(pulse="nan"), ["not_a_number"]),
        (pressure(pulse=151), ["value_improbable"]),
        (single("weight", "52.4"), []),
        (single("weight", "52.45"), ["too_many_decimals"]),
        (single("body_temperature", "43.1"), ["value_impossible"]),
        (single("body_temperature", "40.1"), ["value_improbable"]),
        (single("spo2", "101"), ["value_impossible"]),
    ],
)
def test_numbers(vital: Vital, expected: list[str]) -> None:
    assert codes(vital) == expected


def test_what_cannot_be_comes_before_what_is_asked() -> None:
    future = replace(pressure(39, 30), taken_at=NOW + timedelta(days=1))
    found = vitals.problems(future, now=NOW)
    assert [type(problem) for problem in found] == [Invalid, AskFirst, AskFirst]


@pytest.mark.parametrize(
    ("taken_at", "expected"),
    [
        (NOW, []),
        (NOW + timedelta(minutes=5), []),
        (NOW + timedelta(minutes=5, milliseconds=1), ["time_in_future"]),
        (datetime(1901, 1, 1, tzinfo=UTC), []),
        (datetime(1900, 12, 31, 23, 59, tzinfo=UTC), ["time_impossible"]),
        (datetime(2026, 11, 22), ["time_without_zone"]),  # noqa: DTZ001
    ],
)
def test_times(taken_at: datetime, expected: list[str]) -> None:
    assert codes(replace(pressure(), taken_at=taken_at)) == expected


@pytest.mark.parametrize(("offset", "fine"), [(840, True), (841, False), (-840, True), (-841, False)])
def test_no_place_is_more_than_14_hours_away(offset: int, fine: bool) -> None:
    assert (codes(replace(pressure(), offset_min=offset)) == []) is fine


def test_her_yes_lets_the_improbable_through_and_never_the_impossible() -> None:
    vitals.check(pressure(221), confirmed=True, now=NOW)
    with pytest.raises(AskFirst) as asked:
        vitals.check(pressure(221), now=NOW)
    assert (asked.value.code, asked.value.field) == ("value_improbable", "systolic")
    with pytest.raises(Invalid):
        vitals.check(pressure(301), confirmed=True, now=NOW)


def test_now_is_the_clock_when_nothing_is_said() -> None:
    with clock.held(NOW - timedelta(hours=2)), pytest.raises(AskFirst):
        vitals.check(pressure())


@pytest.mark.parametrize(
    ("kind", "reading", "code"),
    [
        ("mood", Decimal(3), "unknown_kind"),
        ("weight", BloodPressure(Decimal(120), Decimal(80)), "invalid_fields"),
        ("blood_pressure", Decimal(120), "invalid_fields"),
    ],
)
def test_kind_and_reading_belong_together(kind: str, reading: Decimal | BloodPressure, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        vitals.check(Vital(new_id(), kind, NOW, 540, reading), now=NOW)
    assert refused.value.code == code


def test_asking_for_the_wrong_sort_of_reading_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        _ = pressure().value
    with pytest.raises(TypeError):
        _ = single("weight", "52").pressure
    assert single("weight", "52").value == 52
    assert pressure().pressure.systolic == 128


@given(st.sampled_from(sorted(KINDS.keys() - {"blood_pressure"})), st.decimals(-50, 1200, places=1))
def test_exactly_one_of_three_for_every_single_number(kind: str, value: Decimal) -> None:
    limits, decimals = KINDS[kind].measure.limits, KINDS[kind].measure.decimals
    bounds = (limits.refuse_below, limits.confirm_below, limits.confirm_above, limits.refuse_above)
    lowest, low, high, highest = (bound or Decimal(0) for bound in bounds)
    found = codes(single(kind, str(value)))
    if not lowest <= value <= highest:
        assert found == ["value_impossible"]
    elif decimals == 0 and value % 1:
        assert found == ["too_many_decimals"]
    else:
        assert found == ([] if low <= value <= high else ["value_improbable"])
