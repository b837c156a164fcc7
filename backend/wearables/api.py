"""Doors of wearables: devices post columns of readings; days and readings are read."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.consent.opened import OpenRecord
from backend.http import Door
from backend.wearables import each, merging, quick_json, summaries
from backend.wearables.days import members
from backend.wearables.each import Answer, Posted, PostedSchema
from backend.wearables.judging import Refusal
from backend.wearables.readings import readings
from backend.wearables.schemas import (
    USUAL,
    DayReadingsSchema,
    DaysSchema,
    DaySummariesSchema,
    DeliverySchema,
)
from shared import clock, schema
from shared.columns_schema import readings_members
from shared.consent import Right, Scope

door = Door("wearables", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.WEARABLES, Right.READ)
WRITE = (Scope.WEARABLES, Right.WRITE)


class DaySchema(schema.Strict[dict[str, Any]]):
    """Which of the person's days."""

    day = fields.Date(required=True, metadata={"description": "The day, by the person's own calendar."})


class ResultsSchema(schema.Strict[dict[str, Any]]):
    """What the answer to a post tells: counts, or a bit for every reading."""

    results = fields.String(
        load_default="counts",
        validate=validate.OneOf(["counts", "bitmap"]),
        metadata={"description": "`bitmap`: a bit for every reading; what cannot be kept holds up no other."},
    )


@door.post(
    "/streams",
    needs=WRITE,
    takes=PostedSchema(),
    asks=ResultsSchema(),
    gives=DeliverySchema(),
    parses=quick_json.loads,
    is_small=True,
)
def deliver(record: OpenRecord, body: Posted, query: dict[str, Any]) -> dict[str, Any]:
    """Keep readings of a device: how many were new, and how many were known; at will, a result for every one."""
    if query["results"] == "bitmap":
        return _each_members(each.deliver(record, body))
    brought = merging.deliver_staged(record, body.delivery, body.days())
    return {"new": brought.new, "same": brought.same}


def _each_members(answer: Answer) -> dict[str, Any]:
    told = {"new": answer.new, "same": answer.same, "bitmap": answer.bitmap, "refused": []}
    if answer.refusals:
        told["refused_bitmap"] = answer.refused
        told["refused"] = [_refusal_members(each) for each in answer.refusals]
    return told


def _refusal_members(refusal: Refusal) -> dict[str, Any]:
    problem = refusal.problem
    told = {"problem": problem.code, "message": problem.message(), "field": problem.field}
    return {**told, "count": refusal.count, "indices": list(refusal.places)}


@door.get("/streams/<stream>/days", needs=READ, asks=DaysSchema(), gives=DaySummariesSchema())
def days(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """One line a day that has readings: total, or mean, least and most, or minutes of sleep by stage."""
    last = query.get("last") or clock.now().astimezone(record.timezone).date()
    first = query.get("first") or last - USUAL
    return {"days": [members(day) for day in summaries.days(record, stream, first, last)]}


@door.get("/streams/<stream>/readings", needs=READ, asks=DaySchema(), gives=DayReadingsSchema())
def readings_of_day(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """The readings of one of the person's days as columns, source by source, the best source first."""
    found = readings(record, stream, query["day"], query["day"])
    return {"day": query["day"].isoformat(), "sources": [readings_members(one) for one in found]}
