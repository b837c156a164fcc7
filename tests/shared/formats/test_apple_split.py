"""An Apple export read by several finds exactly what one finds, or is left to one."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.formats import Piece
from shared.formats.apple_scan import read_quickly
from shared.formats.apple_split import Cuts, Odd, Reader, Stretch
from tests.shared.formats.test_apple_equal import DOCUMENTS, NOISE, Outcome, outcome

_RECORD = (
    ' <Record type="HKQuantityTypeIdentifier{}" sourceName="Watch" unit="count"'
    ' creationDate="2026-11-18 07:00:00 +0900" startDate="2026-11-18 07:{:02}:00 +0900"'
    ' endDate="2026-11-18 07:{:02}:30 +0900" value="{}"/>\n'
)


def two(content: bytes, stretch: int, turns: list[bool]) -> Iterator[Piece]:
    """What two find who read in turns: the other where ``turns`` says so, who is in another process."""
    cuts = Cuts(io.BytesIO(content), "Asia/Tokyo", stretch)
    readers = Reader(cuts.start, begins=True), Reader(pickle.loads(pickle.dumps(cuts.start)), begins=False)
    number = 0
    while (next_one := cuts.next()) is not None:
        other = number > 0 and turns[number % len(turns)]
        yield from readers[other].take(next_one)
        number += 1
    left, rest = readers[1].leave()
    yield from left
    yield from readers[0].end(pickle.loads(pickle.dumps(rest)))


def together(content: bytes, stretch: int, turns: list[bool]) -> Outcome | None:
    """The outcome of two; None where it is left to one."""
    try:
        pieces = list(two(content, stretch, turns))
    except Odd:
        return None
    return outcome(lambda _file, _gathering, _block: iter(pieces), content, 1)


_turns = st.lists(st.booleans(), min_size=1, max_size=6)
_stretches = st.sampled_from([150, 400, 1500])


@given(DOCUMENTS, _stretches, _turns)
@example("<HealthData/>", 150, [True])
def test_two_find_what_one_finds(document: str, stretch: int, turns: list[bool]) -> None:
    content = document.encode()
    found = together(content, stretch, turns)
    assert found is None or found == outcome(read_quickly, content, 1 << 19)


@given(DOCUMENTS, _stretches, _turns, st.data())
def test_a_damaged_file_is_never_read_otherwise_by_two(
    document: str, stretch: int, turns: list[bool], data: st.DataObject
) -> None:
    content = document.encode()
    at, length = data.draw(st.integers(0, len(content))), data.draw(st.integers(1, 200))
    content = data.draw(
        st.sampled_from(
            [
                content[:at],
                content[:at] + content[at + length :],
                content[: at + length] + content[at:],
                *(content[:at] + noise + content[at:] for noise in NOISE),
            ]
        )
    )
    found = together(content, stretch, turns)
    assert found is None or found == outcome(read_quickly, content, 1 << 19)


def ordinary(records: int) -> bytes:
    rows = "".join(
        _RECORD.format(("StepCount", "DietaryWater")[n % 7 == 0], n % 60, n % 60, n) for n in range(records)
    )
    return ('<?xml version="1.0"?>\n<HealthData locale="ja_JP">\n' + rows + "</HealthData>\n").encode()


def test_an_ordinary_file_is_cut_between_records() -> None:
    """Else the properties above might leave everything to one."""
    content = ordinary(200)
    cuts = Cuts(io.BytesIO(content), "Asia/Tokyo", 1000)
    stretches = list(iter(cuts.next, None))
    assert b"".join(each.data for each in stretches) == content[content.index(b"<HealthData") :]
    assert len(stretches) > 40
    assert [each.is_last for each in stretches] == [False] * (len(stretches) - 1) + [True]
    assert all(content[each.place :].startswith(each.data) for each in stretches)
    assert together(content, 1000, [True, False]) == outcome(read_quickly, content, 1 << 19)


def test_a_cut_inside_something_is_left_to_one() -> None:
    inside = "".join(_RECORD.format("StepCount", 1, 1, 1) for _ in range(20))
    for hidden in (
        f"<!--{inside}-->",
        f"<Correlation type='x'>\n{inside}</Correlation>",
        f"<![CDATA[{inside}]]>",
    ):
        content = f"<HealthData>\n {hidden}\n</HealthData>".encode()
        assert together(content, 1000, [True, False]) is None
        assert not isinstance(outcome(read_quickly, content, 1 << 19), str) or hidden.startswith("<![")


def test_what_has_no_place_to_cut_is_left_to_one() -> None:
    with pytest.raises(Odd):
        list(two(b"<HealthData>" + b"x" * 50_000 + b"</HealthData>", 1000, [True]))


def test_a_stretch_that_follows_none_is_odd() -> None:
    reader = Reader(Cuts(io.BytesIO(ordinary(1)), "Asia/Tokyo").start, begins=False)
    with pytest.raises(Odd):
        list(reader.take(Stretch(0, b"</HealthData>\n <Record/>", is_last=False)))


def test_what_lies_apart_comes_together() -> None:
    """Halves of a blood pressure in two stretches, its twin in a third; types without a word, counted in all."""
    halves = [
        _RECORD.format(f"BloodPressure{half}", minute, minute, value).replace('"count"', '"mmHg"')
        for half, value in (("Systolic", 128), ("Diastolic", 79))
        for minute in range(30)
    ]
    pair = f" <Correlation type='HKCorrelationTypeIdentifierBloodPressure'>\n {halves[0]} {halves[30]} </Correlation>\n"
    content = ordinary(60).replace(b"</HealthData>", ("".join(halves) + pair + "</HealthData>").encode())
    for turns in ([True, False], [False, True, True]):
        assert together(content, 500, turns) == outcome(read_quickly, content, 1 << 19)
    found = outcome(read_quickly, content, 1 << 19)
    assert sum("blood_pressure" in str(each) for each in found) == 30
    assert sum("type_not_yet" in str(each) for each in found) == 1
