"""Dexcom Clarity: two order marks, ragged rows, Low and High, and the hour that comes twice."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.formats import Answers, Ask, Found, Identity, Question, Said, dexcom
from shared.problems import Problem, Unreadable
from shared.streams import ABOVE, BELOW, Readings
from tests.shared.formats.read_files import PUBLIC, codes, expected, ours, pieces, readings, told, words

OF = "dexcom"
NAMES = (
    "Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event Type,Event Subtype,Patient Info,Device Info,Source Device ID,"
    "Glucose Value ({u}),Insulin Value (u),Carb Value (grams),Duration (hh:mm:ss),"
    "Glucose Rate of Change ({u}/min),Transmitter Time (Long Integer),Transmitter ID"
)
YORK = Answers(said=Said("America/New_York"))


def table(*rows: str, unit: str = "mg/dL") -> bytes:
    return (
        "\ufeff" + "\n".join([NAMES.replace("{u}", unit), "1,,FirstName,,花子,,,,,,,,,", *rows]) + "\n"
    ).encode()


def egv(when: str, value: str, seconds: str = "", event: str = "EGV") -> str:
    return f"2,{when},{event},,,,android G6,{value},,,,,{seconds},8HAAAA"


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    assert dexcom.recognises(path.read_bytes()[:4096], "x")
    assert told(OF, path.read_bytes()) == expected(path)["report"]
    found = [
        f"{each.where}: {each.source_id}" for each in pieces(OF, path.read_bytes()) if isinstance(each, Found)
    ]
    assert found == expected(path)["words"]


@pytest.mark.samples
@pytest.mark.skipif(not PUBLIC.exists(), reason="../shared is not there")
def test_the_public_sample() -> None:
    path = PUBLIC / "dexcom_clarity" / "synthetic_glucosedao.csv"
    wanted = json.loads((path.parent / "expected.json").read_text("utf-8"))[path.name]
    assert dexcom.recognises(path.read_bytes()[:4096], "x")
    made = pieces(OF, path.read_bytes())
    (sensor,) = [each for each in made if isinstance(each, Readings)]
    exact = [value for value, bound in zip(sensor.value, sensor.comparator, strict=True) if not bound]
    assert (len(sensor), len(exact), min(exact), max(exact)) == tuple(
        wanted[each] for each in ("egv", "egv_numeric", "min", "max")
    )
    assert round(sum(exact) / len(exact), 2) == wanted["mean"]
    assert sensor.comparator.count(BELOW) == wanted["non_numeric"]["Low"]
    zone = ZoneInfo("Asia/Tokyo")
    times = [clock.from_ms(ms).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") for ms in sensor.start]
    assert (times[0], times[-1], sorted(times)) == (wanted["first"], wanted["last"], times)
    assert sensor.source.endswith("HBRPOI")
    assert codes(made) == ["type_not_yet"]


def test_low_and_high_are_bounds() -> None:
    for unit, low, high in (("mg/dL", 40.0, 400.0), ("mmol/L", 2.2 * 18.01559, 22.2 * 18.01559)):
        made = pieces(
            OF, table(egv("2026-11-20T07:00:00", "Low"), egv("2026-11-20T07:05:00", "High"), unit=unit)
        )
        (sensor,) = [each for each in made if isinstance(each, Readings)]
        assert list(sensor.comparator) == [BELOW, ABOVE]
        assert list(sensor.value) == pytest.approx([low, high])


def test_a_calibration_is_measured_by_the_person() -> None:
    made = pieces(OF, table(egv("2026-11-20T07:00:00", "6.1", event="Calibration"), unit="mmol/L"))
    (vital,) = words(made)
    assert (vital.kind, str(vital.reading), vital.device) == ("blood_glucose", "110", "Dexcom android G6")
    assert Identity(name="花子") in made


def test_the_zone_is_asked_first() -> None:
    with pytest.raises(Question) as asked:
        pieces(OF, table(egv("2026-11-20T07:00:00", "112")), Answers())
    assert (asked.value.ask, asked.value.facts["samples"]) == (Ask.ZONE, ["2026-11-20T07:00:00"])


def night(with_seconds: bool) -> tuple[list[str], list[int]]:
    """Every 5 minutes from half past midnight, 3 hours long, in the night the clock goes back in New York."""
    zone, start = ZoneInfo("America/New_York"), clock.to_ms(datetime.fromisoformat("2026-11-01T04:30+00:00"))
    moments = [start + each * 300_000 for each in range(36)]
    shown = [clock.from_ms(ms).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") for ms in moments]
    return (
        [
            egv(when, "112", str(4_000_000 + 300 * at) if with_seconds else "")
            for at, when in enumerate(shown)
        ],
        moments,
    )


@pytest.mark.parametrize("with_seconds", [True, False])
def test_the_hour_that_comes_twice(with_seconds: bool) -> None:
    rows, moments = night(with_seconds)
    assert [start for start, *_ in readings(pieces(OF, table(*rows), YORK), "blood_glucose")] == moments


def test_a_gap_in_that_hour_is_told_by_the_transmitter() -> None:
    rows, moments = night(with_seconds=True)
    # Nothing was heard from 00:50 until the second 01:20: the clock never goes backwards in the file.
    kept = [*range(5), *range(22, 36)]
    found = readings(pieces(OF, table(*[rows[each] for each in kept]), YORK), "blood_glucose")
    assert [start for start, *_ in found] == [moments[each] for each in kept]


def test_ragged_and_bad_rows() -> None:
    rows = (
        "2,2026-11-20T07:00:00,EGV,,,,android G6,112",
        "2,2026-11-20T07:05:00,EGV,,,,android G6,113,,,,,4000300",
        egv("2026-11-20T07:99:00", "112"),
        egv("20/11/2026 07:00", "112"),
        egv("2026-11-20T07:10:00", "?"),
        "x,y",
        egv("2026-11-20T07:15:00", "", event="Carbs"),
        egv("2026-11-20 07:20:00", "114"),
    )
    made = pieces(OF, table(*rows))
    assert [value for *_, value in readings(made, "blood_glucose")] == [112.0, 113.0, 114.0]
    assert codes(made) == [
        "time_impossible",
        "time_impossible",
        "not_a_number",
        "table_broken",
        "type_not_yet",
    ]


def test_other_tables() -> None:
    for content in (b"", b"a,b\n1,2\n", b"Index,Event Subtype\n1,2\n"):
        assert not dexcom.recognises(content, "x")
        with pytest.raises(Unreadable):
            pieces(OF, content)


@given(st.integers(0, 600), st.binary(max_size=6))
def test_flipped_bytes_end_in_readings_or_named_problems(where: int, mess: bytes) -> None:
    raw = table(egv("2026-11-20T07:00:00", "112", "4000000"), egv("2026-11-20T07:05:00", "118", "4000300"))
    try:
        made = pieces(OF, raw[:where] + mess + raw[where + len(mess) :])
    except Problem:
        return
    assert all(value > 0 for *_, value in readings(made, "blood_glucose"))
