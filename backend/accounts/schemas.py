"""What the doors of accounts take: sign-up, sign-in and refresh."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.schema import Strict


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
    language = fields.String(load_default="ja", validate=validate.OneOf(["ja", "en"]))
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

    name = fields.String(load_default="", validate=validate.Length(max=80))
