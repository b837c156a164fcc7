"""Columns of numbers as bytes, exactly and small, for many days in one go. Pure.

What one day asks of numpy costs more than its readings; a year that is asked for as a whole costs little more than a
day. So a column comes here cut into parts (days), and each part gets bytes of its own, the same as if it came alone.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from backend.wearables.chunks import Bools, Floats, Ints, bits

_COLUMN = struct.Struct("<Bq")  # bytes a number, the least number
_VALUES = struct.Struct("<Bq")  # decimals or how else, where the differences begin
_RAW = 127  # values kept as their 64 bits
_DELTA = 128  # added to the decimals when differences are kept
_MOST_DECIMALS = 6
_EXACT_BELOW = 2.0**43  # a million of them add up to a whole number of 64 bits
_POWERS = np.array([10.0**decimals for decimals in range(_MOST_DECIMALS + 1)])
_FEW = 16

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """How columns are cut: ``borders`` are the places at which parts begin, and the end of the last. None is empty."""

    borders: Ints
    at: Ints = field(init=False)
    counts: Ints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", self.borders[:-1])
        object.__setattr__(self, "counts", np.diff(self.borders))

    @classmethod
    def of(cls, counts: Sequence[int] | Ints) -> Parts:
        """Parts that are so long."""
        return cls(np.concatenate(([0], np.cumsum(counts))))

    def __len__(self) -> int:
        return len(self.at)

    def spread(self, of_parts: NDArray[Kind]) -> NDArray[Kind]:
        """One number a part, as one for each place; a single one is left to numpy, which does the same in no time."""
        return of_parts if len(of_parts) == 1 else np.repeat(of_parts, self.counts)

    def beside(self, many: int) -> tuple[Parts, list[Ints]]:
        """Parts ``many`` times as long, for that many columns in one; and the places in it of each column."""
        places = np.arange(self.borders[-1]) + self.spread((many - 1) * self.at)
        step = self.spread(self.counts)
        return Parts(many * self.borders), [places + which * step for which in range(many)]

    def steps(self, column: Ints) -> Ints:
        """From each number to the next. At the first of a part stands its second step again, which widens nothing."""
        steps = np.empty(len(column), np.int64)
        np.subtract(column[1:], column[:-1], out=steps[1:])
        steps[self.at] = np.where(self.counts > 1, steps[np.minimum(self.at + 1, len(column) - 1)], 0)
        return steps

    def walked(self, steps: Ints, first: Ints) -> Ints:
        """The column that begins at ``first`` in each part and goes on by ``steps``."""
        steps[self.at] = 0
        walk = np.cumsum(steps)
        return walk + self.spread(first - walk[self.at])


@dataclass(frozen=True, slots=True, eq=False)
class Decimals:
    """Values as whole numbers: times ten to the power of ``decimals`` of their part; or else their bits (`raw`)."""

    whole: Ints
    decimals: Ints

    @property
    def raw(self) -> Bools:
        """Which parts are kept as bits, because decimals would lose one."""
        raw: Bools = self.decimals == _RAW
        return raw


def same_everywhere(number: int, parts: Parts) -> list[bytes]:
    """What `ints` gives for a column that holds one number only."""
    return [_COLUMN.pack(0, number)] * len(parts)


def ints(column: Ints, parts: Parts) -> list[bytes]:
    """Each part as the distances from its least number, in the fewest bytes; equal numbers take none."""
    least, most = np.minimum.reduceat(column, parts.at), np.maximum.reduceat(column, parts.at)
    # Unsigned arithmetic wraps around, so the widest possible column is exact too.
    widest = (most.view(np.uint64) - least.view(np.uint64)).tolist()
    distance = column.view(np.uint64) - parts.spread(least.view(np.uint64)) if any(widest) else column
    if max(widest) < 256:
        raw, size = distance.astype(np.uint8).tobytes(), 1
    else:
        raw, size = distance.astype("<u8", copy=False).tobytes(), 8
    packed = []
    borders = [size * border for border in parts.borders.tolist()]
    for place, (low, width) in enumerate(zip(least.tolist(), widest, strict=True)):
        begin, end = borders[place], borders[place + 1]
        # All lowest bytes, then all next ones: like stands beside like, which compresses better.
        planes = [raw[begin + plane : end : size] for plane in range((width.bit_length() + 7) // 8)]
        packed.append(b"".join((_COLUMN.pack(len(planes), low), *planes)))
    return packed


def values(found: Decimals, parts: Parts) -> list[bytes]:
    """Each part as whole numbers or as the differences between them, whatever is smaller."""
    steps = parts.steps(found.whole)
    spread = np.abs(found.whole - parts.spread(found.whole[parts.at + parts.counts // 2]))
    smaller = np.add.reduceat(np.abs(steps), parts.at) < np.add.reduceat(spread, parts.at)
    smaller &= ~found.raw
    kept = steps if smaller.all() else np.where(parts.spread(smaller), steps, found.whole)
    modes = (found.decimals + _DELTA * smaller).tolist()
    firsts = np.where(smaller, found.whole[parts.at], 0).tolist()
    heads = map(_VALUES.pack, modes, firsts)
    return [head + packed for head, packed in zip(heads, ints(kept, parts), strict=True)]


def as_decimals(column: Floats, parts: Parts) -> Decimals:
    """The fewest decimals (0..6) of each part that give back every bit of it, or its bits."""
    whole, decimals = bits(column).copy(), np.full(len(parts), _RAW)
    peak = np.maximum.reduceat(np.abs(column), parts.at)
    few = column[np.minimum(parts.at[:, None] + np.arange(_FEW), parts.borders[1:, None] - 1)]
    for power in range(_MOST_DECIMALS + 1):
        with np.errstate(over="ignore"):
            left = (decimals == _RAW) & (peak * _POWERS[power] < _EXACT_BELOW)
        if not left.any():
            break
        if not (_scaled(few, power)[1].all(axis=1) & left).any():  # most decimals that do not do, fail early
            continue
        scaled, exact = _scaled(column, power)
        found = np.logical_and.reduceat(exact, parts.at) & left
        np.copyto(whole, scaled, where=parts.spread(found))
        decimals[found] = power
    return Decimals(whole, decimals)


def _scaled(column: Floats, power: int) -> tuple[Ints, Bools]:
    """The values times a power of ten as whole numbers, and which of them are still the same, bit for bit."""
    # What is too large for a whole number is told by the caller, and never used.
    with np.errstate(over="ignore", invalid="ignore"):
        whole = (np.rint(column * _POWERS[power]) if power else column).astype(np.int64)
    return whole, bits(whole / _POWERS[power]) == bits(column)


@dataclass(slots=True)
class Columns:
    """Columns being read one after another, all parts at once. ``bodies``: one a part."""

    bodies: Sequence[bytes]
    parts: Parts
    places: list[int]

    def take(self, form: struct.Struct) -> list[tuple[int, ...]]:
        """The next few numbers of each part."""
        found = [form.unpack_from(body, at) for body, at in zip(self.bodies, self.places, strict=True)]
        self.places = [at + form.size for at in self.places]
        return found

    def ints(self) -> Ints:
        """The next column of whole numbers."""
        heads = self.take(_COLUMN)
        size = 8 if any(width > 1 for width, _ in heads) else 1
        borders = [size * border for border in self.parts.borders.tolist()]
        raw = bytearray(borders[-1])
        for place, (width, _) in enumerate(heads):
            begin, end, at = borders[place], borders[place + 1], self.places[place]
            count = (end - begin) // size
            for plane in range(width):
                raw[begin + plane : end : size] = self.bodies[place][at : at + count]
                at += count
            self.places[place] = at
        least = self.parts.spread(np.array([least for _, least in heads], np.int64))
        return np.frombuffer(raw, "<i8" if size == 8 else np.uint8) + least

    def values(self) -> Floats:
        """The next column of values."""
        modes, firsts = np.array(self.take(_VALUES), np.int64).T
        whole, parts = self.ints(), self.parts
        stepped = modes >= _DELTA
        if stepped.any():
            walk = parts.walked(whole.copy(), firsts)
            whole = np.where(parts.spread(stepped), walk, whole)
        decimals = np.where(stepped, modes - _DELTA, modes)
        return floats(Decimals(whole, decimals), parts)


def sums(found: Decimals, parts: Parts, at: Ints) -> Floats:
    """What the values from each place of ``at`` to the next add up to, exactly; of raw ones, as floats add up."""
    part = np.searchsorted(parts.at, at, side="right") - 1
    power = _POWERS[np.where(found.raw, 0, found.decimals)][part]
    total: Floats = np.add.reduceat(found.whole, at) / power
    if found.raw.any():
        # Huge values add up to infinity, which days leave out.
        with np.errstate(over="ignore", invalid="ignore"):
            np.copyto(total, np.add.reduceat(found.whole.view(np.float64), at), where=found.raw[part])
    return total


def floats(found: Decimals, parts: Parts) -> Floats:
    """The values again, bit for bit."""
    power = _POWERS[np.where(found.raw, 0, found.decimals)]
    value: Floats = found.whole / parts.spread(power)
    if found.raw.any():
        np.copyto(value, found.whole.view(np.float64), where=parts.spread(found.raw))
    return value
