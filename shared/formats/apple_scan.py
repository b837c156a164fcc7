"""The walk over the bytes of an Apple export: ordinary records by the run, everything else through expat."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.formats import Piece
from shared.formats.apple_gather import Gathering
from shared.formats.apple_runs import Runs
from shared.formats.apple_xml import BLOCK, MAX_DEPTH, Elements, Prolog, Source
from shared.languages import tr
from shared.problems import Unreadable

# The longest tag, comment or CDATA section that is waited for.
MAX_TOKEN = 1024 * 1024

# One token. Groups: 1 an end tag, 2 an empty element, 3 a start tag; none for comments, CDATA, instructions and text.
_TOKEN = re.compile(
    rb"[^<]+|<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[\s\S]*?\?>|(/)[^<>]*>"
    rb"|[^/!?<>\"'][^<>\"'/]*(?:(?:\"[^\"<]*\"|'[^'<]*'|/(?!>))[^<>\"'/]*)*(?:(/)>|(>)))"
)


def read_plainly(source: Source, gathering: Gathering, block: int = BLOCK) -> Iterator[Piece]:
    """Everything through expat: slower, and what the fast way is measured against."""
    prolog = Prolog(source, block)
    elements = Elements(gathering)
    elements.feed(prolog.kept, 0)
    data, place = prolog.rest, prolog.place
    while data:
        elements.feed(data, place)
        yield from gathering.pieces()
        place += len(data)
        data = source.read(block)
    elements.finish()
    yield from gathering.end()


def read_quickly(source: Source, gathering: Gathering, block: int = BLOCK) -> Iterator[Piece]:
    """The same pieces (readings perhaps in another order), several times faster where the file is ordinary."""
    prolog = Prolog(source, block)
    walk = Walk(gathering)
    walk.elements.feed(prolog.kept, 0)
    data = prolog.rest
    walk.place = prolog.place
    while data:
        walk.block(data)
        yield from gathering.pieces()
        data = source.read(block)
    walk.finish()
    yield from gathering.end()


class Walk:
    """Where the walk stands: how deep in the elements, and which bytes wait for the rest of their token."""

    def __init__(self, gathering: Gathering) -> None:
        self.elements = Elements(gathering)
        self.place = 0
        self._runs = Runs(gathering, self.elements)
        self._waiting = b""
        self._depth = 0

    @property
    def is_between(self) -> bool:
        """Whether it stands between two elements below the root, with nothing begun; expat sees it so too."""
        return self._depth == self.elements.depth == 1 and not self._waiting

    def enter(self, place: int) -> None:
        """Begin inside the root, which somebody else has read."""
        self.elements.feed(b"<HealthData>", place)
        self._depth = 1

    def block(self, data: bytes) -> None:
        """Go on through ``data``."""
        data = self._waiting + data
        at = 0
        while at < len(data):
            before = at
            if self._depth == 1:
                at = self._runs.take(data, at, self.place)
            at = self._node(data, at)
            if at == before:
                break
        if len(data) - at > MAX_TOKEN:
            self.elements.feed(data[at:], self.place + at)
            raise Unreadable("xml_refused", why=tr("区切りのない部分が長すぎます"))
        self._waiting = data[at:]
        self.place += at

    def finish(self) -> None:
        """The file has ended."""
        self.elements.feed(self._waiting, self.place)
        self.elements.finish()

    def _node(self, data: bytes, at: int) -> int:
        """Hand whole tokens to expat until an element below the root has ended; returns where they end."""
        start = at
        while match := _TOKEN.match(data, at):
            at = match.end()
            kind = match.lastindex
            if kind is None:
                continue
            self._depth += (0, -1, 0, 1)[kind]
            if self._depth <= 1:
                break
            if self._depth > MAX_DEPTH:
                raise Unreadable("xml_refused", why=tr("入れ子が深すぎます"))
        if at > start:
            self.elements.feed(data[start:at], self.place + start)
        return at
