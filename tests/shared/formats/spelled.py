"""Files written down by what they repeat, so that two GB take no room."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True)
class Spelled:
    """A file as it is written: ``head``, then ``unit`` so many ``times``, then ``tail``. Two GB take no room so."""

    head: bytes
    unit: bytes = b""
    times: int = 0
    tail: bytes = b""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.head) + len(self.unit) * self.times + len(self.tail)

    def open(self) -> BinaryIO:
        """The file, open to be read and sought in."""
        if not self.times:
            return io.BytesIO(self.head + self.tail)
        return cast("BinaryIO", io.BufferedReader(_Spelling(self), 256 * 1024))


class _Spelling(io.RawIOBase):
    def __init__(self, spelled: Spelled) -> None:
        super().__init__()
        many = max(1, 64 * 1024 // len(spelled.unit))
        self._parts = (
            (spelled.head, len(spelled.head)),
            (spelled.unit * many, len(spelled.unit) * spelled.times),
            (spelled.tail, len(spelled.tail)),
        )
        self._unit = len(spelled.unit) * many
        self._size = sum(size for _, size in self._parts)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        at, given = self._at, 0
        for content, size in self._parts:
            while at < size and given < len(buffer):
                here = at % len(content)
                some = content[here : here + min(len(buffer) - given, size - at)]
                buffer[given : given + len(some)] = some
                at, given = at + len(some), given + len(some)
            at = max(0, at - size)
        self._at += given
        return given
