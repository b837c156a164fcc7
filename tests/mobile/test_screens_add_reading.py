from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.asks import KeepDraft, OpenForm, SaveVital
from mobile.events import AskConfirm, Failed, FormOpened, Saved, SignedOut
from mobile.screens.add_reading.digits import Draft, Figure, draft_text, figures_of, from_draft, keyed
from mobile.screens.add_reading.state import State, offers_second, said_after, step
from mobile.screens.touches import Answered, Back, Chose, Go, Keyed, Pressed, Shown, Touch, Wrote
from shared import clock
from shared.ids import new_id
from shared.kinds import KINDS, Meal
from shared.vitals import BloodPressure, Session

NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # 07:30 on the island
JAPAN = 9 * 60


def opened(kind: str = "blood_pressure", at: datetime = NOW, before: State | None = None) -> State:
    state, asks = step(before or State(), Shown(kind) if before is None else Pressed("again"))
    assert asks == (OpenForm(f"vital.{kind}"),)
    state, _ = step(state, FormOpened(state.form, new_id(), at, JAPAN, ""))
    return state


def typed(state: State, keys: str) -> State:
    for key in keys:
        state, _ = step(state, Keyed("back" if key == "<" else key))
    return state


def does(state: State, *touches: Touch) -> State:
    for touch in touches:
        state, _ = step(state, touch)
    return state


def saved(state: State) -> tuple[State, SaveVital]:
    state, asks = step(state, Pressed("save"))
    assert isinstance(asks[0], SaveVital), state.wrong
    return state, asks[0]


def texts(state: State) -> list[str]:
    return [figure.text for figure in state.figures]


@pytest.mark.parametrize(
    ("keys", "figures", "turn"),
    [
        ("128", ["128", "", ""], 1),
        ("12878", ["128", "78", ""], 2),
        ("1287868", ["128", "78", "68"], 2),
        ("9558", ["95", "58", ""], 2),
        ("160100104", ["160", "100", "104"], 2),
        ("128786<", ["128", "78", ""], 2),
        ("12878<", ["128", "7", ""], 1),
    ],
)
def test_upper_lower_and_pulse_take_turns_by_themselves(keys: str, figures: list[str], turn: int) -> None:
    state = typed(opened(), keys)
    assert texts(state) == figures
    assert state.turn == turn


def test_a_blood_pressure_needs_three_touches_beside_its_digits_and_no_pulse() -> None:
    _, ask = saved(typed(opened(), "12878"))
    assert ask.vital.reading == BloodPressure(Decimal(128), Decimal(78), None)
    assert ask.vital.taken_at == NOW
    assert ask.vital.offset_min == JAPAN
    assert (ask.vital.note, ask.vital.session, ask.form) == ("", None, "vital.blood_pressure")


def test_what_is_missing_is_named_and_gets_the_turn() -> None:
    state, asks = step(typed(opened(), "128"), Pressed("save"))
    assert asks == ()
    assert state.wrong == "下の血圧を入力してください。"
    assert state.turn == 1
    assert step(state, Keyed("7"))[0].wrong == ""


def test_the_second_reading_of_the_occasion_is_offered_and_the_mean_said_at_once() -> None:
    state, first = saved(typed(opened(), "1287868"))
    state, _ = step(state, Saved(first.vital, 1))
    assert state.done
    assert said_after(state) == "128/78 を記録しました。"
    assert offers_second(state)
    state = opened(at=NOW + timedelta(minutes=2), before=state)
    state, second = saved(typed(state, "1247666"))
    assert second.vital.id != first.vital.id
    state, _ = step(state, Saved(second.vital, 2))
    assert said_after(state) == "2回の平均は 126/77 です。"
    assert not offers_second(state)


def test_a_reading_an_hour_later_is_an_occasion_of_its_own() -> None:
    state, first = saved(typed(opened(), "12878"))
    state, _ = step(state, Saved(first.vital, 1))
    state = opened(at=NOW + timedelta(hours=1), before=state)
    state, second = saved(typed(state, "12476"))
    state, _ = step(state, Saved(second.vital, 2))
    assert said_after(state) == "124/76 を記録しました。"


def test_saving_twice_asks_once() -> None:
    state, _ = saved(typed(opened(), "12878"))
    assert step(state, Pressed("save"))[1] == ()


def test_an_improbable_value_is_asked_about_and_no_goes_back_to_it() -> None:
    state, ask = saved(typed(opened(), "28878"))
    asked = AskConfirm("ふだん見られない値です", replace(ask, confirmed=True), "systolic")
    state, _ = step(state, asked)
    assert state.question is not None
    assert state.question.text == "ふだん見られない値です"
    back, asks = step(state, Answered(False))
    assert asks == ()
    assert (back.question, back.turn, texts(back)) == (None, 0, ["288", "78", ""])
    yes, asks = step(state, Answered(True))
    assert asks == (asked.what,)
    assert yes.saving


def test_a_refusal_is_shown_at_its_field_and_nothing_typed_is_lost() -> None:
    state, ask = saved(typed(opened(), "78128"))
    state, _ = step(state, Failed("systolic_not_above_diastolic", "上が下より", "systolic", ask))
    assert (state.wrong, state.turn, state.saving) == ("上が下より", 0, False)
    assert texts(state) == ["78", "128", ""]


def test_note_session_and_time_may_be_added() -> None:
    state = typed(opened(), "12878")
    state = does(
        state, Pressed("more"), Wrote("note", " よく眠れた "), Chose("session", "morning"), Chose("when", "1")
    )
    state = typed(state, "715")
    _, ask = saved(state)
    assert ask.vital.note == "よく眠れた"
    assert ask.vital.session is Session.MORNING
    assert ask.vital.local.isoformat() == "2026-11-22T07:15:00+09:00"


def test_a_time_that_no_day_has_is_refused() -> None:
    state = does(typed(opened(), "12878"), Chose("when", "0"))
    state = replace(state, hour=Figure(state.hour.measure, "24"), minute=Figure(state.minute.measure, "10"))
    state, asks = step(state, Pressed("save"))
    assert asks == ()
    assert "23:59" in state.wrong


def test_glucose_takes_the_meal_and_weight_takes_a_decimal() -> None:
    state = does(typed(opened("blood_glucose"), "104"), Chose("meal", "before_breakfast"))
    assert saved(state)[1].vital.meal is Meal.BEFORE_BREAKFAST
    _, ask = saved(typed(opened("weight"), "52.35"))
    assert ask.vital.value == Decimal("52.3")


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_can_be_recorded(kind: str) -> None:
    keys = {"blood_pressure": "12878", "body_temperature": "36.5", "spo2": "97", "height": "148.5"}.get(
        kind, "55"
    )
    state, ask = saved(typed(opened(kind), keys))
    state, _ = step(state, Saved(ask.vital, 1))
    assert "を記録しました" in said_after(state)


def test_what_was_typed_comes_back_after_the_app_was_closed() -> None:
    state = typed(opened(), "1287")
    _, asks = step(state, Keyed("8"))
    assert isinstance(asks[0], KeepDraft)
    fresh, _ = step(State(), Shown("blood_pressure"))
    fresh, _ = step(fresh, FormOpened(fresh.form, new_id(), NOW, JAPAN, asks[0].text))
    assert texts(fresh) == ["128", "78", ""]
    assert fresh.turn == 2


def left_and_taken_up(state: State, later: timedelta) -> State:
    """The app is closed with the form half full, and opened again so much later."""
    state, asks = step(state, Wrote("note", state.note))
    draft = asks[0]
    assert isinstance(draft, KeepDraft)
    fresh, _ = step(State(), Shown(state.kind))
    return step(fresh, FormOpened(fresh.form, new_id(), NOW + later, JAPAN, draft.text))[0]


def test_a_form_taken_up_soon_is_of_now() -> None:
    state = left_and_taken_up(typed(opened(), "12878"), timedelta(minutes=9))
    assert saved(state)[1].vital.taken_at == NOW + timedelta(minutes=9)


@pytest.mark.parametrize("hours", [1, 3, 12, 24, 40])
def test_figures_taken_up_later_are_of_when_they_were_begun_and_the_screen_says_so(hours: int) -> None:
    state = left_and_taken_up(typed(opened(), "12878"), timedelta(hours=hours))
    assert texts(state) == ["128", "78", ""]
    begun = clock.at_offset(NOW, JAPAN)
    assert state.more
    assert (state.hour.text, state.minute.text) == (str(begun.hour), f"{begun.minute:02}")
    again = left_and_taken_up(state, timedelta(hours=hours))  # and however often it is left
    for each in (state, again):
        assert saved(each)[1].vital.taken_at == NOW.replace(second=0, microsecond=0)


def test_figures_left_for_days_are_let_go_and_the_note_stays() -> None:
    state = typed(opened(), "12878")
    state, _ = step(state, Wrote("note", "ねむれなかった"))
    state = left_and_taken_up(state, timedelta(days=4))
    assert texts(state) == ["", "", ""]
    assert state.note == "ねむれなかった"


def test_the_day_she_chose_stays_that_day_when_she_comes_back_tomorrow() -> None:
    state = does(typed(opened(), "12878"), Pressed("more"))
    state, _ = step(state, Chose("when", "1"))
    assert state.days_ago == 1
    state, asks = step(state, Shown())
    assert asks == (OpenForm("vital.blood_pressure"),)
    draft = draft_text(Draft(state.figures, "", clock.to_ms(NOW)))
    state, _ = step(state, FormOpened(state.form, new_id(), NOW + timedelta(days=1), JAPAN, draft))
    assert state.days_ago == 2


def test_a_correction_keeps_its_id_time_and_origin() -> None:
    _, ask = saved(typed(opened(), "12878"))
    vital = replace(ask.vital, origin="apple_health", device="Watch")
    state, asks = step(State(), Shown("blood_pressure", vital))
    assert asks == ()
    assert texts(state) == ["128", "78", ""]
    _, again = saved(typed(does(state, Pressed("figure", "1")), "<9"))
    assert again.vital.id == vital.id
    assert again.vital.taken_at == vital.taken_at
    assert again.vital.origin == "apple_health"
    assert again.vital.pressure.diastolic == 79


def test_leaving_goes_home_or_back() -> None:
    assert step(opened(), Pressed("finish"))[1] == (Go("today"),)
    assert step(opened(), Pressed("back"))[1] == (Back(),)
    kinds = does(opened(), Pressed("kinds"))
    assert step(kinds, Pressed("back")) == (replace(kinds, choosing_kind=False), ())


keys = st.lists(st.sampled_from([*"0123456789.", "back"]), max_size=12)


@given(st.sampled_from(list(KINDS)), keys)
def test_whatever_is_pressed_stays_a_number_of_the_kind(kind: str, pressed: list[str]) -> None:
    figure = figures_of(kind)[0]
    for key in pressed:
        figure = keyed(figure, key)
        assert figure.text.count(".") <= (1 if figure.measure.decimals else 0)
        assert len(figure.text.partition(".")[2]) <= figure.measure.decimals
        if figure.value is not None:
            assert figure.value >= 0


@given(st.lists(st.from_regex(r"\A[0-9]{0,3}\Z"), min_size=3, max_size=3), st.text(max_size=30))
def test_a_draft_comes_back_as_it_was(figures: list[str], note: str) -> None:
    typed_in = tuple(
        replace(figure, text=text) for figure, text in zip(figures_of("blood_pressure"), figures, strict=True)
    )
    draft = Draft(typed_in, note, 1_790_000_000_000)
    back = from_draft(figures_of("blood_pressure"), draft_text(draft))
    assert back == (draft if any(figures) or note else Draft(typed_in))


@pytest.mark.parametrize(
    "draft", ["", "[]", "{", '{"figures": ["x", "1", "2"]}', '{"figures": 3}', '{"figures": ["1"]}']
)
def test_a_draft_that_does_not_fit_is_left_aside(draft: str) -> None:
    empty = figures_of("blood_pressure")
    assert from_draft(empty, draft) == Draft(empty)


def test_what_one_person_typed_is_not_there_for_the_next() -> None:
    half = typed(opened(), "12")
    done, _ = step(half, SignedOut(0))
    assert done == State()
    theirs, _ = step(done, Shown("blood_pressure"))
    theirs, _ = step(theirs, FormOpened(theirs.form, new_id(), NOW, JAPAN, ""))
    assert texts(theirs) == ["", "", ""]
