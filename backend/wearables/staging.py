"""Staged days: readings cut by UTC day and packed, before anybody decided to keep them. Pure.

An import stages them in pieces, as bytes it seals itself, and keeps them later in one short transaction.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from backend.wearables.chunks import DAY_MS, Chunk, Floats, Ints, gather, union
from backend.wearables.columns import Parts
from backend.wearables.packing import Days, pack_days, unpack
from backend.wearables.quarters import Quarters, pack_quarters, quarters_of
from shared.kinds import ALL_STREAMS
from shared.problems import Invalid
from shared.streams import Readings

# Nobody's: the delivery that a staged day carries until it is kept. Real deliveries are numbered from 1.
UNDELIVERED = 0
_LENGTHS = struct.Struct("<qIIIII")
_PIECE = 131_072  # readings
_FEW = 200  # readings of a post that are merged as they came
# 1800 to 2200: what a confused clock can say is refused by the doors; here only what would break arithmetic is.
_EARLIEST_MS, _LATEST_MS = -5_364_662_400_000, 7_258_118_400_000


@dataclass(frozen=True, slots=True)
class StagedDay:
    """One UTC day (since 1970) of a stream from a source: its chunk and quarters, packed.

    ``count``: different readings; ``repeated``: how many more times they came in the same piece. ``among``: its
    quarters beside those of the days it was packed with, as long as they are in hand. ``chunk``: of a day that is
    not packed yet, because it is merged at once (`at_hand`).
    """

    stream: str
    source: str
    day: int
    count: int
    repeated: int
    packed: bytes
    quarters: bytes
    among: Quarters | None = field(default=None, repr=False, compare=False)
    chunk: Chunk | None = field(default=None, repr=False, compare=False)

    def as_bytes(self) -> bytes:
        """For an import to seal and keep aside. Holds health values: never stored open."""
        stream, source = self.stream.encode(), self.source.encode()
        lengths = (self.count, self.repeated, len(stream), len(source), len(self.packed))
        return b"".join((_LENGTHS.pack(self.day, *lengths), stream, source, self.packed, self.quarters))

    @classmethod
    def from_bytes(cls, data: bytes) -> StagedDay:
        """What `as_bytes` gave."""
        day, count, repeated, *lengths = _LENGTHS.unpack_from(data)
        parts = []
        at = _LENGTHS.size
        for length in lengths:
            parts.append(data[at : at + length])
            at += length
        return cls(parts[0].decode(), parts[1].decode(), day, count, repeated, parts[2], data[at:])


def stage(readings: Readings) -> Iterator[StagedDay]:
    """The readings by UTC day, in order of days. `Invalid` for a stream we do not know or readings that cannot be."""
    columns = _sorted(readings)
    start = columns[0]
    for first, last in _pieces(start):
        part = slice(first, last)
        chunk = _gathered(columns, part)
        days = Days.cut(chunk, Parts(_borders(chunk.start)))
        repeated = np.diff(_borders(start[part])) - days.parts.counts
        for day, more in zip(_staged(readings.stream, readings.source, days), repeated.tolist(), strict=True):
            yield replace(day, repeated=more) if more else day


def at_hand(readings: Readings) -> list[StagedDay]:
    """What `stage` gives, of readings that are merged at once: a few are not packed, to be unpacked a moment later."""
    if not 0 < len(readings) <= _FEW:
        return list(stage(readings))
    columns = _sorted(readings)
    borders = _borders(columns[0]).tolist()
    found = []
    for first, last in pairwise(borders):
        chunk = _gathered(columns, slice(first, last))
        day = int(chunk.start[0]) // DAY_MS
        more = last - first - len(chunk)
        found.append(
            StagedDay(readings.stream, readings.source, day, len(chunk), more, b"", b"", chunk=chunk)
        )
    return found


def _sorted(readings: Readings) -> tuple[Ints, Ints, Floats, Ints | None]:
    if readings.stream not in ALL_STREAMS:
        raise Invalid("unknown_stream", field="stream", stream=readings.stream)
    if not len(readings):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), None
    start, end, value, comparator = _columns(readings)
    if (start[1:] < start[:-1]).any():
        order = np.argsort(start, kind="stable")
        start, end, value = start[order], end[order], value[order]
        comparator = None if comparator is None else comparator[order]
    return start, end, value, comparator


def _gathered(columns: tuple[Ints, Ints, Floats, Ints | None], part: slice) -> Chunk:
    start, end, value, comparator = columns
    some = None if comparator is None else comparator[part]
    return gather(start[part], end[part], value[part], some, UNDELIVERED)


def stage_all(readings: Iterable[Readings]) -> Iterator[StagedDay]:
    """Staged days of many columns, one after another."""
    for each in readings:
        yield from stage(each)


def together(one: StagedDay, other: StagedDay) -> StagedDay:
    """Two pieces of the same day as one."""
    chunk = union(chunk_of(one), chunk_of(other))
    (day,) = _staged(one.stream, one.source, Days.cut(chunk))
    return replace(day, repeated=given(one) + given(other) - len(chunk))


def chunk_of(day: StagedDay) -> Chunk:
    """Its readings."""
    return unpack(day.packed) if day.chunk is None else day.chunk


def given(day: StagedDay) -> int:
    """How many readings came, repeated ones too."""
    return day.count + day.repeated


def _staged(stream: str, source: str, days: Days) -> Iterator[StagedDay]:
    """Each of ``days``, as if no reading had come twice."""
    numbers = (days.chunk.start[days.parts.at] // DAY_MS).tolist()
    among = quarters_of(days)
    packed, quarters = pack_days(days), pack_quarters(among)
    for day, count, bytes_, few in zip(numbers, days.parts.counts.tolist(), packed, quarters, strict=True):
        yield StagedDay(stream, source, day, count, 0, bytes_, few, among)


def _pieces(start: Ints) -> Iterator[tuple[int, int]]:
    """Whole days that are worked on together: enough to be quick, few enough to be small in memory."""
    borders = _borders(start)
    first = 0
    while first < len(start):
        last = (
            int(borders[np.searchsorted(borders, first + _PIECE)])
            if first + _PIECE < len(start)
            else len(start)
        )
        yield first, last
        first = last


def _borders(start: Ints) -> Ints:
    """Where in the rising ``start`` the UTC days begin, and its end."""
    days = start // DAY_MS
    return np.concatenate(([0], np.flatnonzero(days[1:] != days[:-1]) + 1, [len(days)]))


def _columns(readings: Readings) -> tuple[Ints, Ints, Floats, Ints | None]:
    start, end = _read(readings.start, np.int64), _read(readings.end, np.int64)
    value: Floats = np.frombuffer(readings.value, np.float64)
    if start.min() < _EARLIEST_MS or start.max() > _LATEST_MS or end.max() > _LATEST_MS:
        raise Invalid("invalid_fields", field="start")
    if (end < start).any():
        raise Invalid("ends_before_start", field="end")
    if not np.isfinite(value).all():
        raise Invalid("not_a_number", field="value")
    if not len(readings.comparator):
        return start, end, value, None
    return start, end, value, _read(readings.comparator, np.int8)


def _read(column: array[int], kind: type[np.signedinteger]) -> Ints:
    given: NDArray[np.signedinteger] = np.frombuffer(column, kind)
    return given.astype(np.int64, copy=False)
