"""Wall times of one zone as moments: what a device's clock showed, in milliseconds UTC, and local days.

A file brings hundreds of thousands of wall times of few days, so a day is looked up once. A wall time that comes
twice (a clock set back) is its first showing; one that is skipped (a clock set on) is moved on by the gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared import clock
from shared.formats.calendars import zone_named
from shared.problems import Invalid
from shared.vitals import EARLIEST_YEAR

DAY_MS = 86_400_000
# Nothing measured by a living person lies outside; moments near year 1 or 9999 would overflow elsewhere. A year more
# than the earliest of a vital: a zone ahead of UTC has its new year before that one.
FIRST_YEAR, LAST_YEAR = EARLIEST_YEAR + 1, 9000
# More days than two lifetimes have: a file that names more is broken, and must not fill the memory.
_MOST_DAYS = 100_000
# A day whose offset is the same at all of these (its midnights twice, as either showing) has no change in it.
_PARTS = tuple(timedelta(hours=hour) for hour in range(0, 25, 3))
# No zone has changed its clocks twice within 95 hours (worked out from the tz database 2026 for 1900 to 2037; later
# years follow a rule of two changes a year): offsets that are the same on every other day of a month hold in all of it.
_EVERY_OTHER_DAY = tuple(timedelta(days=day) for day in range(2, 30, 2))
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MS, _MINUTE = timedelta(milliseconds=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Day:
    """A local day: its first moment, the first of the next, and the minutes to UTC where they hold in all of it."""

    first: int
    following: int
    offset_min: int | None


# Ahead of UTC, in ms and in whole minutes.
_Offset = tuple[int, int]


def _one_offset(offsets: set[timedelta | None]) -> _Offset | None:
    if len(offsets) != 1:
        return None
    offset = offsets.pop()
    assert offset is not None
    return offset // _MS, offset // _MINUTE


class Walls:
    """The wall clocks of ``zone`` (an IANA name; `Invalid` ``zone_unknown`` for another)."""

    def __init__(self, zone: str) -> None:
        self.zone: ZoneInfo = zone_named(zone)
        self._days: dict[tuple[int, int, int], _Day] = {}
        self._months: dict[tuple[int, int], _Offset | None] = {}
        self._offsets: dict[int, int | None] = {}

    def ms(self, year: int, month: int, day: int, ms_of_day: int) -> int:
        """Milliseconds UTC of a wall time (its first showing); `Invalid` ``time_impossible`` for none that can be."""
        found = self._days.get((year, month, day)) or self._look_up(year, month, day)
        if not 0 <= ms_of_day < DAY_MS:
            raise Invalid("time_impossible", when=f"{year}-{month}-{day} + {ms_of_day} ms")
        if found.offset_min is not None:
            return found.first + ms_of_day
        return self._at(date(year, month, day), ms_of_day)

    def again(self, year: int, month: int, day: int, ms_of_day: int) -> int:
        """The last showing of a wall time: later than `ms` only in the hour that comes twice."""
        first = self.ms(year, month, day, ms_of_day)
        if self._days[year, month, day].offset_min is not None:
            return first
        return max(first, self._at(date(year, month, day), ms_of_day, fold=1))

    def day(self, year: int, month: int, day: int) -> tuple[int, int]:
        """The first moment of a local day and the first of the next, in ms UTC; `Invalid` for no day."""
        found = self._days.get((year, month, day)) or self._look_up(year, month, day)
        return found.first, found.following

    def even(self, year: int, month: int, day: int) -> tuple[int, int] | None:
        """The first moment of a local day in ms UTC and the minutes to UTC in all of it; None where they change.

        Costs a fifth of `day` where nothing changes in all of its month: it is not kept.
        """
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
            offset = self._even_month(year, month)
            if offset is not None:
                try:
                    days = date(year, month, day).toordinal() - _EPOCH_DAY
                except ValueError:
                    raise Invalid("time_impossible", when=f"{year}-{month}-{day}") from None
                return days * DAY_MS - offset[0], offset[1]
        found = self._days.get((year, month, day)) or self._look_up(year, month, day)
        return None if found.offset_min is None else (found.first, found.offset_min)

    def offset_min(self, ms: int) -> int:
        """Whole minutes that the wall clock was ahead of UTC at ``ms``."""
        utc_day = ms // DAY_MS
        if utc_day not in self._offsets:
            if len(self._offsets) > _MOST_DAYS:
                self._offsets.clear()
            first, last = self._offset(utc_day * DAY_MS), self._offset((utc_day + 1) * DAY_MS - 1)
            self._offsets[utc_day] = first if first == last else None
        found = self._offsets[utc_day]
        return self._offset(ms) if found is None else found

    def _look_up(self, year: int, month: int, day: int) -> _Day:
        try:
            this = date(year, month, day)
        except (ValueError, OverflowError, TypeError):
            this = None
        if this is None or not FIRST_YEAR <= year <= LAST_YEAR:
            raise Invalid("time_impossible", when=f"{year}-{month}-{day}")
        if len(self._days) > _MOST_DAYS:
            self._days.clear()
        offset = self._even_month(year, month)
        if offset is None:
            offset = self._even_day(year, month, day)
        if offset is not None:
            first = (this.toordinal() - _EPOCH_DAY) * DAY_MS - offset[0]
            found = _Day(first, first + DAY_MS, offset[1])
        else:
            found = _Day(self._first(this), self._first(this + timedelta(days=1)), None)
        self._days[year, month, day] = found
        return found

    def even_month(self, year: int, month: int) -> tuple[int, int, int] | None:
        """The first moment of a local month, the minutes to UTC in all of it (None where they change), and its days."""
        offset = self._even_month(year, month)
        if offset is None:
            return None
        first = date(year, month, 1).toordinal()
        days = date(year + month // 12, month % 12 + 1, 1).toordinal() - first
        return (first - _EPOCH_DAY) * DAY_MS - offset[0], offset[1], days

    def _even_month(self, year: int, month: int) -> _Offset | None:
        """The offset that holds in all of a month; None where it changes."""
        if (year, month) not in self._months:
            if len(self._months) > _MOST_DAYS:
                self._months.clear()
            first = datetime(year, month, 1, tzinfo=self.zone)
            following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=self.zone)
            ends = (first, first.replace(fold=1), following, following.replace(fold=1))
            offsets = {each.utcoffset() for each in ends}
            offsets |= {(first + part).utcoffset() for part in _EVERY_OTHER_DAY}
            self._months[year, month] = _one_offset(offsets)
        return self._months[year, month]

    def _even_day(self, year: int, month: int, day: int) -> _Offset | None:
        """The offset that holds in all of a day; None where it changes."""
        midnight = datetime(year, month, day, tzinfo=self.zone)
        offsets = {(midnight + part).utcoffset() for part in _PARTS}
        offsets |= {(midnight + part).replace(fold=1).utcoffset() for part in (_PARTS[0], _PARTS[-1])}
        return _one_offset(offsets)

    def _first(self, this: date) -> int:
        """The first moment of a local day: midnight, or where midnight is skipped, the moment of the change."""
        late, early = self._at(this, 0), self._at(this, 0, fold=1)
        if early >= late:
            return late
        while late - early > 1:
            middle = (early + late) // 2
            if clock.from_ms(middle).astimezone(self.zone).date() >= this:
                late = middle
            else:
                early = middle
        return late

    def _at(self, this: date, ms_of_day: int, fold: int = 0) -> int:
        wall = datetime.combine(this, time()) + timedelta(milliseconds=ms_of_day)
        return clock.to_ms(wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC))

    def _offset(self, ms: int) -> int:
        try:
            offset = clock.from_ms(ms).astimezone(self.zone).utcoffset()
        except OverflowError as error:
            raise Invalid("time_impossible", when=str(ms)) from error
        assert offset is not None
        return int(offset // timedelta(minutes=1))
