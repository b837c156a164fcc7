"""What comes over the wire: exact both ways, and every bad input is one named problem."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import strict_json, sync_schema, vitals_schema
from shared.kinds import KINDS, Meal
from shared.problems import Invalid, TooBig, Unreadable
from shared.sync import Change
from shared.vitals import BloodPressure, Session, Vital

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
PRESSURE: dict[str, object] = {
    "id": ID,
    "kind": "blood_pressure",
    "taken_at": "2026-11-23T07:12:00+09:00",
    "systolic": 128,
    "diastolic": 78,
    "pulse": 66,
}
WEIGHT: dict[str, object] = {
    "id": ID,
    "kind": "weight",
    "taken_at": "2026-11-23T07:12:00+09:00",
    "value": "52.4",
}


def refusal(data: object) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as refused:
        vitals_schema.vital_from(data)
    return refused.value.code, refused.value.field


# -- vitals


def test_a_blood_pressure_of_the_morning() -> None:
    vital = vitals_schema.vital_from(PRESSURE)
    assert vital.taken_at == datetime(2026, 11, 22, 22, 12, tzinfo=UTC)
    assert vital.taken_at.utcoffset() == timedelta(0)
    assert vital.offset_min == 540
    assert vital.pressure == BloodPressure(Decimal(128), Decimal(78), Decimal(66))
    assert vitals_schema.vital_members(vital) == {
        **PRESSURE,
        "systolic": "128",
        "diastolic": "78",
        "pulse": "66",
    }


@pytest.mark.parametrize("value", ["52.4", 52.4, "52.40", Decimal("52.4")])
def test_numbers_come_as_numbers_or_decimal_strings_and_go_out_as_strings(value: object) -> None:
    vital = vitals_schema.vital_from({**WEIGHT, "value": value})
    assert vital.value == Decimal("52.4")
    assert vitals_schema.vital_members(vital)["value"] == "52.4"


def test_a_whole_number_gets_the_decimals_of_its_kind() -> None:
    assert vitals_schema.vital_members(vitals_schema.vital_from({**WEIGHT, "value": 52}))["value"] == "52.0"


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"systolic": 128.5}, ("too_many_decimals", "systolic")),
        ({"systolic": "1.9"}, ("too_many_decimals", "systolic")),
        ({"systolic": True}, ("not_a_number", "systolic")),
        ({"systolic": float("nan")}, ("not_a_number", "systolic")),
        ({"systolic": float("inf")}, ("not_a_number", "systolic")),
        ({"systolic": "NaN"}, ("not_a_number", "systolic")),
        ({"systolic": Decimal("1e999")}, ("not_a_number", "systolic")),
        ({"systolic": 10**5000}, ("not_a_number", "systolic")),
        ({"systolic": "1e2"}, ("not_a_number", "systolic")),
        ({"systolic": " 128"}, ("not_a_number", "systolic")),
        ({"systolic": "１２８"}, ("not_a_number", "systolic")),
        ({"systolic": [128]}, ("not_a_number", "systolic")),
        ({"systolic": None}, ("invalid_fields", "systolic")),
        ({"value": 1}, ("field_unknown", "value")),
        ({"sistolic": 128}, ("field_unknown", "sistolic")),
        ({"kind": "mood"}, ("unknown_kind", "kind")),
        ({"kind": 7}, ("invalid_fields", "kind")),
        ({"id": "7"}, ("invalid_fields", "id")),
        ({"id": ID.upper()}, ("invalid_fields", "id")),
        ({"taken_at": "2026-11-23T07:12:00"}, ("time_without_zone", "taken_at")),
        ({"taken_at": "2026-11-23T24:12:00+09:00"}, ("time_impossible", "taken_at")),
        ({"taken_at": "2026-02-30T07:12:00+09:00"}, ("time_impossible", "taken_at")),
        ({"taken_at": "0001-01-01T00:00:00+09:00"}, ("time_impossible", "taken_at")),
        ({"taken_at": "23.11.2026 07:12"}, ("time_impossible", "taken_at")),
        ({"taken_at": 1700000000000}, ("time_impossible", "taken_at")),
        ({"note": "x" * 2001}, ("text_long", "note")),
        ({"note": "a\x00b"}, ("invalid_fields", "note")),
        ({"note": 7}, ("invalid_fields", "note")),
        ({"session": "noon"}, ("invalid_fields", "session")),
        ({"session": ["morning"]}, ("invalid_fields", "session")),
        ({"meal": "fasting"}, ("invalid_fields", "meal")),
    ],
)
def test_bad_vitals(change: dict[str, object], refused: tuple[str, str]) -> None:
    assert refusal({**PRESSURE, **change}) == refused


@pytest.mark.parametrize("name", ["id", "kind", "taken_at", "systolic", "diastolic"])
def test_what_is_missing_is_named(name: str) -> None:
    left = {key: value for key, value in PRESSURE.items() if key != name}
    assert refusal(left) == ("field_missing", name)


def test_a_vital_of_one_number_has_a_value_and_no_pressure() -> None:
    assert refusal({**WEIGHT, "pulse": 66}) == ("field_unknown", "pulse")
    assert refusal({key: value for key, value in WEIGHT.items() if key != "value"}) == (
        "field_missing",
        "value",
    )


@pytest.mark.parametrize("data", [None, [], "x", 7, [PRESSURE]])
def test_what_is_no_object_is_no_vital(data: object) -> None:
    assert refusal(data) == ("invalid_fields", None)


def test_a_pulse_may_be_left_out_or_null() -> None:
    without = {key: value for key, value in PRESSURE.items() if key != "pulse"}
    assert vitals_schema.vital_from(without) == vitals_schema.vital_from({**PRESSURE, "pulse": None})


def test_her_yes_travels_beside_the_vital() -> None:
    assert not vitals_schema.noted_from(PRESSURE).confirmed
    noted = vitals_schema.noted_from({**PRESSURE, "confirmed": True})
    assert noted.confirmed
    assert noted.vital == vitals_schema.vital_from(PRESSURE)
    with pytest.raises(Invalid):
        vitals_schema.noted_from({**PRESSURE, "confirmed": "true"})
    assert refusal({**PRESSURE, "confirmed": True}) == ("field_unknown", "confirmed")


@pytest.mark.parametrize(
    ("text", "utc", "offset"),
    [
        ("2026-11-23T07:12:00Z", "2026-11-23T07:12:00+00:00", 0),
        ("2026-11-23t07:12:00.5-03:30", "2026-11-23T10:42:00.500000+00:00", -210),
        ("2026-11-23T07:12:00.1239+09:00", "2026-11-22T22:12:00.123000+00:00", 540),
    ],
)
def test_times_of_rfc_3339(text: str, utc: str, offset: int) -> None:
    vital = vitals_schema.vital_from({**WEIGHT, "taken_at": text})
    assert (vital.taken_at.isoformat(), vital.offset_min) == (utc, offset)


def _reading(kind: str) -> st.SearchStrategy[Decimal | BloodPressure]:
    if kind == "blood_pressure":
        whole = st.integers(1, 300).map(Decimal)
        return st.builds(BloodPressure, whole, whole, st.none() | whole)
    decimals = KINDS[kind].measure.decimals
    return st.integers(1, 5000).map(lambda number: Decimal(number).scaleb(-decimals))


TEXTS = st.text(st.characters(exclude_categories=["C"]), max_size=40)
VITALS = st.sampled_from(sorted(KINDS)).flatmap(
    lambda kind: st.builds(
        Vital,
        id=st.uuids(),
        kind=st.just(kind),
        taken_at=st.integers(-(10**12), 2 * 10**12).map(
            lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
        ),
        offset_min=st.integers(-14 * 60, 14 * 60),
        reading=_reading(kind),
        note=TEXTS,
        session=st.none() | st.sampled_from(Session),
        meal=st.none() | st.sampled_from(Meal) if kind == "blood_glucose" else st.none(),
        device=TEXTS,
        origin=TEXTS,
    )
)


@given(VITALS)
def test_a_vital_travels_unchanged(vital: Vital) -> None:
    text = strict_json.dumps(vitals_schema.vital_members(vital))
    assert vitals_schema.vital_from(strict_json.loads(text.encode())) == vital


# -- changes

CHANGE: dict[str, object] = {
    "word": "vital",
    "id": ID,
    "edited_at": "2026-11-23T07:12:00.123Z",
    "device": "00000000-0000-0000-0000-000000000001",
    "body": '{"kind":"weight"}',
    "number": 0,
}


def test_a_change_travels_unchanged() -> None:
    change = sync_schema.change_from(CHANGE)
    assert change.edited_at == datetime(2026, 11, 22, 22, 12, 0, 123000, tzinfo=UTC) + timedelta(hours=9)
    assert sync_schema.change_members(change) == CHANGE
    told = sync_schema.told_from({**CHANGE, "edit": 4})
    assert (told.change, told.edit) == (change, 4)
    assert sync_schema.told_members(told) == {**CHANGE, "edit": 4, "confirmed": False}


@given(
    st.builds(
        Change,
        word=st.from_regex(r"[a-z][a-z_]{0,30}", fullmatch=True),
        id=st.uuids(),
        edited_at=st.integers(0, 10**13).map(
            lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
        ),
        device=st.uuids(),
        body=st.none() | TEXTS.map(lambda text: strict_json.dumps({"note": text})),
        number=st.integers(0, 2**63 - 1),
    )
)
def test_every_change_travels_unchanged(change: Change) -> None:
    text = strict_json.dumps(sync_schema.change_members(change))
    assert sync_schema.change_from(strict_json.loads(text.encode())) == change


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"word": "Vital!"}, "invalid_fields", "word"),
        ({"word": ""}, "invalid_fields", "word"),
        ({"edited_at": "2026-11-23T07:12:00.1234Z"}, "invalid_fields", "edited_at"),
        ({"edited_at": "2026-11-23T07:12:00.123"}, "time_without_zone", "edited_at"),
        ({"edited_at": "9999-11-23T07:12:00Z"}, "time_impossible", "edited_at"),
        ({"body": "[1]"}, "invalid_fields", "body"),
        ({"body": '{"a":1,"a":2}'}, "invalid_fields", "body"),
        ({"body": "{"}, "invalid_fields", "body"),
        ({"body": {"kind": "weight"}}, "invalid_fields", "body"),
        ({"number": -1}, "invalid_fields", "number"),
        ({"number": True}, "invalid_fields", "number"),
        ({"number": 2**63}, "invalid_fields", "number"),
        ({"edit": 1}, "field_unknown", "edit"),
    ],
)
def test_bad_changes(change: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        sync_schema.change_from({**CHANGE, **change})
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_withdrawn_thing_has_no_body_but_says_so() -> None:
    assert sync_schema.change_from({**CHANGE, "body": None}).body is None
    with pytest.raises(Invalid):
        sync_schema.change_from({key: value for key, value in CHANGE.items() if key != "body"})


# -- strict JSON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a':1}",
        b'{"a":1,"a":1}',
        b'{"x":{"a":1,"b":2,"a":3}}',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"\xff\xfe{}",
        '{"a":1}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        rb'{"a":"\ud800"}',
        rb'{"\udc00":1}',
        rb'["\ud83d\u0041"]',
        b"[" * 17 + b"]" * 17,
        b'{"a":' * 17 + b"1" + b"}" * 17,
        b"[" * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b"1" * 5000,
        b"[1e99999999999999999999]",
        b"1 2",
        b"[1,]",
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_what_is_not_plain_json_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        strict_json.loads(body)
    assert refused.value.code == "bad_request"


def test_what_is_plain_json_passes() -> None:
    assert strict_json.loads(b"[" * 16 + b"]" * 16)
    assert strict_json.loads(rb'["\ud83d\ude00"]') == ["😀"]
    assert strict_json.loads(b'{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[["}')
    assert strict_json.loads(b"[36.60000000000000000001]") == [Decimal("36.60000000000000000001")]
    assert strict_json.loads(b"[36.6]", exact=False) == [36.6]


def test_too_big_is_said_before_anything_is_read() -> None:
    with pytest.raises(TooBig) as refused:
        strict_json.loads(b"[" + b" " * 2_000_000, limit=1024 * 1024)
    assert (refused.value.code, refused.value.words) == ("too_big", {"limit_mb": 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_what_we_write_we_read(value: object) -> None:
    assert strict_json.loads(strict_json.dumps(value).encode()) == value
    assert strict_json.loads(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_make_it_fall_over(body: bytes) -> None:
    try:
        found = strict_json.loads(body)
    except Unreadable:
        return
    assert found == json.loads(body, parse_float=Decimal)


def test_the_same_thing_is_always_the_same_text() -> None:
    assert (
        strict_json.dumps({"b": 1, "a": "花子"})
        == '{"a":"花子","b":1}'
        == strict_json.dumps({"a": "花子", "b": 1})
    )
    with pytest.raises(ValueError, match="JSON compliant"):
        strict_json.dumps(float("nan"))
