"""The order of devices on the phone: moved up one by one, saved by the server, said what it means."""

from __future__ import annotations

import pytest

from mobile.asks import LoadSources, OrderSources
from mobile.events import Failed, SignedOut, SourcesLoaded
from mobile.screens.sources import state as sources
from mobile.screens.sources.state import State, about
from mobile.screens.touches import Asks, Back, Happening, Pressed, Shown
from mobile.seen import SourceSeen

WATCH = SourceSeen(1, "Apple Watch", ("heart_rate", "steps"))
PHONE = SourceSeen(2, "iPhone", ("steps",))
RING = SourceSeen(7, "Oura", ("sleep", "new_stream"))
ALL = (WATCH, PHONE, RING)


def after(state: State, *events: Happening) -> tuple[State, Asks]:
    asks: Asks = ()
    for event in events:
        state, asks = sources.step(state, event)
    return state, asks


def test_a_device_is_moved_up_and_the_order_saved() -> None:
    state, asks = after(State(), Shown())
    assert asks == (LoadSources(),)
    state, _ = after(state, SourcesLoaded(ALL))
    assert not state.changed
    assert after(state, Pressed("save"))[1] == ()
    state, _ = after(state, Pressed("up", "2"), Pressed("up", "1"))
    assert state.sources == (RING, WATCH, PHONE)
    state, asks = after(state, Pressed("save"))
    assert asks == (OrderSources((7, 1, 2)),)
    assert after(state, Pressed("save"))[1] == ()
    assert after(state, Pressed("up", "1"))[0].sources == state.sources
    state, _ = after(state, SourcesLoaded((RING, WATCH, PHONE), ordered=True, is_summing_up=True))
    assert (state.changed, state.saving) == (False, False)
    assert "時間がかかります" in state.message


@pytest.mark.parametrize("which", ["0", "3", "9"])
def test_what_cannot_be_moved_stays(which: str) -> None:
    state, _ = after(State(), SourcesLoaded(ALL), Pressed("up", which))
    assert state.sources == ALL


def test_what_went_wrong_is_said_and_nothing_is_lost() -> None:
    state, _ = after(State(), SourcesLoaded(ALL), Pressed("up", "1"), Pressed("save"))
    state, _ = after(state, Failed("unreachable", "つながりません。", of=OrderSources((2, 1, 7))))
    assert (state.wrong, state.saving, state.sources) == ("つながりません。", False, (PHONE, WATCH, RING))
    assert after(state, Pressed("back"))[1] == (Back(),)
    assert after(state, SignedOut(0))[0] == State()


def test_a_device_is_told_by_what_it_brought() -> None:
    assert about(WATCH) == "心拍数 ・ 歩数"
    assert about(RING) == "睡眠"
