"""What the messages of one FIT file come to: readings, measurements and workouts in our words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from shared import clock, units
from shared.formats import Found, Piece, Trouble
from shared.formats.clinic_keys import UNNAMED
from shared.formats.garmin_days import Monitoring
from shared.formats.gathered import Columns, checked, recorded
from shared.formats.moments import Walls
from shared.ids import new_id
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import BloodPressure, MeasuringStatus, Vital
from shared.workouts import Activity, Workout

ORIGIN = "garmin_fit"

# Messages that hold settings, structure or the shares of what is read elsewhere; nothing that was measured is in them.
_FURNITURE = frozenset((
    "file_id", "file_creator", "device_info", "developer_data_id", "field_description", "event", "lap",
    "length", "split", "split_summary", "device_settings", "user_profile", "hrm_profile", "sdm_profile",
    "bike_profile", "connectivity", "zones_target", "sport", "workout", "workout_step", "training_settings",
    "time_in_zone", "hr_zone", "power_zone", "speed_zone", "cadence_zone", "met_zone", "activity",
    "monitoring_info", "software", "capabilities", "field_capabilities", "mesg_capabilities",
    "file_capabilities", "goal", "schedule", "watchface_settings", "ohr_settings", "timestamp_correlation",
    "slave_device", "totals", "pad",
))  # fmt: skip
_SPORTS = {
    "walking": Activity.WALKING, "running": Activity.RUNNING, "hiking": Activity.HIKING,
    "mountaineering": Activity.HIKING, "cycling": Activity.CYCLING, "e_biking": Activity.CYCLING,
    "swimming": Activity.SWIMMING, "rowing": Activity.ROWING, "dance": Activity.DANCE,
    "basketball": Activity.BALL_GAME, "soccer": Activity.BALL_GAME, "tennis": Activity.BALL_GAME,
    "american_football": Activity.BALL_GAME, "baseball": Activity.BALL_GAME, "rugby": Activity.BALL_GAME,
    "volleyball": Activity.BALL_GAME, "racket": Activity.BALL_GAME, "golf": Activity.BALL_GAME,
}  # fmt: skip
# What the sub sport says more exactly than the sport.
_SUB_SPORTS = {
    "indoor_rowing": Activity.ROWING, "strength_training": Activity.STRENGTH, "yoga": Activity.YOGA,
    "flexibility_training": Activity.GYMNASTICS, "pilates": Activity.GYMNASTICS,
}  # fmt: skip
_STAGES = {
    "awake": SleepStage.AWAKE, "light": SleepStage.LIGHT, "deep": SleepStage.DEEP, "rem": SleepStage.REM,
}  # fmt: skip
# A stage lasts until the next message; a longer silence is the end of the night (a rule of ours).
_LONGEST_STAGE_MS = 4 * 3_600_000
# Beats carry no time of their own: they follow on another, and on the last told moment after a longer silence (ours).
_BEATS_ADRIFT_MS = 10_000
# What a scale measures, and where it is kept; percent and kg are the units of the profile.
_SCALE = {
    "weight": "weight", "percent_fat": "body_fat", "percent_hydration": "body_water",
    "visceral_fat_rating": "visceral_fat", "bone_mass": "bone_mass", "muscle_mass": "muscle_mass",
    "basal_met": "basal_metabolism", "metabolic_age": "body_age", "bmi": "bmi",
}  # fmt: skip
# Streams that come as one number with the moment of their message.
_SINGLE = {
    "spo2_data": ("spo2", "reading_spo2"),
    "respiration_rate": ("respiratory_rate", "respiration_rate"),
    "monitoring_hr_data": ("resting_heart_rate", "current_day_resting_heart_rate"),
}
_SHARED = ("weight_scale", "blood_pressure")
_MEASURE_FAILED = ("error_incomplete_data", "error_no_measurement", "error_data_out_of_range")


@dataclass(frozen=True, slots=True)
class Told:
    """A message: its name, the fields that hold something, and its number in the file."""

    name: str
    fields: dict[str, object]
    number: int

    @property
    def at(self) -> int | None:
        """Its moment in ms UTC, where it has one."""
        return self.moment("timestamp")

    def moment(self, name: str) -> int | None:
        """A field that is a moment, in ms UTC."""
        found = self.fields.get(name)
        return clock.to_ms(found) if isinstance(found, datetime) else None

    def amount(self, name: str) -> float | None:
        """A field that is one number."""
        found = self.fields.get(name)
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None

    def word(self, name: str) -> str:
        """A field that is a name of the profile, else empty."""
        found = self.fields.get(name)
        return found if isinstance(found, str) else ""


class Gathering:
    """One FIT file: `take` each message, then `pieces`."""

    def __init__(self, zone: str) -> None:
        self._walls = Walls(zone)
        self._columns = Columns()
        self._monitoring = Monitoring(self._walls)
        self._offset: int | None = None
        self._device = "FIT"
        self._last: int | None = None
        self._beat_at: int | None = None
        self._stages: list[tuple[int, str]] = []
        self._words: list[Told] = []
        self._unread: Counter[str] = Counter()
        self._timeless: Counter[str] = Counter()
        self._takes: dict[str, Callable[[Told], None]] = {
            "file_id": self._file_id, "record": self._record, "monitoring": self._watch, "hrv": self._hrv,
            "monitoring_info": self._local, "activity": self._local, "sleep_level": self._sleep,
            "beat_intervals": self._beat_intervals, "session": self._words.append,
            "weight_scale": self._words.append, "blood_pressure": self._words.append,
            "max_met_data": self._words.append,
            **dict.fromkeys(_SINGLE, self._single),
        }  # fmt: skip

    def take(self, told: Told) -> None:
        """One more message."""
        self._last = told.at or self._last
        taking = self._takes.get(told.name)
        if taking is not None:
            taking(told)
        elif told.name not in _FURNITURE:
            self._unread["unknown" if told.name.startswith("unknown_") else told.name] += 1

    def pieces(self) -> Iterator[Piece]:
        """Everything that was found, then what was not understood."""
        self._settle_sleep()
        for stream, start, end, value in self._monitoring.settle():
            self._add(stream, start, end, value)
        words = [piece for told in self._words for piece in self._told_words(told)]
        yield from (piece for piece in words if isinstance(piece, Found))
        yield from self._columns.take()
        yield from (piece for piece in words if isinstance(piece, Trouble))
        for name, count in self._timeless.items():
            yield Trouble(name, Unreadable("moment_missing", name=name, count=count))
        for name, count in self._unread.items():
            yield Trouble(name, Invalid("type_not_yet", type=name, count=count))

    def _add(self, stream: str, start: int | None, end: int | None, value: float) -> None:
        if start is None or end is None:
            self._timeless[stream] += 1
            return
        try:
            self._columns.add((stream, self._device), start, end, value)
        except Invalid:
            self._timeless[stream] += 1

    def _file_id(self, told: Told) -> None:
        product = told.fields.get("garmin_product") or told.fields.get("product") or ""
        maker = told.fields.get("manufacturer") or ""
        serial = told.fields.get("serial_number") or ""
        self._device = " ".join(str(each) for each in (maker, product, serial) if each != "")[:100] or "FIT"

    def _local(self, told: Told) -> None:
        local, at = told.moment("local_timestamp"), told.at
        if local is not None and at is not None and abs(local - at) <= 14 * 3_600_000:
            self._offset = round((local - at) / 900_000) * 15
        if told.name == "monitoring_info":
            self._monitoring.begins(at, self._offset)

    def _record(self, told: Told) -> None:
        beats = told.amount("heart_rate")
        if beats:
            self._add("heart_rate", told.at, told.at, beats)

    def _watch(self, told: Told) -> None:
        at = self._monitoring.take(told.at, told.amount, told.word("activity_type"))
        beats = told.amount("heart_rate")
        if beats:
            self._add("heart_rate", at, at, beats)
        self._last = at or self._last

    def _single(self, told: Told) -> None:
        stream, name = _SINGLE[told.name]
        value = told.amount(name)
        # Nought and less is the watch's way to say that it could not measure.
        if value is not None and value > 0:
            self._add(stream, told.at, told.at, value)

    def _sleep(self, told: Told) -> None:
        if told.at is None:
            self._timeless["sleep"] += 1
        else:
            self._stages.append((told.at, told.word("sleep_level")))

    def _settle_sleep(self) -> None:
        self._stages.sort()
        for (at, level), (until, _) in pairwise(self._stages):
            stage = _STAGES.get(level)
            if stage is not None and at < until <= at + _LONGEST_STAGE_MS:
                self._add("sleep", at, until, SLEEP_STAGES.index(stage))

    def _hrv(self, told: Told) -> None:
        """Seconds between beats; a device pads the row with nothing."""
        if self._beat_at is None or (
            self._last is not None and abs(self._beat_at - self._last) > _BEATS_ADRIFT_MS
        ):
            self._beat_at = self._last
        found = told.fields.get("time")
        self._beats(self._beat_at, found, 1000)

    def _beat_intervals(self, told: Told) -> None:
        at = told.at
        if at is not None:
            at += int(told.amount("timestamp_ms") or 0)
        self._beats(at, told.fields.get("time"), 1)

    def _beats(self, at: int | None, intervals: object, ms: int) -> None:
        for one in intervals if isinstance(intervals, tuple | list) else (intervals,):
            if not isinstance(one, int | float) or one <= 0:
                continue
            length = round(one * ms)
            if at is None:
                self._timeless["beats"] += 1
            elif length:
                self._add("beats", at, at + length, round(60_000 / length, 3))
                at += length
        if ms == 1000:
            self._beat_at = at

    def _check_one_person(self, told: Told) -> None:
        """Measurements of a scale or cuff that several people use are nobody's: the file does not say who she is."""
        people = {each.fields.get("user_profile_index") for each in self._words if each.name == told.name}
        if told.name in _SHARED and len(people) > 1:
            raise Unreadable("several_people", name=told.name, count=len(people))

    def _told_words(self, told: Told) -> Iterator[Found | Trouble]:
        where = tr("{name} の {number} 番目の記録", name=told.name, number=told.number)
        try:
            self._check_one_person(told)
            if told.name == "session":
                yield self._workout(told, where)
            elif told.name == "blood_pressure":
                yield self._pressure(told, where)
            elif told.name == "max_met_data":
                yield from self._numbers(told, {"vo2_max": "vo2_max"}, told.moment("update_time"), where)
            else:
                yield from self._numbers(told, _SCALE, told.at, where)
        except Problem as problem:
            yield Trouble(where, problem)

    def _offset_at(self, ms: int) -> int:
        return self._walls.offset_min(ms) if self._offset is None else self._offset

    def _vital(self, kind: str, at: int, reading: Decimal | BloodPressure, *status: MeasuringStatus) -> Vital:
        return Vital(
            new_id(), kind, clock.from_ms(at), self._offset_at(at), reading,
            device=self._device, origin=ORIGIN, status=frozenset(status),
        )  # fmt: skip

    def _numbers(
        self, told: Told, kinds: dict[str, str], at: int | None, where: str
    ) -> Iterator[Found | Trouble]:
        for name, kind in kinds.items():
            value = told.amount(name)
            if not value:
                continue
            if at is None:
                raise Unreadable("moment_missing", name=kind, count=1)
            exact = units.exact(value)
            yield checked(self._vital(kind, at, exact), f"fit|{kind}|{at}|{exact}|{self._device}", where)

    def _pressure(self, told: Told, where: str) -> Found | Trouble:
        high, low, pulse = (
            told.amount(name) for name in ("systolic_pressure", "diastolic_pressure", "heart_rate")
        )
        if told.word("status") in _MEASURE_FAILED:
            raise Unreadable("device_said_error")
        if not high or not low:
            raise Invalid("pressure_alone")
        if told.at is None:
            raise Unreadable("moment_missing", name="blood_pressure", count=1)
        irregular = "irregular" in told.word("heart_rate_type") or "irregular" in told.word("status")
        status = (MeasuringStatus.IRREGULAR_PULSE,) if irregular else ()
        reading = BloodPressure(units.exact(high), units.exact(low), units.exact(pulse) if pulse else None)
        vital = self._vital("blood_pressure", told.at, reading, *status)
        return checked(vital, f"fit|bp|{told.at}|{high:g}/{low:g}/{pulse or 0:g}|{self._device}", where)

    def _workout(self, told: Told, where: str) -> Found:
        start, length = told.moment("start_time"), told.amount("total_elapsed_time")
        if start is None:
            raise Unreadable("moment_missing", name="session", count=1)
        end = start + round((length or 0) * 1000)
        sport, sub = told.word("sport"), told.word("sub_sport")
        named = sport if sub in ("", "generic") else f"{sport}/{sub}"
        workout = Workout(
            UNNAMED, _SUB_SPORTS.get(sub) or _SPORTS.get(sport, Activity.OTHER),
            clock.from_ms(start), clock.from_ms(end), self._offset_at(start), named=named,
            active_s=_whole(told.amount("total_timer_time")),
            distance_m=_positive(told.amount("total_distance")),
            energy_kcal=_positive(told.amount("total_calories")),
            heart_rate_mean=_whole(told.amount("avg_heart_rate")),
            heart_rate_max=_whole(told.amount("max_heart_rate")),
            device=self._device, origin=ORIGIN,
        )  # fmt: skip
        return recorded(workout, f"fit|workout|{start}|{end}|{named}|{self._device}", where)


def _whole(value: float | None) -> int | None:
    return round(value) if value else None


def _positive(value: float | None) -> Decimal | None:
    """Nought is how a device says that it does not know."""
    return units.exact(value) if value and value > 0 else None
