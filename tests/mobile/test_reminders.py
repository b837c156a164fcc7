from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mobile.reminders import DAYS, LATER, MOST, Here, Ring, moment_of, rings
from mobile.seen import Settings
from shared.courses import plan_of
from shared.doses import Dose, DoseState, dose_id
from shared.drug_knowledge import bundled
from shared.schedule import Due, Slot
from tests.mobile.medicine_examples import SLIPS, TODAY

JAPAN = 9 * 60
HERE = Here(datetime(2026, 11, 22, 22, 30, tzinfo=UTC), JAPAN)  # 07:30 on the island
ON = Settings(reminders=True)
PLAN = plan_of(SLIPS, bundled())


def due_on(day: date) -> list[Due]:
    return PLAN.due(day)


def ticked(due: Sequence[Due], state: DoseState, at: datetime = HERE.now) -> list[Dose]:
    return [
        Dose(dose_id(each.medicine_id, each.on, each.slot), each.medicine_id, each.on, each.slot, state, at)
        for each in due
    ]


def local(found: list[Ring]) -> list[str]:
    return [(each.at + timedelta(hours=9)).astimezone(UTC).strftime("%d %H:%M") for each in found]


def test_it_rings_once_for_all_that_is_due_at_a_time() -> None:
    found = rings(due_on, (), ON, HERE)
    each_day = [
        "06:30",
        "08:00",
        "18:30",
        "21:30",
    ]  # what is weekly, with no day told, rings until it was ticked
    assert local(found) == [f"{day} {at}" for day in (23, 24, 25) for at in each_day][1:]
    assert all(each.title == "お薬の時間です" for each in found)


def test_nothing_of_her_health_is_read_on_a_locked_phone_unless_she_says_so() -> None:
    hidden = rings(due_on, (), ON, HERE)
    names = {due.name for day in range(DAYS) for due in due_on(TODAY + timedelta(days=day))}
    assert not any(name in ring.text + ring.title for ring in hidden for name in names)
    (first, *_) = rings(due_on, (), replace(ON, names_shown=True), HERE)
    assert "アムロジピン錠5mg「トーワ」" in first.text


def test_switched_off_it_never_rings() -> None:
    assert rings(due_on, (), Settings(), HERE) == []


def test_what_was_ticked_does_not_ring() -> None:
    morning = [due for due in due_on(TODAY) if due.time and due.time.slot is Slot.MORNING]
    done = ticked(morning[:-1], DoseState.TAKEN) + ticked(morning[-1:], DoseState.SKIPPED)
    assert local(rings(due_on, done, ON, HERE))[0] == "23 18:30"
    some = rings(due_on, ticked(morning[:1], DoseState.TAKEN), replace(ON, names_shown=True), HERE)
    assert morning[0].name not in some[0].text
    assert morning[1].name in some[0].text


def test_later_rings_again_in_half_an_hour() -> None:
    (one, *_) = [due for due in due_on(TODAY) if due.time and due.time.slot is Slot.MORNING]
    found = rings(due_on, ticked([one], DoseState.LATER, HERE.now + timedelta(seconds=20)), ON, HERE)
    assert HERE.now + LATER in [ring.at for ring in found]
    passed = Here(HERE.now + timedelta(hours=2), JAPAN)
    again = rings(due_on, ticked([one], DoseState.LATER, HERE.now), ON, passed)
    assert local(again)[0] == "23 18:30", "what has rung already does not ring for the past"


def test_her_own_times() -> None:
    changed = replace(ON, morning_at=9 * 60 + 30, bedtime_at=30)
    assert local(rings(due_on, (), changed, HERE))[:3] == ["23 09:30", "23 18:30", "24 00:30"]


def test_after_midnight_belongs_to_the_day_before() -> None:
    assert Here(datetime(2026, 11, 22, 18, 59, tzinfo=UTC), JAPAN).today == date(2026, 11, 22)
    assert Here(datetime(2026, 11, 22, 19, 0, tzinfo=UTC), JAPAN).today == TODAY
    assert moment_of(TODAY, 60, JAPAN) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert moment_of(TODAY, 240, JAPAN) == datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


minutes = st.integers(0, 24 * 60 - 1)


@given(st.tuples(minutes, minutes, minutes, minutes, minutes), st.integers(-600, 600), st.integers(-720, 840))
def test_it_rings_only_ahead_in_order_and_never_too_often(
    at: tuple[int, int, int, int, int], passed: int, offset: int
) -> None:
    settings = Settings(1.0, "ja", "https://a", True, False, *at)
    here = Here(HERE.now + timedelta(minutes=passed), offset)
    found = rings(due_on, (), settings, here)
    assert len(found) <= MOST
    moments = [ring.at for ring in found]
    assert moments == sorted(set(moments))
    assert all(here.now < moment < here.now + timedelta(days=DAYS + 2) for moment in moments)


def test_what_was_ticked_before_the_refill_came_does_not_ring() -> None:
    (one, *_) = [due for due in due_on(TODAY) if due.time and due.time.slot is Slot.EVENING]
    refill = replace(one, medicine_id=UUID(int=5), also=(one.medicine_id,))

    def due_once(day: date) -> list[Due]:
        return [refill] if day == TODAY else []

    assert local(rings(due_once, (), ON, HERE)) == ["23 18:30"]
    assert rings(due_once, ticked([one], DoseState.TAKEN), ON, HERE) == []
