"""Staged days: readings cut by UTC day and packed, before anybody decided to keep them. Pure.

An import stages them in pieces, as bytes it seals itself, and keeps them later in one short transaction.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.wearables.chunks import DAY_MS, Chunk, Floats, Ints, gather, union
from backend.wearables.packing import pack, unpack
from backend.wearables.quarters import pack_quarters, quarters_of
from shared.kinds import STREAMS
from shared.problems import Invalid
from shared.streams import Readings

# Nobody's: the delivery that a staged day carries until it is kept. Real deliveries are numbered from 1.
UNDELIVERED = 0
_LENGTHS = struct.Struct("<qIIIII")
# 1800 to 2200: what a confused clock can say is refused by the doors; here only what would break arithmetic is.
_EARLIEST_MS, _LATEST_MS = -5_364_662_400_000, 7_258_118_400_000


@dataclass(frozen=True, slots=True)
class StagedDay:
    """One UTC day (since 1970) of a stream from a source: its chunk and quarters, packed.

    ``count``: different readings; ``repeated``: how many more times they came in the same piece.
    """

    stream: str
    source: str
    day: int
    count: int
    repeated: int
    packed: bytes
    quarters: bytes

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
    if readings.stream not in STREAMS:
        raise Invalid("unknown_stream", field="stream", stream=readings.stream)
    if not len(readings):
        return
    start, end, value, comparator = _columns(readings)
    if (start[1:] < start[:-1]).any():
        order = np.argsort(start, kind="stable")
        start, end, value = start[order], end[order], value[order]
        comparator = None if comparator is None else comparator[order]
    for day, first, last in _days(start):
        part = slice(first, last)
        chunk = gather(
            start[part],
            end[part],
            value[part],
            None if comparator is None else comparator[part],
            UNDELIVERED,
        )
        yield _staged(readings.stream, readings.source, day, chunk, last - first)


def stage_all(readings: Iterable[Readings]) -> Iterator[StagedDay]:
    """Staged days of many columns, one after another."""
    for each in readings:
        yield from stage(each)


def together(one: StagedDay, other: StagedDay) -> StagedDay:
    """Two pieces of the same day as one."""
    chunk = union(unpack(one.packed), unpack(other.packed))
    return _staged(one.stream, one.source, one.day, chunk, given(one) + given(other))


def given(day: StagedDay) -> int:
    """How many readings came, repeated ones too."""
    return day.count + day.repeated


def _staged(stream: str, source: str, day: int, chunk: Chunk, came: int) -> StagedDay:
    quarters = pack_quarters(quarters_of(chunk))
    return StagedDay(stream, source, day, len(chunk), came - len(chunk), pack(chunk), quarters)


def _days(start: Ints) -> Iterator[tuple[int, int, int]]:
    """Each day of the rising ``start`` with its first place and the place after its last."""
    first, last = int(start[0]) // DAY_MS, int(start[-1]) // DAY_MS
    borders = np.searchsorted(start, np.arange(first, last + 2) * DAY_MS)
    for place in np.flatnonzero(np.diff(borders)).tolist():
        yield first + place, int(borders[place]), int(borders[place + 1])


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
