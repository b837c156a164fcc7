"""The shelf of packed days: taking sealed chunks and quarters out, and putting them back. Asks nobody: words do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from backend.seal import Key
from backend.wearables.chunks import Chunk
from backend.wearables.packing import unpack
from backend.wearables.quarters import Quarters, unpack_quarters
from backend.wearables.tables import StreamSourceRow, WearableDayRow

_DAYS = cast("Table", WearableDayRow.__table__)
_CHUNK = "wearable_days.sealed"
_QUARTERS = "wearable_days.extremes"
_NAME = "stream_sources.sealed"
# Worn on the body and measuring all day; then what we cannot place; a telephone lies on the table half of the day.
_WORN = (
    "watch",
    "ウォッチ",
    "band",
    "バンド",
    "fitbit",
    "garmin",
    "ring",
    "oura",
    "whoop",
    "libre",
    "dexcom",
)
_CARRIED = ("phone", "pixel", "galaxy", "スマホ", "android", "xperia", "aquos")


@dataclass(frozen=True, slots=True)
class Source:
    """A device or app that readings come from. The least ``priority`` is the best; equal ones go by name."""

    id: int
    name: str
    priority: int


@dataclass(frozen=True, slots=True)
class PackedDay:
    """What is kept of one UTC day of a stream and source, packed and not yet sealed."""

    day: int
    count: int
    packed: bytes
    quarters: bytes


def sources(session: Session, key: Key) -> list[Source]:
    """All sources of the record of ``key``, the best first."""
    rows = session.scalars(select(StreamSourceRow).where(StreamSourceRow.record_id == key.owner))
    found = [Source(row.id, key.open(_NAME, row.id, row.sealed).decode(), row.priority) for row in rows]
    return sorted(found, key=lambda source: (source.priority, source.name))


def source_id(session: Session, key: Key, name: str) -> int | None:
    """The number of a source by its name."""
    digest = key.digest("stream_sources", name)
    statement = select(StreamSourceRow.id).where(
        StreamSourceRow.record_id == key.owner, StreamSourceRow.digest == digest
    )
    return session.scalar(statement)


def know_source(session: Session, key: Key, name: str) -> int:
    """The number of a source, which it gets when it is first met."""
    known = source_id(session, key, name)
    if known is not None:
        return known
    last = select(func.max(StreamSourceRow.id)).where(StreamSourceRow.record_id == key.owner)
    number = (session.scalar(last) or 0) + 1
    session.execute(
        insert(StreamSourceRow).values(
            record_id=key.owner,
            id=number,
            digest=key.digest("stream_sources", name),
            sealed=key.seal(_NAME, number, name.encode()),
            priority=usual_priority(name),
        )
    )
    return number


def usual_priority(name: str) -> int:
    """Guessed from the name, not from who came first: the order of imports must not change a day (ours, no source)."""
    lower = name.casefold()
    if any(word in lower for word in _WORN):
        return 10
    return 30 if any(word in lower for word in _CARRIED) else 20


def take(session: Session, key: Key, stream: str, source: int, days: Sequence[int]) -> dict[int, bytes]:
    """The packed chunks of these days, by day; days without readings are left out."""
    statement = select(_DAYS.c.day, _DAYS.c.sealed).where(
        _DAYS.c.record_id == key.owner,
        _DAYS.c.stream == stream,
        _DAYS.c.source_id == source,
        _DAYS.c.day.in_(days),
    )
    rows = session.execute(statement)
    return {day: key.open(_CHUNK, f"{stream}|{day}|{source}", sealed) for day, sealed in rows}


def put(session: Session, key: Key, stream: str, source: int, days: Iterable[PackedDay]) -> None:
    """Keep new days; those that were there are to be removed first."""
    rows = []
    for day in days:
        place = f"{stream}|{day.day}|{source}"
        rows.append(
            {
                "record_id": key.owner,
                "stream": stream,
                "day": day.day,
                "source_id": source,
                "count": day.count,
                "size": len(day.packed),
                "extremes": key.seal(_QUARTERS, place, day.quarters),
                "sealed": key.seal(_CHUNK, place, day.packed),
            }
        )
    if rows:
        session.execute(insert(_DAYS), rows)


def remove(session: Session, key: Key, stream: str, source: int, days: Sequence[int]) -> None:
    """Take days off the shelf."""
    if days:
        session.execute(
            delete(_DAYS).where(
                _DAYS.c.record_id == key.owner,
                _DAYS.c.stream == stream,
                _DAYS.c.source_id == source,
                _DAYS.c.day.in_(days),
            )
        )


def chunks(session: Session, key: Key, stream: str, first: int, last: int) -> Iterator[tuple[int, Chunk]]:
    """Source and chunk of each UTC day from ``first`` to ``last``, in order of days."""
    statement = (
        select(_DAYS.c.day, _DAYS.c.source_id, _DAYS.c.sealed)
        .where(_DAYS.c.record_id == key.owner, _DAYS.c.stream == stream)
        .where(_DAYS.c.day.between(first, last))
        .order_by(_DAYS.c.day, _DAYS.c.source_id)
    )
    for day, source, sealed in session.execute(statement):
        yield source, unpack(key.open(_CHUNK, f"{stream}|{day}|{source}", sealed))


def quarters(session: Session, key: Key, stream: str, first: int, last: int) -> list[Quarters]:
    """The quarters of the UTC days ``first`` to ``last`` by source, the best source first."""
    statement = (
        select(_DAYS.c.day, _DAYS.c.source_id, _DAYS.c.extremes)
        .where(_DAYS.c.record_id == key.owner, _DAYS.c.stream == stream)
        .where(_DAYS.c.day.between(first, last))
        .order_by(_DAYS.c.day)
    )
    found: dict[int, list[bytes]] = {}
    for day, source, sealed in session.execute(statement):
        opened = key.open(_QUARTERS, f"{stream}|{day}|{source}", sealed)
        found.setdefault(source, []).append(opened)
    return [unpack_quarters(found[source.id]) for source in sources(session, key) if source.id in found]
