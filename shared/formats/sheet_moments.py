"""When the rows of a sheet were measured: days and hours in one column or in two, as people and devices write them.

A cell that is like those before it (a known day, a gap, a known hour) is cut and looked up; any other is taken apart
as `sheet_days` does it, which costs twenty times as much and gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import repeat
from operator import contains

from shared.formats import DayOrder
from shared.formats.measured import MOST_KEPT, Clocks, Moment, YearMonthDay
from shared.formats.measured_rows import Cells, looked_up, moments
from shared.formats.sheet_days import day_of, hour_of, parted, plain
from shared.problems import Problem

# Blanks and dashes of any width, where nothing was measured.
NOTHING = re.compile(r"[\s\-‐‑‒–—―−－ー]*")
# Days and hours in whose writing nothing is left to `parted` and `plain`: a gap between them is the only one.
_CLEAR_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", re.ASCII)
_CLEAR_HOUR = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?", re.ASCII)


class Whens:
    """Moments of a sheet whose clock stood in ``zone``; ``order`` is for days with the year last."""

    def __init__(self, zone: str, order: DayOrder | None) -> None:
        self._zone, self._order = zone, order
        self._clocks = Clocks(self._day)
        self._known: dict[str, tuple[str, str] | None] = {}
        self._hours: dict[str, str | None] = {}
        self._clear_days: set[str] = set()
        self._clear_hours: set[str] = set()

    def moments(self, days: Sequence[str], hours: Sequence[str]) -> Cells[Moment]:
        """When the clock showed each day and hour, as `parted` and `hours` gave them."""
        return moments(self._clocks, self._zone, days, hours)

    def hours(self, cells: Sequence[str]) -> Cells[str]:
        """The hours in a column."""
        return looked_up(self._hours, cells, _hour)

    def parted(self, cells: Sequence[str]) -> tuple[Sequence[str], Sequence[str | None], dict[int, Problem]]:
        """The days and hours (None: not written) in a column of days, and what is wrong with some of its cells."""
        if " " not in cells[0]:
            if self._all_clear(cells):
                return cells, [None] * len(cells), {}
        elif all(map(contains, cells, repeat(" "))):
            # A gap in each, and one behind each but the last: so a cell has one where there are twice as many parts.
            parts = " ".join(cells).split(" ")
            days, hours = parts[::2], parts[1::2]
            if len(parts) == 2 * len(cells) and self._all_clear(days) and self._all_hours_clear(hours):
                return days, hours, {}
        found = looked_up(self._known, cells, self._part)
        pairs = [each or ("", "") for each in found.values]
        return [day for day, _ in pairs], [hour or None for _, hour in pairs], found.wrong

    def _all_clear(self, days: Sequence[str]) -> bool:
        """Whether all are days and nothing else, clearly written, and there are such days."""
        if self._clear_days.issuperset(days):
            return True
        if len(self._clear_days) > MOST_KEPT:
            self._clear_days.clear()
        for day in set(days) - self._clear_days:
            if not _CLEAR_DAY.fullmatch(day):
                return False
            try:
                self._clocks.even(self._zone, day)
            except Problem:
                return False
            self._clear_days.add(day)
        return True

    def _all_hours_clear(self, hours: Sequence[str]) -> bool:
        if self._clear_hours.issuperset(hours):
            return True
        if len(self._clear_hours) > MOST_KEPT:
            self._clear_hours.clear()
        for hour in set(hours) - self._clear_hours:
            if not _CLEAR_HOUR.fullmatch(hour):
                return False
            try:
                hour_of(hour)
            except Problem:
                return False
            self._clear_hours.add(hour)
        return True

    def _day(self, text: str) -> YearMonthDay:
        return day_of(plain(text), self._order)

    def _part(self, written: str) -> tuple[str, str]:
        """Day and hour of a cell; a cell called a date may hold the hour too, as spreadsheets write it."""
        if written in self._clocks.evens(self._zone):
            return written, ""
        day, hour = parted(plain(written))
        if hour:
            hour = hour_of(hour)
        else:
            day = written
        self._clocks.even(self._zone, day)  # an `Invalid` for no day
        return day, hour


def _hour(written: str) -> str | None:
    return None if NOTHING.fullmatch(written) else hour_of(plain(written))
