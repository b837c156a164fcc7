"""Times and gatherings of a Fitbit Takeout, shared by its two ways of writing (legacy JSON, ``_GoogleData`` CSV)."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from shared.formats import Piece
from shared.formats.moments import DAY_MS, Walls
from shared.formats.piles import Oddities, Piles
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.problems import Invalid

ORIGIN = "fitbit"
# The legacy files name no device.
SOURCE = "Fitbit"

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?", re.ASCII)
_US_DAY = re.compile(r"(\d\d)/(\d\d)/(\d\d)", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ]([\d:.]{8,18})(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_MOST_KEYS = 100_000
_EPOCH = date(1970, 1, 1).toordinal()


class _Keys(dict[str, int]):
    """Milliseconds by their text, worked out once; forgotten where a file has more texts than a clock."""

    def keep(self, text: str, ms: int) -> int:
        if len(self) > _MOST_KEYS:
            self.clear()
        self[text] = ms
        return ms


class Clock(_Keys):
    """Milliseconds of a day by ``14:00:00`` (and a fraction); `Invalid` for what is no time."""

    def __missing__(self, text: str) -> int:
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise Invalid("time_impossible", when=text[:40])
        hour, minute, second, fraction = found.groups()
        ms = int((fraction or "0").ljust(3, "0")[:3])
        return self.keep(text, ((int(hour) * 60 + int(minute)) * 60 + int(second)) * 1000 + ms)


class UsDays(_Keys):
    """Milliseconds UTC of the midnight of ``05/18/15`` (month first: so all files of the legacy export)."""

    def __missing__(self, text: str) -> int:
        return self.keep(text, day_ms(us_day(text)))


class IsoDays(_Keys):
    """Milliseconds UTC of the midnight of ``2024-10-27``."""

    def __missing__(self, text: str) -> int:
        return self.keep(text, day_ms(iso_day(text)))


def us_day(text: str) -> date:
    """The day of ``05/18/15``; an `Invalid` for anything else."""
    return _day(_US_DAY.fullmatch(text), (3, 1, 2), text)


def iso_day(text: str) -> date:
    """The day of ``2024-10-27``; an `Invalid` for anything else."""
    return _day(_ISO_DAY.fullmatch(text), (1, 2, 3), text)


def _day(found: re.Match[str] | None, order: tuple[int, int, int], text: str) -> date:
    try:
        if found is not None:
            year, month, day = (int(found[each]) for each in order)
            # Fitbit began in 2008; two digits of a year are of this century.
            return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        pass
    raise Invalid("time_impossible", when=text[:40])


def day_ms(day: date) -> int:
    """Milliseconds of the UTC midnight that ``day`` begins with."""
    return (day.toordinal() - _EPOCH) * DAY_MS


US_DAYS, ISO_DAYS, CLOCK = UsDays(), IsoDays(), Clock()


def us_ms(text: str) -> int:
    """Milliseconds UTC of ``05/18/15 14:00:00``, which the legacy files mean as UTC."""
    return US_DAYS[text[:8]] + CLOCK[text[9:]]


def stamp_ms(text: str) -> int:
    """Milliseconds UTC of ``2024-10-27T00:00:04Z``, with a fraction or another offset too; else an `Invalid`."""
    found = _STAMP.fullmatch(text)
    if found is None:
        raise Invalid("time_impossible", when=text[:40])
    ms = ISO_DAYS[found[1]] + CLOCK[found[2]]
    if found[3]:
        ms -= (1 if found[3] == "+" else -1) * (int(found[4]) * 60 + int(found[5])) * 60_000
    return ms


def offset_min(text: str) -> int | None:
    """Minutes of ``+09:00``; None for anything else."""
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 14:
        return None
    return (1 if found[1] == "+" else -1) * (int(found[2]) * 60 + int(found[3]))


def wall(text: str) -> datetime:
    """The wall time ``2015-06-15T23:46:00.000``, without a zone; an `Invalid` for anything else."""
    day, _, time = text.partition("T")
    found = iso_day(day)
    midnight = datetime(found.year, found.month, found.day)  # noqa: DTZ001  (a wall clock, no moment)
    return midnight + timedelta(milliseconds=CLOCK[time])


def wall_ms(walls: Walls, when: datetime, after: int | None = None) -> int:
    """Milliseconds UTC of a wall time; of the two showings of one the nearer to ``after``, where that is known."""
    ms_of_day = ((when.hour * 60 + when.minute) * 60 + when.second) * 1000 + when.microsecond // 1000
    first = walls.ms(when.year, when.month, when.day, ms_of_day)
    if after is None:
        return first
    again = walls.again(when.year, when.month, when.day, ms_of_day)
    return min(first, again, key=lambda ms: abs(ms - after))


def stage(level: object) -> int:
    """The number of a stage of sleep in either way of writing; an `Invalid` for one that is not known."""
    found = _STAGES.get(level.casefold()) if isinstance(level, str) else None
    if found is None:
        raise Invalid("value_odd", name=str(level)[:40])
    return SLEEP_STAGES.index(found)


# "restless" is of the older way of measuring; Fitbit itself does not count it as sleep.
_STAGES = {
    "wake": SleepStage.AWAKE,
    "awake": SleepStage.AWAKE,
    "restless": SleepStage.AWAKE,
    "asleep": SleepStage.ASLEEP,
    "light": SleepStage.LIGHT,
    "deep": SleepStage.DEEP,
    "rem": SleepStage.REM,
}


class Covered:
    """What the newer files (CSV) already told, by stream: the older ones (JSON) tell the same once more."""

    def __init__(self) -> None:
        self._days: dict[str, set[int]] = defaultdict(set)
        self._ends: dict[str, tuple[int, int]] = {}
        self._spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._sorted = False
        self._local: set[tuple[str, int]] = set()

    def day(self, stream: str, number: int) -> None:
        """A value of a whole local day (counted from 1970) has been told."""
        self._local.add((stream, number))

    def has_day(self, stream: str, number: int) -> bool:
        """Whether the newer files have a value of that local day."""
        return (stream, number) in self._local

    def told(self, stream: str, starts: array[int]) -> None:
        """These moments of a stream have been told."""
        if starts:
            self._days[stream].update(ms // DAY_MS for ms in {ms - ms % DAY_MS for ms in starts})
            first, last = self._ends.get(stream, (starts[0], starts[0]))
            self._ends[stream] = min(first, *starts), max(last, *starts)

    def has(self, stream: str, ms: int) -> bool:
        """Whether that moment stands in the newer files: on a day they tell of, between their first and last."""
        if stream not in self._days or ms // DAY_MS not in self._days[stream]:
            return False
        first, last = self._ends[stream]
        return first <= ms <= last

    def any(self, stream: str) -> bool:
        """Whether the newer files tell anything of a stream."""
        return stream in self._days

    def span(self, what: str, start: int, end: int) -> None:
        """A night or workout from ``start`` to ``end`` has been told."""
        self._spans[what].append((start, end))
        self._sorted = False

    def overlaps(self, what: str, start: int, end: int) -> bool:
        """Whether a told one lies over more than half of this one."""
        if not self._sorted:
            for each in self._spans.values():
                each.sort()
            self._sorted = True
        spans = self._spans.get(what, [])
        at = bisect_left(spans, (end,))
        least = max(1, (end - start) // 2)
        return any(min(end, e) - max(start, s) >= least for s, e in spans[max(0, at - 3) : at])


class Taking:
    """What is gathered from one file or zip. ``home``: the person's own zone, ``asked`` the one of wall times."""

    def __init__(self, home: Walls) -> None:
        self.home = home
        self.walls = home
        self.piles = Piles()
        self.odd = Oddities()
        self.covered = Covered()
        # Ids of the sleeps whose stages are told.
        self.staged: set[str] = set()

    def energy_of_all(self, where: str) -> None:
        """Tell that the energy of a workout was left out, which is of the whole body."""
        self.odd.add("exercise: calories", Invalid("energy_of_all", type="", count=0), where)

    def end(self) -> Iterator[Piece]:
        """The last readings, and what was not understood."""
        yield from self.piles.rest()
        yield from self.odd.troubles()
