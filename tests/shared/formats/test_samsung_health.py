from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from shared import clock
from shared.formats import Answers, Found, Piece, Trouble, recognise, samsung_health
from shared.formats.report import as_json, report
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital
from shared.workouts import Activity, Workout
from tests.formats_samples import SAMPLES

THEIRS = Path(__file__).parents[4] / "shared" / "data" / "wearables" / "samsung_health"
HERE = SAMPLES / "samsung_health"
FOLDER = "samsunghealth_hanako_20261118070000/"
BP = "com.samsung.health.blood_pressure"


def sheet(kind: str, header: str, *rows: str) -> bytes:
    """A file as the export writes it: line 1 about it, and one comma more at the end of each row."""
    return "\n".join((f"{kind},6310004,4", f"{header},", *(f"{row}," for row in rows), "")).encode()


def pressures(*rows: str) -> bytes:
    names = ["datauuid", "start_time", "time_offset", "systolic", "diastolic", "pulse", "mean"]
    return sheet("com.samsung.shealth.blood_pressure", ",".join(f"{BP}.{name}" for name in names), *rows)


def steps(*rows: str) -> bytes:
    prefix = "com.samsung.health.step_count"
    names = ["start_time", "end_time", "time_offset", "count", "distance", "deviceuuid"]
    header = "run_step," + ",".join(f"{prefix}.{name}" for name in names)
    return sheet("com.samsung.shealth.tracker.pedometer_step_count", header, *rows)


def trend(*rows: str) -> bytes:
    return sheet(
        "com.samsung.shealth.step_daily_trend", "day_time,source_type,count,distance,deviceuuid", *rows
    )


def bins(*each: dict[str, object]) -> bytes:
    return json.dumps(each).encode()


def bin_at(minute: int, **values: object) -> dict[str, object]:
    start = 1_794_952_800_000 + minute * 60_000
    return {**values, "start_time": start, "end_time": start + 59_000}


def zipped(members: dict[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", level) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(FOLDER + name, (2026, 11, 18, 7, 0, 0)), content, level)
    return file.getvalue()


def read(content: bytes, zone: str = "Asia/Tokyo") -> list[Piece]:
    return list(samsung_health.read(io.BytesIO(content), Answers(zone)))


def vitals(content: bytes) -> list[Vital]:
    return [p.word for p in read(content) if isinstance(p, Found) and isinstance(p.word, Vital)]


def streams(content: bytes, zone: str = "Asia/Tokyo") -> dict[str, list[tuple[str, str, float, str]]]:
    found: dict[str, list[tuple[str, str, float, str]]] = {}
    for piece in read(content, zone):
        if isinstance(piece, Readings):
            for start, end, value in zip(piece.start, piece.end, piece.value, strict=True):
                moments = [clock.from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S") for ms in (start, end)]
                found.setdefault(piece.stream, []).append((moments[0], moments[1], value, piece.source))
    return found


def troubles(content: bytes, *, but: str = "reading_unverified") -> list[tuple[str, object]]:
    """Code and count of each trouble; the times that are taken as UTC are told with nearly every file."""
    told = [p.problem for p in read(content) if isinstance(p, Trouble)]
    return [(p.code, p.words.get("count")) for p in told if isinstance(p, Problem) and p.code != but]


def read_or_refuse(content: bytes) -> None:
    """Read it, or be told why not in words; anything else breaks through."""
    with contextlib.suppress(Problem):
        read(content)


def refused(content: bytes) -> str:
    with pytest.raises(Unreadable) as raised:
        read(content)
    assert raised.value.message()
    return raised.value.code


PRESSURE = "bp-1,2026-11-17 22:00:00.000,UTC+0900,131,78,66,96"
STAGES = sheet(
    "com.samsung.health.sleep_stage",
    "start_time,sleep_id,stage,time_offset,end_time,datauuid",
    *(
        f"2026-11-16 14:{10 + n}:00.000,s-1,4000{n},UTC+0900,2026-11-16 14:{11 + n}:00.000,g-{n}"
        for n in range(1, 5)
    ),
)
SLEEP = sheet(
    "com.samsung.shealth.sleep",
    "sleep_duration,com.samsung.health.sleep.start_time,com.samsung.health.sleep.end_time,"
    "com.samsung.health.sleep.time_offset,com.samsung.health.sleep.datauuid",
    "90,2026-11-16 14:11:00.000,2026-11-16 14:15:00.000,UTC+0900,s-1",
    "30,2026-11-17 04:00:00.000,2026-11-17 04:30:00.000,UTC+0900,s-2",
)
HEART = sheet(
    "com.samsung.shealth.tracker.heart_rate",
    "com.samsung.health.heart_rate.start_time,com.samsung.health.heart_rate.end_time,"
    "com.samsung.health.heart_rate.heart_rate,com.samsung.health.heart_rate.binning_data,"
    "com.samsung.health.heart_rate.deviceuuid",
    "2026-11-17 22:00:00.000,2026-11-17 22:59:00.000,64.0,h-1.binning_data.json,AAA",
    "2026-11-17 23:00:00.000,2026-11-17 23:00:00.000,71.0,,AAA",
)


def our_samples() -> dict[str, bytes]:
    """What Hanako's export holds; committed in `tests/formats/samples/samsung_health`."""
    hearts = bins(
        bin_at(0, heart_rate=61.0, heart_rate_max=70.0), bin_at(1, heart_rate=63.0, heart_rate_max=71.0)
    )
    zero = "bp-2,2026-11-17 22:05:00.000,UTC+0900,0.0,0.0,0,0"
    combined = trend("2026-11-17 00:00:00.000,-2,4200,2900.5,AAA", "2026-11-17 00:00:00.000,1,3000,2000,BBB")
    return {
        "com.samsung.shealth.blood_pressure.20261118.csv": pressures(PRESSURE, zero),
        "com.samsung.shealth.step_daily_trend.20261118.csv": combined,
        "h-1.binning_data.json": hearts,
        "samsunghealth.zip": zipped(
            {
                "com.samsung.shealth.blood_pressure.20261118.csv": pressures(PRESSURE, zero),
                "com.samsung.shealth.sleep.20261118.csv": SLEEP,
                "com.samsung.health.sleep_stage.20261118.csv": STAGES,
                "com.samsung.shealth.tracker.heart_rate.20261118.csv": HEART,
                "com.samsung.shealth.stress.20261118.csv": sheet(
                    "com.samsung.shealth.stress", "score", "12", "13"
                ),
                "jsons/com.samsung.shealth.tracker.heart_rate/h/h-1.binning_data.json": hearts,
            }
        ),
    }


# The samples


@pytest.mark.parametrize("sample", sorted(HERE.glob("*.expected.json")), ids=lambda path: path.name)
def test_our_own_samples(sample: Path) -> None:
    stem = sample.name.removesuffix("expected.json")
    content = next(p for p in HERE.iterdir() if p.name.startswith(stem) and p != sample).read_bytes()
    assert recognise(content[:4096], "") == "samsung_health"
    told = as_json(report("samsung_health", iter(read(content))))
    assert told == json.loads(sample.read_text("utf-8"))["report"]


def test_the_committed_samples_are_what_is_made_here() -> None:
    for name, content in our_samples().items():
        committed = as_json(report("samsung_health", iter(read((HERE / name).read_bytes()))))
        assert committed == as_json(report("samsung_health", iter(read(content))))


@pytest.mark.samples
@pytest.mark.skipif(not THEIRS.exists(), reason="../shared is not there")
def test_their_samples() -> None:
    expected: dict[str, Any] = json.loads((THEIRS / "expected.json").read_text("utf-8"))
    for name, one in expected.items():
        if not name.endswith(".csv"):
            continue
        content = (THEIRS / name).read_bytes()
        assert recognise(content[:4096], "") == "samsung_health"
        told: dict[str, Any] = as_json(report("samsung_health", iter(read(content, "Etc/UTC"))))
        ((ours, found),) = told["found"].items()
        rows = [{key.rpartition(".")[2]: cell for key, cell in row.items()} for row in one["rows_detail"]]
        if ours == "steps_reported":
            rows = [row for row in rows if row["source_type"] == "-2"]
            numbers = [float(row["count"]) for row in rows]
            assert (found["min"], found["max"], found["unit"]) == (min(numbers), max(numbers), "{steps}")
        else:
            assert found["first"] == rows[0]["start_time"].replace(" ", "T").replace(".000", "Z")
        assert found["count"] == len(rows)
        if ours == "weight":
            assert (found["min"], found["max"], found["unit"]) == (107.2, 107.2, "kg")
        if ours == "blood_pressure":
            measures = {
                each: (found[each]["min"], found[each]["max"]) for each in ("systolic", "diastolic", "pulse")
            }
            assert measures == {each: (int(rows[0][each]),) * 2 for each in measures}


@pytest.mark.samples
@pytest.mark.skipif(not THEIRS.exists(), reason="../shared is not there")
def test_their_bins() -> None:
    (path,) = THEIRS.glob("jsons/**/*.json")
    told: dict[str, Any] = as_json(report("samsung_health", iter(read(path.read_bytes()))))
    written = json.loads(path.read_text("utf-8"))
    for stream, key in (("hrv", "sdnn"), ("hrv_rmssd", "rmssd")):
        numbers = [each[key] for each in written]
        found = told["found"][stream]
        assert (found["count"], found["unit"], found["min"], found["max"]) == (
            2,
            "ms",
            min(numbers),
            max(numbers),
        )
        assert found["first"] == "2025-01-16T02:00:26.593Z"


# Lines, columns and times


def test_the_extra_comma_shifts_nothing_and_prefixes_do_not_matter() -> None:
    (first,) = vitals(pressures(PRESSURE))
    bare = sheet(
        "com.samsung.shealth.blood_pressure",
        "pulse,systolic,diastolic,start_time,time_offset,datauuid",
        "66,131,78,2026-11-17 22:00:00.000,UTC+0900,bp-1",
    )
    (other,) = vitals(bare)
    assert (first.pressure, first.taken_at, first.offset_min) == (
        other.pressure,
        other.taken_at,
        other.offset_min,
    )
    assert [
        int(n or 0) for n in (first.pressure.systolic, first.pressure.diastolic, first.pressure.pulse)
    ] == [131, 78, 66]
    ids = [
        p.source_id for content in (bare, pressures(PRESSURE)) for p in read(content) if isinstance(p, Found)
    ]
    assert ids == ["samsung_health|blood_pressure|bp-1"] * 2


def test_start_times_are_utc_with_the_offset_beside_them_and_that_is_told_as_unverified() -> None:
    content = pressures(PRESSURE)
    (pressure,) = vitals(content)
    assert pressure.taken_at.isoformat() == "2026-11-17T22:00:00+00:00"
    assert f"{pressure.local:%Y-%m-%d %H:%M}" == "2026-11-18 07:00"
    assert troubles(content, but="") == [("reading_unverified", 1)]
    (epoch,) = vitals(pressures("bp-1,1794952800000,,131,78,66,96"))
    assert (epoch.taken_at, epoch.offset_min) == (pressure.taken_at, 540)


def test_rows_of_zeros_are_dropped_and_told() -> None:
    content = pressures("a,2026-11-17 22:00:00.000,UTC+0900,0.0,0.0,0,0", PRESSURE)
    assert len(vitals(content)) == 1
    assert troubles(content) == [("readings_placeholder", 1)]


def test_a_pressure_without_a_pulse_and_a_half_one() -> None:
    rows = ("a,2026-11-17 22:00:00.000,UTC+0900,131,78,0,0", "b,2026-11-17 22:00:00.000,UTC+0900,131,,66,0")
    (pressure,) = vitals(pressures(*rows))
    assert pressure.pressure.pulse is None
    assert troubles(pressures(*rows)) == [("records_odd", 1)]


# Steps


def test_only_the_combined_steps_of_a_day_count() -> None:
    content = trend(
        "2026-11-17 00:00:00.000,1,3000,2000,BBB",
        "2026-11-17 00:00:00.000,-2,2900,2900.5,AAA",
        "1794960000000,1,100,,BBB",
        "1794960000000,2,700,,CCC",
    )
    found = streams(content)
    assert found["steps_reported"] == [
        ("2026-11-16T15:00:00", "2026-11-17T15:00:00", 2900, "Samsung Health"),
        ("2026-11-17T15:00:00", "2026-11-18T15:00:00", 700, "Samsung Health"),
    ]
    assert [row[2] for row in found["distance_reported"]] == [2900.5]
    assert troubles(content) == [("readings_in_total", 2)]


def test_a_day_is_the_persons_own_day_even_where_the_clock_is_set_back() -> None:
    (day,) = streams(trend("2026-10-25 00:00:00.000,-2,2900,,AAA"), "Europe/Berlin")["steps_reported"]
    assert day[:2] == ("2026-10-24T22:00:00", "2026-10-25T23:00:00")


def test_steps_of_each_device_are_a_source_of_their_own() -> None:
    content = steps(
        "0,2026-11-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,80,55.5,AAA",
        "0,2026-11-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,60,40,BBB",
    )
    found = streams(content)
    assert [row[2:] for row in found["steps"]] == [(80, "Samsung Health AAA"), (60, "Samsung Health BBB")]
    assert [row[2] for row in found["distance"]] == [55.5, 40]
    assert found["steps"][0][:2] == ("2026-11-17T22:00:00", "2026-11-17T22:00:59")


@pytest.mark.parametrize(
    "odd",
    [
        "0,2026-11-17 22:00,2026-11-17 22:00:59.999,UTC+0900,80,,AAA",
        "0,2026-11-17 22:00:00.000,2026-11-17 21:00:00.000,UTC+0900,80,,AAA",
        "0,2026-11-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,many,,AAA",
        "0,2026-11-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,-8,,AAA",
        "0,2026-11-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,1_0,,AAA",
        "0,2026-13-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,80,,AAA",
        "0,,,,80",
    ],
)
def test_one_odd_row_costs_itself(odd: str) -> None:
    good = "0,2026-11-17 22:00:00.000,2026-11-17 22:00:59.999,UTC+0900,80,,AAA"
    content = steps(good, odd, good)
    assert [row[2] for row in streams(content)["steps"]] == [80, 80]
    assert troubles(content) == [("records_odd", 1)]


# Sleep, bins, exercise, the rest


def test_stages_in_the_zip_and_a_sleep_without_stages() -> None:
    content = zipped(
        {"com.samsung.shealth.sleep.1.csv": SLEEP, "com.samsung.health.sleep_stage.1.csv": STAGES}
    )
    assert [row[2] for row in streams(content)["sleep"]] == [2, 3, 4, 5, 1]
    assert streams(content)["sleep"][-1][0] == "2026-11-17T04:00:00"
    assert [row[2] for row in streams(SLEEP)["sleep"]] == [1, 1]


def test_a_row_whose_bins_are_in_the_zip_is_not_told_once_more() -> None:
    hearts = bins(bin_at(0, heart_rate=61.0), bin_at(1, heart_rate=63.0))
    path = "jsons/com.samsung.shealth.tracker.heart_rate/h/h-1.binning_data.json"
    both = zipped({"com.samsung.shealth.tracker.heart_rate.1.csv": HEART, path: hearts})
    assert sorted(row[2] for row in streams(both)["heart_rate"]) == [61, 63, 71]
    assert sorted(row[2] for row in streams(HEART)["heart_rate"]) == [64, 71]


def test_sdnn_and_rmssd_are_never_mixed_and_skin_is_no_body() -> None:
    content = bins(bin_at(0, sdnn=91.8, rmssd=55.3), bin_at(1, rmssd=55.7), bin_at(2, sdnn=0, rmssd=1))
    found = {stream: [row[2] for row in rows] for stream, rows in streams(content).items()}
    assert found == {"hrv": [91.8], "hrv_rmssd": [55.3, 55.7, 1]}
    skin = sheet(
        "com.samsung.health.skin_temperature", "start_time,end_time,temperature",
        "2026-11-17 18:00:00.000,2026-11-17 20:00:00.000,33.4",
    )  # fmt: skip
    assert [row[2] for row in streams(skin)["skin_temperature"]] == [33.4]


def test_a_share_of_oxygen_is_percent() -> None:
    content = sheet(
        "com.samsung.shealth.tracker.oxygen_saturation", "start_time,spo2", "2026-11-17 18:00:00.000,0.97"
    )
    assert [row[2] for row in streams(content)["spo2"]] == [97]


def test_exercises_become_workouts() -> None:
    prefix = "com.samsung.health.exercise"
    names = [
        "start_time",
        "end_time",
        "time_offset",
        "exercise_type",
        "duration",
        "distance",
        "mean_heart_rate",
        "datauuid",
    ]
    content = sheet(
        "com.samsung.shealth.exercise",
        ",".join(f"{prefix}.{name}" for name in names),
        "2026-11-17 22:00:00.000,2026-11-17 22:31:00.000,UTC+0900,1001,1800000,2100.04,94.4,e-1",
        "2026-11-17 23:00:00.000,2026-11-17 23:31:00.000,UTC+0900,15006,,,,e-2",
        "2026-11-17 23:00:00.000,2026-11-17 22:31:00.000,UTC+0900,1001,,,,e-3",
    )
    walk, other = [p.word for p in read(content) if isinstance(p, Found)]
    assert isinstance(walk, Workout)
    assert isinstance(other, Workout)
    assert (walk.activity, walk.active_s, str(walk.distance_m), walk.heart_rate_mean) == (
        Activity.WALKING,
        1800,
        "2100.0",
        94,
    )
    assert (other.activity, other.named) == (Activity.OTHER, "exercise_type 15006")
    assert troubles(content) == [("records_odd", 1)]


def test_measurements_and_what_is_not_read_yet() -> None:
    weight = sheet(
        "com.samsung.health.weight",
        "start_time,weight,time_offset,datauuid",
        "2026-11-17 22:00:00.000,52.35,UTC+0900,w",
    )
    assert [(v.kind, str(v.value)) for v in vitals(weight)] == [("weight", "52.4")]
    glucose = sheet(
        "com.samsung.health.blood_glucose",
        "start_time,glucose,time_offset,datauuid",
        "2026-11-17 22:00:00.000,5.5,UTC+0900,g",
    )
    assert [(v.kind, str(v.value)) for v in vitals(glucose)] == [("blood_glucose", "99")]
    assert [code for code, _ in troubles(glucose, but="")] == ["reading_unverified", "reading_unverified"]
    stress = sheet("com.samsung.shealth.stress", "score", "12", "13")
    assert troubles(stress) == [("type_not_yet", 2)]


# Bad input


def test_truncated_broken_and_empty_files() -> None:
    assert refused(b"") == "file_empty"
    assert refused(b"something else") == "format_unknown"
    hearts = bins(bin_at(0, heart_rate=61.0))
    assert refused(hearts[:-1]) == "file_broken"
    assert refused(b"[" * 200_000) == "file_broken"
    content = our_samples()["samsunghealth.zip"]
    assert refused(content[:-40]) == "zip_refused"
    assert refused(zipped({"com.samsung.shealth.x.txt": b"x"})) == "zip_refused"
    # A text that ends in the middle of a row: what stands there is read, the half row is told or still whole.
    for length in range(150, len(pressures(PRESSURE)), 11):
        read(pressures(PRESSURE)[:length])


def test_a_broken_file_in_the_zip_costs_itself_and_a_damaged_zip_the_whole() -> None:
    members = {
        "jsons/com.samsung.health.hrv/a/a.binning_data.json": b"[{",
        "com.samsung.shealth.blood_pressure.1.csv": pressures(PRESSURE),
    }
    assert len(vitals(zipped(members))) == 1
    assert troubles(zipped(members)) == [("records_odd", 1)]
    assert refused(zipped(members, zipfile.ZIP_STORED).replace(b"131,78", b"113,78")) == "zip_refused"


def test_flipped_bits_are_told_but_never_a_trace() -> None:
    for name, sample in our_samples().items():
        content = bytearray(sample)
        for at in range(0, len(content), 3 if name.endswith(".zip") else 1):
            content[at] ^= 0x15
            read_or_refuse(bytes(content))
            content[at] ^= 0x15


@pytest.mark.parametrize(
    "odd",
    [
        7,
        None,
        "x",
        {"start_time": 1},
        {"heart_rate": 61.0},
        bin_at(0, heart_rate="x"),
        bin_at(0, heart_rate=1e300),
    ],
)
def test_an_odd_bin_costs_itself(odd: object) -> None:
    content = json.dumps([bin_at(0, heart_rate=61.0), odd, bin_at(1, heart_rate=63.0)]).encode()
    assert [row[2] for row in streams(content)["heart_rate"]] == [61, 63]


# Recognition


def test_recognises_by_content() -> None:
    for name, content in our_samples().items():
        assert recognise(content[:4096], "file") == "samsung_health", name
    for head in (
        b"com.samsung.android,1",
        b"PK\x03\x04",
        b'[{"start_time": "2026"}]',
        b'[{"start_time": 1794952800000, "x": 1}]',
        b"",
    ):
        assert not samsung_health.recognises(head, "com.samsung.shealth.weight.csv")
