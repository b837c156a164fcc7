"""Which of some readings the record already holds, one by one: for doors that answer for every reading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from backend.consent.opened import OpenRecord
from backend.wearables import shelf
from backend.wearables.chunks import DAY_MS
from backend.wearables.packing import unpack
from shared.consent import Right, Scope
from shared.streams import Readings

_AT_ONCE = 400  # days unpacked together

# Start, end, value and comparator of readings.
_Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int8]]


def news(record: OpenRecord, readings: Readings) -> NDArray[np.bool_]:
    """For each reading whether it is not in the record yet (asked before delivering); one that comes twice is new once.

    Another source's equal reading is another reading.
    """
    record.must(Scope.WEARABLES, Right.WRITE)
    record.take_turn()  # the record's lock: of two who post the same at once, one is told that it was new
    asked = _columns(readings)
    held = _held(record, readings, asked[0])
    if not len(held[0]) and (np.diff(asked[0]) > 0).all():
        return np.ones(len(readings), np.bool_)
    # Equal ones stand together when sorted, what is held before what was posted, which stays in its order.
    both = _one_after_another([held, asked])
    order = np.lexsort(both[::-1])
    differs = np.ones(len(order), np.bool_)
    in_order = [column[order] for column in both]
    differs[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in in_order])
    is_first = np.empty(len(order), np.bool_)
    is_first[order] = differs
    return is_first[len(held[0]) :]


def _columns(readings: Readings) -> _Columns:
    comparator = readings.comparator or bytes(len(readings))
    return (
        np.frombuffer(readings.start, np.int64),
        np.frombuffer(readings.end, np.int64),
        np.frombuffer(readings.value, np.float64),
        np.frombuffer(comparator, np.int8),
    )


def _held(record: OpenRecord, readings: Readings, starts: NDArray[np.int64]) -> _Columns:
    """What the source already has at these starts."""
    none = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0, np.int8))
    source = shelf.source_id(record.session, record.key, readings.source)
    if source is None:
        return none
    found = [none]
    in_order = np.unique(starts)
    days = np.unique(in_order // DAY_MS).tolist()
    for first, last in pairwise([*range(0, len(days), _AT_ONCE), len(days)]):
        held = shelf.take(record.session, record.key, readings.stream, source, days[first:last])
        for packed in held.values():
            chunk = unpack(packed)
            asked = in_order[np.searchsorted(in_order[:-1], chunk.start)] == chunk.start
            found.append(
                (
                    chunk.start[asked],
                    chunk.end[asked],
                    chunk.value[asked],
                    chunk.comparators[asked].astype(np.int8),
                )
            )
    return _one_after_another(found)


def _one_after_another(parts: Sequence[_Columns]) -> _Columns:
    start, end, value, comparator = zip(*parts, strict=True)
    return np.concatenate(start), np.concatenate(end), np.concatenate(value), np.concatenate(comparator)
