"""The CSV files of a Samsung Health export: line 1 says which, line 2 names the columns, rows end in one comma more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO

from shared import clock, units
from shared.formats import Piece
from shared.formats.gathered import checked, recorded
from shared.formats.piles import texts, unverified
from shared.formats.samsung_streams import STREAMS, add, read_streams
from shared.formats.samsung_words import ORIGIN, SOURCE, Sheet, Taking, columns, local_day, offset_min
from shared.formats.sheets import opened
from shared.ids import new_id
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import BloodPressure, Vital
from shared.workouts import Activity, Workout

Row = Sequence[str]
# What is done with one row.
_Deed = Callable[[Sheet, Row, str, Taking], Piece | None]

_STAGES = {
    "40001": SleepStage.AWAKE,
    "40002": SleepStage.LIGHT,
    "40003": SleepStage.DEEP,
    "40004": SleepStage.REM,
}
_ALL_DEVICES = "-2"
# Samsung's numbers of exercises; others keep their number as their name.
_EXERCISES = {
    "1001": ("walking", Activity.WALKING),
    "1002": ("running", Activity.RUNNING),
    "11007": ("cycling", Activity.CYCLING),
    "13001": ("hiking", Activity.HIKING),
    "14001": ("swimming", Activity.SWIMMING),
}
_MOST_DAYS = 100_000


def read_sheet(file: BinaryIO, name: str, taking: Taking) -> Iterator[Piece]:
    """Everything in one file, streaming."""
    table = opened(file)
    rows = table.rows()
    _, about = next(rows, (0, [""]))
    kind = about[0].removeprefix("com.samsung.").removeprefix("shealth.").removeprefix("health.")
    _, header = next(rows, (0, []))
    sheet = Sheet(kind, name, columns(header))
    if kind == "step_daily_trend":
        yield from _daily_steps(sheet, rows, taking)
    elif kind in STREAMS:
        yield from read_streams(table, sheet, taking)
    elif kind in DEEDS:
        yield from _one_by_one(sheet, rows, taking)
    else:
        count = sum(1 for _ in rows)
        taking.odd.count(about[0][:100], Invalid("type_not_yet", type="", count=0), name, count)


def _one_by_one(sheet: Sheet, rows: Iterator[tuple[int, list[str]]], taking: Taking) -> Iterator[Piece]:
    for line, row in rows:
        where = tr("{name} {line} 行目", name=sheet.name, line=line).strip()
        try:
            piece = DEEDS[sheet.type](sheet, row, where, taking)
        except Problem as problem:
            taking.odd.add(sheet.type, problem, where, texts(row))
            continue
        taking.written_in_utc(sheet.name)
        if piece is not None:
            yield piece
        if not line % 1000:
            yield from taking.piles.full()
    yield from taking.piles.full()


def _vital(sheet: Sheet, row: Row, told: tuple[str, Decimal | BloodPressure, str], taking: Taking) -> Piece:
    kind, reading, where = told
    ms = sheet.moment(row, "start_time")
    vital = Vital(
        new_id(),
        kind,
        clock.from_ms(ms),
        offset_min(sheet.cell(row, "time_offset"), ms, taking.home),
        reading,
        device=SOURCE,
        origin=ORIGIN,
    )
    own = sheet.cell(row, "datauuid") or f"{ms}|{reading}"
    return checked(vital, f"samsung_health|{kind}|{own}"[:200], where, texts(row))


def _pressure(sheet: Sheet, row: Row, where: str, taking: Taking) -> Piece | None:
    """A blood pressure; Samsung writes rows of zeros where nothing was measured."""
    high, low, pulse = (sheet.number(row, each) for each in ("systolic", "diastolic", "pulse"))
    if not high and not low:
        taking.odd.add("blood_pressure", Invalid("readings_placeholder", type="", count=0), where, texts(row))
        return None
    if high is None or low is None:
        raise Invalid("pressure_alone")
    return _vital(sheet, row, ("blood_pressure", BloodPressure(high, low, pulse or None), where), taking)


def _one_number(kind: str, column: str, unit: str = "", to: str = "") -> _Deed:
    """A deed for files of single measurements; a zero or an empty cell is none."""

    def deed(sheet: Sheet, row: Row, where: str, taking: Taking) -> Piece | None:
        value = sheet.number(row, column)
        if not value:
            taking.odd.add(sheet.type, Invalid("readings_placeholder", type="", count=0), where, texts(row))
            return None
        if unit:
            converted = units.convert(value, unit, to)
            assert converted is not None
            value = converted
        return _vital(sheet, row, (kind, value, where), taking)

    return deed


def _glucose(sheet: Sheet, row: Row, where: str, taking: Taking) -> Piece | None:
    what = tr("Samsung Health の血糖は mmol/L として読みました")
    taking.odd.add("blood_glucose", unverified(what), where, texts(row))
    return _one_number("blood_glucose", "glucose", "mmol/L", "mg/dL")(sheet, row, where, taking)


def _stage(sheet: Sheet, row: Row, where: str, taking: Taking) -> None:  # noqa: ARG001
    stage = _STAGES.get(sheet.cell(row, "stage"))
    if stage is None:
        raise Invalid("value_odd", name=tr("睡眠の段階"))
    add(sheet, row, ("sleep", SLEEP_STAGES.index(stage)), taking)
    taking.staged.add(sheet.cell(row, "sleep_id"))


def _sleep(sheet: Sheet, row: Row, where: str, taking: Taking) -> None:  # noqa: ARG001
    """A sleep as a whole: a reading of its own only where no stages of it are told."""
    if sheet.cell(row, "datauuid") not in taking.staged:
        add(sheet, row, ("sleep", SLEEP_STAGES.index(SleepStage.ASLEEP)), taking)


def _exercise(sheet: Sheet, row: Row, where: str, taking: Taking) -> Piece:
    start, end = sheet.moment(row, "start_time"), sheet.moment(row, "end_time")
    if end < start:
        raise Invalid("ends_before_start")
    number = sheet.cell(row, "exercise_type")
    named, activity = _EXERCISES.get(number, (f"exercise_type {number}"[:100], Activity.OTHER))
    duration, distance = sheet.number(row, "duration"), sheet.number(row, "distance")
    mean, most = (sheet.number(row, each) for each in ("mean_heart_rate", "max_heart_rate"))
    word = Workout(
        new_id(),
        activity,
        clock.from_ms(start),
        clock.from_ms(end),
        offset_min(sheet.cell(row, "time_offset"), start, taking.home),
        named=named,
        active_s=int(duration) // 1000 if duration and duration > 0 else None,
        distance_m=units.rounded(distance, 1) if distance and distance > 0 else None,
        heart_rate_mean=int(units.rounded(mean, 0)) if mean and mean > 0 else None,
        heart_rate_max=int(units.rounded(most, 0)) if most and most > 0 else None,
        device=SOURCE,
        origin=ORIGIN,
    )
    own = sheet.cell(row, "datauuid") or f"{start}|{number}"
    return recorded(word, f"samsung_health|exercise|{own}"[:200], where)


def _daily_steps(sheet: Sheet, rows: Iterator[tuple[int, list[str]]], taking: Taking) -> Iterator[Piece]:
    """One row a device and day; the combined one (source -2) counts, else the greatest: they are never added up."""
    days: dict[tuple[int, int], tuple[bool, Decimal, Decimal]] = {}
    within = 0
    for line, row in rows:
        where = tr("{name} {line} 行目", name=sheet.name, line=line).strip()
        try:
            count = sheet.number(row, "count")
            if count is None or count < 0:
                raise Invalid("not_a_number")
            span = local_day(sheet.cell(row, "day_time"), taking.home)
            combined = sheet.cell(row, "source_type") == _ALL_DEVICES
            told = (combined, count, sheet.number(row, "distance") or Decimal(0))
            within += span in days
            if len(days) >= _MOST_DAYS and span not in days:
                raise Unreadable("table_broken", where=where)
            days[span] = max(days.get(span, told), told)
        except Problem as problem:
            taking.odd.add(sheet.type, problem, where, texts(row))
    for (start, end), (_, count, distance) in days.items():
        taking.piles.add(("steps_reported", SOURCE), sheet.name, start, end, float(count))
        if distance > 0:
            taking.piles.add(("distance_reported", SOURCE), sheet.name, start, end, float(distance))
    taking.odd.count(sheet.type, Invalid("readings_in_total", type="", count=0), sheet.name, within)
    yield from taking.piles.full()


DEEDS: dict[str, _Deed] = {
    "blood_pressure": _pressure,
    "weight": _one_number("weight", "weight"),
    "height": _one_number("height", "height"),
    "body_temperature": _one_number("body_temperature", "temperature"),
    "blood_glucose": _glucose,
    "sleep_stage": _stage,
    "sleep": _sleep,
    "exercise": _exercise,
}
