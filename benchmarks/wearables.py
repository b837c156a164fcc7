"""How fast wearable readings become durable, and how small they are: each figure beside its limit.

Everything a merge does is timed: sorting out days, packing, sealing, quarters of an hour, day summaries, the glance
and the commit. Beside it the barest row table in the same kind of file, neither sealed nor summed up.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.consent.tables import VisitRow
from backend.db import Base, Database
from backend.records import records
from backend.records.compared import Compared
from backend.records.records import Glance
from backend.seal import KeyRing
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
    hand_over(merging())
