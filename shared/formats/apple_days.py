"""What an Apple export says of whole days (activity summaries), and of single heart beats (a variability)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.formats.apple_words import Record, conversion
from shared.formats.moments import Walls
from shared.kinds import ALL_STREAMS
from shared.problems import Invalid

# The rings of a day have no device of their own in the export.
SUMMARY_SOURCE = "Apple Activity"
# Every zone's offset is a whole number of quarters: within one, the minutes and seconds of a clock say the moment.
_QUARTER_MS = 900_000
# A list is of one minute or a little more; a beat that would lie further from its record is of another hour.
_SPAN_MS = 300_000

_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_CLOCK = re.compile(r"[0-9]{1,2}[:.]([0-5][0-9])[:.]([0-5][0-9])(?:[.,]([0-9]{1,3}))?(?![0-9:])")
_TOTALS = (
    ("active_energy_reported", "activeEnergyBurned", "activeEnergyBurnedUnit"),
    ("exercise_minutes_reported", "appleExerciseTime", ""),
    ("stand_hours_reported", "appleStandHours", ""),
)


@dataclass(frozen=True, slots=True)
class Total:
    """One total of one local day: the reported stream, first and last moment (ms UTC), the value in its unit."""

    stream: str
    start: int
    end: int
    value: float


def totals(attributes: dict[str, str], walls: Walls) -> list[Total]:
    """The totals of one `ActivitySummary`; an `Invalid` says what is wrong with it.

    A day on which every ring stands at nothing was spent without a watch (a rule of ours), and has none.
    """
    found = _DAY.fullmatch(attributes.get("dateComponents", ""))
    if found is None:
        raise Invalid("time_impossible", when=attributes.get("dateComponents", "")[:40])
    year, month, day = (int(part) for part in found.groups())
    if year < 2000:  # a watch that was never set up writes 1969-12-30
        raise Invalid("time_impossible", when=found[0])
    start, end = walls.day(year, month, day)
    made = []
    for stream, name, unit_name in _TOTALS:
        written = attributes.get(name, "")
        if written:
            unit = attributes.get(unit_name, "") if unit_name else ALL_STREAMS[stream].unit
            change = conversion(unit, ALL_STREAMS[stream].unit)
            made.append(Total(stream, start, end, change.nearest(written)))
    return made if any(each.value for each in made) else []


def beats(record: Record, start: int) -> Iterator[tuple[int, float]]:
    """Moment (ms UTC) and rate of each beat in the list of a variability that began at ``start``.

    The list gives the hour of a wall clock without a day or zone, in the phone's own language; the minutes and seconds
    are enough, since the beats follow within minutes. Raises `Invalid` for one that cannot be placed.
    """
    change = conversion("count/min", "/min")
    for rate, written in record.beats:
        found = _CLOCK.search(written)
        if found is None:
            raise Invalid("time_impossible", when=written[:40])
        minute, second, fraction = found.groups()
        clock = (int(minute) * 60 + int(second)) * 1000 + int((fraction or "").ljust(3, "0"))
        after = (clock - start) % _QUARTER_MS
        if after > _SPAN_MS:
            after -= _QUARTER_MS
        if after < -_SPAN_MS:
            raise Invalid("time_impossible", when=written[:40])
        yield start + after, change.nearest(rate)
