"""Data points of Open mHealth and IEEE 1752.1, one by one and in files."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.formats import open_mhealth
from shared.kinds import SLEEP_STAGES, Meal, SleepStage
from shared.problems import Unreadable
from shared.vitals import BloodPressure, MeasuringStatus
from shared.workouts import Activity
from tests.shared.formats.read_files import codes, expected, in_full, ours, pieces, readings, refusal, words

OF = "open_mhealth"
NOON = "2026-11-18T12:00:00+09:00"
MOMENT = {"date_time": NOON}


def q(value: object, unit: str) -> dict[str, object]:
    return {"value": value, "unit": unit}


def point(schema: str, frame: object = MOMENT, modality: str = "sensed", **body: Any) -> dict[str, Any]:
    header = {
        "id": "1",
        "creation_date_time": NOON,
        "schema_id": {"namespace": "omh", "name": schema, "version": "3.0"},
        "acquisition_provenance": {"source_name": "Band", "modality": modality},
        "user_id": "hanako",
    }
    return {"header": header, "body": {"effective_time_frame": frame, **body}}


def until(minutes: int, start: str = NOON) -> dict[str, object]:
    return {"time_interval": {"start_date_time": start, "duration": q(minutes, "min")}}


def read(*points: object) -> list[Any]:
    return pieces(OF, json.dumps(points).encode())


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    content = path.read_bytes()
    assert open_mhealth.recognises(content[:4096], "x")
    assert in_full(OF, content) == expected(path)


def test_a_mean_of_blood_pressures_says_so() -> None:
    body: dict[str, Any] = {
        "systolic_blood_pressure": q(128, "mmHg"),
        "diastolic_blood_pressure": q(82, "mmHg"),
    }
    plain, mean = words(
        read(
            point("blood-pressure", **body), point("blood-pressure", **body, descriptive_statistic="average")
        )
    )
    assert plain.reading == BloodPressure(Decimal(128), Decimal(82))
    assert (plain.status, mean.status) == (frozenset(), {MeasuringStatus.AVERAGED})


def test_units_are_turned_into_ours() -> None:
    found = words(
        read(
            point("body-weight", body_weight=q(61_250, "g")),
            point("body-temperature", body_temperature=q(98.6, "F")),
            point("body-height", body_height=q(60, "in")),
            point("blood-glucose", blood_glucose=q(5.5, "mmol/L"), temporal_relationship_to_meal="fasting"),
        )
    )
    assert [str(word.reading) for word in found] == ["61.2", "37.0", "152.4", "99"]
    assert found[3].meal is Meal.FASTING


def test_what_a_person_says_is_a_row_and_what_a_device_says_a_reading() -> None:
    found = read(
        point("oxygen-saturation", oxygen_saturation=q(97, "%")),
        point("oxygen-saturation", modality="self-reported", oxygen_saturation=q(0.97, "%")),
        point("blood-glucose", blood_glucose=q(104, "mg/dL"), specimen_source="interstitial fluid"),
    )
    assert [str(word.reading) for word in words(found)] == ["97"]
    assert [value for *_, value in readings(found, "spo2")] == [97]
    assert [value for *_, value in readings(found, "blood_glucose")] == [104]


def test_the_offset_is_that_of_the_time_or_of_her_zone() -> None:
    times = ("2026-11-18T12:00:00-05:00", "2026-11-18T12:00:00Z")
    found = words(read(*(point("body-weight", {"date_time": at}, body_weight=q(60, "kg")) for at in times)))
    assert [word.offset_min for word in found] == [-300, 540]


def test_a_night_is_sleep_only_where_it_was_slept_through() -> None:
    found = read(
        point("sleep-duration", until(400), sleep_duration=q(400, "min")),
        point("sleep-duration", until(400), sleep_duration=q(300, "min")),
        point("sleep-episode", until(480), number_of_awakenings=2),
    )
    stages = [SLEEP_STAGES[int(value)] for *_, value in readings(found, "sleep")]
    assert stages == [SleepStage.ASLEEP, SleepStage.IN_BED]
    assert codes(found) == ["sleep_sum"]


def test_an_activity_is_a_workout() -> None:
    (workout,) = words(
        read(
            point(
                "physical-activity",
                until(30),
                activity_name="Nordic walking",
                distance=q(2.1, "km"),
                kcal_burned=q(90, "kcal"),
            )
        )
    )
    assert (workout.activity, workout.named, workout.distance_m) == (
        Activity.WALKING,
        "Nordic walking",
        Decimal(2100),
    )


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (point("heart-rate", {"date_time": "2026-11-18T12:00:00"}, heart_rate=q(60, "beats/min")), "time_without_zone"),
        (point("heart-rate", {"date_time": "2026-11-18"}, heart_rate=q(60, "beats/min")), "time_impossible"),
        (point("heart-rate", {"date_time": "2026-02-30T12:00:00Z"}, heart_rate=q(60, "beats/min")), "time_impossible"),
        (point("heart-rate", None, heart_rate=q(60, "beats/min")), "moment_missing"),
        (point("heart-rate", {"time_interval": {"date": "2026-11-18", "part_of_day": "morning"}}), "moment_missing"),
        (point("step-count", step_count=q(60, "steps")), "moment_missing"),
        (point("heart-rate", heart_rate=q(60, "parsec")), "unit_unknown"),
        (point("heart-rate", heart_rate=q("60", "beats/min")), "not_a_number"),
        (point("heart-rate", heart_rate=q(10**40, "beats/min")), "not_a_number"),
        (point("heart-rate", heart_rate=None), "not_a_number"),
        (point("heart-rate", heart_rate=q(60, "beats/min"), descriptive_statistic="minimum"), "statistic_not_kept"),
        (point("body-weight", body_weight=q(60, "kg"), descriptive_statistic="average"), "statistic_not_kept"),
        (point("body-weight", body_weight=q(6000, "kg")), "value_impossible"),
        (point("step-count", until(-5), step_count=q(60, "steps")), "not_a_number"),
        (point("light", light=1), "type_not_yet"),
        (point("heart-rate", {"date_time": "1970-01-01T00:00:00Z"}, heart_rate=q(60, "beats/min")), "time_impossible"),
        (point("body-temperature", body_temperature=q(36, "C"), measurement_location="kidney"), "temperature_site"),
        (point("body-temperature", body_temperature=q(36, "C"), measurement_location=[1]), "temperature_site"),
        (point("body-temperature", body_temperature=q("x", "C"), measurement_location="wrist"), "not_a_number"),
        ({"header": {}, "body": {}}, "point_shape"),
        ({"body": {}}, "point_shape"),
        (7, "file_part_broken"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_by_name_and_costs_no_other(bad: object, code: str) -> None:
    good = point("heart-rate", heart_rate=q(60, "beats/min"))
    found = read(good, bad, good)
    assert len(readings(found, "heart_rate")) == 2
    assert codes(found) == [code]


@pytest.mark.parametrize("where", ["wrist", "finger", "toe", "skin", "chest"])
@pytest.mark.parametrize("modality", ["sensed", "self-reported"])
def test_the_temperature_of_the_skin_is_no_body_temperature(where: str, modality: str) -> None:
    fahrenheit = q(91.4, "F")
    found = read(
        point("body-temperature", modality=modality, body_temperature=fahrenheit, measurement_location=where)
    )
    assert [value for _, _, value in readings(found, "skin_temperature")] == [pytest.approx(33.0)]
    assert not words(found)
    assert codes(found) == []


@pytest.mark.parametrize(
    "where", ["axillary", "forehead", "oral", "rectal", "temporal artery", "tympanic", "vagina", "otic", ""]
)
def test_the_places_of_a_body_temperature(where: str) -> None:
    (vital,) = words(
        read(point("body-temperature", body_temperature=q(36.4, "C"), measurement_location=where))
    )
    assert (vital.kind, vital.reading) == ("body_temperature", Decimal("36.4"))


def test_points_of_a_second_person_are_not_taken() -> None:
    other = point("heart-rate", heart_rate=q(60, "beats/min"))
    other["header"]["user_id"] = "taro"
    found = read(point("heart-rate", heart_rate=q(61, "beats/min")), other)
    assert [value for *_, value in readings(found, "heart_rate")] == [61]
    assert codes(found) == ["file_other_person"]


def test_a_broken_line_costs_no_other() -> None:
    good = json.dumps(point("heart-rate", heart_rate=q(60, "beats/min")))
    found = pieces(OF, f"{good}\n{good[:-7]}\n{good}\n".encode())
    assert len(readings(found, "heart_rate")) == 2
    assert codes(found) == ["file_part_broken"]


@pytest.mark.parametrize("cut", [1, 20, 300])
def test_a_cut_list_is_refused(cut: int) -> None:
    content = json.dumps([point("heart-rate", heart_rate=q(60, "beats/min"))] * 3).encode()
    with pytest.raises(Unreadable) as refused:
        pieces(OF, content[:-cut])
    assert refused.value.code in ("file_cut_short", "file_broken")


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["value", "unit", "date_time", "time_interval", "start_date_time", "duration"]),
                        inner, max_size=4), max_leaves=12),
       st.sampled_from(["heart-rate", "blood-pressure", "sleep-duration", "physical-activity", "blood-glucose"]),
       st.sampled_from(["effective_time_frame", "heart_rate", "systolic_blood_pressure", "sleep_duration", "distance",
                        "activity_name", "descriptive_statistic", "blood_glucose"]))  # fmt: skip
def test_any_body_is_read_or_told(odd: object, schema: str, place: str) -> None:
    one = point(schema, until(30), heart_rate=q(60, "beats/min"))
    one["body"][place] = odd
    assert refusal(OF, json.dumps([one]).encode()) in {"", "file_broken"}  # NaN and infinities are no JSON
