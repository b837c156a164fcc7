"""Told things: whatever is told, however often and in whatever order, the one rule decides and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.consent.opened import NotOpened, every_right
from backend.house import House
from backend.medicines.tables import MedicineThingRow, MedicineThingVersionRow
from backend.medicines.things import THINGS
from backend.told import Outcome
from shared.consent import Right, Scope
from shared.ids import new_id
from shared.medicines import Memo
from shared.problems import Problem
from shared.sync import Change, Word, winner
from tests.backend.fresh import Somebody, somebody
from tests.backend.people import MORNING
from tests.cast import Cast

IDS = [UUID(int=n + 1) for n in range(2)]
DEVICES = [UUID(int=n + 100) for n in range(2)]


def memo(text: str = "朝は起きてから", id: UUID | None = None, on: date | None = None) -> Memo:
    return Memo(id or new_id(), text, on)


def version(thing: Memo, ms: int = 0, device: UUID = DEVICES[0]) -> Change:
    return THINGS.change_of(Word.MEMO, thing, MORNING + timedelta(milliseconds=ms), device)


def gone(thing_id: UUID, ms: int = 0, device: UUID = DEVICES[0]) -> Change:
    return Change(Word.MEMO, thing_id, MORNING + timedelta(milliseconds=ms), device, None)


@st.composite
def versions(draw: st.DrawFn) -> Change:
    """A version of one of two memos, by one of two phones, with one of a few stamps."""
    thing_id, device, ms = draw(st.sampled_from(IDS)), draw(st.sampled_from(DEVICES)), draw(st.integers(0, 3))
    if draw(st.integers(0, 4)) == 0:
        return gone(thing_id, ms, device)
    day = draw(st.sampled_from([None, date(2026, 3, 1)]))
    return version(memo(draw(st.sampled_from(["頭痛", "眠い", "よい"])), thing_id, day), ms, device)


def tell(her: Somebody, told: Sequence[Change]) -> list[Outcome]:
    with her.record() as record:
        return [THINGS.tell(record, change).outcome for change in told]


def known(her: Somebody) -> tuple[dict[UUID, Change], dict[UUID, set[tuple[object, ...]]]]:
    """What is shown, with its numbers, and every other version."""
    with her.record() as record:
        shown: dict[UUID, Change] = {change.id: change for change in THINGS.changes(record, 0, 100)}
        others: dict[UUID, set[tuple[object, ...]]] = {
            thing_id: {
                (past.edited_at, past.device, past.thing and THINGS.spelling(Word.MEMO).body(past.thing))
                for past in THINGS.versions(record, Word.MEMO, thing_id)
            }
            for thing_id in shown
        }
        return shown, others


def essence(change: Change) -> tuple[object, ...]:
    return (change.edited_at, change.device, change.body)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_any_number_of_times(house: House, data: st.DataObject) -> None:
    told = data.draw(st.lists(versions(), min_size=1, max_size=8))
    her = somebody(house)
    again = data.draw(st.permutations(told + told))
    cut = data.draw(st.integers(0, len(again)))  # in pieces of any size: each piece is one transaction
    outcomes = tell(her, again[:cut]) + tell(her, again[cut:])
    shown, others = known(her)
    for thing_id in {change.id for change in told}:
        mine = [change for change in told if change.id == thing_id]
        assert essence(shown[thing_id]) == essence(reduce(winner, mine))
        expected = {essence(change) for change in mine} - {essence(shown[thing_id])}
        assert others[thing_id] == expected
    assert len([outcome for outcome in outcomes if outcome is not Outcome.SAME]) == len(
        {(change.id, *essence(change)) for change in told}
    )
    # Once all is told, telling it again in any order changes nothing at all.
    assert set(tell(her, data.draw(st.permutations(told)))) == {Outcome.SAME}
    assert known(her) == (shown, others)


def test_another_spelling_of_the_same_version_is_the_same(house: House) -> None:
    her, first = somebody(house), version(memo(id=IDS[0]))
    spaced = Change(Word.MEMO, IDS[0], first.edited_at, first.device, (first.body or "").replace(":", ": "))
    short = Change(
        Word.MEMO, IDS[0], first.edited_at, first.device, f'{{"id":"{IDS[0]}","text":"朝は起きてから"}}'
    )
    assert tell(her, [first, spaced, short]) == [Outcome.KEPT, Outcome.SAME, Outcome.SAME]
    assert tell(her, [version(memo("later", IDS[0]), 1), spaced]) == [Outcome.KEPT, Outcome.SAME]


def test_a_withdrawal_that_comes_before_the_thing(house: House) -> None:
    her, noted = somebody(house), memo(id=IDS[0])
    assert tell(her, [gone(IDS[0], 1), version(noted)]) == [Outcome.KEPT, Outcome.LOST]
    with her.record() as record:
        assert THINGS.shown(record, Word.MEMO) == []
        assert THINGS.find(record, Word.MEMO, IDS[0]) is None
        assert [past.thing for past in THINGS.versions(record, Word.MEMO, IDS[0])] == [noted]


@pytest.mark.parametrize(
    "body", ["{}", '{"id":"x","text":"a"}', '{"id":"00000000-0000-0000-0000-000000000001"}', "[]", "nonsense"]
)
def test_a_body_that_is_none_is_refused_and_nothing_is_written(house: House, body: str) -> None:
    her = somebody(house)
    with her.record() as record, pytest.raises(Problem):
        THINGS.tell(record, Change(Word.MEMO, IDS[0], MORNING, DEVICES[0], body))
    assert known(her) == ({}, {})


def test_another_id_and_another_word_are_refused(house: House) -> None:
    her, change = somebody(house), version(memo(id=IDS[0]))
    for wrong in (
        Change(Word.MEMO, IDS[1], MORNING, DEVICES[0], change.body),
        Change(Word.VITAL, IDS[0], MORNING, DEVICES[0], change.body),
        Change("dream", IDS[0], MORNING, DEVICES[0], None),
    ):
        with her.record() as record, pytest.raises(Problem):
            THINGS.tell(record, wrong)


def test_newest_day_first_what_has_no_day_last_and_since(house: House) -> None:
    her, days = somebody(house), [None, date(2026, 3, 1), date(2026, 3, 3), date(2026, 3, 2)]
    tell(her, [version(memo(str(day), on=day)) for day in days])
    with her.record() as record:
        listed = [each.on for each in THINGS.shown(record, Word.MEMO)]
        assert listed == [date(2026, 3, 3), date(2026, 3, 2), date(2026, 3, 1), None]
        since = THINGS.shown(record, Word.MEMO, date(2026, 3, 2))
        assert [each.on for each in since] == [date(2026, 3, 3), date(2026, 3, 2)]
        (newest, *_) = THINGS.entries(record, Word.MEMO)
        assert (newest.author_id, newest.device) == (her.viewer.account_id, DEVICES[0])


def test_one_id_may_be_two_words(house: House) -> None:
    her = somebody(house)
    pharmacist = Change(
        Word.FAMILY_PHARMACIST, IDS[0], MORNING, DEVICES[0], f'{{"id":"{IDS[0]}","name":"海野 薫"}}'
    )
    assert tell(her, [version(memo(id=IDS[0])), pharmacist]) == [Outcome.KEPT, Outcome.KEPT]


def test_changes_of_some_words_only(house: House) -> None:
    her = somebody(house)
    tell(her, [version(memo())])
    with her.record() as record:
        assert THINGS.changes(record, 0, 10, [Word.DOSE]) == []
        assert len(THINGS.changes(record, 0, 10, [Word.DOSE, Word.MEMO])) == 1
        (change,) = THINGS.changes(record, 0, 10)
        assert THINGS.changes(record, change.number, 10) == []


def test_nothing_of_it_stands_in_clear_and_it_opens_only_in_its_place(house: House) -> None:
    her = somebody(house)
    tell(her, [version(memo("秘密のこと", IDS[0])), version(memo("もうひとつ", IDS[0]), 1)])
    with her.record() as record:
        (row,) = record.session.scalars(select(MedicineThingRow))
        (past,) = record.session.scalars(select(MedicineThingVersionRow))
        for sealed in (row.sealed, past.sealed):
            assert sealed is not None
            assert bytes(sealed).find("秘密".encode()) == -1
            assert bytes(sealed).find("もうひとつ".encode()) == -1
        row.id = IDS[1]  # moved to another thing
        with pytest.raises(Exception, match=r"medicine_things\.sealed"):
            THINGS.shown_version(record, row)
        record.session.rollback()


def test_a_word_needs_what_was_opened(cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    cast.lets_in(cast.mori, Scope.MEDICINES)
    with cast.house.database.transaction() as session:
        for person, deeds in ((cast.sato, 3), (cast.mori, 1)):
            record = cast.house.opener.open_parts(
                session, person.viewer, cast.record, every_right(person.viewer)
            )
            refused = 0
            for deed in (
                lambda record=record: THINGS.tell(record, version(memo())),
                lambda record=record: THINGS.shown(record, Word.MEMO),
                lambda record=record: THINGS.changes(record, 0, 10),
            ):
                try:
                    deed()
                except NotOpened:
                    refused += 1
            assert refused == deeds
        record = cast.open(session, cast.mori)
        assert THINGS.tell(record, version(memo()), needs=Right.READ).outcome is Outcome.KEPT
