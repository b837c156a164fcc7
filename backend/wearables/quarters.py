"""The quarters of an hour of a day: how many readings each has, their sum, least and most. Charts and days read these.

Every zone's offset is a whole number of quarters (since 1972), so any local day is made of whole quarters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.wearables.chunks import DAY_MS, Chunk, Floats, Ints
from backend.wearables.packing import as_decimals, close, ints, reopen, values

QUARTER_MS = 900_000
A_DAY = DAY_MS // QUARTER_MS
# A reading may last for years; how far it reaches matters only within its own day (25 hours at most).
_FARTHEST = A_DAY + 4


@dataclass(frozen=True, slots=True, eq=False)
class Quarters:
    """One entry for each quarter in which a reading starts. ``index``: quarters since 1970 UTC, rising.

    ``reach``: how many more quarters the longest of its readings goes on for.
    """

    index: Ints
    count: Ints
    total: Floats
    least: Floats
    most: Floats
    reach: Ints

    def __len__(self) -> int:
        return len(self.index)

    def only(self, chosen: Ints) -> Quarters:
        """Those at the places ``chosen``."""
        return Quarters(
            self.index[chosen],
            self.count[chosen],
            self.total[chosen],
            self.least[chosen],
            self.most[chosen],
            self.reach[chosen],
        )


def quarters_of(chunk: Chunk) -> Quarters:
    """The quarters of a chunk (all its readings start within one UTC day)."""
    first = int(chunk.start[0]) // DAY_MS * A_DAY
    borders = np.searchsorted(chunk.start, (first + np.arange(A_DAY + 1)) * QUARTER_MS)
    count = np.diff(borders)
    filled = np.flatnonzero(count)
    at = borders[filled]
    index = first + filled
    found = as_decimals(chunk.value)
    if found is None:
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # huge values add up to infinity, which days leave out
            total = np.add.reduceat(chunk.value, at)
    else:
        total = np.add.reduceat(found[0], at) / 10.0 ** found[1]
    least, most = np.minimum.reduceat(chunk.value, at), np.maximum.reduceat(chunk.value, at)
    if chunk.end is chunk.start or np.array_equal(chunk.end, chunk.start):
        reach = np.zeros(len(at), np.int64)
    else:
        last = np.maximum.reduceat(chunk.end, at) - 1  # what ends at 10:15 does not touch 10:15
        reach = np.clip(last // QUARTER_MS - index, 0, _FARTHEST)
    return Quarters(index, count[filled], total, least, most, reach)


def pack_quarters(quarters: Quarters) -> bytes:
    """As bytes, a few a quarter."""
    body = [
        len(quarters).to_bytes(4, "little"),
        *map(ints, (quarters.index, quarters.count, quarters.reach)),
        values(np.concatenate((quarters.total, quarters.least, quarters.most))),
    ]
    return close(b"".join(body))


def unpack_quarters(packed: bytes) -> Quarters:
    """What `pack_quarters` packed."""
    body = reopen(packed)
    n = int.from_bytes(body.take(4), "little")
    index, count, reach = body.ints(n), body.ints(n), body.ints(n)
    figures = body.values(3 * n)
    return Quarters(index, count, figures[:n], figures[n : 2 * n], figures[2 * n :], reach)


def joined(parts: Sequence[Quarters]) -> Quarters:
    """One after another, as they are given."""
    return Quarters(
        np.concatenate([part.index for part in parts]),
        np.concatenate([part.count for part in parts]),
        np.concatenate([part.total for part in parts]),
        np.concatenate([part.least for part in parts]),
        np.concatenate([part.most for part in parts]),
        np.concatenate([part.reach for part in parts]),
    )


def compose(by_source: Sequence[Quarters], midnights: Ints) -> Quarters:
    """The best source for each quarter: never two sources added up. ``by_source``: the best first, each rising.

    ``midnights``: the quarters at which days begin, one more than there are days; quarters outside are left out. A
    quarter of a lesser source counts only if no better source touches any quarter its readings reach, within its day:
    a phone's one number for a whole day is not added to a watch's minutes.
    """
    first, last = int(midnights[0]), int(midnights[-1])
    covered = np.zeros(last - first, np.bool_)
    taken = []
    for source in by_source:
        within = np.flatnonzero((source.index >= first) & (source.index < last))
        part = source.only(within)
        day_ends = midnights[np.searchsorted(midnights, part.index, side="right")]
        begins = part.index - first
        ends = np.minimum(part.index + part.reach + 1, day_ends) - first
        before = np.concatenate(([0], np.cumsum(covered)))
        free = np.flatnonzero(before[ends] == before[begins])
        taken.append(part.only(free))
        touched = np.zeros(len(covered) + 1, np.int64)
        np.add.at(touched, begins[free], 1)
        np.add.at(touched, ends[free], -1)
        covered |= np.cumsum(touched[:-1]) > 0
    every = joined(taken)
    return every.only(np.argsort(every.index, kind="stable"))
