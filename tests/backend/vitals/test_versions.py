"""Versions: whatever is told, however often and in whatever order, the one rule decides and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.house import House
from backend.told import Outcome
from backend.vitals import measurements
from shared.sync import Change, Word, winner
from shared.vitals import Vital
from tests.backend.fresh import Somebody, somebody
from tests.backend.people import MORNING, pressure

IDS = [UUID(int=n + 1) for n in range(2)]
DEVICES = [UUID(int=n + 100) for n in range(2)]


@st.composite
def versions(draw: st.DrawFn) -> tuple[Change, Vital | None]:
    """A version of one of two measurements, by one of two phones, with one of a few stamps."""
    vital_id, device = draw(st.sampled_from(IDS)), draw(st.sampled_from(DEVICES))
    edited_at = MORNING + timedelta(milliseconds=draw(st.integers(0, 3)))
    if draw(st.integers(0, 4)) == 0:
        return Change(Word.VITAL, vital_id, edited_at, device, None), None
    vital = pressure(draw(st.integers(120, 123)), note=draw(st.sampled_from(["", "頭痛"])), id=vital_id)
    return measurements.change_of(vital, edited_at, device), vital


def _tell(her: Somebody, told: Sequence[tuple[Change, Vital | None]]) -> list[Outcome]:
    with her.record() as record:
        return [measurements.tell(record, change, vital).outcome for change, vital in told]


def _known(her: Somebody) -> tuple[dict[UUID, Change], dict[UUID, set[tuple[object, ...]]], int]:
    """What is shown, every other version, and the record's change number."""
    with her.record() as record:
        shown: dict[UUID, Change] = {change.id: change for change in measurements.changes(record, 0, 100)}
        others: dict[UUID, set[tuple[object, ...]]] = {
            vital_id: {
                (each.edited_at, each.device, each.vital and measurements.body_of(each.vital))
                for each in measurements.versions(record, vital_id)
            }
            for vital_id in shown
        }
        return shown, others, max((change.number for change in shown.values()), default=0)


def _essence(change: Change) -> tuple[object, ...]:
    return (change.edited_at, change.device, change.body)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_any_number_of_times(house: House, data: st.DataObject) -> None:
    told = data.draw(st.lists(versions(), min_size=1, max_size=8))
    her = somebody(house)
    # In pieces of any size: each piece is one transaction.
    again = data.draw(st.permutations(told + told))
    cut = data.draw(st.integers(0, len(again)))
    outcomes = _tell(her, again[:cut]) + _tell(her, again[cut:])
    shown, others, number = _known(her)
    for vital_id in {change.id for change, _ in told}:
        mine = [change for change, _ in told if change.id == vital_id]
        assert _essence(shown[vital_id]) == _essence(reduce(winner, mine))
        expected = {_essence(change) for change in mine} - {_essence(shown[vital_id])}
        assert others[vital_id] == expected
    assert len([outcome for outcome in outcomes if outcome is not Outcome.SAME]) == len(
        {(change.id, *_essence(change)) for change, _ in told}
    )
    # Once all is told, telling it again in any order changes nothing at all.
    assert set(_tell(her, data.draw(st.permutations(told)))) == {Outcome.SAME}
    assert _known(her) == (shown, others, number)


def test_another_spelling_of_the_same_version_is_the_same(house: House) -> None:
    her, vital = somebody(house), pressure(id=IDS[0])
    change = measurements.change_of(vital, MORNING, DEVICES[0])
    assert change.body is not None
    spaced = Change(change.word, change.id, change.edited_at, change.device, change.body.replace(":", ": "))
    assert _tell(her, [(change, vital), (spaced, vital)]) == [Outcome.KEPT, Outcome.SAME]
    other = pressure(121, id=IDS[0])
    later = measurements.change_of(other, MORNING + timedelta(seconds=1), DEVICES[0])
    assert _tell(her, [(later, other), (spaced, vital)]) == [Outcome.KEPT, Outcome.SAME]


def test_a_withdrawal_that_comes_before_the_measurement(house: House) -> None:
    her, vital = somebody(house), pressure(id=IDS[0])
    noted = measurements.change_of(vital, MORNING, DEVICES[0])
    gone = Change(Word.VITAL, vital.id, MORNING + timedelta(seconds=1), DEVICES[0], None)
    assert _tell(her, [(gone, None), (noted, vital)]) == [Outcome.KEPT, Outcome.LOST]
    with her.record() as record:
        assert measurements.history(record) == []
        assert [version.vital for version in measurements.versions(record, vital.id)] == [vital]
