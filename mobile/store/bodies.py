"""The words of the wire as the phone reads and writes them: JSON bodies to our words and back.

A body may have members that this app does not know (a newer app made it): they are left out when reading and carried
over when she corrects the thing, so that an old phone erases nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from mobile.seen import DaySum
from shared import clock, strict_json, units
from shared.costs import Cost
from shared.costs_schema import CostSchema, cost_from
from shared.doses import Dose, DoseSchema, dose_from, dose_members
from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import ElectrocardiogramSchema, electrocardiogram_from, samples_text
from shared.findings import Finding
from shared.findings_schema import FindingSchema, finding_from, finding_members
from shared.glucose import GlucoseDay, glucose_day_from
from shared.marks import (
    Hiding,
    HidingSchema,
    HitMark,
    HitMarkSchema,
    hiding_from,
    hiding_members,
    hit_mark_from,
    hit_mark_members,
)
from shared.medicines import Dispensing
from shared.medicines_schema import DispensingSchema, dispensing_from, dispensing_members
from shared.problems import Problem
from shared.sync import Word
from shared.vitals import Vital
from shared.vitals_schema import VitalSchema, vital_from, vital_members
from shared.workouts import Workout
from shared.workouts_schema import WorkoutSchema, workout_from

T = TypeVar("T")

_VITAL_MEMBERS = frozenset(VitalSchema().fields)
_DISPENSING_MEMBERS = frozenset(DispensingSchema().fields)
_FINDING_MEMBERS = frozenset(FindingSchema().fields)
_COST_MEMBERS = frozenset(CostSchema().fields)
_WORKOUT_MEMBERS = frozenset(WorkoutSchema().fields)
_ELECTROCARDIOGRAM_MEMBERS = frozenset(ElectrocardiogramSchema().fields)
_DOSE_MEMBERS = frozenset(DoseSchema().fields)
_HIDING_MEMBERS = frozenset(HidingSchema().fields)
_HIT_MARK_MEMBERS = frozenset(HitMarkSchema().fields)

# Which member says when it was; the others name a day.
_MOMENTS: dict[str, str] = {
    Word.VITAL: "taken_at",
    Word.WORKOUT: "started_at",
    Word.ELECTROCARDIOGRAM: "taken_at",
}


def members(body: str) -> dict[str, object]:
    """The members of a body; empty when it is not a JSON object."""
    try:
        found = strict_json.loads(body.encode())
    except Problem:
        return {}
    return found if isinstance(found, dict) else {}


def vital_in(body: str) -> Vital | None:
    """The measurement that a body says; None for one that this app cannot read yet."""
    return _read(vital_from, body, _VITAL_MEMBERS)


def vital_body(vital: Vital, corrected: str | None = None) -> str:
    """A measurement as a body; members of the version it corrects that we do not know are carried over."""
    return _body(vital_members(vital), _VITAL_MEMBERS, corrected)


def dispensing_in(body: str) -> Dispensing | None:
    """The dispensing that a body says; None for one that this app cannot read yet."""
    return _read(dispensing_from, body, _DISPENSING_MEMBERS)


def dispensing_body(dispensing: Dispensing, corrected: str | None = None) -> str:
    """A dispensing she typed as a body; members that we do not know are carried over."""
    return _body(dispensing_members(dispensing), _DISPENSING_MEMBERS, corrected)


def dose_in(body: str) -> Dose | None:
    """The dose that a body says; None for one that this app cannot read yet."""
    return _read(dose_from, body, _DOSE_MEMBERS)


def dose_body(dose: Dose, corrected: str | None = None) -> str:
    """A dose as a body."""
    return _body(dose_members(dose), _DOSE_MEMBERS, corrected)


def hiding_in(body: str) -> Hiding | None:
    """The hiding that a body says; None for one that this app cannot read yet."""
    return _read(hiding_from, body, _HIDING_MEMBERS)


def hiding_body(hiding: Hiding, corrected: str | None = None) -> str:
    """A hiding as a body."""
    return _body(hiding_members(hiding), _HIDING_MEMBERS, corrected)


def hit_mark_in(body: str) -> HitMark | None:
    """The mark of a hit that a body says; None for one that this app cannot read yet."""
    return _read(hit_mark_from, body, _HIT_MARK_MEMBERS)


def hit_mark_body(mark: HitMark, corrected: str | None = None) -> str:
    """The mark of a hit as a body."""
    return _body(hit_mark_members(mark), _HIT_MARK_MEMBERS, corrected)


def _read(way: Callable[[object], T], body: str, known: frozenset[str]) -> T | None:
    try:
        return way({name: value for name, value in members(body).items() if name in known})
    except Problem:
        return None


def _body(said: dict[str, object], known: frozenset[str], corrected: str | None) -> str:
    before = {} if corrected is None else members(corrected)
    unknown = {name: value for name, value in before.items() if name not in known}
    return strict_json.dumps(_plain({**unknown, **said}))


def finding_in(body: str) -> Finding | None:
    """The finding that a body says; None for one that this app cannot read yet."""
    return _read(finding_from, body, _FINDING_MEMBERS)


def finding_body(finding: Finding, corrected: str | None = None) -> str:
    """A finding as a body; members of the version it corrects that we do not know are carried over."""
    return _body(finding_members(finding), _FINDING_MEMBERS, corrected)


def cost_in(body: str) -> Cost | None:
    """The line of a notice that a body says; None for one that this app cannot read yet."""
    return _read(cost_from, body, _COST_MEMBERS)


def workout_in(body: str) -> Workout | None:
    """The workout that a body says; None for one that this app cannot read yet."""
    return _read(workout_from, body, _WORKOUT_MEMBERS)


def electrocardiogram_in(body: str, *, drawn: bool = True) -> Electrocardiogram | None:
    """The electrocardiogram that a body says; None for one that this app cannot read yet.

    Not ``drawn``: with one sample of nothing, for a list (fifteen thousand take a moment on an old phone).
    """
    return _read(electrocardiogram_from if drawn else _undrawn, body, _ELECTROCARDIOGRAM_MEMBERS)


def _undrawn(said: object) -> Electrocardiogram:
    assert isinstance(said, dict)
    return electrocardiogram_from({**said, "nanovolts": samples_text([0])})


def day_in(body: str) -> DaySum | None:
    """A day's sum that a body says; None for one that this app cannot read yet."""
    found = members(body)
    try:
        return DaySum(
            stream=str(found["stream"]),
            day=date.fromisoformat(str(found["day"])),
            count=int(str(found.get("count", 0))),
            total=_number(found.get("total")),
            mean=_number(found.get("mean")),
            least=_number(found.get("min")),
            most=_number(found.get("max")),
            stages=_stages(found.get("stages")),
            asleep=None if found.get("asleep_minutes") is None else int(str(found["asleep_minutes"])),
            reported=_reported(found.get("reported")),
            resting=_number(found.get("resting")),
            glucose=_glucose(found.get("glucose")),
        )
    except (KeyError, TypeError, ValueError, Problem):
        return None


def moment_of(word: str, body: str | None) -> int | None:
    """When the thing happened, in ms UTC, for the clear column that lists are read by; None where it has no time."""
    if body is None:
        return None
    found = members(body)
    try:
        if moment := _MOMENTS.get(word):
            return clock.to_ms(datetime.fromisoformat(str(found[moment])))
        name = {Word.DISPENSING: "dispensed_on", Word.DAY: "day", Word.DOSE: "on"}.get(Word(word))
        if name is None:
            return None
        return clock.to_ms(datetime.fromisoformat(f"{found[name]}T00:00:00+00:00"))
    except (KeyError, ValueError):
        return None


def _number(value: object) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str | int | float | Decimal):
        raise ValueError(value)
    return units.exact(value)


def _reported(value: object) -> tuple[tuple[str, Decimal], ...]:
    if not isinstance(value, list):
        return ()
    found = ((str(each["source"]), _number(each["total"])) for each in value)
    return tuple((source, total) for source, total in found if total is not None)


def _glucose(value: object) -> GlucoseDay | None:
    plain = _plain(value)
    return glucose_day_from(plain) if isinstance(plain, dict) else None


def _stages(value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        return ()
    return tuple((str(stage), int(str(minutes))) for stage, minutes in value.items())


def _plain(value: object) -> object:
    """What strict JSON read as Decimal, written again as JSON: a whole number stays whole, else a float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
