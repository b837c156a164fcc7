"""What the screens ask for, done: each deed takes an effect and the phone, and answers with events."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import singledispatch
from uuid import UUID

from mobile.account import complete_sign_up
from mobile.client import Client
from mobile.device import Device
from mobile.events import Event
from mobile.knowing import Knowing
from mobile.store.opening import Store


@dataclass(frozen=True)
class Phone:
    """What a deed has at hand. ``unanswered``: ids of what was asked without an answer, to ask again;
    ``knowing``: what is known of medicines; ``tell`` brings an event to the screens while a deed is still under way;
    ``stop_receiving`` ends the receiving from a device."""

    store: Store
    client: Client
    device: Device
    now: Callable[[], datetime]
    unanswered: dict[object, UUID] = field(default_factory=dict)
    knowing: Knowing = field(default_factory=Knowing)
    tell: Callable[[Event], None] = lambda _event: None
    stop_receiving: threading.Event = field(default_factory=threading.Event)

    @property
    def offset_min(self) -> int:
        """The local offset to UTC now, in minutes."""
        return self.device.offset_min(self.now())

    def online(self) -> Client:
        """The server for the account in turn, which is told of a sign-up that waited; raises `Unreachable`."""
        complete_sign_up(self.store, self.client)
        return self.client


@singledispatch
def do(asked: object, _phone: Phone) -> list[Event]:
    """Do what is asked. Each subject's file says how its own is done."""
    raise NotImplementedError(type(asked).__name__)
