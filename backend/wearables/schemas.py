"""What the doors of wearables answer: what became of a post, days summed up, readings of a day."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.columns_schema import ColumnsSchema
from shared.schema import Strict


class DeliverySchema(Strict[dict[str, Any]]):
    """How many readings were new, and how many were known."""

    new = fields.Integer(required=True)
    same = fields.Integer(required=True)


class StagesSchema(Strict[dict[str, Any]]):
    """Whole minutes by stage of sleep; a stage without any is left out."""

    awake = fields.Integer()
    in_bed = fields.Integer()
    asleep = fields.Integer()
    light = fields.Integer()
    deep = fields.Integer()
    rem = fields.Integer()


class DaySummarySchema(Strict[dict[str, Any]]):
    """One of the person's days: total, or mean, and range, or sleep. What does not apply is left out."""

    stream = fields.String(required=True)
    day = fields.Date(required=True)
    count = fields.Integer(required=True)
    total = fields.Float()
    mean = fields.Float()
    min = fields.Float()
    max = fields.Float()
    stages = fields.Nested(StagesSchema)
    asleep_minutes = fields.Integer()
    begun = fields.AwareDateTime()
    ended = fields.AwareDateTime()


class DaySummariesSchema(Strict[dict[str, Any]]):
    """The days that have readings, in order."""

    days = fields.List(fields.Nested(DaySummarySchema), required=True)


class DayReadingsSchema(Strict[dict[str, Any]]):
    """The readings of one day as columns, the best source first."""

    day = fields.Date(required=True)
    sources = fields.List(fields.Nested(ColumnsSchema), required=True)
