"""Medicines over the wire: the JSON of dispensings, memos and family pharmacists that phone and server share.

Every member goes out, and what went out comes in as the very same word. From others only what makes the thing what it
is must be there; a member left out is empty. Days are ``YYYY-MM-DD``, enumerations their values, and what nobody knows
(a route, an amount) is null.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate

from shared.medicines import (
    Author,
    CodeSet,
    Component,
    Dispensing,
    DispensingNote,
    FamilyPharmacist,
    Form,
    Medicine,
    Memo,
    NoteKind,
    Place,
    Route,
    Signature,
    Stage,
    Usage,
)
from shared.problems import Invalid
from shared.schema import Id, Member, OneOf, Strict, Text, Whole, dump, load

# The longest field of a medicine notebook is N800 (bytes); what a person types is shorter.
LONG, SHORT = 1000, 300
# No slip of this world has so many; a hostile one would keep the checks busy for minutes.
MOST_MEDICINES = 300

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Day(Member[date]):
    """A day of the calendar, ``YYYY-MM-DD`` and nothing else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "format": "date"}, **kwargs)

    def take(self, value: object, name: str) -> date:
        """A day that exists."""
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise Invalid("invalid_fields", field=name)

    def give(self, value: date) -> str:
        """The same spelling."""
        return value.isoformat()


class Texts(Member[tuple[str, ...]]):
    """Some texts of at most ``most`` characters, in their order; a list in JSON."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        self.each = Text(most)
        super().__init__({"type": "array", "items": self.each.metadata}, **kwargs)

    def take(self, value: object, name: str) -> tuple[str, ...]:
        """As they came."""
        if not isinstance(value, list):
            raise Invalid("invalid_fields", field=name)
        return tuple(self.each.take(each, name) for each in value)

    def give(self, value: tuple[str, ...]) -> list[str]:
        """In their order."""
        return list(value)


class PlaceSchema(Strict[Place]):
    """A pharmacy, clinic or hospital."""

    name = Text(LONG, least=1, required=True)
    code = Text(SHORT)
    prefecture = Text(SHORT)
    score_table = Text(SHORT)
    phone = Text(LONG)
    postal_code = Text(SHORT)
    address = Text(LONG)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Place:
        """The word itself."""
        return Place(**data)


class UsageSchema(Strict[Usage]):
    """How it is taken."""

    text = Text(LONG)
    code = Text(SHORT)
    form = OneOf(Form, allow_none=True)
    amount = Whole(0, 999_999, allow_none=True)
    amount_unit = Text(LONG)
    notes = Texts(LONG)
    cautions = Texts(LONG)
    extra_codes = Texts(SHORT)
    site_code = Text(SHORT)
    single_dose = Text(LONG)
    starts_on = Day(allow_none=True)
    ends_on = Day(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Usage:
        """The word itself."""
        return Usage(**data)


class ComponentSchema(Strict[Component]):
    """An ingredient as an OTC package names it."""

    name = Text(LONG, least=1, required=True)
    code = Text(SHORT)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Component:
        """The word itself."""
        return Component(**data)


class MedicineSchema(Strict[Medicine]):
    """One medicine of a dispensing."""

    id = Id(required=True)
    name = Text(LONG, least=1, required=True)
    dose = Text(LONG)
    dose_unit = Text(LONG)
    code_set = OneOf(CodeSet)
    code = Text(SHORT)
    generic_name = Text(LONG)
    generic_code = Text(SHORT)
    ingredients = Texts(SHORT)
    route = OneOf(Route, allow_none=True)
    usage = fields.Nested(UsageSchema)
    rp = Whole(0, 999_999)
    clinic_doctor = Text(2 * LONG + 1)
    department = Text(LONG)
    author = OneOf(Author)
    notes = Texts(LONG)
    cautions = Texts(LONG)
    components = fields.List(fields.Nested(ComponentSchema))
    jan = Text(SHORT)
    clinic = fields.Nested(PlaceSchema, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Medicine:
        """The word itself."""
        return Medicine(**{**data, "components": tuple(data.get("components", ()))})


class DispensingNoteSchema(Strict[DispensingNote]):
    """A note to all medicines of one dispensing."""

    kind = OneOf(NoteKind, required=True)
    text = Text(LONG, least=1, required=True)
    detail = Text(SHORT)
    on = Day(allow_none=True)
    author = OneOf(Author)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> DispensingNote:
        """The word itself."""
        return DispensingNote(**data)


class DispensingSchema(Strict[Dispensing]):
    """One visit to a pharmacy with its medicines, in order."""

    id = Id(required=True)
    dispensed_on = Day(required=True)
    medicines = fields.List(
        fields.Nested(MedicineSchema), required=True, validate=validate.Length(max=MOST_MEDICINES)
    )
    pharmacy = fields.Nested(PlaceSchema, allow_none=True)
    pharmacist = Text(LONG)
    clinic = fields.Nested(PlaceSchema, allow_none=True)
    author = OneOf(Author)
    origin = Text(SHORT)
    stage = OneOf(Stage)
    pharmacist_contact = Text(LONG)
    prescribed_on = Day(allow_none=True)
    prescription_id = Text(SHORT)
    exchange_number = Text(SHORT)
    valid_until = Day(allow_none=True)
    refills = Whole(0, 99, allow_none=True)
    signature = OneOf(Signature)
    notes = fields.List(fields.Nested(DispensingNoteSchema))

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Dispensing:
        """The word itself."""
        return Dispensing(
            **{**data, "medicines": tuple(data["medicines"]), "notes": tuple(data.get("notes", ()))}
        )


class MemoSchema(Strict[Memo]):
    """A memo in the medicine notebook."""

    id = Id(required=True)
    text = Text(LONG, least=1, required=True)
    on = Day(allow_none=True)
    author = OneOf(Author)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Memo:
        """The word itself."""
        return Memo(**data)


class FamilyPharmacistSchema(Strict[FamilyPharmacist]):
    """The pharmacist she has chosen as her own."""

    id = Id(required=True)
    name = Text(LONG, least=1, required=True)
    pharmacy = Text(LONG)
    contact = Text(LONG)
    starts_on = Day(allow_none=True)
    ends_on = Day(allow_none=True)
    author = OneOf(Author)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> FamilyPharmacist:
        """The word itself."""
        return FamilyPharmacist(**data)


_DISPENSING = DispensingSchema()
_MEMO = MemoSchema()
_FAMILY_PHARMACIST = FamilyPharmacistSchema()


def dispensing_from(data: object) -> Dispensing:
    """The dispensing that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_DISPENSING, data)


def dispensing_members(dispensing: Dispensing) -> dict[str, object]:
    """A dispensing as JSON members, its medicines in order."""
    return dump(_DISPENSING, dispensing)


def memo_from(data: object) -> Memo:
    """The memo that parsed JSON ``data`` says."""
    return load(_MEMO, data)


def memo_members(memo: Memo) -> dict[str, object]:
    """A memo as JSON members."""
    return dump(_MEMO, memo)


def family_pharmacist_from(data: object) -> FamilyPharmacist:
    """The family pharmacist that parsed JSON ``data`` says."""
    return load(_FAMILY_PHARMACIST, data)


def family_pharmacist_members(pharmacist: FamilyPharmacist) -> dict[str, object]:
    """A family pharmacist as JSON members."""
    return dump(_FAMILY_PHARMACIST, pharmacist)
