"""Sleep: stages become sleeps, and a sleep belongs to the person's day on which she woke from it. Pure.

Our own rules (no published source): pauses of up to an hour belong to the same sleep; a source that tells stages is
believed before one that only knows "in bed"; a sleep of a lesser source counts only where no better one saw a sleep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.wearables.chunks import Chunk, Floats, Ints
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


@dataclass(frozen=True, slots=True)
class Bunch:
    """Sleeps that overlap one another, from first to last, and the ones of them to believe."""

    begun: int
    ended: int
    best: list[Sleep]


_NUMBERS = {
    **{stage.value: [number] for number, stage in enumerate(SLEEP_STAGES)},
    ASLEEP_IN_ALL: [number for number, stage in enumerate(SLEEP_STAGES) if stage in ASLEEP],
}


def sleeps_of(chunks: Sequence[Chunk]) -> list[Sleep]:
    """The sleeps of one source, in order. ``chunks``: following UTC days."""
    if not chunks:
        return []
    start = np.concatenate([chunk.start for chunk in chunks])
    end = np.concatenate([chunk.end for chunk in chunks])
    return sleeps_in(start, end, np.concatenate([chunk.value for chunk in chunks]))


def sleeps_in(start: Ints, end: Ints, value: Floats) -> list[Sleep]:
    """The sleeps of one source, in order, from the columns of following UTC days."""
    if not len(start):
        return []
    stage = value.astype(np.int64)
    latest = np.maximum.accumulate(end)
    at = np.concatenate(([0], np.flatnonzero(start[1:] > latest[:-1] + _PAUSE_MS) + 1))
    which = np.repeat(np.arange(len(at)), np.diff(at, append=len(start)))
    minutes: list[dict[str, float]] = [{} for _ in at]
    for name, numbers in _NUMBERS.items():
        chosen = np.flatnonzero(np.isin(stage, numbers))
        if len(chosen):
            of_sleeps, lengths = _minutes(start[chosen], end[chosen], which[chosen])
            for sleep, length in zip(of_sleeps, lengths, strict=True):
                minutes[sleep][name] = length
    ended, counts = np.maximum.reduceat(end, at), np.diff(at, append=len(start))
    return list(map(Sleep, start[at].tolist(), ended.tolist(), counts.tolist(), minutes))


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


def bunches(by_source: Sequence[Sequence[Sleep]]) -> list[Bunch]:
    """The sleeps of all sources in bunches, in order, such that sleeps of different bunches never overlap.

    The best of all sleeps are those of each bunch. ``by_source``: the best source first.
    """
    found: list[Bunch] = []
    together: list[list[Sleep]] = [[] for _ in by_source]
    begun = ended = 0
    ranked = ((rank, sleep) for rank, sleeps in enumerate(by_source) for sleep in sleeps)
    for rank, sleep in sorted(ranked, key=lambda each: (each[1].begun, each[1].ended)):
        if any(together) and sleep.begun >= ended:
            found.append(Bunch(begun, ended, best(together)))
            together = [[] for _ in by_source]
        if not any(together):
            begun, ended = sleep.begun, sleep.ended
        together[rank].append(sleep)
        ended = max(ended, sleep.ended)
    if any(together):
        found.append(Bunch(begun, ended, best(together)))
    return found


def _minutes(start: Ints, end: Ints, which: Ints) -> tuple[list[int], list[float]]:
    """How long the spans of each sleep last, overlaps counted once. ``start`` and ``which`` rise.

    Sleeps are apart, so what an earlier one reached needs no forgetting.
    """
    reached = np.maximum.accumulate(end)
    begin = start.copy()
    np.maximum(start[1:], reached[:-1], out=begin[1:])
    lasting = np.maximum(end - begin, 0)
    at = np.concatenate(([0], np.flatnonzero(which[1:] != which[:-1]) + 1))
    return which[at].tolist(), (np.add.reduceat(lasting, at) / _MINUTE_MS).tolist()
