"""What a person measured, out of rows of a file: moments, values and `Vital`s made quickly, each checked once.

A home device has few days, few values and one name, so what was worked out for one row serves for the next: a row
costs its own few objects and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shared import clock, units
from shared.formats import Found, Trouble
from shared.formats.moments import Walls
from shared.formats.sheets import number
from shared.ids import new_ids
from shared.kinds import KINDS, Measure
from shared.languages import tr
from shared.problems import Invalid, Problem
from shared.vitals import BloodPressure, MeasuringStatus, Session, Vital

# More different ones than a life has: then the broken file pays with time, not with memory.
_MOST_KEPT = 50_000
_MOST_EXCERPT = 200
# As long as the phone and the server take them (`vitals_schema`).
MOST_DEVICE, MOST_NOTE = 100, 2000
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s?([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE
)

# A vital and a found thing are made by their slots, which costs half of asking their classes: of a table's time, most
# went there. A field more or less fails here, at once.
_new = object.__new__
(
    _set_id,
    _set_kind,
    _set_taken_at,
    _set_offset,
    _set_reading,
    _set_note,
    _set_session,
    _set_meal,
    _set_device,
    _set_origin,
    _set_status,
) = (getattr(Vital, name).__set__ for name in Vital.__slots__)
_set_word, _set_source_id, _set_where = (getattr(Found, name).__set__ for name in Found.__slots__)
_NO_STATUS: frozenset[MeasuringStatus] = frozenset()

YearMonthDay = tuple[int, int, int]
# The moment, minutes to UTC there, and the moment in ms UTC.
Moment = tuple[datetime, int, int]


def ms_of_day(text: str) -> int:
    """``8:05``, ``08:05:33.5`` or ``8:05 PM`` in milliseconds since midnight; `Invalid` for no time of a day."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Invalid("time_impossible", when=text[:40])
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            raise Invalid("time_impossible", when=text[:40])
        hour = hour % 12 + 12 * (found[5][0] in "pP")
    if hour > 23 or minute > 59 or second > 59:
        raise Invalid("time_impossible", when=text[:40])
    return ((hour * 60 + minute) * 60 + second) * 1000 + int((found[4] or "0").ljust(3, "0")[:3])


# A written day in a zone: its first moment (None where the offset changes in it; and in ms UTC), the offset then.
_Day = tuple[datetime | None, int, int, Walls, YearMonthDay]


class Clocks:
    """Moments of a file's written days and hours. ``day_of`` reads a day as the file writes it."""

    def __init__(self, day_of: Callable[[str], YearMonthDay]) -> None:
        self._day_of = day_of
        self._walls: dict[str, Walls] = {}
        self._days: dict[tuple[str, str], _Day] = {}
        self._hours: dict[str, tuple[timedelta, int]] = {}

    def moment(self, zone: str, day: str, hour: str) -> Moment:
        """When the clock of ``zone`` showed that; `Invalid` for a day, hour or zone that there is not."""
        known = self._days.get((zone, day)) or self._look_up(zone, day)
        since, ms = self._hours.get(hour) or self._hour(hour)
        first, first_ms, offset_min, walls, ymd = known
        if first is not None:
            return first + since, offset_min, first_ms + ms
        ms = walls.ms(*ymd, ms)
        return clock.from_ms(ms), walls.offset_min(ms), ms

    def _hour(self, hour: str) -> tuple[timedelta, int]:
        if len(self._hours) > _MOST_KEPT:
            self._hours.clear()
        ms = ms_of_day(hour)
        found = self._hours[hour] = (timedelta(milliseconds=ms), ms)
        return found

    def even(self, zone: str, day: str) -> bool:
        """Whether one offset holds in all of a written day."""
        return (self._days.get((zone, day)) or self._look_up(zone, day))[0] is not None

    def walls(self, zone: str) -> Walls:
        """The wall clocks of a zone, looked up once."""
        found = self._walls.get(zone)
        if found is None:
            found = Walls(zone)
            if len(self._walls) < 100:
                self._walls[zone] = found
        return found

    def _look_up(self, zone: str, day: str) -> _Day:
        ymd = self._day_of(day)
        walls = self.walls(zone)
        first, offset = walls.day(*ymd)[0], walls.offset_in(*ymd)
        if len(self._days) > _MOST_KEPT:
            self._days.clear()
        found = (None if offset is None else clock.from_ms(first), first, offset or 0, walls, ymd)
        self._days[zone, day] = found
        return found


@dataclass(frozen=True, slots=True)
class Beside:
    """What a row says beside the value: her note and session, what the device said, and the device."""

    note: str = ""
    session: Session | None = None
    device: str = ""
    status: frozenset[MeasuringStatus] = _NO_STATUS


class Measured:
    """Makes the `Found` vitals of one file, and its `Trouble`s. ``origin`` is the format.

    ``place`` is how places are told where they are no lines: text with a NUL where the number belongs.
    """

    def __init__(self, origin: str, place: str = "") -> None:
        self.origin = origin
        self.ids = new_ids()
        self._pressures: tuple[dict[str, Decimal], dict[str, Decimal], dict[str, Decimal]] = ({}, {}, {})
        self._values: dict[tuple[str, str, str], Decimal] = {}
        # The place of a row, cut so that its number goes in between.
        before, _, after = (place or tr("{number} 行目", number="\0")).partition("\0")
        self.place = (before, after)

    def pressure(self, systolic: str, diastolic: str, pulse: str) -> BloodPressure:
        """The blood pressure in three cells (no pulse: empty); an `Invalid` says what is wrong."""
        highs, lows, beats = self._pressures
        high = highs.get(systolic) or self._number(0, systolic)
        low = lows.get(diastolic) or self._number(1, diastolic)
        beat = (beats.get(pulse) or self._number(2, pulse)) if pulse else None
        if high <= low:
            raise Invalid("systolic_not_above_diastolic", field="systolic", systolic=high, diastolic=low)
        return BloodPressure(high, low, beat)

    def _number(self, measure: int, cell: str) -> Decimal:
        found = _checked(KINDS["blood_pressure"].measures[measure], cell)
        if isinstance(found, Problem):
            raise found
        if len(self._pressures[measure]) > _MOST_KEPT:
            self._pressures[measure].clear()
        self._pressures[measure][cell] = found
        return found

    def value(self, kind: str, cell: str, unit: str = "") -> Decimal:
        """The value of ``kind`` in a cell, in its unit and decimals; ``unit`` is that of the cell where another."""
        key = (kind, cell, unit)
        found = self._values.get(key)
        if found is None:
            checked = _value(kind, cell, unit)
            if isinstance(checked, Problem):
                raise checked
            if len(self._values) > _MOST_KEPT:
                self._values.clear()
            found = self._values[key] = checked
        return found

    def where(self, line: int) -> str:
        """The place of a row."""
        return f"{self.place[0]}{line}{self.place[1]}"

    def trouble(self, line: int, problem: Problem, row: list[str]) -> Trouble:
        """A row, or a cell of it, that was not understood."""
        return Trouble(self.where(line), problem, ",".join(row)[:_MOST_EXCERPT])

    def found(
        self, of: tuple[str, Decimal | BloodPressure, str], moment: Moment, beside: Beside, line: int
    ) -> Found:
        """A vital ``of`` a kind, a checked reading and how it is written; its source id is made of these.

        ``beside.device`` has at most MOST_DEVICE letters, ``beside.note`` at most MOST_NOTE.
        """
        kind, reading, written = of
        at, offset_min, ms = moment
        device = beside.device
        vital = _new(Vital)
        _set_id(vital, next(self.ids))
        _set_kind(vital, kind)
        _set_taken_at(vital, at)
        _set_offset(vital, offset_min)
        _set_reading(vital, reading)
        _set_note(vital, beside.note)
        _set_session(vital, beside.session)
        _set_meal(vital, None)
        _set_device(vital, device)
        _set_origin(vital, self.origin)
        _set_status(vital, beside.status)
        found = _new(Found)
        _set_word(found, vital)
        _set_source_id(found, f"{self.origin}|{kind}|{ms}|{written}|{device}")
        _set_where(found, f"{self.place[0]}{line}{self.place[1]}")
        return found


def _value(kind: str, cell: str, unit: str) -> Decimal | Problem:
    measure = KINDS[kind].measure
    # A fraction where others write percent: nobody has less than one percent of oxygen or fat.
    return _checked(measure, cell, unit, fraction=kind in ("spo2", "body_fat"))


def _checked(measure: Measure, cell: str, unit: str = "", *, fraction: bool = False) -> Decimal | Problem:
    """The number in a cell as it is kept, or why it cannot be."""
    try:
        value = units.convert(number(cell), unit or measure.unit, measure.unit)
        if value is None:
            raise Invalid("unit_unknown", unit=unit[:40])
        if fraction and 0 < value <= 1:
            value *= 100
        value = units.rounded(value, measure.decimals)
        if measure.limits.refuses(value):
            raise Invalid("value_impossible", field=measure.name, label=tr(measure.label), value=value)
    except Problem as problem:
        return problem
    return value
