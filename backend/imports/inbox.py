"""The inbox: a file is handed in once, its bytes are kept as they came, and its state says what became of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import jobs
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.db import Database
from backend.imports import answers, originals
from backend.imports.answers import Open
from backend.imports.originals import Original, Taking
from backend.imports.shelves import PARTS
from backend.imports.staging import problem_from, problem_values
from backend.imports.tables import ImportRow
from backend.jobs import Behalf, House, Job
from backend.records import records
from backend.records.compared import Compared
from backend.seal import SealedBytes
from shared import clock
from shared.consent import Right, Scope, Viewer
from shared.formats import Ask, Identity, Said
from shared.languages import tr
from shared.problems import Clash, NotThere, Problem

_COLUMN = "imports.sealed"
NAME_LENGTH = 200
# Read at once, while the person waits; anything larger is read by a job.
SMALL = 1_000_000
# When the job loop looks after a small file that its request did not read, and after an upload that broke off.
_SECOND_CHANCE = timedelta(minutes=1)
_SWEEP_AFTER = timedelta(days=1)

_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


class State(StrEnum):
    """What became of a file."""

    WAITING = "waiting"
    READING = "reading"
    ASKING = "asking"
    PREVIEWED = "previewed"
    KEPT = "kept"
    UNDONE = "undone"
    REFUSED = "refused"


def state_label(state: str) -> str:
    """A state in words."""
    labels = {
        State.WAITING: tr("順番待ち"),
        State.READING: tr("読み取り中"),
        State.ASKING: tr("質問があります"),
        State.PREVIEWED: tr("確認してください"),
        State.KEPT: tr("取り込み済み"),
        State.UNDONE: tr("取り消し済み"),
        State.REFUSED: tr("読めませんでした"),
    }
    return labels[State(state)]


@dataclass(frozen=True, slots=True)
class Contents:
    """What is sealed of an import. ``counts`` by kind; ``not_understood`` counts things, not kinds of things.

    ``said`` is what she answered about this very file, by the format that asked; ``used`` what it was read with, be it
    said here or remembered. ``question`` is what it waits for.
    """

    name: str
    said: Mapping[str, Said] = field(default_factory=dict)
    used: Mapping[str, Said] = field(default_factory=dict)
    question: Open | None = None
    identity: Identity | None = None
    counts: Mapping[str, Compared] = field(default_factory=dict)
    not_understood: int = 0
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is: of the file, in things taken out, in different days, in things a second."""

    percent: int = 0
    readings: int = 0
    days: int = 0
    rate: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One file in the inbox. ``troubles`` is how many entries their list has."""

    id: UUID
    state: State
    format: str | None
    bytes: int
    progress: Progress
    troubles: int
    received_at: datetime
    contents: Contents
    is_hers: bool

    @property
    def percent(self) -> int:
        """How far the reading is."""
        return self.progress.percent

    def totals(self) -> Compared:
        """Over all kinds."""
        return sum(self.contents.counts.values(), Compared())


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed in: the import id made on the phone, its name there, and the most bytes we take."""

    import_id: UUID
    name: str
    limit: int


def receive(database: Database, record: OpenRecord, handed: Handed, parts: Iterable[BinaryIO]) -> Import:
    """Keep the original, in short transactions while it arrives. Doing so again with the same bytes changes nothing.

    ``record`` was opened in a transaction that is over. Raises `TooBig`, or a `Clash` when the id was used for other
    bytes; nothing of this upload is left then.
    """
    record.must(Scope.RECORD, Right.WRITE)
    with database.transaction(writes=False) as session:
        known = session.get(ImportRow, (record.id, handed.import_id)) is not None

    def write(rows: list[dict[str, object]]) -> None:
        if not known:
            with database.transaction() as session:
                if not taking.begun:
                    # Should this process die, the pieces go tomorrow.
                    later = clock.now() + _SWEEP_AFTER
                    about = {"record_id": record.id, "upload_id": taking.upload_id}
                    jobs.put(session, "imports.inbox.sweep", Behalf(record.viewer), run_after=later, **about)
                originals.write(session, rows)

    taking = Taking(record.key, handed.limit, write)
    try:
        original = taking.take(parts)
        with database.transaction() as session:
            return keep_original(replace(record, session=session), handed, original, taking.rest())
    finally:
        if taking.begun:
            with database.transaction() as session:
                originals.discard(session, record.id, taking.upload_id)


def keep_original(
    record: OpenRecord, handed: Handed, original: Original, rest: list[dict[str, object]]
) -> Import:
    """Make an import of an original whose last pieces are ``rest``. Again with the same bytes changes nothing."""
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()  # the record's lock: two phones sending the same file take turns
    known = record.session.get(ImportRow, (record.id, handed.import_id))
    if known is not None:
        if known.digest != original.digest:
            raise Clash("id_used_otherwise")
        return opened(record, known)
    originals.write(record.session, rest)
    row = ImportRow(
        record_id=record.id,
        id=handed.import_id,
        upload_id=original.upload_id,
        digest=original.digest,
        parts=original.parts,
        bytes=original.size,
        state=State.WAITING,
        format=None,
        troubles=0,
        received_at=clock.now(),
        sealed=sealed(record, handed.import_id, Contents(shown_name(handed.name))),
    )
    record.session.add(row)
    order_reading(record, row)
    record.session.flush()
    return opened(record, row)


def order_reading(record: OpenRecord, row: ImportRow) -> None:
    """Have the file read by the job loop; a small one only if the request that should read it at once does not."""
    record.must(Scope.RECORD, Right.WRITE)
    later = clock.now() + _SECOND_CHANCE if row.bytes <= SMALL else None
    about = {"record_id": record.id, "import_id": row.id}
    jobs.put(record.session, "imports.reading.read", Behalf(record.viewer), run_after=later, **about)


def open_own(opener: Opener, session: Session, viewer: Viewer, record_id: UUID, way: str) -> OpenRecord:
    """The viewer's own record with everything an import may touch; `Refused` (booked by the caller) for others."""
    record = opener.open_parts(session, viewer, record_id, PARTS, None, way)
    if not record.may(Scope.RECORD, Right.WRITE):
        # Somebody whom she lets see a part: the inbox is none of hers, and the refusal says so in the book.
        return opener.open_record(session, viewer, record_id, Scope.RECORD, Right.WRITE, None, way)
    return record


def find(record: OpenRecord, import_id: UUID) -> Import:
    """One import."""
    record.must(Scope.RECORD, Right.READ)
    row = record.session.get(ImportRow, (record.id, import_id))
    if row is None:
        raise NotThere
    return opened(record, row)


def inbox(record: OpenRecord, limit: int = 200) -> list[Import]:
    """All imports, newest first."""
    record.must(Scope.RECORD, Right.READ)
    statement = (
        select(ImportRow)
        .where(ImportRow.record_id == record.id)
        .order_by(ImportRow.received_at.desc(), ImportRow.id.desc())
        .limit(limit)
    )
    hers = records.read_glance(record.session, record.key)
    return [opened(record, row, hers) for row in record.session.scalars(statement)]


def sealed(record: OpenRecord, import_id: UUID, contents: Contents) -> SealedBytes:
    """The sealed part of an import's row."""
    plain = {
        "name": contents.name,
        "said": {of: answers.said_members(said) for of, said in contents.said.items()},
        "used": {of: answers.said_members(said) for of, said in contents.used.items()},
        "question": None if contents.question is None else asdict(contents.question),
        "identity": None if contents.identity is None else asdict(contents.identity),
        "counts": {kind: [each.new, each.same, each.changed] for kind, each in contents.counts.items()},
        "not_understood": contents.not_understood,
        "problem": None if contents.problem is None else problem_values(contents.problem),
    }
    return record.key.seal(_COLUMN, import_id, orjson.dumps(plain))


def opened(record: OpenRecord, row: ImportRow, hers: records.Glance | None = None) -> Import:
    """An import from its row. ``hers`` is what the record itself says of its owner."""
    plain = orjson.loads(record.key.open(_COLUMN, row.id, row.sealed))
    contents = Contents(
        name=plain["name"],
        said=_said(row.format, plain),
        used={of: answers.said_from(each) for of, each in plain.get("used", {}).items()},
        question=_question(plain.get("question")),
        identity=None if plain["identity"] is None else Identity(**plain["identity"]),
        counts={kind: Compared(*counts) for kind, counts in plain["counts"].items()},
        not_understood=plain["not_understood"],
        problem=None if plain["problem"] is None else problem_from(plain["problem"]),
    )
    hers = hers or records.read_glance(record.session, record.key)
    return Import(
        id=row.id,
        state=State(row.state),
        format=row.format,
        bytes=row.bytes,
        progress=Progress(row.percent, row.readings, row.days, row.rate),
        troubles=row.troubles,
        received_at=row.received_at,
        contents=contents,
        is_hers=contents.identity is None or is_hers(contents.identity, hers),
    )


def _said(format_name: str | None, plain: dict[str, Any]) -> dict[str, Said]:
    if "said" in plain:
        return {of: answers.said_from(each) for of, each in plain["said"].items()}
    # Sealed before formats asked by name: there was a zone, for the whole file.
    return {format_name: Said(plain["zone"])} if format_name and plain.get("zone") else {}


def _question(plain: dict[str, Any] | None) -> Open | None:
    return None if plain is None else Open(Ask(plain["ask"]), plain["of"], plain["facts"])


def is_hers(identity: Identity, hers: records.Glance) -> bool:
    """False when a name or birth date is given that is not hers. Only ever a warning: never used to find a record."""
    names = {_plain(identity.name), _plain(identity.name_kana)} - {""}
    own = {_plain(hers.name), _plain(hers.name_kana)} - {""}
    other_name = bool(names and own) and not names & own
    # A prescription may give the year alone, or the month.
    other_birth = bool(hers.born_on) and not hers.born_on.startswith(identity.born_on)
    return not (other_name or other_birth)


def _plain(name: str) -> str:
    """A name without what is written differently everywhere: width, spaces, hiragana for katakana."""
    folded = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return folded.translate(_KATAKANA)


def shown_name(name: str) -> str:
    """A file's name as a text to show, never as a path."""
    return _UNSHOWABLE.sub("", unicodedata.normalize("NFC", name))[:NAME_LENGTH]


@jobs.job("imports.inbox.sweep")
def sweep(house: House[Opener], job: Job) -> None:
    """Remove the pieces of an upload whose process died."""
    with house.database.transaction() as session:
        originals.discard(session, job.ids["record_id"], job.ids["upload_id"])
