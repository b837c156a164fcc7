"""The conflict rule: every phone and the server agree, whatever the order in which versions meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.sync import Change, stamp, winner

THING = UUID(int=7)
START = datetime(2026, 11, 23, tzinfo=UTC)

# Few stamps, devices and bodies, so that ties of every sort are common.
CHANGES = st.builds(
    Change,
    word=st.just("vital"),
    id=st.just(THING),
    edited_at=st.integers(0, 2).map(lambda ms: START + timedelta(milliseconds=ms)),
    device=st.integers(1, 3).map(lambda n: UUID(int=n)),
    body=st.sampled_from([None, '{"v":"1"}', '{"v":"2"}', ""]),
)
CLOCKS = st.lists(
    st.timedeltas(timedelta(days=-20_000), timedelta(days=20_000)).map(lambda wrong: START + wrong),
    min_size=1,
    max_size=12,
)


@given(CHANGES, CHANGES)
def test_it_does_not_matter_who_meets_whom(one: Change, other: Change) -> None:
    assert winner(one, other) == winner(other, one)


@given(CHANGES, CHANGES, CHANGES)
def test_it_does_not_matter_who_meets_first(a: Change, b: Change, c: Change) -> None:
    assert winner(winner(a, b), c) == winner(a, winner(b, c))


@given(CHANGES)
def test_meeting_itself_changes_nothing(change: Change) -> None:
    assert winner(change, change) == change


@given(st.lists(CHANGES, min_size=1, max_size=5))
def test_every_order_of_merging_gives_the_same(versions: list[Change]) -> None:
    assert len({reduce(winner, order) for order in permutations(versions)}) == 1


@given(st.lists(CHANGES, min_size=1, max_size=8), st.data())
def test_devices_that_gossip_in_any_order_agree_in_the_end(
    versions: list[Change], data: st.DataObject
) -> None:
    devices = [data.draw(st.permutations(versions)) for _ in range(3)]
    shown = [reduce(winner, heard) for heard in devices]
    for _ in range(data.draw(st.integers(0, 5))):
        teller, hearer = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
        shown[hearer] = winner(shown[hearer], shown[teller])
    assert len(set(shown)) == 1


def change(ms: int, device: int, body: str | None) -> Change:
    return Change("vital", THING, START + timedelta(milliseconds=ms), UUID(int=device), body)


def test_the_later_edit_wins_then_the_larger_device_then_the_larger_text() -> None:
    assert winner(change(2, 1, "a"), change(1, 9, "z")) == change(2, 1, "a")
    assert winner(change(1, 2, "a"), change(1, 1, "z")) == change(1, 2, "a")
    assert winner(change(1, 1, "b"), change(1, 1, "a")) == change(1, 1, "b")
    assert winner(change(1, 1, ""), change(1, 1, None)) == change(1, 1, "")


@given(CLOCKS)
def test_an_edit_is_always_later_than_what_it_was_made_from(clocks: list[datetime]) -> None:
    last: datetime | None = None
    for phone_clock in clocks:
        made = stamp(phone_clock, last)
        assert made >= phone_clock
        assert last is None or made - last >= timedelta(milliseconds=1)
        last = made


def test_a_right_clock_is_not_changed() -> None:
    assert stamp(START) == START
    assert stamp(START, START - timedelta(seconds=1)) == START
    assert stamp(START, START) == START + timedelta(milliseconds=1)


def test_an_edit_on_a_phone_with_a_slow_clock_still_wins() -> None:
    first = change(0, 9, '{"v":"1"}')
    edited = Change(
        "vital", THING, stamp(START - timedelta(days=400), first.edited_at), UUID(int=1), '{"v":"2"}'
    )
    assert winner(first, edited) == edited
