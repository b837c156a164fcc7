"""What OMRON connect shares as CSV: blood pressure and body composition, in Japanese and English, and the US e-mail.

Layouts: formats/wearables.md section 9.1. A file has one kind of measurement; each row names its zone, except in the
US e-mail, whose times are what the wall clock showed. Minutes are as exact as it gets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece
from shared.formats.omron_columns import Columns, columns_of
from shared.formats.omron_rows import Rows
from shared.formats.sheets import head_rows, opened
from shared.problems import Unreadable

LABEL = "オムロン コネクト"

_SAMPLES = 5
_ZONE = "タイムゾーン"
_MARKS = (b"Timezone", b"TruRead", _ZONE.encode(), _ZONE.encode("cp932"))


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the header alone decides
    """Whether the first row names a measuring day, a zone and something that Omron's devices measure."""
    if not any(mark in head[:2000] for mark in _MARKS):
        return False
    rows = head_rows(head)
    return bool(rows) and columns_of(rows[0]) is not None


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Each row as the vitals in it. Raises `Question` for the zone of a US e-mail, `Unreadable` for another table."""
    sheet = opened(file)
    first = next(sheet.rows(), None)
    columns = columns_of(first[1]) if first else None
    if columns is None:
        raise Unreadable("format_unknown")
    zone = ""
    if columns.zone is None:
        samples = _samples(file, columns)
        # Of a file without a row nothing is asked.
        zone = asked.zone_of("omron", samples) if samples else asked.zone
    yield from Rows(columns, zone, sheet.delimiter != ",").read(sheet)


def _samples(file: BinaryIO, columns: Columns) -> list[str]:
    """The first times as they stand in the file."""
    found: list[str] = []
    for line, row in opened(file).rows():
        if line > 1 and len(row) >= columns.width and len(found) < _SAMPLES:
            found.append(f"{row[columns.day]} {row[columns.hour or 0]}".strip()[:40])
        if len(found) == _SAMPLES:
            break
    return found
