"""Told things of an import: found again, what is hers stays hers, undoing takes back only its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.house import House
from backend.medicines.things import THINGS
from backend.records.compared import Compared
from backend.told import Item
from shared import clock
from shared.ids import new_id
from shared.medicines import FamilyPharmacist, Memo
from shared.sync import Change, Word
from tests.backend.fresh import Somebody, somebody
from tests.backend.medicines.counting import questions
from tests.backend.people import MORNING

PHONE = UUID("0190d3a0-0000-7000-8000-00000000abcd")
START = MORNING + timedelta(days=1)


@pytest.fixture
def her(house: House) -> Iterator[Somebody]:
    with clock.held(START):
        yield somebody(house)


def file(*texts: str) -> list[Item]:
    """A file with some memos; each reading of it gives other ids."""
    return [(Memo(new_id(), text), f"source {nth}") for nth, text in enumerate(texts)]


def keep(her: Somebody, items: Sequence[Item], import_id: UUID) -> Compared:
    """Preview and keep in two transactions, as the inbox does: both say the same."""
    with her.record() as record:
        said = THINGS.compare(record, items)
    with her.record() as record:
        kept = THINGS.keep_many(record, items, import_id)
    assert kept == said
    return kept


def undo(her: Somebody, import_id: UUID) -> int:
    with her.record() as record:
        return THINGS.undo_import(record, import_id)


def shown(her: Somebody) -> list[Memo]:
    with her.record() as record:
        return sorted(THINGS.shown(record, Word.MEMO), key=lambda memo: str(memo.text))


def texts(her: Somebody) -> list[str]:
    return [memo.text for memo in shown(her)]


def tell(her: Somebody, memo: Memo | UUID, seconds: int = 60) -> None:
    """She types it, corrects what is there, or withdraws it."""
    moment = START + timedelta(seconds=seconds)
    change = (
        Change(Word.MEMO, memo, moment, PHONE, None)
        if isinstance(memo, UUID)
        else THINGS.change_of(Word.MEMO, memo, moment, PHONE)
    )
    with her.record() as record:
        THINGS.tell(record, change)


def test_importing_again_adds_nothing_and_undo_takes_all_back(her: Somebody) -> None:
    one, again = new_id(), new_id()
    assert keep(her, file("a", "b"), one) == Compared(new=2)
    assert keep(her, file("a", "b"), one) == Compared(same=2)
    assert keep(her, file("a", "b"), again) == Compared(same=2)
    assert texts(her) == ["a", "b"]
    assert undo(her, one) == 0  # the other import brought them too
    assert undo(her, again) == 2
    assert texts(her) == []
    assert (undo(her, one), undo(her, again)) == (0, 0)
    assert keep(her, file("a", "b"), one) == Compared(new=2)
    assert texts(her) == ["a", "b"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_thing_that_its_source_changed(her: Somebody, order: tuple[int, int]) -> None:
    ids = [new_id(), new_id()]
    keep(her, file("a"), ids[0])
    assert keep(her, file("A"), ids[1]) == Compared(changed=1)
    assert texts(her) == ["A"]
    undo(her, ids[order[0]])
    # Without the second file it is as the first one had it; without the first, as the second.
    assert texts(her) == [{0: "A", 1: "a"}[order[0]]]
    undo(her, ids[order[1]])
    assert texts(her) == []


def test_what_she_corrected_or_withdrew_stays_as_she_left_it(her: Somebody) -> None:
    one = new_id()
    keep(her, file("a", "b"), one)
    first, second = shown(her)
    tell(her, replace(first, text="mine"))
    tell(her, second.id)
    for items in (file("a", "b"), file("x", "y")):
        assert keep(her, items, new_id()) == Compared(same=2)
        assert texts(her) == ["mine"]
    assert undo(her, one) == 0
    assert texts(her) == ["mine"]


def test_what_she_typed_under_the_same_id_is_hers(her: Somebody) -> None:
    typed, import_id = Memo(new_id(), "typed"), new_id()
    tell(her, typed)
    assert keep(her, [(replace(typed, text="from the file"), "s")], import_id) == Compared(same=1)
    assert (undo(her, import_id), texts(her)) == (0, ["typed"])


def test_the_same_twice_in_a_file_is_once(her: Somebody) -> None:
    memo = Memo(new_id(), "a")
    assert keep(her, [(memo, "s"), (memo, "s"), (memo, "t")], new_id()) == Compared(new=1)
    assert keep(her, [(memo, "t")], new_id()) == Compared(same=1)


def test_words_of_one_room_are_kept_apart(her: Somebody) -> None:
    same, import_id = new_id(), new_id()
    items: list[Item] = [(Memo(same, "a"), "s"), (FamilyPharmacist(same, "海野 薫"), "s")]
    assert keep(her, items, import_id) == Compared(new=2)
    assert keep(her, items, import_id) == Compared(same=2)
    assert undo(her, import_id) == 2


def test_what_was_undone_is_heard_as_withdrawn(her: Somebody) -> None:
    import_id = new_id()
    keep(her, file("a"), import_id)
    with her.record() as record:
        (kept,) = THINGS.changes(record, 0, 10)
    undo(her, import_id)
    with her.record() as record:
        (gone,) = THINGS.changes(record, kept.number, 10)
    assert (gone.id, gone.body) == (kept.id, None)
    assert gone.edited_at > kept.edited_at  # on a phone the later version wins


def test_more_than_one_batch(her: Somebody) -> None:
    items = file(*(str(n) for n in range(950)))
    assert keep(her, items, new_id()) == Compared(new=950)
    assert keep(her, items, new_id()) == Compared(same=950)


@pytest.mark.parametrize("many", [350, 40])
def test_many_are_undone_and_kept_again_in_few_statements(her: Somebody, many: int) -> None:
    """Everybody else who writes waits meanwhile."""
    one, other = new_id(), new_id()
    keep(her, file(*(f"a{n}" for n in range(many))), one)
    deeds: list[Callable[[], object]] = [
        lambda: undo(her, one),
        lambda: keep(her, file(*(f"a{n}" for n in range(many))), one),
        lambda: keep(her, file(*(f"b{n}" for n in range(many))), other),
        lambda: undo(her, other),  # back to what the first brought
    ]
    for deed in deeds:
        with questions(her.house) as asked:
            deed()
        assert len(asked) < 40, asked
    assert texts(her) == sorted(f"a{n}" for n in range(many))
    with her.record() as record:
        (memo, *_) = THINGS.shown(record, Word.MEMO)
        past = [each.thing and each.thing.text for each in THINGS.versions(record, Word.MEMO, memo.id)]
    number = memo.text[1:]
    assert past == [f"b{number}", f"a{number}", None, f"a{number}"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["keep", "undo"]), st.integers(0, 2)), max_size=8))
def test_what_is_shown_is_what_the_kept_files_have(house: House, deeds: list[tuple[str, int]]) -> None:
    files = {0: range(3), 1: range(2, 5), 2: range(1, 4)}
    with clock.held(START):
        her, ids, kept = somebody(house), [new_id() for _ in files], set()
        tell(her, Memo(new_id(), "typed"))
        for deed, nth in deeds:
            if deed == "keep":
                keep(her, [(Memo(new_id(), str(n)), f"s{n}") for n in files[nth]], ids[nth])
                kept.add(nth)
            else:
                undo(her, ids[nth])
                kept.discard(nth)
            assert set(texts(her)) == {"typed"} | {str(n) for each in kept for n in files[each]}
            assert len(texts(her)) == len(set(texts(her)))
