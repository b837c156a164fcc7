"""A vital as JSON: what the phone sends, what the server answers, and what is kept for the next sync.

Numbers come in as JSON numbers or decimal strings and go out as decimal strings with the decimals of their kind, so
that no value passes through binary. Only what could never be a vital is refused here; limits, the order of the two
pressures and the clock are `vitals.check`, which may also ask the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import Schema, post_load, pre_dump

from shared import schema, units
from shared.kinds import KINDS, Kind, Meal, Measure
from shared.languages import tr
from shared.problems import Invalid
from shared.schema import dump, load
from shared.vitals import BloodPressure, MeasuringStatus, Session, Vital

NOTE_LENGTH = 2000
NAME_LENGTH = 100


class VitalMembers(Schema):
    """The members of a vital."""

    id = schema.Id(required=True)
    kind = schema.Text(40, required=True)
    taken_at = schema.Moment(required=True)
    value = schema.Exact()
    systolic = schema.Exact()
    diastolic = schema.Exact()
    pulse = schema.Exact(allow_none=True)
    note = schema.Text(NOTE_LENGTH)
    session = schema.OneOf(Session, allow_none=True)
    meal = schema.OneOf(Meal, allow_none=True)
    device = schema.Text(NAME_LENGTH)
    origin = schema.Text(NAME_LENGTH)
    status = schema.SetOf(MeasuringStatus)


class VitalSchema(VitalMembers, schema.Strict[Vital]):
    """``{"id", "kind", "taken_at", "value"}``; a blood pressure has systolic, diastolic and maybe pulse instead."""

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Vital:
        return _vital(data)

    @pre_dump
    def _members(self, vital: Vital, **_: object) -> dict[str, object]:
        return members(vital)


@dataclass(frozen=True, slots=True)
class Noted:
    """A vital as it is sent to be noted, and whether the person already said yes to what is improbable about it."""

    vital: Vital
    confirmed: bool


class NotedSchema(VitalMembers, schema.Strict[Noted]):
    """The members of `VitalSchema`, and ``"confirmed": true`` at will."""

    confirmed = schema.Yes()

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Noted:
        confirmed = data.pop("confirmed", False)
        return Noted(_vital(data), confirmed)


def members(vital: Vital) -> dict[str, object]:
    """The members of a vital before they are written: what is empty is left out."""
    optional: dict[str, object] = {"note": vital.note, "session": vital.session, "meal": vital.meal}
    optional |= {"device": vital.device, "origin": vital.origin, "status": vital.status}
    return {
        "id": vital.id,
        "kind": vital.kind,
        "taken_at": vital.local,
        **_numbers(vital),
        **{name: value for name, value in optional.items() if value},
    }


def _numbers(vital: Vital) -> dict[str, Decimal]:
    kind = KINDS[vital.kind]
    if not isinstance(vital.reading, BloodPressure):
        return {"value": _kept(kind.measure, vital.reading)}
    pressure = vital.reading
    values = (pressure.systolic, pressure.diastolic, pressure.pulse)
    return {
        m.name: _kept(m, value) for m, value in zip(kind.measures, values, strict=True) if value is not None
    }


def _vital(data: dict[str, Any]) -> Vital:
    kind = KINDS.get(data["kind"])
    if kind is None:
        raise Invalid("unknown_kind", field="kind", kind=data["kind"])
    if data.get("meal") is not None and kind.name != "blood_glucose":
        raise Invalid("invalid_fields", field="meal")
    local: datetime = data["taken_at"]
    offset = local.utcoffset()
    assert offset is not None  # Moment takes no time without a zone
    return Vital(
        id=data["id"],
        kind=kind.name,
        taken_at=local.astimezone(UTC),
        offset_min=int(offset.total_seconds()) // 60,
        reading=_reading(kind, data),
        note=data.get("note", ""),
        session=data.get("session"),
        meal=data.get("meal"),
        device=data.get("device", ""),
        origin=data.get("origin", ""),
        status=data.get("status", frozenset()),
    )


def _reading(kind: Kind, data: dict[str, Any]) -> Decimal | BloodPressure:
    belonging = {measure.name for measure in kind.measures}
    for name in ("value", "systolic", "diastolic", "pulse"):
        if name in data and name not in belonging:
            raise Invalid("field_unknown", field=name, name=name)
    for name in sorted(belonging - {"pulse"} - data.keys(), reverse=True):
        raise Invalid("field_missing", field=name, name=name)
    values = {m.name: _kept(m, data[m.name]) for m in kind.measures if data.get(m.name) is not None}
    if kind.name == "blood_pressure":
        return BloodPressure(values["systolic"], values["diastolic"], values.get("pulse"))
    return values["value"]


def _kept(measure: Measure, value: Decimal) -> Decimal:
    """The value with exactly the decimals of its measure (52 kg is 52.0); more decimals are refused, not rounded."""
    kept = units.rounded(value, measure.decimals)
    if kept != value:
        raise Invalid(
            "too_many_decimals", field=measure.name, label=tr(measure.label), decimals=measure.decimals
        )
    return kept


_VITAL = VitalSchema()
_NOTED = NotedSchema()


def vital_from(data: object) -> Vital:
    """The vital that parsed JSON ``data`` says; `Invalid` names the first field that is wrong."""
    return load(_VITAL, data)


def vital_members(vital: Vital) -> dict[str, object]:
    """A vital as JSON members, every number an exact decimal string, the time with its local offset."""
    return dump(_VITAL, vital)


def noted_from(data: object) -> Noted:
    """What was sent to be noted, with the person's yes if she gave it."""
    return load(_NOTED, data)


__all__ = [
    "Noted",
    "NotedSchema",
    "VitalSchema",
    "load",
    "members",
    "noted_from",
    "vital_from",
    "vital_members",
]
