from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from shared.formats import (
    Answers,
    Found,
    Identity,
    Piece,
    Trouble,
    apple_gather,
    apple_health,
    apple_pressure,
    recognise,
)
from shared.formats.apple_scan import read_quickly
from shared.formats.report import as_json, report
from shared.kinds import Meal
from shared.problems import Invalid, Problem, Unreadable
from shared.streams import Readings
from shared.vitals import BloodPressure, Vital

HERE = Path(__file__).parents[2] / "formats" / "samples" / "apple_health"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "wearables" / "apple_health"

T = "2026-11-18 07:00:00 +0900"
Q = "HKQuantityTypeIdentifier"
BP = "HKCorrelationTypeIdentifierBloodPressure"


def rec(
    name: str,
    value: str,
    unit: str = "",
    *,
    start: str = T,
    end: str = "",
    source: str = "Cuff",
    inside: str = "",
) -> str:
    name = name if name.startswith("HK") else Q + name
    unit = f' unit="{unit}"' if unit else ""
    return (
        f'<Record type="{name}" sourceName="{source}"{unit} startDate="{start}" endDate="{end or start}"'
        f' value="{value}">{inside}</Record>\n'
    )


def note(key: str, value: str) -> str:
    return f'<MetadataEntry key="{key}" value="{value}"/>'


def both(high: str, low: str, start: str = T, source: str = "Cuff") -> tuple[str, str]:
    return (
        rec("BloodPressureSystolic", high, "mmHg", start=start, source=source),
        rec("BloodPressureDiastolic", low, "mmHg", start=start, source=source),
    )


def pair(*records: str, start: str = T, source: str = "Cuff", inside: str = "") -> str:
    return (
        f'<Correlation type="{BP}" sourceName="{source}" startDate="{start}" endDate="{start}">'
        f"{inside}{''.join(records)}</Correlation>\n"
    )


def doc(*inside: str, before: str = "") -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<HealthData locale="ja_JP">\n'
    return f"{head}{''.join(inside)}</HealthData>\n".encode()


def read(content: bytes, zone: str = "Asia/Tokyo") -> list[Piece]:
    return list(apple_health.read(io.BytesIO(content), Answers(zone)))


def vitals(content: bytes, zone: str = "Asia/Tokyo") -> list[Vital]:
    return [p.word for p in read(content, zone) if isinstance(p, Found) and isinstance(p.word, Vital)]


def streams(content: bytes) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for piece in read(content):
        if isinstance(piece, Readings):
            found.setdefault(piece.stream, []).extend(piece.value)
    return found


def troubles(content: bytes) -> list[tuple[str, str]]:
    """Code and excerpt of each trouble."""
    return [(_code(p.problem), p.excerpt) for p in read(content) if isinstance(p, Trouble)]


def _code(problem: Problem | str) -> str:
    assert isinstance(problem, Problem)
    return problem.code


# The samples


@pytest.mark.parametrize("sample", sorted(HERE.glob("*.expected.json")), ids=lambda path: path.name)
def test_our_own_samples(sample: Path) -> None:
    expected = json.loads(sample.read_text("utf-8"))
    path = next(
        p for p in HERE.iterdir() if p.name.startswith(sample.name[: -len("expected.json")]) and p != sample
    )
    content = path.read_bytes()
    assert recognise(content[:4096], "") == "apple_health"
    if "problem" in expected:
        _after(expected["problem"], content)
        return
    told = as_json(report("apple_health", iter(read(content))))
    assert told == expected["report"]


# Apple's type -> our name, unit, and what one of theirs is in ours.
_NAMES = {
    f"{Q}HeartRate": ("heart_rate", "/min", Decimal(1)),
    f"{Q}Height": ("height", "cm", Decimal("30.48")),
    f"{Q}BodyMass": ("weight", "kg", Decimal("0.45359237")),
    f"{Q}BodyMassIndex": ("bmi", "kg/m2", Decimal(1)),
}


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not there")
@pytest.mark.parametrize("name", ["dogsheep_export.xml", "paulstaab_export.xml", "vitest_findrecords_bp.xml"])
def test_public_samples(name: str) -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))[name]
    with (SAMPLES / name).open("rb") as file:
        told: dict[str, Any] = as_json(report("apple_health", apple_health.read(file, Answers())))
    named = {_NAMES[t][0]: (_NAMES[t], e) for t, e in expected["types"].items() if t in _NAMES}
    pressures = ["blood_pressure"] if expected["correlations"] else []
    workouts = ["workout"] if expected["workouts"] else []
    rings = [f"{each}_reported" for each in ("active_energy", "exercise_minutes", "stand_hours")]
    assert set(told["found"]) == {
        *named, *pressures, *workouts, *(rings if expected["activity_summaries"] else [])
    }  # fmt: skip
    for ring in rings if expected["activity_summaries"] else []:
        assert told["found"][ring]["count"] == expected["activity_summaries"]
    for ours, ((_, unit, factor), theirs) in named.items():
        got = told["found"][ours]
        places = 0 if ours == "heart_rate" else 1
        low, high = (round(float(Decimal(str(theirs[end])) * factor), places) for end in ("min", "max"))
        assert (got["count"], got["unit"], got["min"], got["max"]) == (theirs["n"], unit, low, high)
        assert (_utc(got["first"]), _utc(got["last"])) == (_utc(theirs["first"]), _utc(theirs["last"]))
    for pressure in expected["correlations"]:
        assert told["found"]["blood_pressure"]["count"] == len(expected["correlations"])
        systolic = int(pressure["children"][f"{Q}BloodPressureSystolic"].split()[0])
        assert told["found"]["blood_pressure"]["systolic"]["min"] <= systolic
    unknown = {t for t in expected["types"] if t not in _NAMES}
    problems = " ".join(each["problem"] for each in told["troubles"])
    assert all(f"「{each}」{expected['types'][each]['n']} 件" in problems for each in unknown)
    if expected["workouts"]:
        assert told["found"]["workout"]["count"] == len(expected["workouts"])
        starts = sorted(
            _utc(each["start"].replace(" ", "T", 1).replace(" ", "")) for each in expected["workouts"]
        )
        assert (_utc(told["found"]["workout"]["first"]), _utc(told["found"]["workout"]["last"])) == (
            starts[0], starts[-1]
        )  # fmt: skip


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not there")
def test_the_public_zip_reads_like_its_xml() -> None:
    with (
        (SAMPLES / "paulstaab_export.xml").open("rb") as xml,
        (SAMPLES / "paulstaab_export.zip").open("rb") as zipped,
    ):
        plain = as_json(report("", apple_health.read(xml, Answers())))
        packed = as_json(report("", apple_health.read(zipped, Answers())))
    assert plain["found"] == packed["found"]
    assert "workout-routes/" in json.dumps(packed["troubles"])


def _utc(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


# Blood pressure


@pytest.mark.parametrize("order", [1, -1])
def test_a_correlation_is_one_blood_pressure_and_its_twins_are_dropped(order: int) -> None:
    halves = both("131", "78")
    found = vitals(doc(*halves, pair(*halves[::order])))
    assert [v.reading for v in found] == [BloodPressure(Decimal(131), Decimal(78))]
    assert found[0].local.strftime("%H:%M") == "07:00"


def test_children_alone_twins_alone_and_both_have_the_same_source_id() -> None:
    halves = both("131", "78")
    shapes = [doc(pair(*halves)), doc(*halves), doc(*halves, pair(*halves[::-1]))]
    ids = [[p.source_id for p in read(shape) if isinstance(p, Found)] for shape in shapes]
    assert ids == [ids[0]] * 3
    assert len(ids[0]) == 1


def test_a_record_that_differs_from_the_correlation_is_no_twin() -> None:
    found = vitals(doc(*both("131", "78"), pair(*both("132", "79"))))
    assert sorted(v.pressure.systolic for v in found) == [131, 132]


def test_top_level_halves_are_paired_by_start_and_source() -> None:
    one, two = both("131", "78"), both("120", "70", source="Other")
    found = vitals(doc(one[0], two[0], two[1], one[1]))
    assert sorted((int(v.pressure.systolic), int(v.pressure.diastolic), v.device) for v in found) == [
        (120, 70, "Other"),
        (131, 78, "Cuff"),
    ]


def test_a_half_alone_is_a_trouble_with_its_place() -> None:
    content = doc(both("131", "78")[0])
    (trouble,) = [p for p in read(content) if isinstance(p, Trouble)]
    assert _code(trouble.problem) == "pressure_alone"
    assert trouble.where == f"{content.index(b'<Record')} バイト目"
    assert "131" in trouble.excerpt
    assert troubles(doc(pair(both("131", "78")[0])))[0][0] == "pressure_alone"


@pytest.mark.parametrize(
    ("high", "low", "code"), [("70", "80", "systolic_not_above_diastolic"), ("400", "80", "value_impossible")]
)
def test_an_impossible_pressure_is_a_trouble_and_an_improbable_one_is_kept(
    high: str, low: str, code: str
) -> None:
    assert [c for c, _ in troubles(doc(pair(*both(high, low))))] == [code]
    assert len(vitals(doc(pair(*both("230", "120"))))) == 1


def test_a_pulse_inside_the_correlation_goes_with_the_pressure() -> None:
    found = vitals(doc(pair(*both("131", "78"), rec("HeartRate", "66", "count/min"))))
    assert found[0].pressure.pulse == 66


# Rows and streams


def test_a_device_makes_a_stream_and_a_person_a_row() -> None:
    entered = note("HKWasUserEntered", "1")
    content = doc(
        rec("HeartRate", "61", "count/min", inside=note("HKMetadataKeyHeartRateMotionContext", "1")),
        rec("HeartRate", "72", "count/min", inside=entered),
        rec("HeartRate", "73", "count/min", inside=note("HKWasUserEntered", "0")),
        rec("BloodGlucose", "101", "mg/dL"),
        rec("BloodGlucose", "102", "mg/dL", inside=note("HKBloodGlucoseMealTime", "1")),
        rec("BloodGlucose", "103", "mg/dL", inside=note("HKBloodGlucoseMealTime", "2")),
        rec("StepCount", "9", "count", inside=entered),
    )
    assert streams(content) == {"heart_rate": [61, 73], "blood_glucose": [101], "steps": [9]}
    rows = [(v.kind, int(v.value), v.meal) for v in vitals(content)]
    assert rows == [
        ("heart_rate", 72, None),
        ("blood_glucose", 102, Meal.BEFORE_MEAL),
        ("blood_glucose", 103, Meal.AFTER_MEAL),
    ]


@pytest.mark.parametrize(
    ("name", "value", "unit", "kept"),
    [
        ("BodyMass", "132.2774", "lb", "60.0"),
        ("BodyMass", "52.35", "kg", "52.4"),
        ("Height", "5.66667", "ft", "172.7"),
        ("Height", "1.52", "m", "152.0"),
        ("WaistCircumference", "33", "in", "83.8"),
        ("BodyTemperature", "98.6", "degF", "37.0"),
        ("BodyFatPercentage", "0.312", "%", "31.2"),
        ("BodyFatPercentage", "31.2", "%", "31.2"),
        ("BodyMass", "1e2", "kg", "100.0"),
    ],
)
def test_rows_are_converted_exactly_and_rounded_to_their_decimals(
    name: str, value: str, unit: str, kept: str
) -> None:
    (piece,) = [p for p in read(doc(rec(name, value, unit))) if isinstance(p, Found)]
    assert isinstance(piece.word, Vital)
    assert str(piece.word.value) == kept
    assert f"|{value}|{unit}|" in piece.source_id


@pytest.mark.parametrize(
    ("name", "value", "unit", "stream", "kept"),
    [
        ("BloodGlucose", "5.5", "mmol&lt;180.1558800000541&gt;/L", "blood_glucose", 99.085734000029755),
        ("BloodGlucose", "5.5", "mmol/L", "blood_glucose", 99.085745),
        ("OxygenSaturation", "0.97", "%", "spo2", 97.0),
        ("OxygenSaturation", "1", "%", "spo2", 100.0),
        ("OxygenSaturation", "98", "%", "spo2", 98.0),
        ("DistanceWalkingRunning", "0.28715", "km", "distance", 287.15),
        ("DistanceWalkingRunning", "9.99e-05", "km", "distance", 0.0999),
        ("DistanceWalkingRunning", "0.5", "mi", "distance", 804.672),
        ("ActiveEnergyBurned", "418.4", "kJ", "active_energy", 100.0),
        ("ActiveEnergyBurned", "0.1", "Cal", "active_energy", 0.1),
        ("AppleSleepingWristTemperature", "95", "degF", "skin_temperature", 35.0),
        ("HeartRateVariabilitySDNN", "41.2345", "ms", "hrv", 41.2345),
        ("RestingHeartRate", "58", "count/min", "resting_heart_rate", 58.0),
        ("HeartRate", "150", "", "heart_rate", 150.0),
        ("BasalEnergyBurned", "8.4", "kcal", "basal_energy", 8.4),
        ("AppleExerciseTime", "1", "min", "exercise_minutes", 1.0),
        ("FlightsClimbed", "3", "count", "floors", 3.0),
        (
            "HKCategoryTypeIdentifierAppleStandHour",
            "HKCategoryValueAppleStandHourStood",
            "",
            "stand_hours",
            1.0,
        ),
        (
            "HKCategoryTypeIdentifierAppleStandHour",
            "HKCategoryValueAppleStandHourIdle",
            "",
            "stand_hours",
            0.0,
        ),
    ],
)
def test_streams_are_converted_to_the_nearest_float_and_never_rounded(
    name: str, value: str, unit: str, stream: str, kept: float
) -> None:
    assert streams(doc(rec(name, value, unit))) == {stream: [kept]}


def test_sleep_stages() -> None:
    stages = ["InBed", "Asleep", "AsleepUnspecified", "Awake", "AsleepCore", "AsleepDeep", "AsleepREM"]
    name = "HKCategoryTypeIdentifierSleepAnalysis"
    content = doc(*(rec(name, f"HKCategoryValueSleepAnalysis{stage}") for stage in stages))
    assert streams(content) == {"sleep": [0, 1, 1, 2, 3, 4, 5]}


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (rec("BodyMass", "523", "kg"), "value_impossible"),
        (rec("BodyMass", "52", "stones"), "unit_unknown"),
        (rec("BodyMass", "52"), "unit_unknown"),
        (rec("BodyMass", "NaN", "kg"), "not_a_number"),
        (rec("BodyMass", "52", "kg", start="2026-11-18 07:00:00"), "time_impossible"),
        (rec("BodyMass", "52", "kg", start="0001-01-01 00:00:00 +0900"), "time_impossible"),
        (rec("HeartRate", "inf", "count/min"), "records_odd"),
        (rec("HeartRate", "1_0", "count/min"), "records_odd"),
        (rec("HeartRate", "9" * 400, "count/min"), "records_odd"),
        (rec("HeartRate", "9" * 10, "count/min"), "records_odd"),
        (rec("HeartRate", "1e300", "count/min"), "records_odd"),
        (rec("HeartRate", "-61", "count/min"), "records_odd"),
        (rec("HeartRate", "61", "mmHg"), "records_odd"),
        (rec("BloodGlucose", "5", "mmol&lt;342.3&gt;/L"), "records_odd"),
        (rec("StepCount", "61", "count", start="2026-02-30 07:00:00 +0900"), "records_odd"),
        (rec("StepCount", "61", "count", end="2026-11-18 06:00:00 +0900"), "records_odd"),
        (rec("HKCategoryTypeIdentifierSleepAnalysis", "Dreaming"), "records_odd"),
        (rec("DietaryWater", "200", "mL"), "type_not_yet"),
        ("<ClinicalRecord type='x'/>", "type_not_yet"),
    ],
)
def test_what_is_not_understood_is_a_trouble(record: str, code: str) -> None:
    pieces = read(doc(record))
    assert [type(p) for p in pieces] == [Trouble]
    assert troubles(doc(record))[0][0] == code
    assert pieces[0].text()  # type: ignore[union-attr]  # words for the person


def test_a_million_of_an_unknown_type_are_one_trouble() -> None:
    content = doc(
        rec("HeartRate", "61", "count/min"),
        rec("StairAscentSpeed", "1", "ft/s") * 3,
        rec("NewThing", "x") * 2,
    )
    told = [p for p in read(content) if isinstance(p, Trouble)]
    assert [
        (t.problem.words["type"], t.problem.words["count"]) for t in told if isinstance(t.problem, Problem)
    ] == [
        (f"{Q}StairAscentSpeed", 3),
        (f"{Q}NewThing", 2),
    ]
    assert told[0].where == f"{content.index(b'<Record', 200)} バイト目"


def test_endless_types_are_told_together_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apple_gather, "MAX_ODDITIES", 3)
    told = [p for p in read(doc(*(rec(f"Thing{n}", "1") for n in range(10)))) if isinstance(p, Trouble)]
    assert sum(int(str(t.problem.words["count"])) for t in told if isinstance(t.problem, Problem)) == 10
    assert len(told) == 4


def test_batches_are_handed_over_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apple_gather, "BATCH", 4)
    content = doc(*(rec("HeartRate", str(60 + n), "count/min", source="AB"[n % 2]) for n in range(10)))
    pieces = read_quickly(io.BytesIO(content), apple_gather.Gathering("Asia/Tokyo"), 300)
    sizes = [len(piece) for piece in pieces if isinstance(piece, Readings)]
    assert sum(sizes) == 10
    assert max(sizes) < 5


def test_what_is_kept_back_from_many_sources_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apple_gather, "KEPT_BACK", 4)
    content = doc(*(rec("HeartRate", str(60 + n), "count/min", source=f"App {n}") for n in range(10)))
    file = io.BytesIO(content)
    reading = read_quickly(file, apple_gather.Gathering("Asia/Tokyo"), 300)
    assert isinstance(next(reading), Readings)
    assert file.tell() < len(content) * 3 // 4
    assert sum(isinstance(piece, Readings) for piece in reading) == 9


def test_endless_blood_pressures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apple_pressure, "MAX_WAITING", 10)
    _after("xml_refused", doc(both("131", "78")[0] * 11))
    _after("xml_refused", doc(pair(*both("131", "78")) * 6))
    assert len(vitals(doc(pair(*both("131", "78")) * 5))) == 5


# Time


def test_the_written_offset_never_makes_the_local_day() -> None:
    # Exported in winter: a July morning in Paris is written +0100.
    written = "2026-07-02 07:30:00 +0100"
    weight = rec("BodyMass", "52", "kg", start=written)
    (in_paris,) = vitals(doc(weight), zone="Europe/Paris")
    assert in_paris.offset_min == 120
    assert in_paris.taken_at.isoformat() == "2026-07-02T06:30:00+00:00"
    (told,) = vitals(
        doc(rec("BodyMass", "52", "kg", start=written, inside=note("HKTimeZone", "America/New_York")))
    )
    assert told.offset_min == -240
    (nonsense,) = vitals(doc(rec("BodyMass", "52", "kg", start=written, inside=note("HKTimeZone", "../etc"))))
    assert nonsense.offset_min == 540


def test_the_source_id_survives_an_export_from_elsewhere() -> None:
    at_home, abroad = "2026-11-18 07:00:00 +0900", "2026-11-17 23:00:00 +0100"
    ids = {
        p.source_id
        for start in (at_home, abroad)
        for p in read(doc(rec("BodyMass", "52.35", "kg", start=start)))
        if isinstance(p, Found)
    }
    assert len(ids) == 1


def test_an_unknown_zone_is_refused_at_once() -> None:
    with pytest.raises(Invalid):
        read(doc(), zone="Asia/Nowhere")


# Whose


def test_identity() -> None:
    me = (
        '<Me HKCharacteristicTypeIdentifierDateOfBirth="1948-05-03" '
        'HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>'
    )
    assert read(doc(me)) == [Identity(sex="female", born_on="1948-05-03")]


# Bad input


def _after(code: str, content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.code == code
    return refused.value.message()


_GOOD = doc(rec("HeartRate", "61", "count/min") * 3)


def test_truncated_and_malformed_xml_is_refused_with_its_byte() -> None:
    for length in range(50, len(_GOOD) - 2):
        message = _after("xml_broken", _GOOD[:length])
        assert "バイト目" in message
    assert f"（{_GOOD.index(b'</HealthData>') + 2} バイト目）" in _after(
        "xml_broken", _GOOD.replace(b"</HealthData>", b"</Healthdata>")
    )
    _after("xml_broken", _GOOD + b"<Record/>")


def test_nothing_comes_after_the_refusal() -> None:
    reading: Iterator[Piece] = apple_health.read(io.BytesIO(_GOOD[:-5]), Answers())
    with pytest.raises(Unreadable):
        list(chain(reading))
    assert list(reading) == []


@pytest.mark.parametrize(
    ("dtd", "code"),
    [
        ('<!DOCTYPE HealthData [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', "xml_refused"),
        ('<!DOCTYPE HealthData [<!ENTITY % a "aaaa">]>', "xml_refused"),
        ('<!DOCTYPE HealthData SYSTEM "file:///etc/passwd">', "xml_refused"),
        ("<!DOCTYPE HealthData [<!ELEMENT Record ANY>", "xml_broken"),
        ("<!DOCTYPE HealthData []><!DOCTYPE HealthData []>", "xml_broken"),
    ],
)
def test_a_dtd_with_entities_or_outside_files_is_refused(dtd: str, code: str) -> None:
    _after(code, doc(rec("HeartRate", "61", "count/min"), before=dtd))


def test_a_malformed_dtd_is_passed_over() -> None:
    # As written by iOS 16: an ATTLIST never closed, and a ">" too many before the end.
    dtd = "<!DOCTYPE HealthData [\n<!-- ]> --><!ATTLIST Vision\n brand CDATA #IMPLIED\n<!ELEMENT Eye EMPTY>\n>\n]>\n"
    assert streams(doc(rec("HeartRate", "61", "count/min"), before=dtd)) == {"heart_rate": [61]}


def test_an_entity_that_nobody_declared_is_refused() -> None:
    _after("xml_broken", doc(rec("HeartRate", "61", "count/min", source="&boom;")))


def test_wrong_encodings() -> None:
    assert "30" in _after("encoding_wrong", _GOOD.decode().replace("UTF-8", "Shift_JIS").encode())
    _after("encoding_wrong", "\ufeff".encode("utf-16-le") + _GOOD.decode().encode("utf-16-le"))
    cp932 = _GOOD.decode().replace("Cuff", "花子").encode("cp932")
    assert f"{cp932.index('花子'.encode('cp932'))}" in _after("encoding_wrong", cp932)
    assert streams(b"\xef\xbb\xbf" + _GOOD) == {"heart_rate": [61, 61, 61]}


def test_another_root_and_an_empty_file() -> None:
    _after("format_unknown", b"<html></html>")
    _after("file_empty", b"")
    _after("xml_broken", b"no xml at all, " * 50)


def test_endless_nesting_and_endless_tokens_are_refused() -> None:
    _after("xml_refused", doc("<a>" * 100 + "</a>" * 100))
    _after("xml_refused", b"<!--" + b"a" * 3_000_000)
    _after("xml_refused", doc("<!--", "a" * 9_500_000, "-->"))


# Recognition


def test_recognises_by_content() -> None:
    assert recognise(_GOOD, "nothing.bin") == "apple_health"
    assert recognise(b"<HealthData/>", "") == "apple_health"
    assert not apple_health.recognises(b"<?xml version='1.0'?><ClinicalDocument/>", "export.xml")
    assert not apple_health.recognises(b"JAHISTC08,1\r\n", "export.zip")
    assert not apple_health.recognises(_zip({"health_connect_export.db": b"x"}), "export.zip")


def test_only_the_largest_export_in_the_zip_is_read() -> None:
    cda = b"<ClinicalDocument>" + b" " * 90_000 + b"</ClinicalDocument>"
    content = _zip({"apple_health_export/export_cda.xml": cda, "apple_health_export/export.xml": _GOOD})
    assert recognise(content[:4096], "") == "apple_health"
    assert streams(content) == {"heart_rate": [61, 61, 61]}
    _after("zip_refused", _zip({"apple_health_export/export_cda.xml": cda}))


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()
