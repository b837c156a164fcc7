"""Single rows of a Health Connect database: measurements a person took, and workouts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared import clock, units
from shared.formats import Piece, temperature_sites
from shared.formats.gathered import FIRST_MS, LAST_MS, checked, recorded
from shared.formats.moments import Walls
from shared.formats.piles import texts
from shared.ids import new_id
from shared.kinds import KINDS, Meal
from shared.problems import Invalid
from shared.vitals import BloodPressure, Vital
from shared.workouts import Activity, Workout

ORIGIN = "health_connect"

_TEMPERATURES = "body_temperature_record_table"
# Table -> kind, column, the unit it is written in ("" where it is ours).
INSTANTS: dict[str, tuple[str, str, str]] = {
    "weight_record_table": ("weight", "weight", "g"),
    "height_record_table": ("height", "height", "m"),
    "body_fat_record_table": ("body_fat", "percentage", ""),
    _TEMPERATURES: ("body_temperature", "temperature", ""),
    "bone_mass_record_table": ("bone_mass", "mass", "g"),
    "vo2_max_record_table": ("vo2_max", "vo2_milliliters_per_minute_kilogram", ""),
    "basal_metabolic_rate_record_table": ("basal_metabolism", "basal_metabolic_rate", "W"),
    "oxygen_saturation_record_table": ("spo2", "percentage", ""),
    "respiratory_rate_record_table": ("respiratory_rate", "rate", ""),
    "blood_glucose_record_table": ("blood_glucose", "level", "mmol/L"),
}
# Android's numbers (BloodGlucoseRecord.RelationToMealType, MealType); they stand in columns of text.
_FASTING, _BEFORE, _AFTER = "2", "3", "4"
_MEALS = {
    (_BEFORE, "1"): Meal.BEFORE_BREAKFAST,
    (_AFTER, "1"): Meal.AFTER_BREAKFAST,
    (_BEFORE, "2"): Meal.BEFORE_LUNCH,
    (_AFTER, "2"): Meal.AFTER_LUNCH,
    (_BEFORE, "3"): Meal.BEFORE_DINNER,
    (_AFTER, "3"): Meal.AFTER_DINNER,
}
_RELATIONS = {_FASTING: Meal.FASTING, _BEFORE: Meal.BEFORE_MEAL, _AFTER: Meal.AFTER_MEAL}
_ACTIVE, _TYPED = 1, 3

# Android's ExerciseSessionType: its number, its name, and what it is to us.
_EXERCISES: dict[int, tuple[str, Activity]] = {
    2: ("baseball", Activity.BALL_GAME), 3: ("basketball", Activity.BALL_GAME),
    1: ("badminton", Activity.BALL_GAME), 4: ("biking", Activity.CYCLING),
    5: ("biking_stationary", Activity.CYCLING), 8: ("calisthenics", Activity.GYMNASTICS),
    10: ("dancing", Activity.DANCE), 13: ("football_american", Activity.BALL_GAME),
    14: ("football_australian", Activity.BALL_GAME), 16: ("golf", Activity.BALL_GAME),
    18: ("gymnastics", Activity.GYMNASTICS), 19: ("handball", Activity.BALL_GAME),
    21: ("hiking", Activity.HIKING), 27: ("pilates", Activity.GYMNASTICS),
    28: ("racquetball", Activity.BALL_GAME), 31: ("rowing", Activity.ROWING),
    32: ("rugby", Activity.BALL_GAME), 33: ("running", Activity.RUNNING),
    34: ("running_treadmill", Activity.RUNNING), 41: ("soccer", Activity.BALL_GAME),
    42: ("softball", Activity.BALL_GAME), 43: ("squash", Activity.BALL_GAME),
    45: ("strength_training", Activity.STRENGTH), 46: ("stretching", Activity.GYMNASTICS),
    48: ("swimming_open_water", Activity.SWIMMING), 49: ("swimming_pool", Activity.SWIMMING),
    50: ("table_tennis", Activity.BALL_GAME), 51: ("tennis", Activity.BALL_GAME),
    52: ("volleyball", Activity.BALL_GAME), 53: ("walking", Activity.WALKING),
    55: ("weightlifting", Activity.STRENGTH), 57: ("yoga", Activity.YOGA),
    61: ("rowing_machine", Activity.ROWING),
}  # fmt: skip


@dataclass(slots=True)
class Row:
    """One row as it stands: its table, its cells by column, and the app that wrote it."""

    table: str
    cells: dict[str, object]
    device: str = ""

    @property
    def where(self) -> str:
        """Table and number of the row."""
        return f"{self.table} {self.cells.get('row_id', '')}".strip()

    @property
    def excerpt(self) -> str:
        """The cells that are no keys, as text."""
        return texts(
            f"{name} {cell}"
            for name, cell in self.cells.items()
            if (isinstance(cell, int | float | str) and "time" in name) or name in _VALUES
        )

    @property
    def by_hand(self) -> bool:
        """Whether a person took it: recorded actively, or typed."""
        return self.cells.get("recording_method") in (_ACTIVE, _TYPED)

    def number(self, column: str) -> Decimal:
        """The number of a column."""
        cell = self.cells.get(column)
        if not isinstance(cell, int | float) or isinstance(cell, bool):
            raise Invalid("not_a_number", field=column)
        return units.exact(cell)

    def moment(self, column: str) -> int:
        """Milliseconds UTC of a column."""
        cell = self.cells.get(column)
        if not isinstance(cell, int) or not FIRST_MS <= cell <= LAST_MS:
            raise Invalid("time_impossible", when=str(cell)[:40])
        return cell

    def offset_min(self, column: str, ms: int, walls: Walls) -> int:
        """Minutes to UTC: the seconds of the row's own offset, else of the person's zone."""
        cell = self.cells.get(column)
        if isinstance(cell, int) and abs(cell) <= 18 * 3600:
            return cell // 60
        return walls.offset_min(ms)

    def text(self, column: str) -> str:
        """A number in a column of text, which comes back as text or as a number."""
        cell = self.cells.get(column)
        return str(cell) if isinstance(cell, int | str) else ""

    def source_id(self) -> str:
        """Its uuid; else the app with the app's own id; else what was measured when."""
        raw = self.cells.get("uuid")
        if isinstance(raw, bytes) and len(raw) == 16:
            return f"{self.table}|{UUID(bytes=raw)}"
        own = self.text("client_record_id")
        if own and self.device:
            return f"{self.table}|{own[:100]}|{self.device}"
        numbers = [f"{name}={self.cells[name]}" for name in sorted(_VALUES & set(self.cells))]
        when = self.cells.get("time", self.cells.get("start_time"))
        return f"{self.table}|{when}|{','.join(numbers)}|{self.device}"


_VALUES = {column for _, column, _ in INSTANTS.values()} | {"systolic", "diastolic", "exercise_type"}


def is_of_skin(row: Row) -> bool:
    """Whether a row is the temperature of the skin. `Invalid` for a place that Android does not name."""
    return row.table == _TEMPERATURES and (
        temperature_sites.numbered(row.text("measurement_location").strip(), temperature_sites.ANDROID)
        == temperature_sites.SKIN
    )


def found(row: Row, walls: Walls) -> Piece:
    """A measurement with one number."""
    kind, column, unit = INSTANTS[row.table]
    value = row.number(column)
    if unit:
        converted = units.convert(value, unit, _unit(kind))
        assert converted is not None
        value = converted
    # A share of at most 1 is a fraction (the rule for every format).
    if kind in ("spo2", "body_fat") and 0 < value <= 1:
        value *= 100
    return _checked(row, walls, kind, value)


def pressure(row: Row, walls: Walls) -> Piece:
    """A blood pressure. The table has no pulse: apps keep it as a heart rate of its own."""
    return _checked(
        row, walls, "blood_pressure", BloodPressure(row.number("systolic"), row.number("diastolic"))
    )


def workout(row: Row, walls: Walls) -> Piece:
    """A session of exercise; its distance and heart rates stand in tables of their own and are not added up."""
    start, end = row.moment("start_time"), row.moment("end_time")
    if end < start:
        raise Invalid("ends_before_start")
    number = row.cells.get("exercise_type")
    named, activity = _EXERCISES.get(number if isinstance(number, int) else 0, ("", Activity.OTHER))
    word = Workout(
        new_id(),
        activity,
        clock.from_ms(start),
        clock.from_ms(end),
        row.offset_min("start_zone_offset", start, walls),
        named=named or (f"exercise_type {number}" if isinstance(number, int) and number else ""),
        device=row.device[:100],
        origin=ORIGIN,
    )
    return recorded(word, row.source_id(), row.where)


def _unit(kind: str) -> str:
    return KINDS[kind].measure.unit


def _checked(row: Row, walls: Walls, kind: str, reading: Decimal | BloodPressure) -> Piece:
    ms = row.moment("time")
    meal = None
    if kind == "blood_glucose":
        relation = row.text("relation_to_meal")
        meal = _MEALS.get((relation, row.text("meal_type")), _RELATIONS.get(relation))
    vital = Vital(
        new_id(),
        kind,
        clock.from_ms(ms),
        row.offset_min("zone_offset", ms, walls),
        reading,
        meal=meal,
        device=row.device,
        origin=ORIGIN,
    )
    return checked(vital, row.source_id(), row.where, row.excerpt)
