"""Tables of text (CSV) as devices and spreadsheets write them: their letters, their delimiter, their rows.

Letters are tried in the order mark (BOM), strict UTF-8, CP932 (formats/wearables.md section 1.3). Rows stream; a line
without end, or a quote that nobody closes, costs that line and not its neighbours.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, cast, overload

from shared import units
from shared.problems import Invalid, Unreadable

_CHUNK = 1 << 18
# What is made of a block of rows fits beside it into a processor's own memory.
_BLOCK = 1 << 15
# Longer than any line of a device (the longest real ones have a few thousand letters).
MOST_LINE = 1 << 16
# A cell may hold line breaks (a note); one that goes on for longer is a quote that nobody closed.
_MOST_LINES_A_ROW = 50
_BOM = codecs.BOM_UTF8
# An order mark that was itself taken for letters and written once more.
_BOM_AS_LETTERS = "ï»¿"
_BRACKETS = str.maketrans("[]{}【】〔〕〈〉《》", "()()()()()()")
_GAPS = re.compile(r"[\s\u200b\ufeff]+")
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text, found out but not yet read: its encoding and delimiter.

    ``damaged``: some bytes are no letters of its encoding; they stand in the rows as U+FFFD.
    """

    file: BinaryIO
    encoding: str
    delimiter: str
    damaged: bool = False

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the number of its first line (from 1); empty lines are left out.

        A line that is no row of a table, and the beginning of one without end, comes as one cell.
        """
        for numbers, rows in self.batches():
            for number, row in zip(numbers, rows, strict=True):
                if row:
                    yield number, row

    def column(self, at: int, but: str = "") -> Iterator[list[str]]:
        """The different cells of one column, a block at a time and in their order; what is no row has none.

        ``but``: a pattern; cells that begin with it may be left out.
        """
        if _holds(self.file, b'"'):
            for _, rows in self.batches():
                yield list(dict.fromkeys(row[at] for row in rows if len(row) > at))
            return
        cell = f"[^{self.delimiter}\n]*"
        begins = f"(?!{but})" if but else ""
        pattern = re.compile(f"\n(?:{cell}{self.delimiter}){{{at}}}{begins}({cell})")
        for block, _ in self._blocks():
            text = block.replace("\r\n", "\n") if "\r" in block else block
            yield list(dict.fromkeys(pattern.findall("\n" + text)))

    def batches(self) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
        """The rows many at once, as lists of line numbers and rows equally long; an empty line is an empty row."""
        return cast("Iterator[tuple[Sequence[int], list[list[str]]]]", self.stretches(0))

    def stretches(self, columns: int) -> Iterator[tuple[Sequence[int], Sequence[list[str]]]]:
        """The same; rows that all have that many ``columns`` come as an `Evenly` where they can: it costs less."""
        first, width, begun = 1, 0, ""
        for block, final in self._blocks():
            text = begun + block
            rows = _evenly(text, self.delimiter, columns) or _quick(text, self.delimiter)
            numbers: Sequence[int]
            if rows is not None:
                numbers, begun, after = range(first, first + len(rows)), "", first + len(rows)
            else:
                numbers, rows, begun = _slow(text, first, _Shape(self.delimiter, width), final)
                after = first + _lines_in(text) - _lines_in(begun)
            if first == 1 and rows and rows[0]:
                cell = _without_mark(rows[0][0])
                rows = rows if cell == rows[0][0] else [[cell, *rows[0][1:]], *rows[1:]]
            first = after
            width = len(rows[-1]) if rows else width
            yield numbers, rows

    def _blocks(self) -> Iterator[tuple[str, bool]]:
        """The text in blocks of whole lines; True with the last one."""
        self.file.seek(0)
        decoder = codecs.getincrementaldecoder(self.encoding)("replace" if self.damaged else "strict")
        carried, passing, bare = "", False, None
        while True:
            raw = self.file.read(_BLOCK)
            text = decoder.decode(raw, final=not raw)
            if bare is None:
                bare = "\r" in text and "\n" not in text
            if bare:
                text = text.replace("\r", "\n")
            if passing and raw:
                # The rest of a line without end, of which the beginning is carried.
                passing = "\n" not in text
                text = "" if passing else text[text.index("\n") :]
            text = carried + text
            cut = text.rfind("\n") + 1 if raw else len(text)
            carried = text[cut:]
            if len(carried) > MOST_LINE:
                carried, passing = self._no_row(carried[:MOST_LINE]), True
            if cut or not raw:
                yield text[:cut], not raw
            if not raw:
                return

    def _no_row(self, text: str) -> str:
        """``text`` as one cell."""
        return text.replace(self.delimiter, " ").replace('"', " ")


@dataclass(frozen=True, slots=True)
class Evenly(Sequence[list[str]]):
    """Rows that all have ``width`` cells, as one list of all their cells; behind each row stands one more."""

    cells: list[str]
    width: int

    def columns(self) -> list[list[str]]:
        """The cells of each column."""
        return [self.cells[at :: self.width + 1] for at in range(self.width)]

    def __len__(self) -> int:
        return len(self.cells) // (self.width + 1)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...

    @overload
    def __getitem__(self, at: slice) -> list[list[str]]: ...

    def __getitem__(self, at: int | slice) -> list[str] | list[list[str]]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        begin = range(len(self))[at] * (self.width + 1)
        return self.cells[begin : begin + self.width]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a row is cut, and how many cells the rows before it had (0: none yet)."""

    delimiter: str
    width: int


def _lines_in(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def _quick(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows of a block where each is one line (nearly always), else None."""
    quotes = text.count('"')
    if quotes % 2:
        return None
    rows = _plain(text, delimiter) if not quotes else _all_quoted(text, delimiter, quotes)
    if rows is not None:
        return rows
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        rows = list(reader)
    except csv.Error:
        return None
    return rows if reader.line_num == len(rows) == _lines_in(text) else None


def _plain(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows of a block without a quote; None where lines are empty or break otherwise."""
    lines = _lines(text)
    return None if lines is None else [line.split(delimiter) for line in lines.split("\n")]


def _lines(text: str) -> str | None:
    """A block of lines, none of them empty and a LF between them; None where it is another."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\r" in text or "\n\n" in text or text[:1] in ("", "\n"):
        return None
    return text.removesuffix("\n")


def _evenly(text: str, delimiter: str, width: int) -> Evenly | None:
    """The rows of a block without a quote, where all are of that width; else None.

    Cut once, with a NUL as one more cell behind each row: where they all stand in their places, so do the others.
    """
    lines = None if not width or '"' in text or "\0" in text else _lines(text)
    if lines is None:
        return None
    cells = (lines.replace("\n", f"{delimiter}\0{delimiter}") + f"{delimiter}\0").split(delimiter)
    ends = cells[width :: width + 1]
    even = len(cells) == len(ends) * (width + 1) and ends.count("\0") == len(ends) == lines.count("\n") + 1
    return Evenly(cells, width) if even else None


def _all_quoted(text: str, delimiter: str, quotes: int) -> list[list[str]] | None:
    """The rows of a block whose every cell stands in quotes and holds none; None for any other.

    Cutting at the quotes used up all quotes there are: so no cell can hold one.
    """
    end = '"\r\n' if text.endswith('"\r\n') else '"\n'
    if not (text.startswith('"') and text.endswith(end) and len(text) > len(end)):
        return None
    between = f'"{delimiter}"'
    rows = [line.split(between) for line in text[1 : -len(end)].split(f'{end}"')]
    if quotes != 2 * sum(map(len, rows)) or text.count("\n") != len(rows):
        return None
    return rows


def _slow(text: str, first: int, shape: _Shape, final: bool) -> tuple[list[int], list[list[str]], str]:
    """Line by line, where cells hold line breaks or quotes are not closed; and the row that is not at its end yet."""
    numbers: list[int] = []
    rows: list[list[str]] = []
    taken: list[str] = []
    width = shape.width
    for at, line in enumerate(io.StringIO(text), first):
        taken.append(line)
        whole = "".join(taken)
        open_still = bool(whole.count('"') % 2)
        if open_still and len(taken) < _MOST_LINES_A_ROW and len(whole) < MOST_LINE:
            continue
        row = [] if open_still else _row(whole, shape.delimiter)
        if len(taken) == 1 or (not open_still and len(row) == (width or len(row))):
            numbers.append(at - len(taken) + 1)
            rows.append(row or _alone(whole, shape.delimiter))
            width = len(rows[-1]) or width
        else:
            numbers.extend(range(at - len(taken) + 1, at + 1))
            rows.extend(_alone(each, shape.delimiter) for each in taken)
        taken = []
    if taken and final:
        numbers.extend(range(first + _lines_in(text) - len(taken), first + _lines_in(text)))
        rows.extend(_alone(each, shape.delimiter) for each in taken)
        taken = []
    return numbers, rows, "".join(taken)


def _alone(line: str, delimiter: str) -> list[str]:
    """A line that stands for itself; with a quote that is not closed it is one cell, and no row."""
    return [line.rstrip("\r\n")] if line.count('"') % 2 else _row(line, delimiter)


def _row(line: str, delimiter: str) -> list[str]:
    """The cells of one row; a line that is none comes as one cell."""
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return [line.rstrip("\r\n")]


def opened(file: BinaryIO) -> Sheet:
    """The table of text in ``file`` (seekable), from its beginning. `Unreadable` for what is no text."""
    file.seek(0)
    head = file.read(_CHUNK)
    if not head.strip():
        raise Unreadable("file_empty")
    if b"\x00" in head:
        raise Unreadable("encoding_wrong", where=f"byte {head.index(0)}")
    encoding, damaged = _encoding(file, head)
    start = codecs.getincrementaldecoder(encoding)("replace").decode(head[:20_000])
    return Sheet(file, encoding, _delimiter(start), damaged)


def head_rows(head: bytes) -> list[list[str]]:
    """The whole rows at the beginning of a file, for recognising it; none where it is no text. Never raises."""
    if not head.strip() or b"\x00" in head:
        return []
    cut = head.rfind(b"\n") + 1 or len(head)
    try:
        return [row for _, row in opened(io.BytesIO(head[:cut])).rows()]
    except (Unreadable, UnicodeDecodeError):
        return []


def _encoding(file: BinaryIO, head: bytes) -> tuple[str, bool]:
    if head.startswith(_BOM):
        return "utf-8-sig", _wrong_at(file, "utf-8-sig") is not None
    wrong = _wrong_at(file, "utf-8")
    if wrong is None:
        return "utf-8", False
    # Letters beyond ASCII that were good UTF-8 before the first bad byte: damage, not another encoding.
    file.seek(0)
    before = file.read(min(wrong, _CHUNK))
    if not before.isascii():
        return "utf-8", True
    other = _wrong_at(file, "cp932")
    if other is None:
        return "cp932", False
    file.seek(0)
    if not file.read(min(other, _CHUNK)).isascii():
        return "cp932", True
    if b"\n" in before:
        return "utf-8", True
    raise Unreadable("encoding_wrong", where=f"byte {wrong}")


def _wrong_at(file: BinaryIO, encoding: str) -> int | None:
    """The first byte that is no letter of ``encoding``, None where all are."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    before = 0
    while True:
        raw = file.read(_CHUNK)
        try:
            decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            return max(0, before + error.start)
        if not raw:
            return None
        before += len(raw)


def _delimiter(text: str) -> str:
    """The one of comma, semicolon and tab that cuts the first lines into the most cells."""
    lines = [line for line in text.splitlines()[:6] if line.strip()] or [""]
    return max(",;\t", key=lambda each: max(line.count(each) for line in lines))


def _holds(file: BinaryIO, letter: bytes) -> bool:
    file.seek(0)
    return any(letter in some for some in iter(lambda: file.read(_CHUNK), b""))


def _without_mark(cell: str) -> str:
    cell = cell.lstrip("\ufeff")
    if cell.startswith(_BOM_AS_LETTERS):
        return cell.removeprefix(_BOM_AS_LETTERS).strip('"')
    return cell


def folded(name: str) -> str:
    """A column's name for comparing: width, kind of brackets, case and gaps do not count."""
    made = unicodedata.normalize("NFKC", name).translate(_BRACKETS)
    return _GAPS.sub(" ", made).strip().casefold()


def number(text: str, comma: bool = False) -> Decimal:
    """The exact number in a cell (wide digits too); ``comma``: the file writes 36,6. Else an `Invalid`.

    Where the comma is no decimal one, ``1,234`` is a thousand.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = plain.strip()
    if comma:
        plain = plain.replace(",", ".", 1)
    elif "," in plain and _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise Invalid("not_a_number")
    return units.exact(plain)
