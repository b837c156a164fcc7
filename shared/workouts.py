"""Workout: a stretch of exercise as a watch or app tells it, with what it says of its length, distance and effort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared import clock


class Activity(StrEnum):
    """What was done. Makers have a hundred names; ``Workout.named`` keeps theirs."""

    WALKING = "walking"
    RUNNING = "running"
    HIKING = "hiking"
    CYCLING = "cycling"
    SWIMMING = "swimming"
    ROWING = "rowing"
    STRENGTH = "strength"
    GYMNASTICS = "gymnastics"
    YOGA = "yoga"
    DANCE = "dance"
    BALL_GAME = "ball_game"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Workout:
    """One workout. ``started_at`` and ``ended_at`` are UTC to the ms, ``offset_min`` the local offset at its start.

    ``active_s``: seconds without pauses; ``distance_m``, ``energy_kcal`` (of the activity alone), ``steps``;
    ``heart_rate_mean`` and ``heart_rate_max`` per minute. What was not told is None. ``named`` is the activity in the
    maker's own word, ``device`` who told it, ``origin`` the format.
    """

    id: UUID
    activity: Activity
    started_at: datetime
    ended_at: datetime
    offset_min: int
    named: str = ""
    active_s: int | None = None
    distance_m: Decimal | None = None
    energy_kcal: Decimal | None = None
    steps: int | None = None
    heart_rate_mean: int | None = None
    heart_rate_max: int | None = None
    device: str = ""
    origin: str = ""

    @property
    def local(self) -> datetime:
        """The wall time of its start, where it was done."""
        return clock.at_offset(self.started_at, self.offset_min)
