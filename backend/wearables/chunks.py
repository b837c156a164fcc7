"""A day of one stream from one source: a set of readings, each with the deliveries that brought it. Pure.

A reading is (start, end, value, comparator); two readings are the same when all four are, bit for bit. Putting the
same reading in twice changes nothing but the set of its deliveries, so the order of uploads cannot matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Deliveries = tuple[int, ...]

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Readings in canonical order (start, end, bits of the value, comparator), none twice.

    ``start``, ``end``: ms UTC. ``comparator`` is None when all are exact. ``sets`` are the distinct sets of delivery
    numbers, sorted and all in use; ``which`` says whose is whose, None when there is only one.
    """

    start: Ints
    end: Ints
    value: Floats
    comparator: Ints | None
    sets: tuple[Deliveries, ...]
    which: Ints | None

    def __len__(self) -> int:
        return len(self.start)

    @property
    def comparators(self) -> Ints:
        """One for each reading, also when all are exact."""
        return np.zeros(len(self), np.int64) if self.comparator is None else self.comparator

    @property
    def whose(self) -> Ints:
        """The index in ``sets`` of each reading, also when there is only one set."""
        return np.zeros(len(self), np.int64) if self.which is None else self.which


def gather(start: Ints, end: Ints, value: Floats, comparator: Ints | None, delivery: int) -> Chunk:
    """The set of the readings in these columns, in whatever order and however often they come (at least one)."""
    if comparator is not None and not comparator.any():
        comparator = None
    if not (start[1:] > start[:-1]).all():
        order, repeats = _order(start, end, value, comparator)
        kept = order[~repeats]
        start, end, value = start[kept], end[kept], value[kept]
        comparator = None if comparator is None else comparator[kept]
    return Chunk(start, end, value, comparator, ((delivery,),), None)


def brought(chunk: Chunk, delivery: int) -> Chunk:
    """The readings of a chunk, all brought by ``delivery`` alone."""
    return replace(chunk, sets=((delivery,),), which=None)


def union(one: Chunk, other: Chunk) -> Chunk:
    """The readings of both; what both have carries the deliveries of both."""
    start = np.concatenate((one.start, other.start))
    end = np.concatenate((one.end, other.end))
    value = np.concatenate((one.value, other.value))
    comparator = None
    if one.comparator is not None or other.comparator is not None:
        comparator = np.concatenate((one.comparators, other.comparators))
    order, repeats = _order(start, end, value, comparator)
    # A reading's code tells its set on each side, 0 for "not there"; a pair adds up to one code.
    width = len(other.sets) + 1
    code = np.concatenate(((one.whose + 1) * width, other.whose + 1))[order]
    twins = np.flatnonzero(repeats)
    code[twins - 1] += code[twins]
    kept = order[~repeats]
    codes, which = np.unique(code[~repeats], return_inverse=True)
    left, right = ((), *one.sets), ((), *other.sets)
    sets = [tuple(sorted({*left[c // width], *right[c % width]})) for c in codes.tolist()]
    columns = (start[kept], end[kept], value[kept], None if comparator is None else comparator[kept])
    return Chunk(*columns, *_tidied(sets, which))


def without(chunk: Chunk, delivery: int) -> Chunk | None:
    """What is left when ``delivery`` never came: only readings that no other brought are gone; None for nothing."""
    sets = [tuple(number for number in each if number != delivery) for each in chunk.sets]
    stays = np.array([bool(each) for each in sets])[chunk.whose]
    if not stays.any():
        return None
    comparator = None if chunk.comparator is None else chunk.comparator[stays]
    if comparator is not None and not comparator.any():
        comparator = None
    columns = (chunk.start[stays], chunk.end[stays], chunk.value[stays], comparator)
    return Chunk(*columns, *_tidied(sets, chunk.whose[stays]))


def same(one: Chunk, other: Chunk) -> bool:
    """Whether both hold the same readings, brought by the same deliveries."""
    return one.sets == other.sets and same_readings(one, other) and np.array_equal(one.whose, other.whose)


def same_readings(one: Chunk, other: Chunk) -> bool:
    """Whether both hold the same readings, whoever brought them."""
    return (
        np.array_equal(one.start, other.start)
        and np.array_equal(one.end, other.end)
        and np.array_equal(bits(one.value), bits(other.value))
        and np.array_equal(one.comparators, other.comparators)
    )


def bits(value: Floats) -> Ints:
    """The values by their bits: -0.0 is not 0.0, and every reading has its place in the order."""
    return value.view(np.int64)


def _order(start: Ints, end: Ints, value: Floats, comparator: Ints | None) -> tuple[Ints, NDArray[np.bool_]]:
    """The canonical order, and for each place in it whether it repeats the one before."""
    order = np.argsort(start, kind="stable")  # nearly free on columns that are sorted runs
    ties, repeats = _repeats(order, start, end, value, comparator)
    if not np.array_equal(ties, repeats):
        keys = (bits(value), end, start) if comparator is None else (comparator, bits(value), end, start)
        order = np.lexsort(keys)
        _, repeats = _repeats(order, start, end, value, comparator)
    return order, repeats


def _repeats(
    order: Ints, start: Ints, end: Ints, value: Floats, comparator: Ints | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which places start when the one before does, and which of those are the same reading."""
    ties = np.zeros(len(order), np.bool_)
    places = start[order]
    np.equal(places[1:], places[:-1], out=ties[1:])
    repeats = np.zeros(len(order), np.bool_)
    later = np.flatnonzero(ties)
    here, before = order[later], order[later - 1]
    alike = (end[here] == end[before]) & (bits(value)[here] == bits(value)[before])
    if comparator is not None:
        alike &= comparator[here] == comparator[before]
    repeats[later] = alike
    return ties, repeats


def _tidied(sets: Sequence[Deliveries], which: Ints) -> tuple[tuple[Deliveries, ...], Ints | None]:
    """The distinct sets that are in use, sorted, and the index of each reading in them."""
    distinct = tuple(sorted({each for each in sets if each}))
    if len(distinct) == 1:
        return distinct, None
    place = {each: number for number, each in enumerate(distinct)}
    return distinct, np.array([place.get(each, -1) for each in sets], np.int64)[which]
