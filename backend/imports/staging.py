"""Staging: what was found in a file, sealed and out of sight until the owner keeps it; and what was not understood."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_DAYS_AT_ONCE = 200
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
    """One staged day as bytes, its number in the import, and what it is ordered by: ``source`` is a number."""

    seq: int
    stream: str
    source: int
    day: int
    packed: bytes


def write_days(session: Session, key: Key, import_id: UUID, days: Sequence[Day]) -> None:
    """Write some days."""
    rows = [
        {
            "record_id": key.owner,
            "import_id": import_id,
            "seq": day.seq,
            "stream": day.stream,
            "source": day.source,
            "day": day.day,
            "sealed": key.seal(_DAYS, _place(import_id, "day", day.seq), day.packed),
        }
        for day in days
    ]
    if rows:
        session.execute(insert(StagedDayRow), rows)


def streams(session: Session, record_id: UUID, import_id: UUID) -> list[str]:
    """The streams of which days are staged."""
    statement = select(StagedDayRow.stream).where(*_days_of(record_id, import_id)).distinct()
    return sorted(session.scalars(statement))


def read_days(session: Session, key: Key, import_id: UUID, stream: str) -> Iterator[bytes]:
    """The days of a stream, by source and day; pieces of one day follow one another. Few are in memory at a time."""
    here = _days_of(key.owner, import_id)
    order = select(StagedDayRow.seq).where(*here, StagedDayRow.stream == stream)
    order = order.order_by(StagedDayRow.source, StagedDayRow.day, StagedDayRow.seq)
    seqs = array("q", session.scalars(order))
    for first in range(0, len(seqs), _DAYS_AT_ONCE):
        some = seqs[first : first + _DAYS_AT_ONCE].tolist()
        rows = session.execute(
            select(StagedDayRow.seq, StagedDayRow.sealed).where(*here, StagedDayRow.seq.in_(some))
        )
        found = dict(rows.all())
        for seq in some:
            yield key.open(_DAYS, _place(import_id, "day", seq), found[seq])


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
