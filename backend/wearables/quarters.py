"""The quarters of an hour of a day: how many readings each has, their sum, least and most. Charts and days read these.

Every zone's offset is a whole number of quarters (since 1972), so any local day is made of whole quarters.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.wearables.chunks import DAY_MS, Chunk, Floats, Ints
from backend.wearables.columns import Columns, Decimals, Parts, as_decimals, floats, ints, sums
from backend.wearables.packing import Days, close, reopen

QUARTER_MS = 900_000
A_DAY = DAY_MS // QUARTER_MS
_HEAD = struct.Struct("<IqB")  # quarters of the day, the day, decimals of the figures
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
        """Those at the places ``chosen``, all different."""
        return Quarters(
            self.index[chosen],
            self.count[chosen],
            self.total[chosen],
            self.least[chosen],
            self.most[chosen],
            self.reach[chosen],
        )


def quarters_of(days: Days | Chunk) -> Quarters:
    """The quarters of a chunk, or of days that follow one another."""
    days = days if isinstance(days, Days) else Days.cut(days)
    chunk = days.chunk
    quarter = chunk.start // QUARTER_MS
    at = np.flatnonzero(np.concatenate(([True], quarter[1:] != quarter[:-1])))
    index = quarter[at]
    total = sums(days.decimals, days.parts, at)  # a quarter lies within one day, so it has one power of ten
    reach = np.zeros(len(at), np.int64)
    if not np.array_equal(chunk.end, chunk.start):
        last = np.maximum.reduceat(chunk.end, at) - 1  # what ends at 10:15 does not touch 10:15
        reach = np.clip(last // QUARTER_MS - index, 0, _FARTHEST)
    least, most = np.minimum.reduceat(chunk.value, at), np.maximum.reduceat(chunk.value, at)
    return Quarters(index, np.diff(at, append=len(chunk)), total, least, most, reach)


def pack_quarters(quarters: Quarters) -> list[bytes]:
    """As bytes, a few a quarter: one for each UTC day, in order."""
    day = quarters.index // A_DAY
    cut = np.flatnonzero(day[1:] != day[:-1]) + 1
    parts = Parts(np.concatenate(([0], cut, [len(day)])))
    # Three columns in one: what a column costs, whatever its length, is most of what a day costs.
    thrice, places = parts.beside(3)
    whole, figures = np.empty(3 * len(day), np.int64), np.empty(3 * len(day))
    for place, column in zip(places, (quarters.index % A_DAY, quarters.count, quarters.reach), strict=True):
        whole[place] = column
    for place, figure in zip(places, (quarters.total, quarters.least, quarters.most), strict=True):
        figures[place] = figure
    found = as_decimals(figures, thrice)
    heads = map(_HEAD.pack, parts.counts.tolist(), day[parts.at].tolist(), found.decimals.tolist())
    columns = (heads, ints(whole, thrice), ints(found.whole, thrice))
    return close(map(b"".join, zip(*columns, strict=True)))


def unpack_quarters(packed: Sequence[bytes]) -> Quarters:
    """What `pack_quarters` packed, of any days, one after another."""
    bodies = reopen(packed)
    counts, days, decimals = np.array([_HEAD.unpack_from(body) for body in bodies], np.int64).T
    thrice, places = Parts.of(counts).beside(3)
    columns = Columns(bodies, thrice, [_HEAD.size] * len(bodies))
    whole, figures = columns.ints(), floats(Decimals(columns.ints(), decimals), thrice)
    index, count, reach = (whole[place] for place in places)
    total, least, most = (figures[place] for place in places)
    return Quarters(index + np.repeat(days * A_DAY, counts), count, total, least, most, reach)


def joined(parts: Sequence[Quarters]) -> Quarters:
    """All of them, in order of time."""
    if not parts:
        none, nought = np.empty(0), np.empty(0, np.int64)
        return Quarters(nought, nought, none, none, none, nought)
    if len(parts) == 1:
        return parts[0]
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Quarters.__slots__}
    return Quarters(**columns).only(np.argsort(columns["index"], kind="stable"))


def compose(by_source: Sequence[Quarters], midnights: Ints) -> Quarters:
    """The best source for each quarter: never two sources added up. ``by_source``: the best first, each rising.

    ``midnights``: the quarters at which days begin, one more than there are days; quarters outside are left out. A
    quarter of a lesser source counts only if no better source touches any quarter its readings reach, within its day:
    a phone's one number for a whole day is not added to a watch's minutes.
    """
    return joined(believed(by_source, midnights))


def believed(by_source: Sequence[Quarters], midnights: Ints) -> list[Quarters]:
    """What `compose` takes of each source, in the same order of sources."""
    first, last = int(midnights[0]), int(midnights[-1])
    covered = np.zeros(last - first, np.bool_)
    taken = []
    for source in by_source:
        inside = (source.index >= first) & (source.index < last)
        part = source if inside.all() else source.only(np.flatnonzero(inside))
        day_ends = midnights[np.searchsorted(midnights, part.index, side="right")]
        begins = part.index - first
        ends = np.minimum(part.index + part.reach + 1, day_ends) - first
        before = np.concatenate(([0], np.cumsum(covered)))
        free = np.flatnonzero(before[ends] == before[begins])
        taken.append(part if len(free) == len(part) else part.only(free))
        size = len(covered) + 1
        touched = np.bincount(begins[free], minlength=size) - np.bincount(ends[free], minlength=size)
        covered |= np.cumsum(touched[:-1]) > 0
    return taken
