"""LibreView's table of a FreeStyle Libre sensor. Layout: formats/wearables.md section 10.

Readings that the sensor keeps by itself (type 0) and those of a scan (type 1) are one stream from two sources: a day
is composed from the best source for each moment, so a scan never counts beside the reading next to it. A strip (type 2)
is a measurement of its own. Times are what the device's clock showed, rows are in no order of time; the hour that comes
twice in autumn cannot be told apart and is taken as its first showing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from shared.formats import Answers, DayOrder, Piece, Trouble
from shared.formats.glucose_columns import Glucose, named_source, unit_in
from shared.formats.measured import Beside, Clocks, Measured, YearMonthDay
from shared.formats.sheets import Sheet, folded, head_rows, opened
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable

LABEL = "LibreView（リブレ）"

_MADE = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}) +\d{1,2}:\d\d(?::\d\d)?(?: *[AP]M)? +UTC", re.IGNORECASE
)
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
HISTORIC, SCAN, STRIP = "0", "1", "2"
# Where each column stands when the header is in a language that we do not know.
_PLACES = {"device": 0, "serial number": 1, "device timestamp": 2, "record type": 3}
_HISTORIC, _SCAN, _STRIP = 4, 5, 14
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Columns:
    device: int
    serial: int
    when: int
    kind: int
    historic: int
    scan: int
    strip: int
    unit: str

    @property
    def last(self) -> int:
        """The last column that a row of a sensor must have."""
        return max(self.device, self.serial, self.when, self.kind, self.historic, self.scan)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the first rows alone decide
    """Whether a title row with the day it was made (UTC) stands over rows of a sensor."""
    if b"UTC" not in head[:1000]:
        return False
    rows = head_rows(head)
    if len(rows) < 2 or len(rows[0]) > 12 or not any(_MADE.fullmatch(cell.strip()) for cell in rows[0]):
        return False
    try:
        columns = _columns(rows[1])
    except Unreadable:
        return False
    by_name = "record type" in map(folded, rows[1])
    return by_name or (len(rows) > 2 and _is_row(rows[2], columns))


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in ``file``. Raises `Question` for the zone, and for the order of day and month where it is open."""
    sheet = opened(file)
    first = [row for _, row in zip(range(3), sheet.rows(), strict=False)]
    if len(first) < 2:
        raise Unreadable("format_unknown")
    columns = _columns(first[1][1])
    if len(first) == 2:
        return  # no row, of which anything could be asked
    order = _order(sheet, first[0][1], columns)
    samples = [row[1][columns.when][:40] for row in first[2:] if len(row[1]) > columns.when]
    if order is None:
        order = asked.day_order_of("libreview", samples)
    zone = asked.zone_of("libreview", samples)
    yield from _Rows(columns, order, zone).read(sheet, first[1][0])


def _columns(header: list[str]) -> _Columns:
    """The columns by their English names; by their places where those are in another language."""
    names = [folded(cell) for cell in header]
    if len(names) < _SCAN + 1:
        raise Unreadable("format_unknown")
    known = "record type" in names and "device timestamp" in names

    def at(start: str, place: int) -> int:
        return next((i for i, name in enumerate(names) if known and name.startswith(start)), place)

    historic, scan = at("historic glucose", _HISTORIC), at("scan glucose", _SCAN)
    device, serial, when, kind = (at(name, place) for name, place in _PLACES.items())
    strip, unit = at("strip glucose", _STRIP), unit_in(header[historic], header[scan])
    return _Columns(device, serial, when, kind, historic, scan, strip, unit)


def _is_row(row: list[str], columns: _Columns) -> bool:
    """Whether a row has a time and a record type where they belong."""
    if len(row) <= columns.last:
        return False
    day = row[columns.when].strip().partition(" ")[0]
    return row[columns.kind].strip() in "0123456" and bool(_DAY.fullmatch(day) or _ISO.fullmatch(day))


def _order(sheet: Sheet, title: list[str], columns: _Columns) -> DayOrder | None:
    """What the file itself says: its title's day, or the first day of any row that can be read one way only."""
    made = next((found for cell in title if (found := _MADE.fullmatch(cell.strip()))), None)
    if made and (said := _said_by(int(made[1]), int(made[2]))):
        return said
    seen: set[str] = set()
    at = columns.when
    for _, rows in sheet.batches():
        days = {row[at].strip().partition(" ")[0] for row in rows if len(row) > at} - seen
        for day in days:
            found = _DAY.fullmatch(day)
            if found and (said := _said_by(int(found[1]), int(found[2]))):
                return said
        seen |= days if len(seen) < 10_000 else set()
    return None if any(_DAY.fullmatch(day) for day in seen) else DayOrder.DAY_FIRST


def _said_by(one: int, other: int) -> DayOrder | None:
    if one > 12 >= other:
        return DayOrder.DAY_FIRST
    if other > 12 >= one:
        return DayOrder.MONTH_FIRST
    return None


class _Rows:
    def __init__(self, columns: _Columns, order: DayOrder, zone: str) -> None:
        self._columns = columns
        self._order = order
        self._zone = zone
        self._clocks = Clocks(self._day)
        self._measured = Measured("libreview")
        self._glucose = Glucose(columns.unit)
        self._sources: dict[tuple[str, str, str], str] = {}
        self._others: Counter[str] = Counter()
        self._first: dict[str, int] = {}

    def _day(self, text: str) -> YearMonthDay:
        found = _DAY.fullmatch(text)
        if found:
            one, other, year = (int(part) for part in found.groups())
            return (year, other, one) if self._order is DayOrder.DAY_FIRST else (year, one, other)
        found = _ISO.fullmatch(text)
        if found is None:
            raise Invalid("time_impossible", when=text[:40])
        return int(found[1]), int(found[2]), int(found[3])

    def read(self, sheet: Sheet, header: int) -> Iterator[Piece]:
        """Every row behind the header (in that line)."""
        for numbers, rows in sheet.batches():
            yield from self._batch([each for each in zip(numbers, rows, strict=True) if each[0] > header])
            if self._glucose.full:
                yield from self._glucose.hand_over()
        yield from self._glucose.hand_over()
        words = {"4": tr("インスリンの記録"), "5": tr("食事の記録"), "6": tr("メモとできごと")}
        for kind, count in self._others.items():
            problem = Unreadable("type_not_yet", type=words.get(kind, kind[:20]), count=count)
            yield Trouble(self._measured.where(self._first[kind]), problem)

    def _batch(self, rows: list[tuple[int, list[str]]]) -> Iterator[Piece]:
        columns = self._columns
        kind_at, when_at, last = columns.kind, columns.when, columns.last
        value_at = {HISTORIC: columns.historic, SCAN: columns.scan}
        moment_of, add, zone = self._clocks.moment, self._glucose.add, self._zone
        for line, row in rows:
            try:
                if len(row) <= last:
                    if not any(cell.strip() for cell in row):
                        continue
                    raise Unreadable("table_broken", where=self._measured.where(line))
                kind = row[kind_at]
                at = value_at.get(kind)
                if at is None:
                    yield from self._other(line, row, kind.strip())
                    continue
                day, _, hour = row[when_at].strip().partition(" ")
                add(self._source(row, kind), moment_of(zone, day, hour)[2], row[at], line)
            except Problem as problem:
                yield self._measured.trouble(line, problem, row)

    def _source(self, row: list[str], kind: str) -> str:
        columns = self._columns
        key = (row[columns.device], row[columns.serial], kind)
        found = self._sources.get(key)
        if found is None:
            if len(self._sources) > 1000:
                self._sources.clear()
            parts = [row[columns.device], row[columns.serial]]
            found = named_source(*(["scan"] if kind == SCAN else []), *parts)
            self._sources[key] = found
        return found

    def _other(self, line: int, row: list[str], kind: str) -> Iterator[Piece]:
        """A strip is a measurement; what she ate, injected or wrote down is counted; a padded row is read."""
        columns = self._columns
        if kind in (HISTORIC, SCAN):
            padded = [cell.strip() for cell in row]
            yield from self._batch([(line, padded)])
        elif kind == STRIP and len(row) > columns.strip:
            cell = row[columns.strip].strip()
            day, _, hour = row[columns.when].strip().partition(" ")
            moment = self._clocks.moment(self._zone, day, hour)
            value = self._measured.value("blood_glucose", cell.replace(",", "."), columns.unit)
            device = named_source(row[columns.device], row[columns.serial])
            written = f"{cell} {columns.unit}"
            yield self._measured.found(("blood_glucose", value, written), moment, Beside(device=device), line)
        elif kind in ("3", "4", "5", "6"):
            self._others[kind] += 1
            self._first.setdefault(kind, line)
        else:
            raise Unreadable("table_broken", where=self._measured.where(line))
