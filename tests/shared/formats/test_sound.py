"""What cannot be in a file is told, once a stream, and its neighbours are kept; sources get names fit to show."""

from __future__ import annotations

import io
import json
from array import array

from hypothesis import given
from hypothesis import strategies as st

from shared.formats import Answers, Found, Piece, Trouble, nightscout
from shared.formats.apple_gather import Gathering
from shared.formats.apple_scan import read_plainly, read_quickly
from shared.formats.sound import NAMELESS, sound
from shared.streams import Readings

MORNING = 1_700_000_000_000


def heart(*values: float, source: str = "watch") -> Readings:
    moments = array("q", (MORNING + n * 60_000 for n in range(len(values))))
    return Readings("heart_rate", source, moments, moments[:], array("d", values), where="line 7")


def counted(pieces: list[Piece]) -> dict[str, object]:
    """How many were not understood, by type."""
    problems = [each.problem for each in pieces if isinstance(each, Trouble)]
    return {str(each.words["type"]): each.words["count"] for each in problems if not isinstance(each, str)}


def test_the_impossible_are_counted_by_stream_and_their_neighbours_kept() -> None:
    trouble = Trouble("line 1", "odd")
    found: list[Piece] = list(sound([heart(61, 9999, 62), trouble, heart(1e9), heart(70)]))
    assert [each.value.tolist() for each in found if isinstance(each, Readings)] == [[61, 62], [], [70]]
    assert found[1] is trouble
    told = found[-1]
    assert isinstance(told, Trouble)
    assert not isinstance(told.problem, str)
    assert (told.where, told.problem.code, told.problem.words["count"]) == ("line 7", "records_odd", 2)
    assert "9999" in str(told.problem.words["why"])
    assert told.excerpt.startswith("9999 2023-11-14")


def test_sources_are_named() -> None:
    named = [each.source for each in sound([heart(61, source=" Wa\u202etch "), heart(61, source=" \u200b")])
             if isinstance(each, Readings)]  # fmt: skip
    assert named == ["Watch", NAMELESS]


def test_a_glucose_of_a_thousand_million_is_none() -> None:
    entries = [
        {"type": "sgv", "date": MORNING + n * 300_000, "sgv": sgv, "device": "dexcom"}
        for n, sgv in enumerate((101, 1e9, 102))
    ]
    file = io.BytesIO(json.dumps(entries).encode())
    pieces = list(sound(nightscout.read(file, Answers())))
    kept = [value for each in pieces if isinstance(each, Readings) for value in each.value]
    assert sorted(kept) == [101, 102]
    assert [
        each.problem.code
        for each in pieces
        if isinstance(each, Trouble) and not isinstance(each.problem, str)
    ] == ["records_odd"]


def _export(values: list[str]) -> bytes:
    record = (
        ' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min"'
        ' creationDate="2023-11-15 09:{0:02}:00 +0900" startDate="2023-11-15 09:{0:02}:00 +0900"'
        ' endDate="2023-11-15 09:{0:02}:00 +0900" value="{1}"/>\n'
    )
    rows = "".join(record.format(n, value) for n, value in enumerate(values))
    return f'<?xml version="1.0"?>\n<HealthData locale="ja_JP">\n{rows}</HealthData>\n'.encode()


@given(st.lists(st.sampled_from(["61", "9999", "0", "250.5", "1e9", "19.9", "20", "250", "x"]), max_size=30))
def test_both_ways_through_an_apple_export_keep_the_same(values: list[str]) -> None:
    def told(way: object) -> tuple[list[tuple[int, float]], dict[str, object]]:
        assert callable(way)
        pieces = list(sound(way(io.BytesIO(_export(values)), Gathering("Asia/Tokyo"))))
        assert not any(isinstance(each, Found) for each in pieces)
        rows = [
            pair
            for each in pieces
            if isinstance(each, Readings)
            for pair in zip(each.start, each.value, strict=True)
        ]
        odd = [
            each.problem for each in pieces if isinstance(each, Trouble) and not isinstance(each.problem, str)
        ]
        return sorted(rows), {str(each.words["type"]): each.words["count"] for each in odd}

    plain, quick = told(read_plainly), told(read_quickly)
    assert plain == quick
    assert [value for _, value in plain[0]] == [float(v) for v in values if v in ("61", "20", "250")]


def test_the_moments_of_a_clock_that_nobody_set_are_told_apart_from_the_values_that_cannot_be() -> None:
    moments = array("q", (-1, 0, MORNING, MORNING))
    readings = Readings(
        "heart_rate", "watch", moments, moments[:], array("d", (61, 9999, 62, 9999)), where="line 7"
    )
    kept, *told = sound([readings])
    assert isinstance(kept, Readings)
    assert (kept.start.tolist(), kept.value.tolist()) == ([MORNING], [62])
    problems = [
        each.problem for each in told if isinstance(each, Trouble) and not isinstance(each.problem, str)
    ]
    assert [each.words["count"] for each in problems] == [2, 1]
    assert "1969-12-31" in str(problems[0].words["why"])


def test_no_reader_of_streams_keeps_a_moment_of_1970() -> None:
    export = _export(["61", "62"]).replace(b"2023-11-15", b"1970-01-02", 3)
    for way in (read_plainly, read_quickly):
        pieces = list(sound(way(io.BytesIO(export), Gathering("Asia/Tokyo"))))
        assert [each.value.tolist() for each in pieces if isinstance(each, Readings)] == [[62]]
        assert len([each for each in pieces if isinstance(each, Trouble)]) == 1
