"""What the doors of vitals answer: measurements, their versions, the summaries of home blood pressure."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.blood_pressure import SetBy
from shared.home_pressure_summaries import Standing
from shared.schema import Id, OneOf, Stamp, Strict, Whole
from shared.sync_schema import MOST_NUMBER
from shared.vitals_schema import VitalMembers, VitalSchema


class VitalShownSchema(VitalMembers, Strict[dict[str, Any]]):
    """A vital, and the number of its last change."""

    number = Whole(0, MOST_NUMBER, required=True)


class VitalsSchema(Strict[dict[str, Any]]):
    """Measurements, newest first."""

    vitals = fields.List(fields.Nested(VitalSchema), required=True)


class NumberSchema(Strict[dict[str, Any]]):
    """The number of the last change."""

    number = Whole(0, MOST_NUMBER, required=True)


class VersionSchema(Strict[dict[str, Any]]):
    """A version that is not shown; ``vital`` is null where it was a withdrawal."""

    edited_at = Stamp(required=True)
    device = Id(required=True)
    author = Id(required=True)
    vital = fields.Nested(VitalSchema, required=True, allow_none=True)


class VersionsSchema(Strict[dict[str, Any]]):
    """The versions of a measurement that are not shown, newest edit first."""

    versions = fields.List(fields.Nested(VersionSchema), required=True)


class MeanSchema(Strict[dict[str, Any]]):
    """A mean in whole mmHg, the mean pulse where there was one, and the words to show: 134.6 is not shown as 135."""

    systolic = fields.Integer(required=True)
    diastolic = fields.Integer(required=True)
    pulse = fields.Integer(required=True, allow_none=True)
    text = fields.String(required=True)


class PartSchema(Strict[dict[str, Any]]):
    """Mornings or evenings: their mean, what it is made of, and how it stands to 135/85."""

    mean = fields.Nested(MeanSchema, required=True, allow_none=True)
    days = fields.Integer(required=True)
    occasions = fields.Integer(required=True)
    readings = fields.Integer(required=True)
    standing = OneOf(Standing, required=True)


class JshSchema(Strict[dict[str, Any]]):
    """Seven days the JSH way: mornings and evenings apart."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    morning = fields.Nested(PartSchema, required=True)
    evening = fields.Nested(PartSchema, required=True)
    days = fields.Integer(required=True)
    standing = OneOf(Standing, required=True)


class EshSchema(Strict[dict[str, Any]]):
    """Seven days the ESH way: without the first day, mornings and evenings together."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    dropped_day = fields.Date(required=True, allow_none=True)
    days = fields.Integer(required=True)
    mean = fields.Nested(MeanSchema, required=True, allow_none=True)
    standing = OneOf(Standing, required=True)


class TargetSchema(Strict[dict[str, Any]]):
    """What home blood pressure is to stay below (mmHg), who set it, and that in words."""

    systolic = fields.Integer(required=True)
    diastolic = fields.Integer(required=True)
    set_by = OneOf(SetBy, required=True)
    words = fields.String(required=True)


class SummarySchema(Strict[dict[str, Any]]):
    """Home blood pressure of seven days, the two ways, never mixed."""

    jsh = fields.Nested(JshSchema, required=True)
    esh = fields.Nested(EshSchema, required=True)
    target = fields.Nested(TargetSchema, required=True)


class VitalsGlanceSchema(Strict[dict[str, Any]]):
    """What lists show: the newest blood pressure, the means of the seven days up to it. Empty when there is none.

    ``last_at`` in ms since 1970 UTC; ``morning`` and ``evening`` as people read them: ``128/78``, and ``134.6/79``
    where a whole number would stand on a line that the mean is below.
    """

    last_at = fields.Integer()
    last = fields.String()
    pulse = fields.Integer(allow_none=True)
    morning = fields.String(allow_none=True)
    evening = fields.String(allow_none=True)
    morning_days = fields.Integer()
    evening_days = fields.Integer()
    as_of = fields.Date()
