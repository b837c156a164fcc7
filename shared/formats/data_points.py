"""One data point of Open mHealth or IEEE 1752.1 (header and body) as one of our words or one reading of a stream.

Headers: Open mHealth 1.x (``id``, ``acquisition_provenance``) and IEEE 1.0 (``uuid``, ``modality``). Times are RFC 3339
and must carry their offset. Layouts: formats/wearables.md section 12; units as the schemas list them. A figure of
statistics (a minimum, a deviation) is no measurement and is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from shared import clock, units
from shared.formats import Found, temperature_sites
from shared.formats.clinic_keys import UNNAMED
from shared.formats.data_point_words import (
    ACTIVITIES,
    INTERSTITIAL,
    KEPT_STATISTICS,
    MEALS,
    SECONDS,
    STREAMS_OF,
    UNITS,
    VITALS_OF,
)
from shared.formats.gathered import FIRST_MS, LAST_MS, checked, recorded, unit_of
from shared.formats.json_tree import shown
from shared.formats.moments import Walls
from shared.ids import new_id
from shared.kinds import SLEEP_STAGES, Meal, SleepStage
from shared.problems import Invalid, Problem, Unreadable
from shared.streams import MOST, source_named
from shared.vitals import BloodPressure, MeasuringStatus, Vital
from shared.workouts import Activity, Workout

ORIGIN = "open_mhealth"
# An offset that says only that the moment is in UTC (RFC 3339 section 4.3).
_UTC = ("Z", "z", "-00:00")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a stream: its source, from and to (ms UTC), and the value in the stream's unit."""

    stream: str
    source: str
    start: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class Point:
    """A data point taken apart: the name of its schema, its body, and from the header who tells and how."""

    schema: str
    body: dict[str, Any]
    source: str
    self_reported: bool
    person: str


@dataclass(frozen=True, slots=True)
class Frame:
    """When: start and end in ms UTC (equal for a moment), and the offset of the wall clock at its start."""

    start: int
    end: int
    offset_min: int

    @property
    def lasts(self) -> bool:
        """Whether it is a stretch of time."""
        return self.end > self.start


def point_of(tree: object) -> Point:
    """``tree`` (parsed JSON) taken apart. `Unreadable` for what is no data point."""
    if not isinstance(tree, dict):
        raise Unreadable("file_part_broken")
    header, body = tree.get("header"), tree.get("body")
    schema = header.get("schema_id") if isinstance(header, dict) else None
    if not isinstance(header, dict) or not isinstance(body, dict) or not isinstance(schema, dict):
        raise Unreadable("point_shape")
    name = schema.get("name")
    provenance = header.get("acquisition_provenance")
    provenance = provenance if isinstance(provenance, dict) else {}
    modality = header.get("modality") or provenance.get("modality")
    source = provenance.get("source_name") or _device_named(header) or "Open mHealth"
    return Point(
        name if isinstance(name, str) else "",
        body,
        _plain(str(source)[:300]),
        modality == "self-reported",
        str(header.get("user_id") or ""),
    )


@lru_cache(maxsize=256)
def _plain(source: str) -> str:
    """A source's name as it can be shown and kept."""
    return shown(source_named(source), 100) or "Open mHealth"


def _device_named(header: dict[str, Any]) -> str:
    """IEEE headers name a device by its data sheets."""
    sheets = header.get("external_datasheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        if isinstance(sheet, dict) and isinstance(sheet.get("datasheet_reference"), str):
            return str(sheet["datasheet_reference"])
    return ""


def read_point(point: Point, walls: Walls, where: str) -> Found | Reading:
    """What the point says. A `Problem` says why it cannot be kept."""
    reads = _READS.get(point.schema)
    if reads is None:
        raise Invalid("type_not_yet", type=shown(point.schema, 60) or "?", count=1)
    statistic = point.body.get("descriptive_statistic")
    if statistic is not None and statistic not in KEPT_STATISTICS:
        raise Unreadable("statistic_not_kept", name=shown(str(statistic), 40))
    try:
        made = reads(point, frame_of(point.body.get("effective_time_frame"), walls))
    except (ArithmeticError, OverflowError) as error:
        raise Invalid("not_a_number") from error
    if isinstance(made, Reading):
        if not abs(made.value) <= MOST:
            raise Invalid("not_a_number")
        return made
    if isinstance(made, Workout):
        at, end = clock.to_ms(made.started_at), clock.to_ms(made.ended_at)
        return recorded(made, f"omh|workout|{at}|{end}|{made.named}|{made.device}", where)
    vital, written = made
    found = checked(vital, f"omh|{vital.kind}|{clock.to_ms(vital.taken_at)}|{written}|{vital.device}", where)
    if isinstance(found, Found):
        return found
    raise found.problem if isinstance(found.problem, Problem) else Unreadable("file_part_broken")


def frame_of(tree: object, walls: Walls) -> Frame:
    """The ``effective_time_frame``: a moment, or two of start, end and duration."""
    if not isinstance(tree, dict):
        raise Unreadable("moment_missing", name="effective_time_frame", count=1)
    if "date_time" in tree:
        start, offset = moment(tree["date_time"], walls)
        return Frame(start, start, offset)
    interval = tree.get("time_interval")
    if not isinstance(interval, dict):
        raise Unreadable("moment_missing", name="effective_time_frame", count=1)
    lasts = _ms(interval["duration"]) if "duration" in interval else None
    if "start_date_time" in interval:
        start, offset = moment(interval["start_date_time"], walls)
        if "end_date_time" in interval:
            end, _ = moment(interval["end_date_time"], walls)
        else:
            end = start + (lasts or 0)
    elif "end_date_time" in interval and lasts is not None:
        end, offset = moment(interval["end_date_time"], walls)
        start = end - lasts
    else:
        raise Unreadable("moment_missing", name="time_interval", count=1)
    if end < start:
        raise Invalid("ends_before_start")
    if not FIRST_MS <= start <= end <= LAST_MS:
        raise Invalid("time_impossible", when=str(start))
    return Frame(start, end, offset)


def moment(written: object, walls: Walls) -> tuple[int, int]:
    """RFC 3339 with its offset; ``Z`` says nothing of the wall clock, so the person's zone does."""
    text = written if isinstance(written, str) else ""
    try:
        made = datetime.fromisoformat(text)
    except ValueError:
        made = None
    if made is None or "T" not in text.upper() or not 1901 <= made.year < 9000:
        raise Invalid("time_impossible", when=shown(text, 40))
    offset = made.utcoffset()
    if offset is None:
        raise Invalid("time_without_zone")
    at = clock.to_ms(made)
    if text.endswith(_UTC):
        return at, walls.offset_min(at)
    return at, int(offset.total_seconds() // 60)


def _ms(tree: object) -> int:
    """A duration with its unit, in ms."""
    value, unit = _value_and_unit(tree)
    factor = SECONDS.get(unit)
    if factor is None:
        raise Invalid("unit_unknown", unit=unit[:40])
    made = value * factor * 1000
    if not 0 <= made <= 400 * 86_400_000:
        raise Invalid("not_a_number")
    return int(made)


def _value_and_unit(tree: object) -> tuple[Decimal, str]:
    if isinstance(tree, int | Decimal | float):
        return units.exact(tree), ""
    if not isinstance(tree, dict) or isinstance(tree.get("value"), str | bool | list | dict | None):
        raise Invalid("not_a_number")
    unit = tree.get("unit")
    return units.exact(tree["value"]), unit if isinstance(unit, str) else ""


def _quantity(tree: object, to: str) -> tuple[Decimal, str]:
    """A value in the unit ``to``, and as it was written."""
    value, unit = _value_and_unit(tree)
    written = f"{value} {unit}".strip()
    made = units.convert(value, UNITS.get(unit, unit), to)
    if made is None:
        raise Invalid("unit_unknown", unit=unit[:40])
    if to == "%" and value <= 1:
        made = value * 100
    return made, written


def _vital(point: Point, frame: Frame, kind: str, reading: Decimal | BloodPressure) -> Vital:
    return Vital(
        new_id(),
        kind,
        clock.from_ms(frame.start),
        frame.offset_min,
        reading,
        device=point.source,
        origin=ORIGIN,
    )


def _single(kind: str, field: str) -> Callable[[Point, Frame], tuple[Vital, str]]:
    def reads(point: Point, frame: Frame) -> tuple[Vital, str]:
        _refuse_statistic(point)
        value, written = _quantity(point.body.get(field), unit_of(kind))
        return _vital(point, frame, kind, value), written

    return reads


def _temperature(point: Point, frame: Frame) -> Reading | tuple[Vital, str]:
    """A row where the body was measured, a reading where the skin was."""
    site = point.body.get("measurement_location")
    if site is not None and not isinstance(site, str):
        raise Invalid("temperature_site", site=shown(str(site), 40))
    made = _single(temperature_sites.BODY, "body_temperature")(point, frame)
    kept = temperature_sites.kept_as(site or "")
    if kept == temperature_sites.BODY:
        return made
    value, _ = _quantity(point.body.get("body_temperature"), unit_of(kept))
    return Reading(kept, point.source, frame.start, frame.end, float(value))


def _either(stream: str, field: str) -> Callable[[Point, Frame], Reading | tuple[Vital, str]]:
    """A row where the person says it herself, a reading where a device keeps measuring."""
    as_row = _single(stream, field)

    def reads(point: Point, frame: Frame) -> Reading | tuple[Vital, str]:
        if point.self_reported:
            return as_row(point, frame)
        value, _ = _quantity(point.body.get(field), unit_of(stream))
        return Reading(stream, point.source, frame.start, frame.end, float(value))

    return reads


def _stream(stream: str, field: str) -> Callable[[Point, Frame], Reading]:
    def reads(point: Point, frame: Frame) -> Reading:
        value, _ = _quantity(point.body.get(field), unit_of(stream))
        if not frame.lasts:
            raise Unreadable("moment_missing", name="time_interval", count=1)
        return Reading(stream, point.source, frame.start, frame.end, float(value))

    return reads


def _refuse_statistic(point: Point) -> None:
    """A mean of several single measurements is none of them."""
    if point.body.get("descriptive_statistic") is not None:
        raise Unreadable("statistic_not_kept", name=shown(str(point.body["descriptive_statistic"]), 40))


def _pressure(point: Point, frame: Frame) -> tuple[Vital, str]:
    high, written = _quantity(point.body.get("systolic_blood_pressure"), "mm[Hg]")
    low, also = _quantity(point.body.get("diastolic_blood_pressure"), "mm[Hg]")
    vital = _vital(point, frame, "blood_pressure", BloodPressure(high, low))
    if point.body.get("descriptive_statistic") is not None:
        vital = Vital(
            vital.id, vital.kind, vital.taken_at, vital.offset_min, vital.reading,
            device=vital.device, origin=ORIGIN, status=frozenset({MeasuringStatus.AVERAGED}),
        )  # fmt: skip
    return vital, f"{written}/{also}"


def _glucose(point: Point, frame: Frame) -> Reading | tuple[Vital, str]:
    """Of the fluid between the cells: a sensor's; of blood: a measurement of the person."""
    specimen = point.body.get("specimen_source") or point.body.get("blood_specimen_type")
    value, written = _quantity(point.body.get("blood_glucose"), "mg/dL")
    if specimen in INTERSTITIAL and not point.self_reported:
        return Reading("blood_glucose", point.source, frame.start, frame.end, float(value))
    _refuse_statistic(point)
    meal = MEALS.get(str(point.body.get("temporal_relationship_to_meal")))
    made = _vital(point, frame, "blood_glucose", value)
    return Vital(
        made.id, made.kind, made.taken_at, made.offset_min, made.reading,
        meal=Meal(meal) if meal else None, device=made.device, origin=ORIGIN,
    ), written  # fmt: skip


def _slept(point: Point, frame: Frame) -> Reading:
    """A night without waking is sleep; of one with waking, only from when to when she lay there is known."""
    if not frame.lasts:
        raise Unreadable("moment_missing", name="time_interval", count=1)
    told = point.body.get("sleep_duration") or point.body.get("total_sleep_time")
    through = told is not None and abs(_ms(told) - (frame.end - frame.start)) < 60_000
    if point.schema == "sleep-duration" and not through:
        raise Unreadable("sleep_sum")
    stage = SleepStage.ASLEEP if through else SleepStage.IN_BED
    return Reading("sleep", point.source, frame.start, frame.end, float(SLEEP_STAGES.index(stage)))


def _activity(point: Point, frame: Frame) -> Workout:
    named = shown(str(point.body.get("activity_name") or ""), 80)
    word = named.casefold()
    activity = next((made for part, made in ACTIVITIES.items() if part in word), Activity.OTHER)
    body = point.body
    distance = _quantity(body["distance"], "m")[0] if "distance" in body else None
    energy = _quantity(body["kcal_burned"], "kcal")[0] if "kcal_burned" in body else None
    return Workout(
        UNNAMED, activity, clock.from_ms(frame.start), clock.from_ms(frame.end), frame.offset_min, named=named,
        distance_m=distance or None, energy_kcal=energy or None, device=point.source, origin=ORIGIN,
    )  # fmt: skip


_READS: dict[str, Callable[[Point, Frame], Reading | Workout | tuple[Vital, str]]] = {
    "blood-pressure": _pressure,
    "blood-glucose": _glucose,
    "sleep-duration": _slept,
    "total-sleep-time": _slept,
    "sleep-episode": _slept,
    "physical-activity": _activity,
    **{schema: _single(kind, field) for schema, (kind, field) in VITALS_OF.items()},
    **{schema: _stream(stream, field) for schema, (stream, field) in STREAMS_OF.items()},
    "body-temperature": _temperature,
    "heart-rate": _either("heart_rate", "heart_rate"),
    "oxygen-saturation": _either("spo2", "oxygen_saturation"),
    "respiratory-rate": _either("respiratory_rate", "respiratory_rate"),
}
