"""The day as a watch keeps it in FIT `monitoring` messages: rolling times, and counters that only grow.

Steps, distance and energy are counted up through the local day, one counter an activity type, and begin again at
midnight. A reading is the difference of two counts, over the time between them. A message that spans a whole local day
tells that day's total: that is the *reported* total, never a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from shared.formats.moments import DAY_MS, Walls

# The steps of a counter are held as `cycles` (a left and a right foot) for those who walk and run; measured on
# a real file whose last count of 1,571 cycles is beside a total of 3,142 steps.
_ON_FOOT = ("walking", "running")
_SHORTEST_DAY_MIN, _LONGEST_DAY_MIN = 22 * 60, 26 * 60
_EPOCH_MS = 631_065_600_000

_Reading = tuple[str, int, int, float]


class Monitoring:
    """The `monitoring` messages of one file, in their order."""

    def __init__(self, walls: Walls) -> None:
        self._walls = walls
        self._offset: int | None = None
        self._at: int | None = None
        self._counts: dict[tuple[str, str], tuple[int, float]] = {}
        self._readings: list[_Reading] = []
        self._reported: dict[tuple[str, int, int], float] = defaultdict(float)

    def begins(self, at: int | None, offset_min: int | None) -> None:
        """What the head of the file says: from when on, and the local offset."""
        self._at = at if at is not None else self._at
        self._offset = offset_min

    def take(self, at: int | None, amount: Callable[[str], float | None], activity: str) -> int | None:
        """One message; gives its moment in ms UTC, where that can be known."""
        at = self._moment(at, amount("timestamp_16"))
        steps, cycles = amount("steps"), amount("cycles")
        if steps is None and cycles is not None and activity in _ON_FOOT:
            steps = cycles * 2
        counted = {"steps": steps, "active_energy": amount("active_calories")}
        if activity in _ON_FOOT:
            counted["distance"] = amount("distance")
        minutes = amount("duration_min") or (amount("duration") or 0) / 60
        for stream, value in counted.items():
            if value is None or at is None:
                continue
            if _SHORTEST_DAY_MIN <= minutes <= _LONGEST_DAY_MIN:
                self._reported[f"{stream}_reported", at - round(minutes * 60_000), at] += value
            elif not minutes:
                self._count(stream, activity, at, value)
        return at

    def settle(self) -> Iterator[_Reading]:
        """Every reading: the differences, then what the watch says the days came to."""
        yield from self._readings
        for (stream, start, end), value in self._reported.items():
            yield stream, start, end, value

    def _moment(self, at: int | None, low: float | None) -> int | None:
        """The moment of a message: its own, or the last one moved on to its lowest sixteen bits."""
        if at is not None:
            self._at = at
        elif low is not None and self._at is not None:
            seconds = (self._at - _EPOCH_MS) // 1000
            seconds += (int(low) - (seconds & 0xFFFF)) & 0xFFFF
            self._at = seconds * 1000 + _EPOCH_MS
        return self._at

    def _count(self, stream: str, activity: str, at: int, value: float) -> None:
        before = self._counts.get((stream, activity))
        self._counts[stream, activity] = (at, value)
        midnight = self._midnight(at)
        if before is not None and value >= before[1] and before[0] >= midnight:
            start, more = before[0], value - before[1]
        else:
            # The first count of the day: all of it since midnight, or since the last one told where that is later.
            start, more = (max(midnight, before[0]) if before is not None else midnight), value
        if more > 0:
            self._readings.append((stream, min(start, at), at, more))

    def _midnight(self, at: int) -> int:
        offset = self._walls.offset_min(at) if self._offset is None else self._offset
        ahead = offset * 60_000
        # A count told at midnight itself is the end of the day that ends there.
        return (at + ahead - 1) // DAY_MS * DAY_MS - ahead
