"""A workout as JSON: times with their local offset, amounts as exact decimal strings; what was not told is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import post_load, pre_dump

from shared import clock
from shared.problems import Invalid
from shared.schema import Exact, Id, Moment, OneOf, Strict, Text, Whole, dump, load
from shared.workouts import Activity, Workout

NAME_LENGTH = 100
# More than anybody does at once; only a broken file says more (limits of ours).
_LONGEST_S = 14 * 86_400
_MOST_STEPS = 1_000_000
_MOST_AMOUNT = Decimal(10_000_000)
_SLOWEST, _FASTEST = 10, 350


class WorkoutSchema(Strict[Workout]):
    """One workout. ``distance_m`` in metres, ``active_s`` in seconds without pauses."""

    id = Id(required=True)
    activity = OneOf(Activity, required=True)
    started_at = Moment(required=True)
    ended_at = Moment(required=True)
    named = Text(NAME_LENGTH)
    active_s = Whole(0, _LONGEST_S)
    distance_m = Exact()
    energy_kcal = Exact()
    steps = Whole(0, _MOST_STEPS)
    heart_rate_mean = Whole(_SLOWEST, _FASTEST)
    heart_rate_max = Whole(_SLOWEST, _FASTEST)
    device = Text(NAME_LENGTH)
    origin = Text(NAME_LENGTH)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Workout:
        """The word itself."""
        local: datetime = data["started_at"]
        offset = local.utcoffset()
        assert offset is not None  # Moment takes no time without a zone
        started_at, ended_at = local.astimezone(UTC), data["ended_at"].astimezone(UTC)
        if not 0 <= (ended_at - started_at).total_seconds() <= _LONGEST_S:
            raise Invalid("ends_before_start", field="ended_at")
        for name in ("distance_m", "energy_kcal"):
            if not 0 <= data.get(name, Decimal(0)) <= _MOST_AMOUNT:
                raise Invalid("invalid_fields", field=name)
        times = {"started_at": started_at, "ended_at": ended_at}
        return Workout(**{**data, **times, "offset_min": int(offset.total_seconds()) // 60})

    @pre_dump
    def members(self, workout: Workout, **_: object) -> dict[str, object]:
        """The members before they are written: what is empty is left out."""
        names = (
            "named",
            "active_s",
            "distance_m",
            "energy_kcal",
            "steps",
            "heart_rate_mean",
            "heart_rate_max",
        )
        told = {name: getattr(workout, name) for name in (*names, "device", "origin")}
        return {
            "id": workout.id,
            "activity": workout.activity,
            "started_at": workout.local,
            "ended_at": clock.at_offset(workout.ended_at, workout.offset_min),
            **{name: value for name, value in told.items() if value not in (None, "")},
        }


_WORKOUT = WorkoutSchema()


def workout_from(data: object) -> Workout:
    """The workout that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_WORKOUT, data)


def workout_members(workout: Workout) -> dict[str, object]:
    """A workout as JSON members."""
    return dump(_WORKOUT, workout)
