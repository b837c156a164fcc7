"""Years of readings as they are looked at: a drawing, the daily lines, what they weigh, what one more post costs.

Beside it, in the same kind of database, the barest table of plain rows for the same work: neither sealed, nor summed
up, nor knowing who brought what.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import repeat
from typing import Any, cast
from uuid import UUID

import numpy as np
import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.consent.opened import OpenRecord, every_right
from backend.house import House
from backend.records import records
from backend.records.records import Glance
from backend.wearables import drawing, merging, summaries
from backend.wearables.chunks import DAY_MS
from benchmarks.figures import Figure, hand_over
from benchmarks.served import POSTGRES, SQLITE, Places, places
from benchmarks.wearables import FIRST_DAY, heart_rates
from shared.consent import Role, Viewer
from shared.ids import new_id
from shared.streams import Readings

DAYS, A_DAY, PIXELS = 365, 17_280, 1_000
MOST_DRAW_MS, MOST_DAYS_MS, MOST_BYTES = 20, 5, 2.0
ROUNDS = 60
YEARS = (1, 5, 10)
STREAM = "heart_rate"
BEGINS = FIRST_DAY * DAY_MS
ENDS = BEGINS + DAYS * DAY_MS
ROW_TABLE = "CREATE TABLE plain_rows (stream INTEGER, start BIGINT, value {}, PRIMARY KEY (stream, start))"


@dataclass(frozen=True, slots=True)
class Desk:
    """A house with one record in it."""

    house: House
    record: UUID
    owner: UUID

    @contextmanager
    def opened(self) -> Iterator[OpenRecord]:
        """The record, in a transaction."""
        viewer = Viewer(self.owner, Role.PATIENT)
        with self.house.database.transaction() as session:
            yield self.house.opener.open_parts(session, viewer, self.record, every_right(viewer))

    def deliver(self, readings: Readings) -> None:
        """As one post."""
        with self.opened() as record:
            merging.deliver(record, new_id(), [readings])


@contextmanager
def desk(place: Places, kind: str) -> Iterator[Desk]:
    """A new house."""
    with place(kind) as here:
        house = House.build(here.settings)
        owner, record = new_id(), new_id()
        with house.database.transaction() as session:
            records.begin(session, house.ring, record, owner, Glance("山田 花子"))
        yield Desk(house, record, owner)
        house.database.close()


def figures() -> Iterator[Figure]:
    """All of it on both databases."""
    year = heart_rates(DAYS, A_DAY)
    with places() as place:
        for kind in (SQLITE, POSTGRES):
            yield from _a_year(place, kind, year)
        for kind in (SQLITE, POSTGRES):
            yield from _growing(place, kind)


def _a_year(place: Places, kind: str, year: Readings) -> Iterator[Figure]:
    n = len(year)
    with desk(place, kind) as here:
        empty = _bytes(here, kind)
        begun = time.perf_counter()
        for month in _months(year):
            here.deliver(month)
        inserted = time.perf_counter() - begun
        drawn, read, listed = [], [], []
        with here.opened() as record:
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                found = drawing.points(record, STREAM, BEGINS, ENDS, PIXELS)
                drawn.append(1000 * (time.perf_counter() - begun))
            _equal(found, year)
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                summaries.days(record, STREAM, _day(0), _day(DAYS - 1))
                listed.append(1000 * (time.perf_counter() - begun))
            read.append(_timed(lambda: _all(record)))
        ours = _bytes(here, kind) - empty
        told = f"5-second heart rate of a year ({n / 1e6:.1f} M), {kind}"
        yield Figure(f"drawn at {PIXELS:,} px, p95, {kind}", _p95(drawn), "ms", MOST_DRAW_MS)
        yield Figure(f"365 daily lines, p95, {kind}", _p95(listed), "ms", MOST_DAYS_MS)
        yield Figure(f"{told}: bytes a reading", ours / n, "bytes", MOST_BYTES)
        yield Figure(f"{told}: inserted", n / inserted, "readings/s")
        yield Figure(f"{told}: all read back", n / read[0], "readings/s")
        yield from _plain(here, kind, year, _bytes(here, kind))


def _plain(here: Desk, kind: str, year: Readings, empty: int) -> Iterator[Figure]:
    """The same readings as rows, in the same database; on PostgreSQL by COPY, its quickest way."""
    n = len(year)
    with here.house.database.transaction() as session:
        session.execute(text(ROW_TABLE.format("REAL" if kind == SQLITE else "DOUBLE PRECISION")))

    def insert() -> None:
        with here.house.database.transaction() as session:
            _insert(session, kind, year)

    def read() -> None:
        with here.house.database.transaction() as session:
            rows = session.connection().exec_driver_sql("SELECT start, value FROM plain_rows ORDER BY start")
            assert len(rows.all()) == n

    def draw() -> None:
        asked = (
            "SELECT (start - {0}) * {1} / {2} c, min(value), max(value) FROM plain_rows GROUP BY c ORDER BY c"
        )
        with here.house.database.transaction() as session:
            statement = asked.format(BEGINS, PIXELS, ENDS - BEGINS)
            assert len(session.connection().exec_driver_sql(statement).all()) == PIXELS

    inserted, fetched, drawn = _timed(insert), _timed(read), _timed(draw)
    yield Figure(f"plain rows, {kind}: inserted", n / inserted, "readings/s")
    yield Figure(f"plain rows, {kind}: all read back", n / fetched, "readings/s")
    yield Figure(f"plain rows, {kind}: drawn at {PIXELS:,} px", 1000 * drawn, "ms")
    yield Figure(f"plain rows, {kind}: bytes a reading", (_bytes(here, kind) - empty) / n, "bytes")


def _insert(session: Session, kind: str, year: Readings) -> None:
    connection = session.connection().connection.driver_connection
    rows = zip(repeat(1), year.start, year.value, strict=False)
    if kind == SQLITE:
        cast("Any", connection).executemany("INSERT INTO plain_rows VALUES (?, ?, ?)", rows)
        return
    with (
        cast("psycopg.Connection[Any]", connection).cursor() as cursor,
        cursor.copy("COPY plain_rows FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int4", "int8", "float8"])
        for row in rows:
            copy.write_row(row)


def _growing(place: Places, kind: str) -> Iterator[Figure]:
    """What twelve more readings of a day cost when so many years of five-minute readings are there."""
    with desk(place, kind) as here:
        stored = 0
        for years in YEARS:
            some = heart_rates(365 * years, 288)
            for month in _months(some, 365):
                here.deliver(month)
            taken = []
            for number in range(ROUNDS):
                stored += 1
                start = array(
                    "q", (BEGINS + (180 + number) * DAY_MS + stored * 1000 + 300_000 * n for n in range(12))
                )
                more = Readings(STREAM, "Apple Watch", start, start[:], array("d", [70.0] * 12))
                begun = time.perf_counter()
                here.deliver(more)
                taken.append(1000 * (time.perf_counter() - begun))
            yield Figure(
                f"a day's merge, {years} years stored, {kind}, the middle one", float(np.median(taken)), "ms"
            )


def _equal(found: drawing.Drawn, year: Readings) -> None:
    """The drawing holds the least and the most raw reading of every pixel column, and no others."""
    start, value = np.frombuffer(year.start, np.int64), np.frombuffer(year.value, np.float64)
    quarter = start // 900_000 * 900_000
    columns = (quarter - found.begins) * PIXELS // (found.ends - found.begins)
    drawn = (found.time - found.begins) * PIXELS // (found.ends - found.begins)
    at = np.flatnonzero(np.concatenate(([True], columns[1:] != columns[:-1])))
    here = np.flatnonzero(np.concatenate(([True], drawn[1:] != drawn[:-1])))
    assert np.array_equal(np.minimum.reduceat(value, at), np.minimum.reduceat(found.value, here))
    assert np.array_equal(np.maximum.reduceat(value, at), np.maximum.reduceat(found.value, here))
    assert found.count == len(year)


def _all(record: OpenRecord) -> None:
    from backend.wearables.readings import between

    for first in range(0, DAYS, 30):
        between(record, STREAM, BEGINS + first * DAY_MS, min(BEGINS + (first + 30) * DAY_MS, ENDS))


def _months(readings: Readings, days: int = 30) -> Iterator[Readings]:
    a_day = len(readings) // ((readings.start[-1] - readings.start[0]) // DAY_MS + 1)
    for first in range(0, len(readings), days * a_day):
        part = slice(first, first + days * a_day)
        start = readings.start[part]
        yield Readings(readings.stream, readings.source, start, start[:], readings.value[part])


def _bytes(here: Desk, kind: str) -> int:
    with here.house.database.transaction(writes=False) as session:
        if kind == SQLITE:
            pages = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count,"
            return int(session.execute(text(f"{pages} pragma_page_size")).scalar_one())
        tables = (
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace ="
        )
        return int(session.execute(text(f"{tables} 'public'::regnamespace")).scalar_one())


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=FIRST_DAY + number)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * len(taken))]


def _timed(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


if __name__ == "__main__":
    hand_over(figures())
