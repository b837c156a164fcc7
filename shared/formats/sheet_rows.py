"""The rows of a sheet as vitals, by what its columns mean. A row may hold a morning and an evening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from shared.formats import DayOrder, Piece, Trouble
from shared.formats.measured import MOST_KEPT, MOST_NOTE, Beside, Clocks, Measured, Moment, YearMonthDay
from shared.formats.measured_rows import Cells, Column, Pressures, Stretch, by_row, looked_up, moments
from shared.formats.sheet_columns import VALUES, Meaning
from shared.formats.sheet_days import day_of, hour_of, parted, plain, session_of
from shared.formats.sheets import Sheet
from shared.languages import tr
from shared.problems import Problem, Unreadable
from shared.vitals import BloodPressure, Session

# Where a sheet says the day and no hour: an hour is needed to keep it, and the note says that it was not written.
_NO_HOUR = {Session.MORNING: "7:00", Session.EVENING: "21:00", Session.OTHER: "12:00", None: "12:00"}
_M = Meaning
_HALVES = (
    (None, (_M.TIME, _M.SYSTOLIC, _M.DIASTOLIC, _M.PULSE)),
    (Session.MORNING, (_M.MORNING_TIME, _M.MORNING_SYSTOLIC, _M.MORNING_DIASTOLIC, _M.MORNING_PULSE)),
    (Session.EVENING, (_M.EVENING_TIME, _M.EVENING_SYSTOLIC, _M.EVENING_DIASTOLIC, _M.EVENING_PULSE)),
)
_DASHES = frozenset(("-", "－", "ー"))
_EMPTY = _DASHES | {""}


@dataclass(frozen=True, slots=True)
class Ways:
    """How a sheet is read: what its columns mean, where its clock stood, and the order of day and month."""

    meanings: tuple[Meaning, ...]
    zone: str
    order: DayOrder | None
    comma: bool = False


@dataclass(frozen=True, slots=True)
class _Half:
    """Where one measurement of a row stands: its own hour, its blood pressure, its other values (kind, unit)."""

    session: Session | None
    time: int | None
    systolic: int | None
    diastolic: int | None
    pulse: int | None
    values: tuple[tuple[int, str, str], ...]


def _halves(meanings: tuple[Meaning, ...]) -> list[_Half]:
    """The measurements that a row may hold."""

    def at(meaning: Meaning) -> int | None:
        return meanings.index(meaning) if meaning in meanings else None

    found = []
    for session, places in _HALVES:
        values = tuple((i, *VALUES[each]) for i, each in enumerate(meanings) if each in VALUES)
        time, systolic, diastolic, pulse = map(at, places)
        half = _Half(session, time, systolic, diastolic, pulse, values if session is None else ())
        if half.values or not half.systolic is half.diastolic is half.pulse is None:
            found.append(half)
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows by their columns, and what the measurements of a row share: day, hour and session, and her note."""

    cells: list[tuple[str, ...]]
    days: list[str]
    hours: list[str | None]
    sessions: list[Session | None]
    notes: list[str]


# Session, and whether no hour was written.
_Key = tuple[Session | None, bool]
_Reading = tuple[str, Cells[Decimal] | Cells[BloodPressure], Sequence[str]]


class Rows:
    """Reads the rows behind a header."""

    def __init__(self, ways: Ways) -> None:
        meanings = ways.meanings
        self._ways = ways
        self._halves = _halves(meanings)
        self._day_at = next(i for i, each in enumerate(meanings) if each in (_M.DATETIME, _M.DATE))
        self._session_at = meanings.index(_M.SESSION) if _M.SESSION in meanings else None
        self._notes_at = [i for i, each in enumerate(meanings) if each is _M.NOTE]
        self._clocks = Clocks(self._day)
        self._measured = Measured("sheet")
        self._pressures = Pressures(self._measured, (_EMPTY, _EMPTY, _EMPTY))
        self._days: dict[str, tuple[str, str] | None] = {}
        self._hours: dict[str, str | None] = {}
        self._sessions: dict[str, Session | None] = {}
        self._known: dict[tuple[str, str], dict[str, Decimal | None]] = {}
        self._besides: dict[_Key, dict[str, Beside]] = {}
        self._without_hour = tr("時刻の記録なし")

    def _day(self, text: str) -> YearMonthDay:
        return day_of(plain(text), self._ways.order)

    def read(self, sheet: Sheet, header: int) -> Iterator[Piece]:
        """Every row behind the header (in that line)."""
        return chain.from_iterable(self._pieces(sheet, header))

    def _pieces(self, sheet: Sheet, header: int) -> Iterator[Iterable[Piece]]:
        width, measured = len(self._ways.meanings), self._measured
        for numbers, rows in sheet.batches():
            if numbers and numbers[0] > header and set(map(len, rows)) == {width}:
                yield self._stretch(numbers, rows)
                continue
            kept: list[tuple[int, list[str]]] = []
            for line, row in zip(numbers, rows, strict=True):
                if line <= header or (len(row) != width and not any(cell.strip() for cell in row)):
                    continue
                if not any(cell.strip() for cell in row[width:]):
                    # Empty cells at the end may be left out, or be too many.
                    kept.append((line, (row + [""] * width)[:width]))
                    continue
                if kept:
                    yield self._stretch(*map(list, zip(*kept, strict=True)))
                    kept = []
                problem = Unreadable("table_broken", where=measured.where(line))
                yield (measured.trouble(line, problem, row),)
            if kept:
                yield self._stretch(*map(list, zip(*kept, strict=True)))

    def _stretch(self, lines: Sequence[int], rows: list[list[str]]) -> Iterator[Piece]:
        """Rows as wide as their header: for each measurement that a row may hold, a column for each of its values."""
        shared, wrong = self._shared(rows)
        at_lines = (lines, rows)
        told: list[Trouble | None] = [None] * len(rows)
        for at, problem in wrong.items():
            told[at] = self._measured.trouble(lines[at], problem, rows[at])
        found: list[Column] = [told]
        first: Stretch | None = None
        for half in self._halves:
            readings = list(self._readings(half, shared.cells))
            taken, besides = self._taken(half, shared)
            for at in wrong:
                taken.values[at] = None
            for at in list(taken.wrong):
                # A row is told once, and an hour without a measurement is nothing to tell.
                if at in wrong or all(
                    each.values[at] is None and at not in each.wrong for _, each, _ in readings
                ):
                    del taken.wrong[at]
            stretch = Stretch(self._measured, at_lines, taken, besides, first)
            first = first or stretch
            found.append(stretch.troubles())
            found += [stretch.vitals(*each) for each in readings]
        return by_row(*found)

    def _shared(self, rows: list[list[str]]) -> tuple[_Rows, dict[int, Problem]]:
        """What the measurements of a row share; and the rows that have no day, or another session than there is."""
        cells = list(zip(*rows, strict=True))
        days = looked_up(self._days, cells[self._day_at], self._part)
        wrong = dict(days.wrong)
        sessions: list[Session | None] = [None] * len(rows)
        if self._session_at is not None:
            said = looked_up(self._sessions, cells[self._session_at], lambda cell: session_of(plain(cell)))
            sessions = said.values
            wrong = said.wrong | wrong
        hours = [each[1] or None if each else None for each in days.values]
        shared = _Rows(
            cells,
            [each[0] if each else "" for each in days.values],
            hours,
            sessions,
            self._notes(rows, cells),
        )
        return shared, wrong

    def _notes(self, rows: list[list[str]], cells: list[tuple[str, ...]]) -> list[str]:
        if not self._notes_at:
            return [""] * len(rows)
        if len(self._notes_at) == 1:
            return ["" if cell in _EMPTY else cell.strip()[:MOST_NOTE] for cell in cells[self._notes_at[0]]]
        found = [[row[at].strip() for at in self._notes_at] for row in rows]
        return [" / ".join(cell for cell in each if cell not in _EMPTY)[:MOST_NOTE] for each in found]

    def _taken(self, half: _Half, rows: _Rows) -> tuple[Cells[Moment], list[Beside]]:
        """When a measurement of each row was taken, and what stands beside it."""
        days, hours, sessions = rows.days, rows.hours, rows.sessions
        if half.session is not None:
            # The hour beside the day is that of the row, not of its morning or evening.
            hours, sessions = [None] * len(days), [half.session] * len(days)
        wrong: dict[int, Problem] = {}
        if half.time is not None:
            own = looked_up(self._hours, rows.cells[half.time], self._hour)
            hours = [mine or other for mine, other in zip(own.values, hours, strict=True)]
            wrong = own.wrong
        unwritten = [hour is None for hour in hours]
        written = [hour or _NO_HOUR[session] for hour, session in zip(hours, sessions, strict=True)]
        taken = moments(self._clocks, self._ways.zone, days, written)
        for at, problem in wrong.items():
            taken.values[at], taken.wrong[at] = None, problem
        return taken, self._besides_of(rows.notes, list(zip(sessions, unwritten, strict=True)))

    def _besides_of(self, notes: list[str], keys: list[_Key]) -> list[Beside]:
        """What stands beside each row: her note, the session, and that no hour was written."""
        if len(set(keys)) == 1:
            table = self._besides.setdefault(keys[0], {})
            if len(table) > MOST_KEPT:
                table.clear()
            for note in set(notes) - table.keys():
                table[note] = self._beside(note, keys[0])
            return list(map(table.__getitem__, notes))
        apart = {key: [note for note, of in zip(notes, keys, strict=True) if of == key] for key in set(keys)}
        found = {key: iter(self._besides_of(theirs, [key])) for key, theirs in apart.items()}
        return [next(found[key]) for key in keys]

    def _beside(self, note: str, key: _Key) -> Beside:
        session, unwritten = key
        if unwritten:
            note = f"{note[: MOST_NOTE - 20]} / {self._without_hour}" if note else self._without_hour
        return Beside(note, session)

    def _part(self, written: str) -> tuple[str, str]:
        """Day and hour of a cell; a cell called a date may hold the hour too, as spreadsheets write it."""
        if self._clocks.known(self._ways.zone, written) is not None:
            return written, ""
        day, hour = parted(plain(written))
        if hour:
            hour = hour_of(hour)
        else:
            day = written
        self._clocks.even(self._ways.zone, day)  # an `Invalid` for no day
        return day, hour

    def _hour(self, written: str) -> str | None:
        return None if written in _EMPTY else hour_of(plain(written))

    def _readings(self, half: _Half, cells: list[tuple[str, ...]]) -> Iterator[_Reading]:
        """Kind, values and how they are written, of each measurement in the rows."""
        highs, lows, beats = (self._column(cells, at) for at in (half.systolic, half.diastolic, half.pulse))
        if half.pulse is not None and "" in highs:
            alone = ["" if high or low else beat for high, low, beat in zip(highs, lows, beats, strict=True)]
            if any(alone):
                beats = ["" if one else beat for one, beat in zip(alone, beats, strict=True)]
                yield "heart_rate", self._values("heart_rate", alone), alone
        if half.systolic is not None or half.diastolic is not None:
            numbers = (
                self._pressures.numbers(at, self._dotted(each))
                for at, each in enumerate((highs, lows, beats))
            )
            written = [f"{high}/{low}/{beat}" for high, low, beat in zip(highs, lows, beats, strict=True)]
            yield "blood_pressure", self._pressures.read(*numbers), written
        for at, kind, unit in half.values:
            yield kind, self._values(kind, cells[at], unit), [cell.strip() + unit for cell in cells[at]]

    def _values(self, kind: str, cells: Sequence[str], unit: str = "") -> Cells[Decimal]:
        def read(cell: str) -> Decimal | None:
            return None if cell in _EMPTY else self._measured.value(kind, self._dotted((cell,))[0], unit)

        return looked_up(self._known.setdefault((kind, unit), {}), cells, read)

    def _column(self, cells: list[tuple[str, ...]], at: int | None) -> Sequence[str]:
        if at is None:
            return [""] * len(cells[0])
        return (
            cells[at]
            if _DASHES.isdisjoint(cells[at])
            else ["" if each in _DASHES else each for each in cells[at]]
        )

    def _dotted(self, cells: Sequence[str]) -> Sequence[str]:
        return [cell.replace(",", ".") for cell in cells] if self._ways.comma else cells
