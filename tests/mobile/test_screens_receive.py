from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from mobile.asks import ForgetDevice, LoadDevices, ReceiveFromDevice, StopReceiving, WithdrawVital
from mobile.events import (
    Arrived,
    DevicesLoaded,
    Failed,
    NotKept,
    ReceivingEnded,
    ReceivingTold,
    SignedOut,
    Streaming,
    Withdrawn,
)
from mobile.receiving import Ending, Stage
from mobile.screens.receive import state as receive
from mobile.screens.receive.state import State, advice, device_lines, headline, status_lines, stream_lines
from mobile.screens.settings import state as settings
from mobile.screens.today import state as today
from mobile.screens.touches import Answered, Back, Go, Happening, Pressed, Shown
from mobile.store.devices import KnownDevice
from shared.vitals import MeasuringStatus
from tests.mobile.phones import MORNING, pressure

CUFF = KnownDevice("11:22:33:44:55:66", "UA-651BLE", MORNING - timedelta(days=1))
ARRIVED = Arrived(pressure(128, 78), False)


def after(*happenings: Happening, begun: State | None = None) -> State:
    state = begun or State()
    for each in happenings:
        state, _ = receive.step(state, each)
    return state


def receiving() -> State:
    return after(Pressed("receive"), ReceivingTold(Stage.RECEIVING, "UA-651BLE"))


def test_it_is_reached_from_today_and_from_the_settings() -> None:
    assert today.step(today.State(), Pressed("receive"))[1] == (Go("receive"),)
    assert settings.step(settings.State(), Pressed("receive"))[1] == (Go("receive"),)


def test_touch_receive_then_measure() -> None:
    state, asks = receive.step(State(), Shown())
    assert asks == (LoadDevices(),)
    assert advice(state).startswith("「受け取る」を押してから、機器で測ります。")
    state, asks = receive.step(state, Pressed("receive"))
    assert asks == (ReceiveFromDevice(),)
    assert headline(state) == "いま、測ってください"
    assert receive.step(state, Pressed("receive"))[1] == (), "a second touch begins nothing twice"
    state = after(ReceivingTold(Stage.CONNECTING, "UA-651BLE"), begun=state)
    assert (headline(state), state.name) == ("機器とつないでいます", "UA-651BLE")
    state = after(ReceivingTold(Stage.RECEIVING, "UA-651BLE"), ARRIVED, begun=state)
    assert headline(state) == "受け取っています"
    state = after(ReceivingEnded(Ending.GONE, 1, 0, "UA-651BLE"), begun=state)
    assert not state.busy
    assert (headline(state), advice(state)) == ("1 件 受け取りました", "")


def test_what_arrived_is_newest_first_and_once() -> None:
    second = Arrived(pressure(130, 80), False)
    known = replace(ARRIVED, vital=replace(ARRIVED.vital, note="直した時刻です。"))
    assert after(ARRIVED, second, known, begun=receiving()).arrived == (known, second)
    many = [Arrived(pressure(100 + n, 60), False) for n in range(40)]
    shown = after(*many, begun=receiving()).arrived
    assert len(shown) == receive.MOST_SHOWN
    assert shown[0] == many[-1]


def test_what_the_device_said_about_the_measuring_is_beside_the_value() -> None:
    vital = replace(
        pressure(128, 78), status=frozenset({MeasuringStatus.IRREGULAR_PULSE}), note="直した時刻です。"
    )
    assert status_lines(Arrived(vital, True, 2)) == [
        "脈がふぞろいでした。続くときは先生に見せてください",
        "機器の利用者番号 2",
        "直した時刻です。",
        "もう記録にある値です。二重には記録しません。",
    ]
    assert status_lines(ARRIVED) == []
    assert len({receive.status_words(each) for each in MeasuringStatus}) == len(MeasuringStatus)


def test_a_value_of_somebody_else_is_taken_out_by_her_word_only() -> None:
    state, asks = receive.step(after(ARRIVED, begun=receiving()), Pressed("take_back", str(ARRIVED.vital.id)))
    assert asks == ()
    assert state.question is not None
    assert receive.step(state, Answered(False))[1] == ()
    state, asks = receive.step(state, Answered(True))
    assert asks == (WithdrawVital(ARRIVED.vital.id),)
    state = after(Withdrawn(ARRIVED.vital.id, 1), begun=state)
    assert (state.arrived, state.taken_back, state.question) == ((), 1, None)


def test_streams_show_their_newest_value() -> None:
    state = after(
        Streaming("heart_rate", Decimal(70)), Streaming("heart_rate", Decimal("72.4")), begun=receiving()
    )
    assert stream_lines(state) == [("心拍数", "72 回/分")]


def test_troubles_are_said_once_and_an_end_that_went_wrong_says_why() -> None:
    state = after(NotKept("読めません。"), NotKept("読めません。"), begun=receiving())
    assert state.troubles == ("読めません。",)
    state = after(ReceivingEnded(None, 0, 0, "", "Bluetooth を入れてください。"), begun=state)
    assert (state.wrong, headline(state)) == ("Bluetooth を入れてください。", "受け取れませんでした")
    assert after(ReceivingEnded(None, 2, 0, "", "切れました。"), begun=receiving()).wrong == "切れました。"
    state = after(Failed("store_full", "空きがありません。", None, ReceiveFromDevice()), begun=receiving())
    assert (state.busy, state.wrong) == (False, "空きがありません。")


@pytest.mark.parametrize(
    ("ended", "head", "said"),
    [
        (ReceivingEnded(Ending.STOPPED, 0, 0), "終わりました", "受け取りをやめました。"),
        (ReceivingEnded(Ending.GONE, 0, 3), "もうすべて記録にありました", ""),
        (ReceivingEnded(Ending.GONE, 0, 0), "終わりました", "まだ値がありません"),
    ],
)
def test_every_end_has_its_words(ended: ReceivingEnded, head: str, said: str) -> None:
    state = after(ended, begun=receiving())
    assert headline(state) == head
    assert said in advice(state)


def test_leaving_stops_it_and_what_comes_late_changes_nothing() -> None:
    state, asks = receive.step(receiving(), Pressed("back"))
    assert asks == (StopReceiving(), Back())
    assert receive.step(receiving(), Pressed("stop"))[1] == (StopReceiving(),)
    assert receive.step(State(), Pressed("back"))[1] == (Back(),)
    assert receive.step(receiving(), Pressed("type"))[1] == (
        StopReceiving(),
        Go("add_reading", "blood_pressure"),
    )
    state, asks = receive.step(after(ARRIVED, begun=receiving()), SignedOut(0, ""))
    assert (state, asks) == (State(), (StopReceiving(),))
    late = after(
        ARRIVED, NotKept("x"), ReceivingTold(Stage.RECEIVING, "x"), ReceivingEnded(None, 1, 0), begun=state
    )
    assert late == State(), "it belongs to whom it was received for"


def test_a_known_device_is_forgotten_by_her_word_only() -> None:
    state = after(DevicesLoaded((CUFF,)))
    ((address, name, about),) = device_lines(state)
    assert (address, name) == (CUFF.address, "UA-651BLE")
    assert "最後に使った日" in about
    state = after(Pressed("forget", address), begun=state)
    assert state.question is not None
    assert receive.step(state, Answered(False))[1] == ()
    assert receive.step(state, Answered(True))[1] == (ForgetDevice(CUFF.address),)
    again, _ = receive.step(after(ReceivingEnded(Ending.GONE, 1, 0), begun=receiving()), Shown())
    assert again.ended is None, "the screen opened again begins anew"
