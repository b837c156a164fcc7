"""Answers: what the person said about a file that leaves something open, and what is remembered of it by format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

import orjson
from sqlalchemy import select

from backend.consent.opened import OpenRecord
from backend.imports.tables import AnswerRow
from shared import clock
from shared.consent import Right, Scope
from shared.formats import FORMATS, Ask, DayOrder, Question, Said
from shared.problems import Invalid, NotThere

_COLUMN = "import_answers.sealed"
# Sheets of different makes that are remembered for a person, and what one of them may have.
MOST_SHEETS = 50
MOST_COLUMNS = 500
# Facts of a question are to be shown: a format that says more than this has lost its way.
_MOST_FACTS = 64 * 1024

NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was answered about files of one format, and when."""

    of: str
    said: Said
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """The question that a file waits for. ``facts`` are what the format shows with it."""

    ask: Ask
    of: str
    facts: Mapping[str, object]


def open_question(question: Question) -> Open:
    """What is kept of a question that a format raised."""
    facts = orjson.dumps(question.facts, default=str)
    return Open(question.ask, question.of, orjson.loads(facts) if len(facts) <= _MOST_FACTS else {})


def checked(said: Said) -> Said:
    """``said`` as it came from outside, or an `Invalid` that names what cannot be."""
    if said == NOTHING:
        raise Invalid("answer_missing")
    if said.zone is not None and said.zone not in available_timezones():
        raise Invalid("zone_unknown", field="zone", zone=said.zone)
    if len(said.columns) > 1 or any(len(each) > MOST_COLUMNS for each in said.columns.values()):
        raise Invalid("invalid_fields", field="columns")
    return said


def merged(known: Said, new: Said) -> Said:
    """What is known after ``new`` was said too: the newer word counts, of sheets each for itself."""
    columns = {name: said for name, said in known.columns.items() if name not in new.columns} | dict(
        new.columns
    )
    newest = dict(list(columns.items())[-MOST_SHEETS:])
    return Said(new.zone or known.zone, new.day_order or known.day_order, newest)


def only(said: Said, asks: Iterable[Ask]) -> Said:
    """Of ``said``, what answers one of ``asks``."""
    wanted = set(asks)
    return Said(
        said.zone if Ask.ZONE in wanted else None,
        said.day_order if Ask.DAY_ORDER in wanted else None,
        said.columns if Ask.COLUMNS in wanted else {},
    )


def asked_in(said: Said) -> set[Ask]:
    """Which questions ``said`` answers."""
    given = {Ask.ZONE: said.zone, Ask.DAY_ORDER: said.day_order, Ask.COLUMNS: said.columns}
    return {ask for ask, value in given.items() if value}


def remembered(record: OpenRecord) -> list[Remembered]:
    """What she answered about earlier files, by format."""
    record.must(Scope.RECORD, Right.READ)
    statement = select(AnswerRow).where(AnswerRow.record_id == record.id).order_by(AnswerRow.format)
    return [_opened(record, row) for row in record.session.scalars(statement) if row.format in FORMATS]


def remember(record: OpenRecord, of: str, said: Said) -> None:
    """The next file of format ``of`` does not ask this again."""
    record.must(Scope.RECORD, Right.WRITE)
    row = record.session.get(AnswerRow, (record.id, of))
    if row is not None:
        said = merged(_opened(record, row).said, said)
    sealed = record.key.seal(_COLUMN, of, orjson.dumps(said_members(said)))
    if row is None:
        row = AnswerRow(record_id=record.id, format=of, answered_at=clock.now(), sealed=sealed)
        record.session.add(row)
    else:
        row.answered_at, row.sealed = clock.now(), sealed
    record.session.flush()


def forget(record: OpenRecord, of: str) -> None:
    """Ask again with the next file of format ``of``. What was read with the answer stays as it is."""
    record.must(Scope.RECORD, Right.WRITE)
    row = record.session.get(AnswerRow, (record.id, of))
    if row is None:
        raise NotThere
    record.session.delete(row)
    record.session.flush()


def said_members(said: Said) -> dict[str, object]:
    """What was said, as JSON members."""
    return {"zone": said.zone, "day_order": said.day_order, "columns": dict(said.columns)}


def said_from(members: Mapping[str, object]) -> Said:
    """The word of `said_members`."""
    zone, order, columns = members.get("zone"), members.get("day_order"), members.get("columns") or {}
    assert isinstance(columns, Mapping)
    return Said(
        str(zone) if zone else None,
        DayOrder(str(order)) if order else None,
        {str(key): tuple(map(str, meanings)) for key, meanings in columns.items()},
    )


def overlaid(earlier: Mapping[str, Said], here: Mapping[str, Said]) -> dict[str, Said]:
    """What was said by format: what she said about this very file counts before what she said earlier."""
    return {of: merged(earlier.get(of, NOTHING), here.get(of, NOTHING)) for of in {**earlier, **here}}


def _opened(record: OpenRecord, row: AnswerRow) -> Remembered:
    plain = record.key.open(_COLUMN, row.format, row.sealed)
    return Remembered(row.format, said_from(orjson.loads(plain)), row.answered_at)
