"""What a person measured, out of rows of a file: moments, values and `Vital`s made quickly, each checked once.

A home device has few days, few values and one name, so what was worked out for one row serves for the next: a row
costs its own few objects and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import cast

from shared import clock, units
from shared.formats import Found, Trouble
from shared.formats.moments import DAY_MS, Walls
from shared.formats.sheets import number
from shared.ids import new_ids
from shared.kinds import KINDS, Measure
from shared.languages import tr
from shared.problems import Invalid, Problem
from shared.schema import UNSHOWABLE
from shared.vitals import BloodPressure, MeasuringStatus, Session, Vital

# More different ones than a life has: then the broken file pays with time, not with memory.
MOST_KEPT = 50_000
_MOST_ZONES = 100
_MOST_EXCERPT = 200
# As long as the phone and the server take them (`vitals_schema`).
MOST_DEVICE, MOST_NOTE = 100, 2000
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?\s?([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE
)

_NO_STATUS: frozenset[MeasuringStatus] = frozenset()

YearMonthDay = tuple[int, int, int]


# A thing of ours is made open and closed by setting its class, which costs a fifth of asking that class to make it: of
# a table's time, most went there. The class that it is closed to has the same slots, so nothing else changes.
class OpenVital(Vital):
    """A vital whose fields are being written."""

    __slots__ = ()
    __init__ = object.__init__
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


class OpenFound(Found):
    """A found thing whose fields are being written."""

    __slots__ = ()
    __init__ = object.__init__
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


class OpenPressure(BloodPressure):
    """A blood pressure whose fields are being written."""

    __slots__ = ()
    __init__ = object.__init__
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


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


# A written day in a zone with one offset in all of it: its first moment, that offset, and the first moment in ms UTC.
_Even = tuple[datetime, int, int]
# Where the two digits of the day stand in days as devices write them (2026-11-23, 23/11/2026 and 11/23/2026), and how
# far such a day is from the first of its month, in order.
_PLACES = ((8, 10), (0, 2), (3, 5))
_SINCE_FIRST = {f"{day + 1:02}": (timedelta(days=day), day * DAY_MS) for day in range(31)}


class Clocks:
    """Moments of a file's written days and hours. ``day_of`` reads a day as the file writes it.

    ``hours``: those read so far, as time since midnight and in ms.
    """

    def __init__(self, day_of: Callable[[str], YearMonthDay]) -> None:
        self._day_of = day_of
        self._walls: dict[str, Walls] = {}
        self._evens: dict[str, dict[str, _Even]] = {}
        self._kept = 0
        self._places: tuple[int, int] | None = None
        self._changing: dict[tuple[str, str], YearMonthDay] = {}
        self.hours: dict[str, tuple[timedelta, int]] = {}

    def moment(self, zone: str, day: str, hour: str) -> Moment:
        """When the clock of ``zone`` showed that; `Invalid` for a day, hour or zone that there is not."""
        even = self.evens(zone).get(day) or self._look_up(zone, day)
        since, ms = self.hours.get(hour) or self._hour(hour)
        if even is not None:
            return even[0] + since, even[1], even[2] + ms
        walls = self.walls(zone)
        ms = walls.ms(*self._changing[zone, day], ms)
        return clock.from_ms(ms), walls.offset_min(ms), ms

    def evens(self, zone: str) -> dict[str, _Even]:
        """The days of ``zone`` read so far in whose whole one offset holds."""
        found = self._evens.get(zone)
        if found is None:
            if len(self._evens) >= _MOST_ZONES:
                self._evens.clear()
            found = self._evens[zone] = {}
        return found

    def _hour(self, hour: str) -> tuple[timedelta, int]:
        if len(self.hours) > MOST_KEPT:
            self.hours.clear()
        ms = ms_of_day(hour)
        found = self.hours[hour] = (timedelta(milliseconds=ms), ms)
        return found

    def even(self, zone: str, day: str) -> bool:
        """Whether one offset holds in all of a written day."""
        return (self.evens(zone).get(day) or self._look_up(zone, day)) is not None

    def walls(self, zone: str) -> Walls:
        """The wall clocks of a zone, looked up once."""
        found = self._walls.get(zone)
        if found is None:
            found = Walls(zone)
            if len(self._walls) < _MOST_ZONES:
                self._walls[zone] = found
        return found

    def _look_up(self, zone: str, day: str) -> _Even | None:
        ymd = self._changing.get((zone, day))
        if ymd is not None:
            return None
        ymd, evens = self._day_of(day), self.evens(zone)
        even = self.walls(zone).even(*ymd)
        if even is None:
            if len(self._changing) > MOST_KEPT:
                self._changing.clear()
            self._changing[zone, day] = ymd
            return None
        self._learn(zone, day, ymd)
        first, offset_min = even
        return self._keep(evens, day, (clock.from_ms(first), offset_min, first))

    def _keep(self, evens: dict[str, _Even], day: str, even: _Even) -> _Even:
        self._kept += 1
        if self._kept > MOST_KEPT:
            self._kept = 1
            for each in self._evens.values():
                each.clear()
        evens[day] = even
        return even

    def _learn(self, zone: str, day: str, ymd: YearMonthDay) -> None:
        """Every day of the month that one is of, as this file writes days: only its two digits are others.

        Tried out: the same writing with other digits there must be those days of the same month.
        """
        year, month, _ = ymd
        for begin, end in _PLACES if self._places is None else (self._places,):
            before, after = day[:begin], day[end:]
            try:
                other = [self._day_of(f"{before}{each}{after}") for each in ("01", "13", "28")]
            except Problem:
                continue
            if day[begin:end] in _SINCE_FIRST and other == [(year, month, each) for each in (1, 13, 28)]:
                self._places = (begin, end)
                even = self.walls(zone).even_month(year, month)
                if even is not None:
                    ms, offset_min, days = even
                    first, evens = clock.from_ms(ms), self.evens(zone)
                    for digits, (since, since_ms) in islice(_SINCE_FIRST.items(), days):
                        made = (first + since, offset_min, ms + since_ms)
                        self._keep(evens, f"{before}{digits}{after}", made)
                return


@dataclass(frozen=True, slots=True)
class Beside:
    """What a row says beside the value: her note and session, what the device said, and the device.

    Letters that no screen shows stand as �: a schema would refuse the whole measurement for one.
    """

    note: str = ""
    session: Session | None = None
    device: str = ""
    status: frozenset[MeasuringStatus] = _NO_STATUS

    def __post_init__(self) -> None:
        if UNSHOWABLE.search(self.note + self.device):
            object.__setattr__(self, "note", UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", self.note))
            object.__setattr__(self, "device", UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", self.device))


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
        high = highs.get(systolic) or self.pressure_number(0, systolic)
        low = lows.get(diastolic) or self.pressure_number(1, diastolic)
        beat = (beats.get(pulse) or self.pressure_number(2, pulse)) if pulse else None
        if high <= low:
            raise Invalid("systolic_not_above_diastolic", field="systolic", systolic=high, diastolic=low)
        return BloodPressure(high, low, beat)

    def pressure_number(self, measure: int, cell: str) -> Decimal:
        """The upper, lower or pulse number (0, 1, 2) of a blood pressure in a cell; an `Invalid` for what cannot be."""
        found = _checked(KINDS["blood_pressure"].measures[measure], cell)
        if isinstance(found, Problem):
            raise found
        if len(self._pressures[measure]) > MOST_KEPT:
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
            if len(self._values) > MOST_KEPT:
                self._values.clear()
            found = self._values[key] = checked
        return found

    def where(self, line: int) -> str:
        """The place of a row."""
        return f"{self.place[0]}{line}{self.place[1]}"

    def trouble(self, line: int, problem: Problem, row: Sequence[str]) -> Trouble:
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
        vital = OpenVital()
        vital.id = next(self.ids)
        vital.kind = kind
        vital.taken_at = at
        vital.offset_min = offset_min
        vital.reading = reading
        vital.note = beside.note
        vital.session = beside.session
        vital.meal = None
        vital.device = device
        vital.origin = self.origin
        vital.status = beside.status
        vital.__class__ = Vital
        found = OpenFound()
        found.word = vital
        found.source_id = f"{self.origin}|{kind}|{ms}|{written}|{device}"
        found.where = f"{self.place[0]}{line}{self.place[1]}"
        found.__class__ = Found
        return cast("Found", found)


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
