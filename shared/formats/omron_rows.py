"""The rows of OMRON connect's files as vitals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from shared.formats import Piece, Trouble
from shared.formats.measured import MOST_DEVICE, MOST_NOTE, Beside, Clocks, Measured, Moment, YearMonthDay
from shared.formats.measured_rows import (
    Cells,
    Column,
    Pressures,
    Stretch,
    by_row,
    looked_up,
    moments,
    moments_in,
)
from shared.formats.omron_columns import Columns
from shared.formats.sheets import Sheet, folded
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import MeasuringStatus

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EMPTY = ("", "-")
_NOT_AVERAGED = ("", "-", "no", "off", "false", "0")
_MOST_KEPT = 1000
_NONE: frozenset[MeasuringStatus] = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    """What the cells of a device and its flags say; ``odd``: the words in them that we do not know."""

    beside: Beside
    odd: tuple[Problem, ...]


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


class Rows:
    """Reads the rows behind a header. ``zone`` is that of a file whose rows name none."""

    def __init__(self, columns: Columns, zone: str, comma: bool) -> None:
        self._columns = columns
        self._zone = zone
        self._comma = comma
        self._clocks = Clocks(day_of)
        self._measured = Measured("omron")
        # Where a row is a blood pressure and nothing else, one without its numbers is wrong and not empty.
        empty: Collection[str] = _EMPTY if columns.values else ()
        self._pressures = Pressures(self._measured, (empty, empty, _EMPTY))
        self._known: dict[tuple[str, str], dict[str, Decimal | None]] = {}
        self._unread: Counter[str] = Counter()
        self._first: dict[str, tuple[int, str]] = {}
        self._besides: dict[tuple[str, ...], _Said] = {}

    def read(self, sheet: Sheet) -> Iterator[Piece]:
        """Everything in the sheet; columns that nobody reads are told once each, with how many cells they hold."""
        return chain.from_iterable(self._pieces(sheet))

    def _pieces(self, sheet: Sheet) -> Iterator[Iterable[Piece]]:
        width, header, measured = self._columns.width, True, self._measured
        for numbers, rows in sheet.batches():
            lines: Sequence[int] = numbers
            if set(map(len, rows)) != {width}:
                yield (
                    measured.trouble(line, Unreadable("table_broken", where=measured.where(line)), row)
                    for line, row in zip(numbers, rows, strict=True)
                    if len(row) != width and any(cell.strip() for cell in row)
                )
                lines = [line for line, row in zip(numbers, rows, strict=True) if len(row) == width]
                rows = [row for row in rows if len(row) == width]  # noqa: PLW2901
            if header and rows:
                header = False
                lines, rows = lines[1:], rows[1:]  # noqa: PLW2901
            if rows:
                yield self._stretch(lines, rows)
        for name, count in self._unread.items():
            line, cell = self._first[name]
            problem = Unreadable("type_not_yet", type=name[:60], count=count)
            yield (Trouble(measured.where(line), problem, cell[:60]),)

    def _stretch(self, lines: Sequence[int], rows: list[list[str]]) -> Iterator[Piece]:
        """Rows as wide as their header: the blood pressures, then a column for each other value."""
        columns, measured = self._columns, self._measured
        cells = list(zip(*rows, strict=True))
        self._count_unread(lines, cells)
        taken = self._taken(cells)
        found: list[Column] = []
        if columns.pressure is not None:
            said = self._said_beside(cells)
            besides = [each.beside for each in said]
            if columns.average is not None or columns.notes:
                besides = list(map(self._with_note, rows, besides))
            stretch = Stretch(measured, (lines, rows), taken, besides)
            found += [stretch.troubles(), self._pressures_of(stretch, columns.pressure, cells)]
            for flag in range(max(len(each.odd) for each in said)):
                odd = {at: each.odd[flag] for at, each in enumerate(said) if flag < len(each.odd)}
                found.append(stretch.told(odd))
        if columns.values:
            devices = [""] * len(rows) if columns.device is None else cells[columns.device]
            known = {device: Beside(device=device.strip()[:MOST_DEVICE]) for device in set(devices)}
            stretch = Stretch(measured, (lines, rows), taken, [known[device] for device in devices])
            found += [] if found else [stretch.troubles()]
            for at, kind, unit in columns.values:
                values = looked_up(
                    self._known.setdefault((kind, unit), {}), cells[at], self._reader(kind, unit)
                )
                written = [cell + unit for cell in cells[at]] if unit else cells[at]
                found.append(stretch.vitals(kind, values, written))
        return by_row(*found)

    def _reader(self, kind: str, unit: str) -> Callable[[str], Decimal | None]:
        def read(cell: str) -> Decimal | None:
            if cell in _EMPTY:
                return None
            return self._measured.value(kind, cell.replace(",", ".") if self._comma else cell, unit)

        return read

    def _pressures_of(
        self, stretch: Stretch, at: tuple[int, int, int | None], cells: list[tuple[str, ...]]
    ) -> Column:
        highs, lows = cells[at[0]], cells[at[1]]
        beats: Sequence[str] = [""] * len(highs) if at[2] is None else cells[at[2]]
        if "-" in beats:
            beats = ["" if beat == "-" else beat for beat in beats]
        numbers = map(self._pressures.numbers, range(3), (highs, lows, beats))
        written = [f"{high}/{low}/{beat}" for high, low, beat in zip(highs, lows, beats, strict=True)]
        return stretch.vitals("blood_pressure", self._pressures.read(*numbers), written)

    def _count_unread(self, lines: Sequence[int], cells: list[tuple[str, ...]]) -> None:
        for at, name in self._columns.unread:
            filled = {cell for cell in set(cells[at]) if cell.strip() not in _EMPTY}
            for line, cell in zip(lines, cells[at], strict=True) if filled else ():
                if cell in filled:
                    self._unread[name] += 1
                    self._first.setdefault(name, (line, cell))

    def _said_beside(self, cells: list[tuple[str, ...]]) -> list[_Said]:
        """What stands beside each blood pressure."""
        columns = self._columns
        devices: Sequence[str] = [""] * len(cells[0]) if columns.device is None else cells[columns.device]
        keys = zip(devices, *[cells[flag.at] for flag in columns.flags], strict=True)
        return [self._besides.get(key) or self._said(key) for key in keys]

    def _with_note(self, row: list[str], beside: Beside) -> Beside:
        """With her note, and whether the device took the mean of several measurements."""
        averaged = {MeasuringStatus.AVERAGED} if self._averaged(row) else set()
        return replace(beside, note=self._note(row), status=beside.status | averaged)

    def _said(self, key: tuple[str, ...]) -> _Said:
        """What the cells of device and flags say: a file has few of them."""
        if len(self._besides) > _MOST_KEPT:
            self._besides.clear()
        status, odd = self._status(key[1:])
        found = self._besides[key] = _Said(Beside(device=key[0][:MOST_DEVICE], status=status), odd)
        return found

    def _note(self, row: list[str]) -> str:
        """What she wrote about it, as she wrote it."""
        cells = [row[at].strip() for at in self._columns.notes]
        return " / ".join(cell for cell in cells if cell not in _EMPTY)[:MOST_NOTE]

    def _averaged(self, row: list[str]) -> bool:
        at = self._columns.average
        return at is not None and row[at].strip().casefold() not in _NOT_AVERAGED

    def _taken(self, cells: list[tuple[str, ...]]) -> Cells[Moment]:
        columns = self._columns
        days: Sequence[str] = cells[columns.day]
        if columns.hour is None:
            days, _, hours = zip(*[day.partition(" ") for day in days], strict=True)
        else:
            hours = cells[columns.hour]
        if columns.zone is None:
            return moments(self._clocks, self._zone, days, hours)
        return moments_in(self._clocks, cells[columns.zone], days, hours)

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
