"""What the doors of posts take and answer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.schema import Id, Moment, Strict


class PostsAskedSchema(Strict[dict[str, Any]]):
    """Which page of the posts."""

    before = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**62),
        metadata={
            "description": "Where the page before this one ended (its ``before``); left out for the newest."
        },
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "How many posts to list at most."},
    )


class PostedStreamSchema(Strict[dict[str, Any]]):
    """Readings of a stream from a source, and on which UTC days they begin (both included)."""

    stream = fields.String(required=True)
    source = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")


class PostSchema(Strict[dict[str, Any]]):
    """What a device or app posted: ``streams``, and of measurements, workouts and electrocardiograms how many are in
    the record (``words``). ``undone_at``: when it was taken back, null while it is there."""

    id = Id(required=True)
    received_at = Moment(required=True)
    undone_at = Moment(required=True, allow_none=True)
    words = fields.Integer(required=True)
    streams = fields.List(fields.Nested(PostedStreamSchema), required=True)


class PostsSchema(Strict[dict[str, Any]]):
    """A page of posts, newest first. ``before``: to ask for the next page with; null at the end."""

    deliveries = fields.List(fields.Nested(PostSchema), required=True)
    before = fields.Integer(required=True, allow_none=True)
