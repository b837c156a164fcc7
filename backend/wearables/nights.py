"""The sleep of many days at once: each night is looked at once, and a day as if its neighbours were all there is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backend.consent.opened import OpenRecord
from backend.wearables import shelf
from backend.wearables.chunks import DAY_MS, Floats, Ints
from backend.wearables.days import DaySummary, midnight, sum_up_sleep
from backend.wearables.packing import unpack_days
from backend.wearables.sleep import Sleep, best, bunches, sleeps_in
from shared.consent import Right, Scope


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """What one source says of UTC ``days``, in columns; ``borders``: where each day begins in them, and the end."""

    days: list[int]
    borders: Ints
    start: Ints
    end: Ints
    value: Floats

    def sleeps(self, days: range) -> list[Sleep]:
        """The sleeps in what begins on ``days``."""
        first, last = (bisect_left(self.days, day) for day in (days.start, days.stop))
        part = slice(int(self.borders[first]), int(self.borders[last]))
        return sleeps_in(self.start[part], self.end[part], self.value[part])


def summed_up(record: OpenRecord, stream: str, local_days: Sequence[int]) -> dict[int, DaySummary]:
    """The sleep of these days (rising), as it is stored."""
    record.must(Scope.WEARABLES, Right.READ)
    zone = record.timezone
    whole = range(_near(zone, local_days[0]).start, _near(zone, local_days[-1]).stop)
    return sums(stream, _by_source(record, stream, whole), zone, local_days)


def sums(
    stream: str, by_source: Sequence[Days], zone: ZoneInfo, local_days: Sequence[int]
) -> dict[int, DaySummary]:
    """Each day from its own UTC days and their neighbours: no night is cut, whatever days are asked together.

    A bunch of sleeps that lies within these UTC days comes out the same however many days are looked at, so it is
    summed up with all others; only a day with one that reaches further (someone who lay for days) is looked at alone.
    ``by_source``: the best first, with no days but those that belong to the ones asked for.
    """
    near = {day: _near(zone, day) for day in local_days}
    whole = range(near[local_days[0]].start, near[local_days[-1]].stop)
    apart = bunches([source.sleeps(whole) for source in by_source])
    together = sum_up_sleep(stream, [sleep for bunch in apart for sleep in bunch.best], zone)
    begun, ended = [bunch.begun for bunch in apart], [bunch.ended for bunch in apart]
    found = {}
    for day, utc_days in near.items():
        touching = range(bisect_left(ended, midnight(zone, day)), bisect_left(begun, midnight(zone, day + 1)))
        woken = together
        if any(_reaches_beyond(begun[each], ended[each], utc_days) for each in touching):
            woken = sum_up_sleep(stream, best([source.sleeps(utc_days) for source in by_source]), zone)
        if day in woken:
            found[day] = woken[day]
    return found


def _near(zone: ZoneInfo, day: int) -> range:
    """The UTC days that a day has a part of, and the two beside them."""
    return range(midnight(zone, day) // DAY_MS - 1, (midnight(zone, day + 1) - 1) // DAY_MS + 2)


def _reaches_beyond(begun: int, ended: int, utc_days: range) -> bool:
    return begun < utc_days.start * DAY_MS or ended >= utc_days.stop * DAY_MS


def _by_source(record: OpenRecord, stream: str, utc_days: range) -> list[Days]:
    """What is there of these days, the best source first."""
    packed: dict[int, tuple[list[int], list[bytes]]] = {}
    rows = shelf.packed(record.session, record.key, stream, utc_days.start, utc_days.stop - 1)
    for day, source, chunk in rows:
        days, chunks = packed.setdefault(source, ([], []))
        days.append(day)
        chunks.append(chunk)
    found = []
    for each in shelf.sources(record.session, record.key):
        if each.id in packed:
            days, chunks = packed[each.id]
            parts, start, end, value = unpack_days(chunks)
            found.append(Days(days, parts.borders, start, end, value))
    return found
