"""Withings exports: the zip of tables and tracks, and the tables that can be known alone."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock
from shared.formats import Answers, Question, withings
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.problems import Unreadable
from shared.vitals import BloodPressure
from shared.workouts import Activity
from tests.shared.formats.read_files import codes, expected, in_full, ours, pieces, readings, refusal, words

OF = "withings"
BP = "Date,Herzfrequenz,Systole,Diastole,Kommentare\n"
WEIGHT = (
    'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)","Hydration (kg)",Comments\n'
    '"2026-11-18 07:02:00",52.00,15.60,2.10,34.20,26.00,\n'
)
STEPS = (
    'start,duration,value\n2026-11-18T08:00:00+09:00,"[60,60]","[6,5]"\n2026-11-18T08:10:00+09:00,[60],[12]\n'
)


def export(**members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(f"data_HAN_1/{name.replace('__', '-')}.csv", text)
    return made.getvalue()


def ms(text: str) -> int:
    return clock.to_ms(datetime.fromisoformat(text))


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    assert in_full(OF, path.read_bytes()) == expected(path)


def test_a_pulse_alone_is_no_blood_pressure() -> None:
    content = (BP + '"2026-11-18 07:00:00",66,134,84,"nach Kaffee"\n2026-11-17 07:00:00,71,,,\n').encode()
    assert withings.recognises(content, "x")
    first, second = words(pieces(OF, content))
    assert first.reading == BloodPressure(Decimal(134), Decimal(84), Decimal(66))
    assert (first.note, first.offset_min) == ("nach Kaffee", 540)
    assert (second.kind, second.reading) == ("heart_rate", Decimal(71))


def test_fat_and_water_are_kept_as_shares() -> None:
    found = {word.kind: str(word.reading) for word in words(pieces(OF, WEIGHT.encode()))}
    assert found == {
        "weight": "52.0", "body_fat": "30.0", "bone_mass": "2.1", "muscle_mass": "34.2", "body_water": "50.0",
    }  # fmt: skip


def test_pounds_and_metres_by_the_header() -> None:
    pounds = WEIGHT.replace("(kg)", "(lb)").encode()
    assert words(pieces(OF, pounds))[0].reading == Decimal("23.6")
    height = 'Datum,"Größe (m)",Kommentare\n2026-11-18 07:02:00,1.52,\n'.encode()
    assert words(pieces(OF, height))[0].reading == Decimal("152.0")


def test_wall_times_ask_for_their_zone_before_anything_is_given() -> None:
    with pytest.raises(Question) as asked:
        list(withings.read(io.BytesIO(export(weight=WEIGHT, raw_tracker_steps=STEPS)), Answers()))
    assert (asked.value.of, asked.value.facts["samples"]) == (OF, ["2026-11-18 07:02:00"])


def test_tracks_alone_never_ask() -> None:
    found = list(withings.read(io.BytesIO(export(raw_tracker_steps=STEPS)), Answers()))
    start = ms("2026-11-18T08:00:00+09:00")
    assert readings(found, "steps") == [
        (start, start + 60_000, 6.0),
        (start + 60_000, start + 120_000, 5.0),
        (start + 600_000, start + 660_000, 12.0),
    ]


def test_a_track_alone_cannot_be_known() -> None:
    assert withings.recognises(STEPS.encode(), "raw_tracker_steps.csv")
    with pytest.raises(Unreadable) as refused:
        pieces(OF, STEPS.encode())
    assert refused.value.code == "withings_whole"


def test_what_the_days_came_to_stays_beside_the_tracks() -> None:
    found = pieces(OF, export(raw_tracker_steps=STEPS, aggregates_steps="date,value\n2026-11-18,1200\n"))
    day = ms("2026-11-18T00:00:00+09:00")
    assert readings(found, "steps_reported") == [(day, day + 86_400_000, 1200.0)]
    assert len(readings(found, "steps")) == 3


def test_states_of_sleep() -> None:
    track = 'start,duration,value\n2026-11-18T23:00:00+09:00,"[60,60,120,60]","[0,1,2,3]"\n'
    found = readings(pieces(OF, export(raw_tracker_sleep__state=track)), "sleep")
    assert [SLEEP_STAGES[int(value)] for *_, value in found] == [
        SleepStage.AWAKE, SleepStage.LIGHT, SleepStage.DEEP, SleepStage.REM,
    ]  # fmt: skip


def test_an_activity_has_the_offset_of_its_own_zone() -> None:
    row = (
        "from,to,from (manual),to (manual),Timezone,Activity type,Data,GPS,Modified\n"
        "2026-07-01T08:00:00+02:00,2026-07-01T08:30:00+02:00,,,Europe/Berlin,Walking,"
        '"{""calories"":88,""distance"":2100.5,""steps"":3000,""hr_average"":97,""hr_max"":120}",,\n'
    )
    (workout,) = words(pieces(OF, export(activities=row)))
    assert (workout.activity, workout.offset_min, workout.steps) == (Activity.WALKING, 120, 3000)
    assert (workout.distance_m, workout.energy_kcal) == (Decimal("2100.5"), Decimal(88))


def test_one_bad_row_costs_no_other() -> None:
    rows = WEIGHT + "yesterday,52\n" + '"2026-11-19 07:02:00",abc,,,,,\n"2026-11-20 07:02:00",51.9,,,,,\n'
    track = (
        STEPS
        + "nonsense\n"
        + '2026-11-18T09:00:00+09:00,"[60,60]","[6]"\n2026-11-18T09:10:00+09:00,[60],[9]\n'
    )
    found = pieces(OF, export(weight=rows, raw_tracker_steps=track, raw_tracker_elevation=STEPS))
    assert [str(word.reading) for word in words(found) if word.kind == "weight"] == ["52.0", "51.9"]
    assert [value for *_, value in readings(found, "steps")] == [6, 5, 12, 9]
    assert sorted(codes(found)) == [
        "not_a_number", "table_broken", "table_broken", "time_impossible", "type_not_yet",
    ]  # fmt: skip


def test_rows_in_blocks_equal_rows_one_by_one() -> None:
    rows = [f"2026-11-18T{at // 60 % 24:02}:{at % 60:02}:00+09:00,[60],[{at % 90}]\n" for at in range(40_000)]
    whole = readings(pieces(OF, export(raw_hr_hr="start,duration,value\n" + "".join(rows))), "heart_rate")
    spoiled = readings(
        pieces(
            OF,
            export(
                raw_hr_hr="start,duration,value\n" + "x\n".join(["", *rows[:30_000]]) + "".join(rows[30_000:])
            ),
        ),
        "heart_rate",
    )
    assert len(whole) == 40_000
    assert whole == spoiled


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.integers(0, len(STEPS)))
def test_any_track_is_read_or_told(noise: str, place: int) -> None:
    text = (STEPS[:place] + noise + STEPS[place:]).replace("\x00", "")
    for members in ({"raw_tracker_steps": text}, {"weight": WEIGHT + noise.replace("\x00", "")}):
        assert refusal(OF, export(**members)) == ""


def test_a_cut_zip_is_refused() -> None:
    content = export(weight=WEIGHT, raw_tracker_steps=STEPS)
    for cut in (10, len(content) // 2, len(content) - 5):
        with pytest.raises(Unreadable):
            pieces(OF, content[:cut])
