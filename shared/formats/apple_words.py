"""What Apple's names, units, times and notes mean in our words; one record of an export, and its numbers.

Names and units: formats/wearables.md sections 1.2 and 2 (HealthKit identifiers as an export writes them).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared import clock, units
from shared.kinds import KINDS, SLEEP_STAGES, STREAMS, SleepStage
from shared.problems import Invalid
from shared.schema import UNSHOWABLE
from shared.streams import MOST
from shared.vitals_schema import NAME_LENGTH

_QUANTITY = "HKQuantityTypeIdentifier"
SYSTOLIC = f"{_QUANTITY}BloodPressureSystolic"
DIASTOLIC = f"{_QUANTITY}BloodPressureDiastolic"
PULSE = f"{_QUANTITY}HeartRate"
PRESSURE = "HKCorrelationTypeIdentifierBloodPressure"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
GLUCOSE = f"{_QUANTITY}BloodGlucose"

STREAM_OF: dict[str, str] = {
    PULSE: "heart_rate",
    f"{_QUANTITY}RestingHeartRate": "resting_heart_rate",
    f"{_QUANTITY}HeartRateVariabilitySDNN": "hrv",
    f"{_QUANTITY}StepCount": "steps",
    f"{_QUANTITY}DistanceWalkingRunning": "distance",
    f"{_QUANTITY}ActiveEnergyBurned": "active_energy",
    f"{_QUANTITY}BasalEnergyBurned": "basal_energy",
    f"{_QUANTITY}AppleExerciseTime": "exercise_minutes",
    f"{_QUANTITY}FlightsClimbed": "floors",
    "HKCategoryTypeIdentifierAppleStandHour": "stand_hours",
    f"{_QUANTITY}OxygenSaturation": "spo2",
    f"{_QUANTITY}RespiratoryRate": "respiratory_rate",
    # The skin of a sleeping wrist is degrees colder than the body: never a body temperature.
    f"{_QUANTITY}AppleSleepingWristTemperature": "skin_temperature",
    GLUCOSE: "blood_glucose",
    SLEEP: "sleep",
}

# Kept as a row always, or (where STREAM_OF names the type too) when a person entered it.
ROW_OF: dict[str, str] = {
    f"{_QUANTITY}BodyMass": "weight",
    f"{_QUANTITY}Height": "height",
    f"{_QUANTITY}BodyTemperature": "body_temperature",
    f"{_QUANTITY}BodyFatPercentage": "body_fat",
    f"{_QUANTITY}WaistCircumference": "waist",
    f"{_QUANTITY}BodyMassIndex": "bmi",
    f"{_QUANTITY}VO2Max": "vo2_max",
    PULSE: "heart_rate",
    f"{_QUANTITY}OxygenSaturation": "spo2",
    f"{_QUANTITY}RespiratoryRate": "respiratory_rate",
    GLUCOSE: "blood_glucose",
}

STAGE_OF: dict[str, SleepStage] = {
    "HKCategoryValueSleepAnalysisInBed": SleepStage.IN_BED,
    "HKCategoryValueSleepAnalysisAsleep": SleepStage.ASLEEP,
    "HKCategoryValueSleepAnalysisAsleepUnspecified": SleepStage.ASLEEP,
    "HKCategoryValueSleepAnalysisAsleepCore": SleepStage.LIGHT,
    "HKCategoryValueSleepAnalysisAsleepDeep": SleepStage.DEEP,
    "HKCategoryValueSleepAnalysisAsleepREM": SleepStage.REM,
    "HKCategoryValueSleepAnalysisAwake": SleepStage.AWAKE,
}

# Streams whose values are words: the number of each.
CATEGORIES: dict[str, dict[str, float]] = {
    "sleep": {name: float(SLEEP_STAGES.index(stage)) for name, stage in STAGE_OF.items()},
    "stand_hours": {"HKCategoryValueAppleStandHourStood": 1.0, "HKCategoryValueAppleStandHourIdle": 0.0},
}

# A record without a unit: only where no other unit could be meant (a weight without a unit stays a Trouble).
_ONLY_UNIT = {"/min": "count/min", "{steps}": "count", "{floors}": "count", "kg/m2": "count"}
# What Apple calls a count.
_COUNTS = ("{steps}", "{floors}", "kg/m2")

_WHEN = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})"
)
# Within the hour, which is read once for all of its moments.
_SINCE_HOUR = {f":{ms // 60:02}:{ms % 60:02}": ms * 1000 for ms in range(3600)}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MOLAR = re.compile(r"mmol<([0-9]{3}\.?[0-9]{0,20})>/L")
# Glucose weighs 180.156 g/mol; another molar mass in the unit means another substance.
_GLUCOSE_MASS = (Decimal(179), Decimal(181))


@dataclass(frozen=True, slots=True)
class Record:
    """One `Record` element as written: texts, its metadata entries, and the byte where it begins.

    ``beats``: rate and clock of each heart beat that a variability lists.
    """

    type: str
    source: str
    unit: str
    start: str
    end: str
    value: str
    notes: dict[str, str] = field(default_factory=dict)
    place: int = 0
    beats: tuple[tuple[str, str], ...] = ()

    @property
    def entered(self) -> bool:
        """Whether a person typed it in."""
        return self.notes.get("HKWasUserEntered") == "1"

    @property
    def meal(self) -> str:
        """Apple's code of the meal a blood glucose belongs to: 1 before, 2 after, else empty."""
        return self.notes.get("HKBloodGlucoseMealTime", "") if self.type == GLUCOSE else ""

    @property
    def is_row(self) -> bool:
        """Whether a person measured this, rather than a device that keeps measuring."""
        return self.type in ROW_OF and (self.type not in STREAM_OF or self.entered or bool(self.meal))


def record(
    attributes: dict[str, str], notes: dict[str, str], place: int, beats: Iterable[tuple[str, str]] = ()
) -> Record:
    """A record from its attributes; absent ones are empty, an absent end is the start."""
    start = attributes.get("startDate", "")
    return Record(
        attributes.get("type", ""),
        attributes.get("sourceName", ""),
        attributes.get("unit", ""),
        start,
        attributes.get("endDate", start),
        attributes.get("value", ""),
        notes,
        place,
        tuple(beats),
    )


def to_ms(text: str) -> int:
    """Milliseconds UTC of Apple's ``2025-09-16 16:14:50 +0100``; anything else is an `Invalid`."""
    since = _SINCE_HOUR.get(text[13:19])
    if since is not None:
        try:
            return _read_ms(f"{text[:13]}:00:00{text[19:]}") + since
        except Invalid:
            raise Invalid("time_impossible", when=text[:40]) from None
    return _read_ms(text)


@lru_cache(maxsize=4096)
def _read_ms(text: str) -> int:
    match = _WHEN.fullmatch(text)
    if match is None:
        raise Invalid("time_impossible", when=text[:40])
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
    # Nothing measured by a living person lies outside; moments near year 1 or 9999 would overflow elsewhere.
    if offset > timedelta(hours=18) or not 1900 <= year <= 9000:
        raise Invalid("time_impossible", when=text)
    try:
        wall = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise Invalid("time_impossible", when=text) from error
    return clock.to_ms(wall) + (-1 if match[7] == "+" else 1) * (offset // timedelta(milliseconds=1))


def device_of(source: str) -> str:
    """The name of a device or app, as long as a vital's may be and with nothing that no screen shows."""
    return UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", source)[:NAME_LENGTH]


def span(record: Record) -> tuple[int, int]:
    """First and last moment in milliseconds UTC; an end before its start is an `Invalid`."""
    start, end = to_ms(record.start), to_ms(record.end)
    if end < start:
        raise Invalid("ends_before_start")
    return start, end


def number(text: str) -> Decimal:
    """The exact number written; words, NaN, infinities and what no float can hold are an `Invalid`."""
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Invalid("not_a_number")
    return Decimal(text)


@dataclass(frozen=True, slots=True)
class Conversion:
    """From a written unit to a kept one. ``shift`` is the power of ten that does it, None when none does.

    ``fraction``: the unit is "%", and Apple writes 0.97 for 97 %; a value of at most 1 is taken as such a fraction
    (a rule of ours: people without oxygen or fat do not exist, but hand-made files that write 97 do).
    """

    unit: str
    to: str
    shift: int | None
    fraction: bool = False

    def exact(self, value: Decimal) -> Decimal:
        """``value`` in the kept unit."""
        if self.fraction and value <= 1:
            return value * 100
        converted = _converted(value, self.unit, self.to)
        assert converted is not None
        return converted

    def nearest(self, text: str) -> float:
        """The float nearest to the exact number in the kept unit; an `Invalid` when it is none that is measured."""
        value = number(text)
        if self.shift is None or (self.fraction and value <= 1):
            result = float(self.exact(value))
        else:
            result = shifted(text, self.shift)
        # The same limits as for what a phone posts as columns.
        if not abs(result) <= MOST or (result < 0 and self.to != "Cel"):
            raise Invalid("not_a_number")
        return result


def shifted(text: str, places: int) -> float:
    """The float nearest to the written number times ten to the ``places``."""
    if not places:
        return float(text)
    digits, _, power = text.lower().partition("e")
    return float(f"{digits}e{int(power or 0) + places}")


@lru_cache(maxsize=256)
def conversion(unit: str, to: str) -> Conversion:
    """How numbers of a written ``unit`` become ``to`` (UCUM); an `Invalid` when there is no way."""
    unit = unit or _ONLY_UNIT.get(to, "")
    if unit == "count" and to in _COUNTS:
        unit = to
    one, nought = (_converted(Decimal(each), unit, to) for each in (1, 0))
    if one is None or nought is None:
        raise Invalid("unit_unknown", unit=unit[:40])
    ten = nought == 0 and one == Decimal(1).scaleb(one.adjusted())
    return Conversion(unit, to, one.adjusted() if ten else None, fraction=to == "%")


def _converted(value: Decimal, unit: str, to: str) -> Decimal | None:
    molar = _MOLAR.fullmatch(unit)
    if molar is None or to != "mg/dL":
        return units.convert(value, unit, to)
    mass = Decimal(molar[1])
    return value * mass / 10 if _GLUCOSE_MASS[0] < mass < _GLUCOSE_MASS[1] else None


def reading(record: Record) -> float:
    """The value of a record of a stream, in the unit of the stream; an `Invalid` says what is wrong."""
    stream = STREAM_OF[record.type]
    if stream in CATEGORIES:
        return categorised(stream, record.value)
    return conversion(record.unit, STREAMS[stream].unit).nearest(record.value)


def categorised(stream: str, text: str) -> float:
    """The number of a value that is a word: a sleep stage, an hour stood or not."""
    found = CATEGORIES[stream].get(text)
    if found is None:
        raise Invalid("not_a_number")
    return found


def row_value(record: Record, kind: str, measure: int = 0) -> Decimal:
    """The value of a record of a kind, rounded to the decimals of the kind; an `Invalid` says what is wrong.

    The text as written stays in the source id.
    """
    kept = KINDS[kind].measures[measure]
    value = conversion(record.unit, kept.unit).exact(number(record.value))
    if abs(value.adjusted()) > 15:
        raise Invalid("not_a_number")
    return units.rounded(value, kept.decimals)


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, None for anything else."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def offset_min(moment: datetime, notes: dict[str, str], asked: str) -> int:
    """Minutes to UTC on the person's wall clock at ``moment``: of the zone in the metadata, else of ``asked``.

    The offset that the file writes is the one of the day it was exported, the same in every record: never used.
    """
    zone = zone_named(notes["HKTimeZone"]) if "HKTimeZone" in notes else None
    zone = zone or zone_named(asked)
    if zone is None:
        raise Invalid("invalid_fields", field="zone")
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset // timedelta(minutes=1))
