"""What was dispensed for an e-prescription (調剤編): the lines of a medicine notebook, with 511 and 521 beside them.

Not verified against a real file: the published tables (性別, 患者特記種別, 都道府県, 点数表, 剤形コード, 伝達事項種別,
疑義照会種別) are those of a notebook's records, and 511 and 521 are described by people who read the specification.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace

from shared.formats import Found, Piece, Trouble
from shared.formats.jahis_lines import Line
from shared.formats.jahis_records import Notebook
from shared.formats.rx_lines import Sheet, excerpt
from shared.formats.rx_notes import asked_back, refilled
from shared.medicines import Dispensing, DispensingNote, Signature, Stage
from shared.problems import Problem, Unreadable

# Records of a notebook, as far as their excerpts may be shown whole.
_NOTEBOOK = frozenset(
    {1, 2, 3, 4, 5, 11, 15, 31, 51, 55, 201, 281, 291, 301, 311, 391, 401, 411, 421, 501, 601, 701}
)
_DISPENSED_ON, _FORM = "5", "101"
_DAY = re.compile(r"\d{8}|[MTSHR]\d{6}", re.ASCII)
_OWN: dict[str, Callable[[Line], tuple[DispensingNote, list[Problem]]]] = {"511": asked_back, "521": refilled}


def is_dispensed(sheet: Sheet) -> bool:
    """Whether the lines are of what was dispensed: record 5 is a day there, and a doctor in a prescription."""
    numbers = {line.fields[0] for line in sheet.lines}
    days = (line for line in sheet.lines if line.fields[0] == _DISPENSED_ON)
    return _FORM not in numbers and any(_DAY.fullmatch(line.field(1)) for line in days)


def dispensed(sheet: Sheet, origin: str, signature: Signature) -> Iterator[Piece]:
    """What was dispensed, and what was not understood."""
    yield Trouble(sheet.header.where, Unreadable("rx_dispensed_unverified"))
    notebook = Notebook()
    found: list[Found] = []
    notes: list[DispensingNote] = []
    for line in sheet.lines:
        if line.fields[0] not in _OWN:
            found += yield from _of_notebook(notebook.take(line), line)
            continue
        try:
            if line.senseless:
                raise Unreadable("jahis_line_broken")
            note, problems = _OWN[line.fields[0]](line)
        except Problem as problem:
            problems = [problem]
        else:
            notes.append(note)
        yield from (Trouble(line.where, problem, excerpt(line, _NOTEBOOK)) for problem in problems)
    found += yield from _of_notebook(notebook.close(), sheet.header)
    for each in found:
        yield _as_dispensed(each, origin, signature, tuple(notes))


def _of_notebook(pieces: Iterable[Piece], line: Line) -> Generator[Piece, None, list[Found]]:
    """Passes on what is said about the file; returns what was found."""
    found: list[Found] = []
    for piece in pieces:
        if isinstance(piece, Found):
            found.append(piece)
        elif isinstance(piece, Trouble):
            yield replace(piece, excerpt=excerpt(line, _NOTEBOOK))
        else:
            yield piece
    return found


def _as_dispensed(each: Found, origin: str, signature: Signature, notes: tuple[DispensingNote, ...]) -> Found:
    word = each.word
    if not isinstance(word, Dispensing):
        return each
    return replace(
        each,
        word=replace(
            word, origin=origin, signature=signature, stage=Stage.DISPENSED, notes=(*word.notes, *notes)
        ),
    )
