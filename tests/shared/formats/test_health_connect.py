from __future__ import annotations

import contextlib
import io
import json
import resource
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.formats import Answers, Found, Piece, Trouble, health_connect, recognise
from shared.formats.report import as_json, report
from shared.kinds import Meal
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital
from shared.workouts import Activity, Workout
from tests.formats_samples import SAMPLES

THEIRS = Path(__file__).parents[4] / "shared" / "data" / "wearables" / "health_connect"
HERE = SAMPLES / "health_connect"

# 2026-11-18T07:00+09:00
AT = 1_794_952_800_000
JAPAN, HAWAII = 32_400, -36_000
_COMMON = (
    "row_id INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB NOT NULL UNIQUE, last_modified_time INTEGER,"
    " client_record_id TEXT, client_record_version TEXT, device_info_id INTEGER, app_info_id INTEGER,"
    " recording_method INTEGER, dedupe_hash BLOB UNIQUE,"
)
_INSTANT = (
    "time INTEGER, zone_offset INTEGER, local_date INTEGER,"
    " local_date_time INTEGER AS (time + 1000 * zone_offset)"
)
_SPAN = "start_time INTEGER, start_zone_offset INTEGER, end_time INTEGER, end_zone_offset INTEGER, local_date INTEGER"
TABLES = {
    "weight_record_table": f"{_COMMON} weight REAL, {_INSTANT}",
    "height_record_table": f"{_COMMON} height REAL, {_INSTANT}",
    "body_fat_record_table": f"{_COMMON} percentage REAL, {_INSTANT}",
    "body_temperature_record_table": f"{_COMMON} temperature REAL, measurement_location INTEGER, {_INSTANT}",
    "blood_pressure_record_table": f"{_COMMON} systolic REAL, diastolic REAL, body_position TEXT, {_INSTANT}",
    "blood_glucose_record_table": f"{_COMMON} level REAL, relation_to_meal TEXT, meal_type TEXT, {_INSTANT}",
    "oxygen_saturation_record_table": f"{_COMMON} percentage REAL, {_INSTANT}",
    "resting_heart_rate_record_table": f"{_COMMON} beats_per_minute INTEGER, {_INSTANT}",
    "heart_rate_variability_rmssd_record_table": f"{_COMMON} heart_rate_variability_millis REAL, {_INSTANT}",
    "vo2_max_record_table": (
        f"{_COMMON} measurement_method INTEGER, vo2_milliliters_per_minute_kilogram REAL, {_INSTANT}"
    ),
    "basal_metabolic_rate_record_table": f"{_COMMON} basal_metabolic_rate REAL, {_INSTANT}",
    "hydration_record_table": f"{_COMMON} volume REAL, {_SPAN}",
    "total_calories_burned_record_table": f"{_COMMON} energy REAL, {_SPAN}",
    "activity_intensity_record_table": f"{_COMMON} type INTEGER, {_SPAN}",
    "skin_temperature_record_table": f"{_COMMON} measurement_location INTEGER NOT NULL, baseline REAL, {_SPAN}",
    "skin_temperature_delta_table": "parent_key INTEGER, delta REAL NOT NULL, epoch_millis INTEGER NOT NULL",
    "SpeedRecordTable": f"{_COMMON} {_SPAN}",
    "speed_record_table": "parent_key INTEGER, speed REAL, epoch_millis INTEGER",
    "exercise_laps_table": "parent_key INTEGER, lap_start_time INTEGER, lap_end_time INTEGER, lap_length REAL",
    "access_logs_table": "row_id INTEGER PRIMARY KEY, app_id INTEGER, access_time INTEGER",
    "steps_record_table": f"{_COMMON} count INTEGER, {_SPAN}",
    "distance_record_table": f"{_COMMON} distance REAL, {_SPAN}",
    "active_calories_burned_record_table": f"{_COMMON} energy REAL, {_SPAN}",
    "heart_rate_record_table": f"{_COMMON} {_SPAN}",
    "sleep_session_record_table": f"{_COMMON} notes TEXT, title TEXT, {_SPAN}",
    "exercise_session_record_table": f"{_COMMON} exercise_type INTEGER, title TEXT, has_route INTEGER, {_SPAN}",
    "heart_rate_record_series_table": "parent_key INTEGER, beats_per_minute INTEGER, epoch_millis INTEGER",
    "sleep_stages_table": (
        "parent_key INTEGER NOT NULL, stage_start_time INTEGER, stage_end_time INTEGER, stage_type INTEGER"
    ),
    "application_info_table": "row_id INTEGER PRIMARY KEY, package_name TEXT UNIQUE, app_name TEXT, app_icon BLOB",
    "device_info_table": "row_id INTEGER PRIMARY KEY, manufacturer TEXT, model TEXT, device_type INTEGER",
}
OMRON, WATCH = 1, 2
APPS: list[tuple[str, dict[str, Any]]] = [
    (
        "application_info_table",
        {"package_name": "com.example.cuff", "app_name": "Cuff", "app_icon": b"\x89PNG" * 50},
    ),
    ("application_info_table", {"package_name": "com.example.watch", "app_name": "時計"}),
    ("device_info_table", {"manufacturer": "Example", "model": "Watch 2"}),
]
# A table, and the cells of one row of it.
Row = tuple[str, dict[str, Any]]


def database(*rows: Row, wal: bool = False, tables: dict[str, str] = TABLES, page: int = 4096) -> bytes:
    """A database as the phone writes one; uuids count up, so the same rows make the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        made = sqlite3.connect(path)
        made.execute(f"PRAGMA page_size = {page}")
        made.execute("PRAGMA user_version = 23")
        for name, columns in tables.items():
            made.execute(f"CREATE TABLE {name} ({columns})")
        for number, (table, cells) in enumerate((*APPS, *rows), 1):
            known: dict[str, object] = {}
            if "uuid" in tables.get(table, ""):
                method = "recording_method" in tables[table]
                known["uuid"] = number.to_bytes(16, "big")
                if method:
                    known["recording_method"] = 2
            all_cells = {**known, **cells}
            marks = ", ".join("?" * len(all_cells))
            made.execute(
                f"INSERT INTO {table} ({', '.join(all_cells)}) VALUES ({marks})", list(all_cells.values())
            )
        made.commit()
        if wal:
            made.execute("PRAGMA journal_mode = WAL")
        made.close()
        return path.read_bytes()


def instant(table: str, at: int = AT, offset: int | None = JAPAN, **cells: Any) -> Row:
    return f"{table}_record_table", {"time": at, "zone_offset": offset, "app_info_id": OMRON, **cells}


def span(table: str, at: int = AT, until: int = AT + 600_000, **cells: Any) -> Row:
    times = {"start_time": at, "start_zone_offset": JAPAN, "end_time": until, "end_zone_offset": JAPAN}
    return f"{table}_record_table", {**times, "app_info_id": WATCH, "device_info_id": 1, **cells}


def zipped(content: bytes, name: str = "health_connect_export.db") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo(name, (2026, 11, 18, 7, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def read(content: bytes, zone: str = "Asia/Tokyo") -> list[Piece]:
    return list(health_connect.read(io.BytesIO(content), Answers(zone)))


def vitals(*rows: Row) -> list[Vital]:
    return [p.word for p in read(database(*rows)) if isinstance(p, Found) and isinstance(p.word, Vital)]


def streams(content: bytes) -> dict[tuple[str, str], list[tuple[int, int, float]]]:
    found: dict[tuple[str, str], list[tuple[int, int, float]]] = {}
    for piece in read(content):
        if isinstance(piece, Readings):
            rows = zip(piece.start, piece.end, piece.value, strict=True)
            found.setdefault((piece.stream, piece.source), []).extend(rows)
    return found


def troubles(content: bytes) -> list[tuple[str, dict[str, object]]]:
    told = [p.problem for p in read(content) if isinstance(p, Trouble)]
    return [(p.code, p.words) for p in told if isinstance(p, Problem)]


def read_or_refuse(content: bytes) -> None:
    """Read it, or be told why not in words; anything else breaks through."""
    with contextlib.suppress(Problem):
        read(content)


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        read(content)
    assert raised.value.message()
    return raised.value.code


# The samples


def our_sample() -> bytes:
    """What Hanako's phone would write: `tests/formats/samples/health_connect/Health Connect.zip`."""
    return zipped(
        database(
            instant("blood_pressure", systolic=131.0, diastolic=78.0, body_position="3"),
            instant("blood_pressure", AT + 60_000, systolic=127.0, diastolic=76.0),
            instant("weight", weight=52_350.0),
            instant("blood_glucose", level=5.5, relation_to_meal="3", meal_type="1", recording_method=3),
            span("steps", count=612),
            span("steps", AT + 600_000, AT + 1_200_000, count=80, app_info_id=OMRON, device_info_id=None),
            span("heart_rate"),
            *(
                (
                    "heart_rate_record_series_table",
                    {"parent_key": 1, "beats_per_minute": 61 + n, "epoch_millis": AT + n},
                )
                for n in range(3)
            ),
            span("sleep_session", AT - 28_800_000, AT - 3_600_000),
            (
                "sleep_stages_table",
                {
                    "parent_key": 1,
                    "stage_start_time": AT - 28_800_000,
                    "stage_end_time": AT - 3_600_000,
                    "stage_type": 5,
                },
            ),
            span("exercise_session", exercise_type=53),
            span("hydration", volume=0.2),
            instant("vo2_max", vo2_milliliters_per_minute_kilogram=27.4, measurement_method=2),
            instant("basal_metabolic_rate", basal_metabolic_rate=52.5),
            span("active_calories_burned", energy=31_200.0),
            span("total_calories_burned", energy=48_900.0),
            span("skin_temperature", AT - 28_800_000, AT - 3_600_000, baseline=33.9, measurement_location=3),
            *(
                ("skin_temperature_delta_table", {"parent_key": 1, "delta": delta, "epoch_millis": AT + n})
                for n, delta in enumerate((-0.2, 0.1, 0.3))
            ),
        )
    )


@pytest.mark.parametrize("sample", sorted(HERE.glob("*.expected.json")), ids=lambda path: path.name)
def test_our_own_samples(sample: Path) -> None:
    content = (HERE / sample.name.replace(".expected.json", ".zip")).read_bytes()
    assert recognise(content[:4096], "") == "health_connect"
    told = as_json(report("health_connect", iter(read(content))))
    assert told == json.loads(sample.read_text("utf-8"))["report"]


def test_the_committed_sample_holds_what_the_builder_makes() -> None:
    committed = read((HERE / "Health Connect.zip").read_bytes())
    made = as_json(report("health_connect", iter(read(our_sample()))))
    assert made == as_json(report("health_connect", iter(committed)))


@pytest.mark.samples
@pytest.mark.skipif(not THEIRS.exists(), reason="../shared is not there")
def test_the_reconstructed_export() -> None:
    ((name, expected),) = json.loads((THEIRS / "expected.json").read_text("utf-8")).items()
    content = (THEIRS / name).read_bytes()
    told: dict[str, Any] = as_json(report("health_connect", iter(read(content))))
    found = told["found"]
    names = {"oxygen_saturation": "spo2", "steps": "steps", "heart_rate_series": "heart_rate"}
    for table, count in expected["counts"].items():
        stem = table.removesuffix("_table").removesuffix("_record")
        ours = names.get(stem, "sleep" if stem == "sleep_stages" else stem)
        if ours in found and stem != "heart_rate":
            assert found[ours]["count"] == count, table
    assert found["heart_rate"]["count"] == expected["counts"]["heart_rate_record_series_table"]
    pressures = [p.word for p in read(content) if isinstance(p, Found) and isinstance(p.word, Vital)]
    told_pressures = [
        [int(v.pressure.systolic), int(v.pressure.diastolic), f"{v.taken_at:%Y-%m-%dT%H:%M:%SZ}", "+09:00"]
        for v in pressures
        if v.kind == "blood_pressure" and v.offset_min == 540
    ]
    assert told_pressures == expected["blood_pressure"]
    assert (found["weight"]["min"], found["weight"]["unit"]) == (expected["weight_kg"], "kg")
    assert (found["body_fat"]["max"], found["body_fat"]["unit"]) == (expected["body_fat_pct"], "%")
    assert found["blood_glucose"]["max"] == round(expected["glucose"]["mg_dl"])
    (hearts,) = (rows for of, rows in streams(content).items() if of[0] == "heart_rate")
    assert [value for _, _, value in hearts] == expected["hr_series"]
    (steps,) = (rows for of, rows in streams(content).items() if of[0] == "steps")
    assert [int(value) for _, _, value in steps] == [each[0] for each in expected["steps"]]
    (stages,) = (rows for of, rows in streams(content).items() if of[0] == "sleep")
    minutes = {value: (end - start) // 60_000 for start, end, value in stages}
    assert [minutes[n] for n in (3, 4, 5)] == list(expected["sleep_minutes"].values())
    assert told["troubles"] == []


# Units, offsets, identity


def test_units_of_the_database_become_ours() -> None:
    found = vitals(
        instant("weight", weight=52_350.0),
        instant("height", height=1.52),
        instant("body_fat", percentage=0.312),
        instant("body_temperature", temperature=36.6),
        instant("blood_glucose", level=5.5, recording_method=3),
        instant("oxygen_saturation", percentage=0.97, recording_method=1),
    )
    assert {v.kind: str(v.value) for v in found} == {
        "weight": "52.4",
        "height": "152.0",
        "body_fat": "31.2",
        "body_temperature": "36.6",
        "blood_glucose": "99",
        "spo2": "97",
    }
    content = database(span("active_calories_burned", energy=123_456.0), span("distance", distance=612.5))
    assert [(s, round(rows[0][2], 6)) for (s, _), rows in streams(content).items()] == [
        ("distance", 612.5),
        ("active_energy", 123.456),
    ]


def test_a_metabolism_in_watts_and_an_oxygen_uptake_are_measurements() -> None:
    found = vitals(
        instant("basal_metabolic_rate", basal_metabolic_rate=70.5),
        instant("vo2_max", vo2_milliliters_per_minute_kilogram=27.44, measurement_method=2),
    )
    # 70.5 W all day: 70.5 x 86,400 / 4,184.
    assert {v.kind: str(v.value) for v in found} == {"basal_metabolism": "1456", "vo2_max": "27.4"}


def test_a_metabolism_that_some_app_wrote_in_another_unit_is_told() -> None:
    assert vitals(instant("basal_metabolic_rate", basal_metabolic_rate=1456.0)) == []
    (told,) = troubles(database(instant("basal_metabolic_rate", basal_metabolic_rate=1456.0)))
    assert told[0] == "value_impossible"


def test_every_record_keeps_its_own_offset_and_one_without_takes_the_persons() -> None:
    found = vitals(
        instant("weight", weight=52_000.0),
        instant("weight", AT + 1, HAWAII, weight=52_000.0),
        instant("weight", AT + 2, None, weight=52_000.0),
    )
    assert [v.offset_min for v in found] == [540, -600, 540]
    assert f"{found[1].local:%Y-%m-%d %H:%M}" == "2026-11-17 12:00"


def test_the_uuid_is_the_identity_whatever_stands_around_it() -> None:
    row = instant("weight", weight=52_350.0, uuid=b"\x01" * 16)
    (first,) = [p for p in read(database(row)) if isinstance(p, Found)]
    others = database(instant("weight", AT - 1, weight=60_000.0), row)
    assert first.source_id == "weight_record_table|01010101-0101-0101-0101-010101010101"
    assert first.source_id in [p.source_id for p in read(others) if isinstance(p, Found)]


def test_without_a_uuid_the_apps_own_number_or_the_content_is_the_identity() -> None:
    tables = {**TABLES, "weight_record_table": TABLES["weight_record_table"].replace(" NOT NULL", "")}
    rows = [
        instant("weight", weight=52_350.0, uuid=None, client_record_id="w-1"),
        instant("weight", weight=52_350.0, uuid=None),
    ]
    ids = [p.source_id for p in read(database(*rows, tables=tables)) if isinstance(p, Found)]
    assert ids == ["weight_record_table|w-1|Cuff", f"weight_record_table|{AT}|weight=52350.0|Cuff"]


def test_a_blood_pressure_has_no_pulse_and_its_app_is_its_device() -> None:
    (pressure,) = vitals(instant("blood_pressure", systolic=131.0, diastolic=78.0, body_position="3"))
    assert pressure.pressure.pulse is None
    assert (pressure.device, pressure.origin) == ("Cuff", "health_connect")


def test_what_a_person_took_is_a_row_and_the_rest_a_stream() -> None:
    rows = [
        instant("blood_glucose", level=6.0, relation_to_meal="4", meal_type="3", recording_method=1),
        instant("blood_glucose", AT + 1, level=6.1, recording_method=2),
        instant("oxygen_saturation", percentage=97.0, recording_method=None),
    ]
    (glucose,) = vitals(*rows)
    assert (int(glucose.value), glucose.meal) == (108, Meal.AFTER_DINNER)
    found = streams(database(*rows))
    assert [round(v, 4) for _, _, v in found["blood_glucose", "com.example.cuff"]] == [109.8951]
    assert [v for _, _, v in found["spo2", "com.example.cuff"]] == [97.0]


# Streams


def test_apps_and_devices_are_sources_of_their_own() -> None:
    content = database(
        span("steps", count=100),
        span("steps", count=90, app_info_id=OMRON, device_info_id=None),
        span("steps", AT + 600_000, AT + 700_000, count=7),
        span("steps", count=5, app_info_id=99, device_info_id=None),
    )
    found = streams(content)
    assert {of: [row[2] for row in rows] for of, rows in found.items()} == {
        ("steps", "com.example.watch · Watch 2"): [100, 7],
        ("steps", "com.example.cuff"): [90],
        ("steps", "Health Connect"): [5],
    }


def test_heart_rates_are_the_samples_of_their_records() -> None:
    def sample(parent: int, beats: object, after: int) -> Row:
        return (
            "heart_rate_record_series_table",
            {"parent_key": parent, "beats_per_minute": beats, "epoch_millis": AT + after},
        )

    content = database(
        span("heart_rate"),
        span("heart_rate", app_info_id=OMRON, device_info_id=None),
        sample(1, 61, 0),
        sample(2, 70, 0),
        sample(1, 62, 5_000),
        sample(7, 80, 0),
    )
    assert streams(content) == {
        ("heart_rate", "com.example.watch · Watch 2"): [(AT, AT, 61), (AT + 5_000, AT + 5_000, 62)],
        ("heart_rate", "com.example.cuff"): [(AT, AT, 70)],
        ("heart_rate", "Health Connect"): [(AT, AT, 80)],
    }


def test_sleep_stages_and_a_night_without_stages() -> None:
    def stage(kind: int, at: int) -> Row:
        return "sleep_stages_table", {
            "parent_key": 1,
            "stage_start_time": AT + at,
            "stage_end_time": AT + at + 1,
            "stage_type": kind,
        }

    content = database(
        span("sleep_session"),
        span("sleep_session", AT + 1_000_000, AT + 2_000_000),
        *(stage(kind, kind) for kind in range(8)),
    )
    (found,) = streams(content).values()
    assert [value for _, _, value in found] == [2, 1, 2, 3, 4, 5, 2, 1]
    assert list(found[7]) == [AT + 1_000_000, AT + 2_000_000, 1]
    assert [(code, words["count"]) for code, words in troubles(content)] == [("records_odd", 1)]


def test_variability_is_rmssd_and_never_sdnn() -> None:
    content = database(instant("heart_rate_variability_rmssd", heart_rate_variability_millis=41.5))
    assert list(streams(content)) == [("hrv_rmssd", "com.example.cuff")]


def test_a_session_of_exercise_is_a_workout() -> None:
    content = database(span("exercise_session", exercise_type=53), span("exercise_session", exercise_type=44))
    known, other = [p.word for p in read(content) if isinstance(p, Found)]
    assert isinstance(known, Workout)
    assert isinstance(other, Workout)
    assert (known.activity, known.named, known.offset_min) == (Activity.WALKING, "walking", 540)
    assert (other.activity, other.named) == (Activity.OTHER, "exercise_type 44")
    assert (known.ended_at - known.started_at).seconds == 600


# What other databases look like


def test_tables_may_be_absent_and_columns_in_any_order_or_more() -> None:
    tables = {
        "weight_record_table": "extra TEXT, weight REAL, time INTEGER, zone_offset INTEGER, uuid BLOB",
        **{name: TABLES[name] for name in ("application_info_table", "device_info_table")},
    }
    row = ("weight_record_table", {"weight": 52_350.0, "time": AT, "zone_offset": JAPAN, "extra": "x"})
    (found,) = [p.word for p in read(database(row, tables=tables)) if isinstance(p, Found)]
    assert isinstance(found, Vital)
    assert str(found.value) == "52.4"


def test_a_column_that_is_missing_is_said() -> None:
    tables = {**TABLES, "steps_record_table": f"{_COMMON} {_SPAN}"}
    assert troubles(database(span("steps"), tables=tables))[0][0] == "records_odd"


def test_records_without_a_word_of_ours_are_counted() -> None:
    content = database(span("hydration", volume=0.2), span("hydration", volume=0.3))
    assert troubles(content) == [("type_not_yet", {"type": "hydration_record_table", "count": 2})]


def test_the_energy_of_the_whole_body_is_told_and_never_active_energy() -> None:
    content = database(
        span("total_calories_burned", energy=48_900.0), span("active_calories_burned", energy=9_000.0)
    )
    assert {of[0]: [value for _, _, value in rows] for of, rows in streams(content).items()} == {
        "active_energy": [9]
    }
    assert troubles(content) == [
        ("energy_of_all", {"type": "total_calories_burned_record_table", "count": 1})
    ]


def test_deviations_of_the_skin_are_told_and_never_a_temperature() -> None:
    def delta(value: float) -> Row:
        return "skin_temperature_delta_table", {"parent_key": 1, "delta": value, "epoch_millis": AT}

    night = span("skin_temperature", baseline=33.9, measurement_location=3)
    content = database(night, delta(-0.2), delta(36.4))
    assert [p for p in read(content) if not isinstance(p, Trouble)] == []
    assert troubles(content) == [("skin_deviation", {"type": "skin_temperature_delta_table", "count": 2})]
    # What has lost its samples, or never had any, is told by its records.
    assert troubles(database(night)) == [
        ("skin_deviation", {"type": "skin_temperature_record_table", "count": 1})
    ]


def test_minutes_by_effort_are_no_minutes_of_exercise() -> None:
    content = database(span("activity_intensity", type=1))
    assert streams(content) == {}
    assert troubles(content) == [
        ("minutes_by_effort", {"type": "activity_intensity_record_table", "count": 1})
    ]


def test_records_with_other_names_and_parts_of_records_are_counted_too() -> None:
    content = database(
        span("steps", count=3),
        ("SpeedRecordTable", {"start_time": AT}),
        *(("speed_record_table", {"parent_key": 1, "speed": 1.2, "epoch_millis": AT + n}) for n in range(4)),
        ("exercise_laps_table", {"parent_key": 1, "lap_length": 400.0}),
        ("access_logs_table", {"app_id": 1}),
    )
    assert [(code, words["type"], words["count"]) for code, words in troubles(content)] == [
        ("type_not_yet", "speed_record_table", 4),
        ("type_not_yet", "exercise_laps_table", 1),
    ]


def test_samples_without_the_table_of_their_records_are_counted() -> None:
    tables = {
        name: TABLES[name]
        for name in TABLES
        if name not in ("heart_rate_record_table", "sleep_session_record_table")
    }
    content = database(
        ("heart_rate_record_series_table", {"parent_key": 1, "beats_per_minute": 61, "epoch_millis": AT}),
        (
            "sleep_stages_table",
            {"parent_key": 1, "stage_start_time": AT, "stage_end_time": AT, "stage_type": 5},
        ),
        tables=tables,
    )
    assert {(code, words["type"]) for code, words in troubles(content)} == {
        ("type_not_yet", "heart_rate_record_series_table"),
        ("type_not_yet", "sleep_stages_table"),
    }


@pytest.mark.parametrize("wal", [False, True])
@pytest.mark.parametrize("in_memory", [0, health_connect.IN_MEMORY])
def test_a_write_ahead_log_in_the_head_and_both_ways_of_opening(
    wal: bool, in_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_connect, "IN_MEMORY", in_memory)
    before = set(Path(tempfile.gettempdir()).glob("tomoni-*.db"))
    content = database(instant("weight", weight=52_350.0), wal=wal)
    reading = health_connect.read(io.BytesIO(zipped(content)), Answers())
    assert isinstance(next(reading), Found)
    # Nothing of it can be found on the disk, even while it is read.
    assert set(Path(tempfile.gettempdir()).glob("tomoni-*.db")) == before


# One odd row costs itself


@pytest.mark.parametrize(
    "cells",
    [
        {"count": "many"},
        {"count": -5},
        {"count": None},
        {"count": 10**18},
        {"count": b"\x00"},
        {"count": 3, "start_time": None},
        {"count": 3, "start_time": "yesterday"},
        {"count": 3, "start_time": AT + 700_000},
        {"count": 3, "end_time": 9 * 10**18},
        {"count": 3, "start_time": -9 * 10**18},
    ],
)
def test_an_odd_reading_is_told_and_its_neighbours_are_kept(cells: dict[str, Any]) -> None:
    content = database(span("steps", count=1), span("steps", **cells), span("steps", count=2))
    (rows,) = streams(content).values()
    assert [value for _, _, value in rows] == [1, 2]
    assert [code for code, _ in troubles(content)] == ["records_odd"]


@pytest.mark.parametrize(
    "cells",
    [
        {"systolic": 70.0, "diastolic": 80.0},
        {"systolic": "high", "diastolic": 80.0},
        {"systolic": None, "diastolic": 80.0},
        {"systolic": 1e300, "diastolic": 80.0},
        {"systolic": 131.0, "diastolic": 78.0, "time": None},
        {"systolic": 131.0, "diastolic": 78.0, "time": 10**17},
    ],
)
def test_an_odd_measurement_is_told_and_its_neighbours_are_kept(cells: dict[str, Any]) -> None:
    content = database(
        instant("blood_pressure", systolic=131.0, diastolic=78.0),
        instant("blood_pressure", **cells),
        instant("blood_pressure", systolic=127.0, diastolic=76.0),
    )
    assert [len([p for p in read(content) if isinstance(p, of)]) for of in (Found, Trouble)] == [2, 1]


# Bad input


def test_an_empty_a_short_and_a_mislabelled_file() -> None:
    assert refused(b"") == "file_empty"
    assert refused(b"SQLite format 3\x00") == "file_cut_short"
    assert refused(
        database(tables={"application_info_table": TABLES["application_info_table"], **_OTHER})
    ) == ("format_unknown")
    assert refused(zipped(b"hello, I am no database" * 20)) == "format_unknown"
    assert refused(zipped(database(), "other.db")) == "zip_refused"


_OTHER = {"device_info_table": TABLES["device_info_table"], "messages": "text TEXT"}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_database_is_refused(share: float) -> None:
    content = database(*(instant("weight", AT + n, weight=52_000.0) for n in range(300)))
    assert refused(content[: int(len(content) * share)]) == "file_cut_short"
    assert refused(zipped(content)[: int(len(zipped(content)) * share)]) == "zip_refused"


def test_flipped_bits_are_refused_or_read_but_never_a_trace() -> None:
    content = bytearray(database(*(instant("weight", AT + n, weight=52_000.0) for n in range(100)), page=512))
    for at in range(0, len(content), 37):
        content[at] ^= 0x55
        read_or_refuse(bytes(content))
        content[at] ^= 0x55


def test_a_flipped_bit_in_the_zip_is_found_by_its_checksum() -> None:
    content = bytearray(zipped(database(instant("weight", weight=52_000.0))))
    content[len(content) // 2] ^= 1
    assert refused(bytes(content)) == "zip_refused"


def _vandalised(deed: Callable[[sqlite3.Connection], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        path.write_bytes(database(span("steps", count=1)))
        made = sqlite3.connect(path)
        made.execute("DROP TABLE weight_record_table")
        deed(made)
        made.commit()
        made.close()
        return path.read_bytes()


def test_views_and_computed_columns_are_never_asked() -> None:
    view = "CREATE VIEW weight_record_table AS SELECT 1 AS row_id, 52000.0 AS weight, 1 AS time"
    assert not [p for p in read(_vandalised(lambda db: db.execute(view))) if isinstance(p, Found)]
    computed = "CREATE TABLE weight_record_table (time INTEGER, weight REAL AS (length(zeroblob(900000000))))"

    def make(db: sqlite3.Connection) -> None:
        db.execute(computed)
        db.execute(f"INSERT INTO weight_record_table (time) VALUES ({AT})")

    assert [code for code, _ in troubles(_vandalised(make))] == ["records_odd"]


def test_a_huge_cell_is_refused_in_little_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def make(db: sqlite3.Connection) -> None:
        db.execute(f"CREATE TABLE weight_record_table ({TABLES['weight_record_table']})")
        db.execute(
            "INSERT INTO weight_record_table (uuid, time, weight, client_record_id)"
            f" VALUES (x'01', {AT}, 52000.0, zeroblob(20000000))"
        )

    assert refused(_vandalised(make)) == "file_broken"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024


def test_a_database_that_claims_more_than_it_may_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = zipped(database())
    monkeypatch.setattr(health_connect, "MOST_BYTES", 10_000)
    assert refused(content) == "zip_refused"


def test_more_rows_than_fit_in_the_file_are_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.formats.health_connect_tables._LEAST_ROW", 10**9)
    rows = [instant("weight", AT + n, weight=52_000.0) for n in range(1_100)]
    assert refused(database(*rows)) == "file_broken"


# Recognition


def test_recognises_by_content() -> None:
    content = database()
    assert recognise(content[:4096], "anything") == "health_connect"
    assert recognise(zipped(content)[:4096], "anything") == "health_connect"
    assert not health_connect.recognises(b"PK\x03\x04", "Health Connect.zip")
    assert not health_connect.recognises(b"not a database", "health_connect_export.db")


@pytest.mark.parametrize("place", [2, 7, 9, "9"])
def test_the_temperature_of_a_finger_a_toe_or_a_wrist_is_one_of_the_skin(place: int | str) -> None:
    rows = [
        instant("body_temperature", AT + n, temperature=33.0, measurement_location=place) for n in range(2)
    ]
    assert vitals(*rows) == []
    assert streams(database(*rows)) == {
        ("skin_temperature", "com.example.cuff"): [(AT + n, AT + n, 33.0) for n in range(2)]
    }
    assert troubles(database(*rows)) == []


@pytest.mark.parametrize("place", [None, 0, 1, 3, 4, 5, 6, 8, 10])
def test_the_places_of_a_body_temperature(place: int | None) -> None:
    (vital,) = vitals(instant("body_temperature", temperature=36.4, measurement_location=place))
    assert vital.kind == "body_temperature"


def test_a_temperature_of_a_place_that_android_does_not_name_is_told() -> None:
    content = database(
        instant("body_temperature", temperature=36.4, measurement_location=99),
        instant("weight", weight=52_000.0),
    )
    assert [words["count"] for _, words in troubles(content)] == [1]
    assert len([piece for piece in read(content) if isinstance(piece, Found)]) == 1


def test_readings_of_before_anybody_wore_a_device_are_told_and_cost_no_other() -> None:
    content = database(*(span("steps", at, at + 1000, count=7) for at in (AT, 0, -1)))
    assert streams(content) == {("steps", "com.example.watch · Watch 2"): [(AT, AT + 1000, 7.0)]}
    assert [words["count"] for _, words in troubles(content)] == [2]
