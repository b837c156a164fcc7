"""Receiving from a device, for the walk through every screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from mobile.events import Arrived, DevicesLoaded, NotKept, ReceivingEnded, ReceivingTold, Streaming
from mobile.receiving import Ending, Stage
from mobile.screens.touches import Answered, Pressed
from mobile.store.devices import KnownDevice
from shared.problems import Invalid, Unreachable
from shared.vitals import MeasuringStatus
from tests.mobile.examples import NOW, one
from tests.mobile.phones import pressure

if TYPE_CHECKING:
    from tests.mobile.scenes import Walk

NAME = "UA-651BLE"
KNOWN = KnownDevice("11:22:33:44:55:66", NAME, NOW - timedelta(days=1))
NOTE = "機器の時計（2024-11-24 7:26）がずれていたため、直した時刻です。"


def receiving(walk: Walk) -> Iterator[str]:
    """Before, while searching, what arrives with all that can be said of it, the end, what goes wrong."""
    walk.go("settings")
    walk.touch(Pressed("receive"))
    walk.hear(DevicesLoaded((KNOWN,)))
    yield "receive"
    walk.touch(Pressed("forget", KNOWN.address))
    yield "receive, forgetting a device"
    walk.touch(Answered(False), Pressed("receive"))
    yield "receive, searching"
    walk.hear(ReceivingTold(Stage.CONNECTING, NAME))
    yield "receive, connecting"
    walk.hear(ReceivingTold(Stage.RECEIVING, NAME))
    status = frozenset(MeasuringStatus)
    odd = replace(pressure(128, 78, NOW), status=status, note=NOTE)
    walk.hear(Arrived(odd, False, 2), Arrived(one("weight", "52.3").vital, True))
    walk.hear(Streaming("heart_rate", Decimal(72)), NotKept(Invalid("gatt_not_measured").message()))
    yield "receive, arriving"
    walk.touch(Pressed("take_back", str(odd.id)))
    yield "receive, not hers"
    walk.touch(Answered(False))
    walk.hear(ReceivingEnded(Ending.GONE, 1, 1, NAME))
    yield "receive, ended"
    walk.touch(Pressed("receive"))
    walk.hear(ReceivingEnded(None, 0, 0, "", Unreachable("bluetooth_off").message()))
    yield "receive, no Bluetooth"
    walk.touch(Pressed("back"))
