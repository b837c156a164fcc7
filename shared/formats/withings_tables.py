"""Withings' tables: scale, cuff, height, oxygen, daily totals, nights and activities, columns known by their place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

from shared import clock, units
from shared.formats import Found, Piece, Trouble
from shared.formats.clinic_keys import UNNAMED
from shared.formats.gathered import Columns, checked, recorded
from shared.formats.json_tree import exact, shown
from shared.formats.moments import Walls
from shared.formats.sheets import number, opened
from shared.ids import new_id
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.problems import Invalid, Problem, Unreadable
from shared.strict_json import whole_letters
from shared.vitals import BloodPressure, Vital
from shared.workouts import Activity, Workout

ORIGIN = "withings"
SOURCE = "Withings"

_AGGREGATES = {
    "aggregates_steps": "steps_reported",
    "aggregates_distance": "distance_reported",
    "aggregates_calories_earned": "active_energy_reported",
    "aggregates_calories_passive": "basal_energy_reported",
}
# Tables whose times are what the wall clock showed.
WALL_TABLES = frozenset({"bp", "weight", "height", "manual_spo2", *_AGGREGATES})
TABLES = WALL_TABLES | {"sleep", "activities"}

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")
_UNIT = re.compile(r"\(([^)]+)\)\s*$")
_ZONE_NAME = re.compile(r"[A-Za-z_]+/[A-Za-z_/+-]+|UTC|GMT")
_ACTIVITIES = {
    "walk": Activity.WALKING, "run": Activity.RUNNING, "hik": Activity.HIKING, "cycl": Activity.CYCLING,
    "bik": Activity.CYCLING, "swim": Activity.SWIMMING, "row": Activity.ROWING, "yoga": Activity.YOGA,
    "danc": Activity.DANCE, "gymnast": Activity.GYMNASTICS, "weights": Activity.STRENGTH,
    "tennis": Activity.BALL_GAME, "ball": Activity.BALL_GAME, "soccer": Activity.BALL_GAME,
}  # fmt: skip
# Rows told one by one; what is odd beyond them is counted.
_MOST_TOLD = 1_000
_MOST_ACTIVITY_CELL = 20_000


def first_times(file: BinaryIO) -> list[str]:
    """The first times of a table as they stand in it."""
    rows = islice(opened(file).rows(), 1, 6)
    return [row[0][:40] for _, row in rows]


class Table:
    """One of the tables, by its name."""

    def __init__(self, name: str, walls: Walls) -> None:
        self._name = name
        self._walls = walls
        self._header: list[str] = []
        self._columns = Columns()
        self._odd = 0
        self._last: Problem | None = None
        self._reading: Callable[[list[str], str], Iterator[Piece]] = {
            "bp": self._pressure, "weight": self._weight, "height": self._height, "manual_spo2": self._spo2,
            "sleep": self._night, "activities": self._activity,
        }.get(name, self._total)  # fmt: skip

    def read(self, file: BinaryIO) -> Iterator[Piece]:
        """Every row; one that cannot be read is told and costs no other."""
        for line, row in opened(file).rows():
            if not self._header:
                self._header = row
                continue
            where = f"{self._name}.csv {line}"
            try:
                yield from self._reading(row, where)
            except Problem as problem:
                yield from self._told(where, problem, row)
            except (IndexError, ValueError, OverflowError, ArithmeticError):
                yield from self._told(where, Unreadable("table_broken", where=str(line)), row)
        yield from self._columns.take(self._name)
        if self._odd > _MOST_TOLD and self._last is not None:
            name, why = f"{self._name}.csv", self._last.message().rstrip("。.")
            yield Trouble(
                name, Invalid("records_odd", type=name, count=self._odd - _MOST_TOLD, why=why), self._name
            )

    def _told(self, where: str, problem: Problem, row: list[str]) -> Iterator[Trouble]:
        self._odd, self._last = self._odd + 1, problem
        if self._odd <= _MOST_TOLD:
            yield Trouble(where, problem, shown(",".join(row[:8])))

    def _wall(self, text: str) -> int:
        found = _TIME.fullmatch(text.strip())
        if found is None:
            raise Invalid("time_impossible", when=shown(text, 40))
        hour, minute, second = (int(found[at] or 0) for at in (4, 5, 6))
        if hour > 23 or minute > 59 or second > 59:
            raise Invalid("time_impossible", when=shown(text, 40))
        ms = ((hour * 60 + minute) * 60 + second) * 1000
        return self._walls.ms(int(found[1]), int(found[2]), int(found[3]), ms)

    def _vital(self, kind: str, at: int, reading: Decimal | BloodPressure, note: str = "") -> Vital:
        offset = self._walls.offset_min(at)
        return Vital(
            new_id(), kind, clock.from_ms(at), offset, reading,
            note=shown(note.strip(), 200), device=SOURCE, origin=ORIGIN,
        )  # fmt: skip

    def _one(self, kind: str, at: int, value: Decimal, written: str, where: str) -> Found | Trouble:
        return checked(self._vital(kind, at, value), f"withings|{kind}|{at}|{written}", where)

    def _pressure(self, row: list[str], where: str) -> Iterator[Piece]:
        """A row with a pulse alone comes from the scale or the watch, and is no blood pressure."""
        at = self._wall(row[0])
        pulse, high, low = (number(cell) if cell.strip() else None for cell in row[1:4])
        if high is None and low is None:
            if pulse is None:
                raise Unreadable("table_broken", where=where)
            yield self._one("heart_rate", at, pulse, row[1].strip(), where)
            return
        if high is None or low is None:
            raise Invalid("pressure_alone")
        note = row[4] if len(row) > 4 else ""
        vital = self._vital("blood_pressure", at, BloodPressure(high, low, pulse), note)
        yield checked(vital, f"withings|bp|{at}|{high}/{low}/{pulse or ''}", where)

    def _in(self, at: int, cell: str, to: str) -> Decimal:
        """The number of a cell in the unit ``to``, from the unit that its header names."""
        found = _UNIT.search(self._header[at])
        unit = found[1].strip() if found else ""
        made = units.convert(number(cell, comma=_decimal_comma(cell)), unit, to)
        if made is None:
            raise Invalid("unit_unknown", unit=unit[:40])
        return made

    def _weight(self, row: list[str], where: str) -> Iterator[Piece]:
        """Fat and water are written as mass; their share of the weight is what we keep (a division of ours)."""
        at = self._wall(row[0])
        weight = self._in(1, row[1], "kg") if row[1].strip() else None
        if weight:
            yield self._one("weight", at, weight, row[1].strip(), where)
        for place, kind, share in ((2, "body_fat", True), (3, "bone_mass", False), (4, "muscle_mass", False),
                                   (5, "body_water", True)):  # fmt: skip
            cell = row[place].strip() if place < len(row) else ""
            if not cell or place >= len(self._header) or not _UNIT.search(self._header[place]):
                continue
            mass = self._in(place, cell, "kg")
            if mass and not share:
                yield self._one(kind, at, mass, cell, where)
            elif mass and weight:
                yield self._one(kind, at, mass / weight * 100, f"{cell}/{row[1].strip()}", where)

    def _height(self, row: list[str], where: str) -> Iterator[Piece]:
        at = self._wall(row[0])
        yield self._one("height", at, self._in(1, row[1], "cm"), row[1].strip(), where)

    def _spo2(self, row: list[str], where: str) -> Iterator[Piece]:
        value = number(row[1])
        yield self._one(
            "spo2", self._wall(row[0]), value * 100 if value <= 1 else value, row[1].strip(), where
        )

    def _total(self, row: list[str], where: str) -> Iterator[Piece]:  # noqa: ARG002
        """What a day came to."""
        found = _TIME.match(row[0].strip())
        if found is None:
            raise Invalid("time_impossible", when=shown(row[0], 40))
        first, following = self._walls.day(int(found[1]), int(found[2]), int(found[3]))
        self._columns.add((_AGGREGATES[self._name], SOURCE), first, following, float(number(row[1])))
        yield from ()

    def _night(self, row: list[str], where: str) -> Iterator[Piece]:  # noqa: ARG002
        """From when to when she lay there; the seconds of each stage in this table have no time of their own."""
        start, end = _moment(row[0]), _moment(row[1])
        stage = float(SLEEP_STAGES.index(SleepStage.IN_BED))
        self._columns.add(("sleep", SOURCE), clock.to_ms(start), clock.to_ms(end), stage)
        yield from ()

    def _activity(self, row: list[str], where: str) -> Iterator[Piece]:
        """Start, end, both as she corrected them, zone, kind, then what was measured as JSON."""
        start = _moment(row[2]) if len(row) > 3 and _TIME.match(row[2]) else _moment(row[0])
        end = _moment(row[3]) if len(row) > 3 and _TIME.match(row[3]) else _moment(row[1])
        if end < start:
            raise Invalid("ends_before_start")
        place = next((at for at, cell in enumerate(row) if cell.startswith("{")), None)
        facts = _facts(row[place]) if place is not None else {}
        zone = next((cell for cell in row[2:] if _ZONE_NAME.fullmatch(cell)), "")
        named = shown(row[place - 1] if place else (row[5] if len(row) > 5 else ""), 80)
        at = clock.to_ms(start)
        offset = Walls(zone).offset_min(at) if zone else _offset_min(start)
        workout = _workout(named, start, end, offset, facts)
        yield recorded(workout, f"withings|workout|{at}|{clock.to_ms(end)}|{named}", where)


def _workout(named: str, start: datetime, end: datetime, offset: int, facts: dict[str, Decimal]) -> Workout:
    word = named.casefold()
    activity = next((made for part, made in _ACTIVITIES.items() if part in word), Activity.OTHER)
    whole = {name: int(value) for name, value in facts.items() if 0 < value < 10**8}
    return Workout(
        UNNAMED, activity, clock.from_ms(clock.to_ms(start)), clock.from_ms(clock.to_ms(end)), offset, named=named,
        active_s=whole.get("effduration"),
        distance_m=facts.get("distance") or facts.get("manual_distance") or None,
        energy_kcal=facts.get("calories") or facts.get("manual_calories") or None,
        steps=whole.get("steps"), heart_rate_mean=whole.get("hr_average"), heart_rate_max=whole.get("hr_max"),
        device=SOURCE, origin=ORIGIN,
    )  # fmt: skip


def _facts(cell: str) -> dict[str, Decimal]:
    if len(cell) > _MOST_ACTIVITY_CELL:
        raise Unreadable("value_odd", name="Data")
    try:
        found = json.loads(whole_letters(cell), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unreadable("value_odd", name="Data") from error
    if not isinstance(found, dict):
        return {}
    numbers = {name: exact(value) for name, value in found.items()}
    return {name: value for name, value in numbers.items() if value is not None}


def _moment(text: str) -> datetime:
    """A time with its offset."""
    try:
        made = datetime.fromisoformat(text.strip())
        if made.tzinfo is not None and 1900 <= made.year <= 9000:
            return made
    except ValueError:
        pass
    raise Invalid("time_impossible", when=shown(text, 40))


def _offset_min(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _decimal_comma(cell: str) -> bool:
    return "," in cell and "." not in cell
