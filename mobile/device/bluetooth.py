"""Bluetooth through bleak: finding a health device, connecting to it. What is said then is in `mobile.receiving`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from mobile.device import on_android
from mobile.receiving import Link, Seen
from shared.formats import gatt
from shared.problems import Unreachable

_SERVICES = frozenset(gatt.uuid_of(service) for service in gatt.SERVICES)
_CONNECT_SECONDS = 30.0


class Bluetooth:
    """The radio of this machine. ``scanner`` and ``client`` are bleak's BleakScanner and BleakClient."""

    def __init__(self, scanner: Any = None, client: Any = None) -> None:
        self._scanner, self._client = scanner, client

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """What bleak raises."""
        from bleak.exc import BleakError

        return (BleakError, TimeoutError)

    async def find(self, known: frozenset[str], seconds: float) -> Seen | None:
        """The first device that offers one of our services or is known."""
        try:
            from bleak import BleakClient, BleakScanner
            from bleak.exc import BleakBluetoothNotAvailableError, BleakError
        except ImportError as error:
            raise Unreachable("bluetooth_not_here") from error
        self._scanner, self._client = self._scanner or BleakScanner, self._client or BleakClient

        def ours(device: Any, told: Any) -> bool:
            return device.address in known or not _SERVICES.isdisjoint(map(str.lower, told.service_uuids))

        try:
            _ask_leave()
            found = await self._scanner.find_device_by_filter(ours, timeout=seconds)
        except BleakBluetoothNotAvailableError as error:
            denied = error.reason.name.startswith("DENIED")
            raise Unreachable("bluetooth_denied" if denied else "bluetooth_off") from error
        except (BleakError, OSError, EOFError, NotImplementedError) as error:
            raise Unreachable("bluetooth_off") from error
        return None if found is None else Seen(found.address, found.name or "", found)

    def link(self, seen: Seen, gone: Callable[[], None]) -> Link:
        """A connection to be made to what `find` found."""
        made = self._client(seen.handle, disconnected_callback=lambda _: gone(), timeout=_CONNECT_SECONDS)
        return cast("Link", made)


def _ask_leave() -> None:
    """Android 12 and later ask her whether the app may search and connect; bleak asks for the place only."""
    if not on_android():
        return
    from android.permissions import request_permissions

    request_permissions(["android.permission.BLUETOOTH_SCAN", "android.permission.BLUETOOTH_CONNECT"])
