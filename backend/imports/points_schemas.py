"""What the door of data points takes and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.schema import Id, Strict, Yes

MOST_AT_ONCE = 1_000


class PointsSchema(Strict[dict[str, Any]]):
    """Data points with the id of their ``delivery``, made where they are sent: the same id again changes nothing.

    Each point (header and body) is looked at by itself, so a bad one holds up no other. ``confirmed``: a person looked
    at what is improbable and said yes.
    """

    delivery = Id(required=True)
    points = fields.List(
        fields.Raw(allow_none=True), required=True, validate=validate.Length(1, MOST_AT_ONCE)
    )
    confirmed = Yes(load_default=False)


class PointRefusedSchema(Strict[dict[str, Any]]):
    """Why a point was refused: a stable code, what to do next, and the member that is wrong."""

    problem = fields.String(required=True)
    message = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)


class PointResultSchema(Strict[dict[str, Any]]):
    """What became of one point."""

    state = fields.String(required=True, validate=validate.OneOf(["kept", "same", "refused"]))
    problem = fields.Nested(PointRefusedSchema, required=True, allow_none=True)


class PointsKeptSchema(Strict[dict[str, Any]]):
    """How many of each, and what became of each, in the order in which they were sent."""

    kept = fields.Integer(required=True)
    same = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    results = fields.List(fields.Nested(PointResultSchema), required=True)
