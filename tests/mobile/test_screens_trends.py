"""The screen of means and changes: what matters first, plain words, and what each figure is one tap away."""

from __future__ import annotations

from dataclasses import replace

from mobile import shell as shells
from mobile.asks import LoadTrends
from mobile.events import SignedOut, Synced, TrendsLoaded
from mobile.screens.readings import state as readings
from mobile.screens.touches import Back, Chose, Go, Pressed, Shown
from mobile.screens.trends.state import ALL, State, more_numbers, notable, numbers, step, target
from shared.trend_definitions import Figure
from tests.mobile.examples import NOW
from tests.mobile.trend_scenes import PRESSURES, WEIGHTS, loaded


def shown(kind: str = "blood_pressure", event: TrendsLoaded | None = None) -> State:
    state, asks = step(State(), Shown(kind))
    assert asks == (LoadTrends(30),)
    return step(state, event or loaded(30))[0]


def test_readings_of_pressure_and_weight_lead_there_and_no_others() -> None:
    for kind in ("blood_pressure", "weight"):
        assert readings.step(readings.State(kind), Pressed("trends"))[1] == (Go("trends", kind),)
    assert readings.step(readings.State("spo2"), Pressed("trends"))[1] == ()
    assert "trends" in shells.opening(()).rooms


def test_the_means_come_first_in_big_with_plain_words() -> None:
    first, second, above, difference, morning, _evening = numbers(shown())
    assert (first.name, first.big) == ("朝の平均（JSH）", "133 / 78")
    assert "30日・30回" in first.said
    assert "135/85 未満です" in first.said
    assert second.name == "晩の平均（JSH）"
    assert (above.figure, above.big) == (Figure.ABOVE_TARGET, "100%")
    assert "125/75" in above.name, "135/85 stands next to it: which of them is meant is said"
    assert "朝のほうが高い" in difference.said
    assert difference.big.endswith(" mmHg")
    assert morning.big.endswith(" mmHg")
    assert not any("。 ・" in number.said for number in numbers(shown()))
    assert "1週間に" in morning.said
    assert "少しずつ下がっています" in morning.said
    assert "主治医が決めた値ではありません" in target(shown())


def test_every_figure_is_explained_with_its_source() -> None:
    for state in (shown(), shown("weight")):
        for number in (*numbers(state), *more_numbers(state)):
            told, asks = step(state, Pressed("define", number.figure))
            assert asks == ()
            assert told.explained is not None
            assert told.explained.what
            assert step(told, Pressed("back"))[0] == state
            assert step(told, Shown("weight"))[0].explained is None
    assert step(shown(), Pressed("define", "luck"))[0].defining is None


def test_more_is_folded_until_she_asks() -> None:
    state = shown()
    assert not state.more
    assert step(state, Pressed("more"))[0].more
    figures = [number.figure for number in more_numbers(state)]
    assert figures.count(Figure.HIGHEST) == 3
    assert {Figure.ESH_MEAN, Figure.SD, Figure.CV, Figure.ARV, Figure.MISSING} <= set(figures)
    assert more_numbers(shown("weight")) == []


def test_few_days_are_not_judged_and_have_no_slope() -> None:
    state, asks = step(shown(), Chose("span", "7"))
    assert asks == (LoadTrends(7),)
    assert numbers(state) == []
    # What was asked before may come late: it is not of these days.
    assert step(state, loaded(30))[0] == state
    few, _ = step(state, loaded(7, PRESSURES[:3]))
    said = {number.name: number for number in numbers(few)}
    assert "日数が足りません" in said["朝の平均（JSH）"].said
    slope = said["上の血圧の1週間あたりの変化（朝）"]
    assert (slope.big, slope.said) == ("—", "測った日が14日になると出ます")
    assert step(few, Chose("span", ALL))[1] == (LoadTrends(None),)
    assert step(few, Chose("span", "3"))[1] == ()


def test_nothing_is_only_said_once_it_is_known() -> None:
    state, _ = step(State(), Shown("blood_pressure"))
    assert not state.is_empty
    empty = shown(event=loaded(30, (), ()))
    assert empty.is_empty
    assert numbers(empty) == more_numbers(empty) == []


def test_weight_says_its_changes_and_when_to_tell_the_doctor() -> None:
    state = shown("weight")
    said = [(number.name, number.big) for number in numbers(state)]
    assert said[:3] == [
        ("いちばん新しい体重", "54.4 kg"),
        ("3日以内の変化", "+2.4 kg"),
        ("7日以内の変化", "+2.3 kg"),
    ]
    assert "主治医に伝えて" in notable(state)
    assert notable(shown()) == ""
    assert notable(shown("weight", loaded(30, PRESSURES, WEIGHTS[1:]))) == ""
    old = tuple(replace(each, taken_at=each.taken_at.replace(month=10)) for each in WEIGHTS)
    assert notable(shown("weight", loaded(90, PRESSURES, old))) == ""
    assert target(state) == ""


def test_what_comes_in_is_reckoned_anew_and_signing_out_forgets() -> None:
    state = shown()
    assert step(state, Synced(NOW, 0, changed=True))[1] == (LoadTrends(30),)
    assert step(State(), Synced(NOW, 0, changed=True))[1] == ()
    assert step(state, SignedOut(0))[0] == State()
    assert step(state, Pressed("back"))[1] == (Back(),)
