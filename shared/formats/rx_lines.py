"""The lines of a prescription (JAHIS9, JAHIS10, SJ1): its header, its days, what of it may be shown.

Sources: JAHIS 技術文書 24-103 (院外処方箋2次元シンボル記録条件規約 Ver.1.10) by way of public notes on it, and the
public record layout of the e-prescription service (記録条件仕様 処方編); formats/jahis-techo.md 1.5 and
formats/eprescription.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.formats.jahis_lines import Line, decoded, lines_of, whole
from shared.personal_numbers import MASK, blotted, masked
from shared.problems import TooBig, Unreadable

# Sixteen symbols hold 48 kB at most, and an e-prescription is about as long.
LIMIT_MB = 4
MOST_LINES = 50_000
# Who pays: insurer, symbols and numbers of the insured person, public expense, shares. Never taken in, never shown.
INSURANCE = frozenset({14, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31, 231})

_JAHIS = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*JAHIS(\d{1,2}),*[ \t]*(?=[\r\n\x1a]|\Z)")
_SERVICE = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*SJ1,*[ \t]*(?=[\r\n\x1a]|\Z)")
_HEADER = re.compile(r"(?:JAHIS(\d{1,2})|SJ1),*[ \t]*", re.ASCII)
# The year comes as four digits, or as the digit of an era (1 Meiji to 5 Reiwa) and two digits.
_DAY = re.compile(r"(?:(\d{4})|([1-5])(\d\d))(?:(\d\d)(\d\d)?)?", re.ASCII)
# The year before its first, and its last: 96 years of Meiji are a western year with a digit missing.
_ERA = {"1": (1867, 45), "2": (1911, 15), "3": (1925, 64), "4": (1988, 31), "5": (2018, 99)}
_LONG_NUMBER = re.compile(r"[0-9０-９]{4,}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One prescription: its header and the lines under it. ``version`` is that of JAHIS, 0 for SJ1."""

    header: Line
    version: int
    lines: tuple[Line, ...]


def has_jahis_header(raw: bytes) -> bool:
    """Whether ``raw`` begins as the 2D symbol of a prescription does (a medicine notebook has letters after JAHIS)."""
    return bool(_JAHIS.match(raw))


def has_service_header(raw: bytes) -> bool:
    """Whether ``raw`` begins as the CSV of the e-prescription service does."""
    return bool(_SERVICE.match(raw))


def sheets_of(raw: bytes) -> list[Sheet]:
    """The prescriptions in ``raw``, one for each header. Wrong letters, no header or too much are a `Problem`."""
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    if not raw.strip(b"\x1a\r\n \x00"):
        raise Unreadable("file_empty")
    if not (has_jahis_header(raw) or has_service_header(raw)):
        raise Unreadable("rx_header")
    found: list[tuple[Line, int, list[Line]]] = []
    for line in _lines(decoded(raw)):
        header = _HEADER.fullmatch(line.text)
        if header:
            found.append((line, int(header[1] or 0), []))
        elif not found:
            raise Unreadable("rx_header")
        else:
            found[-1][2].append(line)
    return [Sheet(header, version, tuple(lines)) for header, version, lines in found]


def day(text: str) -> date | None:
    """A whole day, ``YYYYMMDD`` or ``GYYMMDD``; None for less than a day and for what is no day since 1868."""
    said = partial_day(text)
    return date.fromisoformat(said) if len(said) == 10 else None


def partial_day(text: str) -> str:
    """An ISO day, month or year as far as ``text`` says it (``335`` is 1960, ``33506`` 1960-06); empty for neither."""
    found = _DAY.fullmatch(text)
    if not found:
        return ""
    western, era, of_era, month, of_month = found.groups()
    if not western:
        before, last = _ERA[era]
        if not 1 <= int(of_era) <= last:
            return ""
    year = int(western) if western else before + int(of_era)
    try:
        made = date(year, int(month or 1), int(of_month or 1))
    except ValueError:
        return ""
    if made.year < 1868:
        return ""
    return made.isoformat()[: 10 if of_month else 7 if month else 4]


def excerpt(line: Line, known: frozenset[int]) -> str:
    """The beginning of a line, fit to be shown: nothing of the insurance, and no long number of an unknown record."""
    number, _, rest = line.excerpt.partition(",")
    record = whole(number.strip())
    if record in INSURANCE:
        return f"{number},{blotted(rest)}"
    if record not in known:
        return _LONG_NUMBER.sub(lambda run: MASK * len(run[0]), masked(line.excerpt))
    return masked(line.excerpt)


def _lines(text: str) -> Iterator[Line]:
    # Not splitlines(): U+0085 or U+2028 inside a name is no new line.
    for number, line in enumerate(lines_of(text, MOST_LINES), 1):
        shown = line.strip("\x1a\ufeff")
        if shown.strip():
            yield Line(number, shown, tuple(field.strip() for field in shown.split(",")))
