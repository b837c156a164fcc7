"""Home blood pressure summed up for a record, and the deeds of someone who writes without a phone's own stamps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.vitals import measurements
from backend.vitals.measurements import Outcome, Told
from backend.vitals.tables import VitalRow
from shared import clock
from shared.blood_pressure import (
    GUIDELINE_TARGET,
    Mean,
    Occasion,
    Target,
    day_of,
    occasions,
    target_text,
    whole,
)
from shared.consent import Right, Scope
from shared.home_pressure_summaries import EshSummary, JshSummary, Part, esh_summary, jsh_summary
from shared.problems import Clash, NotThere
from shared.vitals import Vital

_WEEK_AND_EDGES = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a version was made, by the clock of the device that made it."""

    edited_at: datetime
    device: UUID


@dataclass(frozen=True, slots=True)
class HomePressure:
    """The last seven days of home blood pressure; the two summaries are never mixed."""

    occasions: list[Occasion]
    jsh: JshSummary
    esh: EshSummary
    target: Target


def home_pressure(record: OpenRecord) -> HomePressure:
    """The seven days up to today, the patient's day."""
    record.must(Scope.VITALS, Right.READ)
    now = clock.now()
    found = occasions(measurements.history(record, "blood_pressure", since=now - _WEEK_AND_EDGES))
    local = now.astimezone(record.timezone)
    today = day_of(local.date(), local.time())
    return HomePressure(found, jsh_summary(found, today), esh_summary(found, today), GUIDELINE_TARGET)


def note_once(record: OpenRecord, vital: Vital, device: UUID, *, confirmed: bool) -> Told:
    """Note a new measurement; the same one again is the same, the same id for another is a `Clash`."""
    record.must(Scope.VITALS, Right.WRITE)
    record.next_number()
    row = record.session.get(VitalRow, (record.id, vital.id))
    if row is None:
        return measurements.note(record, vital, clock.now(), device, confirmed=confirmed)
    if row.sealed is None or measurements.read(record, vital.id) != vital:
        raise Clash("id_used_otherwise")
    return Told(Outcome.SAME, row.number)


def correct(record: OpenRecord, vital: Vital, stamp: Stamp, *, confirmed: bool) -> Told:
    """A version of a known measurement, under the stamp of whoever made it: sent again, however late, it is known."""
    record.must(Scope.VITALS, Right.WRITE)
    if record.session.get(VitalRow, (record.id, vital.id)) is None:
        raise NotThere
    return measurements.note(record, vital, stamp.edited_at, stamp.device, confirmed=confirmed)


def withdraw(record: OpenRecord, vital_id: UUID, stamp: Stamp) -> Told:
    """Take a measurement back, under the stamp of whoever does it; taking it back again changes nothing."""
    record.must(Scope.VITALS, Right.WRITE)
    return measurements.withdraw(record, vital_id, stamp.edited_at, stamp.device)


def as_members(pressure: HomePressure) -> dict[str, Any]:
    """The summaries as JSON members; means in whole mmHg as people read them."""
    jsh, esh = pressure.jsh, pressure.esh
    return {
        "jsh": {
            "first_day": jsh.first_day,
            "last_day": jsh.last_day,
            "morning": _part(jsh.morning),
            "evening": _part(jsh.evening),
            "days": jsh.days,
            "standing": jsh.standing,
        },
        "esh": {
            "first_day": esh.first_day,
            "last_day": esh.last_day,
            "dropped_day": esh.dropped_day,
            "days": esh.days,
            "mean": _mean(esh.part.mean),
            "standing": esh.standing,
        },
        "target": {
            "systolic": int(pressure.target.systolic),
            "diastolic": int(pressure.target.diastolic),
            "set_by": pressure.target.set_by,
            "words": target_text(pressure.target),
        },
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "mean": _mean(part.mean),
        "days": part.days,
        "occasions": part.occasions,
        "readings": part.readings,
        "standing": part.standing,
    }


def _mean(mean: Mean | None) -> dict[str, int | None] | None:
    if mean is None:
        return None
    pulse = None if mean.pulse is None else whole(mean.pulse)
    return {"systolic": whole(mean.systolic), "diastolic": whole(mean.diastolic), "pulse": pulse}
