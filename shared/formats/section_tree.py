"""A CSV of two columns, read as sections: a row of one cell is a heading, a row of two is a key with its value.

Mynaportal writes its downloads so. Which heading stands below which cannot be told from the file: headings that follow
one another without a pair between them are taken as going from the large to the small.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.formats import Trouble
from shared.formats.jahis_lines import decoded, lines_of
from shared.languages import tr
from shared.personal_numbers import blotted, masked
from shared.problems import TooBig, Unreadable
from shared.schema import UNSHOWABLE

LIMIT_MB = 16
# Ten years of a person's medicines and costs have some ten thousand.
MOST_ROWS = 200_000
# Headings that follow one another without a pair between them; Mynaportal's are four deep.
_MOST_ABOVE = 20
_LONGEST = 2000
# A cell may hold new lines, but not many: an open quote must not swallow the rest of the file.
_MOST_LINES = 10
_EXCERPT = 200
# Keys of numbers by which a person is insured: 保険者等番号, 被保険者証等記号, 枝番 and what else is called so.
_PRIVATE = ("番号", "記号", "枝番", "個人番号", "マイナンバー")


@dataclass(frozen=True, slots=True)
class Pair:
    """A key with its value, and the line of the file where it stands."""

    key: str
    value: str
    line: int

    @property
    def where(self) -> str:
        """The place in words."""
        return tr("{number} 行目", number=self.line)

    @property
    def excerpt(self) -> str:
        """What of it may be shown: the value of a number that names a person never is."""
        private = any(word in self.key for word in _PRIVATE)
        value = blotted(self.value) if private else masked(self.value)
        return f"{self.key}：{value}"[:_EXCERPT]


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading. ``above`` are the headings that stand over it without a pair of their own."""

    heading: str
    above: tuple[str, ...]
    pairs: tuple[Pair, ...]
    line: int

    @property
    def where(self) -> str:
        """The place in words."""
        return tr("{number} 行目", number=self.line)

    def records(self) -> list[dict[str, Pair]]:
        """Its pairs as records: where a key comes again, the next one has begun."""
        found: list[dict[str, Pair]] = []
        for pair in self.pairs:
            if not found or pair.key in found[-1]:
                found.append({})
            found[-1][pair.key] = pair
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and the line where it begins."""

    cells: tuple[str, ...]
    line: int


def first_cell(head: bytes) -> str:
    """The first heading in the beginning of a file, whatever its letters; empty where there is none."""
    line = head.lstrip(b"\xef\xbb\xbf\r\n \t").split(b"\n", 1)[0].strip().strip(b'"')
    for encoding in ("utf-8", "cp932"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def sections(raw: bytes) -> Iterator[Section | Trouble]:
    """The sections of a file in their order; a row that is neither heading nor pair is a `Trouble`."""
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    if not raw.strip():
        raise Unreadable("file_empty")
    heading, begun = "", 1
    above: tuple[str, ...] = ()
    pairs: list[Pair] = []
    for row in rows(decoded(raw)):
        if isinstance(row, Trouble):
            yield row
        elif len(row.cells) == 1:
            if heading or pairs:
                yield Section(heading, above, tuple(pairs), begun)
            above = () if pairs else (*above, heading)[-_MOST_ABOVE:] if heading else ()
            heading, pairs, begun = row.cells[0], [], row.line
        else:
            pairs.append(Pair(row.cells[0], row.cells[1], row.line))
    if heading or pairs:
        yield Section(heading, above, tuple(pairs), begun)


def rows(text: str) -> Iterator[Row | Trouble]:
    """The rows of a text, each on its own: a quote that is never closed costs its line and no other."""
    lines = lines_of(text, MOST_ROWS)
    at = 0
    while at < len(lines):
        taken = _taken(lines, at)
        cells = _cells("\n".join(lines[at : at + taken])) if taken else None
        if cells is None:
            yield Trouble(
                tr("{number} 行目", number=at + 1), Unreadable("jahis_line_broken"), masked(_shown(lines[at]))
            )
        elif any(cells):
            yield Row(cells, at + 1)
        at += max(1, taken)


def _taken(lines: Sequence[str], at: int) -> int:
    """How many lines the row that begins there has; 0 where its quote is not closed within reach."""
    quotes = 0
    for count in range(min(_MOST_LINES, len(lines) - at)):
        quotes += lines[at + count].count('"')
        if quotes % 2 == 0:
            return count + 1
    return 0


def _cells(text: str) -> tuple[str, ...] | None:
    """One or two cells without empty ones behind; None for more, for what is too long or cannot be shown."""
    try:
        read = list(csv.reader([text], strict=True))
    except csv.Error:
        return None
    cells = [cell.strip() for cell in read[0]] if read else []
    while cells and not cells[-1] and len(cells) != 2:
        cells.pop()
    wrong = len(cells) > 2 or any(len(cell) > _LONGEST or UNSHOWABLE.search(cell) for cell in cells)
    return None if wrong else tuple(cells)


def _shown(text: str) -> str:
    return UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:_EXCERPT]
