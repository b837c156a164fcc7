"""Readings of streams that a device told this phone, sealed, until the server has them.

A delivery is closed before it is sent (its rows get its id), so that a repeated post is the same delivery.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from uuid import UUID

from mobile.store.opening import Opened, Store
from mobile.store.rows import number_in, whose
from shared import strict_json
from shared.columns_schema import Delivered, readings_from, readings_members
from shared.ids import new_id
from shared.streams import Readings

# How many pieces go with one delivery.
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class _Row:
    n: int
    readings: Readings


def keep(store: Store, record_id: UUID, readings: Readings) -> None:
    """Keep a piece of a stream until it is told."""
    opened = store.begin_record(record_id, own=True)
    text = strict_json.dumps(readings_members(readings))
    place = ("flows", *whose(store, opened), readings.stream)
    sealed = opened.lock.seal(text.encode(), *place)
    with store.writing() as db:
        db.execute(
            "INSERT INTO flows (account, record_id, stream, count, sealed) VALUES (?, ?, ?, ?, ?)",
            (*whose(store, opened), readings.stream, len(readings), sealed),
        )


def waiting(store: Store, record_id: UUID) -> int:
    """How many readings wait to be told, those that were refused too."""
    opened = store.begin_record(record_id, own=True)
    ((count,),) = store.rows(
        "SELECT coalesce(sum(count), 0) FROM flows WHERE account = ? AND record_id = ?", *whose(store, opened)
    )
    return number_in(count)


def next_delivery(store: Store, record_id: UUID) -> Delivered | None:
    """The oldest delivery that the server does not have; closed now if it was open. None when there is nothing."""
    opened = store.begin_record(record_id, own=True)
    which = whose(store, opened)
    with store.writing() as db:
        found = db.execute(
            "SELECT n, stream, delivery, sealed FROM flows WHERE account = ? AND record_id = ? AND NOT refused"
            " ORDER BY delivery IS NULL, n LIMIT 1",
            which,
        ).fetchone()
        if found is None:
            return None
        _, stream, delivery, sealed = found
        if delivery is None:
            delivery = str(new_id())
            source = _readings(store, opened, str(stream), sealed).source
            for n in _same_source(store, opened, str(stream), source):
                db.execute("UPDATE flows SET delivery = ? WHERE n = ?", (delivery, n))
    rows = store.rows(
        "SELECT sealed FROM flows WHERE account = ? AND record_id = ? AND delivery = ? ORDER BY n",
        *which,
        delivery,
    )
    pieces = [_readings(store, opened, str(stream), row[0]) for row in rows]
    return Delivered(UUID(delivery), _joined(pieces))


def mark_told(store: Store, record_id: UUID, delivery: UUID) -> None:
    """The server has it, so it need not be kept here any more."""
    opened = store.begin_record(record_id, own=True)
    with store.writing() as db:
        db.execute(
            "DELETE FROM flows WHERE account = ? AND record_id = ? AND delivery = ?",
            (*whose(store, opened), str(delivery)),
        )


def mark_refused(store: Store, record_id: UUID, delivery: UUID) -> None:
    """The server would not take it: it stays here, and is not sent again by itself."""
    opened = store.begin_record(record_id, own=True)
    with store.writing() as db:
        db.execute(
            "UPDATE flows SET refused = 1 WHERE account = ? AND record_id = ? AND delivery = ?",
            (*whose(store, opened), str(delivery)),
        )


def _same_source(store: Store, opened: Opened, stream: str, source: str) -> list[int]:
    rows = store.rows(
        "SELECT n, sealed FROM flows WHERE account = ? AND record_id = ? AND stream = ? AND delivery IS NULL"
        " AND NOT refused ORDER BY n LIMIT ?",
        *whose(store, opened),
        stream,
        AT_ONCE,
    )
    return [number_in(n) for n, sealed in rows if _readings(store, opened, stream, sealed).source == source]


def _readings(store: Store, opened: Opened, stream: str, sealed: object) -> Readings:
    text = store.unsealed(opened.lock, sealed, "flows", *whose(store, opened), stream)
    return readings_from(strict_json.loads(text))


def _joined(pieces: list[Readings]) -> Readings:
    start, end, value = array("q"), array("q"), array("d")
    for piece in pieces:
        start += piece.start
        end += piece.end
        value += piece.value
    return Readings(pieces[0].stream, pieces[0].source, start, end, value)
