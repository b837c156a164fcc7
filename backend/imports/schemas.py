"""What the doors of imports take and answer: a file in the inbox, what it holds, what was not understood."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.imports.inbox import State
from shared.formats import Ask, DayOrder
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
    """What the person answered about the file: at least one. ``zone`` (IANA name) of times that carry none; which
    of day and month comes first; by the key of a sheet's header, what each of its columns means."""

    zone = fields.String(validate=validate.Length(1, 64))
    day_order = OneOf(DayOrder)
    columns = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 200)),
        values=fields.List(fields.String(validate=validate.Length(0, 64)), validate=validate.Length(1, 500)),
    )


class UploadQuerySchema(Strict[dict[str, Any]]):
    """Where in the file the body belongs, how large the whole file is (to be said), and what it is called."""

    offset = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**50),
        metadata={"description": "How many bytes of the file are safe already: where the body belongs."},
    )
    size = fields.Integer(
        load_default=None,
        validate=validate.Range(0, 2**50),
        metadata={"description": "How many bytes the whole file has; must be said."},
    )
    name = fields.String(
        load_default="", metadata={"description": "The name of the file, to show it by; never a path."}
    )


class QuestionSchema(Strict[dict[str, Any]]):
    """What only the person can say: what is asked (``zone``, ``day_order``, ``columns``), by which format, and what
    the format shows with it."""

    ask = OneOf(Ask, required=True)
    of = fields.String(required=True)
    of_label = fields.String(required=True)
    message = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class AnsweredSchema(Strict[dict[str, Any]]):
    """An answer that the file was read with. ``remembered``: from an earlier file, so she was not asked this time."""

    of = fields.String(required=True)
    of_label = fields.String(required=True)
    zone = fields.String(required=True, allow_none=True)
    day_order = OneOf(DayOrder, required=True, allow_none=True)
    columns = fields.Boolean(required=True)
    remembered = fields.Boolean(required=True)


class RememberedSchema(Strict[dict[str, Any]]):
    """What she answered about files of one format; ``sheets`` counts the sheets whose columns are known."""

    of = fields.String(required=True)
    of_label = fields.String(required=True)
    zone = fields.String(required=True, allow_none=True)
    day_order = OneOf(DayOrder, required=True, allow_none=True)
    sheets = fields.Integer(required=True)
    answered_at = fields.AwareDateTime(required=True)


class RememberedListSchema(Strict[dict[str, Any]]):
    """Everything that is remembered of her answers."""

    answers = fields.List(fields.Nested(RememberedSchema), required=True)


class ProgressSchema(Strict[dict[str, Any]]):
    """How far the reading is: percent of the file, things taken out, different days, things a second."""

    percent = fields.Integer(required=True)
    readings = fields.Integer(required=True)
    days = fields.Integer(required=True)
    rate = fields.Integer(required=True)


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
    question = fields.Nested(QuestionSchema, required=True, allow_none=True)
    answered = fields.List(fields.Nested(AnsweredSchema), required=True)
    percent = fields.Integer(required=True)
    progress = fields.Nested(ProgressSchema, required=True)
    received_at = fields.AwareDateTime(required=True)


class ImportsSchema(Strict[dict[str, Any]]):
    """The files of the inbox, newest first."""

    imports = fields.List(fields.Nested(ImportSchema), required=True)


class UploadSchema(Strict[dict[str, Any]]):
    """A large file on its way: ``kept`` of its bytes are safe, the next ones go on from there. ``size`` is None before
    the first of them came; ``import`` is there when all are."""

    id = fields.UUID(required=True)
    kept = fields.Integer(required=True)
    size = fields.Integer(required=True, allow_none=True)
    import_ = fields.Nested(ImportSchema, required=True, allow_none=True, data_key="import")
