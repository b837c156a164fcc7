"""What the doors of imports take and answer: a file in the inbox, what it holds, what was not understood."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.imports.inbox import State
from shared.schema import OneOf, Strict


class HandedSchema(Strict[dict[str, Any]]):
    """What a file is called on the phone."""

    name = fields.String(
        load_default="", metadata={"description": "The name of the file, to show it by; never a path."}
    )


class TroublesSchema(Strict[dict[str, Any]]):
    """Which of the troubles: so many from the one with number ``after`` (0 is the first)."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31),
        metadata={"description": "The number of the first trouble to list; 0 is the first of all."},
    )
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 500),
        metadata={"description": "How many troubles to list at most."},
    )


class AnswersSchema(Strict[dict[str, Any]]):
    """What the person answered about the file: the IANA zone of times that carry none."""

    zone = fields.String(required=True, validate=validate.Length(1, 64))


class IdentitySchema(Strict[dict[str, Any]]):
    """Whose file it says it is; ``mismatch`` when that is not the owner. Empty when it does not say."""

    name = fields.String()
    name_kana = fields.String()
    sex = fields.String()
    born_on = fields.String()
    mismatch = fields.Boolean()


class CountsSchema(Strict[dict[str, Any]]):
    """What keeping it does, in numbers."""

    new = fields.Integer(required=True)
    same = fields.Integer(required=True)
    changed = fields.Integer(required=True)


class TotalsSchema(CountsSchema):
    """The same over all kinds, and how many things were not understood."""

    not_understood = fields.Integer(required=True)


class TroubleSchema(Strict[dict[str, Any]]):
    """Something that was not understood: where it stood, why, and how it begins."""

    where = fields.String(required=True)
    problem = fields.String(required=True)
    excerpt = fields.String(required=True)


class ReasonSchema(Strict[dict[str, Any]]):
    """Why the file could not be read: a stable code, and what to do next, in words."""

    problem = fields.String(required=True)
    message = fields.String(required=True)


class ImportSchema(Strict[dict[str, Any]]):
    """One file of the inbox. ``counts`` by kind of measurement or stream; ``trouble_count`` counts all troubles."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    bytes = fields.Integer(required=True)
    state = OneOf(State, required=True)
    format = fields.String(required=True, allow_none=True)
    format_label = fields.String(required=True, allow_none=True)
    identity = fields.Nested(IdentitySchema, required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Nested(CountsSchema), required=True)
    totals = fields.Nested(TotalsSchema, required=True)
    troubles = fields.List(fields.Nested(TroubleSchema), required=True)
    trouble_count = fields.Integer(required=True)
    problem = fields.Nested(ReasonSchema, required=True, allow_none=True)
    percent = fields.Integer(required=True)
    received_at = fields.AwareDateTime(required=True)


class ImportsSchema(Strict[dict[str, Any]]):
    """The files of the inbox, newest first."""

    imports = fields.List(fields.Nested(ImportSchema), required=True)
