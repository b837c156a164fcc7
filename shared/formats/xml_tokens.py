"""XML handed to expat a piece at a time, so that a tag which never ends is refused before it fills the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.languages import tr
from shared.problems import Unreadable

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

# The longest tag, comment or CDATA section that is waited for; an honest one has some kB.
MOST_TOKEN = 1024 * 1024
_PIECE = 64 * 1024


def feed(parser: XMLParserType, data: bytes, before: int) -> None:
    """Parse on with ``data``, after ``before`` bytes that this parser was given already. Raises what expat raises."""
    for at in range(0, len(data), _PIECE):
        piece = data[at : at + _PIECE]
        parser.Parse(piece, False)
        waiting = before + at + len(piece) - max(0, parser.CurrentByteIndex)
        if waiting > MOST_TOKEN:
            raise Unreadable("xml_refused", why=tr("区切りのない部分が長すぎます"))
