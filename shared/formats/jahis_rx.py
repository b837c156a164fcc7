"""The 2D symbol on a paper prescription (院外処方箋2次元シンボル, JAHIS9 and JAHIS10), as its bytes or as a file.

It shares record numbers with the medicine notebook (JAHISTC), and they mean other things here: form 3 is 外用, eras are
digits. Who pays for the medicines (insurer, symbols, numbers) is never taken in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece
from shared.formats.rx_join import join
from shared.formats.rx_lines import LIMIT_MB, has_jahis_header, sheets_of
from shared.formats.rx_sheets import People, prescription
from shared.medicines import Signature

__all__ = ["LABEL", "ORIGIN", "has_jahis_header", "join", "read", "recognises"]

LABEL = "処方箋の 2 次元コード"
ORIGIN = "jahis_rx"


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the header alone decides
    """Whether the first line is that of a prescription's symbol."""
    return has_jahis_header(head)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:  # noqa: ARG001  it holds days, no hours: no zone
    """Each prescription in ``file``; what was not understood as `Trouble` with its line, nothing of the insurance.

    Raises `Unreadable` for wrong letters or a missing header, `TooBig` over the limit.
    """
    people = People()
    for sheet in sheets_of(file.read(LIMIT_MB * 1024 * 1024 + 1)):
        yield from people.pass_on(prescription(sheet, ORIGIN, Signature.NONE), sheet.header.where)
