"""Doors of what readings come to: weeks and months, points for a chart, figures, and which source is believed first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from marshmallow import fields, validate

from backend.consent.opened import OpenRecord
from backend.http import Door
from backend.wearables import drawing, periods, sources
from backend.wearables.schemas import (
    DaysSchema,
    GlucoseAnswerSchema,
    OrderSchema,
    PointsSchema,
    RestingAnswerSchema,
    SourcesSchema,
    StreamPeriodsSchema,
)
from shared import clock, schema
from shared.consent import Right, Scope
from shared.glucose import ENOUGH_DAYS, glucose_definitions
from shared.resting_heart_rate import RestedBy, resting_definition
from shared.stream_periods import CalendarPart, StreamPeriod, period_definition

door = Door("figures", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.WEARABLES, Right.READ)
WRITE = (Scope.WEARABLES, Right.WRITE)


class RangeSchema(schema.Strict[dict[str, Any]]):
    """What a chart shows: from when to when, on so many pixels."""

    begins = fields.Integer(
        data_key="from", required=True, metadata={"description": "Milliseconds since 1970 UTC."}
    )
    ends = fields.Integer(
        data_key="to", required=True, metadata={"description": "Milliseconds since 1970 UTC; not included."}
    )
    width = fields.Integer(
        load_default=1000,
        validate=validate.Range(1, drawing.WIDEST),
        metadata={"description": "Pixel columns; each gets two points at most."},
    )


@door.get("/streams/<stream>/points", needs=READ, asks=RangeSchema(), gives=PointsSchema())
def points(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """The least and the most of every pixel column; how many readings there are and what they add up to."""
    drawn = drawing.points(record, stream, query["begins"], query["ends"], query["width"])
    return {
        "stream": stream,
        "method": drawn.method,
        "of": "quarter" if drawn.by_quarter else "reading",
        "from": drawn.begins,
        "to": drawn.ends,
        "width": drawn.width,
        "count": drawn.count,
        "total": drawn.total,
        "time": drawn.time.tolist(),
        "value": drawn.value.tolist(),
    }


@door.get("/streams/<stream>/weeks", needs=READ, asks=DaysSchema(), gives=StreamPeriodsSchema())
def weeks(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """The weeks (from Monday) that the days asked for lie in, each whole; the last twelve when nothing is said."""
    return _periods(record, stream, CalendarPart.WEEK, _span(record, query, 83))


@door.get("/streams/<stream>/months", needs=READ, asks=DaysSchema(), gives=StreamPeriodsSchema())
def months(record: OpenRecord, stream: str, query: dict[str, Any]) -> dict[str, Any]:
    """The months that the days asked for lie in, each whole; the last twelve when nothing is said."""
    return _periods(record, stream, CalendarPart.MONTH, _span(record, query, 334))


@door.get("/streams/glucose", needs=READ, asks=DaysSchema(), gives=GlucoseAnswerSchema())
def glucose(record: OpenRecord, query: dict[str, Any]) -> dict[str, Any]:
    """Time in range and GMI of a glucose sensor, over the last 14 days when nothing is said."""
    figures = periods.glucose(record, *_span(record, query, ENOUGH_DAYS - 1))
    told = [{"name": name, "text": text} for name, text in glucose_definitions()]
    return {"figures": None if figures is None else asdict(figures), "definitions": told}


@door.get("/streams/resting", needs=READ, asks=DaysSchema(), gives=RestingAnswerSchema())
def resting(record: OpenRecord, query: dict[str, Any]) -> dict[str, Any]:
    """Each day's resting heart rate: the device's own, or else ours; the last 30 days when nothing is said."""
    days = periods.resting(record, *_span(record, query, 30))
    told = [{"name": by.value, "text": resting_definition(by)} for by in RestedBy]
    return {"days": [asdict(day) for day in days], "definitions": told}


@door.get("/streams/sources", needs=READ, gives=SourcesSchema())
def listed(record: OpenRecord) -> dict[str, Any]:
    """The devices and apps that readings come from, the one that is believed first at the head."""
    return {
        "sources": [asdict(source) for source in sources.listed(record)],
        "is_summing_up": sources.is_summing_up(record),
    }


@door.put("/streams/sources", needs=WRITE, takes=OrderSchema(), gives=SourcesSchema())
def order(record: OpenRecord, body: dict[str, Any]) -> dict[str, Any]:
    """Believe the sources in this order; days that it changes are summed up again."""
    ordered = sources.order(record, body["order"])
    return {
        "sources": [asdict(source) for source in ordered.sources],
        "is_summing_up": ordered.is_summing_up,
    }


def _periods(
    record: OpenRecord, stream: str, period: CalendarPart, span: tuple[date, date]
) -> dict[str, Any]:
    found = periods.periods(record, stream, period, *span)
    return {"periods": [_members(each) for each in found], "definition": period_definition(period)}


def _members(period: StreamPeriod) -> dict[str, Any]:
    """The same names as the days have."""
    found = asdict(period)
    names = {"least": "min", "most": "max", "asleep": "asleep_minutes"}
    return {names.get(name, name): value for name, value in found.items()}


def _span(record: OpenRecord, query: dict[str, Any], days: int) -> tuple[date, date]:
    last = query.get("last") or clock.now().astimezone(record.timezone).date()
    return query.get("first") or date.fromordinal(max(1, last.toordinal() - days)), last
