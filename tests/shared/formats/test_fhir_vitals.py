"""Vital signs and electrocardiograms in FHIR files: by LOINC, JP Core, JLAC10 and PGHD codes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.electrocardiograms import Electrocardiogram
from shared.formats import Found, Trouble
from shared.streams import BELOW, EXACT, Readings
from shared.vitals import BloodPressure, Vital
from tests.shared.formats.read_files import codes, pieces, readings, refusal, words

OF = "fhir_jp"
LOINC = "http://loinc.org"
PGHD = "http://example.jp/fhir/pghd/CodeSystem/observation-pghd-codes"
BODY = "http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationBodyMeasurementCode_CS"
NURSING = "http://medis.or.jp/CodeSystem/master-nursingObservationKeyCode"
AT = "2026-11-18T07:00:00+09:00"
JP_CORE = Path(__file__).parents[4] / "shared" / "data" / "jp-fhir" / "jp-core-v1x"


def coded(code: str, system: str = LOINC) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def quantity(value: object, unit: str, **more: object) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit, **more}


def seen(code: dict[str, Any], value: object = None, unit: str = "", **more: Any) -> dict[str, Any]:
    made = {"resourceType": "Observation", "status": "final", "code": code, "effectiveDateTime": AT}
    if value is not None:
        made["valueQuantity"] = quantity(value, unit)
    return {**made, **more}


def ecg(data: str, unit: str, period: float = 2) -> dict[str, Any]:
    sampled = {"origin": {"code": unit}, "period": period, "data": data}
    return seen(coded("11524-6"), valueSampledData=sampled)


def half(code: str, value: object, system: str = LOINC) -> dict[str, Any]:
    return {"code": coded(code, system), "valueQuantity": quantity(value, "mm[Hg]")}


def bundle(*resources: dict[str, Any]) -> bytes:
    entries = [{"resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def read(*resources: dict[str, Any]) -> list[Any]:
    return pieces(OF, bundle(*resources))


@pytest.mark.parametrize(
    ("code", "value", "unit", "kind", "kept"),
    [
        (coded("29463-7"), 52.3, "kg", "weight", "52.3"),
        (coded("31000296", BODY), 52.3, "kg", "weight", "52.3"),
        (coded("9N006000000000001", "urn:oid:1.2.392.200119.6.1005"), 52.3, "kg", "weight", "52.3"),
        (coded("8310-5"), 97.7, "[degF]", "body_temperature", "36.5"),
        (coded("8302-2"), 152, "cm", "height", "152.0"),
        (coded("8867-4"), 66, "/min", "heart_rate", "66"),
        (coded("31001369", NURSING), 16, "回", "respiratory_rate", "16"),
        (coded("59408-5"), 0.97, "%", "spo2", "97"),
        (coded("15074-8"), 5.5, "mmol/L", "blood_glucose", "99"),
        (coded("bodyMassIndex", PGHD), 21.4, "kg/m2", "bmi", "21.4"),
        (coded("41982-0"), 28.4, "%", "body_fat", "28.4"),
    ],
)  # fmt: skip
def test_a_row_by_any_of_its_codes(
    code: dict[str, Any], value: object, unit: str, kind: str, kept: str
) -> None:
    (vital,) = words(read(seen(code, value, unit)))
    assert (vital.kind, str(vital.reading), vital.offset_min, vital.origin) == (kind, kept, 540, OF)


SNOMED = "http://snomed.info/sct"


def site(code: str = "", display: str = "", text: str = "") -> dict[str, Any]:
    coding = {"system": SNOMED, "code": code, "display": display}
    return {
        "coding": [{key: each for key, each in coding.items() if each}],
        **({"text": text} if text else {}),
    }


@pytest.mark.parametrize(
    "where",
    [site("39937001"), site("7569003"), site(display="Wrist structure"), site("1234", text="左手首"), site("toe"),
     [site("39937001")]],
)  # fmt: skip
def test_the_temperature_of_the_skin_is_no_body_temperature(where: Any) -> None:
    # The second and third say the same as others but for their moment, which the quick way looks up.
    later = [f"2026-11-18T0{hour}:00:00+09:00" for hour in (8, 9)]
    cold = [seen(coded("8310-5"), 33.0, "Cel", bodySite=where, effectiveDateTime=at) for at in (AT, *later)]
    warm = seen(coded("8310-5"), 33.0, "Cel", effectiveDateTime="2026-11-18T10:00:00+09:00")
    found = read(cold[0], warm, *cold[1:])
    assert [value for _, _, value in readings(found, "skin_temperature")] == [33.0] * 3
    assert [word.kind for word in words(found)] == ["body_temperature"]
    assert codes(found) == []


@pytest.mark.parametrize(
    "where", [site("91470000"), site(text="腋窩"), site("x", "Oral cavity structure"), {}]
)
def test_a_temperature_of_the_body_says_where(where: Any) -> None:
    (vital,) = words(read(seen(coded("8310-5"), 36.4, "Cel", bodySite=where)))
    assert (vital.kind, vital.reading) == ("body_temperature", Decimal("36.4"))


def test_a_temperature_of_a_place_that_nobody_knows_is_told() -> None:
    found = read(seen(coded("8310-5"), 36.4, "Cel", bodySite=site("64033007", "Kidney structure")))
    assert codes(found) == ["temperature_site"]
    assert not words(found)
    assert "64033007" in next(each for each in found if isinstance(each, Trouble)).text()


def test_a_reading_of_before_anybody_wore_a_device_is_told() -> None:
    rate = coded("heartRate", PGHD)
    found = read(*(seen(rate, 66, "/min", effectiveDateTime=at) for at in (AT, "1970-01-01T00:00:00Z")))
    assert len(readings(found, "heart_rate")) == 1
    assert codes(found) == ["time_impossible"]


def test_a_blood_pressure_panel_with_its_pulse_and_device() -> None:
    device = {
        "resourceType": "Device",
        "id": "d",
        "deviceName": [
            {"name": "HEM-7600T", "type": "model-name"},
            {"name": "Cuff", "type": "user-friendly-name"},
        ],
    }
    parts = [
        half("8480-6", 134),
        half("8462-4", 84),
        {"code": coded("8867-4"), "valueQuantity": quantity(66, "/min")},
    ]
    (vital,) = words(
        read(
            seen(
                coded("85354-9"),
                component=parts,
                contained=[device],
                device={"reference": "#d"},
                note=[{"text": "左腕"}],
            )
        )
    )
    assert vital.reading == BloodPressure(Decimal(134), Decimal(84), Decimal(66))
    assert (vital.device, vital.note) == ("Cuff", "左腕")


def test_pressures_that_stand_apart_are_paired_by_their_moment() -> None:
    high, low = coded("9A751000000000001", "urn:oid:1.2.392.200119.6.1005"), coded("8462-4")
    later = "2026-11-18T08:00:00+09:00"
    found = read(
        seen(low, 84, "mm[Hg]"), seen(high, 134, "mm[Hg]"), seen(high, 140, "mm[Hg]", effectiveDateTime=later)
    )
    assert [word.reading for word in words(found)] == [BloodPressure(Decimal(134), Decimal(84))]
    assert codes(found) == ["pressure_alone"]


def test_what_a_device_keeps_measuring_is_readings() -> None:
    period = {"start": AT, "end": "2026-11-18T07:10:00+09:00"}
    both = {"coding": [{"system": LOINC, "code": "8867-4"}, {"system": PGHD, "code": "heartRate"}]}
    steps = seen(coded("stepCount", PGHD), 120, "{steps}", effectivePeriod=period)
    del steps["effectiveDateTime"]
    low = seen(coded("99504-3"), valueQuantity=quantity(40, "mg/dL", comparator="<"))
    found = read(
        seen(both, 70, "/min"), steps, low, seen(coded("appleSleepingWristTemperature", PGHD), 35.9, "Cel")
    )
    assert words(found) == []
    ((start, end, value),) = readings(found, "steps")
    assert (end - start, value) == (600_000, 120)
    assert [value for *_, value in readings(found, "heart_rate")] == [70]
    assert [value for *_, value in readings(found, "skin_temperature")] == [35.9]
    (glucose,) = [each for each in found if isinstance(each, Readings) and each.stream == "blood_glucose"]
    assert list(glucose.comparator) == [BELOW]


DAY = {"start": "2026-11-18T00:00:00+09:00", "end": "2026-11-18T23:59:59+09:00"}


@pytest.mark.parametrize(
    "when",
    [
        {"effectiveDateTime": "2026-11-18"},
        {"effectiveDateTime": "2026-11-18T22:00:00+09:00"},
        {"effectivePeriod": DAY},
    ],
)
def test_steps_of_24_hours_are_the_reported_sum_of_a_day(when: dict[str, Any]) -> None:
    whole = seen(coded("41950-7"), 8123, "{steps}")
    del whole["effectiveDateTime"]
    found = read({**whole, **when})
    assert readings(found, "steps") == []
    ((start, end, value),) = readings(found, "steps_reported")
    assert (datetime.fromisoformat(DAY["start"]).timestamp() * 1000, 86_400_000) == (start, end - start)
    assert value == 8123


@pytest.mark.parametrize("when", ["2026", "2026-11", "2026-02-30", "9999-12-31", ""])
def test_steps_of_no_day_are_told(when: str) -> None:
    found = read({**seen(coded("41950-7"), 8123, "{steps}"), "effectiveDateTime": when})
    assert readings(found, "steps_reported") == []
    assert codes(found)


def test_an_electrocardiogram_of_a_watch() -> None:
    sampled = {
        "origin": {"value": 0, "code": "uV"},
        "period": 1.953125,
        "dimensions": 1,
        "data": "-12.5 0 103.25",
    }
    (recording,) = words(read(seen(coded("11524-6"), valueSampledData=sampled)))
    assert isinstance(recording, Electrocardiogram)
    assert (recording.hertz, list(recording.nanovolts)) == (Decimal(512), [-12_500, 0, 103_250])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (seen(coded("29463-7"), 52, "kg", status="entered-in-error"), "status_not_kept"),
        (seen(coded("29463-7"), 52, "parsec"), "unit_unknown"),
        (seen(coded("29463-7"), "52", "kg"), "not_a_number"),
        (seen(coded("29463-7"), 5200, "kg"), "value_impossible"),
        (seen(coded("29463-7")), "not_a_number"),
        (seen(coded("29463-7"), 52, "kg", effectiveDateTime="2026-11-18"), "moment_missing"),
        (seen(coded("29463-7"), 52, "kg", effectiveDateTime="2026-11-18T07:00:00"), "time_without_zone"),
        (seen(coded("29463-7"), 52, "kg", effectiveDateTime="2026-13-18T07:00:00Z"), "time_impossible"),
        (seen(coded("29463-7"), valueQuantity=quantity(52, "kg", comparator=">")), "value_odd"),
        (seen(coded("85354-9"), component=[half("8480-6", 130)]), "pressure_alone"),
        (ecg("1 E 2", "uV"), "value_odd"),
        (ecg("1", "mmHg"), "unit_unknown"),
        (ecg("1", "uV", period=0.0999), "value_odd"),
        (ecg("1", "uV", period=-2), "value_odd"),
        (ecg("1 " * 200_001, "uV"), "value_odd"),
        (seen(coded("4548-4"), 6.1, "%"), "type_not_yet"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_and_costs_no_other(bad: dict[str, Any], code: str) -> None:
    found = read(seen(coded("29463-7"), 51, "kg"), bad)
    assert [str(word.reading) for word in words(found)] == ["51.0"]
    assert codes(found) == [code]


def test_one_alone_and_lines_are_read_too() -> None:
    one = json.dumps(seen(coded("29463-7"), 51, "kg"))
    assert len(words(pieces(OF, one.encode()))) == 1
    assert len(words(pieces(OF, f"{one}\n{one}\n".encode()))) == 2


def test_withheld_vitals_are_not_shown() -> None:
    found = read(seen(coded("29463-7"), 51, "kg", meta={"tag": [{"code": "UNINFORMED"}]}))
    assert words(found) == []


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["value", "unit", "code", "coding", "start", "origin", "period", "data"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=10,
    ),
    st.sampled_from(
        [
            "valueQuantity",
            "effectiveDateTime",
            "effectivePeriod",
            "component",
            "device",
            "note",
            "valueSampledData",
        ]
    ),
    st.sampled_from(["29463-7", "85354-9", "11524-6", "99504-3", "8480-6"]),
)
def test_any_observation_is_read_or_told(odd: object, place: str, code: str) -> None:
    assert refusal(OF, bundle({**seen(coded(code), 51, "kg"), place: odd})) in {"", "file_broken"}


@pytest.mark.samples
@pytest.mark.skipif(not JP_CORE.exists(), reason="../shared is not there")
def test_the_examples_of_jp_core() -> None:
    weight = pieces(OF, (JP_CORE / "Observation-jp-observation-bodyMeasurement-example-1.json").read_bytes())
    assert [(word.kind, str(word.reading)) for word in words(weight) if isinstance(word, Vital)] == [
        ("weight", "63.5")
    ]
    breath = pieces(OF, (JP_CORE / "Observation-jp-observation-vitalsigns-example-1.json").read_bytes())
    assert "value_impossible" in codes(breath)  # 400 breaths a minute, in the guide's own example


# What repeats in a file of years, and what is odd among it.
_USUAL = (
    seen(coded("8310-5"), 36.5, "Cel"),
    seen(coded("29463-7"), 52, "kg"),
    seen(coded("heartRate", PGHD), 70, "/min"),
    seen(coded("15074-8"), valueQuantity=quantity(40, "mg/dL", comparator="<")),
    seen(coded("85354-9"), component=[half("8480-6", 130), half("8462-4", 80)]),
    seen(coded("8310-5"), 36.5, "Cel", device={"reference": "#d"}),
)
_CODES = [coded("8310-5"), coded("stepCount", PGHD), coded("41950-7"), coded("4548-4"), {"text": "x" * 30},
          {**coded("8310-5"), "text": 5}, coded("11524-6")]  # fmt: skip
_QUANTITIES = st.builds(
    quantity,
    st.sampled_from([36.5, 36.50, 52, "52", 0.97, True, 1e9, -1, 400]),
    st.sampled_from(["Cel", "kg", "/min", "mg/dL", "mm[Hg]", "{steps}", "?"]),
) | st.builds(quantity, st.just(40), st.just("mg/dL"), comparator=st.sampled_from(["<", ">"]))
_TIMES = st.sampled_from(
    [AT, "2026-11-18T08:00:00Z", "2026-11-18T08:00:00.123+09:00", "2026-11-18", "1850-01-01T00:00:00Z",
     "1901-01-01T00:00:00+09:00", "2026-11-18T07:00:00", "2026-11-18T07:00:00+23:00", "T", "", 7]
)  # fmt: skip
_NUMBERS = st.sampled_from([130, 100, 80, 80.0, 5, "x", 999])
_PARTS = st.tuples(
    st.builds(half, st.just("8480-6"), _NUMBERS),
    st.builds(half, st.sampled_from(["8462-4", "8462-4", "8867-4"]), _NUMBERS),
).map(list)
_MORE = {
    "code": st.sampled_from(_CODES),
    "effectiveDateTime": _TIMES,
    "valueQuantity": _QUANTITIES,
    "component": _PARTS,
    "status": st.sampled_from(["final", "entered-in-error"]),
    "device": st.sampled_from([{"display": "Cuff"}, {"reference": "#d"}, {"display": "\x01"}]),
    "contained": st.sampled_from("AB").map(lambda name: [{"id": "d", "deviceName": [{"name": name}]}]),
    "note": st.sampled_from([[{"text": "左腕"}], [{"text": 5}]]),
    "effectivePeriod": st.just({"start": AT, "end": "2026-11-18T07:10:00+09:00"}),
}


def _told(found: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """What was found, without ids, places and counts; readings apart, whose columns are joined at the end."""
    vitals = [
        (replace(each.word, id=UUID(int=0)) if isinstance(each.word, Vital) else each.word, each.source_id)
        for each in found
        if isinstance(each, Found)
    ]
    columns = sorted(
        (each.stream, each.source, *row)
        for each in found
        if isinstance(each, Readings)
        for row in zip_longest(each.start, each.end, each.value, each.comparator or (), fillvalue=EXACT)
    )
    troubles = [each for each in found if isinstance(each, Trouble) and codes([each]) != ["type_not_yet"]]
    return vitals, columns, sorted((each.text(), each.excerpt) for each in troubles)


_CHANGES = st.sampled_from(sorted(_MORE)).flatmap(lambda name: st.tuples(st.just(name), _MORE[name]))


@settings(max_examples=300)
@given(st.sampled_from(_USUAL), st.lists(_CHANGES, min_size=1))
def test_an_observation_says_the_same_whatever_was_read_before_it(
    usual: dict[str, Any], changes: list[tuple[str, Any]]
) -> None:
    """Those alike are looked up; alone in its file, each is read the plain way."""
    many = [usual, *[{**usual, name: value} for name, value in changes], usual]
    together = _told(read(*many))
    alone = [_told(read(each)) for each in many]
    assert together[0] == [each for found in alone for each in found[0]]
    assert together[1] == sorted(each for found in alone for each in found[1])
    assert together[2] == sorted(each for found in alone for each in found[2])


def test_of_observations_alike_each_has_its_own_moment_and_place() -> None:
    later = "2026-11-18T08:00:00Z"
    found = read(*[seen(coded("8310-5"), 36.5, "Cel", effectiveDateTime=when) for when in (AT, later, AT)])
    assert [(each.word.taken_at.hour, each.word.offset_min) for each in found] == [
        (22, 540),
        (8, 540),
        (22, 540),
    ]
    assert len({each.where for each in found}) == len({each.word.id for each in found}) == 3
    assert found[0].source_id == found[2].source_id != found[1].source_id
