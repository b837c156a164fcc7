"""Sleep: stages become sleeps, and a sleep belongs to the person's day on which she woke from it. Pure.

Our own rules (no published source): pauses of up to an hour belong to the same sleep; a source that tells stages is
believed before one that only knows "in bed"; a sleep of a lesser source counts only where no better one saw a sleep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.wearables.chunks import Chunk
from shared.kinds import SLEEP_STAGES, SleepStage

_PAUSE_MS = 3_600_000
_MINUTE_MS = 60_000
ASLEEP = frozenset({SleepStage.ASLEEP, SleepStage.LIGHT, SleepStage.DEEP, SleepStage.REM})
# Not a stage: any of the sleeping ones, counted once where they overlap.
ASLEEP_IN_ALL = "asleep_in_all"


@dataclass(frozen=True, slots=True)
class Sleep:
    """One sleep, ms UTC. ``minutes`` by stage, overlapping readings of a stage counted once."""

    begun: int
    ended: int
    count: int
    minutes: Mapping[str, float]

    @property
    def has_stages(self) -> bool:
        """Whether more is known than the time in bed."""
        return ASLEEP_IN_ALL in self.minutes


def sleeps_of(chunks: Sequence[Chunk]) -> list[Sleep]:
    """The sleeps of one source, in order. ``chunks``: following UTC days."""
    if not chunks:
        return []
    start = np.concatenate([chunk.start for chunk in chunks])
    end = np.concatenate([chunk.end for chunk in chunks])
    stage = np.concatenate([chunk.value for chunk in chunks]).astype(np.int64)
    latest = np.maximum.accumulate(end)
    borders = np.flatnonzero(start[1:] > latest[:-1] + _PAUSE_MS) + 1
    parts = zip(*(np.split(column, borders) for column in (start, end, stage)), strict=True)
    return [_sleep(list(zip(*(each.tolist() for each in part), strict=True))) for part in parts]


def best(by_source: Sequence[Sequence[Sleep]]) -> list[Sleep]:
    """The sleeps to believe where sources overlap. ``by_source``: the best source first."""
    ranked = [
        (not sleep.has_stages, rank, sleep) for rank, sleeps in enumerate(by_source) for sleep in sleeps
    ]
    chosen: list[Sleep] = []
    for _, _, sleep in sorted(ranked, key=lambda each: (each[0], each[1], each[2].begun)):
        if all(sleep.ended <= other.begun or other.ended <= sleep.begun for other in chosen):
            chosen.append(sleep)
    return sorted(chosen, key=lambda sleep: sleep.begun)


def _sleep(readings: list[tuple[int, int, int]]) -> Sleep:
    minutes = {}
    for number, stage in enumerate(SLEEP_STAGES):
        spans = [(start, end) for start, end, value in readings if value == number]
        if spans:
            minutes[stage.value] = _minutes(spans)
    asleep = [(start, end) for start, end, value in readings if _stage(value) in ASLEEP]
    if asleep:
        minutes[ASLEEP_IN_ALL] = _minutes(asleep)
    return Sleep(readings[0][0], max(end for _, end, _ in readings), len(readings), minutes)


def _stage(value: int) -> SleepStage | None:
    return SLEEP_STAGES[value] if 0 <= value < len(SLEEP_STAGES) else None


def _minutes(spans: Iterable[tuple[int, int]]) -> float:
    total, reached = 0, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        total += max(0, end - begin)
        reached = end if reached is None else max(reached, end)
    return total / _MINUTE_MS
