"""Which of some readings the record already holds, one by one: for doors that answer for every reading."""

from __future__ import annotations

from backend.consent.opened import OpenRecord
from backend.wearables import shelf
from backend.wearables.chunks import DAY_MS
from backend.wearables.packing import unpack
from shared.consent import Right, Scope
from shared.streams import Readings

_AT_ONCE = 400  # days unpacked together

_One = tuple[int, int, float, int]


def news(record: OpenRecord, readings: Readings) -> list[bool]:
    """For each reading whether it is not in the record yet (asked before delivering); one that comes twice is new once.

    Another source's equal reading is another reading.
    """
    record.must(Scope.WEARABLES, Right.WRITE)
    comparators = readings.comparator or bytes(len(readings))
    ones = list(zip(readings.start, readings.end, readings.value, comparators, strict=True))
    seen = _held(record, readings, {start // DAY_MS for start in readings.start})
    new = []
    for one in ones:
        new.append(one not in seen)
        seen.add(one)
    return new


def _held(record: OpenRecord, readings: Readings, days: set[int]) -> set[_One]:
    source = shelf.source_id(record.session, record.key, readings.source)
    held: set[_One] = set()
    if source is None:
        return held
    asked = set(readings.start)
    in_order = sorted(days)
    for first in range(0, len(in_order), _AT_ONCE):
        some = in_order[first : first + _AT_ONCE]
        for packed in shelf.take(record.session, record.key, readings.stream, source, some).values():
            chunk = unpack(packed)
            columns = (chunk.start, chunk.end, chunk.value, chunk.comparators)
            held.update(
                one for one in zip(*(each.tolist() for each in columns), strict=True) if one[0] in asked
            )
    return held
