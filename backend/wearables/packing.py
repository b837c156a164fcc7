"""Chunks as bytes, exactly and small: columns in the fewest bytes, delta-coded, then zstd. Pure.

Format 1: version, CRC-32 (begun with the length of the sets) of all that follows, that length, the sets of deliveries
(outside the compressed part, so that a staged day is given its delivery without unpacking it), then one zstd frame.
"""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import zstandard

from backend.wearables.chunks import Chunk, Deliveries, Floats, Ints
from backend.wearables.columns import Columns, Decimals, Parts, as_decimals, ints, same_everywhere, values

_VERSION = 1
_HEAD = struct.Struct("<BII")  # version, CRC-32, bytes of the sets of deliveries
_FIRST = struct.Struct("<IqI")  # readings, first start, unit of the times in ms
_SECOND = 1000
_LEVEL = 1


class ChunkBroken(Exception):
    """Packed bytes that are not what was written. Never the person's doing."""


class _Tools(threading.local):
    """A compressor is costly to make and may not be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_TOOLS = _Tools()


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Chunks of days that follow one another, brought by the same deliveries: one long chunk, cut into ``parts``."""

    chunk: Chunk
    parts: Parts
    decimals: Decimals

    @classmethod
    def cut(cls, chunk: Chunk, parts: Parts | None = None) -> Days:
        """``chunk`` cut into days; not cut, it is one."""
        parts = parts or Parts.of([len(chunk)])
        return cls(chunk, parts, as_decimals(chunk.value, parts))


def pack(chunk: Chunk) -> bytes:
    """The chunk as bytes; the same set of readings and deliveries is always the same bytes."""
    (packed,) = pack_days(Days.cut(chunk))
    return packed


def pack_days(days: Days) -> list[bytes]:
    """Each day as the bytes that it has alone."""
    chunk, parts = days.chunk, days.parts
    nought = same_everywhere(0, parts)
    units, steps, lasts = _times(chunk, parts)
    heads = map(_FIRST.pack, parts.counts.tolist(), chunk.start[parts.at].tolist(), units.tolist())
    columns = (
        heads,
        ints(steps, parts),
        nought if lasts is None else ints(lasts, parts),
        values(days.decimals, parts),
        nought if chunk.comparator is None else ints(chunk.comparator, parts),
        nought if chunk.which is None else ints(chunk.which, parts),
    )
    return close(map(b"".join, zip(*columns, strict=True)), _sets(chunk.sets))


def _times(chunk: Chunk, parts: Parts) -> tuple[Ints, Ints, Ints | None]:
    """The unit of each part in ms, the steps from start to start in it, and how long readings last (None: not)."""
    steps = parts.steps(chunk.start)
    seconds = steps // _SECOND
    whole = seconds * _SECOND == steps
    lasts = None
    if not np.array_equal(chunk.start, chunk.end):
        lasts = chunk.end - chunk.start
        lasting = lasts // _SECOND
        whole &= lasting * _SECOND == lasts
    in_seconds = np.logical_and.reduceat(whole, parts.at)
    which = parts.spread(in_seconds)
    steps = np.where(which, seconds, steps)
    lasts = None if lasts is None else np.where(which, lasting, lasts)
    return np.where(in_seconds, _SECOND, 1), steps, lasts


def unpack(packed: bytes) -> Chunk:
    """The chunk that `pack` made these bytes of. Raises `ChunkBroken`."""
    sets, compressed = _parts(packed)
    body = _TOOLS.decompressor.decompress(compressed)
    count, first, unit = _FIRST.unpack_from(body)
    columns = Columns([body], Parts.of([count]), [_FIRST.size])
    start = columns.parts.walked(columns.ints() * unit, np.array([first]))
    end = start + columns.ints() * unit
    value, comparator, which = columns.values(), columns.ints(), columns.ints()
    distinct = _read_sets(sets)
    return Chunk(
        start,
        end,
        value,
        comparator if comparator.any() else None,
        distinct,
        which if len(distinct) > 1 else None,
    )


def unpack_days(packed: Sequence[bytes]) -> tuple[Parts, Ints, Ints, Floats]:
    """Starts, ends and values of many days in one go, one day after another, and where each begins (at least one)."""
    bodies = reopen(packed)
    counts, firsts, units = np.array([_FIRST.unpack_from(body) for body in bodies], np.int64).T
    columns = Columns(bodies, Parts.of(counts), [_FIRST.size] * len(bodies))
    unit = columns.parts.spread(units)
    start = columns.parts.walked(columns.ints() * unit, firsts)
    end = start + columns.ints() * unit
    return columns.parts, start, end, columns.values()


def deliveries(packed: bytes) -> frozenset[int]:
    """Who brought something of this day, without unpacking it."""
    return frozenset(number for each in _read_sets(_parts(packed)[0]) for number in each)


def told_apart(packed: bytes, delivery: int) -> bytes:
    """The same day as brought by ``delivery`` alone; for staged days, which nobody has brought yet."""
    return _wrapped(_sets(((delivery,),)), _parts(packed)[1])


def close(bodies: Iterable[bytes], sets: bytes = b"") -> list[bytes]:
    """Columns, compressed, with all it takes to see that no bit has changed. ``sets``: none but for chunks."""
    compress = _TOOLS.compressor.compress
    return [_wrapped(sets, compress(body)) for body in bodies]


def reopen(packed: Sequence[bytes]) -> list[bytes]:
    """What `close` closed. Raises `ChunkBroken`."""
    decompress = _TOOLS.decompressor.decompress
    return [decompress(_parts(each)[1]) for each in packed]


def _wrapped(sets: bytes, compressed: bytes) -> bytes:
    rest = sets + compressed
    return _HEAD.pack(_VERSION, zlib.crc32(rest, len(sets)), len(sets)) + rest


def _parts(packed: bytes) -> tuple[bytes, bytes]:
    if len(packed) < _HEAD.size:
        raise ChunkBroken("too short")
    version, check, length = _HEAD.unpack_from(packed)
    rest = packed[_HEAD.size :]
    if version != _VERSION:
        raise ChunkBroken(f"version {version}")
    if zlib.crc32(rest, length) != check:
        raise ChunkBroken("checksum")
    return rest[:length], rest[length:]


def _sets(sets: tuple[Deliveries, ...]) -> bytes:
    numbers = [len(sets), *(len(each) for each in sets), *(number for each in sets for number in each)]
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _read_sets(data: bytes) -> tuple[Deliveries, ...]:
    count, *numbers = struct.unpack(f"<{len(data) // 4}I", data)
    ends = accumulate(numbers[:count], initial=count)
    return tuple(tuple(numbers[first:last]) for first, last in pairwise(ends))
