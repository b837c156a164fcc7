"""Totals that a device itself says a whole day came to: kept beside our sum, never added. Pure.

Ours: such a total is of the person's day on which it begins. A device that says two of a day is believed in the one
that covers more of the day, and of those in the greater: a day's total only grows while the day goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from backend.wearables.chunks import Chunk
from backend.wearables.days import local_day, midnight
from shared.kinds import REPORTED
from shared.stream_periods import Reported

_SUFFIX = "_reported"


def told_of(stream: str) -> str:
    """The stream whose days a stream is shown on: its own, or for totals that are reported the one they are of."""
    return stream.removesuffix(_SUFFIX) if stream in REPORTED else stream


def totals_of(stream: str) -> str | None:
    """The stream of reported totals of ``stream``, if there is one."""
    name = stream + _SUFFIX
    return name if name in REPORTED else None


def reported(
    chunks: Iterable[tuple[int, Chunk]], names: Mapping[int, str], zone: ZoneInfo
) -> dict[int, tuple[Reported, ...]]:
    """By day, what each source said. ``names``: of the sources by number, the best first."""
    best: dict[tuple[int, int], tuple[int, float]] = {}
    for source, chunk in chunks:
        for start, end, total in _rows(chunk):
            day = local_day(zone, start)
            covers = min(end, midnight(zone, day + 1)) - start
            best[day, source] = max(best.get((day, source), (-1, 0.0)), (covers, total))
    rank = {source: place for place, source in enumerate(names)}
    found: dict[int, tuple[Reported, ...]] = {}
    for day, source in sorted(best, key=lambda each: (each[0], rank[each[1]])):
        found[day] = (*found.get(day, ()), Reported(names[source], best[day, source][1]))
    return found


def _rows(chunk: Chunk) -> Sequence[tuple[int, int, float]]:
    return list(zip(chunk.start.tolist(), chunk.end.tolist(), chunk.value.tolist(), strict=True))
