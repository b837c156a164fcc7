"""A phone for tests: the real store, client and effects; fakes only at its edges (device, clock, the way out)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from mobile.account import KeptTokens
from mobile.asks import SignUp
from mobile.client import Client
from mobile.device.bluetooth import Bluetooth
from mobile.effects import Effects
from mobile.events import Event
from mobile.receiving import Radio
from mobile.seen import Person
from mobile.send import Send
from mobile.store.opening import Store
from shared import clock
from shared.ids import new_id
from shared.vitals import BloodPressure, Vital

KEY = bytes(range(32))
MORNING = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 07:30 on the island, 24 November
JAPAN = 9 * 60
SERVER = "https://tomoni.example"
HANAKO = Person("山田 花子", date(1948, 4, 2), "ヤマダ ハナコ", "female")


@dataclass
class HandClock:
    """A clock that is set by hand, rightly or wrongly."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        """Let time pass, or set it back."""
        self.at += timedelta(**by)


@dataclass
class FakeDevice:
    """A device without a screen: it answers what it was told to answer."""

    folder: Path
    picked: Path | None = None
    saves: bool = True
    codes: tuple[bytes, ...] = ()
    written: str | None = None
    notices: list[tuple[str, str]] = field(default_factory=list)
    rings: list[tuple[datetime, str, str]] = field(default_factory=list)
    has_camera: bool = True
    has_text_dialog: bool = True
    has_file_dialog: bool = True
    radio: Radio = field(default_factory=Bluetooth)

    def key(self) -> bytes:
        return KEY

    def offset_min(self, moment: datetime) -> int:
        return JAPAN

    def notify(self, title: str, text: str) -> None:
        self.notices.append((title, text))

    def ring_at(self, moment: datetime, title: str, text: str) -> None:
        self.rings.append((moment, title, text))

    def ring_no_more(self) -> None:
        self.rings.clear()

    def pick_file(self) -> Path | None:
        return self.picked

    def save_file(self, name: str, data: bytes) -> str | None:
        if not self.saves:
            return None
        (self.folder / name).write_bytes(data)
        return name

    def scan_camera(self) -> tuple[bytes, ...]:
        return self.codes

    def read_codes(self, picture: bytes) -> tuple[bytes, ...]:
        return self.codes

    def write_text(self, title: str, text: str) -> str | None:
        return self.written

    def bluetooth(self) -> Radio:
        return self.radio


@dataclass
class Handset:
    """One phone, whole."""

    store: Store
    client: Client
    device: FakeDevice
    clock: HandClock
    effects: Effects

    def does(self, *effects: object) -> list[Event]:
        """Run effects at once, one after the other; all that came back."""
        return [event for effect in effects for event in self.effects.run(effect)]  # type: ignore[arg-type]


_open: list[Store] = []


def open_store(path: Path, key: bytes = KEY, now: Callable[[], datetime] = clock.now) -> Store:
    """A phone's store, closed when the test ends (tests/mobile/conftest.py)."""
    store = Store(path, key, now)
    _open.append(store)
    return store


def close_stores() -> None:
    """Close every store that a test opened; closing one twice does nothing."""
    while _open:
        _open.pop().close()


def handset(folder: Path, send: Send, at: datetime = MORNING, name: str = "phone") -> Handset:
    """A phone whose store is in ``folder``; the same folder and name is the same phone, started again."""
    hands = HandClock(at)
    device = FakeDevice(folder)
    store = open_store(folder / f"{name}.db", device.key(), hands)
    client = Client(send, SERVER, store.device, KeptTokens(store))
    return Handset(store, client, device, hands, Effects(store, client, device, now=hands))


def sign_up(phone: Handset, email: str = "hanako@example.jp") -> None:
    """Hanako begins."""
    phone.does(SignUp(email, "さざ波と みかん畑と 猫のたま", HANAKO))


def pressure(systolic: int, diastolic: int, taken_at: datetime = MORNING, note: str = "") -> Vital:
    """A blood pressure taken on the island."""
    reading = BloodPressure(Decimal(systolic), Decimal(diastolic), Decimal(68))
    return Vital(new_id(), "blood_pressure", taken_at, JAPAN, reading, note)
