"""The rows of a sheet as vitals, by what its columns mean. A row may hold a morning and an evening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.formats import DayOrder, Piece
from shared.formats.measured import MOST_NOTE, Beside, Clocks, Measured, Moment, YearMonthDay
from shared.formats.sheet_columns import VALUES, Meaning
from shared.formats.sheet_days import day_of, hour_of, parted, plain, session_of
from shared.formats.sheets import Sheet
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import BloodPressure, Session

# Where a sheet says the day and no hour: an hour is needed to keep it, and the note says that it was not written.
_NO_HOUR = {Session.MORNING: "7:00", Session.EVENING: "21:00", Session.OTHER: "12:00", None: "12:00"}
_M = Meaning
_HALVES = (
    (None, (_M.TIME, _M.SYSTOLIC, _M.DIASTOLIC, _M.PULSE)),
    (Session.MORNING, (_M.MORNING_TIME, _M.MORNING_SYSTOLIC, _M.MORNING_DIASTOLIC, _M.MORNING_PULSE)),
    (Session.EVENING, (_M.EVENING_TIME, _M.EVENING_SYSTOLIC, _M.EVENING_DIASTOLIC, _M.EVENING_PULSE)),
)
_EMPTY = frozenset(("", "-", "－", "ー"))
_MOST_KEPT = 50_000
_NOTHING = Beside()


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
        self._parted: dict[str, tuple[str, str]] = {}
        self._hours: dict[str, str] = {}
        self._without_hour = tr("時刻の記録なし")

    def _day(self, text: str) -> YearMonthDay:
        return day_of(text, self._ways.order)

    def read(self, sheet: Sheet, header: int) -> Iterator[Piece]:
        """Every row behind the header (in that line)."""
        width, measured = len(self._ways.meanings), self._measured
        for numbers, rows in sheet.batches():
            for number, row in zip(numbers, rows, strict=True):
                if number <= header:
                    continue
                if len(row) != width:
                    if not any(cell.strip() for cell in row):
                        continue
                    if any(cell.strip() for cell in row[width:]):
                        problem = Unreadable("table_broken", where=measured.where(number))
                        yield measured.trouble(number, problem, row)
                        continue
                    row = (row + [""] * width)[:width]  # noqa: PLW2901  empty cells at the end may be left out
                try:
                    yield from self._row(number, row)
                except Problem as problem:
                    yield measured.trouble(number, problem, row)

    def _row(self, number: int, row: list[str]) -> Iterator[Piece]:
        written = row[self._day_at]
        day, hour = self._parted.get(written) or self._part(written)
        said = session_of(plain(row[self._session_at])) if self._session_at is not None else None
        note = ""
        if self._notes_at:
            cells = [row[at].strip() for at in self._notes_at]
            note = " / ".join(cell for cell in cells if cell not in _EMPTY)[:MOST_NOTE]
        empty = True
        for half in self._halves:
            time = "" if half.time is None else row[half.time]
            session = half.session or said
            moment: Moment | None = None
            beside = _NOTHING
            for kind, reading, cells_written in self._readings(half, row):
                empty = False
                if isinstance(reading, Problem):
                    yield self._measured.trouble(number, reading, row)
                    continue
                if moment is None:
                    moment, noted = self._moment(half, (day, hour), (time, session), note)
                    beside = Beside(noted, session) if noted or session else _NOTHING
                yield self._measured.found((kind, reading, cells_written), moment, beside, number)
        if empty:  # a day without a measurement is nothing to tell, but it must be a day
            self._clocks.moment(self._ways.zone, day, _NO_HOUR[None])

    def _moment(
        self, half: _Half, when: tuple[str, str], said: tuple[str, Session | None], note: str
    ) -> tuple[Moment, str]:
        """When a measurement of a row was taken, and its note."""
        day, hour = when
        time, session = said
        if time not in _EMPTY:
            hour = self._hours.get(time) or self._hour(time)
        elif half.session is not None:
            hour = ""  # the hour beside the day is that of the row, not of its evening
        if hour:
            return self._clocks.moment(self._ways.zone, day, hour), note
        moment = self._clocks.moment(self._ways.zone, day, _NO_HOUR[session])
        return moment, f"{note[: MOST_NOTE - 20]} / {self._without_hour}" if note else self._without_hour

    def _part(self, written: str) -> tuple[str, str]:
        """Day and hour of a cell; a cell called a date may hold the hour too, as spreadsheets write it."""
        if len(self._parted) > _MOST_KEPT:
            self._parted.clear()
        day, hour = parted(plain(written))
        found = self._parted[written] = (day, hour_of(hour) if hour else "")
        return found

    def _hour(self, written: str) -> str:
        if len(self._hours) > _MOST_KEPT:
            self._hours.clear()
        found = self._hours[written] = hour_of(plain(written))
        return found

    def _readings(
        self, half: _Half, row: list[str]
    ) -> Iterator[tuple[str, Decimal | BloodPressure | Problem, str]]:
        """Kind, value (or what is wrong with it) and how it is written, of each measurement in a row."""
        high, low, beat = (
            "" if at is None or row[at] in _EMPTY else row[at]
            for at in (half.systolic, half.diastolic, half.pulse)
        )
        if high or low:
            yield "blood_pressure", self._pressure(high, low, beat), f"{high}/{low}/{beat}"
        elif beat:
            yield "heart_rate", self._value("heart_rate", beat, ""), beat
        for at, kind, unit in half.values:
            cell = row[at]
            if cell not in _EMPTY:
                yield kind, self._value(kind, cell, unit), cell.strip() + unit

    def _pressure(self, high: str, low: str, beat: str) -> BloodPressure | Problem:
        if not (high and low):
            return Invalid("pressure_alone")
        try:
            return self._measured.pressure(*(self._number(each) for each in (high, low, beat)))
        except Problem as problem:
            return problem

    def _value(self, kind: str, cell: str, unit: str) -> Decimal | Problem:
        try:
            return self._measured.value(kind, self._number(cell), unit)
        except Problem as problem:
            return problem

    def _number(self, cell: str) -> str:
        return cell.replace(",", ".") if self._ways.comma else cell
