"""The rows of OMRON connect's files as vitals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from shared.formats import Piece, Trouble
from shared.formats.measured import MOST_DEVICE, MOST_NOTE, Beside, Clocks, Measured, Moment, YearMonthDay
from shared.formats.omron_columns import Columns
from shared.formats.sheets import Sheet, folded
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import MeasuringStatus

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EMPTY = ("", "-")
_NOT_AVERAGED = ("", "-", "no", "off", "false", "0")
_MOST_KEPT = 1000
_NONE: frozenset[MeasuringStatus] = frozenset()


def day_of(text: str) -> YearMonthDay:
    """``2019/12/09``, ``2019-12-09`` or the US e-mail's ``Jan 12 2025``; `Invalid` for another."""
    parts = text.replace("-", "/").split("/")
    if len(parts) != 3:
        words = text.replace(",", " ").split()
        month = words[0][:3].casefold() if words else ""
        if len(words) != 3 or month not in _MONTHS:
            raise Invalid("time_impossible", when=text[:40])
        parts = [words[2], str(_MONTHS.index(month) + 1), words[1]]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise Invalid("time_impossible", when=text[:40])
    return int(parts[0]), int(parts[1]), int(parts[2])


_Row = tuple[int, list[str]]


class Rows:
    """Reads the rows behind a header. ``zone`` is that of a file whose rows name none."""

    def __init__(self, columns: Columns, zone: str, comma: bool) -> None:
        self._columns = columns
        self._zone = zone
        self._comma = comma
        self._clocks = Clocks(day_of)
        self._measured = Measured("omron")
        self._unread: Counter[str] = Counter()
        self._first: dict[str, tuple[int, str]] = {}
        self._besides: dict[tuple[str, frozenset[MeasuringStatus]], Beside] = {}
        self._statuses = lru_cache(maxsize=4096)(self._status)

    def read(self, sheet: Sheet) -> Iterator[Piece]:
        """Everything in the sheet; columns that nobody reads are told once each, with how many cells they hold."""
        rows_of = self._pressures if self._columns.pressure and not self._columns.values else self._all
        width, header, measured = self._columns.width, True, self._measured
        for numbers, rows in sheet.batches():
            whole = [each for each in zip(numbers, rows, strict=True) if len(each[1]) == width]
            if len(whole) < len(rows):
                for line, row in zip(numbers, rows, strict=True):
                    if len(row) != width and any(cell.strip() for cell in row):
                        yield measured.trouble(
                            line, Unreadable("table_broken", where=measured.where(line)), row
                        )
            if header and whole:
                header = False
                del whole[0]
            self._count_unread(whole)
            yield from rows_of(whole)
        for name, count in self._unread.items():
            line, cell = self._first[name]
            problem = Unreadable("type_not_yet", type=name[:60], count=count)
            yield Trouble(measured.where(line), problem, cell[:60])

    def _count_unread(self, rows: list[_Row]) -> None:
        for at, name in self._columns.unread:
            for line, row in rows:
                if row[at] and row[at].strip() not in _EMPTY:
                    self._unread[name] += 1
                    self._first.setdefault(name, (line, row[at]))

    def _pressures(self, rows: list[_Row]) -> Iterator[Piece]:
        """Rows of one blood pressure each."""
        columns, measured = self._columns, self._measured
        assert columns.pressure is not None
        high_at, low_at, beat_at = columns.pressure
        flags_at = [flag.at for flag in columns.flags]
        plain = columns.average is None and not columns.notes
        moment_of, pressure_of, statuses, besides = (
            self._moment,
            measured.pressure,
            self._statuses,
            self._besides,
        )
        for line, row in rows:
            try:
                moment = moment_of(row)
                high, low = row[high_at], row[low_at]
                beat = "" if beat_at is None or row[beat_at] == "-" else row[beat_at]
                reading = pressure_of(high, low, beat)
            except Problem as problem:
                yield measured.trouble(line, problem, row)
                continue
            status, odd = statuses(tuple([row[each] for each in flags_at]))
            device = "" if columns.device is None else row[columns.device]
            if plain:
                beside = besides.get((device, status)) or self._beside(device, status)
            else:
                status = status | {MeasuringStatus.AVERAGED} if self._averaged(row) else status
                beside = Beside(self._note(row), None, device[:MOST_DEVICE], status)
            yield measured.found(("blood_pressure", reading, f"{high}/{low}/{beat}"), moment, beside, line)
            for word in odd:
                yield measured.trouble(line, word, row)

    def _all(self, rows: list[_Row]) -> Iterator[Piece]:
        """Rows of several values; a cell that is wrong does not lose its neighbours."""
        columns, measured = self._columns, self._measured
        for line, row in rows:
            try:
                moment = self._moment(row)
            except Problem as problem:
                yield measured.trouble(line, problem, row)
                continue
            if columns.pressure is not None and any(
                row[at].strip() for at in columns.pressure if at is not None
            ):
                yield from self._pressures([(line, row)])
            beside = Beside(
                device="" if columns.device is None else row[columns.device].strip()[:MOST_DEVICE]
            )
            for at, kind, unit in columns.values:
                cell = row[at]
                if cell in _EMPTY:
                    continue
                try:
                    value = measured.value(kind, cell.replace(",", ".") if self._comma else cell, unit)
                except Problem as problem:
                    yield measured.trouble(line, problem, row)
                    continue
                yield measured.found((kind, value, cell + unit), moment, beside, line)

    def _beside(self, device: str, status: frozenset[MeasuringStatus]) -> Beside:
        """What stands beside nearly every value of a file: its few devices and what they say."""
        if len(self._besides) > _MOST_KEPT:
            self._besides.clear()
        found = self._besides[device, status] = Beside(device=device[:MOST_DEVICE], status=status)
        return found

    def _note(self, row: list[str]) -> str:
        """What she wrote about it, as she wrote it."""
        cells = [row[at].strip() for at in self._columns.notes]
        return " / ".join(cell for cell in cells if cell not in _EMPTY)[:MOST_NOTE]

    def _averaged(self, row: list[str]) -> bool:
        at = self._columns.average
        return at is not None and row[at].strip().casefold() not in _NOT_AVERAGED

    def _moment(self, row: list[str]) -> Moment:
        columns = self._columns
        written = row[columns.day]
        zone = self._zone if columns.zone is None else row[columns.zone]
        if columns.hour is None:
            day, _, hour = written.partition(" ")
            return self._clocks.moment(zone, day, hour)
        return self._clocks.moment(zone, written, row[columns.hour])

    def _status(self, cells: tuple[str, ...]) -> tuple[frozenset[MeasuringStatus], tuple[Problem, ...]]:
        """What the flag columns say, and which of their words we do not know."""
        found, odd = _NONE, []
        for flag, cell in zip(self._columns.flags, cells, strict=True):
            word = folded(cell)
            if word in flag.yes:
                found |= {flag.status}
            elif word not in flag.no:
                odd.append(Unreadable("value_odd", name=flag.name[:40]))
        return found, tuple(odd)
