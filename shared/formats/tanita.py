"""Tanita scales and cuffs: the lines on a scale's SD card, and the JSON of Health Planet. Local times, no zone.

Layouts: formats/wearables.md section 9.3. An SD line is ``{0,16,~0,2,...,CS,30}``: pairs of name and value, upper and
lower case mean different things; the checksum CS is the sum of the bytes before its name, in the last two hexadecimal
digits (worked out on the five published lines, which all keep it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece
from shared.formats.tanita_card import Card, first_times
from shared.formats.tanita_planet import Planet, planet_of

LABEL = "タニタ"

_LINE = re.compile(rb"\s*\{0,\d+,~0,\d")
_PLANET = re.compile(rb'"keydata"\s*:')
_DATA = re.compile(rb'"data"\s*:\s*\[')
# An answer without a measurement: the person it is about, and an empty list.
_EMPTY = re.compile(
    rb'\s*\{(?=[^{}]*"birth_date"\s*:)(?=[^{}]*"height"\s*:)(?=[^{}]*"data"\s*:\s*\[\s*\])[^{}]*\}\s*'
)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the content alone decides
    """Whether it begins with a line of an SD card, or is an answer of Health Planet."""
    if _LINE.match(head):
        return True
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and bool(
        (_DATA.search(head) and _PLANET.search(head)) or _EMPTY.fullmatch(head)
    )


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in ``file``. Raises `Question` for the zone of its times."""
    file.seek(0)
    head = file.read(200)
    file.seek(0)
    if _LINE.match(head):
        zone = asked.zone_of("tanita", first_times(file))
        file.seek(0)
        yield from Card(zone).read(file)
    else:
        planet = planet_of(file)
        zone = asked.zone_of("tanita", planet.first_times()) if planet.data else asked.zone
        yield from Planet(zone, planet).read()
