"""How fast a doctor opens a full record: 5 years of blood pressure, 4 a day, and 3 years of five-minute heart rate.

Through the whole app (proof of who asks, consent, visitors' book, commit) on a SQLite file, one request at a time.
The trends in another record: 10 years of blood pressure, 4 a day, and of weights.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend import demo_recordings
from backend.accounts.accounts import NewPerson, Person, add_facility
from backend.app import create_app
from backend.consent import grants
from backend.consent.opened import OpenRecord, every_right
from backend.house import House
from backend.migrating import migrate
from backend.records import records
from backend.records.records import Glance
from backend.secrets_file import new_secrets
from backend.serving import settle
from backend.settings import Settings
from backend.vitals import imported
from backend.wearables import merging
from backend.wearables.recordings import RECORDINGS
from backend.worklist.chart import MOST_DAYS
from benchmarks.figures import Figure, hand_over
from shared import clock
from shared.consent import GRANTABLE, Grant, Purpose, Right, Role, Viewer
from shared.ids import new_id
from shared.streams import Readings
from shared.vitals import BloodPressure, Vital

PASSWORD = "three words and a cat"
PRESSURE_DAYS, HEART_DAYS = 1825, 1095
LIMIT_MS = 100.0
# Exact slopes over all days, mornings and evenings, upper and lower, and of weights, in four windows.
TREND_DAYS, TRENDS_LIMIT_MS, TRENDS_REQUESTS = 3650, 500.0, 12
ROUNDS, REQUESTS = 3, 60


@dataclass(frozen=True, slots=True)
class Full:
    """A server with the full record in it, and the doctor's browser, signed in."""

    house: House
    client: FlaskClient
    record: str
    owner: Viewer


@contextmanager
def full_record(fill: Callable[[OpenRecord], None]) -> Iterator[Full]:
    """A record with what ``fill`` puts into it, shared with the doctor; made once."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tomoni.db'}"
        migrate(url)
        named = {
            "TOMONI_DATABASE_URL": url,
            "TOMONI_PUBLIC_URL": "http://localhost",
            "TOMONI_DATA_DIR": folder,
        }
        app = create_app(Settings.from_env({**new_secrets(), **named}))
        house: House = app.extensions["tomoni_house"]
        with house.database.transaction() as session:
            record = _begun(house, session)
            fill(record)
        settle()
        yield Full(house, _signed_in(app), str(record.id), record.viewer)
        house.database.close()


def _begun(house: House, session: Session) -> OpenRecord:
    hanako = _person(house, session, "hanako", Role.PATIENT)
    sato = _person(house, session, "sato", Role.PRACTITIONER)
    begun = records.begin(session, house.ring, new_id(), hanako.id, Glance("山田 花子", "", "1948-04-12"))
    record = house.opener.open_parts(session, hanako.viewer, begun.id, every_right(hanako.viewer))
    now = clock.now()
    scopes, rights = frozenset(GRANTABLE), frozenset({Right.READ})
    until = now + timedelta(days=90)
    care = frozenset({Purpose.CARE})
    grants.give(record, Grant(new_id(), record.id, sato.id, scopes, rights, care, now, until))
    return record


def _five_years(record: OpenRecord) -> None:
    """Takes about a quarter of a minute."""
    pressures = list(_pressures(record))
    imported.keep_many(record, [(vital, str(vital.id)) for vital in pressures], new_id())
    merging.deliver(record, new_id(), [_heart_rates()])
    today = clock.now().astimezone(record.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    made = demo_recordings.recorded(today, random.Random(3))
    RECORDINGS.keep_many(record, [(each, str(each.id)) for each in made], new_id())


def _ten_years(record: OpenRecord) -> None:
    pressures = list(_pressures(record, TREND_DAYS))
    weights = [
        Vital(new_id(), "weight", each.taken_at, 540, Decimal(500 + nth % 37) / 10)
        for nth, each in enumerate(pressures[::4])
    ]
    imported.keep_many(record, [(vital, str(vital.id)) for vital in (*pressures, *weights)], new_id())


def _person(house: House, session: Session, name: str, role: Role) -> Person:
    facility = add_facility(session, "Clinic") if role is Role.PRACTITIONER else None
    new = NewPerson(new_id(), role, f"{name}@example.jp", PASSWORD, name, facility_id=facility)
    person = house.accounts.sign_up(session, new)
    assert isinstance(person, Person)
    return person


def _pressures(record: OpenRecord, days: int = PRESSURE_DAYS) -> Iterator[Vital]:
    chance = random.Random(1)
    today = clock.now().astimezone(record.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(1, days + 1):
        for hour in (7, 21):
            for minute in (5, 7):
                at = today - timedelta(days=back) + timedelta(hours=hour, minutes=minute)
                yield _pressure(at, chance)


def _pressure(at: datetime, chance: random.Random) -> Vital:
    upper, lower, pulse = chance.randint(105, 160), chance.randint(60, 98), chance.randint(52, 90)
    reading = BloodPressure(Decimal(upper), Decimal(lower), Decimal(pulse))
    return Vital(new_id(), "blood_pressure", at.astimezone(clock.now().tzinfo), 540, reading)


def _heart_rates() -> Readings:
    chance = random.Random(2)
    now = clock.to_ms(clock.now()) // 300_000 * 300_000
    start = array("q", range(now - HEART_DAYS * 86_400_000, now, 300_000))
    return Readings(
        "heart_rate", "Watch", start, start[:], array("d", [float(chance.randint(50, 120)) for _ in start])
    )


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.get("/sign-in", base_url="https://localhost")
    answer = client.post(
        "/sign-in", base_url="https://localhost", data={"email": "sato@example.jp", "password": PASSWORD}
    )
    assert answer.status_code == 303, answer.status
    return client


def figures() -> Iterator[Figure]:
    """Milliseconds: half of the answers come within p50, nineteen of twenty within p95."""
    with full_record(_five_years) as full:
        page = f"/records/{full.record}"
        asked = {
            "page": page,
            "page over 5 years": f"{page}?days={MOST_DAYS}",
            "chart data over 5 years": f"{page}/chart.json?days={MOST_DAYS}",
            "chart picture over 5 years": f"{page}/chart.svg?days={MOST_DAYS}",
            "watches and sensors by day": f"{page}/wearables",
            "watches and sensors by month": f"{page}/wearables?by=month",
            "workouts and two electrocardiograms": f"{page}/recordings",
        }
        yield Figure("blood pressures in the record", PRESSURE_DAYS * 4, "")
        yield Figure("heart rates in the record", HEART_DAYS * 288, "")
        drawn = json.loads(get(full.client, asked["chart data over 5 years"]))
        assert len(drawn["at"]) == PRESSURE_DAYS * 2, "a point of the five years is missing"
        for name, address in asked.items():
            times = calmest(full.client, address)
            yield Figure(f"{name}, size", len(get(full.client, address)) / 1000, "kB")
            yield Figure(f"{name}, p50", times[len(times) // 2], "ms")
            yield Figure(f"{name}, p95", times[int(len(times) * 0.95)], "ms", LIMIT_MS)
    with full_record(_ten_years) as full:
        trends = f"/records/{full.record}/trends"
        get(full.client, trends)
        spent = sorted(_spent(full.client, trends) for _ in range(TRENDS_REQUESTS))
        yield Figure("trends over 10 years, p50, processor", spent[len(spent) // 2], "ms")
        yield Figure(
            f"trends over 10 years, slowest of {TRENDS_REQUESTS}, processor", spent[-1], "ms", TRENDS_LIMIT_MS
        )


def get(client: FlaskClient, address: str) -> bytes:
    """A page that must be there."""
    answer = client.get(address, base_url="https://localhost")
    assert answer.status_code == 200, answer.status
    return bytes(answer.data)


def calmest(client: FlaskClient, address: str) -> list[float]:
    """Sorted milliseconds of the calmest of three rounds, on a server that has answered before."""
    for _ in range(3):
        get(client, address)
    rounds = [sorted(_timed(client, address) for _ in range(REQUESTS)) for _ in range(ROUNDS)]
    return min(rounds, key=lambda times: times[int(len(times) * 0.95)])


def _timed(client: FlaskClient, address: str) -> float:
    begun = time.perf_counter()
    get(client, address)
    return (time.perf_counter() - begun) * 1000


def _spent(client: FlaskClient, address: str) -> float:
    """Milliseconds of the processor, whatever else the machine does meanwhile."""
    begun = time.process_time()
    get(client, address)
    return (time.process_time() - begun) * 1000


if __name__ == "__main__":
    hand_over(figures())
