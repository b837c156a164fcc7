"""Doors of wearables: devices post columns of readings; days and readings are read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import fields, validate

from backend.consent.opened import OpenRecord
from backend.http import Door
from backend.wearables import merging, quick_json, summaries
from backend.wearables.days import members
from backend.wearables.readings import readings
from backend.wearables.schemas import DayReadingsSchema, DaySummariesSchema, DeliverySchema
from shared import clock, schema
from shared.columns_schema import Delivered, DeliveredSchema, readings_members
from shared.consent import Right, Scope

door = Door("wearables", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.WEARABLES, Right.READ)
WRITE = (Scope.WEARABLES, Right.WRITE)
_USUAL = timedelta(days=30)


class DaysSchema(schema.Strict[dict[str, Any]]):
    """Which of the person's days, both included; the last 30 when nothing is said."""

    first = fields.Date(
        data_key="from", metadata={"description": "The first day; thirty days before the last when left out."}
    )
    last = fields.Date(
        data_key="to",
        validate=validate.Range(min=date.min + _USUAL),
        metadata={"description": "The last day (included); else today."},
    )


class DaySchema(schema.Strict[dict[str, Any]]):
    """Which of the person's days."""

    day = fields.Date(required=True, metadata={"description": "The day, by the person's own calendar."})


@door.post("/streams", needs=WRITE, takes=DeliveredSchema(), gives=DeliverySchema(), parses=quick_json.loads)
def deliver(record: OpenRecord, body: Delivered) -> dict[str, Any]:
    """Keep readings of a device: how many were new, and how many were known."""
    brought = merging.deliver(record, body.delivery, [body.readings])
    return {"new": brought.new, "same": brought.same}


@door.get("/streams/<stream>/days", needs=READ, asks=DaysSchema(), gives=DaySummariesSchema())
def days(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """One line a day that has readings: total, or mean, least and most, or minutes of sleep by stage."""
    last = query.get("last") or clock.now().astimezone(record.timezone).date()
    first = query.get("first") or last - _USUAL
    return {"days": [members(day) for day in summaries.days(record, stream, first, last)]}


@door.get("/streams/<stream>/readings", needs=READ, asks=DaySchema(), gives=DayReadingsSchema())
def readings_of_day(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """The readings of one of the person's days as columns, source by source, the best source first."""
    found = readings(record, stream, query["day"], query["day"])
    return {"day": query["day"].isoformat(), "sources": [readings_members(each) for each in found]}
