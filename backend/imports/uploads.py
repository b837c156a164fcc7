"""Uploads: a large file comes in parts, each kept as soon as it is whole, so that a broken one goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from typing import BinaryIO
from uuid import UUID

import orjson
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
from backend.seal import Key, SealedBytes
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


@dataclass(frozen=True, slots=True)
class _Begun:
    """An upload that goes on; ``digest`` is that of what is safe."""

    upload_id: UUID
    name: str
    digest: bytes = b""


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
        begun = _begun(replace(record, session=session), handed, part)
    if begun is None:
        return Upload(handed.import_id, part.size, part.size, whole=True)
    keeping = _Keeping(database, record, handed.import_id, begun)
    kept = keeping.take(part, body)
    if kept < part.size:
        return Upload(handed.import_id, kept, part.size)
    digest = originals.together(record.key, [keeping.begun.digest])
    return _complete(database, record, handed, Original(begun.upload_id, digest, 1, part.size))


def _begun(record: OpenRecord, handed: Handed, part: Part) -> _Begun | None:
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
    begun = _opened(record, row)
    if row.size != part.size or begun.name != inbox.shown_name(handed.name):
        raise Clash("id_used_otherwise")
    if row.kept != part.offset:
        raise Clash("upload_elsewhere", kept=row.kept)
    return begun


def _sealed(key: Key, import_id: UUID, begun: _Begun) -> SealedBytes:
    return key.seal(_COLUMN, import_id, orjson.dumps([begun.name, begun.digest.hex()]))


def _opened(record: OpenRecord, row: UploadRow) -> _Begun:
    name, digest = orjson.loads(record.key.open(_COLUMN, row.import_id, row.sealed))
    return _Begun(row.upload_id, name, bytes.fromhex(digest))


def _begin(record: OpenRecord, handed: Handed, part: Part) -> UploadRow:
    begun = _Begun(new_id(), inbox.shown_name(handed.name))
    row = UploadRow(
        record_id=record.id,
        import_id=handed.import_id,
        upload_id=begun.upload_id,
        size=part.size,
        kept=0,
        touched_at=clock.now(),
        sealed=_sealed(record.key, handed.import_id, begun),
    )
    record.session.add(row)
    record.session.flush()
    _put_sweep(record.session, Behalf(record.viewer), record.id, handed.import_id)
    return row


class _Keeping:
    """Writes the pieces of one request away. Another request for the same bytes loses: it is told where to go on."""

    def __init__(self, database: Database, record: OpenRecord, import_id: UUID, begun: _Begun) -> None:
        self._database = database
        self._record = record
        self._import_id = import_id
        self.begun = begun

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
        rows = [originals.sealed_piece(self._record.key, self.begun.upload_id, each) for each in numbered]
        begun = replace(self.begun, digest=reduce(originals.gone_on, pieces, self.begun.digest))
        sealed = _sealed(self._record.key, self._import_id, begun)
        end = at + sum(map(len, pieces))
        here = (UploadRow.record_id == self._record.id, UploadRow.import_id == self._import_id)
        with self._database.transaction() as session:
            moved = update(UploadRow).where(*here, UploadRow.kept == at)
            moved = moved.values(kept=end, touched_at=clock.now(), sealed=sealed).returning(UploadRow.kept)
            if session.execute(moved).first() is None:
                row = session.get(UploadRow, (self._record.id, self._import_id))
                raise Clash("upload_elsewhere", kept=row.kept if row else 0)
            originals.write(session, rows)
        self.begun = begun
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


def _complete(database: Database, record: OpenRecord, handed: Handed, original: Original) -> Upload:
    """Every byte is safe: make the import of it. The digest is that of a file that came at once."""
    with database.transaction() as session:
        inbox.keep_original(replace(record, session=session), handed, original, [])
        of_this = (UploadRow.record_id == record.id, UploadRow.import_id == handed.import_id)
        session.execute(delete(UploadRow).where(*of_this))
    return Upload(handed.import_id, original.size, original.size, whole=True)


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
