"""Vitals of an import: what is known is found again, what is hers stays hers, undoing takes back only its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.house import House
from backend.records.compared import Compared
from backend.vitals import imported, measurements
from backend.vitals.imported import Item
from shared import clock
from shared.ids import new_id
from shared.vitals import Vital
from tests.backend.fresh import Somebody, somebody
from tests.backend.medicines.counting import questions
from tests.backend.people import MORNING, pressure, weight

PHONE = UUID("0190d3a0-0000-7000-8000-00000000abcd")
START = MORNING + timedelta(days=1)


@pytest.fixture
def her(house: House) -> Iterator[Somebody]:
    with clock.held(START):
        yield somebody(house)


def keep(her: Somebody, items: Sequence[Item], import_id: UUID) -> Compared:
    """Preview and keep in two transactions, as the inbox does: both say the same."""
    with her.record() as record:
        said = imported.compare(record, items)
    with her.record() as record:
        kept = imported.keep_many(record, items, import_id)
    assert kept == said
    return kept


def undo(her: Somebody, import_id: UUID) -> int:
    """Take an import back."""
    with her.record() as record:
        return imported.undo_import(record, import_id)


def note(her: Somebody, vital: Vital, seconds: int = 0) -> None:
    """She types it, or corrects what is there."""
    with her.record() as record:
        measurements.note(record, vital, START + timedelta(seconds=seconds), PHONE)


def withdraw(her: Somebody, vital_id: UUID, seconds: int = 0) -> None:
    """She takes a measurement back."""
    with her.record() as record:
        measurements.withdraw(record, vital_id, START + timedelta(seconds=seconds), PHONE)


def readings(her: Somebody) -> list[object]:
    """What is shown, oldest first."""
    with her.record() as record:
        return [vital.reading for vital in reversed(measurements.history(record))]


def shown(her: Somebody) -> Vital:
    """The one measurement that is shown."""
    with her.record() as record:
        (vital,) = measurements.history(record)
        return vital


def file(*systolics: int) -> list[Item]:
    """A file with one blood pressure every ten minutes; each reading of it gives other ids."""
    return [(pressure(value, minutes=10 * nth), f"source {nth}") for nth, value in enumerate(systolics)]


def test_importing_again_adds_nothing_and_undo_takes_all_back(her: Somebody) -> None:
    one, again = new_id(), new_id()
    assert keep(her, file(131, 132), one) == Compared(new=2)
    assert keep(her, file(131, 132), one) == Compared(same=2)
    assert keep(her, file(131, 132), again) == Compared(same=2)
    assert len(readings(her)) == 2
    assert undo(her, one) == 0  # the other import brought them too
    assert undo(her, again) == 2
    assert readings(her) == []
    assert (undo(her, one), undo(her, again)) == (0, 0)
    assert keep(her, file(131, 132), one) == Compared(new=2)
    assert len(readings(her)) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_overlapping_files_undone_in_either_order(her: Somebody, order: tuple[int, int]) -> None:
    ids = [new_id(), new_id()]
    items = file(131, 132, 133)
    assert keep(her, items[:2], ids[0]) == Compared(new=2)
    assert keep(her, file(131, 132, 133)[1:], ids[1]) == Compared(new=1, same=1)
    undo(her, ids[order[0]])
    assert len(readings(her)) == 2
    undo(her, ids[order[1]])
    assert readings(her) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_reading_that_its_source_changed(her: Somebody, order: tuple[int, int]) -> None:
    ids = [new_id(), new_id()]
    keep(her, file(131), ids[0])
    assert keep(her, file(141), ids[1]) == Compared(changed=1)
    assert [reading.systolic for reading in readings(her)] == [141]  # type: ignore[attr-defined]
    undo(her, ids[order[0]])
    # Without the second file it is as the first one had it; without the first, as the second.
    left = {0: 141, 1: 131}[order[0]]
    assert [reading.systolic for reading in readings(her)] == [left]  # type: ignore[attr-defined]
    undo(her, ids[order[1]])
    assert readings(her) == []


@pytest.mark.parametrize("apart", [0, 30, 60])
def test_what_she_typed_is_found_in_the_file_and_stays(her: Somebody, apart: int) -> None:
    typed, import_id = pressure(131, note="typed"), new_id()
    note(her, typed)
    item = (pressure(131, minutes=apart / 60), "source 0")
    exact_minutes = apart == 60  # 7:10 and 7:11 on the dot are two readings of one occasion
    assert keep(her, [item], import_id) == (Compared(new=1) if exact_minutes else Compared(same=1))
    assert len(readings(her)) == (2 if exact_minutes else 1)
    undo(her, import_id)
    assert shown(her) == typed


def test_a_pulse_that_differs_is_another_reading(her: Somebody) -> None:
    note(her, pressure(131))
    other = pressure(131, minutes=0.5)
    other = replace(other, reading=replace(other.pressure, pulse=other.pressure.systolic))
    unknown = replace(other, id=new_id(), reading=replace(other.pressure, pulse=None))
    assert keep(her, [(unknown, "u")], new_id()) == Compared(same=1)
    assert keep(her, [(other, "o")], new_id()) == Compared(new=1)


def test_two_equal_readings_of_one_minute_are_two(her: Somebody) -> None:
    note(her, pressure(131))
    items = [(pressure(131, minutes=0.2), "a"), (pressure(131, minutes=0.6), "b")]
    import_id = new_id()
    assert keep(her, items, import_id) == Compared(new=1, same=1)
    assert keep(her, items, import_id) == Compared(same=2)
    assert len(readings(her)) == 2
    assert undo(her, import_id) == 1


@pytest.mark.parametrize("again", [False, True])
def test_one_reading_that_two_apps_tell_in_one_import_is_one(her: Somebody, *, again: bool) -> None:
    """A zip with the table of a cuff's maker beside the export of the phone: minutes in one, seconds in the other."""
    cuff = [replace(pressure(131, minutes=at), origin="omron", device="HEM") for at in (0, 0.1)]
    phone = [
        replace(pressure(131, minutes=at), origin="apple_health", device="OMRON connect") for at in (0, 0.2)
    ]
    items = [(vital, f"source {nth}") for nth, vital in enumerate([*cuff, *phone])]
    import_id = new_id()
    if again:  # kept, taken back, and kept after all
        keep(her, items, import_id)
        undo(her, import_id)
        assert readings(her) == []
    assert keep(her, items, import_id) == Compared(new=2, same=2)
    assert len(readings(her)) == 2
    assert keep(her, items, new_id()) == Compared(same=4)
    undo(her, import_id)
    assert len(readings(her)) == 2


def test_the_same_thing_twice_in_a_file_is_once(her: Somebody) -> None:
    items = [(pressure(131), "a"), (pressure(131), "a")]
    assert keep(her, items, new_id()) == Compared(new=1)


def test_other_kinds_do_not_meet(her: Somebody) -> None:
    note(her, weight("60.0"))
    assert keep(her, [(replace(weight("60.0"), kind="waist"), "w")], new_id()) == Compared(new=1)


def test_what_she_corrected_stays_whatever_is_imported_or_undone(her: Somebody) -> None:
    one = new_id()
    keep(her, file(131), one)
    corrected = replace(shown(her), note="mine", reading=pressure(129).reading)
    note(her, corrected, seconds=60)
    for items in (file(131), file(150)):
        assert keep(her, items, new_id()) == Compared(same=1)
        assert shown(her) == corrected
    assert undo(her, one) == 0
    assert shown(her) == corrected


def test_what_she_withdrew_does_not_come_back(her: Somebody) -> None:
    keep(her, file(131), new_id())
    withdraw(her, shown(her).id, seconds=60)
    assert keep(her, file(131), new_id()) == Compared(same=1)
    assert readings(her) == []


def test_a_typed_reading_that_the_file_has_stays_found_when_she_corrects_it(her: Somebody) -> None:
    typed = pressure(131)
    note(her, typed)
    keep(her, file(131), new_id())
    note(her, pressure(129, id=typed.id), seconds=60)
    assert keep(her, file(131), new_id()) == Compared(same=1)
    assert len(readings(her)) == 1


def test_typed_after_an_undo_it_is_found_when_the_file_is_kept_again(her: Somebody) -> None:
    one = new_id()
    keep(her, file(131), one)
    undo(her, one)
    note(her, pressure(131), 5)
    assert keep(her, file(131), one) == Compared(same=1)
    assert len(readings(her)) == 1
    assert keep(her, file(131), new_id()) == Compared(same=1)
    assert undo(her, one) == 0  # she typed it: it stays
    assert len(readings(her)) == 1


def test_more_than_one_batch(her: Somebody) -> None:
    items = [(weight(minutes=n), f"w{n}") for n in range(950)]
    assert keep(her, items, new_id()) == Compared(new=950)
    import_id = new_id()
    assert keep(her, items, import_id) == Compared(same=950)


@pytest.mark.parametrize("many", [350, 40])
def test_many_are_undone_and_kept_again_in_few_statements(her: Somebody, many: int) -> None:
    """Everybody else who writes waits meanwhile."""
    one, other = new_id(), new_id()
    items = [(weight(minutes=n), f"w{n}") for n in range(many)]
    heavier = [(weight("61.5", minutes=n), f"w{n}") for n in range(many)]
    keep(her, items, one)
    deeds: list[Callable[[], object]] = [
        lambda: undo(her, one),
        lambda: keep(her, items, one),
        lambda: keep(her, items, one),
        lambda: keep(her, heavier, other),
        lambda: undo(her, other),  # back to what the first brought
    ]
    for deed in deeds:
        with questions(her.house) as asked:
            deed()
        assert len(asked) < 40, asked
    assert set(readings(her)) == {weight().reading}
    with her.record() as record:
        (first,) = measurements.history(record, limit=1)
        past = measurements.versions(record, first.id)
    shown = [None if each.vital is None else each.vital.reading for each in past]
    assert shown == [Decimal("61.5"), weight().reading, None, weight().reading]


Deed = tuple[str, int]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["keep", "undo"]), st.integers(0, 2)), max_size=8))
def test_what_is_shown_is_what_the_kept_files_have(house: House, deeds: list[Deed]) -> None:
    files = {0: range(3), 1: range(2, 5), 2: range(1, 4)}
    typed = pressure(200, minutes=500)
    with clock.held(START):
        her, ids, kept = somebody(house), [new_id() for _ in files], set()
        note(her, typed)
        for deed, nth in deeds:
            if deed == "keep":
                keep(her, [(pressure(130 + n, minutes=10 * n), f"s{n}") for n in files[nth]], ids[nth])
                kept.add(nth)
            else:
                undo(her, ids[nth])
                kept.discard(nth)
            systolics = {reading.systolic for reading in readings(her)}  # type: ignore[attr-defined]
            assert systolics == {200} | {130 + n for each in kept for n in files[each]}
            assert len(readings(her)) == len(systolics)
