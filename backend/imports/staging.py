"""Staging: what was found in a file, sealed and out of sight until the owner keeps it; and what was not understood."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from itertools import groupby
from uuid import UUID

import orjson
import zstandard
from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from backend.imports.tables import StagedDayRow, StagedRow
from backend.seal import Key
from shared.formats import Trouble
from shared.problem_messages import MESSAGES
from shared.problems import Problem, Unreadable

_COLUMN = "import_items.sealed"
_DAYS = "import_days.sealed"
# Before every bundle of days; no day has this number.
_BUNDLE = -(2**63)
_HEAD = struct.Struct("<qI")
_ENTRY = struct.Struct("<qI")
_BUNDLE_BYTES = 256 * 1024
TROUBLE = "trouble"
# Of a trouble's own text; the original is kept, so nothing is lost by it.
EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """Some words of one kind (``what``) as JSON values, or some troubles."""

    what: str
    seq: int
    first: int
    values: Sequence[object]


def write(session: Session, key: Key, import_id: UUID, batches: Sequence[Batch]) -> None:
    """Write some batches."""
    if batches:
        session.execute(insert(StagedRow), [_row(key, import_id, batch) for batch in batches])


def _row(key: Key, import_id: UUID, batch: Batch) -> dict[str, object]:
    packed = zstandard.compress(orjson.dumps(batch.values), 3)
    return {
        "record_id": key.owner,
        "import_id": import_id,
        "what": batch.what,
        "seq": batch.seq,
        "first": batch.first,
        "count": len(batch.values),
        "sealed": key.seal(_COLUMN, _place(import_id, batch.what, batch.seq), packed),
    }


def _place(import_id: UUID, what: str, seq: int) -> str:
    return f"{import_id}/{what}/{seq}"


def read(session: Session, key: Key, import_id: UUID, what: str) -> Iterator[Batch]:
    """The batches of one kind in order, one in memory at a time."""
    here = (*_of(key.owner, import_id), StagedRow.what == what)
    count = session.execute(select(func.count()).select_from(StagedRow).where(*here)).scalar_one()
    for seq in range(count):
        row = session.get_one(StagedRow, (key.owner, import_id, what, seq))
        session.expunge(row)
        yield _opened(key, row)


def _opened(key: Key, row: StagedRow) -> Batch:
    packed = key.open(_COLUMN, _place(row.import_id, row.what, row.seq), row.sealed)
    return Batch(row.what, row.seq, row.first, orjson.loads(zstandard.decompress(packed)))


@dataclass(frozen=True, slots=True)
class Day:
    """One staged day as bytes, and what it is ordered by: ``source`` is a number."""

    stream: str
    source: int
    day: int
    packed: bytes


def write_days(session: Session, key: Key, import_id: UUID, days: Sequence[Day], first: int) -> int:
    """Write some days in bundles, the first of which has the number ``first``; the number after the last."""
    rows = []
    for seq, bundle in enumerate(_bundles(days), first):
        plain = _HEAD.pack(_BUNDLE, len(bundle))
        plain += b"".join(_ENTRY.pack(day.day, len(day.packed)) for day in bundle)
        plain += b"".join(day.packed for day in bundle)
        rows.append(
            {
                "record_id": key.owner,
                "import_id": import_id,
                "seq": seq,
                "stream": bundle[0].stream,
                "source": bundle[0].source,
                "day": bundle[0].day,
                "sealed": key.seal(_DAYS, _place(import_id, "day", seq), plain),
            }
        )
    if rows:
        session.execute(insert(StagedDayRow), rows)
    return first + len(rows)


def _bundles(days: Sequence[Day]) -> Iterator[list[Day]]:
    """Days of one stream and source that rise, as many as fit into a bundle: what a row costs is most of a day."""
    bundle: list[Day] = []
    size = 0
    for day in days:
        if bundle:
            last = bundle[-1]
            follows = (day.stream, day.source) == (last.stream, last.source) and day.day >= last.day
            if not follows or size + len(day.packed) > _BUNDLE_BYTES:
                yield bundle
                bundle, size = [], 0
        bundle.append(day)
        size += len(day.packed)
    if bundle:
        yield bundle


def _unbundled(plain: bytes, first: int) -> list[tuple[int, bytes]]:
    """Day and bytes of each day in a bundle; what was staged before there were bundles is the day ``first`` itself."""
    mark, count = _HEAD.unpack_from(plain)
    if mark != _BUNDLE:
        return [(first, plain)]
    at = _HEAD.size + count * _ENTRY.size
    found = []
    for day, length in _ENTRY.iter_unpack(plain[_HEAD.size : at]):
        found.append((day, plain[at : at + length]))
        at += length
    return found


def streams(session: Session, record_id: UUID, import_id: UUID) -> list[str]:
    """The streams of which days are staged."""
    statement = select(StagedDayRow.stream).where(*_days_of(record_id, import_id)).distinct()
    return sorted(session.scalars(statement))


def read_days(session: Session, key: Key, import_id: UUID, stream: str) -> Iterator[bytes]:
    """The days of a stream, by source and day; pieces of one day follow one another. Few are in memory at a time."""
    here = _days_of(key.owner, import_id)
    order = select(StagedDayRow.source, StagedDayRow.day, StagedDayRow.seq).where(
        *here, StagedDayRow.stream == stream
    )
    rows = session.execute(order.order_by(StagedDayRow.source, StagedDayRow.day, StagedDayRow.seq)).all()

    def opened(seq: int, first: int) -> list[tuple[int, bytes]]:
        sealed = session.scalars(select(StagedDayRow.sealed).where(*here, StagedDayRow.seq == seq)).one()
        return _unbundled(key.open(_DAYS, _place(import_id, "day", seq), sealed), first)

    for _, bundles in groupby(rows, key=lambda row: row.source):
        yield from _by_day([(row.day, row.seq) for row in bundles], opened)


def _by_day(
    bundles: Sequence[tuple[int, int]], opened: Callable[[int, int], list[tuple[int, bytes]]]
) -> Iterator[bytes]:
    """The days of bundles in order; only those bundles are open that reach into the day that is next."""
    heap: list[tuple[int, int, int]] = []
    held: dict[int, list[tuple[int, bytes]]] = {}
    for first, seq in (*bundles, (None, 0)):
        while heap and (first is None or heap[0][0] < first):
            _, number, at = heap[0]
            yield held[number][at][1]
            if at + 1 < len(held[number]):
                heapreplace(heap, (held[number][at + 1][0], number, at + 1))
            else:
                heappop(heap)
                del held[number]
        if first is not None:
            held[seq] = opened(seq, first)
            heappush(heap, (first, seq, 0))


def clear(session: Session, record_id: UUID, import_id: UUID) -> None:
    """Remove all that was staged of an import."""
    session.execute(delete(StagedRow).where(*_of(record_id, import_id)))
    session.execute(delete(StagedDayRow).where(*_days_of(record_id, import_id)))


def _of(record_id: UUID, import_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (StagedRow.record_id == record_id, StagedRow.import_id == import_id)


def _days_of(record_id: UUID, import_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (StagedDayRow.record_id == record_id, StagedDayRow.import_id == import_id)


def troubles(session: Session, key: Key, import_id: UUID, after: int, limit: int) -> list[Trouble]:
    """At most ``limit`` troubles, from the one with number ``after`` (0 is the first), in the order of the file."""
    statement = (
        select(StagedRow)
        .where(*_of(key.owner, import_id), StagedRow.what == TROUBLE)
        .where(StagedRow.first < after + limit, StagedRow.first + StagedRow.count > after)
        .order_by(StagedRow.seq)
    )
    found: list[Trouble] = []
    for row in session.scalars(statement):
        batch = _opened(key, row)
        for number, value in enumerate(batch.values, batch.first):
            if after <= number < after + limit:
                found.append(trouble_from(value))
    return found


def trouble_values(trouble: Trouble) -> list[object]:
    """A trouble as JSON values: its problem by code and words, so that it is told in the reader's language."""
    problem: object = trouble.problem
    if isinstance(problem, Problem):
        problem = problem_values(problem)
    return [trouble.where[:EXCERPT], problem, trouble.excerpt[:EXCERPT]]


def trouble_from(value: object) -> Trouble:
    """The trouble of `trouble_values`."""
    assert isinstance(value, list)
    where, problem, excerpt = value
    return Trouble(where, problem if isinstance(problem, str) else problem_from(problem), excerpt)


def problem_values(problem: Problem) -> list[object]:
    """A problem as JSON values; its words as text."""
    return [problem.code, {name: _told(word) for name, word in problem.words.items()}]


def problem_from(value: object) -> Problem:
    """The problem of `problem_values`. A code that is no longer known says that the file could not be read."""
    assert isinstance(value, list)
    code, words = value
    return Unreadable(code, **words) if code in MESSAGES else Unreadable("format_unknown")


def _told(word: object) -> object:
    return word if isinstance(word, int | str) else str(word)
