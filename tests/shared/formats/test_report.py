from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

import pytest

from shared.findings import Finding, FindingKind
from shared.formats import Found, Identity, Piece, Trouble
from shared.formats.report import MOST_TROUBLES, as_json, lines, report
from shared.medicines import Dispensing, FamilyPharmacist, Medicine, Memo
from shared.problems import Unreadable
from shared.streams import ABOVE, BELOW, EXACT, Readings
from shared.vitals import BloodPressure, Session, Vital

MORNING = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
START = 1_773_100_000_000


def vital(kind: str, reading: Decimal | BloodPressure, *, after: int = 0, source_id: str = "") -> Found:
    taken = MORNING + timedelta(minutes=after)
    word = Vital(UUID(int=after), kind, taken, 540, reading, session=Session.MORNING)
    return Found(word, source_id or f"{kind}:{after}", f"line {after}")


def readings(
    stream: str, values: list[float], source: str = "watch", comparator: list[int] | None = None
) -> Readings:
    start = array("q", (START + 60_000 * n for n in range(len(values))))
    return Readings(
        stream, source, start, array("q", start), array("d", values), array("b", comparator or [])
    )


def found(*pieces: Piece) -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", as_json(report("apple_health", iter(pieces)))["found"])


def test_the_whole_report_of_a_small_file() -> None:
    pressures = [
        BloodPressure(Decimal(128), Decimal(76), Decimal(64)),
        BloodPressure(Decimal(134), Decimal(72)),
    ]
    dispensing = Dispensing(
        UUID(int=1), date(2026, 3, 10), (Medicine(UUID(int=2), "薬"), Medicine(UUID(int=3), "薬"))
    )
    pieces: list[Piece] = [
        Identity("山田 花子", "", "female", "1948-04-05"),
        *(vital("blood_pressure", pressure, after=n) for n, pressure in enumerate(pressures)),
        vital("weight", Decimal("48.5")),
        readings("steps", [12.0, 30.5]),
        Found(dispensing, "d1", "line 5"),
        Found(Finding(UUID(int=4), FindingKind.ALLERGY, "そば"), "f1", "line 2"),
        Found(Memo(UUID(int=5), "健康診断"), "m1", "line 3"),
        Found(FamilyPharmacist(UUID(int=6), "森 薬子"), "p1", "line 7"),
        Trouble("line 9", Unreadable("jahis_record_kept", number=3), "3,かぜ薬"),
        Trouble("line 10", "?"),
    ]
    assert as_json(report("apple_health", iter(pieces))) == {
        "format": "apple_health",
        "found": {
            "blood_pressure": {
                "count": 2,
                "repeated": 0,
                "unit": "mm[Hg]",
                "first": "2026-03-09T22:30:00Z",
                "last": "2026-03-09T22:31:00Z",
                "systolic": {"unit": "mm[Hg]", "min": 128, "max": 134},
                "diastolic": {"unit": "mm[Hg]", "min": 72, "max": 76},
                "pulse": {"unit": "/min", "min": 64, "max": 64},
            },
            "dispensing": {"count": 1, "repeated": 0, "first": "2026-03-10", "last": "2026-03-10"},
            "family_pharmacist": {"count": 1, "repeated": 0},
            "finding": {"count": 1, "repeated": 0},
            "medicine": {"count": 2, "repeated": 0, "first": "2026-03-10", "last": "2026-03-10"},
            "memo": {"count": 1, "repeated": 0},
            "steps": {
                "count": 2,
                "repeated": 0,
                "unit": "{steps}",
                "first": "2026-03-09T23:46:40Z",
                "last": "2026-03-09T23:47:40Z",
                "min": 12,
                "max": 30.5,
            },
            "weight": {
                "count": 1,
                "repeated": 0,
                "unit": "kg",
                "first": "2026-03-09T22:30:00Z",
                "last": "2026-03-09T22:30:00Z",
                "min": 48.5,
                "max": 48.5,
            },
        },
        "troubles": [
            {
                "where": "line 9",
                "problem": "この行（番号 3）はまだ画面に出せません。元のまま保管しています。",
                "excerpt": "3,かぜ薬",
            },
            {"where": "line 10", "problem": "?"},
        ],
        "identity": {"name": "山田 花子", "name_kana": "", "sex": "female", "born_on": "1948-04-05"},
    }


def test_a_file_of_nothing_has_an_empty_report() -> None:
    assert as_json(report("omron", iter([readings("steps", [])]))) == {
        "format": "omron",
        "found": {},
        "troubles": [],
        "identity": {},
    }


def test_a_name_that_comes_both_as_rows_and_as_a_stream_is_one_entry() -> None:
    made = found(vital("heart_rate", Decimal(58)), readings("heart_rate", [61.0, 95.0, 70.0]))["heart_rate"]
    assert (made["count"], made["rows"], made["readings"]) == (4, 1, 3)
    assert (made["min"], made["max"], made["unit"]) == (58, 95, "/min")
    assert (made["first"], made["last"]) == ("2026-03-09T22:30:00Z", "2026-03-09T23:48:40Z")
    assert "rows" not in found(readings("heart_rate", [61.0]))["heart_rate"]


def test_repeats_are_counted_and_still_in_the_count() -> None:
    same = readings("heart_rate", [61.0, 62.0, 63.0])
    made = found(same, same, readings("heart_rate", [61.0, 62.5, 63.0]))["heart_rate"]
    assert (made["count"], made["repeated"]) == (9, 5)
    once, twice = (
        vital("weight", Decimal(50), source_id="a"),
        vital("weight", Decimal(50), after=5, source_id="b"),
    )
    assert found(once, twice, once, once)["weight"]["repeated"] == 2
    dispensing = Found(Dispensing(UUID(int=1), date(2026, 3, 10), (Medicine(UUID(int=2), "薬"),)), "d1", "")
    made_twice = found(dispensing, dispensing)
    assert (made_twice["dispensing"]["count"], made_twice["dispensing"]["repeated"]) == (2, 1)
    assert (made_twice["medicine"]["count"], made_twice["medicine"]["repeated"]) == (2, 1)


def test_readings_that_differ_in_anything_are_no_repeats() -> None:
    first = readings("blood_glucose", [40.0], comparator=[EXACT])
    later = Readings("blood_glucose", "watch", first.start, array("q", [START + 1]), first.value)
    others = [
        readings("blood_glucose", [40.0], comparator=[BELOW]),
        readings("blood_glucose", [40.0], comparator=[ABOVE]),
        readings("blood_glucose", [40.0], source="phone"),
        readings("blood_glucose", [-1.0]),
        readings("blood_glucose", [-2.0]),
        later,
    ]
    assert found(first, *others)["blood_glucose"]["repeated"] == 0
    assert found(first, readings("blood_glucose", [40.0]))["blood_glucose"]["repeated"] == 1


def test_moments_keep_their_milliseconds() -> None:
    start = array("q", [START + 7])
    made = found(Readings("heart_rate", "", start, start, array("d", [60.0])))["heart_rate"]
    assert made["first"] == "2026-03-09T23:46:40.007Z"


def test_too_many_troubles_are_counted_not_kept() -> None:
    troubles: Iterator[Piece] = (Trouble(str(n), "?") for n in range(MOST_TROUBLES + 5))
    made = as_json(report("apple_health", troubles))
    assert len(cast("list[object]", made["troubles"])) == MOST_TROUBLES
    assert made["more_troubles"] == 5


def test_the_first_identity_is_the_one_reported() -> None:
    made = as_json(report("jahis_techo", iter([Identity("山田 花子"), Identity("加藤 某")])))
    assert cast("dict[str, str]", made["identity"])["name"] == "山田 花子"


def test_a_problem_while_reading_passes_through() -> None:
    def broken() -> Iterator[Piece]:
        yield Identity("山田 花子")
        raise Unreadable("xml_broken", where="line 3")

    with pytest.raises(Unreadable):
        report("apple_health", broken())


def test_one_line_for_each_thing_found() -> None:
    pieces: list[Piece] = [
        Identity("山田 花子"),
        vital("blood_pressure", BloodPressure(Decimal(128), Decimal(76))),
        vital("weight", Decimal("48.55")),
        readings("blood_glucose", [40.0, 110.5], comparator=[BELOW, EXACT]),
        Trouble("line 9", "?"),
        Found(Dispensing(UUID(int=1), date(2026, 3, 10), (Medicine(UUID(int=2), "薬"),)), "d1", "line 5"),
        Found(Finding(UUID(int=4), FindingKind.ALLERGY, "そば"), "f1", "line 2"),
        Found(Memo(UUID(int=5), "健康診断"), "m1", "line 3"),
        Found(FamilyPharmacist(UUID(int=6), "森 薬子"), "p1", "line 7"),
    ]
    pressure, weight, low, exact, dispensing, finding, memo, pharmacist = map(json.loads, lines(iter(pieces)))
    assert pressure == {
        "kind": "blood_pressure",
        "taken_at": "2026-03-10T07:30:00+09:00",
        "systolic": 128,
        "diastolic": 76,
        "unit": "mm[Hg]",
        "session": "morning",
        "source_id": "blood_pressure:0",
        "where": "line 0",
    }
    assert (weight["value"], weight["unit"]) == (48.55, "kg")
    assert low == {
        "kind": "blood_glucose",
        "start": "2026-03-09T23:46:40Z",
        "end": "2026-03-09T23:46:40Z",
        "value": 40,
        "unit": "mg/dL",
        "source": "watch",
        "comparator": "below",
    }
    assert exact["value"] == 110.5
    assert "comparator" not in exact
    assert (dispensing["kind"], dispensing["dispensing"]["medicines"][0]["name"]) == ("dispensing", "薬")
    assert (finding["kind"], finding["finding"]["text"], finding["where"]) == ("finding", "そば", "line 2")
    assert (memo["kind"], memo["memo"]["text"]) == ("memo", "健康診断")
    assert (pharmacist["kind"], pharmacist["family_pharmacist"]["name"]) == ("family_pharmacist", "森 薬子")
