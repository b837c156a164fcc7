"""A post of columns answered for every reading: a bit where it was new, a bit where it cannot be, and why it cannot."""

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
from backend.wearables.judging import Bits, Judged, Refusal, judged
from backend.wearables.staging import StagedDay, at_hand
from shared.columns_schema import DeliveredSchema, readings_made
from shared.consent import Right, Scope
from shared.problems import Problem
from shared.streams import Readings


@dataclass(frozen=True, slots=True)
class Posted:
    """What came: the readings of a delivery that can be, by day; where some cannot, the ``problem`` of all together.

    ``apart``: what is wrong with which, where something is; None too where the columns do not even belong together.
    """

    delivery: UUID
    readings: Readings | None
    staged: Sequence[StagedDay] = ()
    problem: Problem | None = None
    apart: Judged | None = None

    def days(self) -> Sequence[StagedDay]:
        """The readings by day, all of them; else the problem is raised."""
        if self.problem is not None:
            raise self.problem
        return self.staged


class PostedSchema(DeliveredSchema):
    """The members of `DeliveredSchema`; what is wrong with the columns is not raised before the door asks for them.

    What is sound is sorted into days at once: that needs no record, and nobody waits for the writer's turn meanwhile.
    """

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Posted:
        delivery = data.pop("delivery")
        try:
            readings = readings_made(data)
            return Posted(delivery, readings, at_hand(readings))
        except Problem as problem:
            return _apart(delivery, data, problem)


def _apart(delivery: UUID, columns: dict[str, Any], problem: Problem) -> Posted:
    try:
        apart = judged(columns)
    except Problem as unfit:
        return Posted(delivery, None, problem=unfit)
    staged = at_hand(apart.sound) if apart.sound is not None else ()
    return Posted(delivery, apart.sound, staged, problem, apart)


@dataclass(frozen=True, slots=True)
class Answer:
    """``bitmap``: base64 of one bit a reading, the first in the highest bit of the first byte, set where it was new.

    ``refused``: the same, set where it cannot be kept (empty when all can), and ``refusals`` why.
    """

    new: int
    same: int
    bitmap: str
    refused: str
    refusals: tuple[Refusal, ...]


def deliver(record: OpenRecord, posted: Posted) -> Answer:
    """Keep what can be kept of a post. `Problem` where its columns do not even belong together."""
    record.must(Scope.WEARABLES, Right.WRITE)
    if posted.problem is not None and posted.apart is None:
        raise posted.problem
    readings, apart = posted.readings, posted.apart
    sound = np.ones(0 if readings is None else len(readings), np.bool_) if apart is None else apart.is_sound
    bits = np.zeros(len(sound), np.bool_)
    if readings is not None:
        bits[sound] = known.news(record, readings)
        brought = merging.deliver_staged(record, posted.delivery, posted.staged)
        bits &= brought.new > 0  # a post that was undone brings nothing
    new = int(bits.sum())
    refused = "" if apart is None else _packed(~sound)
    return Answer(
        new, int(sound.sum()) - new, _packed(bits), refused, () if apart is None else apart.refusals
    )


def _packed(bits: Bits) -> str:
    return base64.b64encode(np.packbits(bits).tobytes()).decode("ascii")
