"""Any other table of text with a day and a number in each row: what its columns mean, the person says once.

Recognised last, and only for what no other format claims. Her answer is remembered under the names of the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO

from shared.formats import FORMATS, Answers, Ask, DayOrder, Piece, Question, named
from shared.formats.sheet_columns import Meaning, guessed, header_key, understood, words_of
from shared.formats.sheet_days import is_open, looks_like_a_day, parted, plain, said_by
from shared.formats.sheet_rows import Rows, Ways
from shared.formats.sheets import Sheet, head_rows, number, opened
from shared.problems import Problem, TooBig, Unreadable

__all__ = ["LABEL", "Meaning", "guessed", "header_key", "read", "recognises", "words_of"]

LABEL = "表（CSV）"

# Not asked whether they claim a file: itself, and the zip of anything.
_NOT_ASKED = ("sheet", "bundle")
MOST_COLUMNS = 60
_SHOWN_ROWS, _SHOWN_CELL, _SAMPLES, _TRIED = 5, 40, 5, 20


def recognises(head: bytes, name: str) -> bool:
    """Whether rows with a day and a number stand under a header, and nobody else claims them."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b"<", b"%", b""):
        return False
    rows = head_rows(head)
    if not _is_table(rows):
        return False
    return not any(named(each).recognises(head, name) for each in FORMATS if each not in _NOT_ASKED)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Each row as the vitals in it. Raises `Question` for the columns, the order of day and month, then the zone."""
    return chain.from_iterable(_pieces(file, asked))


def _pieces(file: BinaryIO, asked: Answers) -> Iterator[Iterable[Piece]]:
    sheet = opened(file)
    first = list(islice(sheet.rows(), _SHOWN_ROWS + 1))
    if len(first) < 2:
        raise Unreadable("format_unknown")
    line, header = first[0]
    if len(header) > MOST_COLUMNS:
        raise TooBig("sheet_wide", most=MOST_COLUMNS)
    key = header_key(header)
    meanings = understood(asked.columns_of(key), len(header))
    if meanings is None:
        raise Question(Ask.COLUMNS, "sheet", **_shown(key, [row for _, row in first]))
    at = next(i for i, each in enumerate(meanings) if each in (Meaning.DATETIME, Meaning.DATE))
    order, samples = _order(sheet, at)
    if order is None and samples:
        order = asked.day_order_of("sheet", samples)
    zone = asked.zone_of("sheet", [row[at][:40] for _, row in first[1:] if len(row) > at])
    yield from Rows(Ways(meanings, zone, order, sheet.delimiter != ",")).read(sheet, line)


def _shown(key: str, rows: list[list[str]]) -> dict[str, object]:
    """What the screen shows with the question."""
    cut = [[cell[:_SHOWN_CELL] for cell in row[:MOST_COLUMNS]] for row in rows]
    return {
        "key": key,
        "header": cut[0],
        "rows": cut[1:],
        "suggested": [str(each) for each in guessed(rows[0])],
        "meanings": [[str(each), words_of(each)] for each in Meaning if each is not Meaning.IGNORE],
    }


def _order(sheet: Sheet, at: int) -> tuple[DayOrder | None, list[str]]:
    """The order that the days themselves show; with none, the days that leave it open."""
    samples: list[str] = []
    # A day that begins with its year leaves nothing open.
    for cells in sheet.column(at, but=r"\d{4}"):
        for cell in cells:
            if cell[:4].isdigit() or not is_open(day := parted(plain(cell))[0]):
                continue
            said = said_by(day)
            if said:
                return said, []
            if len(samples) < _SAMPLES:
                samples.append(cell[:40])
    return None, samples


def _is_table(rows: list[list[str]]) -> bool:
    """Whether rows are as wide as their header, which has names, and hold a column of days and one of numbers."""
    if len(rows) < 2 or not 2 <= len(rows[0]) <= MOST_COLUMNS:
        return False
    header, body = rows[0], [row for row in rows[1 : _TRIED + 1] if any(cell.strip() for cell in row)]
    named_cells = [cell for cell in header if cell.strip()]
    if len(named_cells) < 2 or any(_is_number(cell) or looks_like_a_day(cell) for cell in named_cells):
        return False
    even = [row for row in body if len(row) == len(header)]
    if not even or len(even) * 10 < len(body) * 8:
        return False
    columns = list(zip(*even, strict=True))
    days = [column for column in columns if _mostly(column, looks_like_a_day)]
    return bool(days) and any(_mostly(column, _is_number) for column in columns if column not in days)


def _mostly(column: tuple[str, ...], fits: Callable[[str], bool]) -> bool:
    filled = [cell for cell in column if cell.strip()]
    return bool(filled) and sum(map(fits, filled)) * 10 >= len(filled) * 6


def _is_number(cell: str) -> bool:
    try:
        number(cell, comma=True)
    except Problem:
        return False
    return True
