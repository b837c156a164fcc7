"""Pages: none is larger than it may be, together they are everything, each once, whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.consent.opened import OpenRecord
from backend.house import House
from backend.medicines import dispensings
from backend.records.placed import Placed
from backend.seal import Key
from backend.sync import paging, pulling
from backend.sync.paging import Found, Most, Place, page_of
from backend.sync.pulling import Asked
from backend.vitals import imported, measurements
from backend.wearables import merging
from backend.wearables.recordings import RECORDINGS
from shared import clock
from shared.ids import new_id
from shared.medicines import Dispensing
from shared.sync import Change, Word
from shared.workouts import Activity, Workout
from tests.backend.doors import knocking
from tests.backend.fresh import Somebody, somebody
from tests.backend.people import pressure
from tests.backend.wearables.shapes import columns
from tests.cast import RECORD, Cast

EVERYTHING = Most(1_000_000, 10**12)
WHEN = datetime(2026, 3, 1, 7, tzinfo=UTC)
_NTH = count()

# Cutting, pure -------------------------------------------------------------------------------------------------------

SIZES = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4_000)), max_size=30)
MOSTS = st.builds(Most, st.integers(1, 12), st.integers(1, 12_000))


def found(sizes: Sequence[tuple[int, int]]) -> list[Found]:
    """Changes with bodies of so many bytes; a step of 1 in three begins the next number."""
    number, made = 1, list[Found]()
    for step, size in sizes:
        number += step == 1
        body = '"' * (size // 2)  # takes twice as many bytes in JSON
        made.append(
            Found(step, Placed(Word.MEMO, new_id(), WHEN, UUID(int=1), body, number, (str(len(made)),)))
        )
    return sorted(made, key=lambda each: (each.change.number, each.part))


def cut(items: Sequence[Found], most: Most, *, whole: bool) -> list[list[Found]]:
    """Page after page."""
    pages, left = [], list(items)
    while left:
        taken, first = page_of(left, most, whole=whole)
        assert taken
        pages.append(taken)
        left = left[len(taken) :]
        assert first is (left[0] if left else None)
    return pages


@given(SIZES, MOSTS)
def test_no_page_is_too_large_and_together_they_are_everything(
    sizes: list[tuple[int, int]], most: Most
) -> None:
    items = found(sizes)
    pages = cut(items, most, whole=False)
    assert [each for page in pages for each in page] == items
    for page in pages:
        assert len(page) <= most.changes
        assert len(page) == 1 or sum(paging.bytes_of(each.change) for each in page) <= most.bytes
    for one, other in pairwise(pages):  # none is smaller than it must be
        size = sum(paging.bytes_of(each.change) for each in [*one, other[0]])
        assert len(one) == most.changes or size + paging.AROUND_ALL > most.bytes


@given(SIZES, MOSTS)
def test_to_a_phone_that_knows_no_places_a_number_comes_whole(
    sizes: list[tuple[int, int]], most: Most
) -> None:
    items = found(sizes)
    pages = cut(items, most, whole=True)
    assert [each for page in pages for each in page] == items
    for page in pages:
        size = sum(paging.bytes_of(each.change) for each in page)
        numbers = {each.change.number for each in page}
        assert len(numbers) == 1 or (len(page) <= most.changes and size <= most.bytes)
    for one, other in pairwise(pages):
        assert one[-1].change.number < other[0].change.number


@given(
    st.integers(1, 2**62),
    st.sampled_from([part.name for part in pulling.PARTS]),
    st.lists(st.text(max_size=40)),
)
def test_a_place_comes_back_to_its_own_record_only(number: int, part: str, key: list[str]) -> None:
    mine, other = (Key(new_id(), bytes([n]) * 32) for n in (1, 2))
    place = Place(number, part, tuple(key))
    assert paging.read(mine, paging.written(mine, place)) == place
    assert paging.read(other, paging.written(mine, place)) is None


@given(st.text(max_size=120))
def test_what_is_no_place_is_none(text: str) -> None:
    assert paging.read(Key(new_id(), bytes(32)), text) is None


# With what rooms tell ------------------------------------------------------------------------------------------------


def bring(record: OpenRecord, many: int) -> None:
    """So much of several parts, all under one change number."""
    nths = [next(_NTH) for _ in range(many)]
    vitals = [pressure(minutes=2 * nth) for nth in nths]
    imported.keep_many(record, [(vital, str(vital.id)) for vital in vitals], new_id())
    slips = [(Dispensing(new_id(), date(2026, 3, 1), ()), str(new_id())) for _ in nths]
    dispensings.keep_many(record, slips, new_id())
    walks = [workout(nth) for nth in nths]
    RECORDINGS.keep_many(record, [(walk, str(walk.id)) for walk in walks], new_id())
    noons = [clock.to_ms(WHEN + timedelta(days=nth)) for nth in nths]
    merging.deliver(
        record, new_id(), [columns("steps", "Watch", *((noon, noon + 60_000, 9.0) for noon in noons))]
    )


def workout(nth: int) -> Workout:
    begun = WHEN + timedelta(hours=nth)
    return Workout(new_id(), Activity.WALKING, begun, begun + timedelta(minutes=9), 540)


def everything(her: Somebody) -> list[Change]:
    with her.record() as record:
        return pulling.pull(record, Asked(0, EVERYTHING, "")).changes


def pages_of(her: Somebody, most: Most, between: Callable[[], None] = lambda: None) -> list[list[Change]]:
    """Page after page as a phone asks for them that knows places."""
    asked, pages = Asked(0, most, ""), []
    for _ in range(500):
        with her.record() as record:
            heard = pulling.pull(record, asked)
        assert len(heard.changes) <= most.changes
        pages.append(heard.changes)
        if not heard.more:
            assert heard.place == ""
            return pages
        assert heard.changes
        assert heard.after > asked.after or heard.place
        asked = Asked(heard.after, most, heard.place)
        between()
    raise AssertionError("pages without end")


LIMITS = st.builds(Most, st.integers(2, 9), st.integers(1_500, 9_000))


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 6), max_size=3), LIMITS)
def test_pages_that_end_inside_numbers_are_everything_once(
    house: House, sizes: list[int], most: Most
) -> None:
    her = somebody(house)
    for many in sizes:
        with her.record() as record:
            bring(record, many)
    pages = pages_of(her, most)
    assert [change for page in pages for change in page] == everything(her)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.integers(2, 5), LIMITS)
def test_what_leaves_a_number_between_its_pages_comes_under_its_new_one(
    house: House, data: st.DataObject, many: int, most: Most
) -> None:
    her = somebody(house)
    with her.record() as record:
        bring(record, many)
    writes = iter(range(4))

    def write() -> None:
        if next(writes, None) is None:
            return
        deed = data.draw(st.sampled_from(["correct", "withdraw", "bring"]))
        with her.record() as record:
            shown = [each for each in measurements.history(record) if each.kind == "blood_pressure"]
            if deed == "bring" or not shown:
                bring(record, 1)
                return
            vital = data.draw(st.sampled_from(shown))
            later = clock.now() + timedelta(days=1)
            if deed == "withdraw":
                measurements.withdraw(record, vital.id, later, new_id())
            else:
                measurements.note(record, pressure(140, id=vital.id), later, new_id())

    pages = pages_of(her, most, write)
    heard = [change for page in pages for change in page]
    assert {change.id: change for change in heard} == {change.id: change for change in everything(her)}
    # Twice comes only what was told again meanwhile, then under another number.
    assert len({(change.id, change.number) for change in heard}) == len(heard)


# At the door ---------------------------------------------------------------------------------------------------------


def notes(record: OpenRecord, many: int) -> None:
    vitals = [pressure(minutes=2 * nth) for nth in range(many)]
    imported.keep_many(record, [(vital, str(vital.id)) for vital in vitals], new_id())


@pytest.fixture
def full(app: Flask, cast: Cast) -> Callable[..., Any]:
    """Hanako's record with 60 readings of one import, and the door to them."""
    with cast.house.database.transaction() as session:
        notes(cast.open(session, cast.hanako), 60)
    hanako = knocking(app, cast.hanako)
    return lambda **query: hanako.get(f"/api/records/{RECORD}/sync/pull", query_string=query)


@pytest.mark.parametrize("size", [1, 4_000, 20_000])
def test_an_answer_is_never_larger_than_what_was_asked_for(full: Callable[..., Any], size: int) -> None:
    query: dict[str, object] = {"after": 0, "place": ""}
    heard = []
    for _ in range(70):
        answer = full(**query, size=size)
        page = answer.json
        assert len(answer.data) <= size or len(page["changes"]) == 1
        heard += [each["id"] for each in page["changes"]]
        query = {"after": page["after"], "place": page["place"]}
        if not page["more"]:
            break
    assert len(heard) == len(set(heard)) == 60
    assert full(**query).json["changes"] == []


def test_a_place_that_is_none_begins_the_number_anew(full: Callable[..., Any]) -> None:
    first = full(after=0, place="", limit=10).json
    assert (first["after"], len(first["changes"]), first["more"]) == (0, 10, True)
    assert len(full(after=0, place=first["place"]).json["changes"]) == 50
    for place in ("", "nothing", first["place"][:-4] + "AAAA"):
        assert len(full(after=0, place=place).json["changes"]) == 60
    # A place of another number says nothing about this one.
    assert full(after=1, place=first["place"]).json["changes"] == []


def test_a_phone_that_knows_no_places_hears_a_number_whole(full: Callable[..., Any]) -> None:
    whole = full(after=0, limit=10).json
    assert (len(whole["changes"]), whole["place"], whole["more"], whole["after"] > 0) == (60, "", False, True)
