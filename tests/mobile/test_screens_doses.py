from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.asks import CheckMedicines, LoadDue, LoadMedicines, LoadToday, TickDose
from mobile.events import DueLoaded, SignedOut, TodayLoaded
from mobile.screens.today import doses
from mobile.screens.today import state as today
from mobile.screens.today.doses import DayDoses, Line, Part
from mobile.screens.touches import Go, Pressed, Shown
from shared.doses import Dose, DoseState, dose_id
from tests.mobile.examples import NOW
from tests.mobile.medicine_examples import TODAY, checked, due_loaded, loaded

TAKEN, SKIPPED, LATER = DoseState.TAKEN, DoseState.SKIPPED, DoseState.LATER
MORNING = ("アムロ", "カンデ", "クラリス", "ビタミン")


def day(*ticked: tuple[str, DoseState], at: int = 0) -> DayDoses:
    event = due_loaded(*ticked)
    return doses.loaded(None, replace(event, now=NOW + timedelta(hours=at)))


def part(of: DayDoses, key: str) -> Part:
    return next(each for each in doses.parts(of) if each.key == key)


def line(of: DayDoses, name: str, key: str = "morning") -> Line:
    return next(each for each in part(of, key).lines if name in each.title)


def asked(of: DayDoses, what: str, which: str) -> tuple[TickDose, ...]:
    found = doses.pressed(of, what, which)
    assert found is not None
    return found[1]


def test_the_part_that_is_now_comes_first() -> None:
    keys = {hours: [each.key for each in doses.parts(day(at=hours))] for hours in (0, 5, 11, 15)}
    rest = ["untimed", "week", "needed"]
    assert keys[0] == ["morning", "evening", "bedtime", *rest]
    assert keys[5] == ["evening", "bedtime", "morning", *rest], (
        "at noon nothing is due: what comes next is first"
    )
    assert keys[11] == ["evening", "bedtime", "morning", *rest]
    assert keys[15] == ["bedtime", "morning", "evening", *rest]
    assert [each.key for each in doses.parts(day(at=11)) if each.now] == ["evening"]


def test_each_line_says_when_and_how_much() -> None:
    found = line(day(), "カンデサルタン")
    assert (found.about, found.mark, found.said, found.state) == (
        "朝食の後 ・ 1錠 ・ 薬局の記録",
        "circle-outline",
        "",
        None,
    )
    waiting = line(day(), "ベルソムラ", "bedtime")
    assert "処方せんから" in waiting.about
    assert line(day(), "テープ", "untimed").about == "1日1回腰に貼付 ・ 薬局の記録"


def test_one_touch_ticks_and_the_next_takes_it_back() -> None:
    fresh = day()
    found = line(fresh, "アムロ")
    assert asked(fresh, "tick", found.key) == (TickDose((found.due,), TAKEN),)
    ticked = day(("アムロ morning", TAKEN))
    after = line(ticked, "アムロ")
    assert (after.mark, after.said) == ("check-circle", "済みました")
    assert asked(ticked, "tick", after.key) == (TickDose((after.due,), None),)


@pytest.mark.parametrize(("what", "state"), [("skip", SKIPPED), ("later", LATER)])
def test_the_other_answers_stand_behind_the_dots(what: str, state: DoseState) -> None:
    key = line(day(), "アムロ").key
    opened = doses.pressed(day(), "dose_more", key)
    assert opened is not None
    assert opened[0].opened == key
    found = doses.pressed(opened[0], what, key)
    assert found is not None
    assert found[1] == (TickDose((line(day(), "アムロ").due,), state),)
    assert found[0].opened == ""


def test_what_was_put_off_is_ticked_with_one_touch_too() -> None:
    put_off = day(("アムロ morning", LATER))
    found = line(put_off, "アムロ")
    assert found.mark == "clock-outline"
    assert not part(put_off, "morning").done
    assert asked(put_off, "tick", found.key) == (TickDose((found.due,), TAKEN),)


def test_all_of_a_part_at_once_leaves_what_was_answered() -> None:
    some = day(("アムロ morning", TAKEN), ("クラリス morning", SKIPPED), ("カンデ morning", LATER))
    (ask,) = asked(some, "all_taken", "morning")
    assert {each.name[:4] for each in ask.due} == {"カンデサ", "ビタミン"}
    done = day(*((f"{name} morning", TAKEN) for name in MORNING))
    assert part(done, "morning").done
    assert asked(done, "all_taken", "morning") == ()


def test_as_needed_counts_its_times_and_takes_back_the_last() -> None:
    fresh = day()
    found = line(fresh, "ロキソプロフェンNa", "needed")
    assert (found.about, found.said) == ("疼痛時 1日3回まで ・ 1錠 ・ 薬局の記録", "")
    (ask,) = asked(fresh, "tick", found.key)
    assert [each.slot for each in ask.due] == ["p1"]
    due = found.due
    taken = tuple(
        Dose(dose_id(due.medicine_id, TODAY, slot), due.medicine_id, TODAY, slot, TAKEN, NOW)
        for slot in ("p1", "p2")
    )
    twice = replace(fresh, doses=taken)
    again = line(twice, "ロキソプロフェンNa", "needed")
    assert again.said == "今日 2 回"
    assert [each.slot for each in asked(twice, "tick", again.key)[0].due] == ["p3"]
    (back,) = asked(twice, "untick", again.key)
    assert ([each.slot for each in back.due], back.state) == (["p2"], None)


def test_weekly_stands_apart_and_keeps_its_monday() -> None:
    (only,) = part(day(), "week").lines
    assert (only.due.on, only.due.slot) == (TODAY, "w1")


def test_a_part_that_is_done_can_be_opened_again() -> None:
    opened = doses.pressed(day(), "fold", "morning")
    assert opened is not None
    assert opened[0].unfolded == {"morning"}
    reloaded = doses.loaded(opened[0], due_loaded())
    assert reloaded.unfolded == {"morning"}, "what she opened stays open when the day is loaded again"


def test_other_buttons_are_none_of_the_doses() -> None:
    assert doses.pressed(day(), "medicines", "") is None
    assert doses.pressed(day(), "tick", "gone") is None


def test_today_loads_ticks_and_warns() -> None:
    state, asks = today.step(today.State(), Shown())
    assert asks == (LoadToday(), LoadMedicines(), LoadDue(), CheckMedicines())
    state, _ = today.step(state, TodayLoaded(NOW, (), (), None, None, (), 0, None))
    for event in (loaded(), due_loaded(), checked()):
        state, _ = today.step(state, event)
    assert (state.warnings, state.medicines) == (1, 8)
    assert today.medicine_words(state) == "いま 8 種類"
    assert state.day is not None
    found = line(state.day, "アムロ")
    _, asks = today.step(state, Pressed("tick", found.key))
    assert asks == (TickDose((found.due,), TAKEN),)
    assert today.step(state, Pressed("medicines"))[1] == (Go("medicines"),)
    assert today.step(state, checked("DDI0064"))[0].warnings == 0
    assert today.step(state, SignedOut(0))[0] == today.State()


ticks = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(DoseState)), max_size=10)


@given(ticks, st.integers(0, 23))
def test_every_line_is_there_once_and_can_be_answered(ticked: list[tuple[int, DoseState]], hour: int) -> None:
    event = due_loaded()
    made = {}
    for at, state in ticked:
        due = event.due[at % len(event.due)]
        slot = "p1" if due.open else due.slot
        ident = dose_id(due.medicine_id, due.on, slot)
        made[ident] = Dose(ident, due.medicine_id, due.on, slot, state, NOW)
    found = doses.loaded(
        None, DueLoaded(NOW + timedelta(hours=hour), 540, TODAY, event.due, tuple(made.values()))
    )
    lines = [each for each_part in doses.parts(found) for each in each_part.lines]
    assert len(lines) == len(event.due) == len({each.key for each in lines})
    for each in lines:
        (ask,) = asked(found, "tick", each.key)
        assert len(ask.due) == 1
    assert sum(each.now for each in doses.parts(found)) <= 1


def test_a_tick_stays_when_the_refill_comes() -> None:
    before = line(day(), "アムロ").due
    for slot, key in ((before.slot, "morning"), ("w1", "week")):
        refill = replace(before, medicine_id=UUID(int=5), also=(before.medicine_id,), slot=slot)
        ident = dose_id(before.medicine_id, before.on, slot)
        ticked = Dose(ident, before.medicine_id, before.on, slot, TAKEN, NOW)
        found = replace(day(), due=(refill,), doses=(ticked,))
        (only,) = part(found, key).lines
        assert (only.state, part(found, key).waiting) == (TAKEN, ())
        assert asked(found, "tick", only.key) == (TickDose((refill,), None),)


def test_as_needed_counts_on_when_the_refill_comes() -> None:
    before = line(day(), "ロキソ", "needed").due
    ticked = Dose(dose_id(before.medicine_id, TODAY, "p1"), before.medicine_id, TODAY, "p1", TAKEN, NOW)
    refill = replace(before, medicine_id=UUID(int=5), also=(before.medicine_id,), slot="p")
    (only,) = part(replace(day(), due=(refill,), doses=(ticked,)), "needed").lines
    assert (only.said, only.due.slot) == ("今日 1 回", "p2")
