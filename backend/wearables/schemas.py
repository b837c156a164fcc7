"""What the doors of wearables take and answer: posts, days, weeks and months summed up, readings, charts, sources."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import fields, validate

from backend.wearables.judging import MOST_PLACES
from shared.columns_schema import Column, ColumnsSchema
from shared.resting_heart_rate import RestedBy
from shared.schema import Strict

USUAL = timedelta(days=30)


class ReadingsRefusedSchema(Strict[dict[str, Any]]):
    """Readings that cannot be kept for one reason: a stable code, what to do (as of the first), the wrong column.

    ``count``: how many; ``indices``: the first hundred of their places in the columns, from 0.
    """

    problem = fields.String(required=True)
    message = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)
    indices = fields.List(fields.Integer(), required=True, validate=validate.Length(1, MOST_PLACES))


class DaysSchema(Strict[dict[str, Any]]):
    """Which of the person's days, both included; the last 30 when nothing is said."""

    first = fields.Date(
        data_key="from", metadata={"description": "The first day; thirty days before the last when left out."}
    )
    last = fields.Date(
        data_key="to",
        validate=validate.Range(min=date.min + USUAL),
        metadata={"description": "The last day (included); else today."},
    )


class DeliverySchema(Strict[dict[str, Any]]):
    """How many readings were new, and how many were known. The rest only with ``results=bitmap``."""

    new = fields.Integer(required=True)
    same = fields.Integer(required=True)
    bitmap = fields.String(
        metadata={
            "description": "Base64 of a bit a reading, the first in the highest bit, set where it was new."
        }
    )
    refused_bitmap = fields.String(
        metadata={
            "description": "The same, set where it cannot be kept; left out when all can. Neither: it was known."
        }
    )
    refused = fields.List(fields.Nested(ReadingsRefusedSchema))


class StagesSchema(Strict[dict[str, Any]]):
    """Whole minutes by stage of sleep; a stage without any is left out."""

    awake = fields.Integer()
    in_bed = fields.Integer()
    asleep = fields.Integer()
    light = fields.Integer()
    deep = fields.Integer()
    rem = fields.Integer()


class ReportedSchema(Strict[dict[str, Any]]):
    """What a device itself says the day came to."""

    source = fields.String(required=True)
    total = fields.Float(required=True)


class GlucoseDaySchema(Strict[dict[str, Any]]):
    """A day of a glucose sensor in parts that add up: bands in ms of the day that ``lasts`` so many, in mg/dL."""

    count = fields.Integer(required=True)
    sum = fields.Float(required=True)
    squares = fields.Float(required=True)
    very_low = fields.Integer(required=True, metadata={"description": "Below 54."})
    low = fields.Integer(required=True, metadata={"description": "54 to 69."})
    in_range = fields.Integer(required=True, metadata={"description": "70 to 180."})
    high = fields.Integer(required=True, metadata={"description": "181 to 250."})
    very_high = fields.Integer(required=True, metadata={"description": "Above 250."})
    lasts = fields.Integer(required=True)


class DaySummarySchema(Strict[dict[str, Any]]):
    """One of the person's days: total, or mean, and range, or sleep. What does not apply is left out.

    ``reported``: totals of the devices themselves, the best source first, in no other figure; a day may have no more.
    ``resting``: our own resting heart rate, of heart rates.
    """

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
    resting = fields.Float()
    reported = fields.List(fields.Nested(ReportedSchema))
    glucose = fields.Nested(GlucoseDaySchema)


class DaySummariesSchema(Strict[dict[str, Any]]):
    """The days that have readings, in order."""

    days = fields.List(fields.Nested(DaySummarySchema), required=True)


class DayReadingsSchema(Strict[dict[str, Any]]):
    """The readings of one day as columns, the best source first."""

    day = fields.Date(required=True)
    sources = fields.List(fields.Nested(ColumnsSchema), required=True)


class SourceSchema(Strict[dict[str, Any]]):
    """A device or app that readings come from, and the streams it has brought."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    streams = fields.List(fields.String(), required=True)


class SourcesSchema(Strict[dict[str, Any]]):
    """The sources, the best first: each moment of a day is read from the first that saw it."""

    sources = fields.List(fields.Nested(SourceSchema), required=True)
    is_summing_up = fields.Boolean(
        required=True, metadata={"description": "Days are still being summed up in this order."}
    )


class OrderSchema(Strict[dict[str, Any]]):
    """The ids of all sources in the order in which they are to be believed."""

    order = fields.List(fields.Integer(strict=True), required=True, validate=validate.Length(1, 10_000))


class GlucoseFiguresSchema(Strict[dict[str, Any]]):
    """A glucose sensor over some days; percent of the time covered, mg/dL. ``gmi`` only when there ``is_enough``."""

    days = fields.Integer(required=True)
    coverage = fields.Float(required=True)
    mean = fields.Float(required=True)
    in_range = fields.Float(required=True)
    below_70 = fields.Float(required=True)
    below_54 = fields.Float(required=True)
    above_180 = fields.Float(required=True)
    above_250 = fields.Float(required=True)
    cv = fields.Float(allow_none=True, required=True)
    gmi = fields.Float(allow_none=True, required=True)
    is_enough = fields.Boolean(required=True)


class DefinitionSchema(Strict[dict[str, Any]]):
    """A figure, what it is, and where the rule is from."""

    name = fields.String(required=True)
    text = fields.String(required=True)


class GlucoseAnswerSchema(Strict[dict[str, Any]]):
    """The figures, None where the sensor measured nothing, and what they mean."""

    figures = fields.Nested(GlucoseFiguresSchema, allow_none=True, required=True)
    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)


class RestedSchema(Strict[dict[str, Any]]):
    """The resting heart rate of a day; ``by`` the device, or ours."""

    day = fields.Date(required=True)
    value = fields.Float(required=True)
    by = fields.Enum(RestedBy, by_value=True, required=True)


class RestingAnswerSchema(Strict[dict[str, Any]]):
    """The days that have a resting heart rate, in order, and how each way works it out."""

    days = fields.List(fields.Nested(RestedSchema), required=True)
    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)


class NightSchema(Strict[dict[str, Any]]):
    """Minutes by stage of sleep, the mean of a night; a stage without any is left out."""

    awake = fields.Float()
    in_bed = fields.Float()
    asleep = fields.Float()
    light = fields.Float()
    deep = fields.Float()
    rem = fields.Float()


class StreamPeriodSchema(Strict[dict[str, Any]]):
    """A week or month; what does not apply is None. ``reported_days``: only a device's own total is known of them."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    days = fields.Integer(required=True)
    count = fields.Integer(required=True)
    reported_days = fields.Integer(required=True)
    total = fields.Float(allow_none=True, required=True)
    a_day = fields.Float(allow_none=True, required=True)
    mean = fields.Float(allow_none=True, required=True)
    min = fields.Float(allow_none=True, required=True)
    max = fields.Float(allow_none=True, required=True)
    minutes = fields.Nested(NightSchema, required=True)
    asleep_minutes = fields.Float(allow_none=True, required=True)
    glucose = fields.Nested(GlucoseFiguresSchema, allow_none=True, required=True)


class StreamPeriodsSchema(Strict[dict[str, Any]]):
    """The periods that have days, in order, and what a period is."""

    periods = fields.List(fields.Nested(StreamPeriodSchema), required=True)
    definition = fields.String(required=True)


class PointsSchema(Strict[dict[str, Any]]):
    """Points for a chart, at most two a pixel column; ``count`` and ``total`` are of all readings in the range.

    ``of``: whether ``time`` is the start of a reading or of the quarter of an hour that the reading lies in.
    """

    stream = fields.String(required=True)
    method = fields.String(required=True)
    of = fields.String(required=True, validate=validate.OneOf(["reading", "quarter"]))
    begins = fields.Integer(data_key="from", attribute="from", required=True)
    ends = fields.Integer(data_key="to", attribute="to", required=True)
    width = fields.Integer(required=True)
    count = fields.Integer(required=True)
    total = fields.Float(allow_none=True, required=True)
    time = Column(required=True)
    value = Column(required=True)
