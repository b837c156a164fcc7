"""Vital: one measurement a person took, and what makes it acceptable; the schema that phone and server share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared import clock, units
from shared.kinds import KINDS, Kind, Meal, Measure
from shared.languages import tr
from shared.problems import AskFirst, Invalid, Problem

# A phone's clock may run ahead a little; more than this is asked about (a wrong clock is common).
FUTURE_ALLOWED = timedelta(minutes=5)
# Nothing measured by a living person was measured before this; an unset device clock says 1970 or 2000.
EARLIEST_YEAR = 1901


class Session(StrEnum):
    """Her own label for a measurement; wins over what the hour of the day would say."""

    MORNING = "morning"
    EVENING = "evening"
    OTHER = "other"


class MeasuringStatus(StrEnum):
    """What a device said about the measuring itself; shown beside the value, which is kept as it is.

    The bits of the Bluetooth blood pressure status, and what makers' files say besides.
    """

    IRREGULAR_PULSE = "irregular_pulse"
    MOVED = "moved"
    CUFF_LOOSE = "cuff_loose"
    WRONG_POSITION = "wrong_position"
    AVERAGED = "averaged"  # the device's own mean of several measurements


@dataclass(frozen=True, slots=True)
class BloodPressure:
    """Systolic and diastolic pressure in mmHg, with the pulse per minute if the cuff gave it."""

    systolic: Decimal
    diastolic: Decimal
    pulse: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Vital:
    """One measurement: what, when (UTC, to the ms, with the local offset in minutes), how much, and in what context.

    ``reading`` is a `BloodPressure` for the kind ``blood_pressure``, else a Decimal in the kind's unit.
    ``origin`` is empty when a person typed it, else names where it came from (a format, a device). ``status``
    is what the device said about the measuring.
    """

    id: UUID
    kind: str
    taken_at: datetime
    offset_min: int
    reading: Decimal | BloodPressure
    note: str = ""
    session: Session | None = None
    meal: Meal | None = None
    device: str = ""
    origin: str = ""
    status: frozenset[MeasuringStatus] = frozenset()

    @property
    def pressure(self) -> BloodPressure:
        """The reading of a blood pressure; asking it of another kind is a mistake of the caller."""
        if not isinstance(self.reading, BloodPressure):
            raise TypeError(f"{self.kind} has no blood pressure")
        return self.reading

    @property
    def value(self) -> Decimal:
        """The single number of every kind but blood pressure."""
        if isinstance(self.reading, BloodPressure):
            raise TypeError("a blood pressure is not one number")
        return self.reading

    @property
    def local(self) -> datetime:
        """The wall time where it was taken."""
        return clock.at_offset(self.taken_at, self.offset_min)


def numbers(vital: Vital) -> list[tuple[Measure, Decimal]]:
    """Each number of a vital beside its measure (unit, limits); an absent pulse is left out."""
    kind = _kind(vital)
    if isinstance(vital.reading, BloodPressure):
        values = (vital.reading.systolic, vital.reading.diastolic, vital.reading.pulse)
        return [
            (measure, value)
            for measure, value in zip(kind.measures, values, strict=True)
            if value is not None
        ]
    return [(kind.measure, vital.reading)]


def check(vital: Vital, *, confirmed: bool = False, now: datetime | None = None) -> None:
    """Raise what is wrong with ``vital``: `Invalid` if it cannot be, `AskFirst` if improbable and not confirmed."""
    found = problems(vital, now=now)
    for problem in found:
        if not (confirmed and isinstance(problem, AskFirst)):
            raise problem


def problems(vital: Vital, *, now: datetime | None = None) -> list[Problem]:
    """Everything wrong or improbable about ``vital``; what cannot be comes first."""
    found: list[Problem] = [*_time_problems(vital, now or clock.now())]
    for measure, value in numbers(vital):
        found.extend(_number_problems(measure, value))
    if isinstance(vital.reading, BloodPressure):
        found.extend(_pressure_problems(vital.reading))
    return sorted(found, key=lambda problem: isinstance(problem, AskFirst))


def _kind(vital: Vital) -> Kind:
    kind = KINDS.get(vital.kind)
    if kind is None:
        raise Invalid("unknown_kind", field="kind", kind=vital.kind)
    if (vital.kind == "blood_pressure") != isinstance(vital.reading, BloodPressure):
        raise Invalid("invalid_fields", field="reading")
    return kind


def _time_problems(vital: Vital, now: datetime) -> list[Problem]:
    if vital.taken_at.tzinfo is None:
        return [Invalid("time_without_zone", field="taken_at")]
    if vital.taken_at.year < EARLIEST_YEAR or abs(vital.offset_min) > 14 * 60:
        return [Invalid("time_impossible", field="taken_at", when=vital.local.strftime("%Y-%m-%d %H:%M"))]
    if vital.taken_at > now + FUTURE_ALLOWED:
        return [AskFirst("time_in_future", field="taken_at", when=vital.local.strftime("%Y-%m-%d %H:%M"))]
    return []


def _number_problems(measure: Measure, value: Decimal) -> list[Problem]:
    if not value.is_finite():
        return [Invalid("not_a_number", field=measure.name)]
    if measure.limits.refuses(value):
        return [Invalid("value_impossible", field=measure.name, label=tr(measure.label), value=value)]
    if units.rounded(value, measure.decimals) != value:
        label = tr(measure.label)
        return [Invalid("too_many_decimals", field=measure.name, label=label, decimals=measure.decimals)]
    if measure.limits.asks(value):
        label, unit = tr(measure.label), units.shown(measure.unit)
        return [AskFirst("value_improbable", field=measure.name, label=label, value=value, unit=unit)]
    return []


def _pressure_problems(pressure: BloodPressure) -> list[Problem]:
    if pressure.systolic > pressure.diastolic:
        return []
    return [
        Invalid(
            "systolic_not_above_diastolic",
            field="systolic",
            systolic=pressure.systolic,
            diastolic=pressure.diastolic,
        )
    ]
