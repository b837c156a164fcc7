"""Reading a file in the inbox: recognise it, take out what it holds, stage that out of sight, or say why not."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from backend import jobs
from backend.consent.opening import Opener, OpenRecord
from backend.imports import inbox, originals, staging
from backend.imports.inbox import SMALL, Contents, Import, State
from backend.imports.preview import compared
from backend.imports.shelves import shelf_of, written
from backend.imports.staging import TROUBLE, Batch, DaysBatch
from backend.imports.tables import ImportRow
from backend.jobs import House, Job
from backend.wearables.staging import stage
from shared.consent import Right, Scope
from shared.formats import HEAD_BYTES, Answers, Found, Identity, Piece, Readings, Trouble, jahis_techo, named, recognise
from shared.problems import Clash, Invalid, NotThere, Problem, TooBig, Unreadable

# What waits in memory before it is written away.
WORDS_IN_BATCH = 500
DAYS_BYTES = 512 * 1024
BATCHES_AT_ONCE = 8
# Answers are kept by this problem's code: the file can be read once the person has said something.
ASKS = "needs_answer"

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a file is read: the record, a transaction for each bounded step, and whom to tell how far it is."""

    record: OpenRecord
    transaction: Transaction
    reading: Transaction
    tell: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading a file."""

    state: State
    format: str | None = None
    identity: Identity | None = None
    problem: Problem | None = None
    troubles: int = 0
    not_understood: int = 0


def read_small(record: OpenRecord, import_id: UUID) -> Import:
    """Read a small file that waits, at once, in the caller's transaction; a large one is left to the job."""
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()  # the record's lock: the job loop may be at the same file
    row = _row(record.session, record.id, import_id)
    if row.state == State.WAITING and row.bytes <= SMALL:
        here = lambda: nullcontext(record.session)  # noqa: E731
        desk = Desk(record, here, here, lambda _: None)
        _settle(record, row, _read(desk, row, _answers(record, row)))
    return inbox.opened(record, row)


@jobs.job("imports.read", given_up=lambda house, job: _give_up(house, job))
def read_large(house: House[Opener], job: Job) -> None:
    """Read a file that waits, in bounded memory and short transactions; percent tells how far it is."""
    record_id, import_id = job.ids["record_id"], job.ids["import_id"]
    with house.database.transaction() as session:
        record = inbox.open_own(house.opener, session, job.behalf.viewer, record_id, "job")
        row = _row(session, record_id, import_id)
        if row.state not in (State.WAITING, State.READING):
            return
        row.state, row.percent = State.READING, 0
        staging.clear(session, record_id, import_id)
        answers = _answers(record, row)

    def tell(percent: int) -> None:
        job.renew()
        with house.database.transaction() as session:
            _row(session, record_id, import_id).percent = percent

    looking = lambda: house.database.transaction(writes=False)  # noqa: E731
    outcome = _read(Desk(record, house.database.transaction, looking, tell), row, answers)
    counts = None
    if outcome.state is State.PREVIEWED:
        # Comparing a large file takes seconds: nobody who writes has to wait for it.
        with house.database.transaction(writes=False) as session:
            counts = compared(replace(record, session=session), import_id)
    job.renew()
    with house.database.transaction() as session:
        _settle(replace(record, session=session), _row(session, record_id, import_id), outcome, counts)


def _give_up(house: House[Opener], job: Job) -> None:
    """The last try failed: the person is told, and nothing half-read stays."""
    with house.database.transaction() as session:
        record = inbox.open_own(house.opener, session, job.behalf.viewer, job.ids["record_id"], "job")
        row = _row(session, record.id, job.ids["import_id"])
        if row.state in (State.WAITING, State.READING):
            _settle(record, row, Outcome(State.REFUSED, row.format, problem=Unreadable("unexpected")))


def answer(record: OpenRecord, import_id: UUID, zone: str) -> Import:
    """Say in which zone the file's times are; it is read again with that. The same answer again changes nothing."""
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()
    row = _row(record.session, record.id, import_id)
    known = inbox.opened(record, row)
    if known.contents.zone == zone:
        return known
    if row.state not in (State.ASKING, State.PREVIEWED, State.REFUSED):
        raise Clash("import_state", state=row.state)
    staging.clear(record.session, record.id, import_id)
    row.state, row.percent, row.troubles = State.WAITING, 0, 0
    row.sealed = inbox.sealed(record, import_id, Contents(known.contents.name, zone))
    inbox.order_reading(record, row)
    return read_small(record, import_id)


def _row(session: Session, record_id: UUID, import_id: UUID) -> ImportRow:
    row = session.get(ImportRow, (record_id, import_id), populate_existing=True)
    if row is None:
        raise NotThere
    return row


def _answers(record: OpenRecord, row: ImportRow) -> Answers:
    return Answers(zone=inbox.opened(record, row).contents.zone or record.zone)


def _read(desk: Desk, row: ImportRow, answers: Answers) -> Outcome:
    """Read a whole file and stage what it holds. A file that breaks in the middle leaves nothing staged."""
    gathering = _Gathering(desk, row.id)
    name = inbox.opened(desk.record, row).contents.name
    format_name: str | None = None
    try:
        parts = _parts(desk, row)
        head = parts[0].read(HEAD_BYTES) if parts else b""
        format_name = recognise(head, name) if len(parts) == 1 else _recognise_parts(parts, name)
        file = parts[0] if len(parts) == 1 else _joined(parts, format_name)
        file.seek(0)
        for piece in named(format_name).read(file, answers):
            gathering.take(piece, lambda: 100 * file.tell() // max(1, row.bytes))
        gathering.write_away()
    except (Unreadable, TooBig) as problem:
        with desk.transaction() as session:
            staging.clear(session, desk.record.id, row.id)
        state = State.ASKING if problem.code == ASKS else State.REFUSED
        return Outcome(state, format_name, gathering.identity, problem)
    return Outcome(
        State.PREVIEWED,
        format_name,
        gathering.identity,
        troubles=gathering.counts.get(TROUBLE, 0),
        not_understood=gathering.not_understood,
    )


def _settle(record: OpenRecord, row: ImportRow, outcome: Outcome, counts: object = None) -> None:
    raise NotImplementedError


def _parts(desk: Desk, row: ImportRow) -> list[BinaryIO]:
    with desk.reading() as session:
        sizes = originals.part_sizes(session, desk.record.id, row.upload_id)
    key = desk.record.key
    return [
        originals.open_part(key, row.upload_id, part, sizes.get(part, 0), desk.reading)
        for part in range(row.parts)
    ]
