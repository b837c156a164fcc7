"""What the doors of sync take and answer: a page of told changes and what became of each, a page of news."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.sync.paging import MOST_BYTES, MOST_CHANGES
from shared.consent import GRANTABLE
from shared.schema import OneOf, Strict, Whole
from shared.sync_schema import MOST_NUMBER, ChangeSchema

MOST_AT_ONCE = 500
PLACE_LENGTH = 500


class PushSchema(Strict[dict[str, list[Any]]]):
    """A page of changes; each is looked at by itself (`sync_schema.ToldSchema`), so a bad one holds up no other."""

    changes = fields.List(fields.Raw(), required=True, validate=validate.Length(max=MOST_AT_ONCE))


class PullSchema(Strict[dict[str, Any]]):
    """After which number, where inside the next one, and how much at most."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, MOST_NUMBER),
        metadata={"description": "The `after` of the last answer; 0 at the beginning."},
    )
    limit = fields.Integer(
        load_default=MOST_CHANGES,
        validate=validate.Range(1, 2000),
        metadata={"description": "At most how many changes."},
    )
    size = fields.Integer(
        load_default=MOST_BYTES,
        validate=validate.Range(1, 4 * MOST_BYTES),
        metadata={"description": "At most how many bytes of JSON; one change comes, however large it is."},
    )
    place = fields.String(
        load_default=None,
        validate=validate.Length(max=PLACE_LENGTH),
        metadata={
            "description": "The `place` of the last answer; empty at the beginning. Who leaves it out knows no places: "
            "what was changed together comes together then, however much it is."
        },
    )


class RefusedSchema(Strict[dict[str, Any]]):
    """Why one change was refused: a stable code, what to do next, and the member that is wrong."""

    problem = fields.String(required=True)
    message = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)


class ResultSchema(Strict[dict[str, Any]]):
    """What became of one told change. ``lost``: another version won, this one is kept beside it."""

    id = fields.Raw(required=True, metadata={"description": "As it was told."})
    edit = fields.Raw(required=True, metadata={"description": "As it was told; 0 when it was not."})
    state = fields.String(required=True, validate=validate.OneOf(["kept", "same", "lost", "refused"]))
    number = Whole(0, MOST_NUMBER, required=True)
    problem = fields.Nested(RefusedSchema)


class PushedSchema(Strict[dict[str, Any]]):
    """What became of each, in the order in which they were told."""

    results = fields.List(fields.Nested(ResultSchema), required=True)


class HeardSchema(Strict[dict[str, Any]]):
    """A page of changes. ``after`` and ``place`` to ask for next; ``forget`` first; ``view`` another: begin anew."""

    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    after = Whole(0, MOST_NUMBER, required=True)
    place = fields.String(
        required=True,
        validate=validate.Length(max=PLACE_LENGTH),
        metadata={
            "description": "How far what has the number after `after` was told; empty: nothing of it was."
        },
    )
    more = fields.Boolean(required=True)
    forget = fields.List(OneOf(GRANTABLE), required=True)
    view = fields.String(required=True)
