"""The readings of the best source for each moment, for drawings and figures of a sensor. Asks nobody: words do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from backend.seal import Key
from backend.wearables import shelf
from backend.wearables.chunks import DAY_MS, Floats, Ints
from backend.wearables.quarters import A_DAY, QUARTER_MS, Quarters, believed


@dataclass(frozen=True, slots=True, eq=False)
class Believed:
    """Readings in order of time. ``source``: the number of each one's source."""

    start: Ints
    value: Floats
    comparator: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.start)

    def between(self, begins: int, ends: int) -> Believed:
        """Those that start at ``begins`` or later and before ``ends``."""
        first, last = np.searchsorted(self.start, (begins, ends)).tolist()
        part = slice(first, last)
        return Believed(self.start[part], self.value[part], self.comparator[part], self.source[part])


def quarters_believed(session: Session, key: Key, stream: str, borders: Ints) -> dict[int, Quarters]:
    """The quarters that are believed of each source, on the days that begin at the quarters ``borders``."""
    first, last = int(borders[0]) // A_DAY, (int(borders[-1]) - 1) // A_DAY
    by_source = shelf.quarters_by_source(session, key, stream, first, last)
    parts = believed(list(by_source.values()), borders)
    return {source: part for source, part in zip(by_source, parts, strict=True) if len(part)}


def readings_believed(
    session: Session, key: Key, stream: str, quarters: Mapping[int, Quarters], span: tuple[int, int]
) -> Believed:
    """The readings of these ``quarters`` by source that start in ``span`` (ms UTC, its end not included)."""
    begins, ends = span
    none = np.empty(0, np.int64)
    columns: list[tuple[Ints, Floats, Ints, Ints]] = [(none, np.empty(0), none, none)]
    for source, chunk in shelf.chunks(session, key, stream, begins // DAY_MS, (ends - 1) // DAY_MS):
        if source not in quarters:
            continue
        index, quarter = quarters[source].index, chunk.start // QUARTER_MS
        place = np.minimum(np.searchsorted(index, quarter), len(index) - 1)
        chosen = (index[place] == quarter) & (chunk.start >= begins) & (chunk.start < ends)
        start = chunk.start[chosen]
        whose = np.full(len(start), source, np.int64)
        columns.append((start, chunk.value[chosen], chunk.comparators[chosen], whose))
    start, value, comparator, whose = (np.concatenate(column) for column in zip(*columns, strict=True))
    if (start[1:] < start[:-1]).any():
        order = np.argsort(start, kind="stable")
        start, value, comparator, whose = start[order], value[order], comparator[order], whose[order]
    return Believed(start, value, comparator, whose)
