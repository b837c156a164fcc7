"""The Japanese medicine notebook (電子版お薬手帳, JAHISTC01 to 08) as a file or as the bytes of its QR codes.

Source: JAHIS 技術文書 24-104 Ver.2.6 by way of the tables in formats/jahis-techo.md. The prescription codes JAHIS9 and
JAHIS10 share record numbers with it but mean other things: they are never taken for a notebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Identity, Piece, Trouble
from shared.formats.jahis_join import join, one_notebook_each, progress
from shared.formats.jahis_lines import LIMIT_MB, NEWEST, Line, Part, has_header, parts_of
from shared.formats.jahis_records import Notebook
from shared.problems import Unreadable

__all__ = ["LABEL", "join", "progress", "read", "recognises"]

LABEL = "お薬手帳（QR コード・ファイル）"


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the header alone decides
    """Whether the first line is that of a medicine notebook."""
    return has_header(head)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:  # noqa: ARG001  it holds days, no hours: no zone
    """Everything in ``file``, in the order of its lines; what was not understood as `Trouble` with its line.

    Raises `Unreadable` for wrong letters, a missing header or a missing part (record 911), `TooBig` over the limit.
    """
    people: list[Identity] = []
    for part in one_notebook_each(parts_of(file.read(LIMIT_MB * 1024 * 1024 + 1))):
        if part.version > NEWEST:
            yield _trouble(part.header, Unreadable("jahis_newer", version=part.version))
        for piece in _pieces(part):
            if isinstance(piece, Identity):
                if piece in people:
                    continue
                if people:
                    yield _trouble(part.header, Unreadable("jahis_two_people"))
                people.append(piece)
            yield piece


def _pieces(part: Part) -> Iterator[Piece]:
    notebook = Notebook()
    for line in part.lines:
        yield from notebook.take(line)
    yield from notebook.close()


def _trouble(line: Line, problem: Unreadable) -> Trouble:
    return Trouble(line.where, problem, line.excerpt)
