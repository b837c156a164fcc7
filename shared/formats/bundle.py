"""zip にまとめたファイル: files of any of the formats together in a zip, each read as its own kind.

A zip of a maker's own (an export of a watch) belongs to its format; this takes the zips that people make themselves.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, cast

from shared.formats import (
    FORMATS,
    HEAD_BYTES,
    Answers,
    Found,
    Identity,
    Piece,
    Question,
    Trouble,
    named,
    recognise,
)
from shared.formats.zips import MAX_EXPANDED, Member, Stream, Zip
from shared.languages import tr
from shared.problems import Problem, Unreadable
from shared.streams import Readings

LABEL = "zip にまとめたファイル"

_NAME = "bundle"
_ZIP = b"PK\x03\x04"
# What a computer puts into every zip, and nobody means.
_LEFT_BY_COMPUTERS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
# Up to this size a member is unpacked in memory; a larger one is unpacked again where a reader goes back in it.
_IN_MEMORY = 16 * 1024**2
# A reader that goes back for its directory unpacks a member two or three times, one that jumps about never ends.
_MOST_TIMES = 8
_MOST_FOLDERS = 200
# Each is looked at by every format. People put tens of files into a zip, makers thousands (and those have a format).
_MOST_MEMBERS = 2_000
# What waits in memory until its member was read to the end, in readings (25 bytes each); a word weighs as many.
_MOST_HEAPED = 1_000_000
_WORD_WEIGHT = 50


def recognises(head: bytes, name: str) -> bool:
    """A zip that no maker's format claims by the names it begins with."""
    if not head.startswith(_ZIP):
        return False
    return not any(named(each).recognises(head, name) for each in FORMATS if each != _NAME)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in every member that one of the formats knows; what none knows is told once for each folder."""
    opening = _Opening(asked)
    yield from opening.read(file, "", 0)
    if not opening.read_whole:
        raise opening.problem or Unreadable("format_unknown")
    for folder, count in opening.unknown.items():
        yield Trouble(folder, Unreadable("bundle_unknown", count=count), opening.examples[folder])


@dataclass(slots=True)
class _Opening:
    """A bundle being read. ``left``: how many more bytes may be unpacked, over all zips in it. ``problem`` is the first
    of a member that could not be read."""

    asked: Answers
    left: int = MAX_EXPANDED
    members: int = 0
    read_whole: int = 0
    problem: Problem | None = None
    unknown: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def read(self, file: BinaryIO, above: str, nesting: int) -> Iterator[Piece]:
        """The pieces of a zip that lies at ``above`` in the outermost one."""
        opened = Zip(file, nesting)
        self._spend(opened)
        for member in opened.members:
            where = above + member.name
            if not _is_meant(member):
                continue
            self.members += 1
            if self.members > _MOST_MEMBERS:
                raise Unreadable("zip_refused", why=tr("中のファイルが多すぎます"))
            try:
                yield from self._member(opened, member, where, nesting)
            except Question:
                raise
            except Problem as problem:
                # What an institution may not send is refused whole, so that nothing tells what it was.
                if self.asked.sent_by_institution:
                    raise
                self.problem = self.problem or problem
                yield Trouble(where, problem)

    def _member(self, opened: Zip, member: Member, where: str, nesting: int) -> Iterator[Piece]:
        head = _head(opened.open(member))
        if not head:
            return
        name = self._format(head, member, where)
        if name is None:
            return
        with _unpacked(opened, member) as file:
            if name == _NAME:
                yield from self.read(file, where + "/", nesting + 1)
                return
            if head.startswith(_ZIP):
                self._spend(Zip(file, nesting + 1))
                file.seek(0)
            for piece in self._trusted(name, file):
                yield _placed(piece, where)
            self.read_whole += 1

    def _trusted(self, name: str, file: BinaryIO) -> Iterator[Piece]:
        """All of a member, or its `Problem` before the first piece: of a member that breaks nothing is taken.

        What does not fit into a bounded heap is read to its end to see whether it holds, and then again.
        """
        heap: list[Piece] = []
        weight = 0
        for piece in named(name).read(file, self.asked):
            weight += len(piece) if isinstance(piece, Readings) else _WORD_WEIGHT
            if weight <= _MOST_HEAPED:
                heap.append(piece)
        if weight <= _MOST_HEAPED:
            yield from heap
            return
        heap.clear()
        file.seek(0)
        yield from named(name).read(file, self.asked)

    def _format(self, head: bytes, member: Member, where: str) -> str | None:
        """The format of a member; None where there is none, which is noted for its folder."""
        try:
            return recognise(head, member.name.rpartition("/")[2])
        except Unreadable as problem:
            if problem.code != "format_unknown":
                raise
        folder = where.rpartition("/")[0] or "zip"
        if folder not in self.unknown and len(self.unknown) >= _MOST_FOLDERS:
            folder = tr("ほかのフォルダー")
        self.unknown[folder] += 1
        self.examples.setdefault(folder, where.rpartition("/")[2])
        return None

    def _spend(self, opened: Zip) -> None:
        self.left -= sum(member.size for member in opened.members)
        if self.left < 0:
            raise Unreadable("zip_refused", why=tr("広げると大きくなりすぎます"))


def _is_meant(member: Member) -> bool:
    parts = member.name.casefold().split("/")
    return parts[0] != "__macosx" and parts[-1] not in _LEFT_BY_COMPUTERS and not parts[-1].startswith("._")


def _head(stream: Stream) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (some := stream.read(HEAD_BYTES - len(head))):
        head += some
    return head


def _unpacked(opened: Zip, member: Member) -> BinaryIO:
    """A member as a file. Nothing of it is laid on a disk."""
    unpacking = _Unpacking(opened, member)
    if member.size <= _IN_MEMORY:
        return io.BytesIO(unpacking.read())
    return cast("BinaryIO", io.BufferedReader(unpacking, 256 * 1024))


class _Unpacking(io.RawIOBase):
    """A member that is unpacked as it is read, and from its beginning again where somebody goes back in it."""

    def __init__(self, opened: Zip, member: Member) -> None:
        super().__init__()
        self._zip, self._member = opened, member
        self._stream = opened.open(member)
        self._at = self._unpacked_to = 0
        self._allowed = _MOST_TIMES * max(member.size, _IN_MEMORY)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, though going back costs."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to ``offset`` from the start, from here, or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._member.size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` with what comes next."""
        if self._at >= self._member.size:
            return 0
        if self._at < self._unpacked_to:
            self._stream, self._unpacked_to = self._zip.open(self._member), 0
        while self._unpacked_to < self._at:
            if not self._more(min(256 * 1024, self._at - self._unpacked_to)):
                return 0
        some = self._more(len(buffer))
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)

    def _more(self, size: int) -> bytes:
        some = self._stream.read(size)
        self._unpacked_to += len(some)
        self._allowed -= len(some)
        if self._allowed < 0:
            raise Unreadable("zip_refused", why=tr("広げると大きくなりすぎます"))
        return some


def _placed(piece: Piece, where: str) -> Piece:
    """A piece with the name of its member before its place."""
    if isinstance(piece, Identity):
        return piece
    at = f"{where}: {piece.where}" if piece.where else where
    if isinstance(piece, Found):
        return Found(piece.word, piece.source_id, at)
    if isinstance(piece, Trouble):
        return Trouble(at, piece.problem, piece.excerpt)
    return replace(piece, where=at)
