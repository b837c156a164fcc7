"""Uploads: a large file comes in parts, each kept as soon as it is whole, so that a broken one goes on where it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend import jobs
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.db import Database
from backend.imports import inbox, originals
from backend.imports.inbox import Handed
from backend.imports.originals import PIECE_BYTES, Original, Piece
from backend.imports.tables import ImportRow, UploadRow
from backend.jobs import Behalf, House, Job
from shared import clock
from shared.consent import Right, Scope
from shared.ids import new_id
from shared.problems import Clash, Invalid, TooBig

_COLUMN = "import_uploads.sealed"
# Written together: each batch is durable before more is read from the phone.
_BATCH_PIECES = 4
# An upload that nobody went on with for so long is removed.
SWEEP_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Where the bytes of a request belong, and how large the whole file is."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Upload:
    """How far a file is: ``kept`` of ``size`` bytes (None before the first came). ``whole``: it is an import now."""

    import_id: UUID
    kept: int = 0
    size: int | None = None
    whole: bool = False


def stands(record: OpenRecord, import_id: UUID) -> Upload:
    """How far the upload is; nothing of one that is not known."""
    record.must(Scope.RECORD, Right.READ)
    whole = record.session.get(ImportRow, (record.id, import_id))
    if whole is not None:
        return Upload(import_id, whole.bytes, whole.bytes, whole=True)
    row = record.session.get(UploadRow, (record.id, import_id))
    return Upload(import_id) if row is None else Upload(import_id, row.kept, row.size)


def go_on(database: Database, record: OpenRecord, handed: Handed, part: Part, body: BinaryIO) -> Upload:
    """Keep the next bytes in short transactions as they come; the last ones make the import.

    ``record`` was opened in a transaction that is over. Raises `TooBig`, a `Clash` where the bytes belong elsewhere
    (``kept`` says where) or the id is of another file, and whatever ``body`` raises when it breaks off: its whole
    pieces are kept all the same.
    """
    record.must(Scope.RECORD, Right.WRITE)
    if part.size > handed.limit:
        raise TooBig("too_big", limit_mb=handed.limit // 1_000_000)
    with database.transaction() as session:
        upload_id = _begun(replace(record, session=session), handed, part)
    if upload_id is None:
        return Upload(handed.import_id, part.size, part.size, whole=True)
    kept = _Keeping(database, record, handed.import_id, upload_id).take(part, body)
    if kept < part.size:
        return Upload(handed.import_id, kept, part.size)
    return _complete(database, record, handed, Original(upload_id, b"", 1, part.size))


def _begun(record: OpenRecord, handed: Handed, part: Part) -> UUID | None:
    """The upload that goes on at ``part``; None where the file is an import already."""
    record.next_number()  # the record's lock: the phone may ask again before it heard the answer
    whole = record.session.get(ImportRow, (record.id, handed.import_id))
    if whole is not None:
        if whole.bytes != part.size:
            raise Clash("id_used_otherwise")
        return None
    row = record.session.get(UploadRow, (record.id, handed.import_id), populate_existing=True)
    if row is None:
        row = _begin(record, handed, part)
    name = record.key.open(_COLUMN, handed.import_id, row.sealed).decode()
    if row.size != part.size or name != inbox.shown_name(handed.name):
        raise Clash("id_used_otherwise")
    if row.kept != part.offset:
        raise Clash("upload_elsewhere", kept=row.kept)
    return row.upload_id


def _begin(record: OpenRecord, handed: Handed, part: Part) -> UploadRow:
    row = UploadRow(
        record_id=record.id,
        import_id=handed.import_id,
        upload_id=new_id(),
        size=part.size,
        kept=0,
        touched_at=clock.now(),
        sealed=record.key.seal(_COLUMN, handed.import_id, inbox.shown_name(handed.name).encode()),
    )
    record.session.add(row)
    record.session.flush()
    _put_sweep(record.session, Behalf(record.viewer), record.id, handed.import_id)
    return row


class _Keeping:
    """Writes the pieces of one request away. Another request for the same bytes loses: it is told where to go on."""

    def __init__(self, database: Database, record: OpenRecord, import_id: UUID, upload_id: UUID) -> None:
        self._database = database
        self._record = record
        self._import_id = import_id
        self._upload_id = upload_id

    def take(self, part: Part, body: BinaryIO) -> int:
        """How many bytes of the file are safe after ``body``."""
        at = part.offset
        waiting: list[bytes] = []
        try:
            for piece in _whole_pieces(body, part):
                waiting.append(piece)
                if len(waiting) == _BATCH_PIECES:
                    at, waiting = self._write(at, waiting), []
        finally:
            if waiting:
                at = self._write(at, waiting)
        return at

    def _write(self, at: int, pieces: list[bytes]) -> int:
        numbered = [Piece(0, seq, plain) for seq, plain in enumerate(pieces, at // PIECE_BYTES)]
        rows = [originals.sealed_piece(self._record.key, self._upload_id, each) for each in numbered]
        end = at + sum(map(len, pieces))
        here = (UploadRow.record_id == self._record.id, UploadRow.import_id == self._import_id)
        with self._database.transaction() as session:
            moved = update(UploadRow).where(*here, UploadRow.kept == at)
            moved = moved.values(kept=end, touched_at=clock.now()).returning(UploadRow.kept)
            if session.execute(moved).first() is None:
                row = session.get(UploadRow, (self._record.id, self._import_id))
                raise Clash("upload_elsewhere", kept=row.kept if row else 0)
            originals.write(session, rows)
        return end


def _whole_pieces(body: BinaryIO, part: Part) -> Iterator[bytes]:
    """The pieces of the body; a last one that is not whole only where the file ends with it."""
    at = part.offset
    for piece in originals.pieces(body):
        at += len(piece)
        if at > part.size:
            raise Invalid("invalid_fields", field="size")
        if len(piece) == PIECE_BYTES or at == part.size:
            yield piece


def _complete(database: Database, record: OpenRecord, handed: Handed, taken: Original) -> Upload:
    """Every byte is safe: make the import of it. The digest is that of a file that came at once."""

    def read() -> AbstractContextManager[Session]:
        return database.transaction(writes=False)

    file = originals.open_part(record.key, taken.upload_id, 0, taken.size, read)
    digest = hashlib.sha256()
    while some := file.read(PIECE_BYTES):
        digest.update(some)
    original = replace(taken, digest=originals.together(record.key, [digest.digest()]))
    with database.transaction() as session:
        inbox.keep_original(replace(record, session=session), handed, original, [])
        of_this = (UploadRow.record_id == record.id, UploadRow.import_id == handed.import_id)
        session.execute(delete(UploadRow).where(*of_this))
    return Upload(handed.import_id, taken.size, taken.size, whole=True)


def _put_sweep(session: Session, behalf: Behalf, record_id: UUID, import_id: UUID) -> None:
    about = {"record_id": record_id, "import_id": import_id}
    jobs.put(session, "imports.uploads.sweep", behalf, run_after=clock.now() + SWEEP_AFTER, **about)


@jobs.job("imports.uploads.sweep")
def sweep(house: House[Opener], job: Job) -> None:
    """Remove an upload that nobody went on with for a day; look again tomorrow at one that goes on."""
    record_id, import_id = job.ids["record_id"], job.ids["import_id"]
    with house.database.transaction() as session:
        row = session.get(UploadRow, (record_id, import_id))
        if row is None:
            return
        if row.touched_at + SWEEP_AFTER > clock.now():
            _put_sweep(session, job.behalf, record_id, import_id)
            return
        originals.discard(session, record_id, row.upload_id)
        session.delete(row)
