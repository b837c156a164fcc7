"""Workouts and electrocardiograms as JSON: exact there and back, and what cannot be is refused by name."""

from __future__ import annotations

import base64
import zlib
from array import array
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.electrocardiograms import Classified, Electrocardiogram
from shared.electrocardiograms_schema import (
    MOST_SAMPLES,
    electrocardiogram_from,
    electrocardiogram_members,
    samples_text,
)
from shared.ids import new_id
from shared.problems import Invalid
from shared.workouts import Activity, Workout
from shared.workouts_schema import workout_from, workout_members

WHEN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
WALK = Workout(new_id(), Activity.WALKING, WHEN, WHEN + timedelta(minutes=42), 540)


def recording(samples: list[int]) -> Electrocardiogram:
    return Electrocardiogram(
        new_id(), WHEN, 540, Classified.SINUS_RHYTHM, Decimal("511.9"), array("i", samples)
    )


def test_a_workout_comes_back_as_it_was() -> None:
    whole = Workout(
        new_id(), Activity.GYMNASTICS, WHEN, WHEN + timedelta(minutes=10), -600, "ラジオ体操", 580, Decimal("12.5"),
        Decimal(31), 900, 88, 110, "Watch", "apple_health",
    )  # fmt: skip
    assert workout_from(workout_members(whole)) == whole
    assert workout_from(workout_members(WALK)) == WALK
    assert workout_members(WALK).keys() == {"id", "activity", "started_at", "ended_at"}
    assert workout_members(whole)["started_at"] == "2026-11-22T20:30:00-10:00"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ended_at", "2026-11-23T15:29:00+09:00"), ("distance_m", "-1"), ("activity", "flying"), ("steps", -5)],
)
def test_a_workout_that_cannot_be_is_refused(name: str, value: object) -> None:
    with pytest.raises(Invalid):
        workout_from({**workout_members(WALK), name: value})


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=200))
def test_samples_come_back_exactly(samples: list[int]) -> None:
    made = recording(samples)
    assert electrocardiogram_from(electrocardiogram_members(made)) == made


def test_a_small_text_that_swells_is_refused() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(MOST_SAMPLES * 4 + 4), 9)).decode()
    short = electrocardiogram_members(recording([1, 2, 3]))
    for text in (bomb, "", "!!", samples_text([1])[:-4], base64.b64encode(zlib.compress(b"abc")).decode()):
        with pytest.raises(Invalid):
            electrocardiogram_from({**short, "nanovolts": text})
