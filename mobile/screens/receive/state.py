"""Receiving from a device, as values: what to do, what arrived, how it ended. "Touch Receive, then measure"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from mobile import wording
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
from mobile.screens.touches import Answered, Asks, Back, Go, Happening, Pressed, Question, Shown
from mobile.store.devices import KnownDevice
from shared import units
from shared.kinds import STREAMS
from shared.languages import tr
from shared.vitals import MeasuringStatus

# A device with hundreds of stored values tells them in seconds: this many are shown, all are kept.
MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``stage`` is None while nothing is under way; ``arrived`` is newest first."""

    stage: Stage | None = None
    name: str = ""
    arrived: tuple[Arrived, ...] = ()
    streams: tuple[tuple[str, Decimal], ...] = ()
    troubles: tuple[str, ...] = ()
    ended: ReceivingEnded | None = None
    devices: tuple[KnownDevice, ...] = ()
    forgetting: str = ""  # the address of the device that she may want to forget
    taking_back: UUID | None = None
    taken_back: int = 0
    wrong: str = ""

    @property
    def busy(self) -> bool:
        """Whether receiving is under way."""
        return self.stage is not None

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        if self.taking_back is not None:
            text = tr(
                "ほかの人が測った値なら、あなたの記録から外します。外しても、あとで見ることはできます。"
            )
            return Question(tr("この値を外しますか"), text, tr("外す"), tr("そのままにする"), takes_away=True)
        if self.forgetting:
            text = tr("受け取った値は残ります。次に使うときは、はじめからつなぎます。")
            return Question(tr("この機器を忘れますか"), text, tr("忘れる"), tr("やめる"), takes_away=True)
        return None


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return (state if state.busy else State(devices=state.devices)), (LoadDevices(),)
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case Answered(yes=yes) if state.taking_back is not None:
            asks: Asks = (WithdrawVital(state.taking_back),) if yes else ()
            return replace(state, taking_back=None), asks
        case Answered(yes=yes) if state.forgetting:
            asks = (ForgetDevice(state.forgetting),) if yes else ()
            return replace(state, forgetting=""), asks
        case SignedOut():
            # Another person may be next: what a device tells from now on must not come here.
            return State(), (StopReceiving(),) if state.busy else ()
        case _:
            return _told(state, event), ()


def _told(state: State, event: Happening) -> State:
    match event:
        case DevicesLoaded(devices=devices):
            return replace(state, devices=devices)
        case ReceivingTold(stage=stage, name=name) if state.busy:
            return replace(state, stage=stage, name=name)
        case Arrived() if state.busy:
            others = tuple(one for one in state.arrived if one.vital.id != event.vital.id)
            return replace(state, arrived=(event, *others)[:MOST_SHOWN])
        case Streaming(stream=stream, value=value) if state.busy:
            streams = dict(state.streams) | {stream: value}
            return replace(state, streams=tuple(sorted(streams.items())))
        case NotKept(message=message) if state.busy:
            known = message in state.troubles
            return state if known else replace(state, troubles=(*state.troubles, message))
        case ReceivingEnded() if state.busy:
            return replace(state, stage=None, ended=event, wrong=event.message)
        case Withdrawn(id=gone):
            left = tuple(one for one in state.arrived if one.vital.id != gone)
            return replace(state, arrived=left, taken_back=state.taken_back + len(state.arrived) - len(left))
        case Failed(of=ReceiveFromDevice(), message=message):
            return replace(state, stage=None, wrong=message)
        case _:
            return state


def _pressed(state: State, what: str, which: str) -> Step:
    match what:
        case "receive" if not state.busy:
            fresh = State(stage=Stage.SEARCHING, devices=state.devices)
            return fresh, (ReceiveFromDevice(),)
        case "stop" if state.busy:
            return state, (StopReceiving(),)
        case "take_back":
            return replace(state, taking_back=UUID(which)), ()
        case "forget":
            return replace(state, forgetting=which), ()
        case "type":
            return state, (*_stopped(state), Go("add_reading", "blood_pressure"))
        case "back":
            return state, (*_stopped(state), Back())
        case _:
            return state, ()


def _stopped(state: State) -> Asks:
    return (StopReceiving(),) if state.busy else ()


def headline(state: State) -> str:
    """What to do, or how it stands, in a few large words."""
    match state.stage:
        case Stage.SEARCHING:
            return tr("いま、測ってください")
        case Stage.CONNECTING:
            return tr("機器とつないでいます")
        case Stage.RECEIVING:
            return tr("受け取っています")
        case _:
            pass
    if state.ended is not None and state.ended.kept:
        return tr("{n} 件 受け取りました", n=state.ended.kept)
    if state.ended is not None and state.ended.ending is not None:
        return tr("もうすべて記録にありました") if state.ended.same else tr("終わりました")
    return tr("受け取れませんでした") if state.wrong else tr("押してから、測ります")


def advice(state: State) -> str:
    """The next thing to do, in plain words."""
    match state.stage:
        case Stage.SEARCHING:
            return tr(
                "血圧計・体温計・体重計などで、いつものように測ってください。測り終わると自動で届きます。"
            )
        case Stage.CONNECTING | Stage.RECEIVING:
            return tr("機器を電話の近くに置いたまま、お待ちください。")
        case _:
            pass
    ended = state.ended
    if ended is None:
        if state.wrong:
            return ""
        first = tr("初めての機器は、説明書を見て「ペアリング」の状態にしてから押してください。")
        return tr("「受け取る」を押してから、機器で測ります。") + first
    if ended.ending is None or ended.kept or ended.same or state.streams:
        return ""
    if ended.ending is Ending.STOPPED:
        return tr("受け取りをやめました。")
    return tr(
        "機器とつながりましたが、まだ値がありません。もう一度「受け取る」を押してから、測ってください。"
    )


def status_lines(arrived: Arrived) -> list[str]:
    """What the device said about the measuring, and what we say about the value."""
    vital = arrived.vital
    lines = [status_words(one) for one in MeasuringStatus if one in vital.status]
    if arrived.user is not None:
        lines.append(tr("機器の利用者番号 {n}", n=arrived.user))
    if vital.note:
        lines.append(vital.note)
    if arrived.same:
        lines.append(tr("もう記録にある値です。二重には記録しません。"))
    return lines


def status_words(status: MeasuringStatus) -> str:
    """A status of measuring, in plain words; never a diagnosis."""
    words = {
        MeasuringStatus.IRREGULAR_PULSE: tr("脈がふぞろいでした。続くときは先生に見せてください"),
        MeasuringStatus.MOVED: tr("測っている間に体が動きました"),
        MeasuringStatus.CUFF_LOOSE: tr("腕に巻く帯がゆるんでいました"),
        MeasuringStatus.WRONG_POSITION: tr("測る位置がずれていました"),
        MeasuringStatus.AVERAGED: tr("何回か測った平均です"),
    }
    return words[status]


def stream_lines(state: State) -> list[tuple[str, str]]:
    """Each stream that is coming in: its name, and its newest value with the unit."""
    return [
        (tr(STREAMS[stream].label), f"{round(value)} {tr(units.shown(STREAMS[stream].unit))}")
        for stream, value in state.streams
        if stream in STREAMS
    ]


def device_lines(state: State) -> list[tuple[str, str, str]]:
    """Each device she has used: address, name, when last."""
    return [
        (
            each.address,
            each.name or tr("名前のない機器"),
            tr(
                "最後に使った日 {day}。さわると、この機器を忘れることができます",
                day=wording.day_words(each.seen_at.date(), year=True),
            ),
        )
        for each in state.devices
    ]
