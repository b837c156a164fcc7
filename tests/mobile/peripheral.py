"""Health devices of the tests' own: they speak the bytes of real ones through bleak's interface.

`Air` holds what is switched on; `Air.scanner` and `Air.client` stand where BleakScanner and BleakClient stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError

from mobile.device.bluetooth import Bluetooth
from shared.formats import gatt
from shared.formats.gatt_numbers import float32_bits, sfloat_bits, wall_bytes
from shared.units import exact

Tell = Callable[[Any, bytearray], None]


@dataclass
class Peripheral:
    """A device. ``values`` are told, oldest first, when somebody listens to their characteristic.

    ``clock`` is what 0x2A08 shows; ``breaks_after`` values it goes away; ``stays`` connected at the end; ``bonded``
    False refuses listening before pairing; ``log`` is everything that was done to it.
    """

    address: str = "11:22:33:44:55:66"
    name: str = "A&D_UA-651BLE_D57B3F"
    service: int = 0x1810
    values: list[tuple[int, bytes]] = field(default_factory=list)
    reads: dict[int, bytes] = field(default_factory=dict)
    clock: datetime | None = None
    clock_as: int = gatt.DATE_TIME
    breaks_after: int | None = None
    stays: bool = False
    pairs: bool = True
    bonded: bool = False
    log: list[str] = field(default_factory=list)
    set_to: bytes = b""

    def offers(self) -> set[int]:
        """Its characteristics."""
        clock = {self.clock_as} if self.clock is not None else set()
        return {each for each, _ in self.values} | set(self.reads) | clock

    def read(self, short: int) -> bytes:
        """Read a value."""
        self.log.append(f"read {short:04X}")
        if short == self.clock_as and self.clock is not None:
            return wall_bytes(self.clock)
        if short not in self.reads:
            raise BleakError("Characteristic is not readable")
        return self.reads[short]

    def written(self, short: int, data: bytes) -> Iterable[tuple[int, bytes]]:
        """Take a written value; what it says in turn."""
        self.log.append(f"write {short:04X} {data.hex()}")
        if short == self.clock_as:
            self.set_to = data
        return ()


@dataclass
class Meter(Peripheral):
    """A glucose meter: ``records`` by sequence number, told when they are asked for through 0x2A52."""

    name: str = "meter+00000001"
    service: int = 0x1808
    stays: bool = True
    records: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)
    chooses: bool = True  # knows how to report from a sequence number on
    answers: bool = True

    def offers(self) -> set[int]:
        return {gatt.GLUCOSE, gatt.GLUCOSE_CONTEXT, gatt.RECORDS} | super().offers()

    def written(self, short: int, data: bytes) -> Iterable[tuple[int, bytes]]:
        yield from super().written(short, data)
        if short != gatt.RECORDS or not self.answers:
            return
        asked = data[0]
        if asked == 4:
            yield gatt.RECORDS, bytes((5, 0)) + len(self.records).to_bytes(2, "little")
            return
        if asked == 1 and data[1] == 3 and not self.chooses:
            yield gatt.RECORDS, bytes((6, 0, 1, 4))
            return
        least = int.from_bytes(data[3:5], "little") if asked == 1 and data[1] == 3 else 0
        told = [number for number in sorted(self.records) if number >= least]
        if asked == 1 and data[1] == 6:
            told = told[-1:]
        for number in told:
            yield from self.records[number]
        yield gatt.RECORDS, bytes((6, 0, asked, 1 if told else 6))


@dataclass
class Air:
    """The devices within reach. ``off``: why there is no Bluetooth at all."""

    devices: list[Peripheral] = field(default_factory=list)
    off: BleakBluetoothNotAvailableReason | Exception | None = None
    never: bool = False  # searching never ends by itself

    def radio(self) -> Bluetooth:
        """The real adapter over this air."""
        return Bluetooth(self._scanner(), Client)

    def _scanner(self) -> Any:
        air = self

        class Scanner:
            @staticmethod
            async def find_device_by_filter(fits: Callable[[Any, Any], bool], timeout: float) -> Any:
                if isinstance(air.off, Exception):
                    raise air.off
                if air.off is not None:
                    raise BleakBluetoothNotAvailableError("off", air.off)
                await asyncio.sleep(timeout if air.never else 0)
                for device in air.devices:
                    told = SimpleNamespace(service_uuids=[gatt.uuid_of(device.service).upper()])
                    if fits(device, told):
                        return device
                return None

        return Scanner


class Client:
    """Stands where bleak's BleakClient stands, for one `Peripheral`."""

    def __init__(
        self, device: Peripheral, disconnected_callback: Callable[[Any], None], timeout: float
    ) -> None:
        assert timeout > 0
        self.device, self.gone = device, disconnected_callback
        self.listeners: dict[int, Tell] = {}
        self.told = 0
        self.here = False

    @property
    def services(self) -> list[Any]:
        found = [
            SimpleNamespace(uuid=gatt.uuid_of(short), properties=["notify"])
            for short in sorted(self.device.offers())
        ]
        own = SimpleNamespace(uuid="233bf001-5a34-1b6d-975c-000d5690abe4", properties=["write"])
        return [SimpleNamespace(uuid=gatt.uuid_of(self.device.service), characteristics=[*found, own])]

    async def connect(self) -> None:
        await asyncio.sleep(0)
        self.here = True

    async def pair(self) -> None:
        self.device.log.append("pair")
        if not self.device.pairs:
            raise BleakError("Could not pair")
        self.device.bonded = True

    async def read_gatt_char(self, uuid: str) -> bytearray:
        self._must_be_here()
        return bytearray(self.device.read(_short(uuid)))

    async def write_gatt_char(self, uuid: str, data: bytes, response: bool = True) -> None:
        self._must_be_here()
        assert response
        for short, value in list(self.device.written(_short(uuid), bytes(data))):
            asyncio.get_running_loop().call_soon(self._tell, short, value)

    async def start_notify(self, uuid: str, callback: Tell) -> None:
        self._must_be_here()
        if not self.device.bonded:
            raise BleakError("Insufficient authentication")
        short = _short(uuid)
        self.device.log.append(f"listen {short:04X}")
        self.listeners[short] = callback
        asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        wanted = {each for each, _ in self.device.values}
        if not wanted or not wanted <= set(self.listeners) or self.told:
            return
        for short, value in self.device.values:
            self._tell(short, value)
        if not self.device.stays:
            self._leave()

    def _tell(self, short: int, value: bytes) -> None:
        if not self.here or short not in self.listeners:
            return
        if self.device.breaks_after is not None and self.told >= self.device.breaks_after:
            self._leave()
            return
        self.told += 1
        self.listeners[short](None, bytearray(value))

    def _leave(self) -> None:
        if self.here:
            self.here = False
            self.gone(self)

    def _must_be_here(self) -> None:
        if not self.here:
            raise BleakError("Not connected")

    async def disconnect(self) -> None:
        self.device.log.append("disconnect")
        self.here = False


def _short(uuid: str) -> int:
    short = gatt.short_of(uuid)
    assert short is not None
    return short


def _sfloat(text: str | None) -> bytes:
    return sfloat_bits(None if text is None else exact(text)).to_bytes(2, "little")


def pressure(
    systolic: str, diastolic: str, wall: datetime | None, pulse: str = "64", status: int = 0
) -> bytes:
    """A blood pressure in mmHg, without a mean as home devices send it, with pulse, user 1 and status."""
    flags = 0x1C | (2 if wall else 0)
    time = wall_bytes(wall) if wall else b""
    numbers = _sfloat(systolic) + _sfloat(diastolic) + _sfloat(None)
    return bytes((flags,)) + numbers + time + _sfloat(pulse) + b"\x01" + status.to_bytes(2, "little")


def temperature(value: str, wall: datetime | None) -> bytes:
    """A temperature in degrees Celsius."""
    number = float32_bits(exact(value)).to_bytes(4, "little")
    return bytes((2 if wall else 0,)) + number + (wall_bytes(wall) if wall else b"")


def weight(grams: int, wall: datetime | None) -> bytes:
    """A weight in steps of 5 g."""
    return (
        bytes((2 if wall else 0,)) + (grams // 5).to_bytes(2, "little") + (wall_bytes(wall) if wall else b"")
    )


def spot(spo2: str, pulse: str, wall: datetime) -> bytes:
    """A spot check of an oximeter."""
    return b"\x01" + _sfloat(spo2) + _sfloat(pulse) + wall_bytes(wall)


def glucose(sequence: int, wall: datetime, mg_dl: str, *, kind: int = 1, offset: int | None = None) -> bytes:
    """A glucose of capillary blood, from the finger, in kg/L."""
    flags = 2 | 16 | (1 if offset is not None else 0)
    shift = b"" if offset is None else offset.to_bytes(2, "little", signed=True)
    value = _sfloat(str(exact(mg_dl).scaleb(-5)))
    return (
        bytes((flags,))
        + sequence.to_bytes(2, "little")
        + wall_bytes(wall)
        + shift
        + value
        + bytes((kind | 0x10,))
    )


def meal(sequence: int, which: int) -> bytes:
    """The context of a glucose: its meal."""
    return b"\x02" + sequence.to_bytes(2, "little") + bytes((which,))
