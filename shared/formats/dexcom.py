"""Dexcom Clarity's table of a glucose sensor. Layout: formats/wearables.md section 10 (English names only).

Times are what the receiver showed. When the clock is set back, an hour comes twice: the transmitter's own seconds, else
the order of the rows, tell which of the two it was. Low and High are bounds, not numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from shared.formats import Answers, Identity, Piece, Trouble
from shared.formats.glucose_columns import Glucose, named_source, unit_in
from shared.formats.measured import Beside, Clocks, Measured, Moment, YearMonthDay, ms_of_day
from shared.formats.sheets import Sheet, folded, head_rows, opened
from shared.problems import Invalid, Problem, Unreadable

LABEL = "Dexcom Clarity"

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_READING, _CALIBRATION = "EGV", "Calibration"
# Rows without a time: who, with what, and the alerts that are set. No measurements.
_PREAMBLE = ("FirstName", "LastName", "DateOfBirth", "PatientIdentifier", "Device", "Alert")
_NEEDED = ("event type", "event subtype", "transmitter id")
# The transmitter's seconds are believed where they and the clock are not further apart than this.
_NEAR_MS = 30 * 60 * 1000
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class _Columns:
    when: int
    event: int
    patient: int | None
    source: int | None
    value: int
    seconds: int | None
    transmitter: int
    unit: str

    @property
    def least(self) -> int:
        """As many cells has a row at least; ragged ones leave out those of the transmitter."""
        return 1 + max(self.when, self.event, self.value, self.patient or 0, self.source or 0)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the header alone decides
    """Whether the first row has Clarity's columns."""
    if b"Event Subtype" not in head[:1000]:
        return False
    rows = head_rows(head)
    try:
        return bool(rows) and _columns(rows[0]) is not None
    except Unreadable:
        return False


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in ``file``. Raises `Question` for the zone, `Unreadable` for another table."""
    sheet = opened(file)
    first = next(sheet.rows(), None)
    if first is None:
        raise Unreadable("file_empty")
    columns = _columns(first[1])
    samples = _samples(sheet, columns)
    zone = asked.zone_of("dexcom", samples) if samples or _has_times(sheet, columns) else asked.zone
    yield from _Rows(columns, zone).read(sheet, first[0])


def _columns(header: list[str]) -> _Columns:
    names = [folded(cell) for cell in header]

    def at(start: str) -> int | None:
        return next((i for i, name in enumerate(names) if name.startswith(start)), None)

    when, value = at("timestamp"), at("glucose value")
    if when is None or value is None or any(each not in names for each in _NEEDED):
        raise Unreadable("format_unknown")
    return _Columns(
        when,
        names.index("event type"),
        at("patient info"),
        at("source device id"),
        value,
        at("transmitter time"),
        names.index("transmitter id"),
        unit_in(header[value]),
    )


def _samples(sheet: Sheet, columns: _Columns) -> list[str]:
    found: list[str] = []
    for _, row in sheet.rows():
        if len(row) >= columns.least and row[columns.event] == _READING:
            found.append(row[columns.when][:40])
            if len(found) == _SAMPLES:
                break
    return found


def _has_times(sheet: Sheet, columns: _Columns) -> bool:
    """Whether any row says when. Of a file in which nothing was measured nothing is asked."""
    times = (row[columns.when] for _, row in islice(sheet.rows(), 1, None) if len(row) > columns.when)
    return any(each.strip() for each in times)


def _day(text: str) -> YearMonthDay:
    found = _DAY.fullmatch(text)
    if found is None:
        raise Invalid("time_impossible", when=text[:40])
    return int(found[1]), int(found[2]), int(found[3])


class _Rows:
    def __init__(self, columns: _Columns, zone: str) -> None:
        self._columns = columns
        self._zone = zone
        self._clocks = Clocks(_day)
        self._walls = self._clocks.walls(zone)
        self._measured = Measured("dexcom")
        self._glucose = Glucose(columns.unit)
        self._sources: dict[tuple[str, str], str] = {}
        self._others: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._names: dict[str, str] = {}
        # The last reading: when, by which transmitter, at which of its seconds.
        self._last: tuple[int, str, str] = (0, "", "")

    def read(self, sheet: Sheet, header: int) -> Iterator[Piece]:
        """Every row behind the header (in that line)."""
        for numbers, rows in sheet.batches():
            yield from self._batch([each for each in zip(numbers, rows, strict=True) if each[0] > header])
            if self._glucose.full:
                yield from self._glucose.hand_over()
        yield from self._glucose.hand_over()
        if self._names:
            name = " ".join(filter(None, (self._names.get("FirstName"), self._names.get("LastName"))))
            born = self._names.get("DateOfBirth", "")
            yield Identity(name=name, born_on=born if _DAY.fullmatch(born) else "")
        for event, count in self._others.items():
            problem = Unreadable("type_not_yet", type=event[:40], count=count)
            yield Trouble(self._measured.where(self._first[event]), problem)

    def _batch(self, rows: list[tuple[int, list[str]]]) -> Iterator[Piece]:
        columns = self._columns
        when_at, event_at, value_at, transmitter_at = (
            columns.when,
            columns.event,
            columns.value,
            columns.transmitter,
        )
        seconds_at, source_at, least = columns.seconds, columns.source, columns.least
        moment_of, add, zone, sources = self._clocks.moment, self._glucose.add, self._zone, self._sources
        for line, row in rows:
            try:
                if len(row) < least or row[event_at] != _READING:
                    yield from self._other(line, row)
                    continue
                when = row[when_at]
                ms = moment_of(zone, when[:10], when[11:])[2]
                # Ragged rows leave out their last cells.
                transmitter = row[transmitter_at] if len(row) > transmitter_at else ""
                seconds = row[seconds_at] if seconds_at is not None and len(row) > seconds_at else ""
                if self._twice(when):
                    ms = self._which(when, ms, transmitter, seconds)
                self._last = (ms, transmitter, seconds)
                source = row[source_at] if source_at is not None else ""
                add(
                    sources.get((source, transmitter)) or self._source(source, transmitter),
                    ms,
                    row[value_at],
                    line,
                )
            except Problem as problem:
                yield self._measured.trouble(line, problem, row)

    def _source(self, source: str, transmitter: str) -> str:
        if len(self._sources) > 1000:
            self._sources.clear()
        found = self._sources[source, transmitter] = named_source("Dexcom", source, transmitter)
        return found

    def _twice(self, when: str) -> bool:
        """Whether that day of the clock has an hour twice: one day a year."""
        return not self._clocks.even(self._zone, when[:10])

    def _which(self, when: str, first: int, transmitter: str, seconds: str) -> int:
        """Which showing of a wall time a reading was taken at."""
        again = self._walls.again(*_day(when[:10]), ms_of_day(when[11:]))
        last, last_transmitter, last_seconds = self._last
        if again == first or not last:
            return first
        if transmitter and transmitter == last_transmitter and seconds.isdigit() and last_seconds.isdigit():
            expected = last + (int(seconds) - int(last_seconds)) * 1000
            best = min(first, again, key=lambda each: abs(each - expected))
            if abs(best - expected) <= _NEAR_MS:
                return best
        # Rows stand in the order they were taken: a clock that goes backwards has been set back.
        return again if first < last else first

    def _other(self, line: int, row: list[str]) -> Iterator[Piece]:
        """A calibration is a measurement of a finger; who it was; and what is counted."""
        columns, measured = self._columns, self._measured
        if not any(cell.strip() for cell in row):
            return
        if len(row) < columns.least:
            raise Unreadable("table_broken", where=measured.where(line))
        event = row[columns.event].strip()
        if event == _CALIBRATION:
            cell = row[columns.value].strip()
            value = measured.value("blood_glucose", cell.replace(",", "."), columns.unit)
            moment = self._moment(row[columns.when])
            device = named_source("Dexcom", row[columns.source] if columns.source is not None else "")
            written = f"{cell} {columns.unit}"
            yield measured.found(("blood_glucose", value, written), moment, Beside(device=device), line)
        elif event in _PREAMBLE:
            if columns.patient is not None and row[columns.patient].strip():
                self._names.setdefault(event, row[columns.patient].strip()[:100])
        elif event and len(self._others) < 100:
            self._others[event] += 1
            self._first.setdefault(event, line)
        else:
            raise Unreadable("table_broken", where=measured.where(line))

    def _moment(self, when: str) -> Moment:
        return self._clocks.moment(self._zone, when[:10], when[11:])
