"""Reading a file in the inbox: recognise it, take out what it holds, stage that out of sight, or say why not."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from backend import jobs
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.imports import abreast, answers, inbox, originals, staging
from backend.imports.abreast import Way
from backend.imports.answers import Open
from backend.imports.gathering import Desk, Gathering, span
from backend.imports.inbox import SMALL, Import, Progress, State
from backend.imports.preview import compared
from backend.imports.signatures import Checked, checked
from backend.imports.staging import TROUBLE
from backend.imports.tables import ImportRow
from backend.jobs import House, Job
from backend.records.compared import Compared
from shared import clock
from shared.consent import Right, Scope, Viewer
from shared.formats import (
    HEAD_BYTES,
    Answers,
    Identity,
    Question,
    Said,
    Trouble,
    eprescription,
    jahis_rx,
    jahis_techo,
    recognise,
)
from shared.formats.apple_split import Odd
from shared.formats.sound import sound
from shared.ids import new_id
from shared.medicines import Signature
from shared.problems import NotThere, Problem, Unreadable

_log = logging.getLogger(__name__)

# The job says that it is alive after so many pieces of the file, whatever it finds in them.
RENEW_EVERY = 64


_WHOLE = Progress(100)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading a file."""

    state: State
    format: str | None = None
    identity: Identity | None = None
    problem: Problem | None = None
    question: Open | None = None
    used: Mapping[str, Said] = field(default_factory=dict)
    troubles: int = 0
    not_understood: int = 0
    progress: Progress = _WHOLE


@dataclass(frozen=True, slots=True)
class _Task:
    """What is read: taken from the row while its transaction was open."""

    import_id: UUID
    upload_id: UUID
    parts: int
    bytes: int
    name: str
    said: Mapping[str, Said]
    answers: Answers


def receive_file(
    house: House[Opener], viewer: Viewer, record_id: UUID, path: Path, import_id: UUID | None = None
) -> Import:
    """Hand in a file of this machine on behalf of ``viewer``, who must be the owner; large ones are read by the job."""
    handed = inbox.Handed(import_id or new_id(), path.name, house.settings.upload_limit_mb * 1_000_000)
    with path.open("rb") as file:
        return receive(house, viewer, record_id, handed, file)


def receive(
    house: House[Opener], viewer: Viewer, record_id: UUID, handed: inbox.Handed, file: BinaryIO
) -> Import:
    """The same with what is open already, or was never a file of this machine."""
    with house.database.transaction() as session:
        record = inbox.open_own(house.opener, session, viewer, record_id, "job")
    received = inbox.receive(house.database, record, handed, [file])
    with house.database.transaction() as session:
        return read_small(replace(record, session=session), received.id, house.settings.signature_roots)


def read_small(record: OpenRecord, import_id: UUID, roots: Path | None = None) -> Import:
    """Read a small file that waits, at once, in the caller's transaction; a large one is left to the job."""
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()  # the record's lock: the job loop may be at the same file
    row = row_of(record.session, record.id, import_id)
    if row.state == State.WAITING and row.bytes <= SMALL:
        here = lambda: nullcontext(record.session)  # noqa: E731
        desk = Desk(record, here, here, lambda _: None, roots)
        _settle(record, row, _read(desk, _task(record, row), Way.HERE))
    return inbox.opened(record, row)


def _give_up(house: House[Opener], job: Job) -> None:
    """The last try failed: the person is told, and nothing half-read stays."""
    with house.database.transaction() as session:
        record = inbox.open_own(house.opener, session, job.behalf.viewer, job.ids["record_id"], "job")
        row = row_of(session, record.id, job.ids["import_id"])
        if row.state in (State.WAITING, State.READING):
            staging.clear(session, record.id, row.id)
            _settle(record, row, Outcome(State.REFUSED, row.format, problem=Unreadable("unexpected")))


@jobs.job("imports.reading.read", given_up=_give_up)
def read_large(house: House[Opener], job: Job) -> None:
    """Read a file that waits, in bounded memory and short transactions; percent tells how far it is."""
    record_id, import_id = job.ids["record_id"], job.ids["import_id"]
    with house.database.transaction() as session:
        record = inbox.open_own(house.opener, session, job.behalf.viewer, record_id, "job")
        record.next_number()  # the record's lock: the request that handed it in may be at the same file
        row = row_of(session, record_id, import_id)
        if row.state not in (State.WAITING, State.READING):
            return
        row.state = State.READING
        _note(row, Progress(), clock.now())
        staging.clear(session, record_id, import_id)
        task = _task(record, row)

    began = clock.now()

    def tell(progress: Progress) -> None:
        job.renew()
        with house.database.transaction() as session:
            _note(row_of(session, record_id, import_id), progress, began)

    looks = 0

    @contextmanager
    def looking() -> Iterator[Session]:
        nonlocal looks
        looks += 1
        if looks % RENEW_EVERY == 0:
            job.renew()
        with house.database.transaction(writes=False) as session:
            yield session

    desk = Desk(record, house.database.transaction, looking, tell, house.settings.signature_roots)
    outcome = _read(desk, task, abreast.way(task.bytes, house.settings.two_readers_mb))
    counts = None
    if outcome.state is State.PREVIEWED:
        # Comparing a large file takes seconds: nobody who writes has to wait for it.
        with house.database.transaction(writes=False) as session:
            counts = compared(replace(record, session=session), import_id)
    job.renew()
    with house.database.transaction() as session:
        row = row_of(session, record_id, import_id)
        _settle(replace(record, session=session), row, outcome, counts)
        _note(row, outcome.progress, began)


def _note(row: ImportRow, progress: Progress, began: datetime) -> None:
    row.percent, row.readings, row.days = progress.percent, progress.readings, progress.days
    row.rate = int(progress.readings / max(1.0, (clock.now() - began).total_seconds()))
    _log.info("import %s: %d %%, %d readings of %d days, %d/s", row.id, *astuple(progress)[:3], row.rate)


def row_of(session: Session, record_id: UUID, import_id: UUID) -> ImportRow:
    """The row of an import as it is now; whoever asks has taken the record's lock if she means to change it."""
    row = session.get(ImportRow, (record_id, import_id), populate_existing=True)
    if row is None:
        raise NotThere
    return row


def _task(record: OpenRecord, row: ImportRow) -> _Task:
    contents = inbox.opened(record, row).contents
    earlier = {each.of: each.said for each in answers.remembered(record)}
    asked = Answers(zone=record.zone, remembered=answers.overlaid(earlier, contents.said))
    return _Task(row.id, row.upload_id, row.parts, row.bytes, contents.name, contents.said, asked)


def _read(desk: Desk, task: _Task, how: Way) -> Outcome:
    """Read a whole file and stage what it holds. A file that breaks in the middle leaves nothing staged."""
    gathering = Gathering(desk, task.import_id)
    format_name: str | None = None
    try:
        format_name, file = _format(_parts(desk, task), task.name)
        with desk.transaction() as session:
            row_of(session, desk.record.id, task.import_id).format = format_name
        signed = _signature(desk, format_name, file)
        if signed.left_out:
            gathering.take(Trouble("XML", Unreadable("signature_not_covered")), file.tell)
        said = task.said.get(format_name, answers.NOTHING)
        zone = said.zone or task.answers.zone
        asked = replace(task.answers, zone=zone, said=said, signature=signed.signature)
        for piece in sound(abreast.found(format_name, signed.file, asked, how), span):
            gathering.take(piece, lambda: 100 * file.tell() // max(1, task.bytes))
        gathering.end()
        if not gathering.readings and not gathering.not_understood:
            raise Unreadable("file_says_nothing")
    except Odd:
        with desk.transaction() as session:
            staging.clear(session, desk.record.id, task.import_id)
        return _read(desk, task, Way.BESIDE)
    except Problem as problem:
        with desk.transaction() as session:
            staging.clear(session, desk.record.id, task.import_id)
        if isinstance(problem, Question):
            question = answers.open_question(problem)
            return Outcome(State.ASKING, format_name, gathering.identity, question=question)
        return Outcome(State.REFUSED, format_name, gathering.identity, problem)
    return Outcome(
        State.PREVIEWED,
        format_name,
        gathering.identity,
        used=_used(task.answers),
        troubles=gathering.counts[TROUBLE],
        not_understood=gathering.not_understood,
        progress=gathering.progress(100),
    )


def _used(asked: Answers) -> dict[str, Said]:
    """With which answers a file was read, by the format that asked."""
    formats = {of for _, of in asked.used}
    known = {of: asked.remembered.get(of, answers.NOTHING) for of in formats}
    return {of: answers.only(said, {ask for ask, by in asked.used if by == of}) for of, said in known.items()}


def _signature(desk: Desk, format_name: str, file: BinaryIO) -> Checked:
    """What may be read of a file, and the state of its signature; of formats that are never signed, all."""
    if format_name == eprescription.ORIGIN:
        return checked(file, desk.roots)
    return Checked(Signature.UNCHECKED, file)


def _settle(
    record: OpenRecord, row: ImportRow, outcome: Outcome, counts: Mapping[str, Compared] | None = None
) -> None:
    """Note what came of reading, beside the file."""
    if outcome.state is State.PREVIEWED and counts is None:
        counts = compared(record, row.id)
    contents = replace(
        inbox.opened(record, row).contents,
        used=outcome.used,
        question=outcome.question,
        identity=outcome.identity,
        counts=counts or {},
        not_understood=outcome.not_understood,
        problem=outcome.problem,
    )
    row.state, row.format, row.troubles = outcome.state, outcome.format, outcome.troubles
    row.percent, row.readings, row.days = 100, outcome.progress.readings, outcome.progress.days
    row.sealed = inbox.sealed(record, row.id, contents)
    record.session.flush()


def _parts(desk: Desk, task: _Task) -> list[BinaryIO]:
    with desk.reading() as session:
        sizes = originals.part_sizes(session, desk.record.id, task.upload_id)
    key = desk.record.key
    return [
        originals.open_part(key, task.upload_id, part, sizes.get(part, 0), desk.reading)
        for part in range(task.parts)
    ]


def _format(parts: Sequence[BinaryIO], name: str) -> tuple[str, BinaryIO]:
    """The format, and the file to read: the only part, or scanned codes put together as their format does it."""
    heads = [part.read(HEAD_BYTES) for part in parts]
    for part in parts:
        part.seek(0)
    if len(parts) == 1:
        return recognise(heads[0], name), parts[0]
    scanned = [part.read(SMALL) for part in parts]
    is_prescription = any(map(jahis_rx.has_jahis_header, scanned))
    joined = io.BytesIO((jahis_rx if is_prescription else jahis_techo).join(scanned))
    head = joined.read(HEAD_BYTES)
    joined.seek(0)
    return recognise(head, name), joined
