"""How fast wearable readings become durable, and how small they are: each figure beside its limit.

Everything a merge does is timed: sorting out days, packing, sealing, quarters of an hour, day summaries, the glance
and the commit. Beside it the barest row table in the same kind of file, neither sealed nor summed up.
"""

from __future__ import annotations

import gc
import logging
import random
import sqlite3
import tempfile
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from backend.app import create_app
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.consent.tables import VisitRow
from backend.db import Base, Database
from backend.migrating import migrate
from backend.records import records
from backend.records.compared import Compared
from backend.records.records import Glance
from backend.seal import KeyRing
from backend.secrets_file import new_secrets
from backend.settings import Settings
from backend.wearables import merging as wearables
from backend.wearables.chunks import DAY_MS
from benchmarks.figures import Figure, hand_over
from shared.consent import Right, Role, Scope, Viewer
from shared.ids import new_id
from shared.streams import Readings

DAYS, A_DAY = 60, 17_280
LEAST_READINGS_PER_S = 5_000_000
_ROW_TABLE = (
    "CREATE TABLE r (stream INTEGER, start INTEGER, value REAL, PRIMARY KEY (stream, start)) WITHOUT ROWID"
)
FIRST_DAY = 20_000
ROUNDS = 5
DAYS_POSTED = 365
assert VisitRow.__tablename__ in Base.metadata.tables


def heart_rates(days: int, a_day: int, seed: int = 1) -> Readings:
    """Heart rates of ``days`` days at even steps: a walk between 45 and 180, as a watch on a wrist gives them."""
    rng = random.Random(seed)
    steps = rng.choices((-2, -1, 0, 0, 0, 1, 2), k=days * a_day)
    walk = accumulate(steps, lambda at, step: min(180, max(45, at + step)), initial=62)
    next(walk)
    value = array("d", walk)
    start = array("q", range(FIRST_DAY * DAY_MS, (FIRST_DAY + days) * DAY_MS, DAY_MS // a_day))
    return Readings("heart_rate", "Apple Watch", start, start[:], value)


@contextmanager
def house() -> Iterator[tuple[Database, Callable[..., OpenRecord], Path]]:
    """A fresh SQLite file with one record, and how to open it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        database = Database(f"sqlite:///{path}")
        Base.metadata.create_all(database.engine)
        ring = KeyRing({1: bytes(32)}, b"lookup")
        owner, record_id = new_id(), new_id()
        with database.transaction() as session:
            records.begin(session, ring, record_id, owner, Glance("Hanako"))

        def opened(session: object, right: Right = Right.WRITE) -> OpenRecord:
            parts = [(Scope.WEARABLES, Right.READ), (Scope.WEARABLES, right)]
            viewer = Viewer(owner, Role.PATIENT)
            return Opener(ring).open_parts(session, viewer, record_id, parts)  # type: ignore[arg-type]

        # A server that has answered before: its statements are compiled.
        warm = heart_rates(1, 24)
        _deliver(database, opened, new_id(), replace(warm, stream="spo2", source="Ring"))
        yield database, opened, path
        database.close()


def merging() -> Iterator[Figure]:
    """One transaction into an empty record, then the same readings from another delivery; beside plain rows."""
    readings = heart_rates(DAYS, A_DAY)
    fresh, again, rows, row_bytes, chunk_bytes = [], [], [], 0.0, 0.0
    for _ in range(ROUNDS):
        with house() as (database, opened, path):
            fresh.append(_timed(lambda: _deliver(database, opened, new_id(), readings)))
            chunk_bytes = _file_bytes(path)
            again.append(_timed(lambda: _deliver(database, opened, new_id(), readings)))
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.db"
            rows.append(_timed(lambda: _plain_rows(path, readings)))  # noqa: B023
            row_bytes = _file_bytes(path)
    n = len(readings)
    yield Figure(
        "readings merged in one transaction",
        n / min(fresh),
        "readings/s",
        LEAST_READINGS_PER_S,
        at_least=True,
    )
    yield Figure("the slowest of five", n / max(fresh), "readings/s")
    yield Figure("the same from another delivery", n / min(again), "readings/s")
    yield Figure("plain executemany of the same rows", n / min(rows), "readings/s")
    yield Figure("times faster than plain rows", min(rows) / min(fresh), "x")
    yield Figure("bytes on disk a reading", chunk_bytes / n, "bytes")
    yield Figure("bytes on disk a reading in the row table", row_bytes / n, "bytes")


def posting() -> Iterator[Figure]:
    """A year of five-minute readings as one post: durable and readable when it is answered, which is asked at once.

    From the bytes of the request to the bytes of the answer: who asks, opening and booking, strict parsing, checking,
    merging, sealing, commit. Once inside the process, and once more over a socket of 127.0.0.1.
    """
    readings = heart_rates(DAYS_POSTED, 288)
    columns: dict[str, object] = {"stream": readings.stream, "source": readings.source}
    columns |= {"start": readings.start.tolist(), "value": readings.value.tolist()}
    body = _post(columns, len(readings))
    parses, words, inside, outside = [], [], [], []
    for _ in range(2 * ROUNDS):  # in turns, so that a busy moment falls on none alone
        parses.append(_timed(lambda: orjson.loads(body)))
        with house() as (database, opened, _):
            words.append(_timed(lambda: _deliver(database, opened, new_id(), readings)))
        with server() as (client, path):
            inside.append(_posted(client, path, columns))
        with server() as (client, path), _listening(client) as wire:
            outside.append(_posted(wire, path, columns))
    n, bare = len(readings), min(parses)
    yield Figure("a year posted over HTTP", n / min(outside), "readings/s")
    yield Figure("a year posted over HTTP", min(outside) * 1000, "ms")
    yield Figure("the same inside the process", min(inside) * 1000, "ms")
    yield Figure("of that: merging, sealing, commit", min(words) * 1000, "ms")
    yield Figure("bare orjson parse of the same bytes", bare * 1000, "ms")
    yield Figure("bare orjson parse of the same bytes", n / bare, "readings/s")
    yield Figure("post over HTTP / orjson parse", min(outside) / bare, "x")
    yield Figure("post inside the process / orjson parse", min(inside) / bare, "x")


class Poster(Protocol):
    """The app itself, or a wire to it."""

    def post(self, path: str, *, data: bytes) -> Any: ...
    def get(self, path: str) -> Any: ...


def _posted(client: Poster, path: str, columns: dict[str, object]) -> float:
    """Seconds of posting all of ``columns`` to a server that has answered before; what is kept is asked back."""
    few, whole = _post({**columns, "stream": "spo2"}, 24), _post(columns, 10**6)
    client.post(path, data=few)
    gc.collect()
    begun = time.perf_counter()
    answer = client.post(path, data=whole)
    taken = time.perf_counter() - begun
    posted = DAYS_POSTED * 288
    assert answer.json == {"new": posted, "same": 0}, answer.json
    year: Any = client.get(f"{path}/heart_rate/days?from=2024-01-01&to=2026-12-31").json
    assert sum(day["count"] for day in year["days"]) == posted
    return taken


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire."""

    json: Any


@dataclass(frozen=True, slots=True)
class Wire:
    """One kept connection to the listening app, as the phone keeps it."""

    connection: HTTPConnection
    headers: dict[str, str]

    def post(self, path: str, *, data: bytes) -> Answer:
        """Send and wait for the whole answer."""
        return self._asked("POST", path, data)

    def get(self, path: str) -> Answer:
        """Ask and wait for the whole answer."""
        return self._asked("GET", path, b"")

    def _asked(self, method: str, path: str, data: bytes) -> Answer:
        self.connection.request(method, path, data, self.headers)
        return Answer(orjson.loads(self.connection.getresponse().read()))


@contextmanager
def _listening(client: FlaskClient) -> Iterator[Wire]:
    """The client's app behind a socket of this machine, and a wire to it that is signed in like the client."""
    listening = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    signed = {"Authorization": "HTTP_AUTHORIZATION", "Tomoni-Device": "HTTP_TOMONI_DEVICE"}
    headers = {name: str(client.environ_base[key]) for name, key in signed.items()}
    connection = HTTPConnection("127.0.0.1", listening.server_port)
    try:
        yield Wire(connection, headers)
    finally:
        connection.close()
        listening.shutdown()
        listening.server_close()
        thread.join(10)


def _post(columns: dict[str, object], count: int) -> bytes:
    cut = {name: each[:count] if isinstance(each, list) else each for name, each in columns.items()}
    return orjson.dumps({"delivery": str(new_id()), **cut})


@contextmanager
def server() -> Iterator[tuple[FlaskClient, str]]:
    """The real app over a fresh database, somebody signed in, and where she posts her streams."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        migrate(url)
        named = {
            "TOMONI_DATABASE_URL": url,
            "TOMONI_PUBLIC_URL": "http://localhost",
            "TOMONI_DATA_DIR": folder,
        }
        app = create_app(Settings.from_env({**new_secrets(), **named}))
        client, record_id, device = app.test_client(), new_id(), str(new_id())
        person = {
            "id": str(new_id()),
            "record_id": str(record_id),
            "email": "h@example.jp",
            "name": "山田 花子",
        }
        person |= {"password": "さざ波と みかん畑と 猫のたま", "born_on": "1948-04-12"}
        told: Any = client.post(
            "/api/sign-up", json={**person, "device": {"id": device, "label": "bench"}}
        ).json
        client.environ_base |= {
            "HTTP_AUTHORIZATION": f"Bearer {told['access']}",
            "HTTP_TOMONI_DEVICE": device,
        }
        yield client, f"/api/records/{record_id}/streams"
        app.extensions["tomoni_house"].database.close()


def _deliver(database: Database, opened: Callable[..., OpenRecord], id: UUID, readings: Readings) -> Compared:
    with database.transaction() as session:
        return wearables.deliver(opened(session), id, [readings])


def _plain_rows(path: Path, readings: Readings) -> None:
    """The barest table that could hold them, in one `executemany` and one commit, as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(_ROW_TABLE)
    connection.execute("BEGIN IMMEDIATE")
    rows = zip([1] * len(readings), readings.start, readings.value, strict=True)
    connection.executemany("INSERT INTO r VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()


def _file_bytes(path: Path) -> int:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


def _timed(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    hand_over(chain(merging(), posting()))
