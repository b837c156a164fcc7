"""The health devices that she has used with this phone: name, when last, the last record taken, its clock. Sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mobile.store.opening import Store
from shared.formats.gatt_found import ClockSet

_FACT = "health devices"


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """``seen_at``: local wall time, aware. ``last_record``: up to which sequence number a meter's records are here;
    ``clock_set``: when it was put right.
    """

    address: str
    name: str
    seen_at: datetime
    last_record: int | None = None
    clock_set: ClockSet | None = None


def known(store: Store) -> tuple[KnownDevice, ...]:
    """The devices of the account in turn, the one used last first."""
    account, _ = store.inside()
    found = store.recall(_FACT, account)
    devices = [_device(each) for each in json.loads(found or "[]")]
    return tuple(sorted(devices, key=lambda each: each.seen_at, reverse=True))


def find(store: Store, address: str) -> KnownDevice | None:
    """The device at ``address``."""
    return next((each for each in known(store) if each.address == address), None)


def keep(store: Store, device: KnownDevice) -> None:
    """Keep what is known of a device."""
    with store.writing():
        _write(store, [*(each for each in known(store) if each.address != device.address), device])


def forget(store: Store, address: str) -> None:
    """Forget a device; what it measured stays."""
    with store.writing():
        _write(store, [each for each in known(store) if each.address != address])


def record_taken(store: Store, address: str, sequence: int) -> None:
    """The meter's records up to ``sequence`` are here."""
    with store.writing():
        device = find(store, address)
        if device is not None:
            keep(store, replace(device, last_record=sequence))


def _write(store: Store, devices: list[KnownDevice]) -> None:
    account, _ = store.inside()
    store.remember(_FACT, json.dumps([_members(each) for each in devices]), account)


def _members(device: KnownDevice) -> dict[str, object]:
    members: dict[str, object] = {
        "address": device.address,
        "name": device.name,
        "seen_at": device.seen_at.isoformat(),
        "last_record": device.last_record,
    }
    if device.clock_set is not None:
        members["clock_set_at"] = device.clock_set.at.isoformat()
        members["clock_ahead_s"] = device.clock_set.ahead.total_seconds()
    return members


def _device(members: dict[str, object]) -> KnownDevice:
    last = members.get("last_record")
    clock_set = None
    if "clock_set_at" in members:
        ahead = timedelta(seconds=float(str(members["clock_ahead_s"])))
        clock_set = ClockSet(datetime.fromisoformat(str(members["clock_set_at"])), ahead)
    return KnownDevice(
        str(members["address"]),
        str(members["name"]),
        datetime.fromisoformat(str(members["seen_at"])),
        last if isinstance(last, int) else None,
        clock_set,
    )
