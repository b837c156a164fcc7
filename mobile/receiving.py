"""Receiving from a health device over Bluetooth: find it, connect, set its clock, hear what it has, end.

Knows bleak's interface only (`Link` is a BleakClient), never bleak. Nothing is acknowledged: no record is deleted on a
device, and each value is given to the `Ear`, which stores it, in the very call that brought it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from shared.formats import gatt, gatt_records
from shared.formats.gatt_numbers import current_time_bytes, wall_bytes
from shared.formats.gatt_records import Answered, Counted, Outcome
from shared.problems import Problem, Unreachable

# What we let a device tell us; 0x2A36 (the pressure in the cuff while it is pumped) is never among it.
_TELLS = (*gatt.DECODERS, gatt.RECORDS)
_TICK = 0.05


class Stage(StrEnum):
    """How far receiving has come."""

    SEARCHING = "searching"
    CONNECTING = "connecting"
    RECEIVING = "receiving"


class Ending(StrEnum):
    """How it ended well: the device went, all was told, nothing came any more, or she stopped it."""

    GONE = "gone"
    ALL_TOLD = "all_told"
    QUIET = "quiet"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Seen:
    """A device that was found. ``handle`` is what the radio connects to."""

    address: str
    name: str
    handle: Any


class Link(Protocol):
    """A connection: the part of bleak's BleakClient that we use."""

    @property
    def services(self) -> Iterable[Any]:
        """Services with ``characteristics``, each with ``uuid`` and ``properties``."""

    async def connect(self) -> None:
        """Connect and find the services."""

    async def pair(self) -> None:
        """Bond; NotImplementedError where the system does it by itself."""

    async def read_gatt_char(self, char_specifier: str) -> bytearray:
        """Read a value."""

    async def write_gatt_char(self, char_specifier: str, data: bytes, response: bool = True) -> None:
        """Write a value."""

    async def start_notify(self, char_specifier: str, callback: Callable[[Any, bytearray], None]) -> None:
        """Have every value told."""

    async def disconnect(self) -> None:
        """End it."""


class Radio(Protocol):
    """Bluetooth of the device under the app."""

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """What a `Link` raises when the other side does not do what was asked."""

    async def find(self, known: frozenset[str], seconds: float) -> Seen | None:
        """The first device that offers one of our services or is known; `Unreachable` where there is no Bluetooth."""

    def link(self, seen: Seen, gone: Callable[[], None]) -> Link:
        """A connection to be made; ``gone`` is called when the device ends it."""


class Ear(Protocol):
    """Who hears, and stores what is heard before returning."""

    def now(self) -> datetime:
        """The present local wall time, aware."""

    def known(self) -> frozenset[str]:
        """The addresses of the devices she has used."""

    def at_stage(self, stage: Stage, name: str) -> None:
        """How far it has come."""

    def meets(self, seen: Seen, model: str) -> None:
        """Connected to this one."""

    def clock_says(self, raw: bytes) -> None:
        """What its clock shows now, as Date Time; nothing is said where it cannot be read."""

    def clock_is_right(self) -> None:
        """Its clock was just set."""

    def site_is(self, raw: bytes) -> None:
        """Where a thermometer measures (0x2A1D)."""

    def hears(self, characteristic: int, value: bytes) -> None:
        """One value. It is in the store when this returns; what is raised ends the session."""

    def last_record(self) -> int | None:
        """The sequence number up to which the meter's records are in the store."""

    def newest_heard(self) -> int | None:
        """The sequence number of the glucose that came last."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: to be found, for an answer, for a first value, after the last, in all."""

    search: float = 120.0
    answer: float = 15.0
    first: float = 120.0
    quiet: float = 20.0
    whole: float = 1800.0


@dataclass(slots=True)
class _Heard:
    values: int = 0
    at: float = 0.0
    gone: bool = False
    fault: Exception | None = None
    answers: list[Counted | Answered] = field(default_factory=list)


class Receiving:
    """One receiving. `run` returns how it ended, or raises a `Problem`; ``stop`` ends it from another thread."""

    def __init__(
        self, radio: Radio, ear: Ear, stop: threading.Event, patience: Patience | None = None
    ) -> None:
        self._radio = radio
        self._ear = ear
        self._stop = stop
        self._patience = patience or Patience()
        self._heard = _Heard()
        self._faults: tuple[type[Exception], ...] = (*radio.faults, OSError, EOFError)

    async def run(self) -> Ending:
        """Search, connect, receive, end."""
        self._ear.at_stage(Stage.SEARCHING, "")
        seen = await self._found()
        if seen is None:
            return Ending.STOPPED
        self._ear.at_stage(Stage.CONNECTING, seen.name)
        link = self._radio.link(seen, self._gone)
        try:
            await self._asked(link.connect(), "bluetooth_lost")
            offered = _offered(link)
            await self._introduced(link, offered, seen)
            await self._listening(link, offered)
            self._ear.at_stage(Stage.RECEIVING, seen.name)
            if gatt.RECORDS in offered and gatt.GLUCOSE in offered:
                return await self._records(link)
            return await self._waited()
        finally:
            with contextlib.suppress(*self._faults):
                await link.disconnect()

    async def _found(self) -> Seen | None:
        search = asyncio.ensure_future(self._radio.find(self._ear.known(), self._patience.search))
        while not search.done() and not self._stop.is_set():
            await asyncio.wait({search}, timeout=_TICK)
        if not search.done():
            search.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await search
            return None
        seen = search.result()
        if seen is None:
            raise Unreachable("bluetooth_nothing")
        return seen

    async def _asked(self, asked: Awaitable[Any], problem: str) -> Any:
        try:
            return await asked
        except self._faults as error:
            raise Unreachable(problem) from error

    async def _introduced(self, link: Link, offered: frozenset[int], seen: Seen) -> None:
        """Who it is, its clock before and after we set it, where it measures. What it does not answer is left."""
        model = await self._read(link, offered, gatt.MODEL_NUMBER)
        self._ear.meets(seen, _text(model))
        with contextlib.suppress(*self._faults, NotImplementedError):
            await link.pair()  # where it was needed and failed, listening fails and says so
        for clock, told in ((gatt.DATE_TIME, wall_bytes), (gatt.CURRENT_TIME, current_time_bytes)):
            if clock not in offered:
                continue
            shown = await self._read(link, offered, clock)
            if shown:
                self._ear.clock_says(shown)
            with contextlib.suppress(*self._faults):
                await link.write_gatt_char(gatt.uuid_of(clock), told(self._ear.now()), response=True)
                self._ear.clock_is_right()
            break
        if gatt.TEMPERATURE_TYPE in offered and (
            raw := await self._read(link, offered, gatt.TEMPERATURE_TYPE)
        ):
            self._ear.site_is(raw)

    async def _read(self, link: Link, offered: frozenset[int], characteristic: int) -> bytes:
        if characteristic not in offered:
            return b""
        with contextlib.suppress(*self._faults):
            return bytes(await link.read_gatt_char(gatt.uuid_of(characteristic)))
        return b""

    async def _listening(self, link: Link, offered: frozenset[int]) -> None:
        for characteristic in _TELLS:
            if characteristic not in offered:
                continue
            hears = self._hearer(characteristic)
            await self._asked(
                link.start_notify(gatt.uuid_of(characteristic), hears),
                "bluetooth_lost" if self._heard.gone else "bluetooth_not_paired",
            )

    def _hearer(self, characteristic: int) -> Callable[[Any, bytearray], None]:
        def hears(_sender: Any, value: bytearray) -> None:
            heard = self._heard
            if heard.fault is not None:
                return
            heard.at = asyncio.get_running_loop().time()
            try:
                if characteristic == gatt.RECORDS:
                    heard.answers.append(gatt_records.answer_in(bytes(value)))
                else:
                    heard.values += 1
                    self._ear.hears(characteristic, bytes(value))
            except Problem as problem:
                if characteristic != gatt.RECORDS:
                    heard.fault = problem
            except Exception as error:  # noqa: BLE001  raised again in `run`: here only bleak's log would see it
                heard.fault = error

        return hears

    def _gone(self) -> None:
        self._heard.gone = True

    async def _waited(self) -> Ending:
        """Until the device goes, nothing comes any more, or she stops it."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            self._must_go_on()
            now = loop.time()
            still = self._patience.quiet if self._heard.values else self._patience.first
            if self._heard.gone:
                return Ending.GONE
            if self._stop.is_set():
                return Ending.STOPPED
            if now - max(began, self._heard.at) > still or now - began > self._patience.whole:
                return Ending.QUIET
            await asyncio.sleep(_TICK)

    def _must_go_on(self) -> None:
        if self._heard.fault is not None:
            raise self._heard.fault

    async def _records(self, link: Link) -> Ending:
        """A glucose meter: from the last record we have; all where it cannot choose, or begins to count anew."""
        counted = await self._request(link, gatt_records.count_all())
        if counted == Counted(0):
            return Ending.ALL_TOLD
        last = self._ear.last_record()
        if last is None or last >= 0xFFFF:
            return await self._all_records(link)
        answer = await self._request(link, gatt_records.report_from(last + 1))
        if answer is None:
            return Ending.STOPPED
        if _is(answer, Outcome.SUCCESS):
            return Ending.ALL_TOLD
        if _is(answer, Outcome.NO_RECORDS):
            await self._request(link, gatt_records.report_last())
            if self._ear.newest_heard() == last:
                return Ending.ALL_TOLD
        return await self._all_records(link)

    async def _all_records(self, link: Link) -> Ending:
        answer = await self._request(link, gatt_records.report_all())
        if answer is None:
            return Ending.STOPPED
        if not (_is(answer, Outcome.SUCCESS) or _is(answer, Outcome.NO_RECORDS)):
            raise Unreachable("bluetooth_silent")
        return Ending.ALL_TOLD

    async def _request(self, link: Link, request: bytes) -> Counted | Answered | None:
        """What the meter answered at the end; None when she stopped it, and the meter was told so."""
        loop = asyncio.get_running_loop()
        heard = self._heard
        heard.answers.clear()
        heard.at = loop.time()
        control = gatt.uuid_of(gatt.RECORDS)
        await self._asked(link.write_gatt_char(control, request, response=True), "bluetooth_lost")
        while not heard.answers:
            self._must_go_on()
            if heard.gone:
                raise Unreachable("bluetooth_lost")
            silent = loop.time() - heard.at > self._patience.answer
            if silent or self._stop.is_set():
                with contextlib.suppress(*self._faults):
                    await link.write_gatt_char(control, gatt_records.abort(), response=True)
                if silent:
                    raise Unreachable("bluetooth_silent")
                return None
            await asyncio.sleep(_TICK)
        self._must_go_on()
        return heard.answers[-1]


def _is(answer: Counted | Answered | None, outcome: Outcome) -> bool:
    return isinstance(answer, Answered) and answer.outcome == outcome


def _offered(link: Link) -> frozenset[int]:
    found = (gatt.short_of(str(each.uuid)) for service in link.services for each in service.characteristics)
    return frozenset(short for short in found if short is not None)


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace").split("\0")[0].strip()
    return "".join(each for each in text if each.isprintable())[:60]
