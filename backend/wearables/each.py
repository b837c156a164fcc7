"""A post of columns answered for every reading: a bit where it was new, and the ones that cannot be, by their place."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from marshmallow import post_load

from backend.consent.opened import OpenRecord
from backend.wearables import known, merging
from backend.wearables.staging import StagedDay, at_hand
from shared.columns_schema import DeliveredSchema, readings_from, readings_made
from shared.consent import Right, Scope
from shared.problems import Problem
from shared.streams import Readings

# Looked at one by one, where not all of them can be kept: a post of a year is answered as a whole.
MOST_ONE_BY_ONE = 50_000
_COLUMNS = ("start", "end", "value", "comparator")


@dataclass(frozen=True, slots=True)
class Posted:
    """What came: readings of a delivery, or the problem of the first that cannot be and the columns as they came."""

    delivery: UUID
    readings: Readings | None
    problem: Problem | None = None
    columns: dict[str, Any] | None = None
    staged: Sequence[StagedDay] = ()

    def days(self) -> Sequence[StagedDay]:
        """The readings by day, all of them; else the problem is raised."""
        return self.staged or at_hand(self.sound())

    def sound(self) -> Readings:
        """The readings, all of them; else the problem is raised."""
        if self.readings is None:
            assert self.problem is not None
            raise self.problem
        return self.readings


class PostedSchema(DeliveredSchema):
    """The members of `DeliveredSchema`; what is wrong with the columns is not raised before the door asks for them.

    What is sound is sorted into days at once: that needs no record, and nobody waits for the writer's turn meanwhile.
    """

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Posted:
        delivery = data.pop("delivery")
        try:
            readings = readings_made(data)
            return Posted(delivery, readings, staged=at_hand(readings))
        except Problem as problem:
            return Posted(delivery, None, problem, data)


def readings_of(columns: dict[str, Any]) -> Readings:
    """The readings of loaded columns, every one; a `Problem` names the first column that is wrong."""
    return readings_from(columns)


@dataclass(frozen=True, slots=True)
class Answer:
    """``bitmap``: base64 of one bit a reading, the first in the highest bit of the first byte, set where it was new.

    ``refused``: place (from 0) and problem of each that cannot be kept; their bits are not set.
    """

    new: int
    same: int
    bitmap: str
    refused: tuple[tuple[int, Problem], ...]


def deliver(record: OpenRecord, posted: Posted) -> Answer:
    """Keep what can be kept of a post. `Problem` where its columns do not even belong together."""
    record.must(Scope.WEARABLES, Right.WRITE)
    good, refused = [posted], dict[int, Problem]()
    count = len(posted.readings) if posted.readings is not None else 0
    if posted.readings is None:
        count, refused = _apart(posted)
        good = [_without(posted, refused)] if len(refused) < count else []
    bits = np.zeros(count, np.uint8)
    places = np.array([at for at in range(count) if at not in refused], np.int64)
    for each in good:
        readings = each.sound()
        bits[places] = known.news(record, readings)
        merging.deliver_staged(record, each.delivery, each.days())
    new = int(bits.sum())
    bitmap = base64.b64encode(np.packbits(bits).tobytes()).decode("ascii")
    return Answer(new, count - len(refused) - new, bitmap, tuple(refused.items()))


def _apart(posted: Posted) -> tuple[int, dict[int, Problem]]:
    """How many readings came, and the problem of each that cannot be."""
    columns = posted.columns or {}
    lengths = {len(columns[name]) for name in _COLUMNS if name in columns}
    count = next(iter(lengths), 0)
    if len(lengths) != 1 or not 0 < count <= MOST_ONE_BY_ONE:
        posted.sound()
    problems: dict[int, Problem] = {}
    for at in range(count):
        one = {name: [columns[name][at]] if name in _COLUMNS else columns[name] for name in columns}
        try:
            readings_of(one)
        except Problem as problem:
            if problem.field == "stream":
                raise
            problems[at] = problem
    return count, problems


def _without(posted: Posted, refused: dict[int, Problem]) -> Posted:
    columns = posted.columns or {}
    kept = {
        name: [one for at, one in enumerate(column) if at not in refused] if name in _COLUMNS else column
        for name, column in columns.items()
    }
    return Posted(posted.delivery, readings_of(kept))
