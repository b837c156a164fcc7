"""Dispensings: kept once, listed newest first, and taken back exactly as they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.house import House
from backend.medicines import dispensings
from backend.records.compared import Compared
from shared.ids import new_id
from shared.medicines import Dispensing
from tests.backend.fresh import Somebody, somebody

Items = list[tuple[Dispensing, str]]


def file(*days: int) -> Items:
    """A file with a dispensing on each of these days; each reading of it gives other ids."""
    return [(Dispensing(new_id(), date(2026, 3, day), ()), f"pharmacy {day}") for day in days]


def keep(her: Somebody, items: Items, import_id: UUID) -> Compared:
    """Preview and keep: both say the same."""
    with her.record() as record:
        said = dispensings.compare(record, items)
    with her.record() as record:
        assert dispensings.keep_many(record, items, import_id) == said
    return said


def undo(her: Somebody, import_id: UUID) -> int:
    """Take an import back."""
    with her.record() as record:
        return dispensings.undo_import(record, import_id)


def days(her: Somebody) -> Sequence[int]:
    """The days of what is listed, newest first."""
    with her.record() as record:
        return [each.dispensed_on.day for each in dispensings.medicine_list(record)]


def test_importing_again_adds_nothing_and_undo_takes_back(house: House) -> None:
    her, import_id = somebody(house), new_id()
    assert keep(her, file(3, 1, 2), import_id) == Compared(new=3)
    assert keep(her, file(3, 1, 2), import_id) == Compared(same=3)
    assert days(her) == [3, 2, 1]
    assert (undo(her, import_id), undo(her, import_id)) == (3, 0)
    assert days(her) == []
    assert keep(her, file(3, 1), import_id) == Compared(new=2)
    assert days(her) == [3, 1]


def test_what_is_withdrawn_is_heard_as_withdrawn(house: House) -> None:
    her, import_id = somebody(house), new_id()
    keep(her, file(1), import_id)
    with her.record() as record:
        (kept,) = dispensings.changes(record, 0, 10)
    undo(her, import_id)
    with her.record() as record:
        (gone,) = dispensings.changes(record, kept.number, 10)
    assert kept.body is not None
    assert (gone.id, gone.body) == (kept.id, None)
    assert gone.edited_at > kept.edited_at  # on a phone the later state wins


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=8))
def test_what_is_listed_is_what_the_kept_files_have(house: House, deeds: list[tuple[bool, int]]) -> None:
    files = {0: {1, 2, 3}, 1: {3, 4}, 2: {2, 3, 4, 5}}
    her, ids, kept = somebody(house), [new_id() for _ in files], set()
    for keeps, nth in deeds:
        if keeps:
            keep(her, file(*files[nth]), ids[nth])
            kept.add(nth)
        else:
            undo(her, ids[nth])
            kept.discard(nth)
        assert days(her) == sorted({day for each in kept for day in files[each]}, reverse=True)
