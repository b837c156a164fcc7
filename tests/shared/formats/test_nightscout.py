"""Nightscout entries: sensor readings and finger pricks in mg/dL."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.formats import nightscout
from shared.problems import Unreadable
from tests.shared.formats.read_files import (
    PUBLIC,
    codes,
    expected,
    in_full,
    ours,
    pieces,
    readings,
    refusal,
    told,
    words,
)

OF = "nightscout"
AT = 1_794_956_400_000


def entry(**more: object) -> dict[str, object]:
    return {"type": "sgv", "sgv": 104, "date": AT, **more}


def listed(*entries: object) -> bytes:
    return json.dumps(entries).encode()


@pytest.mark.parametrize("path", ours(OF), ids=lambda path: path.name)
def test_our_samples_read_as_expected(path: Path) -> None:
    assert in_full(OF, path.read_bytes()) == expected(path)


def test_a_finger_prick_is_a_row_with_the_offset_that_was_told_or_hers() -> None:
    found = pieces(
        OF,
        listed(
            entry(type="mbg", mbg=98, utcOffset=-300), entry(type="mbg", mbg=99, date=AT + 1, utcOffset=0)
        ),
    )
    assert [(word.reading, word.offset_min) for word in words(found)] == [
        (Decimal(98), -300),
        (Decimal(99), 540),
    ]


def test_a_fault_of_the_sensor_is_no_glucose() -> None:
    found = pieces(OF, listed(entry(sgv=5), entry(sgv=13)))
    assert readings(found, "blood_glucose") == [(AT, AT, 13.0)]
    assert codes(found) == ["device_said_error"]


def test_the_written_time_helps_where_the_number_is_missing() -> None:
    found = pieces(OF, listed({"type": "sgv", "sgv": 100, "dateString": "2026-11-18T07:00:00.000+09:00"}))
    assert len(readings(found, "blood_glucose")) == 1


@pytest.mark.parametrize(
    "bad",
    [
        entry(sgv=None), entry(sgv="high"), entry(sgv=True), entry(sgv=-4), entry(sgv=10**30), entry(sgv=[1]),
        entry(date=10**20), entry(date="now"), entry(date=-1), entry(date=0), entry(type="mbg", mbg=98, date=-1),
        entry(date=-1, dateString="1970-01-01T00:00:00Z"), entry(type="mbg", mbg=0.5), 7, None, [entry()],
    ],
)  # fmt: skip
def test_one_bad_entry_costs_no_other(bad: object) -> None:
    found = pieces(OF, listed(entry(), bad, entry(date=AT + 300_000)))
    assert len(readings(found, "blood_glucose")) == 2
    assert len(codes(found)) == 1


@pytest.mark.parametrize(
    "content",
    [listed(entry(), entry())[:-9], listed(entry())[:-1], listed(entry()) + b"]", b"", b"[" * 5000, b'[{"sgv":1,}]',
     b'[{"sgv":\xff}]'],
)  # fmt: skip
def test_a_broken_list_is_refused_whole(content: bytes) -> None:
    with pytest.raises(Unreadable):
        pieces(OF, content)


def test_columns_come_in_bounded_pieces() -> None:
    found = pieces(OF, listed(*(entry(date=AT + at * 1000) for at in range(200_050))))
    assert [len(piece) for piece in found] == [200_000, 50]  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=30), st.integers(0, 200))
def test_anything_is_read_or_refused_by_name(noise: bytes, place: int) -> None:
    content = listed(entry(), entry(type="mbg", mbg=90))
    refused = refusal(OF, content[:place] + noise + content[place:])
    assert refused in {"", "file_broken", "file_cut_short", "encoding_wrong"}


@pytest.mark.samples
@pytest.mark.skipif(not PUBLIC.exists(), reason="../shared is not there")
def test_the_public_file_equals_its_expectation() -> None:
    content = (PUBLIC / OF / "entries.json").read_bytes()
    want = json.loads((PUBLIC / OF / "expected.json").read_text())["entries.json"]
    assert nightscout.recognises(content[:4096], "x")
    glucose = told(OF, content)["found"]["blood_glucose"]
    assert (glucose["count"], glucose["min"], glucose["max"], glucose["unit"]) == (
        want["sgv_n"],
        want["min"],
        want["max"],
        "mg/dL",
    )
    assert (glucose["first"], glucose["last"]) == (
        want["first"].replace(".000Z", "Z"),
        want["last"].replace(".000Z", "Z"),
    )
