"""Tanita: the lines of a scale's SD card, and the answers of Health Planet."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Answers, Found, Identity, Question, tanita
from shared.problems import Problem, TooBig, Unreadable
from shared.units import rounded
from shared.vitals import BloodPressure, Vital
from tests.shared.formats.read_files import PUBLIC, codes, expected, ours, pieces, told, words

OF = "tanita"


def line(day: str = "20/11/2026", hour: str = "07:05:10", units: str = "2", **values: str) -> bytes:
    pairs = "".join(f"{name},{value}," for name, value in {"Wk": "52.3", **values}.items())
    body = f'{{0,16,~0,2,~1,{units},~2,3,~3,4,MO,"BC-601",DT,"{day}",Ti,"{hour}",{pairs}'
    return f"{body}CS,{sum(body.encode()) & 0xFF:02X}}}\r\n".encode()


def one(tag: str, value: object, date: object = "202611200705", model: object = "M") -> dict[str, object]:
    return {"date": date, "keydata": value, "model": model, "tag": tag}


def planet(*data: object) -> bytes:
    return json.dumps({"birth_date": "19480503", "data": data, "sex": "female"}).encode()


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    assert tanita.recognises(path.read_bytes()[:4096], "x")
    assert told(OF, path.read_bytes()) == expected(path)["report"]
    found = [
        f"{each.where}: {each.source_id}" for each in pieces(OF, path.read_bytes()) if isinstance(each, Found)
    ]
    assert found == expected(path)["words"]


@pytest.mark.samples
@pytest.mark.skipif(not PUBLIC.exists(), reason="../shared is not there")
def test_the_public_card() -> None:
    content = (PUBLIC / OF / "GRAPHV1" / "DATA" / "DATA1.CSV").read_bytes()
    wanted = json.loads((PUBLIC / OF / "expected.json").read_text("utf-8"))["GRAPHV1/DATA/DATA1.CSV"]
    assert tanita.recognises(content[:4096], "x")
    made = pieces(OF, content)
    found: list[Vital] = words(made)
    assert set(codes(made)) == {"type_not_yet"}
    for kind, name in (("weight", "weight_kg"), ("body_fat", "fat_pct"), ("muscle_mass", "muscle_kg")):
        told_here = [(v.local.strftime("%Y-%m-%dT%H:%M:%S"), v.reading) for v in found if v.kind == kind]
        assert told_here == [
            (row["when"], rounded(Decimal(str(row[name])), 1)) for row in wanted["rows_detail"]
        ]


def test_names_differ_by_case() -> None:
    made = pieces(OF, line(FW="31.2", fw="9", Fr="29.0", FR="33.0"))
    assert {vital.kind: str(vital.reading) for vital in words(made)} == {"weight": "52.3", "body_fat": "31.2"}
    assert codes(made) == ["type_not_yet"] * 3


def test_pounds() -> None:
    (vital,) = words(pieces(OF, line(units="3", Wk="115.0")))
    assert vital.reading == Decimal("52.2")
    assert codes(pieces(OF, line(units="9"))) == ["unit_unknown"]


def test_the_zone_is_asked_first() -> None:
    for content, sample in ((line(), "20/11/2026 07:05:10"), (planet(one("6021", "52.3")), "202611200705")):
        with pytest.raises(Question) as asked:
            pieces(OF, content, Answers())
        assert asked.value.facts["samples"] == [sample]


def test_a_damaged_line_costs_itself() -> None:
    good, bad = line(), bytearray(line(day="21/11/2026"))
    bad[bad.index(b"52.3")] ^= 1
    made = pieces(
        OF, good + bytes(bad) + b"\r\nnonsense\r\n" + line(hour="25:00:00") + good.replace(b"}", b"")
    )
    assert [vital.local.day for vital in words(made)] == [20, 20]
    assert codes(made) == ["checksum_wrong", "table_broken", "time_impossible"]


def test_a_pressure_comes_in_three_objects() -> None:
    content = planet(one("6230", "66"), one("622E", "131"), one("6021", "52.3"), one("622F", "78"))
    found = words(pieces(OF, content))
    assert [vital.reading for vital in found] == [
        Decimal("52.3"),
        BloodPressure(Decimal(131), Decimal(78), Decimal(66)),
    ]
    assert Identity(sex="female", born_on="1948-05-03") in pieces(OF, content)


@pytest.mark.parametrize(
    ("each", "code"),
    [
        (3, "table_broken"),
        ({}, "table_broken"),
        (one("6021", None), "table_broken"),
        (one("6021", "x"), "not_a_number"),
        (one("6021", "52.3", "20261120"), "time_impossible"),
        (one("6021", "52.3", "202613200705"), "time_impossible"),
        (one("622E", "131"), "pressure_alone"),
        (one("6331", "8000"), "type_not_yet"),
    ],
)
def test_a_wrong_object_costs_itself(each: object, code: str) -> None:
    made = pieces(OF, planet(one("6022", "31.2"), each, one("6022", "31.3")))
    assert (len(words(made)), codes(made)) == (2, [code])


@pytest.mark.parametrize(
    "content",
    [
        b'{"data":[{"keydata":',
        b'{"data":' + b"[" * 100_000 + b'"keydata":',
        b'{"data":{},"x":[{"keydata":1}]}',
        b"[]",
        b'{"data":[' + b"{}," * 250_000 + b"{}]}",
    ],
    ids=range(5),
)
def test_what_is_no_answer(content: bytes) -> None:
    with pytest.raises(Unreadable):
        pieces(OF, content)


def test_a_file_without_end() -> None:
    with pytest.raises(TooBig):
        pieces(OF, b'{"data":[' + b" " * (9 * 1024 * 1024))
    with pytest.raises(Unreadable):
        pieces(OF, b"{0,16,~0,2," + b"x" * 10_000)


@given(st.integers(0, 150), st.binary(max_size=6), st.booleans())
def test_flipped_bytes_end_in_rows_or_named_problems(at: int, mess: bytes, card: bool) -> None:
    raw = line() * 2 if card else planet(one("6021", "52.3"), one("6022", "31.2"))
    try:
        made = pieces(OF, raw[:at] + mess + raw[at + len(mess) :])
    except Problem:
        return
    assert all(0 < vital.value < 1000 for vital in words(made))
