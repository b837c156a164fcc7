"""Rows of a table file: CSV in UTF-8 or cp932, or the first sheet of an Excel file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from shared.problems import TooBig, Unreadable

# The largest of the real files has 7 MB (the receipt master).
MOST_BYTES = 60_000_000
_EXCEL = b"PK\x03\x04"
_ENCODINGS = ("utf-8-sig", "cp932")


def read_rows(path: Path) -> list[list[str]]:
    """Every row, cells as text without blanks around them. `Unreadable` for what is no table."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TooBig("too_big", limit_mb=MOST_BYTES // 1_000_000)
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable("file_not_opened", name=path.name, why=error.strerror or "") from error
    rows = _excel(data, path.name) if data.startswith(_EXCEL) else _csv(data, path.name)
    return [[cell.strip(" \t\r\n\u3000") for cell in row] for row in rows]


def _csv(data: bytes, name: str) -> list[list[str]]:
    for encoding in _ENCODINGS:
        try:
            return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Unreadable("drug_list_unknown", name=name)


def _excel(data: bytes, name: str) -> list[list[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return list(_cells(book.worksheets[0].iter_rows(values_only=True)))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise Unreadable("drug_list_unknown", name=name) from error


def _cells(rows: Iterator[tuple[object, ...]]) -> Iterator[list[str]]:
    for row in rows:
        yield ["" if cell is None else str(cell) for cell in row]
