"""Workouts of an Apple export: from the element, its statistics and its metadata to our word.

Modern exports keep totals in `WorkoutStatistics` children, older ones and other apps in attributes of the `Workout`
itself (formats/wearables.md section 2). ``duration`` is without pauses. The names of activities are HealthKit's; the
ones without a word of ours stay in ``named``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from shared import units
from shared.clock import from_ms
from shared.formats import Found, Trouble
from shared.formats.apple_words import number, offset_min, to_ms
from shared.ids import new_id
from shared.problems import Invalid
from shared.workouts import Activity, Workout
from shared.workouts_schema import NAME_LENGTH, workout_from, workout_members

# A phone writes a handful of statistics a workout.
MOST_STATISTICS = 100

_TYPE = "HKWorkoutActivityType"
_QUANTITY = "HKQuantityTypeIdentifier"

_ACTIVITY: dict[str, Activity] = {
    "Walking": Activity.WALKING,
    "Running": Activity.RUNNING,
    "Hiking": Activity.HIKING,
    "Cycling": Activity.CYCLING,
    "HandCycling": Activity.CYCLING,
    "Swimming": Activity.SWIMMING,
    "Rowing": Activity.ROWING,
    "TraditionalStrengthTraining": Activity.STRENGTH,
    "FunctionalStrengthTraining": Activity.STRENGTH,
    "CoreTraining": Activity.STRENGTH,
    "Gymnastics": Activity.GYMNASTICS,
    "Flexibility": Activity.GYMNASTICS,
    "PreparationAndRecovery": Activity.GYMNASTICS,
    "Cooldown": Activity.GYMNASTICS,
    "TaiChi": Activity.GYMNASTICS,
    "Pilates": Activity.GYMNASTICS,
    "Yoga": Activity.YOGA,
    "MindAndBody": Activity.YOGA,
    "Dance": Activity.DANCE,
    "CardioDance": Activity.DANCE,
    "SocialDance": Activity.DANCE,
    **dict.fromkeys(
        (
            *("Baseball", "Basketball", "Badminton", "Golf", "Handball", "Rugby", "Soccer", "Softball"),
            *("Squash", "TableTennis", "Tennis", "Volleyball"),
        ),
        Activity.BALL_GAME,
    ),
}

_DISTANCES = ("DistanceWalkingRunning", "DistanceCycling", "DistanceSwimming", "DistanceWheelchair")
# More than anybody does in one go, in whatever unit.
_MOST = Decimal(100_000_000)
_SECONDS = {"s": 1, "sec": 1, "min": 60, "hr": 3600, "h": 3600}


@dataclass(slots=True)
class Draft:
    """One `Workout` element while it is read: its attributes, its metadata, and its statistics by type."""

    attributes: dict[str, str]
    place: int
    notes: dict[str, str] = field(default_factory=dict)
    by_type: dict[str, dict[str, str]] = field(default_factory=dict)

    def statistics(self, attributes: dict[str, str]) -> None:
        """One `WorkoutStatistics` child; of two of one type the first counts."""
        if len(self.by_type) < MOST_STATISTICS:
            self.by_type.setdefault(attributes.get("type", "").removeprefix(_QUANTITY), attributes)

    @property
    def told(self) -> str:
        """As it stands in the file, in short."""
        said = (self.attributes.get(name, "") for name in ("workoutActivityType", "startDate", "sourceName"))
        return " ".join(said)[:200]


def workout_of(draft: Draft, zone: str, where: str) -> list[Found | Trouble]:
    """The workout of an element, and what of its amounts was not understood. ``zone``: the person's own.

    An `Invalid` says why there is none.
    """
    given = draft.attributes
    start, end = to_ms(given.get("startDate", "")), to_ms(given.get("endDate", ""))
    named = given.get("workoutActivityType", "").removeprefix(_TYPE)
    source = given.get("sourceName", "")
    amounts = _Amounts(draft)
    made = Workout(
        new_id(),
        _ACTIVITY.get(named, Activity.OTHER),
        from_ms(start),
        from_ms(end),
        offset_min(from_ms(start), draft.notes, zone),
        named[:NAME_LENGTH],
        amounts.whole(amounts.active),
        amounts.rounded(amounts.distance),
        amounts.rounded(amounts.energy),
        amounts.whole(amounts.steps),
        amounts.whole(lambda: amounts.heart("average")),
        amounts.whole(lambda: amounts.heart("maximum")),
        source[:NAME_LENGTH],
        "apple_health",
    )
    workout_from(workout_members(made))
    found = Found(made, f"workout|{named}|{start}|{end}|{source}", where)
    return [found, *(Trouble(where, problem, draft.told) for problem in amounts.problems)]


class _Amounts:
    """The amounts of a workout; one that is not understood is left out and told."""

    def __init__(self, draft: Draft) -> None:
        self._given = draft.attributes
        self._by_type = draft.by_type
        self.problems: list[Invalid] = []

    def whole(self, amount: Callable[[], Decimal | None]) -> int | None:
        """To the nearest whole."""
        value = self._understood(amount)
        return None if value is None else round(value)

    def rounded(self, amount: Callable[[], Decimal | None]) -> Decimal | None:
        """To one decimal; the file keeps the rest."""
        value = self._understood(amount)
        return None if value is None else units.rounded(value, 1)

    def active(self) -> Decimal | None:
        """Seconds without pauses."""
        return self._amount(self._given.get("duration", ""), self._given.get("durationUnit", "min"), "s")

    def distance(self) -> Decimal | None:
        """Metres, by whichever means."""
        name = next((each for each in _DISTANCES if each in self._by_type), _DISTANCES[0])
        return self._sum(name, "totalDistance", "m")

    def energy(self) -> Decimal | None:
        """Kilocalories of the activity."""
        return self._sum("ActiveEnergyBurned", "totalEnergyBurned", "kcal")

    def steps(self) -> Decimal | None:
        """Steps."""
        return self._sum("StepCount", "", "{steps}")

    def heart(self, which: str) -> Decimal | None:
        """The average or maximum heart rate a minute."""
        found = self._by_type.get("HeartRate", {})
        return self._amount(found.get(which, ""), found.get("unit", "count/min"), "/min")

    def _understood(self, amount: Callable[[], Decimal | None]) -> Decimal | None:
        try:
            return amount()
        except Invalid as problem:
            self.problems.append(problem)
            return None

    def _sum(self, name: str, older: str, to: str) -> Decimal | None:
        """A total: of the statistics, else of the attribute that older exports have."""
        found = self._by_type.get(name)
        if found is not None:
            return self._amount(found.get("sum", ""), found.get("unit", ""), to)
        return self._amount(self._given.get(older, ""), self._given.get(f"{older}Unit", ""), to)

    def _amount(self, text: str, unit: str, to: str) -> Decimal | None:
        """None where nothing is written."""
        if not text:
            return None
        value = number(text)
        if not 0 <= value <= _MOST:
            raise Invalid("not_a_number")
        if to == "s":
            factor = _SECONDS.get(unit)
            found = None if factor is None else value * factor
        elif unit == "count" and to == "{steps}":
            found = value
        else:
            found = units.convert(value, unit, to)
        if found is None:
            raise Invalid("unit_unknown", unit=unit[:40])
        return found
