"""The shelf of packed days: taking sealed chunks and quarters out, and putting them back. Asks nobody: words do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import Table, and_, bindparam, case, delete, select, update
from sqlalchemy.orm import Session

from backend.db import MANY, insert_many
from backend.seal import Key, SealedBytes
from backend.statements import Soon, Statement
from backend.wearables.chunks import Chunk
from backend.wearables.packing import unpack
from backend.wearables.quarters import Quarters, joined, unpack_quarters
from backend.wearables.tables import StreamSourceRow, WearableDayRow

_DAYS = cast("Table", WearableDayRow.__table__)
_SOURCES = cast("Table", StreamSourceRow.__table__)
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
# Asked at every post, so made once: making a statement costs several times what asking it does.
_ALL_SOURCES = Statement(
    select(_SOURCES.c.id, _SOURCES.c.sealed, _SOURCES.c.priority).where(
        _SOURCES.c.record_id == bindparam("record")
    )
)
_NEW_SOURCE = Statement.row_of(_SOURCES)
_OF_STREAM = (_DAYS.c.record_id == bindparam("record"), _DAYS.c.stream == bindparam("in_stream"))
_AROUND_THEM = _DAYS.c.day.between(bindparam("low"), bindparam("high"))
# The source by its digest: it is asked for before anybody has looked up its number.
_NUMBER = (
    select(_SOURCES.c.id)
    .where(_SOURCES.c.record_id == bindparam("record"), _SOURCES.c.digest == bindparam("source"))
    .scalar_subquery()
)
_MINE = and_(_DAYS.c.source_id == _NUMBER, _DAYS.c.day.between(bindparam("first"), bindparam("last")))
# One look for what is merged with and for what is summed up beside it. The long column is read where it is needed.
_AROUND = Statement(
    select(
        _DAYS.c.day,
        _DAYS.c.source_id,
        _DAYS.c.extremes,
        case((_MINE, _DAYS.c.sealed), else_=None).label("sealed"),
    )
    .where(*_OF_STREAM, _AROUND_THEM)
    .order_by(_DAYS.c.day)
)
_EXTREMES = Statement(
    select(_DAYS.c.day, _DAYS.c.source_id, _DAYS.c.extremes)
    .where(*_OF_STREAM, _AROUND_THEM)
    .order_by(_DAYS.c.day)
)
_NEW_DAY = Statement.row_of(_DAYS)
_REPLACE = Statement(
    update(_DAYS)
    .where(*_OF_STREAM, _DAYS.c.day == bindparam("on_day"), _DAYS.c.source_id == bindparam("source"))
    .values(
        count=bindparam("new_count"), size=bindparam("new_size"), extremes=bindparam("new_extremes"),
        sealed=bindparam("new_sealed"),
    )
)  # fmt: skip
_HAND = "wearable_days_in_hand"  # in ``session.info``
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


@dataclass(slots=True)
class Around:
    """What the shelf has of a stream on the UTC days ``first`` to ``last``, from all sources (``order``: best first).

    ``extremes``: sealed, by source and day. ``chunks``: of the one source that was asked for, by day. ``fresh``: what
    was packed a moment ago, by source and not yet sealed again: to sum it up it need not be opened.
    """

    first: int
    last: int
    order: list[int] = field(default_factory=list)
    extremes: dict[int, dict[int, SealedBytes]] = field(default_factory=dict)
    chunks: dict[int, bytes] = field(default_factory=dict)
    fresh: dict[int, list[Quarters]] = field(default_factory=dict)

    def replace(self, source: int, days: Iterable[int], quarters: Sequence[Quarters]) -> None:
        """These days of ``source`` are now what ``quarters`` say."""
        closed = self.extremes.get(source, {})
        for day in days:
            closed.pop(day, None)
        self.fresh.setdefault(source, []).extend(quarters)

    def quarters(self, key: Key, stream: str) -> dict[int, Quarters]:
        """By source, the best first."""
        found = {}
        for source in self.order:
            parts = list(self.fresh.get(source, []))
            closed = self.extremes.get(source)
            if closed:
                parts.append(unpack_quarters(_opened(key, stream, source, closed)))
            if parts:
                found[source] = joined(parts)
        return found


def _opened(key: Key, stream: str, source: int, closed: dict[int, SealedBytes]) -> list[bytes]:
    return [key.open(_QUARTERS, f"{stream}|{day}|{source}", sealed) for day, sealed in closed.items()]


def sources_soon(session: Session, key: Key) -> Soon:
    """Ask for what `sources` will read."""
    return _ALL_SOURCES.soon(session, {"record": key.owner})


def sources(session: Session, key: Key, asked: Soon | None = None) -> list[Source]:
    """All sources of the record of ``key``, the best first."""
    rows = (asked or sources_soon(session, key)).rows()
    found = [Source(row.id, key.open(_NAME, row.id, row.sealed).decode(), row.priority) for row in rows]
    return sorted(found, key=lambda source: (source.priority, source.name))


def source_id(session: Session, key: Key, name: str) -> int | None:
    """The number of a source by its name."""
    digest = key.digest("stream_sources", name)
    statement = select(StreamSourceRow.id).where(
        StreamSourceRow.record_id == key.owner, StreamSourceRow.digest == digest
    )
    return session.scalar(statement)


def know_source(session: Session, key: Key, name: str, known: list[Source]) -> int:
    """The number of a source, which it gets when it is first met; then it stands among those that are ``known``."""
    for source in known:
        if source.name == name:
            return source.id
    new = Source(max((source.id for source in known), default=0) + 1, name, usual_priority(name))
    _NEW_SOURCE.tell(
        session,
        {
            "record_id": key.owner,
            "id": new.id,
            "digest": key.digest("stream_sources", name),
            "sealed": key.seal(_NAME, new.id, name.encode()),
            "priority": new.priority,
        },
    )
    known.append(new)
    known.sort(key=lambda source: (source.priority, source.name))
    return new.id


def rank(session: Session, key: Key, ids: Sequence[int]) -> None:
    """Put the sources ``ids`` into this order, before every usual priority; what is in hand is in no order any more."""
    session.info.pop(_HAND, None)
    for place, id in enumerate(ids):
        session.execute(
            update(_SOURCES)
            .where(_SOURCES.c.record_id == key.owner, _SOURCES.c.id == id)
            .values(priority=place - len(ids))
        )


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


def around_soon(session: Session, key: Key, stream: str, source: str, days: range) -> Soon:
    """Ask for what `around` will read; the source by its name."""
    asked = {"record": key.owner, "in_stream": stream, "source": key.digest("stream_sources", source)}
    asked |= {"first": days[0], "last": days[-1], "low": days[0] - 1, "high": days[-1] + 1}
    return _AROUND.soon(session, asked)


def around(asked: Soon, days: range) -> Around:
    """What is there of a stream on ``days`` and the two beside them, with the chunks of the source asked for."""
    found = Around(days[0] - 1, days[-1] + 1)
    for row in asked.rows():
        found.extremes.setdefault(row.source_id, {})[row.day] = row.extremes
        if row.sealed is not None:
            found.chunks[row.day] = row.sealed
    return found


def hold(session: Session, key: Key, stream: str, held: Around) -> None:
    """Keep in hand, until `let_go`, what was just read and written of a stream: summing up need not read it again."""
    session.info.setdefault(_HAND, {})[key.owner, stream] = held


def let_go(session: Session) -> None:
    """The merge is over; whoever reads now asks the shelf."""
    session.info.pop(_HAND, None)


def open_chunk(key: Key, stream: str, source: int, day: int, sealed: bytes) -> bytes:
    """The packed chunk of a day."""
    return key.open(_CHUNK, f"{stream}|{day}|{source}", sealed)


def put(session: Session, key: Key, stream: str, source: int, days: Iterable[PackedDay]) -> None:
    """Keep days that were not there."""
    session.info.get(_HAND, {}).pop((key.owner, stream), None)
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
    if len(rows) < MANY:
        _NEW_DAY.tell(session, *rows)
    else:
        insert_many(session, _DAYS, rows)


def replace(session: Session, key: Key, stream: str, source: int, days: Iterable[PackedDay]) -> None:
    """Keep days in place of what was there of them."""
    session.info.get(_HAND, {}).pop((key.owner, stream), None)
    rows = []
    for day in days:
        place = f"{stream}|{day.day}|{source}"
        rows.append(
            {
                "record": key.owner,
                "in_stream": stream,
                "on_day": day.day,
                "source": source,
                "new_count": day.count,
                "new_size": len(day.packed),
                "new_extremes": key.seal(_QUARTERS, place, day.quarters),
                "new_sealed": key.seal(_CHUNK, place, day.packed),
            }
        )
    _REPLACE.tell(session, *rows)


def remove(session: Session, key: Key, stream: str, source: int, days: Sequence[int]) -> None:
    """Take days off the shelf."""
    session.info.get(_HAND, {}).pop((key.owner, stream), None)
    if days:
        session.execute(
            delete(_DAYS).where(
                _DAYS.c.record_id == key.owner,
                _DAYS.c.stream == stream,
                _DAYS.c.source_id == source,
                _DAYS.c.day.in_(days),
            )
        )


def packed(
    session: Session, key: Key, stream: str, first: int, last: int
) -> Iterator[tuple[int, int, bytes]]:
    """Day, source and packed chunk of each UTC day from ``first`` to ``last``, in order of days."""
    statement = (
        select(_DAYS.c.day, _DAYS.c.source_id, _DAYS.c.sealed)
        .where(_DAYS.c.record_id == key.owner, _DAYS.c.stream == stream)
        .where(_DAYS.c.day.between(first, last))
        .order_by(_DAYS.c.day, _DAYS.c.source_id)
    )
    for day, source, sealed in session.execute(statement):
        yield day, source, key.open(_CHUNK, f"{stream}|{day}|{source}", sealed)


def chunks(session: Session, key: Key, stream: str, first: int, last: int) -> Iterator[tuple[int, Chunk]]:
    """Source and chunk of each UTC day from ``first`` to ``last``, in order of days."""
    for _, source, plain in packed(session, key, stream, first, last):
        yield source, unpack(plain)


def quarters(session: Session, key: Key, stream: str, first: int, last: int) -> list[Quarters]:
    """The quarters of the UTC days ``first`` to ``last`` by source, the best source first."""
    return list(quarters_by_source(session, key, stream, first, last).values())


def quarters_by_source(session: Session, key: Key, stream: str, first: int, last: int) -> dict[int, Quarters]:
    """The quarters of the UTC days ``first`` to ``last`` by number of the source, the best source first.

    What is in hand is not read again; it may then hold days beside those that were asked for.
    """
    held: Around | None = session.info.get(_HAND, {}).get((key.owner, stream))
    if held is None or first < held.first or held.last < last:
        held = Around(first, last, [source.id for source in sources(session, key)])
        asked = {"record": key.owner, "in_stream": stream, "low": first, "high": last}
        for row in _EXTREMES.rows(session, asked):
            held.extremes.setdefault(row.source_id, {})[row.day] = row.extremes
    return held.quarters(key, stream)
