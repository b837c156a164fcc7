"""The rows of a sheet as vitals, by what its columns mean. A row may hold a morning and an evening."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import compress
from typing import TypeVar, cast

from shared.formats import DayOrder, Piece, Trouble
from shared.formats.json_tree import shown
from shared.formats.measured import MOST_KEPT, MOST_NOTE, Beside, Measured, Moment
from shared.formats.measured_rows import (
    Cells,
    Column,
    Pressures,
    Reading,
    Stretch,
    by_row,
    looked_up,
    quickly,
)
from shared.formats.sheet_columns import VALUES, Meaning
from shared.formats.sheet_days import plain, session_of
from shared.formats.sheet_moments import NOTHING, Whens
from shared.formats.sheets import Evenly, Sheet
from shared.kinds import KINDS
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import Session

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

    cells: list[list[str]]
    days: Sequence[str]
    hours: Sequence[str | None]
    sessions: list[Session | None]
    notes: Sequence[str]


# Session, and whether no hour was written.
_Number = TypeVar("_Number")
_Key = tuple[Session | None, bool]


class Rows:
    """Reads the rows behind a header."""

    def __init__(self, ways: Ways) -> None:
        meanings = ways.meanings
        self._ways = ways
        self._halves = _halves(meanings)
        self._day_at = next(i for i, each in enumerate(meanings) if each in (_M.DATETIME, _M.DATE))
        self._session_at = meanings.index(_M.SESSION) if _M.SESSION in meanings else None
        self._notes_at = [i for i, each in enumerate(meanings) if each is _M.NOTE]
        self._whens = Whens(ways.zone, ways.order)
        self._measured = Measured("sheet")
        self._pressures = Pressures(self._measured, (_EMPTY, _EMPTY, _EMPTY))
        self._sessions: dict[str, Session | None] = {}
        self._known: dict[tuple[str, str], dict[str, Decimal | None]] = {}
        self._plain: dict[str, str | None] = {}
        self._spaced: set[tuple[str, str]] = set()
        self._besides: dict[_Key, dict[str, Beside]] = {}
        self._without_hour = tr("時刻の記録なし")

    def read(self, sheet: Sheet, header: int) -> Iterator[Iterable[Piece]]:
        """Every row behind the header (in that line), many at once."""
        width, measured = len(self._ways.meanings), self._measured
        for numbers, rows in sheet.stretches(width):
            if isinstance(rows, Evenly) or set(map(len, rows)) == {width}:
                before = bisect_right(numbers, header)
                if before < len(rows):
                    yield self._stretch(numbers[before:], rows[before:] if before else rows)
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

    def _stretch(self, lines: Sequence[int], rows: Sequence[list[str]]) -> Iterator[Piece]:
        """Rows as wide as their header: for each measurement that a row may hold, a column for each of its values."""
        shared, wrong = self._shared(rows)
        found: list[tuple[Stretch, list[Reading]]] = []
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
            beside = found[0][0] if found else None
            found.append((Stretch(self._measured, (lines, rows), taken, besides, beside), readings))
        quick = None if wrong else quickly(*found)
        if quick is not None:
            return quick
        told: list[Trouble | None] = [None] * len(rows)
        for at, problem in wrong.items():
            told[at] = self._measured.trouble(lines[at], problem, rows[at])
        columns: list[Column] = [told]
        for stretch, readings in found:
            columns += [stretch.troubles(), *(stretch.vitals(*each) for each in readings)]
        return by_row(*columns)

    def _shared(self, rows: Sequence[list[str]]) -> tuple[_Rows, dict[int, Problem]]:
        """What the measurements of a row share; and the rows that have no day, or another session than there is."""
        cells = rows.columns() if isinstance(rows, Evenly) else list(map(list, zip(*rows, strict=True)))
        days, hours, wrong = self._whens.parted(cells[self._day_at])
        sessions: list[Session | None] = [None] * len(rows)
        if self._session_at is not None:
            said = looked_up(self._sessions, cells[self._session_at], lambda cell: session_of(plain(cell)))
            sessions = said.values
            wrong = said.wrong | wrong
        return _Rows(cells, days, hours, sessions, self._notes(rows, cells)), wrong

    def _notes(self, rows: Sequence[list[str]], cells: list[list[str]]) -> Sequence[str]:
        if not self._notes_at:
            return [""] * len(rows)
        if len(self._notes_at) == 1:
            return cells[self._notes_at[0]]
        found = [[row[at].strip() for at in self._notes_at] for row in rows]
        return [" / ".join(cell for cell in each if cell not in _EMPTY) for each in found]

    def _taken(self, half: _Half, rows: _Rows) -> tuple[Cells[Moment], list[Beside]]:
        """When a measurement of each row was taken, and what stands beside it."""
        hours, sessions = rows.hours, rows.sessions
        if half.session is not None:
            # The hour beside the day is that of the row, not of its morning or evening.
            hours, sessions = [None] * len(hours), [half.session] * len(hours)
        wrong: dict[int, Problem] = {}
        if half.time is not None:
            own = self._whens.hours(rows.cells[half.time])
            if None in own.values:
                hours = [mine or other for mine, other in zip(own.values, hours, strict=True)]
            else:
                hours = own.values
            wrong = own.wrong
        written = [hour or _NO_HOUR[session] for hour, session in zip(hours, sessions, strict=True)]
        taken = self._whens.moments(rows.days, written)
        for at, problem in wrong.items():
            taken.values[at], taken.wrong[at] = None, problem
        if None not in hours and sessions.count(sessions[0]) == len(sessions):
            return taken, self._besides_of(rows.notes, (sessions[0], False))
        keys = [(session, hour is None) for hour, session in zip(hours, sessions, strict=True)]
        besides = {
            key: iter(self._besides_of(list(compress(rows.notes, map(key.__eq__, keys))), key))
            for key in set(keys)
        }
        return taken, [next(besides[key]) for key in keys]

    def _besides_of(self, notes: Sequence[str], key: _Key) -> list[Beside]:
        """What stands beside each row: her note, the session, and that no hour was written."""
        table = self._besides.setdefault(key, {})
        if len(table) > MOST_KEPT:
            table.clear()
        for note in set(notes) - table.keys():
            table[note] = self._beside(note, key)
        return list(map(table.__getitem__, notes))

    def _beside(self, note: str, key: _Key) -> Beside:
        session, unwritten = key
        note = "" if note in _EMPTY else note.strip()[:MOST_NOTE]
        if unwritten:
            note = f"{note[: MOST_NOTE - 20]} / {self._without_hour}" if note else self._without_hour
        return Beside(note, session)

    def _readings(self, half: _Half, cells: list[list[str]]) -> Iterator[Reading]:
        """Kind, values and how they are written, of each measurement in the rows."""
        highs, lows, beats = (self._column(cells, at) for at in (half.systolic, half.diastolic, half.pulse))
        if half.pulse is not None and "" in highs:
            alone = ["" if high or low else beat for high, low, beat in zip(highs, lows, beats, strict=True)]
            if any(alone):
                beats = ["" if one else beat for one, beat in zip(alone, beats, strict=True)]
                yield "heart_rate", self._values("heart_rate", alone), alone
        if half.systolic is not None or half.diastolic is not None:
            numbers = (
                _named(self._pressures.numbers(at, self._dotted(each)), "blood_pressure", at, each)
                for at, each in enumerate((highs, lows, beats))
            )
            written = [f"{high}/{low}/{beat}" for high, low, beat in zip(highs, lows, beats, strict=True)]
            yield "blood_pressure", self._pressures.read(*numbers), written
        for at, kind, unit in half.values:
            values = self._values(kind, cells[at], unit)
            as_it_is = not unit and (kind, unit) not in self._spaced
            yield kind, values, cells[at] if as_it_is else [cell.strip() + unit for cell in cells[at]]

    def _values(self, kind: str, cells: Sequence[str], unit: str = "") -> Cells[Decimal]:
        def read(cell: str) -> Decimal | None:
            if NOTHING.fullmatch(cell):
                return None
            if cell != cell.strip():
                self._spaced.add((kind, unit))
            return self._measured.value(kind, self._dotted((cell,))[0], unit)

        return _named(looked_up(self._known.setdefault((kind, unit), {}), cells, read), kind, 0, cells)

    def _column(self, cells: list[list[str]], at: int | None) -> Sequence[str]:
        if at is None:
            return [""] * len(cells[0])
        found = looked_up(self._plain, cells[at], lambda cell: "" if NOTHING.fullmatch(cell) else cell)
        return cast("list[str]", found.values)

    def _dotted(self, cells: Sequence[str]) -> Sequence[str]:
        return [cell.replace(",", ".") for cell in cells] if self._ways.comma else cells


def _named(found: Cells[_Number], kind: str, measure: int, cells: Sequence[str]) -> Cells[_Number]:
    """With the name of the value beside a cell that is no number: a row has many."""
    for at, problem in found.wrong.items():
        if problem.code == "not_a_number":
            label = tr(KINDS[kind].measures[measure].label)
            found.wrong[at] = Invalid("cell_not_a_number", label=label, cell=shown(cells[at].strip(), 40))
    return found
