"""What a health device tells the real phone reaches the real server once: measurements as rows, streams as columns."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mobile.account import KeptTokens, own_record
from mobile.asks import ReceiveFromDevice, SignUp, SyncNow
from mobile.client import Client, ServerSaid
from mobile.effects import Effects
from mobile.events import ReceivingEnded, Synced
from mobile.receiving import Patience
from mobile.seen import Person
from mobile.send import Reply, Request, over_http
from mobile.store import flows, telling
from mobile.store.opening import Store
from shared import clock
from shared.formats import gatt
from shared.problems import Unreachable
from tests.cast import PASSWORD
from tests.fixtures.server import Server
from tests.mobile import peripheral
from tests.mobile.peripheral import Air, Peripheral
from tests.mobile.phones import FakeDevice

QUICK = Patience(search=0.01, answer=1.0, first=1.0, quiet=1.0)


def test_a_cuff_and_a_belt_reach_the_server_once_though_an_answer_is_lost(
    server: Server, tmp_path: Path
) -> None:
    lost: list[str] = []
    send = over_http()

    def way(request: Request) -> Reply:
        reply = send(request)
        if request.url.endswith("/streams") and not lost:
            lost.append(request.url)
            raise Unreachable("server_unreachable")
        return reply

    device = FakeDevice(tmp_path)
    store = Store(tmp_path / "phone.db", device.key())
    client = Client(way, server.url, store.device, KeptTokens(store))
    effects = Effects(store, client, device)
    effects.run(SignUp("umino@example.jp", PASSWORD, Person("海野 花子", date(1948, 4, 12))))
    record_id = own_record(store)

    wall = clock.at_offset(clock.now(), device.offset_min(clock.now())).replace(tzinfo=None, microsecond=0)
    cuff = Peripheral(clock=wall, values=[])
    cuff.values = [
        (gatt.BLOOD_PRESSURE, peripheral.pressure("128", "78", wall - timedelta(minutes=2), status=4))
    ]
    belt = Peripheral("AA:04", "H10", 0x180D, [(gatt.HEART_RATE, bytes((0x10, 72, 0, 4)))])
    for near in (cuff, belt):
        device.radio = Air([near]).radio()
        (ended,) = effects.run(ReceiveFromDevice(QUICK))
        assert isinstance(ended, ReceivingEnded)
        assert ended.ending is not None, ended.message

    assert not any(isinstance(each, Synced) for each in effects.run(SyncNow()))
    assert flows.waiting(store, record_id) == 2, (
        "an answer was lost: both wait, the first as the same delivery"
    )
    assert any(isinstance(each, Synced) for each in effects.run(SyncNow()))
    assert (flows.waiting(store, record_id), telling.count_untold(store)) == (0, (0, 0))

    (vital,) = _listed(client.get(f"/api/records/{record_id}/vitals"), "vitals")
    assert (vital["kind"], vital["origin"], vital["status"]) == (
        "blood_pressure",
        "bluetooth",
        ["irregular_pulse"],
    )
    days = _listed(client.get(f"/api/records/{record_id}/streams/heart_rate/days"), "days")
    assert [each["count"] for each in days] == [1], "kept once, though it was posted twice"
    assert len(_listed(client.get(f"/api/records/{record_id}/streams/beats/days"), "days")) == 1
    assert lost
    store.close()


def test_a_stream_that_the_server_refuses_stays_here(server: Server, tmp_path: Path) -> None:
    device = FakeDevice(tmp_path)
    store = Store(tmp_path / "phone.db", device.key())
    send = over_http()

    def way(request: Request) -> Reply:
        if request.url.endswith("/streams"):
            raise ServerSaid(422, "unknown_stream", "「beats」という記録はまだ扱えません。")
        return send(request)

    effects = Effects(store, Client(way, server.url, store.device, KeptTokens(store)), device)
    effects.run(SignUp("umino@example.jp", PASSWORD, Person("海野 花子", date(1948, 4, 12))))
    belt = Peripheral("AA:04", "H10", 0x180D, [(gatt.HEART_RATE, bytes((0x10, 72, 0, 4)))])
    device.radio = Air([belt]).radio()
    effects.run(ReceiveFromDevice(QUICK))
    assert any(isinstance(each, Synced) for each in effects.run(SyncNow()))
    assert flows.waiting(store, own_record(store)) == 2
    assert flows.next_delivery(store, own_record(store)) is None, "and is not sent again by itself"
    store.close()


def _listed(members: Any, name: str) -> list[Any]:
    found = members[name]
    assert isinstance(found, list)
    return found
