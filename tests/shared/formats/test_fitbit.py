from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.formats import Answers, Ask, Found, Piece, Question, Said, Trouble, fitbit, recognise
from shared.formats.fitbit_left_out import lines_of
from shared.formats.report import as_json, report
from shared.formats.zips import Zip
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital
from shared.workouts import Activity, Workout
from tests.formats_samples import SAMPLES

WEARABLES = Path(__file__).parents[4] / "shared" / "data" / "wearables"
HERE = SAMPLES / "fitbit"
JAPAN = Answers(said=Said(zone="Asia/Tokyo"))
GLOBAL = "Takeout/Fitbit/Global Export Data/"
GOOGLE = "Takeout/Google Health/Physical Activity_GoogleData/"
HEALTH = "Takeout/Google Health/Health Fitness Data_GoogleData/"


def entries(*each: object) -> bytes:
    return json.dumps(each, indent=2).encode()


def beat(when: str, bpm: object, confidence: object = 2) -> dict[str, object]:
    return {"dateTime": when, "value": {"bpm": bpm, "confidence": confidence}}


def rest(day: str, value: float, date: str | None = "") -> dict[str, object]:
    return {
        "dateTime": f"{day} 00:00:00",
        "value": {"date": day if date == "" else date, "value": value, "error": 6.8},
    }


def night(*levels: tuple[str, str, int], kind: str = "stages", short: bool = False) -> dict[str, object]:
    data = [{"dateTime": when, "level": level, "seconds": seconds} for when, level, seconds in levels]
    wakes = [{"dateTime": levels[0][0], "level": "wake", "seconds": 30}] if short else []
    return {
        "logId": 26013218219,
        "dateOfSleep": levels[-1][0][:10],
        "startTime": levels[0][0],
        "type": kind,
        "levels": {"summary": {}, "data": data, "shortData": wakes},
        "mainSleep": True,
    }


def weighing(weight: float, date: str, time: str = "06:58:12", **more: object) -> dict[str, object]:
    return {"logId": 1_794_952_692_000, "weight": weight, "bmi": 22.7, "date": date, "time": time, **more}


def sheet(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def takeout(members: dict[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", level) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name, (2026, 11, 18, 7, 0, 0)), content, level)
    return file.getvalue()


def read(content: bytes, asked: Answers = JAPAN) -> list[Piece]:
    return list(fitbit.read(io.BytesIO(content), asked))


def streams(content: bytes, asked: Answers = JAPAN) -> dict[str, list[tuple[str, str, float, str]]]:
    """By stream: first and last moment (UTC), value, source."""
    from shared import clock

    found: dict[str, list[tuple[str, str, float, str]]] = {}
    for piece in read(content, asked):
        if isinstance(piece, Readings):
            for start, end, value in zip(piece.start, piece.end, piece.value, strict=True):
                moments = [clock.from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S") for ms in (start, end)]
                found.setdefault(piece.stream, []).append((moments[0], moments[1], value, piece.source))
    return found


def values(content: bytes, stream: str) -> list[float]:
    return [row[2] for row in streams(content).get(stream, [])]


def vitals(content: bytes) -> list[Vital]:
    return [p.word for p in read(content) if isinstance(p, Found) and isinstance(p.word, Vital)]


def troubles(content: bytes) -> list[tuple[str, object]]:
    """Code and count of each trouble."""
    told = [p.problem for p in read(content) if isinstance(p, Trouble)]
    return [(p.code, p.words.get("count")) for p in told if isinstance(p, Problem)]


def read_or_refuse(content: bytes) -> None:
    """Read it, or be told why not in words; anything else breaks through."""
    with contextlib.suppress(Problem):
        read(content)


def refused(content: bytes, asked: Answers = JAPAN) -> str:
    with pytest.raises(Unreadable) as raised:
        read(content, asked)
    assert raised.value.message()
    return raised.value.code


HEART = entries(
    beat("11/17/26 22:00:00", 61), beat("11/17/26 22:00:05", 70, 0), beat("11/17/26 22:00:10", 63, 3)
)
HEART_SHEET = sheet(
    "timestamp,beats per minute,data source",
    "2026-11-18T00:00:04Z,65.0,Fitbit Air",
    "2026-11-18T00:00:09Z,62,Fitbit Air",
)


CALORIES = entries(
    {"dateTime": "11/17/26 22:00:00", "value": "0.87"}, {"dateTime": "11/17/26 22:01:00", "value": "1.2"}
)
MINUTES = entries(
    {"dateTime": "11/17/26 00:00:00", "value": "12"}, {"dateTime": "11/18/26 00:00:00", "value": "0"}
)
ENERGY = sheet(
    "timestamp,Kilocalories,data source",
    "2026-11-17T22:00:00Z,3.25,Google Health App",
    "2026-11-17T22:01:00Z,0,Google Health App",
)
LEVELS = sheet("timestamp,light,moderate,very,data source", "2026-11-17T22:00:00Z,0,1,0,Google Health App")
EXERCISES = sheet(
    "exercise_id,exercise_start,exercise_end,utc_offset,activity_name,log_type,tracker_total_calories,"
    "tracker_total_steps,tracker_total_distance_mm,tracker_avg_heart_rate,tracker_peak_heart_rate,"
    "manually_logged_total_steps,manually_logged_total_distance_mm",
    "77,2026-11-17T22:00:00Z,2026-11-17T22:31:00Z,+09:00,Outdoor Walk,TRACKER,150,2903,2100500,94.0,112,0,0",
    "78,2026-11-17T04:00:00Z,2026-11-17T04:30:00Z,+09:00,Swim,MANUAL,90,0,,,0,,500000",
)


def uptake(day: str, value: object) -> dict[str, object]:
    names = ("demographicVO2Max", "demographicVO2MaxError", "filteredDemographicVO2Max")
    return {"dateTime": f"{day} 00:00:00", "value": dict(zip(names, (value, 3.1, 26.9), strict=True))}


def our_samples() -> dict[str, bytes]:
    """What Hanako's Takeout holds; committed in `tests/formats/samples/fitbit`."""
    sleep = entries(
        night(
            ("2026-11-16T23:10:00.000", "light", 1800), ("2026-11-16T23:40:00.000", "deep", 3600), short=True
        )
    )
    steps = entries(
        {"dateTime": "11/17/26 22:00:00", "value": "16"}, {"dateTime": "11/17/26 22:01:00", "value": "0"}
    )
    return {
        "heart_rate-2026-11-17.json": HEART,
        "sleep-2026-11-16.json": sleep,
        "heart_rate_2026-11-18.csv": HEART_SHEET,
        "takeout-20261118T000000Z-001.zip": takeout(
            {
                "Takeout/archive_browser.html": b"<html></html>",
                GLOBAL + "heart_rate-2026-11-17.json": HEART,
                GLOBAL + "steps-2026-11-17.json": steps,
                GLOBAL + "sleep-2026-11-16.json": sleep,
                GLOBAL + "weight-2026-11-01.json": entries(weighing(115.4, "11/18/26", source="Aria")),
                GLOBAL + "resting_heart_rate-2026-01-01.json": entries(
                    rest("11/17/26", 58.4), rest("11/18/26", 0.0)
                ),
                GOOGLE + "heart_rate_2026-11-18.csv": HEART_SHEET,
                GOOGLE + "weight.csv": sheet(
                    "timestamp,weight grams,data source", "2026-11-10T22:00:00Z,52350,Fitbit App"
                ),
                GLOBAL + "calories-2026-11-17.json": CALORIES,
                GLOBAL + "demographic_vo2_max-2026-11-17.json": entries(uptake("11/17/26", 27.44)),
                GLOBAL + "very_active_minutes-2026-11-17.json": MINUTES,
                GOOGLE + "active_energy_burned_2026-11-01.csv": ENERGY,
                GOOGLE + "active_minutes_2026-11-01.csv": LEVELS,
                HEALTH + "UserExercises_2026-11-01.csv": EXERCISES,
            }
        ),
    }


# The samples


@pytest.mark.parametrize("sample", sorted(HERE.glob("*.expected.json")), ids=lambda path: path.name)
def test_our_own_samples(sample: Path) -> None:
    stem = sample.name.removesuffix("expected.json")
    content = next(p for p in HERE.iterdir() if p.name.startswith(stem) and p != sample).read_bytes()
    assert recognise(content[:4096], "") == "fitbit"
    assert as_json(report("fitbit", iter(read(content)))) == json.loads(sample.read_text("utf-8"))["report"]


def test_the_committed_samples_are_what_is_made_here() -> None:
    for name, content in our_samples().items():
        committed = (HERE / name).read_bytes()
        assert as_json(report("fitbit", iter(read(committed)))) == as_json(
            report("fitbit", iter(read(content)))
        )


@pytest.mark.samples
@pytest.mark.skipif(not WEARABLES.exists(), reason="../shared is not there")
@pytest.mark.parametrize("name", ["heart_rate_2024-10-27.csv", "resting_heart_rate_2026-05-27.csv"])
def test_public_sheets(name: str) -> None:
    folder = WEARABLES / "fitbit_google_csv"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))[name]
    content = (folder / "Physical Activity_GoogleData" / name).read_bytes()
    told: dict[str, Any] = as_json(report("fitbit", iter(read(content, Answers()))))
    ((stream, found),) = told["found"].items()
    assert stream == ("resting_heart_rate" if name.startswith("resting") else "heart_rate")
    assert (found["count"], found["unit"]) == (expected["rows"], "/min")
    assert [found[each] for each in ("min", "max", "first", "last")] == [
        expected[each] for each in ("min", "max", "first", "last")
    ]
    assert told["troubles"] == []


@pytest.mark.samples
@pytest.mark.skipif(not WEARABLES.exists(), reason="../shared is not there")
def test_public_resting_heart_rates() -> None:
    folder = WEARABLES / "fitbit_takeout"
    for name, expected in json.loads((folder / "expected.json").read_text("utf-8")).items():
        content = (folder / name).read_bytes()
        assert recognise(content[:4096], "") == "fitbit"
        told: dict[str, Any] = as_json(report("fitbit", iter(read(content, Answers("Etc/UTC")))))
        found = told["found"]["resting_heart_rate"]
        assert (found["count"], found["min"], found["max"]) == (
            expected["nonzero"],
            expected["min"],
            expected["max"],
        )
        for end in ("first", "last"):
            month, day, year = expected[end][:8].split("/")
            assert found[end] == f"20{year}-{month}-{day}T00:00:00Z"
        assert told["troubles"] == []


# Times: what is UTC and what is a wall clock


def test_heart_rates_steps_and_distances_are_in_utc_and_ask_nothing() -> None:
    assert streams(HEART, Answers())["heart_rate"][0] == (
        "2026-11-17T22:00:00",
        "2026-11-17T22:00:00",
        61,
        "Fitbit",
    )
    content = takeout(
        {
            GLOBAL + "steps-2026-11-17.json": entries({"dateTime": "11/17/26 15:00:00", "value": "116"}),
            GLOBAL + "distance-2026-11-17.json": entries({"dateTime": "11/17/26 15:00:00", "value": "8240"}),
        }
    )
    found = streams(content, Answers())
    assert found["steps"] == [("2026-11-17T15:00:00", "2026-11-17T15:00:00", 116, "Fitbit")]
    assert found["distance"][0][2] == pytest.approx(82.4)
    assert troubles(content) == [("reading_unverified", 1)]


@pytest.mark.parametrize(
    "content",
    [entries(night(("2026-11-16T23:10:00.000", "light", 60))), entries(weighing(115.4, "11/18/26"))],
)
def test_sleep_and_weight_ask_for_the_zone_before_anything_is_given(content: bytes) -> None:
    zipped = takeout(
        {GLOBAL + "heart_rate-2026-11-17.json": HEART, GLOBAL + "sleep-2026-11-16.json": content}
    )
    for each in (content, zipped if b"levels" in content else content):
        reading = fitbit.read(io.BytesIO(each), Answers())
        with pytest.raises(Question) as asked:
            next(reading)
        assert (asked.value.ask, asked.value.of) == (Ask.ZONE, "fitbit")
        assert asked.value.facts["samples"]


def test_a_takeout_without_wall_times_asks_nothing() -> None:
    content = takeout({GLOBAL + "heart_rate-2026-11-17.json": HEART, GLOBAL + "sleep-2026-11-16.json": b"[]"})
    assert len(streams(content, Answers())["heart_rate"]) == 2


def test_a_resting_heart_rate_is_of_a_local_day_of_the_person() -> None:
    content = entries(rest("11/17/26", 58.4))
    assert streams(content, Answers())["resting_heart_rate"] == [
        ("2026-11-16T15:00:00", "2026-11-17T15:00:00", 58.4, "Fitbit")
    ]


def test_zeros_and_days_without_a_date_are_placeholders() -> None:
    content = entries(rest("11/17/26", 58.4), rest("11/18/26", 0.0), rest("11/19/26", 0.0, None))
    assert values(content, "resting_heart_rate") == [58.4]
    assert troubles(content) == [("readings_placeholder", 2)]


# Heart rate


def test_what_the_watch_was_not_sure_of_is_left_out_and_told() -> None:
    assert values(HEART, "heart_rate") == [61, 63]
    assert troubles(HEART) == [("readings_unsure", 1)]


def test_a_file_need_not_be_sorted() -> None:
    content = entries(
        beat("04/02/26 15:30:00", 61), beat("04/02/26 13:00:00", 62), beat("04/02/26 14:59:59", 63)
    )
    assert values(content, "heart_rate") == [61, 62, 63]


@pytest.mark.parametrize(
    "odd",
    [
        beat("13/45/26 22:00:00", 61),
        beat("11/17/26 25:00:00", 61),
        beat("2026-11-17", 61),
        beat("11/17/26 22:00:00", "61x"),
        beat("11/17/26 22:00:00", -5),
        beat("11/17/26 22:00:00", None),
        beat("11/17/26 22:00:00", [61]),
        {"dateTime": "11/17/26 22:00:00"},
        {"dateTime": "11/17/26 22:00:00", "value": None},
        {"dateTime": None, "value": {"bpm": 61, "confidence": 2}},
        "text",
        None,
        7,
    ],
)
def test_one_odd_entry_costs_itself(odd: object) -> None:
    content = entries(beat("11/17/26 22:00:00", 61), odd, beat("11/17/26 22:00:10", 63))
    assert values(content, "heart_rate") == [61, 63]
    assert troubles(content) == [("records_odd", 1)]


# Sleep


def test_stages_become_readings_and_short_wakes_are_not_added() -> None:
    content = entries(
        night(
            ("2026-11-16T23:10:00.000", "light", 1800),
            ("2026-11-16T23:40:00.000", "deep", 3600),
            ("2026-11-17T00:40:00.000", "rem", 600),
            ("2026-11-17T00:50:00.000", "wake", 60),
            short=True,
        )
    )
    found = streams(content)["sleep"]
    assert [row[2] for row in found] == [3, 4, 5, 2]
    assert found[0][:2] == ("2026-11-16T14:10:00", "2026-11-16T14:40:00")
    assert found[-1][:2] == ("2026-11-16T15:50:00", "2026-11-16T15:51:00")


def test_the_older_kind_of_sleep() -> None:
    levels = [
        (f"2015-06-15T23:4{n}:00.000", level, 60) for n, level in enumerate(("asleep", "restless", "awake"))
    ]
    assert values(entries(night(*levels, kind="classic")), "sleep") == [1, 2, 2]


def test_a_night_in_which_the_clock_is_set_back_does_not_overlap_itself() -> None:
    # 2026-10-25 in Berlin: 03:00 is 02:00 once more.
    content = entries(
        night(
            ("2026-10-25T01:30:00.000", "light", 3600),
            ("2026-10-25T02:30:00.000", "deep", 3600),
            ("2026-10-25T02:30:00.000", "rem", 1800),
        )
    )
    found = streams(content, Answers(said=Said(zone="Europe/Berlin")))["sleep"]
    assert [row[0] for row in found] == ["2026-10-24T23:30:00", "2026-10-25T00:30:00", "2026-10-25T01:30:00"]


def test_an_unknown_stage_costs_its_night_only() -> None:
    good = night(("2026-11-16T23:10:00.000", "light", 1800))
    content = entries(good, night(("2026-11-17T23:10:00.000", "floating", 1800)), good)
    assert values(content, "sleep") == [3, 3]
    assert troubles(content) == [("records_odd", 1)]


# Weight and exercise


def test_weights_are_pounds_on_the_wall_clock_and_marked_as_unverified() -> None:
    content = entries(weighing(115.4, "11/18/26", fat=31.2))
    assert [(v.kind, str(v.value), v.offset_min) for v in vitals(content)] == [
        ("weight", "52.3", 540),
        ("bmi", "22.7", 540),
        ("body_fat", "31.2", 540),
    ]
    assert vitals(content)[0].taken_at.isoformat() == "2026-11-17T21:58:12+00:00"
    assert troubles(content) == [("reading_unverified", 1)]


def test_a_weight_without_a_time_says_so() -> None:
    assert troubles(entries(weighing(115.4, "11/18/26", "23:59:59"))) == [
        ("reading_unverified", 1),
        ("reading_unverified", 1),
    ]


def test_exercises_become_workouts() -> None:
    walk = {
        "logId": 5,
        "activityName": "Walk",
        "startTime": "11/17/26 22:00:00",
        "duration": 1_860_000,
        "activeDuration": 1_800_000,
        "steps": 2903,
        "averageHeartRate": 94,
        "distance": 2.1,
        "distanceUnit": "Kilometer",
        "calories": 150,
        "source": {"name": "Charge 5"},
    }
    content = entries(walk, {"logId": 6, "activityName": "Kayaking", "startTime": "x", "duration": 1})
    (found,) = [p for p in read(content) if isinstance(p, Found)]
    word = found.word
    assert isinstance(word, Workout)
    assert (word.activity, word.named, word.device) == (Activity.WALKING, "Walk", "Charge 5")
    assert (word.active_s, word.steps, word.heart_rate_mean, str(word.distance_m)) == (
        1800,
        2903,
        94,
        "2100.0",
    )
    assert (word.ended_at - word.started_at).seconds == 1860
    # The calories of the file are of the whole body.
    assert word.energy_kcal is None
    assert found.source_id == "fitbit|exercise|5"
    assert sorted(troubles(content)) == [("energy_of_all", 1), ("records_odd", 1)]


# The newer sheets


RMSSD = "root mean square of successive differences milliseconds"


@pytest.mark.parametrize(
    ("header", "rows", "stream", "found"),
    [
        (
            "timestamp,steps,data source",
            ["2026-11-17T22:00:00.000Z,100,MobileTrack", "2026-11-17T22:00:00Z,90,Fit Health Connect"],
            "steps",
            [("2026-11-17T22:00:00", 100, "MobileTrack"), ("2026-11-17T22:00:00", 90, "Fit Health Connect")],
        ),
        (
            "timestamp,distance,data source",
            ["2026-11-17T22:00:00Z,800.5,App"],
            "distance",
            [("2026-11-17T22:00:00", 800.5, "App")],
        ),
        (
            "timestamp,temperature celsius,data source",
            ["2026-11-17T22:00:00Z,33.1,Air"],
            "skin_temperature",
            [("2026-11-17T22:00:00", 33.1, "Air")],
        ),
        (
            "timestamp,oxygen saturation percentage,data source",
            ["2026-11-17T22:00:00Z,0.97,Air"],
            "spo2",
            [("2026-11-17T22:00:00", 97, "Air")],
        ),
        (
            f"timestamp,{RMSSD},standard deviation milliseconds,data source",
            ["2026-11-17T18:00:00Z,31.5,50,Air"],
            "hrv_rmssd",
            [("2026-11-17T18:00:00", 31.5, "Air")],
        ),
        (
            "timestamp,rmssd,coverage,low_frequency,high_frequency",
            ["2026-11-18T03:00:00,31.5,0.9,1,2"],
            "hrv_rmssd",
            [("2026-11-17T18:00:00", 31.5, "Fitbit")],
        ),
        (
            "timestamp,average percentage,lower bound percentage,upper bound percentage,data source",
            ["2026-11-17T12:00:00Z,95.1,90,98,Air"],
            "spo2",
            [("2026-11-17T12:00:00", 95.1, "Air")],
        ),
        (
            "type,sleep_start,sleep_end,temperature_samples,nightly_temperature",
            ["SKIN,2026-11-17T23:00,2026-11-18T06:00,400,33.4"],
            "skin_temperature",
            [("2026-11-17T14:00:00", 33.4, "Fitbit")],
        ),
    ],
)
def test_sheets(header: str, rows: list[str], stream: str, found: list[tuple[str, float, str]]) -> None:
    content = takeout({f"{GOOGLE}some_2026-11-17.csv": sheet(header, *rows)})
    assert [(row[0], row[2], row[3]) for row in streams(content)[stream]] == found
    assert troubles(content) == []


def test_a_daily_sheet_with_midnight_in_utc_names_the_local_day() -> None:
    content = takeout(
        {
            GOOGLE + "daily_resting_heart_rate.csv": sheet(
                "timestamp,beats per minute,data source",
                "2026-11-17T00:00:00Z,58.2,Fitbit App",
                "2026-11-18T12:00:00Z,59.1,Fitbit App",
            )
        }
    )
    found = streams(content, Answers())["resting_heart_rate"]
    assert [row[:3] for row in found] == [
        ("2026-11-16T15:00:00", "2026-11-17T15:00:00", 58.2),
        ("2026-11-18T12:00:00", "2026-11-18T12:00:00", 59.1),
    ]


def test_weights_in_grams_are_measurements() -> None:
    (weight,) = vitals(
        sheet("timestamp,weight grams,data source", "2026-11-17T22:00:00.000000Z,52350,Fitbit App")
    )
    assert (weight.kind, str(weight.value), weight.offset_min, weight.device) == (
        "weight",
        "52.4",
        540,
        "Fitbit App",
    )


SLEEPS = sheet(
    "sleep_id,sleep_type,start_utc_offset,sleep_start,end_utc_offset,sleep_end,data_source",
    "111,STAGES,+09:00,2026-11-16T14:10:00Z,+09:00,2026-11-16T15:40:00Z,AIR",
    "222,CLASSIC,+09:00,2026-11-17T04:00:00Z,+09:00,2026-11-17T05:00:00Z,AIR",
)
STAGES = sheet(
    "sleep_id,sleep_stage_id,sleep_stage_type,start_utc_offset,sleep_stage_start,end_utc_offset,"
    "sleep_stage_end,data_source",
    "111,0,LIGHT,+09:00,2026-11-16T14:10:00Z,+09:00,2026-11-16T14:40:00Z,AIR",
    "111,1,DEEP,+09:00,2026-11-16T14:40:00Z,+09:00,2026-11-16T15:40:00Z,AIR",
)


def test_sleeps_of_the_newer_sheets_and_the_same_night_as_json() -> None:
    members = {
        HEALTH + "UserSleeps_2026-11-01.csv": SLEEPS,
        HEALTH + "UserSleepStages_2026-11-01.csv": STAGES,
        GLOBAL + "sleep-2026-11-16.json": entries(
            night(("2026-11-16T23:10:00.000", "light", 1800), ("2026-11-16T23:40:00.000", "deep", 3600)),
            night(("2026-11-10T23:10:00.000", "light", 1800)),
        ),
    }
    found = streams(takeout(members))["sleep"]
    assert [(row[0], row[2], row[3]) for row in found] == [
        ("2026-11-16T14:10:00", 3, "AIR"),
        ("2026-11-16T14:40:00", 4, "AIR"),
        ("2026-11-17T04:00:00", 1, "AIR"),
        ("2026-11-10T14:10:00", 3, "Fitbit"),
    ]
    assert troubles(takeout(members)) == [("readings_told_twice", 2)]


def test_the_sheet_wins_where_it_tells_the_same_and_older_days_stay() -> None:
    members = {
        GLOBAL + "heart_rate-2026-11-17.json": HEART,
        GLOBAL + "heart_rate-2026-11-18.json": entries(
            beat("11/18/26 00:00:05", 66), beat("11/18/26 00:00:59", 67), beat("11/17/26 23:59:59", 60)
        ),
        GOOGLE + "heart_rate_2026-11-18.csv": HEART_SHEET,
    }
    content = takeout(members)
    assert sorted(row[2:] for row in streams(content)["heart_rate"]) == [
        (60, "Fitbit"),
        (61, "Fitbit"),
        (62, "Fitbit Air"),
        (63, "Fitbit"),
        (65, "Fitbit Air"),
        (67, "Fitbit"),
    ]
    assert ("readings_told_twice", 1) in troubles(content)


def test_a_resting_heart_rate_and_a_weight_are_not_told_twice() -> None:
    members = {
        GOOGLE + "daily_resting_heart_rate.csv": sheet(
            "timestamp,beats per minute,data source", "2026-11-17T12:00:00Z,58.2,App"
        ),
        GLOBAL + "resting_heart_rate-2026-01-01.json": entries(
            rest("11/17/26", 58.4), rest("11/16/26", 57.0)
        ),
        GOOGLE + "weight.csv": sheet("timestamp,weight grams,data source", "2026-11-17T21:58:12Z,52350,App"),
        GLOBAL + "weight-2026-11-01.json": entries(weighing(115.4, "11/18/26"), weighing(115.4, "11/19/26")),
    }
    content = takeout(members)
    assert values(content, "resting_heart_rate") == [58.2, 57.0]
    assert [v.taken_at.day for v in vitals(content) if v.kind == "weight"] == [17, 18]
    assert [code for code, _ in troubles(content)] == [
        "readings_told_twice",
        "readings_told_twice",
        "reading_unverified",
    ]


def test_other_files_of_a_takeout_are_counted_or_passed_over() -> None:
    content = takeout(
        {
            "Takeout/archive_browser.html": b"<html></html>",
            GLOBAL + "heart_rate-2026-11-17.json": HEART,
            GLOBAL + "calories-2026-11-17.json": entries({"dateTime": "11/17/26 22:00:00", "value": "1.2"}),
            GLOBAL + "calories-2026-12-17.json": entries({"dateTime": "11/17/26 22:00:00", "value": "1.2"}),
            "Takeout/Fitbit/Biometrics/Glucose 202609.csv": b"no data",
            GOOGLE + "live_pace_2026-11-17.csv": sheet(
                "timestamp,steps,data source", "2026-11-17T22:00:00Z,9,x"
            ),
            HEALTH + "UserActivityProbabilities_1.csv": sheet(
                "timestamp,steps,data source", "2026-11-17T22:00:00Z,9,x"
            ),
        }
    )
    assert list(streams(content)) == ["heart_rate"]
    assert sorted(troubles(content)) == [
        ("energy_of_all", 2),
        ("readings_unsure", 1),
        ("type_not_yet", 1),
        ("type_not_yet", 1),
    ]


# What is the same as a word of ours, and what only looks so


def test_active_energy_is_read_and_the_energy_of_the_whole_body_is_told() -> None:
    calories = sheet(
        "timestamp,calories,data source", "2026-11-17T22:00:00Z,1.5,App", "2026-11-17T22:01:00Z,9,App"
    )
    content = takeout(
        {
            GOOGLE + "Active Energy Burned/active_energy_burned_2026-11-01.csv": ENERGY,
            GOOGLE + "Calories/calories_2026-11-01.csv": calories,
            GLOBAL + "calories-2026-11-17.json": CALORIES,
        }
    )
    assert streams(content, Answers()) == {
        "active_energy": [
            ("2026-11-17T22:00:00", "2026-11-17T22:00:00", 3.25, "Google Health App"),
            ("2026-11-17T22:01:00", "2026-11-17T22:01:00", 0, "Google Health App"),
        ]
    }
    assert troubles(content) == [("energy_of_all", 4)]


def test_kilocalories_that_do_not_say_of_what_are_not_taken() -> None:
    assert refused(ENERGY) == "format_unknown"
    assert not fitbit.recognises(ENERGY, "active_energy_burned_2026-11-01.csv")


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        (GLOBAL + "very_active_minutes-2026-11-17.json", MINUTES, 2),
        (GLOBAL + "sedentary_minutes-2026-11-17.json", MINUTES, 2),
        (GOOGLE + "active_minutes_2026-11-01.csv", LEVELS, 1),
        (GOOGLE + "active_minutes_2026-11-01.csv", LEVELS.rstrip(), 1),
        (
            GOOGLE + "active_zone_minutes_2026-11-01.csv",
            sheet(
                "timestamp,heart rate zone,total minutes,data source",
                *["2026-11-17T22:00:00Z,CARDIO,2,Air"] * 3,
            ),
            3,
        ),
        (
            "Takeout/Fitbit/Active Zone Minutes (AZM)/Active Zone Minutes - 2026-11-01.csv",
            sheet("date_time,heart_zone_id,total_minutes", "2026-11-18T07:00,CARDIO,2"),
            1,
        ),
    ],
)
def test_minutes_by_effort_are_counted_and_are_no_minutes_of_exercise(
    name: str, content: bytes, lines: int
) -> None:
    zipped = takeout({name: content, GOOGLE + "heart_rate_2026-11-18.csv": HEART_SHEET})
    assert list(streams(zipped)) == ["heart_rate"]
    assert troubles(zipped) == [("minutes_by_effort", lines)]


def test_how_far_the_skin_was_from_usual_is_no_temperature() -> None:
    deviations = sheet("recorded_time,temperature,sensor_type", "2026-11-18T03:00,-1.2,UNKNOWN")
    name = "Takeout/Fitbit/Temperature/Device Temperature - 2026-11-18.csv"
    zipped = takeout({name: deviations, GOOGLE + "heart_rate_2026-11-18.csv": HEART_SHEET})
    assert list(streams(zipped)) == ["heart_rate"]
    assert troubles(zipped) == [("skin_deviation", 1)]


def test_a_left_out_file_with_nothing_in_it_is_no_trouble() -> None:
    members = {
        GLOBAL + "calories-2026-11-17.json": b"[]",
        GOOGLE + "active_minutes_2026-11-01.csv": sheet("timestamp,light,moderate,very"),
        GOOGLE + "active_minutes_readme.txt": b"Time Series Data Export",
        GOOGLE + "heart_rate_2026-11-18.csv": HEART_SHEET,
    }
    assert troubles(takeout(members)) == []
    # What is no explanation is told, whatever its name ends with.
    assert troubles(takeout({**members, "notes.txt": b"x"})) == [("type_not_yet", 1)]
    for some in (b"a,b\n1,2", b"a,b\r\n\x00\x01,2\r\n", b"a" * 5_000):
        assert troubles(takeout({**members, GOOGLE + "new_things_2026-11-01.csv": some})) == [
            ("type_not_yet", 1)
        ]


@given(st.integers(0, 60_000), st.integers(0, 50), st.sampled_from([b"", b"\n"]))
@example(60_000, 45, b"")
@settings(max_examples=10)
def test_lines_are_counted_whatever_piece_they_come_in(count: int, gap: int, end: bytes) -> None:
    entry, row = b'{"dateTime": "11/17/26 22:00:00", "value": "1.2"}', b"2026-11-17T22:00:00Z,1.5,App"
    members = {
        "a.json": b"[" + b" " * gap + b",".join([entry] * count) + b"]",
        "a.csv": b"\n".join([b"header", *[row] * count]) + end,
    }
    opened = Zip(io.BytesIO(takeout(members)))
    for member in opened.members:
        assert lines_of(opened.open(member), member.name) == count


def test_the_oxygen_uptake_of_a_day_is_a_measurement_of_that_local_day() -> None:
    bare = entries(uptake("11/17/26", 27.44), uptake("11/18/26", 27))
    assert recognise(bare[:4096], "") == "fitbit"
    found = vitals(bare)
    assert [(v.kind, str(v.value), v.taken_at.isoformat(), v.offset_min) for v in found] == [
        ("vo2_max", "27.4", "2026-11-16T15:00:00+00:00", 540),
        ("vo2_max", "27.0", "2026-11-17T15:00:00+00:00", 540),
    ]
    assert troubles(bare) == [("reading_unverified", 2)]


@pytest.mark.parametrize("odd", ["27", None, True, [], {"a": 1}, -3, 1e9, float("nan")])
def test_an_odd_oxygen_uptake_costs_itself(odd: object) -> None:
    content = entries(uptake("11/17/26", odd), uptake("11/18/26", 27.0), {"dateTime": None}, None)
    assert [str(v.value) for v in vitals(content)] == ["27.0"]
    assert [p for p in read(content) if isinstance(p, Trouble)]


def test_the_newer_oxygen_uptake_wins_and_that_of_a_run_has_its_moment() -> None:
    members = {
        GOOGLE + "demographic_vo2max.csv": sheet(
            "timestamp,demographic vo2max", "2026-11-17T00:00:00Z,27.44"
        ),
        GOOGLE + "run_vo2_max.csv": sheet("timestamp,run VO2 max", "2026-11-18T01:30:00Z,31.26"),
        GLOBAL + "demographic_vo2_max-2026-11-17.json": entries(
            uptake("11/17/26", 27.44), uptake("11/16/26", 27.1)
        ),
        # Nobody knows whether its times are UTC.
        GLOBAL + "run_vo2_max-2026-11-17.json": entries(
            {"dateTime": "11/17/26 22:00:00", "value": {"runVO2Max": 31}}
        ),
    }
    content = takeout(members)
    assert sorted((v.taken_at.isoformat()[:16], str(v.value)) for v in vitals(content)) == [
        ("2026-11-15T15:00", "27.1"),
        ("2026-11-16T15:00", "27.4"),
        ("2026-11-18T01:30", "31.3"),
    ]
    assert sorted(troubles(content)) == [
        ("reading_unverified", 2),
        ("readings_told_twice", 1),
        ("type_not_yet", 1),
    ]


def test_an_oxygen_uptake_is_the_same_in_both_ways_of_writing_and_in_every_zone() -> None:
    newer = takeout(
        {
            GOOGLE + "demographic_vo2max.csv": sheet(
                "timestamp,demographic vo2max", "2026-11-17T00:00:00Z,27.44"
            )
        }
    )
    older = takeout({GLOBAL + "demographic_vo2_max-2026-11-17.json": entries(uptake("11/17/26", 27.44))})
    ids = {
        piece.source_id
        for content in (newer, older)
        for zone in ("Asia/Tokyo", "America/Lima")
        for piece in read(content, Answers(zone))
        if isinstance(piece, Found)
    }
    assert ids == {"fitbit|vo2_max|2026-11-17|27.44|Fitbit"}


def test_exercises_of_the_newer_sheet_keep_their_figures() -> None:
    walk, swim = (p.word for p in read(EXERCISES) if isinstance(p, Found))
    assert isinstance(walk, Workout)
    assert isinstance(swim, Workout)
    assert (walk.activity, walk.steps, str(walk.distance_m)) == (Activity.WALKING, 2903, "2100.5")
    assert (walk.heart_rate_mean, walk.heart_rate_max, walk.energy_kcal) == (94, 112, None)
    assert (swim.steps, str(swim.distance_m), swim.heart_rate_mean) == (None, "500.0", None)
    assert troubles(EXERCISES) == [("energy_of_all", 2)]


@pytest.mark.parametrize("odd", ["x", "-5", "9" * 40, "1e400", "inf", "4_0"])
def test_an_exercise_with_an_odd_figure_is_told_and_costs_itself(odd: str) -> None:
    content = EXERCISES.replace(b",2903,", f",{odd},".encode())
    assert len([p for p in read(content) if isinstance(p, Found)]) == 1
    assert [code for code, _ in troubles(content)] == ["records_odd", "energy_of_all"]
    far = EXERCISES.replace(b",2100500,", f",{odd},".encode())
    assert len([p for p in read(far) if isinstance(p, Found)]) == 1


def test_one_odd_row_costs_itself() -> None:
    content = sheet(
        "timestamp,beats per minute,data source",
        "2026-11-18T00:00:04Z,65.0,Air",
        "2026-11-18T00:00:09Z,6_5,Air",
        "2026-11-18T00:00:10Z,inf,Air",
        "2026-11-18T00:00:11Z",
        "yesterday,65,Air",
        "2026-11-18T00:00:12Z,0,Air",
        "2026-11-18T00:00:13Z,62,Air",
    )
    assert values(content, "heart_rate") == [65, 62]
    assert sorted(troubles(content)) == [
        ("readings_placeholder", 1),
        ("records_odd", 1),
        ("records_odd", 1),
        ("records_odd", 2),
    ]


@pytest.mark.parametrize("content", [SLEEPS, STAGES])
def test_a_row_is_short_where_its_header_has_a_name_twice(content: bytes) -> None:
    """Then the last of that name is looked at, and a row may be as long as there are names and still not have it."""
    header, first, last = content.decode().splitlines()
    twice = f"{header},data_source"
    assert values(sheet(twice, first, f"{last},AIR"), "sleep") == values(content, "sleep")[1:]
    assert troubles(sheet(twice, first, f"{last},AIR")) == [("records_odd", 1)]


# Bad input


def test_truncated_broken_and_empty_files() -> None:
    assert refused(b"") == "file_empty"
    for length in range(len(HEART) - 200, len(HEART) - 1, 7):
        assert refused(HEART[:length]) == "file_broken"
    zipped = our_samples()["takeout-20261118T000000Z-001.zip"]
    assert refused(zipped[:-30]) == "zip_refused"
    assert refused(b'[{"dateTime": "11/17/26 22:00:00", "value": "116"}]') == "fitbit_number_unnamed"
    assert refused(b"[" * 200_000) == "file_broken"
    assert refused(b"[" + b"9" * 5_000 + b"]") in ("file_broken", "fitbit_number_unnamed")
    assert refused(b'{"dateTime": 1}') == "format_unknown"
    assert refused(takeout({"Takeout/Fitbit/Your Profile/x.csv": b"a,b\n1,2\n"})) == "zip_refused"


def test_a_broken_file_in_the_zip_costs_itself_and_a_damaged_zip_the_whole() -> None:
    members = {GLOBAL + "heart_rate-2026-11-16.json": b"[{", GLOBAL + "heart_rate-2026-11-17.json": HEART}
    assert values(takeout(members), "heart_rate") == [61, 63]
    assert ("records_odd", 1) in troubles(takeout(members))
    damaged = takeout(members, zipfile.ZIP_STORED).replace(b'"bpm": 63', b'"bpm": 36')
    assert refused(damaged) == "zip_refused"


def test_a_file_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitbit, "MOST_BYTES", 10)
    members = {
        GLOBAL + "heart_rate-2026-11-17.json": HEART,
        GOOGLE + "heart_rate_2026-11-18.csv": HEART_SHEET,
    }
    assert values(takeout(members), "heart_rate") == [65, 62]


def test_flipped_bits_are_refused_or_told_but_never_a_trace() -> None:
    samples = our_samples()
    for name in ("heart_rate-2026-11-17.json", "sleep-2026-11-16.json", "heart_rate_2026-11-18.csv"):
        content = bytearray(samples[name])
        for at in range(len(content)):
            content[at] ^= 0x15
            read_or_refuse(bytes(content))
            content[at] ^= 0x15


# Recognition


def test_recognises_by_content() -> None:
    for name, content in our_samples().items():
        assert recognise(content[:4096], "file") == "fitbit", name
    for content in (SLEEPS, STAGES, entries(weighing(115.4, "11/18/26")), entries(rest("11/17/26", 58.4))):
        assert recognise(content[:4096], "file") == "fitbit"
    only_takeout = takeout({"Takeout/archive_browser.html": b"x" * 10_000}, zipfile.ZIP_STORED)[:4096]
    assert fitbit.recognises(only_takeout, "takeout-20261118T000000Z-001.zip")
    assert not fitbit.recognises(only_takeout, "photos.zip")
    for head in (
        b"timestamp,steps\n2026-11-18,5\n",
        b"[]",
        b'[{"logId": 1}]',
        b"\xff\xfe[",
        b"PK\x03\x04",
        b'[{"dateTime":',
    ):
        assert not fitbit.recognises(head, "takeout-fitbit.zip")
