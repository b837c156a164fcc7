"""What the doors of accounts take and answer: sign-up, sign-in, refresh, people."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.consent import Role
from shared.languages import LANGUAGES, SOURCE
from shared.schema import OneOf, Strict


class DeviceSchema(Strict[dict[str, Any]]):
    """The device that signs in: an id it made for itself, and a label its owner will recognise."""

    id = fields.UUID(required=True)
    label = fields.String(load_default="", validate=validate.Length(max=100))


class SignUpSchema(Strict[dict[str, Any]]):
    """A patient signs up on her phone; ids are made there, so that sending it again does no harm."""

    id = fields.UUID(required=True)
    record_id = fields.UUID(required=True)
    email = fields.String(required=True, validate=validate.Length(min=3, max=254))
    password = fields.String(required=True, validate=validate.Length(max=256))
    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    name_kana = fields.String(load_default="", validate=validate.Length(max=80))
    born_on = fields.Date(required=True)
    sex = fields.String(load_default="", validate=validate.OneOf(["", "female", "male", "other"]))
    language = fields.String(load_default=SOURCE, validate=validate.OneOf(LANGUAGES))
    device = fields.Nested(DeviceSchema, required=True)


class SignInSchema(Strict[dict[str, Any]]):
    """E-mail and password, and the device."""

    email = fields.String(required=True, validate=validate.Length(max=254))
    password = fields.String(required=True, validate=validate.Length(max=256))
    device = fields.Nested(DeviceSchema, required=True)


class WebSignInSchema(Strict[dict[str, Any]]):
    """The form of the sign-in page."""

    email = fields.String(required=True, validate=validate.Length(max=254))
    password = fields.String(required=True, validate=validate.Length(max=256))


class RefreshSchema(Strict[dict[str, Any]]):
    """The refresh token that the device holds."""

    refresh = fields.String(required=True, validate=validate.Length(max=4096))


class NameSchema(Strict[dict[str, Any]]):
    """A part of a name to look for."""

    name = fields.String(
        load_default="",
        validate=validate.Length(max=80),
        metadata={"description": "A part of the name of a person or a facility; all when it is empty."},
    )


class PersonSchema(Strict[dict[str, Any]]):
    """Somebody as others may see her; ``facility`` is empty for who works at none."""

    id = fields.UUID(required=True)
    role = OneOf(Role, required=True)
    name = fields.String(required=True)
    facility = fields.String(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class TokensSchema(Strict[dict[str, Any]]):
    """What a device shows to prove who it is: one token for every request, one to get new ones."""

    access = fields.String(required=True)
    refresh = fields.String(required=True)


class PractitionersSchema(Strict[dict[str, Any]]):
    """Those whom one can let in."""

    practitioners = fields.List(fields.Nested(PersonSchema), required=True)
