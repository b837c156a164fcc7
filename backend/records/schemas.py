"""What the doors of records answer: who signed in, with her record and the tokens of her device."""

from __future__ import annotations

from marshmallow import fields

from backend.accounts.schemas import PersonSchema, TokensSchema


class SignedInSchema(TokensSchema):
    """Tokens for the device, whose they are, and her own record; null for who has none."""

    account = fields.Nested(PersonSchema, required=True)
    record_id = fields.UUID(required=True, allow_none=True)


class MeSchema(PersonSchema):
    """Who I am here, and my own record; null when I have none."""

    record_id = fields.UUID(required=True, allow_none=True)
