"""The readings themselves, for a zoomed day: as they came, source by source."""

from __future__ import annotations

from array import array
from datetime import date

import numpy as np

from backend.consent.opened import OpenRecord
from backend.wearables import shelf
from backend.wearables.chunks import DAY_MS, Chunk
from backend.wearables.days import asked, midnight
from backend.wearables.summaries import known
from shared.consent import Right, Scope
from shared.streams import Readings

MOST_DAYS = 100  # ten million readings at the busiest: more is for charts of quarters


def readings(record: OpenRecord, stream: str, first: date, last: date) -> list[Readings]:
    """All readings that start on the person's days ``first`` to ``last``: columns a source, the best source first."""
    record.must(Scope.WEARABLES, Right.READ)
    known(stream)
    begin, end = asked(first, last, MOST_DAYS)
    begins, ends = midnight(record.timezone, begin), midnight(record.timezone, end + 1)
    return between(record, stream, begins, ends)


def between(record: OpenRecord, stream: str, begins: int, ends: int) -> list[Readings]:
    """All readings that start at ``begins`` or later and before ``ends`` (ms UTC), source by source."""
    record.must(Scope.WEARABLES, Right.READ)
    known(stream)
    by_source: dict[int, list[Chunk]] = {}
    stored = shelf.chunks(record.session, record.key, stream, begins // DAY_MS, (ends - 1) // DAY_MS)
    for source, chunk in stored:
        by_source.setdefault(source, []).append(chunk)
    found = []
    for each in shelf.sources(record.session, record.key):
        columns = _gathered(stream, each.name, by_source.get(each.id, []), begins, ends)
        if len(columns):
            found.append(columns)
    return found


def _gathered(stream: str, source: str, chunks: list[Chunk], begins: int, ends: int) -> Readings:
    start, end, value, comparator = array("q"), array("q"), array("d"), array("b")
    for chunk in chunks:
        first, last = np.searchsorted(chunk.start, (begins, ends)).tolist()
        start.frombytes(chunk.start[first:last].tobytes())
        end.frombytes(chunk.end[first:last].tobytes())
        value.frombytes(chunk.value[first:last].tobytes())
        comparator.frombytes(chunk.comparators[first:last].astype(np.int8).tobytes())
    return Readings(stream, source, start, end, value, comparator if any(comparator) else array("b"))
