"""What the doors of costs answer: a year of lines, by month, place and kind. Amounts are whole yen."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.costs import CareKind
from shared.costs_schema import CostSchema
from shared.problems import Invalid
from shared.schema import Member, OneOf, Strict


class YearInQuery(Member[int]):
    """A year of four digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "pattern": "^[0-9]{4}$"}, **kwargs)

    def take(self, value: object, name: str) -> int:
        """As a number."""
        if isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdecimal():
            return int(value)
        raise Invalid("invalid_fields", field=name)


class YearAskedSchema(Strict[dict[str, int]]):
    """Which year; without it the newest that there is."""

    year = YearInQuery(metadata={"description": "The year of the months of care."})


class SumSchema(Strict[dict[str, Any]]):
    """Lines added up; ``not_given`` of them have no amount paid."""

    lines = fields.Integer(required=True)
    total = fields.Integer(required=True)
    insurer = fields.Integer(required=True)
    public = fields.Integer(required=True)
    paid = fields.Integer(required=True)
    not_given = fields.Integer(required=True)


class MonthSchema(Strict[dict[str, Any]]):
    """A month with its lines."""

    month = fields.String(required=True)
    sum = fields.Nested(SumSchema, required=True)
    costs = fields.List(fields.Nested(CostSchema), required=True)


class PlaceSumSchema(Strict[dict[str, Any]]):
    """A place and kind of care with the sum of its lines."""

    place = fields.String(required=True)
    kind_text = fields.String(required=True)
    sum = fields.Nested(SumSchema, required=True)


class KindSumSchema(Strict[dict[str, Any]]):
    """A kind of care, in the notice's own words too, with the sum of its lines."""

    kind = OneOf(CareKind, required=True)
    kind_text = fields.String(required=True)
    sum = fields.Nested(SumSchema, required=True)


class CostsSchema(Strict[dict[str, Any]]):
    """A year of costs; ``years`` are all that there are, newest first."""

    year = fields.Integer(required=True, allow_none=True)
    years = fields.List(fields.Integer(), required=True)
    sum = fields.Nested(SumSchema, required=True)
    months = fields.List(fields.Nested(MonthSchema), required=True)
    places = fields.List(fields.Nested(PlaceSumSchema), required=True)
    kinds = fields.List(fields.Nested(KindSumSchema), required=True)
