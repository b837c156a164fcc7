"""Days of a watch and a sensor on her phone: what the device reported, what is ours, and the order that she gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from backend.wearables import merging
from mobile.account import KeptTokens
from mobile.asks import LoadDays, LoadSources, OrderSources, SignIn, SyncNow
from mobile.client import Client
from mobile.effects import Effects
from mobile.events import DaysLoaded, SignedIn, SourcesLoaded, Synced
from mobile.store.opening import Store
from shared import clock
from shared.ids import new_id
from tests.backend.wearables.shapes import columns
from tests.cast import PASSWORD, Cast, email
from tests.fixtures.server import Server
from tests.mobile.phones import FakeDevice
from tests.together.test_journey import Air, Phone

HOUR = 3_600_000


@pytest.fixture
def hers(server: Server, tmp_path: Path) -> Iterator[Phone]:
    air, device = Air(), FakeDevice(tmp_path)
    store = Store(tmp_path / "hanako.db", device.key())
    phone = Phone(air, Effects(store, Client(air, server.url, store.device, KeptTokens(store)), device))
    phone.does(SignIn(email("hanako"), PASSWORD), SignedIn)
    yield phone
    store.close()


def test_her_phone_shows_days_by_her_order(hers: Phone, cast: Cast) -> None:
    noon = clock.to_ms(clock.now() - timedelta(days=2)) // (24 * HOUR) * 24 * HOUR + 3 * HOUR
    minute = (noon, noon + 60_000)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for source, steps in (("Watch", 100.0), ("iPhone", 80.0)):
            merging.deliver(record, new_id(), [columns("steps", source, (*minute, steps))])
        whole = (noon - 12 * HOUR, noon + 12 * HOUR, 5000.0)
        merging.deliver(record, new_id(), [columns("steps_reported", "Watch", whole)])
        rates = ((noon + n * HOUR // 4, noon + n * HOUR // 4, 58.0) for n in range(30))
        merging.deliver(record, new_id(), [columns("heart_rate", "Watch", *rates)])
        merging.deliver(record, new_id(), [columns("blood_glucose", "Libre", (noon, noon, 60.0))])
    assert totals(hers) == [(100, (("Watch", 5000),))]
    (rested,) = hers.does(LoadDays("resting_heart_rate", 30), DaysLoaded).days
    assert (rested.mean, rested.is_ours) == (Decimal(58), True)
    (sugar,) = hers.does(LoadDays("blood_glucose", 30), DaysLoaded).days
    assert sugar.glucose is not None
    assert sugar.glucose.low == sugar.glucose.covered > 0
    listed = hers.does(LoadSources(), SourcesLoaded).sources
    order = sorted(listed, key=lambda source: source.name != "iPhone")
    told = hers.does(OrderSources(tuple(source.id for source in order)), SourcesLoaded)
    assert (told.ordered, told.sources[0].name) == (True, "iPhone")
    assert totals(hers) == [(80, (("Watch", 5000),))]


def totals(phone: Phone) -> list[tuple[object, object]]:
    """Her days of steps after a sync: ours, and what devices reported."""
    phone.does(SyncNow(), Synced)
    return [(day.total, day.reported) for day in phone.does(LoadDays("steps", 30), DaysLoaded).days]
