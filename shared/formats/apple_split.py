"""An Apple export cut into stretches of whole elements, so that several may read it at once; what they find, joined.

A cut is only guessed from how a phone lays the file out (one space before an element below the root). Who reads a
stretch sees whether it ended between two elements; where one did not, the cuts were wrong and `Odd` says so. As the
first stretch begins where the file does, all cuts are right if nobody said it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.formats import Piece
from shared.formats.apple_gather import KEPT_BACK, Gathering, Rest
from shared.formats.apple_scan import Walk
from shared.formats.apple_xml import BLOCK, Prolog, Source
from shared.problems import Problem

# Long enough that handing it over costs nothing, short enough that several fit into memory.
STRETCH = 2 * 1024 * 1024
_LONGEST = 8  # times that, without a place to cut
_BETWEEN = b">\n <"


class Odd(Exception):
    """Nothing that several can read: it is left to one reader, who will say what is wrong with it, if anything is."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of the file from ``place`` on. ``is_last``: nothing comes after them."""

    place: int
    data: bytes
    is_last: bool


@dataclass(frozen=True, slots=True)
class Start:
    """What a reader has to know who begins in the middle: what stands before the root, and the person's time zone."""

    kept: bytes
    zone: str


class Cuts:
    """Gives the stretches of ``source``, one after another, until it ``is_over``."""

    def __init__(self, source: Source, zone: str, stretch: int = STRETCH) -> None:
        self._source = source
        self._stretch = stretch
        try:
            prolog = Prolog(source, min(BLOCK, stretch))
        except Problem as problem:
            raise Odd from problem
        self.start = Start(prolog.kept, zone)
        self._carried = prolog.rest
        self._place = prolog.place
        self.is_over = False

    def next(self) -> Stretch | None:
        """The next stretch, None after the last."""
        if self.is_over:
            return None
        data, wanted = self._carried, self._stretch
        while True:
            data = self._filled(data, wanted)
            if len(data) < wanted:
                self.is_over = True
                return Stretch(self._place, data, is_last=True)
            if cut := _cut(data):
                break
            wanted += self._stretch
            if wanted > _LONGEST * self._stretch:
                raise Odd
        found = Stretch(self._place, data[:cut], is_last=False)
        self._carried = data[cut:]
        self._place += cut
        return found

    def _filled(self, data: bytes, wanted: int) -> bytes:
        parts, missing = [data], wanted - len(data)
        while missing > 0 and (some := self._source.read(missing)):
            parts.append(some)
            missing -= len(some)
        return b"".join(parts)


def _cut(data: bytes) -> int:
    """Where the last element below the root begins, 0 for nowhere."""
    at = len(data) - 1
    while (at := data.rfind(_BETWEEN, 0, at)) >= 0:
        if data[at + len(_BETWEEN)] != ord("/"):
            return at + 1
    return 0


class Reader:
    """One of those who read. ``begins``: it is the one who takes the first stretch."""

    def __init__(self, start: Start, *, begins: bool) -> None:
        self._gathering = Gathering(start.zone, KEPT_BACK // 2)
        self._walk = Walk(self._gathering)
        try:
            self._walk.elements.feed(start.kept, 0)
        except Problem as problem:
            raise Odd from problem
        if not begins:
            self._walk.enter(len(start.kept))

    def take(self, stretch: Stretch) -> Iterator[Piece]:
        """Read a stretch; `Odd` for whatever cannot stand between two cuts."""
        self._walk.place = stretch.place
        try:
            for at in range(0, len(stretch.data), BLOCK):
                self._walk.block(stretch.data[at : at + BLOCK])
                yield from self._gathering.pieces()
            if stretch.is_last:
                self._walk.finish()
        except Problem as problem:
            raise Odd from problem
        if not stretch.is_last and not self._walk.is_between:
            raise Odd
        yield from self._gathering.pieces()

    def leave(self) -> tuple[list[Piece], Rest]:
        """The last pieces, and what only makes sense together with what others found."""
        rest = self._gathering.leave()
        return list(self._gathering.pieces()), rest

    def end(self, rest: Rest | None = None) -> Iterator[Piece]:
        """The last pieces of all, with what another left."""
        try:
            if rest is not None:
                self._gathering.join(rest)
        except Problem as problem:
            raise Odd from problem
        yield from self._gathering.end()
