"""The whole server killed at any moment while devices post and files are kept: what was answered is there, once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.house import House
from backend.settings import Settings
from backend.wearables import summaries
from backend.wearables.readings import between
from shared.ids import new_id
from tests.backend.test_serving import free_port, until
from tests.cast import PASSWORD, Cast, email
from tests.fixtures.examples import NIGHTLY

KILLS = {"sqlite": 50, "postgres": 50} if NIGHTLY else {"sqlite": 3, "postgres": 2}
# As `tomoni serve` runs it, without the migration, the job loop and the drug lists.
SERVER = """
import os, sys
from backend import serving
from backend.settings import Settings
serving.settle = lambda: None
serving.run_gunicorn(Settings.from_env(os.environ), int(sys.argv[1]))
"""
BEGINS = int(datetime(2026, 3, 1, 22, tzinfo=UTC).timestamp()) * 1000  # 7:00 in Japan
STEP = 60_000
TOKYO = ZoneInfo("Asia/Tokyo")
APPLE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="ja_JP">\n'
    ' <ExportDate value="2026-04-01 09:00:00 +0900"/>\n{}</HealthData>\n'
)
HEART_RATE = (
    ' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Apple Watch" unit="count/min"'
    ' creationDate="{at}" startDate="{at}" endDate="{at}" value="{value}"/>\n'
)

Reading = tuple[str, int, float]  # source, start, value


@dataclass(slots=True)
class Sent:
    """One deed of a device: where it goes, what it says, and the readings that are there once it is answered."""

    path: str
    body: bytes
    readings: frozenset[Reading]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Device:
    """Something that tells the server one deed after another, each until it is answered."""

    number: int
    token: dict[str, str]
    streams: str
    imports: str
    told: int = 0
    answered: list[Sent] = field(default_factory=list)
    open: list[Sent] = field(default_factory=list)

    def posts(self) -> list[Sent]:
        """Twelve readings. Every second post of a device is told by its neighbour too, and some go back in time."""
        self.told += 1
        place = self.told if self.told % 3 else self.told - 2
        source = "Ring" if self.told % 2 else f"Watch {self.number}"
        start = [BEGINS + (place * 7 + step) * STEP for step in range(12)]
        value = [float(60 + (each // STEP) % 40) for each in start]
        body = {
            "delivery": str(new_id()),
            "stream": "heart_rate",
            "source": source,
            "start": start,
            "value": value,
        }
        readings = frozenset((source, *pair) for pair in zip(start, value, strict=True))
        return [Sent(self.streams, json.dumps(body).encode(), readings)]

    def uploads(self) -> list[Sent]:
        """A small file, and the yes to it."""
        self.told += 1
        start = [BEGINS - (self.told * 50 + step) * STEP for step in range(50)]
        lines, readings = [], set()
        for each in start:
            at = datetime.fromtimestamp(each // 1000, TOKYO).strftime("%Y-%m-%d %H:%M:%S +0900")
            lines.append(HEART_RATE.format(at=at, value=70 + self.number))
            readings.add(("Apple Watch", each, float(70 + self.number)))
        import_id = str(new_id())
        file = APPLE.format("".join(lines)).encode()
        keep = Sent(f"{self.imports}/{import_id}/keep", b"", frozenset(readings))
        return [
            Sent(f"{self.imports}?name=export.xml", file, frozenset(), {"Idempotency-Key": import_id}),
            keep,
        ]

    def work(self, port: int) -> None:
        """Tell one deed after another until nobody answers any more."""
        while True:
            try:
                while self.open:
                    self.tell(port, self.open[0])
                    self.answered.append(self.open.pop(0))
            except (OSError, HTTPException):
                return
            self.open = self.uploads() if self.number == 3 else self.posts()

    def tell(self, port: int, sent: Sent) -> None:
        """One deed; anything but a good answer is a mistake of the server."""
        wire = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            wire.request("POST", sent.path, sent.body, {**self.token, **sent.headers})
            answer = wire.getresponse()
            said = answer.read()
            assert answer.status in (200, 201), said
            counts = json.loads(said)
            if "same" in counts:
                assert counts["new"] + counts["same"] == len(sent.readings)
        finally:
            wire.close()


@contextmanager
def killable(settings: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server in a group of processes of its own; whatever happens, nothing of it is left."""
    command = [sys.executable, "-c", SERVER, str(port)]
    process = subprocess.Popen(command, env={**os.environ, **settings}, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def asked(port: int, path: str, body: object = None) -> tuple[int, Any]:
    wire = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        wire.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body))
        answer = wire.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, HTTPException):
        return 0, None
    finally:
        wire.close()


def signed_in(port: int, record: UUID, number: int) -> Device:
    device = str(new_id())
    body = {"email": email("hanako"), "password": PASSWORD, "device": {"id": device, "label": "device"}}
    status, said = asked(port, "/api/sign-in", body)
    assert status == 200, said
    token = {"Authorization": f"Bearer {said['access']}", "Tomoni-Device": device}
    here = f"/api/records/{record}"
    return Device(number, token, f"{here}/streams", f"{here}/imports")


def there(cast: Cast) -> Counter[Reading]:
    """Every reading that can be read."""
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        found: Counter[Reading] = Counter()
        for each in between(record, "heart_rate", 0, 4_102_444_800_000):
            found.update((each.source, *pair) for pair in zip(each.start, each.value, strict=True))
    return found


def summed_up(cast: Cast) -> dict[date, tuple[int, float | None, float | None]]:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        days = summaries.days(record, "heart_rate", date(2025, 1, 1), date(2027, 12, 31))
        return {day.date: (day.count, day.least, day.most) for day in days}


def refreshed(cast: Cast) -> None:
    """Sum up everything again from what is stored: a day that had not been in step would come out otherwise."""
    first, last = date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    epoch = date(1970, 1, 1).toordinal()
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        record.next_number()
        summaries.refresh(record, {"heart_rate": set(range(first - epoch, last - epoch))})


@pytest.fixture
def environment(settings: Settings, secrets: dict[str, str]) -> dict[str, str]:
    named = {"TOMONI_DATABASE_URL": settings.database_url, "TOMONI_PUBLIC_URL": settings.public_url}
    return {**secrets, **named, "TOMONI_DATA_DIR": str(settings.data_dir)}


def test_killed_under_load_it_loses_and_doubles_nothing(
    cast: Cast, house: House, environment: dict[str, str]
) -> None:
    devices: list[Device] = []
    port = free_port()
    for turn in range(KILLS["sqlite" if house.database.is_sqlite else "postgres"] + 1):
        with killable(environment, port) as server:
            until(lambda: asked(port, "/api/me")[0] == 401, "the first answer")
            devices = devices or [signed_in(port, cast.record, number) for number in range(4)]
            settle(cast, devices, port)
            if turn:
                compare(cast, devices)
            threads = [threading.Thread(target=device.work, args=(port,)) for device in devices]
            for thread in threads:
                thread.start()
            enough = answered(devices) + random.randrange(1, 40)
            while answered(devices) < enough:  # as many deeds, however busy the machine is
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.01))
            os.killpg(server.pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
    with killable(environment, port):
        until(lambda: asked(port, "/api/me")[0] == 401, "the first answer")
        settle(cast, devices, port)
        compare(cast, devices)
    assert all(device.answered for device in devices)


def answered(devices: list[Device]) -> int:
    return sum(len(device.answered) for device in devices)


def settle(cast: Cast, devices: list[Device], port: int) -> None:
    """What was answered is there before anybody says it again; what was not answered is there whole or not at all."""
    found = set(there(cast))
    for device in devices:
        for sent in device.answered:
            assert sent.readings <= found
    known = frozenset(reading for device in devices for sent in device.answered for reading in sent.readings)
    for device in devices:
        for sent in device.open:
            here = (sent.readings - known) & found
            others = {r for each in devices for s in each.open if s is not sent for r in s.readings}
            assert not here - others or sent.readings <= found
        while device.open:
            device.tell(port, device.open[0])
            device.answered.append(device.open.pop(0))


def compare(cast: Cast, devices: list[Device]) -> None:
    """The record is exactly what was answered, each reading once, and its days are what the readings say."""
    expected = {reading for device in devices for sent in device.answered for reading in sent.readings}
    found = there(cast)
    assert max(found.values(), default=1) == 1
    assert set(found) == expected
    before = summed_up(cast)
    refreshed(cast)
    assert summed_up(cast) == before
    by_day = Counter(datetime.fromtimestamp(start // 1000, TOKYO).date() for _, start, _ in expected)
    assert set(before) == set(by_day)
