"""Times, columns and gatherings of a Samsung Health export.

``start_time`` is taken as UTC and ``time_offset`` as the wall clock's distance from it: most public programs read it
so, one does not, and no raw file of a real person was at hand (formats/wearables.md section 6): told with each file.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.formats import Piece
from shared.formats.fitbit_words import CLOCK, ISO_DAYS
from shared.formats.gathered import FIRST_MS, LAST_MS
from shared.formats.moments import DAY_MS, Walls
from shared.formats.piles import Oddities, Piles, unverified
from shared.formats.sheets import folded, number
from shared.languages import tr
from shared.problems import Invalid

ORIGIN = "samsung_health"
SOURCE = "Samsung Health"

_OFFSET = re.compile(r"UTC([+-])(\d\d):?(\d\d)", re.ASCII)
_EPOCH = re.compile(r"-?\d{9,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the columns of a file stand, by their last name (``com.samsung.health.sleep.start_time``)."""

    type: str
    name: str
    places: dict[str, int]

    def cell(self, row: Sequence[str], column: str) -> str:
        """What stands in a column; empty where there is no such column."""
        at = self.places.get(column, -1)
        return row[at].strip() if 0 <= at < len(row) else ""

    def number(self, row: Sequence[str], column: str) -> Decimal | None:
        """The number in a column; None where nothing stands there."""
        text = self.cell(row, column)
        return number(text) if text else None

    def moment(self, row: Sequence[str], column: str) -> int:
        """Milliseconds UTC of a column; an `Invalid` for no time."""
        return moment(self.cell(row, column))


def columns(header: Sequence[str]) -> dict[str, int]:
    """Places by the last part of each name; a prefixed name goes before a bare one."""
    places: dict[str, int] = {}
    for prefixed in (False, True):
        for at, each in enumerate(header):
            name = folded(each)
            if name and ("." in name) is prefixed:
                places[name.rpartition(".")[2]] = at
    return places


def moment(text: str) -> int:
    """Milliseconds UTC of ``2024-06-01 08:00:00.000`` or of epoch milliseconds."""
    if text[4:5] == "-" and text[10:11] == " ":
        return ISO_DAYS[text[:10]] + CLOCK[text[11:]]
    if _EPOCH.fullmatch(text):
        ms = int(text)
        if FIRST_MS <= ms <= LAST_MS:
            return ms
    raise Invalid("time_impossible", when=text[:40])


class _Fractions(dict[str, int]):
    """Milliseconds of ``.123``; nothing is 0."""

    def __missing__(self, text: str) -> int:
        if text and not (len(text) == 4 and text[0] == "." and text[1:].isdecimal() and text.isascii()):
            raise Invalid("time_impossible", when=text[:40])
        self[text] = int(text[1:] or 0)
        return self[text]


_FRACTIONS = _Fractions()


def moments(written: Sequence[str]) -> array[int]:
    """Many of ``2024-06-01 08:00:00.000`` at once; an `Invalid` where one is written otherwise."""
    if {each[10:11] for each in written} != {" "}:
        return array("q", map(moment, written))
    return array("q", [ISO_DAYS[t[:10]] + CLOCK[t[11:19]] + _FRACTIONS[t[19:]] for t in written])


def offset_min(text: str, ms: int, home: Walls) -> int:
    """Minutes of ``UTC+0900``; the person's own zone where there is none."""
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return home.offset_min(ms)
    return (1 if found[1] == "+" else -1) * (int(found[2]) * 60 + int(found[3]))


def local_day(text: str, home: Walls) -> tuple[int, int]:
    """First moment of a ``day_time`` (a local midnight written as if it were UTC) and of the next day."""
    ms = moment(text)
    day = date.fromordinal(date(1970, 1, 1).toordinal() + ms // DAY_MS)
    return home.day(day.year, day.month, day.day)


class Taking:
    """What is gathered from one file or zip. ``home``: the person's own zone."""

    def __init__(self, home: Walls) -> None:
        self.home = home
        self.piles = Piles()
        self.odd = Oddities()
        # Names of binning files that are read themselves: their rows are not told once more.
        self.bins: frozenset[str] = frozenset()
        # Ids of the sleeps whose stages are told.
        self.staged: set[str] = set()
        self._told_times = False

    def written_in_utc(self, where: str) -> None:
        """A file whose times were taken as UTC; told once."""
        if not self._told_times:
            self._told_times = True
            self.odd.add(
                "start_time",
                unverified(tr("Samsung Health の時刻は世界標準時（UTC）として読みました")),
                where,
            )

    def end(self) -> Iterator[Piece]:
        """The last readings, and what was not understood."""
        yield from self.piles.rest()
        yield from self.odd.troubles()
