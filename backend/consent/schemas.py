"""What the doors of consent answer: grants with the names of who was let in, and the visitors' book."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.accounts.schemas import PersonSchema
from shared.consent import Purpose, Reason, Right, Scope
from shared.consent_schema import GrantKeptSchema
from shared.schema import OneOf, Strict


class GrantShownSchema(GrantKeptSchema):
    """A grant, with the names of who was let in and how it stands now."""

    to_name = fields.String(required=True)
    to_facility = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["active", "waiting", "revoked", "ended"]))


class GrantsSchema(Strict[dict[str, Any]]):
    """Grants, newest first."""

    grants = fields.List(fields.Nested(GrantShownSchema), required=True)


class VisitSchema(Strict[dict[str, Any]]):
    """One entry of the visitors' book; ``who`` is null for an account that is gone."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    who = fields.Nested(PersonSchema, required=True, allow_none=True)
    scopes = fields.List(OneOf(Scope), required=True)
    right = OneOf(Right, required=True)
    purpose = OneOf(Purpose, required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(["opened", "refused"]))
    reason = OneOf(Reason, required=True)
    way = fields.String(required=True, validate=validate.OneOf(["phone", "web", "job"]))


class VisitsSchema(Strict[dict[str, Any]]):
    """Entries of the visitors' book, newest first."""

    visits = fields.List(fields.Nested(VisitSchema), required=True)
