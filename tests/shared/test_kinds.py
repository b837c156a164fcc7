"""The table of what can be measured: complete, consistent, and with limits in their order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shared.kinds import ALL_STREAMS, KINDS, REPORTED, SLEEP_STAGES, STREAMS, Kind, Limits, Summing

ROWS = {
    "blood_pressure", "heart_rate", "weight", "height", "body_temperature", "spo2", "blood_glucose",
    "respiratory_rate", "body_fat", "waist", "bmi", "muscle_mass", "skeletal_muscle", "visceral_fat",
    "basal_metabolism", "body_water", "bone_mass", "body_age", "vo2_max",
}  # fmt: skip
DEVICES = {
    "heart_rate", "resting_heart_rate", "hrv", "hrv_rmssd", "beats", "steps", "distance", "active_energy",
    "basal_energy", "exercise_minutes", "floors", "stand_hours", "sleep", "spo2", "respiratory_rate",
    "skin_temperature", "blood_glucose",
}  # fmt: skip


def test_the_kinds_of_the_first_issue_are_there() -> None:
    assert KINDS.keys() == ROWS
    assert STREAMS.keys() == DEVICES


def test_names_are_their_keys_and_every_thing_has_a_label() -> None:
    assert all(name == kind.name and kind.label and kind.measures for name, kind in KINDS.items())
    assert all(name == stream.name and stream.label and stream.unit for name, stream in STREAMS.items())


def test_a_blood_pressure_has_three_numbers_and_the_others_one() -> None:
    assert [m.name for m in KINDS["blood_pressure"].measures] == ["systolic", "diastolic", "pulse"]
    assert all(len(kind.measures) == 1 for kind in KINDS.values() if kind.name != "blood_pressure")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_measure_has_limits_in_their_order(kind: Kind) -> None:
    for measure in kind.measures:
        limits = measure.limits
        bounds = [limits.refuse_below, limits.confirm_below, limits.confirm_above, limits.refuse_above]
        assert None not in bounds
        assert bounds == sorted(bound for bound in bounds if bound is not None)


def test_bounds_are_included() -> None:
    limits = Limits(Decimal(40), Decimal(70), Decimal(220), Decimal(300))
    refused = [n for n in (39, 40, 300, 301) if limits.refuses(Decimal(n))]
    asked = [n for n in (69, 70, 220, 221) if limits.asks(Decimal(n))]
    assert (refused, asked) == ([39, 301], [69, 221])


def test_a_missing_bound_does_not_limit() -> None:
    assert not Limits().refuses(Decimal(-1))
    assert not Limits().asks(Decimal(10**9))


def test_totals_are_what_adds_up_and_sleep_has_its_stages() -> None:
    totals = {name for name, stream in STREAMS.items() if stream.summing is Summing.TOTAL}
    assert totals == {
        "steps", "distance", "active_energy", "basal_energy", "exercise_minutes", "floors", "stand_hours"
    }  # fmt: skip
    assert {name.removesuffix("_reported") for name in REPORTED} == totals
    assert all(stream.summing is Summing.REPORTED for stream in REPORTED.values())
    assert {**STREAMS, **REPORTED} == ALL_STREAMS
    assert STREAMS["sleep"].summing is Summing.STAGES
    assert [stage.value for stage in SLEEP_STAGES] == ["in_bed", "asleep", "awake", "light", "deep", "rem"]
