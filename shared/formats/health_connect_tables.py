"""The tables of a Health Connect database in our words: which column means what, in which unit.

Names of tables and columns in the questions are ours, or identifiers of the file itself (`_tables`).
"""

# ruff: noqa: S608

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress, repeat
from operator import itemgetter, mul
from typing import Any

from shared.formats import Piece, temperature_sites
from shared.formats.health_connect_rows import INSTANTS, Row, found, is_of_skin, pressure, workout
from shared.formats.moments import Walls
from shared.formats.piles import Oddities, Piles, texts
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable

# The cells of a row; SQLite lets anything stand in any column.
Cells = tuple[Any, ...]

# Fewer rows than the garbage collector waits for before it looks through what is new (700).
_AT_ONCE = 500
# Up to so many sources in a batch, each is picked out of its columns; more are put apart row by row.
_FEW_SOURCES = 8
# No row of any table takes fewer bytes in a file: a table that gives more goes round in circles.
_LEAST_ROW = 8
_NAMES = 5_000
_UNNAMED = "Health Connect"

# Table -> stream, column, what one of the column's is in ours, column of the end ("" for an instant).
_STREAMS: dict[str, tuple[str, str, float, str]] = {
    "steps_record_table": ("steps", "count", 1, "end_time"),
    "distance_record_table": ("distance", "distance", 1, "end_time"),
    "active_calories_burned_record_table": ("active_energy", "energy", 0.001, "end_time"),
    "floors_climbed_record_table": ("floors", "floors", 1, "end_time"),
    "resting_heart_rate_record_table": ("resting_heart_rate", "beats_per_minute", 1, ""),
    "heart_rate_variability_rmssd_record_table": ("hrv_rmssd", "heart_rate_variability_millis", 1, ""),
    "oxygen_saturation_record_table": ("spo2", "percentage", 1, ""),
    "respiratory_rate_record_table": ("respiratory_rate", "rate", 1, ""),
    "blood_glucose_record_table": ("blood_glucose", "level", 18.01559, ""),
}
# What a person measured herself here (recording method 1 or 3) is a row, else a reading.
_BOTH = ("oxygen_saturation_record_table", "respiratory_rate_record_table", "blood_glucose_record_table")
_STAGES = {
    1: SleepStage.AWAKE,
    2: SleepStage.ASLEEP,
    3: SleepStage.AWAKE,
    4: SleepStage.LIGHT,
    5: SleepStage.DEEP,
    6: SleepStage.REM,
    7: SleepStage.AWAKE,
}
_HEARTS = ("heart_rate_record_table", "heart_rate_record_series_table")
_NIGHTS = ("sleep_session_record_table", "sleep_stages_table")
_PRESSURES, _EXERCISES = "blood_pressure_record_table", "exercise_session_record_table"
_READ = {*_STREAMS, *INSTANTS, *_HEARTS, *_NIGHTS, _PRESSURES, _EXERCISES}
# Tables whose numbers would be something else in any stream of ours -> why they are left out.
_DELTAS = ("skin_temperature_record_table", "skin_temperature_delta_table")
_LEFT_OUT = {
    "total_calories_burned_record_table": "energy_of_all",
    "activity_intensity_record_table": "minutes_by_effort",
    **dict.fromkeys(_DELTAS, "skin_deviation"),
}
# What a table has that holds records, or parts of them, and not what Android keeps for itself.
_OF_RECORDS = {"uuid", "parent_key"}


@dataclass(frozen=True, slots=True)
class _Part:
    """Columns of a batch of rows that are of one source."""

    source: str
    columns: list[Cells]


class Database:
    """One opened database of ``size`` bytes; `pieces` reads it table by table."""

    def __init__(self, connection: sqlite3.Connection, walls: Walls, size: int) -> None:
        self._connection = connection
        self._walls = walls
        self._left = 1_000 + size // _LEAST_ROW
        self._piles = Piles()
        self._odd = Oddities()
        self._columns = self._tables()
        self._apps = self._names("application_info_table", "package_name")
        self._titles = self._names("application_info_table", "app_name")
        self._devices = self._names("device_info_table", "model")

    def pieces(self) -> Iterator[Piece]:
        """Measurements, workouts, readings, then what was not understood."""
        if not any(name in _READ for name in self._columns):
            raise Unreadable("format_unknown")
        for table in INSTANTS:
            yield from self._rows(table, self._measured)
        yield from self._rows(_PRESSURES, lambda row: pressure(row, self._walls))
        yield from self._rows(_EXERCISES, lambda row: workout(row, self._walls))
        for table in _STREAMS:
            yield from self._readings(table)
        yield from self._heart_rates()
        yield from self._nights()
        yield from self._piles.rest()
        self._left_over()
        yield from self._odd.troubles()

    def _tables(self) -> dict[str, list[str]]:
        """The ordinary tables (no views, no virtual ones) and their stored columns."""
        named = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 LIMIT 1000"
        ).fetchall()
        found: dict[str, list[str]] = {}
        for (name,) in named:
            if isinstance(name, str) and name.isidentifier() and not name.startswith("sqlite_"):
                about = self._connection.execute(f"PRAGMA table_info({name})").fetchall()
                found[name] = [each[1] for each in about]
        return found

    def _names(self, table: str, column: str) -> dict[object, str]:
        """Names by row_id of a small table."""
        if not {"row_id", column} <= set(self._columns.get(table, ())):
            return {}
        rows = self._connection.execute(f"SELECT row_id, {column} FROM {table} LIMIT {_NAMES}").fetchall()
        return {key: each.strip()[:100] for key, each in rows if isinstance(each, str) and each.strip()}

    def _select(self, table: str, wanted: tuple[str, ...], where: str = "") -> Iterator[list[Cells]]:
        """The wanted columns in batches; NULL for a column that this database does not have."""
        have = set(self._columns.get(table, ()))
        columns = ", ".join(each if each in have else f"NULL AS {each}" for each in wanted)
        yield from self._batches(f"SELECT {columns} FROM {table}{where}")

    def _batches(self, select: str) -> Iterator[list[Cells]]:
        cursor = self._connection.execute(select)
        cursor.arraysize = _AT_ONCE
        while rows := cursor.fetchmany():
            self._left -= len(rows)
            if self._left < 0:
                raise Unreadable("file_broken")
            yield rows

    def _source(self, app: object, device: object) -> str:
        """The app, and the device where it is named: two devices of one app must not be added up."""
        name = self._apps.get(app, _UNNAMED)
        return f"{name} · {self._devices[device]}"[:100] if device in self._devices else name

    def _rows(self, table: str, made: Callable[[Row], Piece | None]) -> Iterator[Piece]:
        """Each row of a table by itself; a broken one is a trouble of its own."""
        have = self._columns.get(table)
        if have is None:
            return
        wanted = tuple(each for each in have if each.isidentifier())
        manual = table in _BOTH
        for batch in self._batches(f"SELECT {', '.join(wanted)} FROM {table}"):
            for cells in batch:
                row = Row(table, dict(zip(wanted, cells, strict=True)))
                if manual and not row.by_hand:
                    continue
                app = row.cells.get("app_info_id")
                row.device = self._titles.get(app) or self._apps.get(app, "")
                try:
                    piece = made(row)
                except Problem as problem:
                    self._odd.add(table, problem, row.where, row.excerpt)
                else:
                    yield from self._piles.full() if piece is None else (piece,)

    def _measured(self, row: Row) -> Piece | None:
        """A measurement; of the skin it is a reading, and waits for the others."""
        if not is_of_skin(row):
            return found(row, self._walls)
        at, value = row.moment("time"), float(row.number("temperature"))
        source = self._source(row.cells.get("app_info_id"), row.cells.get("device_info_id"))
        self._piles.add((temperature_sites.SKIN, source), row.table, at, at, value)
        return None

    def _readings(self, table: str) -> Iterator[Piece]:
        """A table of single numbers as columns."""
        stream, column, factor, end = _STREAMS[table]
        have = self._columns.get(table)
        if have is None:
            return
        if column not in have:
            self._odd.add(table, Invalid("field_missing", name=column), table)
            return
        begin = "start_time" if end else "time"
        where = ""
        if table in _BOTH and "recording_method" in have:
            where = " WHERE recording_method IS NULL OR recording_method NOT IN (1, 3)"
        wanted = ("app_info_id", "device_info_id", column, begin, *((end,) if end else ()))
        for rows in self._select(table, wanted, where):
            self._pile(stream, table, rows, factor)
            yield from self._piles.full()

    def _heart_rates(self) -> Iterator[Piece]:
        """The samples of heart rate records, each with the app of its record."""
        records, series = _HEARTS
        if not all(name in self._columns for name in _HEARTS):
            return
        have = set(self._columns[records])
        app, device = (f"r.{each}" if each in have else "NULL" for each in ("app_info_id", "device_info_id"))
        writers = self._connection.execute(
            f"SELECT DISTINCT {app}, {device} FROM {records} AS r LIMIT 2"
        ).fetchall()
        if len(writers) == 1:
            # One watch (nearly always): no record need be looked up for its samples.
            of = ("heart_rate", self._source(*writers[0]))
            for rows in self._batches(f"SELECT beats_per_minute, epoch_millis FROM {series}"):
                self._extend(of, series, list(zip(*rows, strict=True)), 1)
                yield from self._piles.full()
            return
        select = (
            f"SELECT {app}, {device}, s.beats_per_minute, s.epoch_millis"
            f" FROM {series} AS s LEFT JOIN {records} AS r ON r.row_id = s.parent_key"
        )
        for rows in self._batches(select):
            self._pile("heart_rate", series, rows, 1)
            yield from self._piles.full()

    def _pile(self, stream: str, table: str, rows: list[Cells], factor: float) -> None:
        """Rows of (app, device, value, start, perhaps end); one that is none costs only itself."""
        for part in self._parts(rows):
            self._extend((stream, part.source), table, part.columns[2:], factor)

    def _extend(self, of: tuple[str, str], table: str, columns: list[Cells], factor: float) -> None:
        """Columns of value, start and perhaps end, of one source."""
        values, starts, *other = columns
        ends = other[0] if other else starts
        try:
            start = array("q", starts)  # what is no number raises
            end = array("q", ends) if other else start
            value = array("d", values)
            if factor != 1:
                value = array("d", map(mul, value, repeat(factor)))
            if of[0] == "spo2":
                value = array("d", map(_percent, value))
            if min(value) < 0:
                raise Invalid("not_a_number")
            self._piles.extend(of, table, start, end, value)
        except (TypeError, OverflowError, Invalid):
            self._one_by_one(of, table, list(zip(starts, ends, values, strict=True)), factor)

    def _one_by_one(self, of: tuple[str, str], table: str, rows: list[Cells], factor: float) -> None:
        for start, end, value in rows:
            try:
                if not (isinstance(start, int) and isinstance(end, int)):
                    raise Invalid("time_impossible", when=texts((start, end)))
                if not isinstance(value, int | float) or value < 0 or value > 1e15:
                    raise Invalid("not_a_number")
                kept = _percent(float(value)) if of[0] == "spo2" else value * factor
                self._piles.add(of, table, start, end, kept)
            except OverflowError:
                self._odd.add(table, Invalid("time_impossible", when=str(start)), table)
            except Invalid as problem:
                self._odd.add(table, problem, table, texts((start, end, value)))

    def _parts(self, rows: list[Cells]) -> Iterator[_Part]:
        """Rows that begin with app and device, apart by source."""
        columns = list(zip(*rows, strict=True))
        if len(set(columns[0])) == len(set(columns[1])) == 1:
            yield _Part(self._source(columns[0][0], columns[1][0]), columns)
            return
        pairs = list(zip(columns[0], columns[1], strict=True))
        names = {each: self._source(*each) for each in set(pairs)}
        sources = list(map(names.__getitem__, pairs))
        here = list(dict.fromkeys(sources))
        if len(here) <= _FEW_SOURCES:
            for source in here:
                theirs = list(map(source.__eq__, sources))
                yield _Part(source, [tuple(compress(column, theirs)) for column in columns])
            return
        apart: dict[str, list[Cells]] = {}
        for source, row in zip(sources, rows, strict=True):
            apart.setdefault(source, []).append(row)
        for source, rows_of_it in apart.items():
            yield _Part(source, list(zip(*rows_of_it, strict=True)))

    def _nights(self) -> Iterator[Piece]:
        """Stages of each night; a night without stages is sleep from its beginning to its end."""
        nights, stages = _NIGHTS
        if nights not in self._columns:
            return
        told: set[object] = set()
        if stages in self._columns:
            yield from self._stages(told)
        wanted = ("app_info_id", "device_info_id", "start_time", "end_time", "row_id")
        for rows in self._select(nights, wanted):
            asleep = SLEEP_STAGES.index(SleepStage.ASLEEP)
            alone = [(*row[:2], asleep, *row[2:4]) for row in rows if row[4] not in told]
            if alone:
                self._pile("sleep", nights, alone, 1)
            yield from self._piles.full()

    def _stages(self, told: set[object]) -> Iterator[Piece]:
        nights, stages = _NIGHTS
        have = set(self._columns[nights])
        app, device = (f"n.{each}" if each in have else "NULL" for each in ("app_info_id", "device_info_id"))
        select = (
            f"SELECT {app}, {device}, s.stage_type, s.stage_start_time, s.stage_end_time, s.parent_key"
            f" FROM {stages} AS s LEFT JOIN {nights} AS n ON n.row_id = s.parent_key"
        )
        numbers = {each: SLEEP_STAGES.index(stage) for each, stage in _STAGES.items()}
        for rows in self._batches(select):
            told.update(map(itemgetter(5), rows))
            known = [(*row[:2], numbers[row[2]], *row[3:5]) for row in rows if row[2] in numbers]
            for row in rows:
                if row[2] not in numbers:
                    problem = Invalid("value_odd", name=tr("睡眠の段階"))
                    self._odd.add(stages, problem, stages, texts(row))
            if known:
                self._pile("sleep", stages, known, 1)
            yield from self._piles.full()

    def _left_over(self) -> None:
        """Tables of records that were not read, with how many rows they hold, and why where that is known."""
        held = {
            table: self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table, columns in self._columns.items()
            if not (table in _READ and self._is_whole(table))
            and (table.endswith("_record_table") or not _OF_RECORDS.isdisjoint(columns))
        }
        for table, count in held.items():
            # Of a record and its samples the samples are told: they are what it holds.
            samples = _samples_of(table)
            if samples == table or not held.get(samples):
                code = _LEFT_OUT.get(table, "type_not_yet")
                self._odd.count(table, Invalid(code, type=table, count=count), table, count)

    def _is_whole(self, table: str) -> bool:
        """Whether a table that is read together with another has it beside it."""
        if table in _HEARTS:
            return all(each in self._columns for each in _HEARTS)
        return table != _NIGHTS[1] or _NIGHTS[0] in self._columns


def _samples_of(table: str) -> str:
    """The table of the samples of the records in ``table``: ``SpeedRecordTable`` has ``speed_record_table``."""
    if table == _DELTAS[0]:
        return _DELTAS[1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", table).lower()


def _percent(value: float) -> float:
    """A share of at most 1 is a fraction; Health Connect writes percent, an app may have written neither."""
    return value * 100 if 0 < value <= 1 else value
