"""Receiving from health devices: each value is in the store before anything else is said to the device."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from mobile import account
from mobile.asks import ForgetDevice, LoadDevices, ReceiveFromDevice, StopReceiving
from mobile.deeds import Phone, do
from mobile.events import Arrived, DevicesLoaded, Event, NotKept, ReceivingEnded, ReceivingTold, Streaming
from mobile.receiving import Patience, Receiving, Seen, Stage
from mobile.store import bodies, devices, flows, things
from mobile.store.devices import KnownDevice
from mobile.store.things import Written
from shared import clock
from shared.formats import gatt
from shared.formats.gatt_found import CLOCK_MAY_DIFFER, ORIGIN, ClockSet, Reception, local_moment, made
from shared.formats.gatt_numbers import wall_in
from shared.formats.gatt_said import USER_UNKNOWN, ContextSaid, GlucoseSaid, PressureSaid, Said, WeightSaid
from shared.kinds import Meal
from shared.problems import Problem
from shared.streams import Readings
from shared.sync import Word
from shared.vitals import BloodPressure, Vital

# The same value typed by her, or come another way, within a minute is one measurement (files know no seconds).
TWIN_WITHIN = timedelta(seconds=60)
# A device without a clock that says the same again this soon says it for the second time.
REPEATED_WITHIN = timedelta(minutes=10)
_MEALS = {1: Meal.BEFORE_MEAL, 2: Meal.AFTER_MEAL, 3: Meal.FASTING, 5: Meal.BEDTIME}

_Value = tuple[str, Decimal | tuple[Decimal, Decimal]]


@do.register
def receive(asked: ReceiveFromDevice, phone: Phone) -> list[Event]:
    """Search, receive, end; what arrives is told as it arrives."""
    phone.stop_receiving.clear()
    ear = Listener(phone, account.own_record(phone.store))
    patience = asked.patience or Patience()
    under_way = Receiving(phone.device.bluetooth(), ear, phone.stop_receiving, patience)
    try:
        ending = asyncio.run(under_way.run())
    except Problem as problem:
        return [ReceivingEnded(None, ear.kept, ear.same, ear.name, problem.message())]
    return [ReceivingEnded(ending, ear.kept, ear.same, ear.name)]


@do.register
def stop_receiving(_asked: StopReceiving, phone: Phone) -> list[Event]:
    """She stops it; what is stored stays."""
    phone.stop_receiving.set()
    return []


@do.register
def load_devices(_asked: LoadDevices, phone: Phone) -> list[Event]:
    """The devices she has used."""
    return [DevicesLoaded(devices.known(phone.store))]


@do.register
def forget_device(asked: ForgetDevice, phone: Phone) -> list[Event]:
    """Forget one; what it measured stays."""
    devices.forget(phone.store, asked.address)
    return [DevicesLoaded(devices.known(phone.store))]


@dataclass
class Listener:
    """Hears one device: decodes, stores, tells the screen. The `Ear` of `mobile.receiving`."""

    phone: Phone
    record_id: UUID
    name: str = ""
    address: str = ""
    kept: int = 0
    same: int = 0
    _ahead: timedelta | None = None
    _before: ClockSet | None = None
    _site: int | None = None
    _newest: int | None = None
    _whole: bool = True  # no record of the meter was missed so far
    _glucose: dict[int, UUID] = field(default_factory=dict)
    _here: dict[_Value, list[tuple[datetime, Vital]]] | None = None

    def now(self) -> datetime:
        """The present local wall time."""
        return clock.at_offset(self.phone.now(), self.phone.offset_min)

    def known(self) -> frozenset[str]:
        """The addresses of the devices she has used."""
        return frozenset(each.address for each in devices.known(self.phone.store))

    def at_stage(self, stage: Stage, name: str) -> None:
        """How far it has come."""
        self.phone.tell(ReceivingTold(stage, name))

    def meets(self, seen: Seen, model: str) -> None:
        """Remember the device."""
        before = devices.find(self.phone.store, seen.address)
        self.name = model or seen.name or (before.name if before else "")
        self.address = seen.address
        met = before or KnownDevice(seen.address, self.name, self.now())
        self._before = met.clock_set
        devices.keep(self.phone.store, replace(met, name=self.name, seen_at=self.now()))

    def clock_says(self, raw: bytes) -> None:
        """How far its clock is from ours; one that cannot be read says nothing."""
        try:
            wall = wall_in(raw).moment
        except Problem:
            return
        if wall is not None:
            self._ahead = local_moment(wall, self.phone.device.offset_min) - self.phone.now()

    def clock_is_right(self) -> None:
        """Remember what its clock showed before: what it measured under it may come later."""
        if self._ahead is None or abs(self._ahead) <= CLOCK_MAY_DIFFER:
            return
        device = devices.find(self.phone.store, self.address)
        if device is not None:
            set_now = ClockSet(self.phone.now(), self._ahead)
            devices.keep(self.phone.store, replace(device, clock_set=set_now))

    def site_is(self, raw: bytes) -> None:
        """Where a thermometer measures."""
        self._site = gatt.temperature_type(raw)

    def last_record(self) -> int | None:
        """The sequence number up to which the meter's records are in the store."""
        device = devices.find(self.phone.store, self.address)
        return None if device is None else device.last_record

    def newest_heard(self) -> int | None:
        """The sequence number of the glucose that came last."""
        return self._newest

    def hears(self, characteristic: int, value: bytes) -> None:
        """One value, in the store when this returns."""
        try:
            said = gatt.decode(characteristic, value)
        except Problem as problem:
            self._whole = False
            self.phone.tell(NotKept(problem.message()))
            return
        if isinstance(said, ContextSaid):
            self._surrounded(said)
        elif said is not None:
            self._made(said)

    def _made(self, said: Said) -> None:
        address, name = self.address, self.name
        reception = Reception(
            address,
            name,
            self.phone.now(),
            self.phone.device.offset_min,
            self._ahead,
            self._site,
            self._before,
        )
        for each in made(said, reception):
            if isinstance(each, Vital):
                self._vital(each, said, reception.at)
            elif isinstance(each, Readings):
                flows.keep(self.phone.store, self.record_id, each)
                self.phone.tell(Streaming(each.stream, Decimal(repr(each.value[-1]))))
            else:
                self.phone.tell(NotKept(each.message()))
        if isinstance(said, GlucoseSaid):
            self._newest = said.sequence
            if self._whole:
                devices.record_taken(self.phone.store, address, said.sequence)

    def _vital(self, vital: Vital, said: Said, received: datetime) -> None:
        store = self.phone.store
        with store.writing():
            twin = self._twin(vital, received)
            if twin is None:
                # A device does not mistype: what is improbable is kept without asking.
                body = bodies.vital_body(vital)
                things.note(store, self.record_id, Written(Word.VITAL, vital.id, body, confirmed=True))
        if isinstance(said, GlucoseSaid):
            self._glucose[said.sequence] = twin or vital.id
        if twin is None:
            self.kept += 1
            self._known().setdefault(_value(vital), []).append((vital.taken_at, vital))
        else:
            self.same += 1
        user = said.user if isinstance(said, PressureSaid | WeightSaid) else None
        self.phone.tell(Arrived(vital, twin is not None, None if user == USER_UNKNOWN else user))

    def _twin(self, vital: Vital, received: datetime) -> UUID | None:
        """The same measurement where it is here already: received before (perhaps withdrawn), or typed."""
        clockless = vital.taken_at == received  # a device's own clock shows no milliseconds
        if things.find(self.phone.store, self.record_id, Word.VITAL, vital.id) is not None:
            return vital.id
        for at, other in self._known().get(_value(vital), ()):
            apart = abs(at - vital.taken_at)
            elsewhere = (other.origin, other.device) != (ORIGIN, vital.device)
            within = TWIN_WITHIN if elsewhere else REPEATED_WITHIN if clockless else timedelta(-1)
            if apart <= within and _pulses_fit(vital, other):
                return other.id
        return None

    def _known(self) -> dict[_Value, list[tuple[datetime, Vital]]]:
        if self._here is None:
            self._here = {}
            for thing in things.of_word(self.phone.store, self.record_id, Word.VITAL):
                vital = None if thing.change.body is None else bodies.vital_in(thing.change.body)
                if vital is not None:
                    self._here.setdefault(_value(vital), []).append((vital.taken_at, vital))
        return self._here

    def _surrounded(self, said: ContextSaid) -> None:
        """The meal of a glucose that came before; her own word is not written over."""
        vital_id, meal = self._glucose.get(said.sequence), _MEALS.get(said.meal or 0)
        if vital_id is None or meal is None:
            return
        with self.phone.store.writing():
            thing = things.find(self.phone.store, self.record_id, Word.VITAL, vital_id)
            body = None if thing is None else thing.change.body
            vital = None if body is None else bodies.vital_in(body)
            if vital is None or vital.meal is not None:
                return
            vital = replace(vital, meal=meal)
            written = Written(Word.VITAL, vital_id, bodies.vital_body(vital, body), confirmed=True)
            things.note(self.phone.store, self.record_id, written)
        self.phone.tell(Arrived(vital, False))


def _value(vital: Vital) -> _Value:
    if isinstance(vital.reading, BloodPressure):
        return vital.kind, (vital.reading.systolic, vital.reading.diastolic)
    return vital.kind, vital.reading


def _pulses_fit(one: Vital, other: Vital) -> bool:
    if not isinstance(one.reading, BloodPressure) or not isinstance(other.reading, BloodPressure):
        return True
    return None in (one.reading.pulse, other.reading.pulse) or one.reading.pulse == other.reading.pulse
