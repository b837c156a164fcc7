"""Vitals at the door: what cannot be is refused, what is improbable is asked about, and nothing is half-stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shared import clock
from shared.consent import Right, Scope
from shared.ids import new_id
from tests.backend.doors import Knocking, knocking, members
from tests.backend.people import MORNING, pressure, weight
from tests.cast import RECORD, Cast

VITALS = f"/api/records/{RECORD}/vitals"
NOW = MORNING + timedelta(hours=1)


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> Knocking:
    return knocking(app, cast.hanako)


def shown(hanako: Knocking) -> list[dict[str, Any]]:
    """What she sees of her measurements."""
    told: Any = hanako.get(VITALS).json
    return list(told["vitals"])


def wrong(**other: object) -> dict[str, object]:
    """A blood pressure with something changed."""
    return {name: value for name, value in (members(pressure()) | other).items() if value is not ...}


def test_a_measurement_comes_back_as_it_was_noted(hanako: Knocking) -> None:
    vital = pressure(note="よく眠れた")
    with clock.held(NOW):
        noted: Any = hanako.post(VITALS, members(vital))
        assert noted.status_code == 201
        assert shown(hanako) == [members(vital)]
    assert noted.json == {**members(vital), "number": 1}
    assert (noted.json["taken_at"], noted.json["systolic"]) == ("2026-03-03T07:10:00+09:00", "131")


def test_noting_again_changes_nothing(hanako: Knocking) -> None:
    body = members(pressure())
    with clock.held(NOW):
        first = hanako.post(VITALS, body)
        for _ in range(3):
            assert hanako.post(VITALS, body).json == first.json
        other: Any = hanako.post(VITALS, {**body, "systolic": "132"})
    assert (other.status_code, other.json["problem"]) == (409, "id_used_otherwise")
    assert len(shown(hanako)) == 1


REFUSED: dict[str, tuple[dict[str, object], str, str]] = {
    "systolic below diastolic": (
        {"systolic": "80", "diastolic": "120"},
        "systolic_not_above_diastolic",
        "systolic",
    ),
    "systolic equals diastolic": (
        {"systolic": "90", "diastolic": "90"},
        "systolic_not_above_diastolic",
        "systolic",
    ),
    "impossible": ({"systolic": "999"}, "value_impossible", "systolic"),
    "negative": ({"diastolic": "-5"}, "value_impossible", "diastolic"),
    "1.9 where a whole number belongs": ({"systolic": 131.9}, "too_many_decimals", "systolic"),
    "a word": ({"systolic": "high"}, "not_a_number", "systolic"),
    "full-width digits": ({"systolic": "１３１"}, "not_a_number", "systolic"),
    "true": ({"systolic": True}, "not_a_number", "systolic"),
    "a list": ({"systolic": [131]}, "not_a_number", "systolic"),
    "a huge exponent": ({"systolic": "1e400"}, "not_a_number", "systolic"),
    "missing": ({"systolic": ...}, "field_missing", "systolic"),
    "null": ({"diastolic": None}, "invalid_fields", "diastolic"),
    "unknown member": ({"syst": "131"}, "field_unknown", "syst"),
    "value beside pressures": ({"value": "1"}, "field_unknown", "value"),
    "unknown kind": ({"kind": "mood"}, "unknown_kind", "kind"),
    "no zone": ({"taken_at": "2026-03-03T07:10:00"}, "time_without_zone", "taken_at"),
    "no such day": ({"taken_at": "2026-02-30T07:10:00+09:00"}, "time_impossible", "taken_at"),
    "year 1900": ({"taken_at": "1900-03-03T07:10:00+09:00"}, "time_impossible", "taken_at"),
    "a number as time": ({"taken_at": 1772489400}, "time_impossible", "taken_at"),
    "zone of another planet": ({"taken_at": "2026-03-03T07:10:00+23:00"}, "time_impossible", "taken_at"),
    "capital id": ({"id": str(new_id()).upper()}, "invalid_fields", "id"),
    "NUL in the note": ({"note": "a\x00b"}, "invalid_fields", "note"),
    "long note": ({"note": "あ" * 2001}, "text_long", "note"),
    "meal with a blood pressure": ({"meal": "before_breakfast"}, "invalid_fields", "meal"),
    "confirmed as a word": ({"confirmed": "yes"}, "invalid_fields", "confirmed"),
}


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_cannot_be_is_refused_whatever_she_confirms(hanako: Knocking, confirmed: bool) -> None:
    for case, (change, problem, field) in REFUSED.items():
        body = wrong(**({"confirmed": True} if confirmed else {}) | change)
        with clock.held(NOW):
            answer: Any = hanako.post(VITALS, body)
        assert (answer.status_code, answer.json["problem"], answer.json["field"]) == (422, problem, field), (
            case
        )
        assert shown(hanako) == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"systolic": NaN}', b'{"systolic": Infinity}', b'{"a": 1, "a": 2}', b"[" * 100_000, b"", b"null", b"[]", b"3",
        b'{"note": "\\ud800"}', b'{"systolic": ' + b"9" * 10_000 + b"}", b"\xff\xfe",
        b'{"systolic": 1e99999999999999999999}',
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_refused(hanako: Knocking, body: bytes) -> None:
    answer: Any = hanako.ask("POST", VITALS, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["message"]
    assert shown(hanako) == []


def test_a_body_over_the_limit_is_refused_with_the_limit(hanako: Knocking) -> None:
    answer: Any = hanako.ask("POST", VITALS, data=b" " * 16_000_001, content_type="application/json")
    assert (answer.status_code, answer.json["problem"], answer.json["words"]) == (
        413,
        "too_big",
        {"limit_mb": 16},
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"systolic": "230"}, "value_improbable"),
        ({"taken_at": "2026-03-03T09:00:00+09:00"}, "time_in_future"),
    ],
)
def test_what_is_improbable_is_asked_about(hanako: Knocking, change: dict[str, object], problem: str) -> None:
    body = wrong(**change)
    with clock.held(NOW):
        asked: Any = hanako.post(VITALS, body)
        assert (asked.status_code, asked.json["problem"]) == (409, problem)
        assert shown(hanako) == []
        assert hanako.post(VITALS, {**body, "confirmed": True}).status_code == 201
        assert hanako.post(VITALS, {**body, "confirmed": True}).status_code == 201
        assert hanako.post(VITALS, body).status_code == 201  # known already: nothing to ask
    assert len(shown(hanako)) == 1


def test_messages_are_in_her_language(hanako: Knocking) -> None:
    def told(language: str) -> str:
        answer: Any = hanako.post(VITALS, wrong(systolic="999"), headers={"Accept-Language": language})
        return str(answer.json["message"])

    assert (
        told("ja")
        == told("fr")
        == told("")
        == "上の血圧の値 999 は記録できない値です。もう一度測るか、入力を確かめてください。"
    )
    assert told("en-GB,en;q=0.8") == told("en")
    assert "999" in told("en")
    assert told("en").isascii()


def stamped(vital_id: object, seconds: int) -> str:
    """The path of a correction made so many seconds after now."""
    moment = (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{VITALS}/{vital_id}?edited_at={moment}"


def test_a_correction_keeps_what_was_there(hanako: Knocking) -> None:
    first, second = members(vital := pressure()), members(pressure(121, id=vital.id))
    with clock.held(NOW):
        hanako.post(VITALS, first)
        answer = hanako.ask("PUT", stamped(vital.id, 1), json=second)
        assert answer.status_code == 200
        assert shown(hanako) == [second]
        versions: Any = hanako.get(f"{VITALS}/{vital.id}/versions").json
    assert [each["vital"] for each in versions["versions"]] == [first]


def test_corrections_sent_again_in_any_order_change_nothing(hanako: Knocking) -> None:
    vital = pressure()
    corrections = [members(pressure(120 + n, id=vital.id)) for n in range(3)]
    with clock.held(NOW):
        hanako.post(VITALS, members(vital))
        for n in (0, 2, 1, 0, 1, 2, 0):
            hanako.ask("PUT", stamped(vital.id, n + 1), json=corrections[n])
        assert shown(hanako) == [corrections[2]]
        hanako.ask("DELETE", stamped(vital.id, 9))
        for n in (2, 0, 1):
            hanako.ask("PUT", stamped(vital.id, n + 1), json=corrections[n])
        assert hanako.post(VITALS, members(vital)).status_code == 409
        assert hanako.ask("DELETE", stamped(vital.id, 9)).status_code == 200
        assert shown(hanako) == []
        versions: Any = hanako.get(f"{VITALS}/{vital.id}/versions").json
    assert [each["vital"] and each["vital"]["systolic"] for each in versions["versions"]] == [
        "122", "121", "120", "131",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query", ["", "?edited_at=2026-03-03T00:00:00", "?edited_at=9999-12-31T23:59:59Z", "?edited_at=x"]
)
def test_a_correction_says_when_it_was_made(hanako: Knocking, query: str) -> None:
    vital = pressure()
    hanako.post(VITALS, members(vital))
    for method, body in (("PUT", members(pressure(120, id=vital.id))), ("DELETE", None)):
        assert hanako.ask(method, f"{VITALS}/{vital.id}{query}", json=body).status_code == 422
    assert shown(hanako) == [members(vital)]


def test_what_is_not_there_cannot_be_corrected(hanako: Knocking) -> None:
    vital = pressure()
    assert hanako.ask("PUT", stamped(vital.id, 1), json=members(vital)).status_code == 404
    assert hanako.ask("DELETE", stamped(vital.id, 1)).status_code == 404
    hanako.post(VITALS, members(vital))
    other = stamped(new_id(), 1)
    assert hanako.ask("PUT", other, json=members(vital)).status_code == 422


def test_history_by_kind_and_time(hanako: Knocking) -> None:
    vitals = [pressure(minutes=0), weight(minutes=5), pressure(minutes=10), pressure(minutes=20)]
    with clock.held(NOW):
        for vital in vitals:
            assert hanako.post(VITALS, members(vital)).status_code == 201

    def asked(**query: object) -> list[str]:
        told: Any = hanako.get(VITALS, query_string=query).json
        return [each["id"] for each in told["vitals"]]

    ids = [str(vital.id) for vital in vitals]
    assert asked() == ids[::-1]
    assert asked(kind="weight") == [ids[1]]
    assert asked(limit=2) == [ids[3], ids[2]]
    times = {"from": members(vitals[1])["taken_at"], "to": members(vitals[3])["taken_at"]}
    assert asked(**times) == [ids[2], ids[1]]


def test_the_summary_names_both_ways_of_counting(hanako: Knocking) -> None:
    with clock.held(NOW):
        for nth in range(2):
            hanako.post(VITALS, members(pressure(130 + nth, minutes=nth * 2)))
        told: Any = hanako.get(f"{VITALS}/summary").json
    assert told["jsh"]["morning"]["mean"] == {"systolic": 131, "diastolic": 78, "pulse": 66, "text": "131/78"}
    assert told["jsh"]["morning"]["days"] == 1
    assert told["esh"]["mean"] is None or told["esh"]["standing"]
    assert (told["target"]["systolic"], told["target"]["diastolic"]) == (125, 75)


def test_a_doctor_with_the_right_to_write_notes_under_her_own_name(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.mori, Scope.VITALS, rights=(Right.READ, Right.WRITE))
    cast.lets_in(cast.sato, Scope.VITALS)
    vital = pressure()
    with clock.held(clock.now()):
        assert knocking(app, cast.sato).post(VITALS, members(vital)).status_code == 404
        assert knocking(app, cast.mori).post(VITALS, members(vital)).status_code == 201
    told: Any = knocking(app, cast.hanako).get(f"{VITALS}/{vital.id}/versions").json
    assert told == {"versions": []}
