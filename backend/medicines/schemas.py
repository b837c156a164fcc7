"""What the doors of medicines take and answer: dispensings, the answer of the checks, marks, what lists show."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from backend.accounts.schemas import PersonSchema
from shared.drug_checks import HitKind
from shared.medicines import Route, Stage, Writer
from shared.medicines_schema import LONG, Day, DispensingSchema
from shared.schema import OneOf, Strict, Text, Yes


class DispensingsSchema(Strict[dict[str, Any]]):
    """Dispensings, newest day first; ``hidden``: medicines that she keeps to herself are left out."""

    dispensings = fields.List(fields.Nested(DispensingSchema), required=True)
    hidden = fields.Boolean(required=True)


class MedicinesGlanceSchema(Strict[dict[str, Any]]):
    """What lists show: the day of the newest dispensing and its number of medicines. Empty when there is none."""

    last_on = fields.Date()
    medicines = fields.Integer()


class TakenSchema(Strict[dict[str, Any]]):
    """One medicine as the checks see it, with the days it is taken; ``ends_on`` null: no end is known."""

    id = fields.UUID(required=True)
    dispensing = fields.UUID(required=True)
    name = fields.String(required=True)
    dose = fields.String(required=True)
    route = OneOf(Route, required=True, allow_none=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    stage = OneOf(Stage, required=True)
    writer = OneOf(Writer, required=True)
    clinic = fields.String(required=True)
    doctor = fields.String(required=True)
    pharmacy = fields.String(required=True)


class MarkedSchema(Strict[dict[str, Any]]):
    """That somebody knows of a hit: why, who (null for an account that is gone) and when."""

    reason = fields.String(required=True)
    who = fields.Nested(PersonSchema, required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class HitWordsSchema(Strict[dict[str, Any]]):
    """A hit in words, in the language that was asked for, and what to do next."""

    headline = fields.String(required=True)
    medicines = fields.List(fields.String(), required=True)
    about = fields.List(fields.String(), required=True)
    source = fields.String(required=True)
    source_url = fields.String(required=True)
    ask = fields.String(required=True)


class HitSchema(Strict[dict[str, Any]]):
    """One thing that was found. ``known`` is null until somebody marks it; it returns when its facts change.

    ``finding`` is null, and its words are empty, for who may not read findings.
    """

    kind = OneOf(HitKind, required=True)
    rule = fields.String(required=True)
    key = fields.String(required=True)
    first = fields.Nested(TakenSchema, required=True)
    second = fields.Nested(TakenSchema, required=True, allow_none=True)
    finding = fields.UUID(required=True, allow_none=True)
    ingredients = fields.List(fields.String(), required=True)
    from_on = fields.Date(required=True, allow_none=True)
    until_on = fields.Date(required=True, allow_none=True)
    words = fields.Nested(HitWordsSchema, required=True)
    known = fields.Nested(MarkedSchema, required=True, allow_none=True)


class ChecksSchema(Strict[dict[str, Any]]):
    """What the checks found on day ``on``, in what they looked, and how far. Never complete.

    ``version`` names the knowledge; ``checked`` of ``medicines`` could be checked, ``unchecked`` names the others.
    ``unmatched`` are findings that match no ingredient. ``hidden_hits`` are with medicines that she hides.
    """

    on = fields.Date(required=True)
    version = fields.String(required=True)
    medicines = fields.Integer(required=True)
    checked = fields.Integer(required=True)
    unchecked = fields.List(fields.String(), required=True)
    unmatched = fields.List(fields.UUID(), required=True)
    hidden = fields.Boolean(required=True)
    hidden_hits = fields.Integer(required=True)
    limits = fields.String(required=True)
    hits = fields.List(fields.Nested(HitSchema), required=True)


class MarkSchema(Strict[dict[str, Any]]):
    """A hit is known, and why; ``known`` false: it is not, after all."""

    reason = Text(LONG, least=1, required=True)
    known = Yes(load_default=True)


class WarnedSchema(Strict[dict[str, Any]]):
    """The one bit that comes with every right to read: whether the checks found something, and nothing else."""

    warned = fields.Boolean(required=True)


class NotebookAskedSchema(Strict[dict[str, Any]]):
    """What goes out as a notebook: dispensings since a day, or all of them."""

    since = Day(metadata={"description": "Only dispensings of this day and later; all without it."})


class QrCodeSchema(Strict[dict[str, Any]]):
    """One QR code: its place among all, and its picture as SVG without a size of its own."""

    number = fields.Integer(required=True)
    total = fields.Integer(required=True)
    svg = fields.String(required=True)


class LossSchema(Strict[dict[str, Any]]):
    """What a notebook cannot say as the record does, and about which thing."""

    about = fields.String(required=True)
    problem = fields.String(required=True)


class NotebookCodesSchema(Strict[dict[str, Any]]):
    """A notebook as QR codes, to be read in any order, and what it could not say."""

    codes = fields.List(fields.Nested(QrCodeSchema), required=True)
    losses = fields.List(fields.Nested(LossSchema), required=True)
