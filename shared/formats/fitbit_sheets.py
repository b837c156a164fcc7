"""The newer files of a Fitbit (Google Health) Takeout: ``…_GoogleData/*.csv``, in UTC, with the name of the device.

Also the older CSV folders beside them (oxygen, heart rate variability, temperature). Columns are found by their name.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from operator import itemgetter
from typing import BinaryIO

from shared import clock
from shared.formats import Piece
from shared.formats.fitbit_fitness import without_time
from shared.formats.fitbit_nights import deed_of, each_row
from shared.formats.fitbit_words import (
    CLOCK,
    ISO_DAYS,
    ORIGIN,
    SOURCE,
    Taking,
    iso_day,
    stamp_ms,
    wall,
    wall_ms,
)
from shared.formats.gathered import checked
from shared.formats.moments import DAY_MS
from shared.formats.piles import texts
from shared.formats.sheets import folded, number, opened
from shared.ids import new_id
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import Vital

Rows = Sequence[list[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A sheet with one number in each row: the stream or kind it is, the columns of time and value.

    ``local``: its times are on a wall clock. ``daily``: one row a day; midnight UTC then names the local day.
    """

    of: str
    value: str
    time: str = "timestamp"
    local: bool = False
    daily: bool = False


# By the value's column, where the file alone tells it (a bare file has no name).
_BY_HEADER = (
    Column("heart_rate", "beats per minute"),
    Column("steps", "steps"),
    Column("distance", "distance"),
    Column("floors", "floors"),
    Column("skin_temperature", "temperature celsius"),
    Column("weight", "weight grams"),
    Column("height", "height millimeters"),
    Column("body_fat", "body fat percentage"),
    Column("spo2", "oxygen saturation percentage"),
    Column("respiratory_rate", "breaths per minute", daily=True),
    Column("spo2", "average percentage", daily=True),
    Column("hrv_rmssd", "average heart rate variability milliseconds", daily=True),
    Column("hrv_rmssd", "root mean square of successive differences milliseconds"),
    Column("hrv_rmssd", "rmssd", local=True),
    Column("vo2_max", "demographic vo2max", daily=True),
    Column("vo2_max", "run vo2 max"),
    Column("skin_temperature", "nightly_temperature", "sleep_start", local=True),
)
_RESTING = Column("resting_heart_rate", "beats per minute", daily=True)
# By the beginning of the file's name, where the header says too little.
_BY_NAME = {
    "daily_resting_heart_rate": _RESTING,
    "resting_heart_rate": _RESTING,
    "minute spo": Column("spo2", "value"),
    "daily spo": Column("spo2", "average_value", daily=True),
    # Kilocalories alone do not say of what.
    "active_energy_burned": Column("active_energy", "kilocalories"),
    "daily respiratory rate summary": Column("respiratory_rate", "daily_respiratory_rate", daily=True),
}
# Sheets of other things that have a column of the same name as one of ours.
_NEVER = ("live_pace", "useractivityprobabilities", "usersensor", "account", "swim", "gps_")
_TOTALS = ("steps", "distance", "floors", "active_energy")
_ROWS_OF = ("weight", "height", "body_fat", "vo2_max")


def column_of(header: Sequence[str], name: str = "") -> Column | None:
    """What a sheet with that header (and name, where it has one) is; None where it has no word of ours."""
    names = [folded(each) for each in header]
    base = name.rpartition("/")[2].casefold()
    if base.startswith(_NEVER):
        return None
    for start, column in _BY_NAME.items():
        if base.startswith(start) and {column.time, column.value} <= set(names):
            return column
    for column in _BY_HEADER:
        if column.value in names and column.time in names:
            return column
    return None


def is_ours(header: Sequence[str]) -> bool:
    """Whether a bare file with that header can only be of a Takeout."""
    names = [folded(each) for each in header]
    if deed_of(names) is not None:
        return names[0] in ("sleep_id", "exercise_id")
    column = column_of(header)
    if column is None or names[0] != column.time:
        return False
    # "timestamp,steps" may be anybody's: Google's sheets name the source, or have a unit in the column's name.
    return "data source" in names or " " in column.value or "coverage" in names


def has_word(header: Sequence[str], name: str) -> bool:
    """Whether a sheet of a Takeout, with its name, is one that is read."""
    return column_of(header, name) is not None or deed_of([folded(each) for each in header]) is not None


def wants_zone(header: Sequence[str], name: str) -> bool:
    """Whether a sheet is in wall times."""
    column = column_of(header, name)
    return column is not None and column.local


def read_sheet(file: BinaryIO, name: str, taking: Taking) -> Iterator[Piece]:
    """Everything in one sheet; what it tells is noted as covered, so that the legacy files do not tell it again."""
    batches = opened(file).batches()
    _, first = next(batches, ((), []))
    header = [folded(each) for each in first[0]] if first else []
    read = _reader(header, name)
    if read is None:
        taking.odd.add(name, Unreadable("format_unknown"), name)
        return
    yield from read(first[1:], 2, taking)
    for numbers, rows in batches:
        yield from read(rows, numbers[0] if numbers else 0, taking)


def _reader(header: list[str], name: str) -> Callable[[Rows, int, Taking], Iterator[Piece]] | None:
    deed = deed_of(header)
    if deed is not None:
        places = {each: at for at, each in enumerate(header)}
        return lambda rows, line, taking: each_row(deed, rows, (name, line, places), taking)
    column = column_of(header, name)
    if column is None:
        return None
    sheet = _Sheet(
        column,
        name,
        header.index(column.time),
        header.index(column.value),
        header.index("data source") if "data source" in header else -1,
    )
    if column.of in _ROWS_OF:
        return sheet.measurements
    return sheet.readings


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet of single numbers: where its columns stand."""

    column: Column
    name: str
    time: int
    value: int
    source: int

    def readings(self, rows: Rows, line: int, taking: Taking) -> Iterator[Piece]:
        """A batch of rows as columns; where one is odd, row by row."""
        rows = [row for row in rows if row]
        if not rows:
            return
        sheet = self
        if not line > 2 and self.column == _BY_HEADER[0] and self._is_daily(rows):
            sheet = replace(self, column=_RESTING)
        if sheet.column.daily or sheet.column.local or not sheet._at_once(rows, taking):
            for number_, row in enumerate(rows, line):
                sheet._one(row, f"{sheet.name} {number_}".strip(), taking)
        yield from taking.piles.full()

    def _is_daily(self, rows: Rows) -> bool:
        """Whether these heart rates come once a day: then they are resting ones, whose sheet has the same header."""
        if self.name:
            return False
        days = [
            (row[self.time][:10], row[self.source] if self.source >= 0 else "")
            for row in rows
            if len(row) > max(self.time, self.source)
        ]
        return len(set(days)) == len(days)

    def _at_once(self, rows: Rows, taking: Taking) -> bool:
        """Take a batch by its columns; False, and nothing taken, where anything in it is not ordinary."""
        try:
            made = [(source, *self._columns(theirs)) for source, theirs in self._apart(rows)]
            if min(min(values) for _, _, values in made) < self._least():
                return False
            for source, starts, values in made:
                taking.piles.extend((self.column.of, source[:100]), self.name, starts, starts, values)
                taking.covered.told(self.column.of, starts)
        except (IndexError, ValueError, Invalid):
            return False
        return True

    def _apart(self, rows: Rows) -> Iterator[tuple[str, Rows]]:
        """Rows apart by their source."""
        if self.source < 0:
            yield SOURCE, rows
            return
        sources = set(map(itemgetter(self.source), rows))
        if len(sources) == 1:
            yield sources.pop() or SOURCE, rows
            return
        apart: dict[str, list[list[str]]] = {}
        for row in rows:
            apart.setdefault(row[self.source] or SOURCE, []).append(row)
        yield from apart.items()

    def _columns(self, rows: Rows) -> tuple[array[int], array[float]]:
        stamps = [row[self.time] for row in rows]
        if {(len(each), each[-1:], each[10:11]) for each in stamps} == {(20, "Z", "T")}:
            starts = array("q", [ISO_DAYS[each[:10]] + CLOCK[each[11:19]] for each in stamps])
        else:
            starts = array("q", map(stamp_ms, stamps))
        written = [row[self.value] for row in rows]
        # What Python takes for a number and nobody else does.
        if "_" in "".join(written):
            raise Invalid("not_a_number")
        return starts, array("d", map(float, written))

    def _least(self) -> float:
        """Below this a value is looked at by itself: a zero that is no measurement, a share written as a fraction."""
        if self.column.of in _TOTALS:
            return 0
        return 1.000001 if self.column.of == "spo2" else 0.000001

    def _one(self, row: list[str], where: str, taking: Taking) -> None:
        column = self.column
        try:
            if max(self.time, self.value, self.source) >= len(row):
                raise Unreadable("table_broken", where=where)
            text = row[self.value].strip()
            if text.casefold() in ("", "nan"):
                return
            value = float(number(text))
            if value == 0 and column.of not in _TOTALS:
                problem = Invalid("readings_placeholder", type="", count=0)
                taking.odd.add(column.of, problem, where, texts(row))
                return
            if column.of == "spo2" and value <= 1:
                value *= 100
            start, end = self._moment(row[self.time], taking)
            if column.of != "skin_temperature" and value < 0:
                raise Invalid("not_a_number")
            source = (row[self.source] if self.source >= 0 else "") or SOURCE
            taking.piles.add((column.of, source[:100]), self.name, start, end, value)
            taking.covered.told(column.of, array("q", (start,)))
        except Problem as problem:
            taking.odd.add(column.of, problem, where, texts(row))

    def _moment(self, text: str, taking: Taking) -> tuple[int, int]:
        """First and last moment of a row: an instant, or the whole local day that it is about."""
        if self.column.local:
            start = wall_ms(taking.walls, wall(text if text.count(":") > 1 else f"{text}:00"))
            return start, start
        if self.column.daily and (len(text) == 10 or text[10:].rstrip("Z") in ("T00:00:00", "T00:00:00.000")):
            day = iso_day(text[:10])
            start, end = taking.home.day(day.year, day.month, day.day)
            taking.covered.day(self.column.of, ISO_DAYS[text[:10]] // DAY_MS)
            return start, end
        start = stamp_ms(text)
        if self.column.daily:
            local = start + taking.home.offset_min(start) * 60_000
            taking.covered.day(self.column.of, local // DAY_MS)
        return start, start

    def measurements(self, rows: Rows, line: int, taking: Taking) -> Iterator[Piece]:
        """Rows of a scale: each a measurement of its own."""
        for number_, row in enumerate(rows, line):
            if not row:
                continue
            where = f"{self.name} {number_}".strip()
            try:
                if max(self.time, self.value, self.source) >= len(row):
                    raise Unreadable("table_broken", where=where)
                ms, upto = self._moment(row[self.time], taking)
                if upto > ms:
                    without_time(taking, where)
                value = number(row[self.value])
                source = (row[self.source] if self.source >= 0 else "") or SOURCE
                when = row[self.time][:10] if upto > ms else str(ms)
                yield self._measured(ms, value, (when, source, where), taking)
            except Problem as problem:
                taking.odd.add(self.column.of, problem, where, texts(row))

    def _measured(self, ms: int, value: Decimal, told: tuple[str, str, str], taking: Taking) -> Piece:
        kind, (when, source, where) = self.column.of, told
        kept = {"weight": value / 1000, "height": value / 10}.get(kind, value)
        if kind == "body_fat" and 0 < value <= 1:
            kept = value * 100
        taking.covered.span(kind, ms - 60_000, ms + 60_000)
        vital = Vital(
            new_id(), kind, clock.from_ms(ms), taking.home.offset_min(ms), kept, device=source, origin=ORIGIN
        )
        return checked(vital, f"fitbit|{kind}|{when}|{value}|{source}"[:200], where)
