"""How fast wearable readings become durable, and how small they are: each figure beside its limit.

Everything a merge does is timed: sorting out days, packing, sealing, quarters of an hour, day summaries, the glance
and the commit. Beside it the barest row table in the same kind of file, neither sealed nor summed up.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from flask.testing import FlaskClient

from backend.app import create_app
from backend.consent.opening import Opener, OpenRecord
from backend.consent.tables import VisitRow
from backend.db import Base, Database
from backend.migrating import migrate
from backend.records import records
from backend.records.records import Glance
from backend.seal import KeyRing
from backend.secrets_file import new_secrets
from backend.settings import Settings
from backend.wearables import merging
from backend.wearables.chunks import DAY_MS
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


def merging_speed() -> dict[str, float]:
    """Readings a second of one transaction into an empty record, then of an overlapping one from another delivery."""
    readings = heart_rates(DAYS, A_DAY)
    fresh, again, row_bytes, chunk_bytes = [], [], 0.0, 0.0
    for _ in range(ROUNDS):
        with house() as (database, opened, path):
            fresh.append(_timed(lambda: _deliver(database, opened, new_id(), readings)))
            chunk_bytes = _file_bytes(path)
            again.append(_timed(lambda: _deliver(database, opened, new_id(), readings)))
    rows = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.db"
            rows.append(_timed(lambda: _plain_rows(path, readings)))  # noqa: B023
            row_bytes = _file_bytes(path)
    n = len(readings)
    return {
        "readings": n,
        "merge_readings_per_s": n / min(fresh),
        "merge_readings_per_s_worst_of_5": n / max(fresh),
        "merge_overlapping_readings_per_s": n / min(again),
        "row_table_readings_per_s": n / min(rows),
        "times_faster_than_rows": min(rows) / min(fresh),
        "file_bytes_per_reading": chunk_bytes / n,
        "row_table_file_bytes_per_reading": row_bytes / n,
    }


def posting_speed() -> dict[str, float]:
    """A year of five-minute readings as one post through every part of the server but the socket.

    From the bytes of the request to the bytes of the answer: who asks, opening and booking, strict parsing, checking,
    merging, commit. When it is answered every day is durable and readable, which is asked of it at once.
    """
    readings = heart_rates(365, 288)
    columns: dict[str, object] = {"stream": readings.stream, "source": readings.source}
    columns |= {"start": readings.start.tolist(), "value": readings.value.tolist()}
    whole, bare, words = [], [], []
    for _ in range(ROUNDS):
        with house() as (database, opened, _):
            words.append(_timed(lambda: _deliver(database, opened, new_id(), readings)))
        with server() as (client, path):
            client.post(
                path, data=_post({**columns, "stream": "spo2"}, 24)
            )  # a server that has answered before
            body = _post(columns, len(readings))
            begun = time.perf_counter()
            orjson.loads(body)
            bare.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            answer = client.post(path, data=body)
            whole.append(time.perf_counter() - begun)
            assert answer.json == {"new": len(readings), "same": 0}, answer.json
            year: Any = client.get(f"{path}/heart_rate/days?from=2024-01-01&to=2026-12-31").json
            assert sum(day["count"] for day in year["days"]) == len(readings)
    n = len(readings)
    return {
        "readings": n,
        "post_readings_per_s": n / min(whole),
        "post_ms": min(whole) * 1000,
        "merge_only_ms": min(words) * 1000,
        "orjson_parse_ms": min(bare) * 1000,
        "orjson_parse_readings_per_s": n / min(bare),
        "times_the_parse": min(whole) / min(bare),
    }


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


def _deliver(
    database: Database, opened: Callable[..., OpenRecord], id: UUID, readings: Readings
) -> merging.Told:
    with database.transaction() as session:
        return merging.deliver(opened(session), id, [readings])


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


def main() -> None:
    """Print the figures, each beside its limit, as one JSON object; exit status 1 when one is missed."""
    merged, posted = merging_speed(), posting_speed()
    limits = {
        "merge_readings_per_s": {"figure": merged["merge_readings_per_s"], "at_least": LEAST_READINGS_PER_S},
        "file_bytes_per_reading": {
            "figure": merged["file_bytes_per_reading"],
            "below": merged["row_table_file_bytes_per_reading"],
        },
    }
    print(json.dumps({"limits": limits, "merging": merged, "posting": posted}, indent=2))
    missed = merged["merge_readings_per_s"] < LEAST_READINGS_PER_S
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
