"""What the doors of accounts take and answer: sign-up, sign-in, refresh, people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared import clock
from shared.consent import Role
from shared.languages import LANGUAGES, SOURCE
from shared.schema import OneOf, Strict, Text


class DeviceSchema(Strict[dict[str, Any]]):
    """The device that signs in: an id it made for itself, and a label its owner will recognise."""

    id = fields.UUID(required=True)
    label = Text(100, load_default="")


def _is_said(name: str) -> None:
    """Her doctor finds her by it: a name of blanks is none."""
    if not name.strip():
        raise ValidationError("blank")


def _is_a_birthday(day: date) -> None:
    """Nobody is born tomorrow (somewhere it is a day later than here), and nobody alive was born before 1880."""
    if not date(1880, 1, 1) <= day <= clock.now().date() + timedelta(days=1):
        raise ValidationError("nobody alive")


class SignUpSchema(Strict[dict[str, Any]]):
    """A patient signs up on her phone; ids are made there, so that sending it again does no harm."""

    id = fields.UUID(required=True)
    record_id = fields.UUID(required=True)
    email = Text(254, least=3, required=True)
    password = fields.String(required=True, validate=validate.Length(max=256))
    name = Text(80, least=1, required=True, validate=_is_said)
    name_kana = Text(80, load_default="")
    born_on = fields.Date(required=True, validate=_is_a_birthday)
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
