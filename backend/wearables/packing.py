"""Chunks as bytes, exactly and small: whole-number columns in the fewest bytes, delta-coded, then zstd. Pure.

Format 1: version, CRC-32 (begun with the length of the sets) of all that follows, that length, the sets of deliveries
(outside the compressed part, so that a staged day is given its delivery without unpacking it), then one zstd frame.
"""

from __future__ import annotations

import struct
import threading
import zlib
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import zstandard
from numpy.typing import NDArray

from backend.wearables.chunks import Chunk, Deliveries, Floats, Ints, bits

_VERSION = 1
_HEAD = struct.Struct("<BII")  # version, CRC-32, bytes of the sets of deliveries
_FIRST = struct.Struct("<IqI")  # readings, first start, unit of the times in ms
_COLUMN = struct.Struct("<Bq")  # bytes a number, the least number
_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
_LEVEL = 1
_RAW = 255  # values kept as their 64 bits
_DELTA = 128  # added to the decimals when differences are kept
_MOST_DECIMALS = 6
_EXACT_BELOW = 2.0**53


class ChunkBroken(Exception):
    """Packed bytes that are not what was written. Never the person's doing."""


class _Tools(threading.local):
    """A compressor is costly to make and may not be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_TOOLS = _Tools()


def pack(chunk: Chunk) -> bytes:
    """The chunk as bytes; the same set of readings and deliveries is always the same bytes."""
    unit = 1000 if _whole_seconds(chunk.start) and _whole_seconds(chunk.end) else 1
    body = [
        _FIRST.pack(len(chunk), int(chunk.start[0]), unit),
        ints(np.diff(chunk.start) // unit),
        ints((chunk.end - chunk.start) // unit),
        values(chunk.value),
        ints(chunk.comparators),
        ints(chunk.whose),
    ]
    return _framed(_sets(chunk.sets), b"".join(body))


def unpack(packed: bytes) -> Chunk:
    """The chunk that `pack` made these bytes of. Raises `ChunkBroken`."""
    sets, compressed = _parts(packed)
    body = Body(compressed)
    count, first, unit = _FIRST.unpack(body.take(_FIRST.size))
    start = np.empty(count, np.int64)
    start[0] = first
    np.cumsum(body.ints(count - 1) * unit, out=start[1:])
    start[1:] += first
    end = start + body.ints(count) * unit
    value = body.values(count)
    comparator, which = body.ints(count), body.ints(count)
    distinct = _read_sets(sets)
    return Chunk(
        start,
        end,
        value,
        comparator if comparator.any() else None,
        distinct,
        which if len(distinct) > 1 else None,
    )


def deliveries(packed: bytes) -> frozenset[int]:
    """Who brought something of this day, without unpacking it."""
    return frozenset(number for each in _read_sets(_parts(packed)[0]) for number in each)


def told_apart(packed: bytes, delivery: int) -> bytes:
    """The same day as brought by ``delivery`` alone; for staged days, which nobody has brought yet."""
    return _wrapped(_sets(((delivery,),)), _parts(packed)[1])


def close(body: bytes) -> bytes:
    """Columns that are no readings (quarters of an hour), compressed and checked the same way."""
    return _framed(b"", body)


def reopen(packed: bytes) -> Body:
    """What `close` closed."""
    return Body(_parts(packed)[1])


def _framed(sets: bytes, body: bytes) -> bytes:
    return _wrapped(sets, _TOOLS.compressor.compress(body))


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
    return np.array(numbers, "<u4").tobytes()


def _read_sets(data: bytes) -> tuple[Deliveries, ...]:
    count, *numbers = np.frombuffer(data, "<u4").tolist()
    ends = accumulate(numbers[:count], initial=count)
    return tuple(tuple(numbers[first:last]) for first, last in pairwise(ends))


def ints(column: NDArray[np.signedinteger]) -> bytes:
    """Whole numbers as their distance from the least, in the fewest bytes; equal numbers take none."""
    if not len(column):
        return _COLUMN.pack(0, 0)
    least, most = int(column.min()), int(column.max())
    if least == most:
        return _COLUMN.pack(0, least)
    width = next(each for each in _UNSIGNED if most - least < 1 << 8 * each)
    # Unsigned arithmetic wraps around, so the widest possible column is exact too.
    distance = column.astype(np.int64).view(np.uint64) - np.uint64(least % (1 << 64))
    return _COLUMN.pack(width, least) + _planes(distance.astype(_UNSIGNED[width]))


def values(column: Floats) -> bytes:
    """Values as whole numbers of the fewest decimals that give back every bit, or else as their bits."""
    found = as_decimals(column)
    if found is None:
        return bytes((_RAW,)) + _planes(bits(column).view(np.uint64))
    scaled, decimals = found
    steps = np.diff(scaled)
    if np.abs(steps).sum() < np.abs(scaled - scaled[len(scaled) // 2]).sum():
        return struct.pack("<Bq", decimals + _DELTA, int(scaled[0])) + ints(steps)
    return bytes((decimals,)) + ints(scaled)


def as_decimals(column: Floats) -> tuple[Ints, int] | None:
    """The values times a power of ten as whole numbers, and that power (0..6); None if that would lose a bit."""
    if not max(column.max(), -column.min()) < _EXACT_BELOW:
        return None
    few = column[:32]  # most decimals that do not do, fail early
    for decimals in range(_MOST_DECIMALS + 1):
        if len(few) == len(column) or _scaled(few, decimals) is not None:
            scaled = _scaled(column, decimals)
            if scaled is not None:
                return scaled, decimals
    return None


def _scaled(column: Floats, decimals: int) -> Ints | None:
    if decimals == 0:
        whole = column.astype(np.int64)
        return whole if (bits(whole.astype(np.float64)) == bits(column)).all() else None
    power = 10.0**decimals
    scaled = np.rint(column * power)
    if max(scaled.max(), -scaled.min()) >= _EXACT_BELOW:
        return None
    whole = scaled.astype(np.int64)
    return whole if (bits(whole / power) == bits(column)).all() else None


def _planes(column: NDArray[np.unsignedinteger]) -> bytes:
    """All lowest bytes, then all next ones: like stands beside like, which compresses better."""
    if column.itemsize == 1:
        return column.tobytes()
    little = column.astype(column.dtype.newbyteorder("<"), copy=False)
    return np.ascontiguousarray(little.view(np.uint8).reshape(len(column), -1).T).tobytes()


def _whole_seconds(times: Ints) -> bool:
    return not (times[:16] % 1000).any() and not (times % 1000).any()


@dataclass(slots=True)
class Body:
    """Columns being read one after another."""

    data: bytes
    at: int = 0

    def __post_init__(self) -> None:
        self.data = _TOOLS.decompressor.decompress(self.data)

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        self.at += size
        return self.data[self.at - size : self.at]

    def ints(self, count: int) -> Ints:
        """The next column of ``count`` whole numbers."""
        width, least = _COLUMN.unpack(self.take(_COLUMN.size))
        if width == 0:
            return np.full(count, least, np.int64)
        return self._planes(count, width).view(np.int64) + np.int64(least)

    def values(self, count: int) -> Floats:
        """The next column of ``count`` values."""
        (mode,) = self.take(1)
        if mode == _RAW:
            return self._planes(count, 8).view(np.float64)
        if mode < _DELTA:
            return self.ints(count) / 10.0**mode
        scaled = np.empty(count, np.int64)
        (scaled[0],) = struct.unpack("<q", self.take(8))
        np.cumsum(self.ints(count - 1), out=scaled[1:])
        scaled[1:] += scaled[0]
        return scaled / 10.0 ** (mode - _DELTA)

    def _planes(self, count: int, width: int) -> NDArray[np.uint64]:
        flat = np.frombuffer(self.take(count * width), np.uint8)
        joined = np.ascontiguousarray(flat.reshape(width, count).T).view(f"<u{width}").reshape(count)
        return joined.astype(np.uint64)
