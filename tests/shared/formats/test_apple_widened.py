"""What an Apple export holds besides records: workouts, the rings of a day, heart beats, electrocardiograms, CDA."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.electrocardiograms import Classified, Electrocardiogram
from shared.formats import (
    HEAD_BYTES,
    Answers,
    Ask,
    Found,
    Piece,
    Question,
    Trouble,
    apple_ecg,
    apple_health,
    named,
    recognise,
)
from shared.formats import clinical_document as cda
from shared.formats.report import as_json, report
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import BloodPressure, Vital
from shared.workouts import Activity, Workout
from tests.formats_samples import sample

T = "2026-11-18 09:00:00 +0900"


def export(*inside: str) -> bytes:
    return f'<?xml version="1.0"?>\n<HealthData locale="ja_JP">{"".join(inside)}</HealthData>'.encode()


def read(content: bytes, zone: str = "Asia/Tokyo") -> list[Piece]:
    return list(apple_health.read(io.BytesIO(content), Answers(zone)))


def workout(attributes: str = "", inside: str = "", kind: str = "Walking", end: str = T) -> str:
    return (
        f'<Workout workoutActivityType="HKWorkoutActivityType{kind}" sourceName="Watch" startDate="{T}" endDate="{end}"'
        f" {attributes}>{inside}</Workout>"
    )


def statistics(name: str, unit: str, **values: str) -> str:
    said = " ".join(f'{key}="{value}"' for key, value in values.items())
    return f'<WorkoutStatistics type="HKQuantityTypeIdentifier{name}" {said} unit="{unit}"/>'


def only(pieces: list[Piece]) -> Workout:
    (found,) = [piece.word for piece in pieces if isinstance(piece, Found)]
    assert isinstance(found, Workout)
    return found


def columns(pieces: list[Piece], stream: str) -> list[tuple[int, int, float]]:
    return [
        row
        for piece in pieces
        if isinstance(piece, Readings) and piece.stream == stream
        for row in zip(piece.start, piece.end, piece.value, strict=True)
    ]


# Workouts


def test_totals_are_in_statistics_in_a_modern_export() -> None:
    inside = (
        statistics("DistanceWalkingRunning", "km", sum="2.3104")
        + statistics("ActiveEnergyBurned", "kJ", sum="418.4")
        + statistics("HeartRate", "count/min", average="98.4", minimum="80", maximum="121")
        + statistics("StepCount", "count", sum="3120")
        + '<MetadataEntry key="HKTimeZone" value="Europe/Paris"/>'
    )
    found = only(
        read(export(workout('duration="41.5" durationUnit="min"', inside, end="2026-11-18 09:45:00 +0900")))
    )
    assert (found.activity, found.named, found.device) == (Activity.WALKING, "Walking", "Watch")
    assert (found.started_at, found.offset_min) == (datetime(2026, 11, 18, tzinfo=UTC), 60)
    assert (found.active_s, found.distance_m, found.energy_kcal) == (
        2490,
        Decimal("2310.4"),
        Decimal("100.0"),
    )
    assert (found.steps, found.heart_rate_mean, found.heart_rate_max) == (3120, 98, 121)


def test_totals_are_in_attributes_in_an_older_one() -> None:
    found = only(
        read(
            export(
                workout(
                    'totalDistance="0.5" totalDistanceUnit="mi" totalEnergyBurned="48.7" totalEnergyBurnedUnit="kcal"'
                )
            )
        )
    )
    assert (found.distance_m, found.energy_kcal, found.steps, found.active_s) == (
        Decimal("804.7"), Decimal("48.7"), None, None
    )  # fmt: skip


def test_an_activity_we_have_no_word_for_keeps_its_own() -> None:
    found = only(read(export(workout(kind="Curling"))))
    assert (found.activity, found.named) == (Activity.OTHER, "Curling")


def test_an_amount_that_is_not_understood_costs_only_itself() -> None:
    pieces = read(export(workout('totalDistance="3" totalDistanceUnit="parsec" totalEnergyBurned="many"')))
    assert only(pieces).distance_m is None
    problems = [piece.problem for piece in pieces if isinstance(piece, Trouble)]
    assert [each.code for each in problems if isinstance(each, Problem)] == ["unit_unknown", "not_a_number"]


@pytest.mark.parametrize("end", ["2026-11-18 08:00:00 +0900", "soon", "2026-12-30 09:00:00 +0900"])
def test_a_workout_that_cannot_be_is_a_trouble(end: str) -> None:
    (piece,) = read(export(workout(end=end)))
    assert isinstance(piece, Trouble)


def test_the_same_workout_is_the_same_whenever_it_is_exported() -> None:
    later = workout().replace("+0900", "+0900").replace("09:00:00 +0900", "01:00:00 +0100")
    ids = [
        piece.source_id
        for text in (workout(), later)
        for piece in read(export(text))
        if isinstance(piece, Found)
    ]
    assert len(ids) == 2
    assert len(set(ids)) == 1


# The rings


def test_rings_are_totals_of_her_own_day() -> None:
    ring = (
        '<ActivitySummary dateComponents="2026-03-29" activeEnergyBurned="418.4" activeEnergyBurnedGoal="600"'
        ' activeEnergyBurnedUnit="kJ" appleExerciseTime="31" appleStandHours="9"/>'
    )
    pieces = read(export(ring), "Europe/Paris")
    ((start, end, value),) = columns(pieces, "active_energy_reported")
    assert (end - start, value) == (23 * 3_600_000, 100.0), "a day on which the clock goes on has 23 hours"
    assert columns(pieces, "exercise_minutes_reported")[0][2] == 31
    assert columns(pieces, "stand_hours_reported")[0][2] == 9


@pytest.mark.parametrize("day", ["1969-12-30", "2026-02-30", "yesterday", ""])
def test_a_day_that_is_none_is_a_trouble(day: str) -> None:
    (piece,) = read(export(f'<ActivitySummary dateComponents="{day}" appleStandHours="9"/>'))
    assert isinstance(piece, Trouble)


def test_a_day_without_a_watch_has_no_rings() -> None:
    assert (
        read(
            export('<ActivitySummary dateComponents="2026-03-29" appleExerciseTime="0" appleStandHours="0"/>')
        )
        == []
    )


# Heart beats


def variability(*clocks: str, start: str = T) -> str:
    beats = "".join(f'<InstantaneousBeatsPerMinute bpm="61" time="{clock}"/>' for clock in clocks)
    return (
        f'<Record type="HKQuantityTypeIdentifierHeartRateVariabilitySDNN" sourceName="Watch" unit="ms"'
        f' startDate="{start}" endDate="{start}" value="41"><HeartRateVariabilityMetadataList>{beats}'
        "</HeartRateVariabilityMetadataList></Record>"
    )


@pytest.mark.parametrize(
    "clock",
    ["9:00:01.25 午前", "9:00:01.25 AM", "09:00:01,25", "午前9:00:01.25", "5:30:01.25 AM", "1:00:01.25"],
)
def test_a_beat_is_placed_by_its_minutes_and_seconds_in_any_language_and_zone(clock: str) -> None:
    pieces = read(export(variability(clock)))
    begun = 1794960000000
    assert columns(pieces, "beats") == [(begun + 1250, begun + 1250, 61.0)]
    assert columns(pieces, "hrv") == [(begun, begun, 41.0)]


def test_beats_over_the_hour_follow_one_another() -> None:
    pieces = read(export(variability("9:59:58.5", "10:00:00.1", start="2026-11-18 09:59:55 +0900")))
    first, second = (start for start, _, _ in columns(pieces, "beats"))
    assert second - first == 1600


def test_beats_that_cannot_be_placed_are_a_trouble_and_the_variability_stays() -> None:
    pieces = read(export(variability("9:07:01.25")))
    assert columns(pieces, "beats") == []
    assert len(columns(pieces, "hrv")) == 1
    assert sum(isinstance(piece, Trouble) for piece in pieces) == 1


# Electrocardiograms

ECG = (
    'Name,"山田 花子"\nDate of Birth,"May 3, 1948"\nRecorded Date,2026-11-18 09:00:00 +0900\n'
    'Classification,Atrial Fibrillation\nSymptoms,"Rapid, pounding heartbeat"\nSoftware Version,1.90\n'
    'Device,"Watch6,14"\n'
    "Sample Rate,512 hertz\n\n\nLead,Lead I\nUnit,µV\n\n-93.215\n0\n12.5\n1204.001\n"
)


def test_a_recording_of_a_watch() -> None:
    head = ECG.encode()
    assert apple_ecg.recognises(head, "")
    (found,) = apple_ecg.read(io.BytesIO(head), Answers("Asia/Tokyo"))
    assert isinstance(found, Found)
    made = found.word
    assert isinstance(made, Electrocardiogram)
    assert made.nanovolts.tolist() == [-93215, 0, 12500, 1204001]
    assert (made.taken_at, made.offset_min, made.hertz) == (
        datetime(2026, 11, 18, tzinfo=UTC),
        540,
        Decimal(512),
    )
    assert (made.classified, made.symptoms) == (Classified.ATRIAL_FIBRILLATION, "Rapid, pounding heartbeat")
    assert (made.lead, made.device) == ("Lead I", "Watch6,14")
    assert "花子" not in repr(found)


def test_a_recording_of_a_phone_in_another_language() -> None:
    other = ECG.replace("Sample Rate,512 hertz", "サンプルレート," + "511.9 ヘルツ").replace(
        "Classification,Atrial Fibrillation", "分類,洞調律"
    )
    (found,) = apple_ecg.read(io.BytesIO(other.encode()), Answers())
    assert isinstance(found, Found)
    assert isinstance(found.word, Electrocardiogram)
    assert (found.word.classified, found.word.hertz) == (Classified.SINUS_RHYTHM, Decimal("511.9"))


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (ECG.replace("12.5\n", "nan\n"), "table_broken"),
        (ECG.replace("12.5\n", "\x00\n"), "table_broken"),
        (ECG[: ECG.index("-93")], "file_cut_short"),
        (ECG.replace("Recorded Date", "Recorded").replace("2026-11-18 09", "yesterday 09"), "format_unknown"),
        (ECG.replace("-93.215", "-9321512.5"), "file_cut_short"),
        (ECG.replace("512 hertz", "0 hertz"), "table_broken"),
        (ECG.replace("512 hertz", "0.000 hertz"), "table_broken"),
        (ECG.replace("512 hertz", "10000.1 hertz"), "table_broken"),
        (ECG.replace("2026-11-18", "1900-11-18"), "time_impossible"),
        (ECG.replace("2026-11-18 09", "9999-12-31 23").replace("+0900", "-0500"), "time_impossible"),
    ],
)
def test_a_recording_that_is_damaged_is_refused(spoilt: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        list(apple_ecg.read(io.BytesIO(spoilt.encode()), Answers()))
    assert refused.value.code in (code, "table_broken")


@given(st.binary(max_size=300), st.integers(0, 400))
def test_damage_is_a_named_problem_or_a_recording(noise: bytes, at: int) -> None:
    raw = ECG.encode()
    try:
        list(apple_ecg.read(io.BytesIO(raw[:at] + noise + raw[at:]), Answers()))
    except Problem:
        return


def test_recordings_in_the_zip_are_read_and_one_broken_does_not_lose_the_others() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("apple_health_export/export.xml", export(workout()))
        zipped.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        zipped.writestr("apple_health_export/electrocardiograms/ecg_2026-11-18.csv", ECG)
        zipped.writestr("apple_health_export/electrocardiograms/ecg_2026-11-19.csv", ECG.replace("12.5", "x"))
        zipped.writestr("apple_health_export/workout-routes/route.gpx", "<gpx/>")
    pieces = read(made.getvalue())
    found = [piece for piece in pieces if isinstance(piece, Found)]
    assert [type(each.word) for each in found] == [Workout, Electrocardiogram]
    assert found[1].where == "apple_health_export/electrocardiograms/ecg_2026-11-18.csv"
    assert [piece.where for piece in pieces if isinstance(piece, Trouble)] == [
        "apple_health_export/electrocardiograms/ecg_2026-11-19.csv", "workout-routes/"
    ]  # fmt: skip


# Clinical documents


def observation(code: str, value: str, unit: str, when: str = "20261118090000+0900", own: str = "") -> str:
    return (
        f'<component><observation classCode="OBS"><code code="{code}" codeSystem="2.16.840.1.113883.6.1"/>'
        f"<text>{own}</text>"
        f'<effectiveTime><low value="{when}"/><high value="{when}"/></effectiveTime>'
        f'<value xsi:type="PQ" value="{value}" unit="{unit}"/></observation></component>'
    )


def document(*inside: str) -> bytes:
    return (
        '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="x"><component><section><entry>'
        "<organizer>"
        f"{''.join(inside)}</organizer></entry></section></component></ClinicalDocument>"
    ).encode()


def signs(content: bytes, asked: Answers | None = None) -> list[Piece]:
    return list(cda.read(io.BytesIO(content), asked or Answers()))


def test_apples_own_names_make_it_the_same_reading_as_in_the_export() -> None:
    own = (
        "<sourceName>Watch</sourceName><value>66</value><type>HKQuantityTypeIdentifierHeartRate</type><unit>count/min</unit>"
        "<metadataEntry><key>HKMetadataKeyHeartRateMotionContext</key><value>1</value></metadataEntry>"
    )
    pieces = signs(document(observation("8867-4", "66", "/min", own=own)))
    record = (
        '<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min"'
        f' startDate="{T}" endDate="{T}" value="66"/>'
    )
    assert columns(pieces, "heart_rate") == columns(read(export(record)), "heart_rate") != []


def test_a_clinics_vital_signs_are_rows() -> None:
    content = document(
        observation("8480-6", "131", "mm[Hg]"), observation("8462-4", "78", "mm[Hg]"),
        observation("8310-5", "36.4", "Cel"), observation("8867-4", "66", "/min"),
        observation("2093-3", "180", "mg/dL"),
    )  # fmt: skip
    pieces = signs(content)
    found = {
        p.word.kind: p.word.reading for p in pieces if isinstance(p, Found) and isinstance(p.word, Vital)
    }
    assert found == {
        "blood_pressure": BloodPressure(Decimal(131), Decimal(78)),
        "body_temperature": Decimal("36.4"),
        "heart_rate": Decimal(66),
    }
    (trouble,) = [p for p in pieces if isinstance(p, Trouble)]
    assert isinstance(trouble.problem, Problem)
    assert trouble.problem.words["type"] == "2093-3"
    assert int(trouble.where.split()[0]) == content.index(b"<observation", content.index(b"66"))


def test_a_time_without_an_offset_is_asked_about() -> None:
    content = document(observation("29463-7", "52.4", "kg", "20261118090000"))
    with pytest.raises(Question) as asked:
        signs(content)
    assert (asked.value.ask, asked.value.of) == (Ask.ZONE, "clinical_document")


@pytest.mark.parametrize("cut", [30, 200, -20])
def test_a_document_that_is_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(Unreadable):
        signs(document(observation("29463-7", "52.4", "kg"))[:cut])


def test_documents_are_known_by_their_root() -> None:
    assert cda.recognises(document()[:4096], "")
    assert not cda.recognises(export()[:4096], "")
    assert not apple_health.recognises(document()[:4096], "")


@pytest.mark.parametrize(
    ("name", "path"), [("apple_ecg", "hanako_watch.csv"), ("clinical_document", "hanako_export_cda.xml")]
)
def test_our_own_samples(name: str, path: str) -> None:
    raw = sample(f"{name}/{path}")
    assert recognise(raw[:HEAD_BYTES], "") == name
    told = as_json(report(name, named(name).read(io.BytesIO(raw), Answers())))
    assert told == json.loads(sample(f"{name}/{path.rpartition('.')[0]}.expected.json"))


def temperature(place: str, value: str = "33.05", unit: str = "degC") -> str:
    note = f'<MetadataEntry key="HKBodyTemperatureSensorLocation" value="{place}"/>'
    return (
        f'<Record type="HKQuantityTypeIdentifierBodyTemperature" sourceName="Patch" unit="{unit}"'
        f' startDate="{T}" endDate="{T}" value="{value}">{note if place else ""}</Record>'
    )


@pytest.mark.parametrize(("value", "unit"), [("33.05", "degC"), ("91.49", "degF")])
@pytest.mark.parametrize("place", ["4", "8"])
def test_the_temperature_of_a_finger_or_a_toe_is_one_of_the_skin(place: str, value: str, unit: str) -> None:
    pieces = read(export(temperature(place, value, unit)))
    assert [value for _, _, value in columns(pieces, "skin_temperature")] == [pytest.approx(33.05)]
    assert not [piece for piece in pieces if isinstance(piece, Found | Trouble)]


@pytest.mark.parametrize("place", ["", "0", "1", "2", "3", "5", "6", "7", "9", "10", "11"])
def test_the_places_of_a_body_temperature(place: str) -> None:
    (found,) = [piece for piece in read(export(temperature(place, "36.4"))) if isinstance(piece, Found)]
    assert isinstance(found.word, Vital)
    assert found.word.kind == "body_temperature"


def test_a_temperature_of_a_place_that_apple_does_not_name_is_told() -> None:
    (told,) = [
        piece for piece in read(export(temperature("77", "36.4"))) if isinstance(piece, Found | Trouble)
    ]
    assert isinstance(told, Trouble)
    assert isinstance(told.problem, Problem)
    assert told.problem.code == "temperature_site"
