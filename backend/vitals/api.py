"""Doors of vitals for the phone and for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import fields, validate

from backend.consent.opened import OpenRecord
from backend.http import Door
from backend.vitals import corrections, measurements, summaries, trends
from backend.vitals.schemas import (
    NumberSchema,
    SummarySchema,
    VersionsSchema,
    VitalShownSchema,
    VitalsSchema,
)
from backend.vitals.summaries import HomePressure
from backend.vitals.trend_schemas import TrendsSchema, trend_members
from shared import schema
from shared.blood_pressure import Mean, target_text, whole
from shared.consent import Right, Scope
from shared.home_pressure_summaries import Part
from shared.problems import Invalid
from shared.schema import Strict
from shared.sync_schema import LATEST_YEAR
from shared.vitals import EARLIEST_YEAR
from shared.vitals_schema import Noted, NotedSchema, vital_members

door = Door("vitals", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.VITALS, Right.READ)
WRITE = (Scope.VITALS, Right.WRITE)


class HistorySchema(Strict[dict[str, Any]]):
    """Which measurements: of one kind or all, ``from`` a moment (included) ``to`` another (not included)."""

    kind = fields.String(metadata={"description": "One kind of measurement; all when it is left out."})
    since = schema.Moment(data_key="from", metadata={"description": "The first moment (included)."})
    until = schema.Moment(data_key="to", metadata={"description": "The end (not included)."})
    limit = fields.Integer(
        load_default=500,
        validate=validate.Range(1, 5000),
        metadata={"description": "How many at most, the newest."},
    )


class StampSchema(Strict[dict[str, datetime]]):
    """When this version was made, by the clock of the device that made it (header ``Tomoni-Device``).

    Of two versions the later wins, whichever is sent first; the same one sent again is known by its stamp.
    """

    edited_at = schema.Stamp(
        required=True, metadata={"description": "When this version was made, by the clock of the device."}
    )


class DaysSchema(Strict[dict[str, Any]]):
    """Which days of the patient (each from 04:00), the first and the last among them."""

    first = fields.Date(
        data_key="from", metadata={"description": "The first day; the first measured when it is left out."}
    )
    last = fields.Date(data_key="to", metadata={"description": "The last day; today when it is left out."})


@door.get("/vitals", needs=READ, asks=HistorySchema(), gives=VitalsSchema())
def history(record: OpenRecord, query: dict[str, Any]) -> dict[str, Any]:
    """Measurements, newest first."""
    return {"vitals": [vital_members(vital) for vital in measurements.history(record, **query)]}


@door.post("/vitals", needs=WRITE, takes=NotedSchema(), gives=VitalShownSchema(), status=201)
def note(record: OpenRecord, body: Noted) -> dict[str, Any]:
    """Note a measurement. Sending the same one again changes nothing."""
    told = corrections.note_once(record, body.vital, _device(), confirmed=body.confirmed)
    return {**vital_members(measurements.read(record, body.vital.id)), "number": told.number}


@door.put(
    "/vitals/<uuid:vital_id>",
    needs=WRITE,
    takes=NotedSchema(),
    asks=StampSchema(),
    gives=VitalShownSchema(),
)
def correct(record: OpenRecord, vital_id: UUID, body: Noted, query: dict[str, datetime]) -> dict[str, Any]:
    """Correct a measurement: a new version; the old one is kept. The answer is what is shown now."""
    if body.vital.id != vital_id:
        raise Invalid("invalid_fields", field="id")
    told = corrections.correct(record, body.vital, _edited_at(query), _device(), confirmed=body.confirmed)
    return {**vital_members(measurements.read(record, vital_id)), "number": told.number}


@door.delete("/vitals/<uuid:vital_id>", needs=WRITE, asks=StampSchema(), gives=NumberSchema())
def withdraw(record: OpenRecord, vital_id: UUID, query: dict[str, datetime]) -> dict[str, Any]:
    """Withdraw a measurement; its versions are kept."""
    return {"number": measurements.withdraw(record, vital_id, _edited_at(query), _device()).number}


@door.get("/vitals/<uuid:vital_id>/versions", needs=READ, gives=VersionsSchema())
def versions(record: OpenRecord, vital_id: UUID) -> dict[str, Any]:
    """Every version of a measurement that is not shown."""
    found = measurements.versions(record, vital_id)
    return {
        "versions": [
            {
                "edited_at": version.edited_at,
                "device": version.device,
                "author": version.author_id,
                "vital": vital_members(version.vital) if version.vital else None,
            }
            for version in found
        ]
    }


@door.get("/vitals/summary", needs=READ, gives=SummarySchema())
def summary(record: OpenRecord) -> dict[str, Any]:
    """Home blood pressure of the last seven days, the JSH and the ESH way, each by its name."""
    return _summary(summaries.home_pressure(record))


@door.get("/vitals/trends", needs=READ, asks=DaysSchema(), gives=TrendsSchema())
def trend(record: OpenRecord, query: dict[str, Any]) -> dict[str, Any]:
    """Home blood pressure and weight over the days: means the JSH and the ESH way, spread, slopes, shares, changes."""
    return trend_members(trends.chosen(record, query.get("first"), query.get("last")))


def _edited_at(query: dict[str, datetime]) -> datetime:
    edited_at = query["edited_at"]
    if not EARLIEST_YEAR <= edited_at.year <= LATEST_YEAR:
        raise Invalid("time_impossible", field="edited_at", when=edited_at.isoformat())
    return edited_at


def _device() -> UUID:
    try:
        return UUID(request.headers.get("Tomoni-Device", ""))
    except ValueError:
        return UUID(int=0)


def _summary(pressure: HomePressure) -> dict[str, Any]:
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


def _mean(mean: Mean | None) -> dict[str, object] | None:
    if mean is None:
        return None
    pulse = None if mean.pulse is None else whole(mean.pulse)
    numbers = {"systolic": whole(mean.systolic), "diastolic": whole(mean.diastolic), "pulse": pulse}
    return {**numbers, "text": mean.text}
