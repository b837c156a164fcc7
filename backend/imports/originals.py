"""Originals: the bytes of a file exactly as they came, in sealed pieces; written as they arrive, read like a file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

import zstandard
from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from backend.imports.tables import ImportRow, PieceRow
from backend.seal import Key
from shared.ids import new_id
from shared.problems import NotThere, TooBig

PIECE_BYTES = 1024 * 1024
# Written together, and read together as they lie there: few statements, and never more than this of a file in memory.
BATCH_PIECES = 8
_COLUMN = "import_pieces.sealed"
_PLAIN, _PACKED = b"\0", b"\1"
_LEVEL = 1

# Asked for at every batch, so made once: making a statement costs several times what asking it does.
_SEALED = select(PieceRow.seq, PieceRow.sealed).where(
    PieceRow.record_id == bindparam("record"),
    PieceRow.upload_id == bindparam("upload"),
    PieceRow.part == bindparam("of_part"),
    PieceRow.seq.between(bindparam("first"), bindparam("last")),
)

Read = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Original:
    """A whole original that was taken in: ``digest`` is equal for equal parts in whatever order they were scanned."""

    upload_id: UUID
    digest: bytes
    parts: int
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """At most PIECE_BYTES of a part; ``seq`` counts from 0."""

    part: int
    seq: int
    plain: bytes


class Taking:
    """Takes parts in as they arrive; ``write`` is called with every full batch of pieces, for a transaction of its own.

    ``limit`` is in bytes, over all parts; one byte more is `TooBig`.
    """

    def __init__(self, key: Key, limit: int, write: Callable[[list[dict[str, object]]], None]) -> None:
        self.upload_id = new_id()
        self._key = key
        self._limit = limit
        self._write = write
        self._waiting: list[dict[str, object]] = []
        self._size = 0
        self.begun = False

    def take(self, parts: Iterable[BinaryIO]) -> Original:
        """Read each part to its end. What was not written yet stays for `rest`."""
        digests = []
        for part, stream in enumerate(parts):
            digests.append(self._take_part(part, stream))
        return Original(self.upload_id, together(self._key, digests), len(digests), self._size)

    def rest(self) -> list[dict[str, object]]:
        """Rows of the last batch, to be written in the transaction that makes the import visible."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def _take_part(self, part: int, stream: BinaryIO) -> bytes:
        digest = b""
        digested: Future[bytes] | None = None
        with ThreadPoolExecutor(
            1, "digest"
        ) as beside:  # begins when it is given something: never for a small file
            for seq, plain in enumerate(pieces(stream)):
                self._size += len(plain)
                if self._size > self._limit:
                    raise TooBig("too_big", limit_mb=self._limit // 1_000_000)
                if digested is not None:
                    digest = digested.result()
                digested = None
                if len(plain) == PIECE_BYTES:
                    digested = beside.submit(gone_on, digest, plain)
                else:
                    digest = gone_on(digest, plain)
                self._waiting.append(sealed_piece(self._key, self.upload_id, Piece(part, seq, plain)))
                if len(self._waiting) == BATCH_PIECES:
                    self._write(self.rest())
                    self.begun = True
            return digest if digested is None else digested.result()


def gone_on(digest: bytes, plain: bytes) -> bytes:
    """The digest (SHA-256) of a part with its next piece, from that of all before it (none: empty).

    A chain, because it can be kept between two requests: who sends the last bytes does not wait for all of them.
    """
    return hashlib.sha256(digest + hashlib.sha256(plain).digest()).digest()


def together(key: Key, digests: Sequence[bytes]) -> bytes:
    """The digest of an original by those of its parts."""
    return key.digest("original", hashlib.sha256(b"".join(sorted(digests))).digest())


def sealed_piece(key: Key, upload_id: UUID, piece: Piece) -> dict[str, object]:
    """The row of one piece, for `write`."""
    packed = zstandard.compress(piece.plain, _LEVEL)
    body = _PACKED + packed if len(packed) < len(piece.plain) else _PLAIN + piece.plain
    return {
        "record_id": key.owner,
        "upload_id": upload_id,
        "part": piece.part,
        "seq": piece.seq,
        "size": len(piece.plain),
        "sealed": key.seal(_COLUMN, _place(upload_id, piece.part, piece.seq), body),
    }


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """All of ``stream`` in pieces of PIECE_BYTES, the last one shorter; a socket may give less than was asked for."""
    while some := stream.read(PIECE_BYTES):
        if len(some) < PIECE_BYTES:
            some = _filled(stream, some)
        yield some


def _filled(stream: BinaryIO, begun: bytes) -> bytes:
    """``begun`` and what follows, up to PIECE_BYTES or the end."""
    gathered = bytearray(begun)
    while len(gathered) < PIECE_BYTES and (some := stream.read(PIECE_BYTES - len(gathered))):
        gathered += some
    return bytes(gathered)


def _place(upload_id: UUID, part: int, seq: int) -> str:
    return f"{upload_id}/{part}/{seq}"


def write(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Write some pieces."""
    if rows:
        session.execute(insert(PieceRow), list(rows))


def discard(session: Session, record_id: UUID, upload_id: UUID) -> None:
    """Remove the pieces of an upload that never became an import."""
    whole = select(ImportRow.id).where(ImportRow.record_id == record_id, ImportRow.upload_id == upload_id)
    if session.scalar(whole) is None:
        session.execute(
            delete(PieceRow).where(PieceRow.record_id == record_id, PieceRow.upload_id == upload_id)
        )


def part_sizes(session: Session, record_id: UUID, upload_id: UUID) -> dict[int, int]:
    """Bytes of each part that is not empty, by its number."""
    statement = (
        select(PieceRow.part, func.sum(PieceRow.size))
        .where(PieceRow.record_id == record_id, PieceRow.upload_id == upload_id)
        .group_by(PieceRow.part)
    )
    return {part: int(size) for part, size in session.execute(statement)}


def open_part(key: Key, upload_id: UUID, part: int, size: int, read: Read) -> BinaryIO:
    """One part of an original as a file that can be read and sought in; holds one open piece in memory."""
    return cast("BinaryIO", io.BufferedReader(OriginalFile(key, upload_id, part, size, read), 64 * 1024))


class OriginalFile(io.RawIOBase):
    """The sealed pieces of one part as a seekable file. ``read`` opens a transaction for reading a piece."""

    def __init__(self, key: Key, upload_id: UUID, part: int, size: int, read: Read) -> None:
        super().__init__()
        self._key, self._upload_id, self._part, self._size, self._read = key, upload_id, part, size, read
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        self._sealed: dict[int, bytes] = {}

    def readable(self) -> bool:
        """Yes; it is never written."""
        return True

    def seekable(self) -> bool:
        """Yes: a zip's directory is at its end."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to ``offset`` from the start, from here, or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` from one piece; fewer bytes at the end of a piece, none at the end of the file."""
        seq, offset = divmod(self._at, PIECE_BYTES)
        if self._at >= self._size:
            return 0
        some = memoryview(self._piece(seq))[offset : offset + len(buffer)]
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)

    def _piece(self, seq: int) -> bytes:
        if self._held[0] != seq:
            if seq not in self._sealed:
                self._fetch(seq)
            body = self._key.open(_COLUMN, _place(self._upload_id, self._part, seq), self._sealed.pop(seq))
            plain = zstandard.decompress(body[1:]) if body[:1] == _PACKED else body[1:]
            self._held = (seq, plain)
        return self._held[1]

    def _fetch(self, seq: int) -> None:
        """Take a batch of pieces from ``seq`` on, as they are sealed; whoever reads mostly reads on."""
        where = {"record": self._key.owner, "upload": self._upload_id, "of_part": self._part}
        with self._read() as session:
            rows = session.execute(_SEALED, {**where, "first": seq, "last": seq + BATCH_PIECES - 1})
            self._sealed = {number: sealed for number, sealed in rows}  # noqa: C416  rows are not pairs to mypy
        if seq not in self._sealed:
            raise NotThere
