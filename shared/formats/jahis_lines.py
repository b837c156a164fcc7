"""The bytes of a medicine notebook (JAHISTC) as numbered lines of fields, part by part; letters, dates, splits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.formats.jahis_dates import written
from shared.languages import tr
from shared.personal_numbers import masked
from shared.problems import TooBig, Unreadable

# A year of dispensings is some 30 kB; nobody's notebook comes near this.
LIMIT_MB = 4
# Lines of a hundred years; more of them in so few bytes say nothing.
MOST_LINES = 100_000
# JAHIS 技術文書 24-104: TC01 is version 1.0, TC08 is 2.5 and 2.6.
NEWEST = 8
# Characters in one field; the specification's longest has 800 bytes.
LONGEST = 1000

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*JAHISTC(\d\d)(?:,[^\r\n\x1a]*)?(?=[\r\n\x1a]|\Z)")
_HEADER_LINE = re.compile(r"JAHISTC(\d\d)(,.*)?", re.ASCII | re.DOTALL)
_DIGITS = re.compile(r"\d{1,6}", re.ASCII)
# Characters that no screen shows; the same that the schemas refuse.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What Python's CP932 makes of the bytes that Windows-31J leaves undefined.
_UNDEFINED = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
_HALF_KANA = "\uff61-\uff9f"
_PLAIN_OR_HALF_KANA = re.compile(f"[\x00-\x7f{_HALF_KANA}]*")
# Runs of the letters of Japanese, and of what is no ASCII: counted by runs, because every file is looked at.
_JAPANESE = re.compile("[\u3000-\u9fff\uff00-\uffef]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_EXCERPT = 1000
# With fewer letters than this nothing can be said about what they were meant to be.
_ENOUGH = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file from 1, its text, and its fields (trimmed; the first is the record number)."""

    number: int
    text: str
    fields: tuple[str, ...]

    def field(self, index: int) -> str:
        """Field ``index`` after the record number, from 1; empty where it was left out."""
        return self.fields[index] if index < len(self.fields) else ""

    @property
    def where(self) -> str:
        """The place in words."""
        return tr("{number} 行目", number=self.number)

    @property
    def excerpt(self) -> str:
        """The beginning of the text, fit for a screen; numbers that name a person are masked."""
        return masked(_UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", self.text[:_EXCERPT]))

    @property
    def senseless(self) -> bool:
        """Whether it holds characters, or a length, that no such line can have (the longest field is N800)."""
        long = len(self.text) > LONGEST and any(len(field) > LONGEST for field in self.fields)
        return long or _UNSHOWABLE.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Split:
    """Record 911: which part of how many of the notebook named ``data_id`` this is."""

    data_id: str
    total: int
    part: int


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one header. ``split`` is None for a notebook that came in one piece."""

    header: Line
    lines: tuple[Line, ...]
    split: Split | None

    @property
    def version(self) -> int:
        """The two digits after JAHISTC."""
        found = _HEADER_LINE.fullmatch(self.header.text)
        return int(found[1]) if found else 0


def has_header(raw: bytes) -> bool:
    """Whether ``raw`` begins as a medicine notebook does (the prescription codes JAHIS9 and JAHIS10 do not)."""
    return bool(_HEADER.match(raw))


def parts_of(raw: bytes) -> list[Part]:
    """The parts in ``raw``, one for each header. Wrong letters, no header or too much are a `Problem`."""
    if not raw.strip(b"\x1a\r\n \x00"):
        raise Unreadable("file_empty")
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    if not has_header(raw):
        raise Unreadable("jahis_header")
    found: list[tuple[Line, list[Line]]] = []
    for line in _lines(decoded(raw)):
        if _HEADER_LINE.fullmatch(line.text):
            found.append((line, []))
        else:
            found[-1][1].append(line)
    return [Part(header, tuple(lines), _split(lines)) for header, lines in found]


def split_of(line: Line) -> Split | None:
    """What a 911 line says, or None where it makes no sense."""
    total, part = whole(line.field(2)), whole(line.field(3))
    if not line.field(1) or total is None or part is None or not 1 <= part <= total <= 999:
        return None
    return Split(line.field(1), total, part)


def day(text: str) -> date | None:
    """The day that ``text`` means; None for what is no day of the calendar since 1868."""
    return written(text).on


def whole(text: str) -> int | None:
    """The whole number that ``text`` is, or None."""
    return int(text) if _DIGITS.fullmatch(text) else None


def decoded(raw: bytes) -> str:
    """The text of ``raw``: CP932 as the specification says, or the UTF-8 that some tools save instead."""
    escape = raw.find(b"\x1b$")  # the seven-bit Japanese of old mail
    if escape >= 0:
        raise _wrong(raw, escape)
    text = _as_utf8(raw)
    if text is not None:
        return text
    try:
        text = raw.decode("cp932")
    except UnicodeDecodeError as error:
        raise _wrong(raw, error.start) from error
    undefined = _UNDEFINED.search(text)
    if undefined:
        raise _wrong(raw, len(text[: undefined.start()].encode("cp932", "replace")))
    _refuse_look_alikes(raw, text)
    return text


def _lines(text: str) -> Iterable[Line]:
    # Not splitlines(): U+0085 or U+2028 inside a name is no new line.
    for number, line in enumerate(lines_of(text, MOST_LINES), 1):
        shown = line.strip("\x1a\ufeff")
        if shown.strip():
            yield Line(number, shown, tuple(map(str.strip, shown.split(","))))


def lines_of(text: str, most: int) -> list[str]:
    """The lines of a text; `TooBig` where there are more than ``most``."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > most:
        raise TooBig("lines_many", most=most)
    return lines


def _split(lines: Sequence[Line]) -> Split | None:
    last = next((line for line in reversed(lines) if line.fields[0] == "911"), None)
    return split_of(last) if last else None


def _as_utf8(raw: bytes) -> str | None:
    """The text if ``raw`` is UTF-8 and mostly Japanese; a CP932 notebook is never that by chance."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if _count(_JAPANESE, text) * 2 >= _count(_FOREIGN, text) else None


def _refuse_look_alikes(raw: bytes, text: str) -> None:
    """Other encodings can pass as CP932 full of nonsense: EUC-JP as half-width kana, damaged UTF-8 as rare kanji."""
    if _PLAIN_OR_HALF_KANA.fullmatch(text) and _count(_FOREIGN, text) >= _ENOUGH:
        try:
            raw.decode("euc_jp")
        except UnicodeDecodeError:
            return
        raise _wrong(raw, _first_foreign(raw))
    guess = raw.decode("utf-8", "replace")
    broken = guess.count("\N{REPLACEMENT CHARACTER}")
    if broken and _count(_JAPANESE, guess) >= 4 * broken:
        raise _wrong(raw, len(guess[: guess.index("\N{REPLACEMENT CHARACTER}")].encode()))


def _count(letters: re.Pattern[str], text: str) -> int:
    return sum(map(len, letters.findall(text)))


def _first_foreign(raw: bytes) -> int:
    return next(index for index, byte in enumerate(raw) if byte >= 0x80)


def _wrong(raw: bytes, at: int) -> Unreadable:
    number = raw[:at].count(b"\n") + 1
    return Unreadable("encoding_wrong", where=tr("{number} 行目", number=number))
