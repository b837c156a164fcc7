"""Dispensings from JSON that we wrote ourselves: no questions asked, ten times quicker than the schema.

Only for what was checked by `shared.medicines_schema` before it was sealed. Members that are not there are empty, and
members that this version does not know are left out. `tests/shared/test_medicines_quick.py` proves both readers equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from shared.ids import written_id
from shared.medicines import (
    Author,
    CodeSet,
    Component,
    Dispensing,
    DispensingNote,
    Form,
    Medicine,
    NoteKind,
    Place,
    Route,
    Signature,
    Stage,
    Usage,
)

Members = Mapping[str, Any]
Named = TypeVar("Named", bound=Enum)


def _values(kind: type[Named]) -> dict[str | None, Named]:
    """Names to members: a look into a dict is a tenth of a call of the enumeration."""
    return {each.value: each for each in kind}


_AUTHORS, _CODE_SETS, _STAGES = _values(Author), _values(CodeSet), _values(Stage)
_ROUTES, _FORMS, _SIGNATURES, _NOTE_KINDS = (
    _values(Route),
    _values(Form),
    _values(Signature),
    _values(NoteKind),
)
_NO_USAGE = Usage()


def dispensing_quick(data: Members) -> Dispensing:
    """The dispensing of JSON members that `dispensing_members` gave, in this version or an earlier one."""
    get = data.get
    return Dispensing(
        written_id(data["id"]),
        date.fromisoformat(data["dispensed_on"]),
        tuple([_medicine(each) for each in data["medicines"]]),
        _place(get("pharmacy")),
        get("pharmacist", ""),
        _place(get("clinic")),
        _AUTHORS[get("author", "unknown")],
        get("origin", ""),
        _STAGES[get("stage", "dispensed")],
        get("pharmacist_contact", ""),
        _day(get("prescribed_on")),
        get("prescription_id", ""),
        get("exchange_number", ""),
        _day(get("valid_until")),
        get("refills"),
        _SIGNATURES[get("signature", "none")],
        tuple([_note(each) for each in get("notes", ())]),
    )


def _medicine(data: Members) -> Medicine:
    get = data.get
    usage, components = get("usage"), get("components", ())
    return Medicine(
        written_id(data["id"]),
        data["name"],
        get("dose", ""),
        get("dose_unit", ""),
        _CODE_SETS[get("code_set", "none")],
        get("code", ""),
        get("generic_name", ""),
        get("generic_code", ""),
        tuple(get("ingredients", ())),
        _ROUTES.get(get("route")),
        _usage(usage) if usage else _NO_USAGE,
        get("rp", 0),
        get("clinic_doctor", ""),
        get("department", ""),
        _AUTHORS[get("author", "unknown")],
        tuple(get("notes", ())),
        tuple(get("cautions", ())),
        tuple([Component(each["name"], each.get("code", "")) for each in components]) if components else (),
        get("jan", ""),
        _place(get("clinic")),
    )


def _usage(data: Members) -> Usage:
    get = data.get
    return Usage(
        get("text", ""),
        get("code", ""),
        _FORMS.get(get("form")),
        get("amount"),
        get("amount_unit", ""),
        tuple(get("notes", ())),
        tuple(get("cautions", ())),
        tuple(get("extra_codes", ())),
        get("site_code", ""),
        get("single_dose", ""),
        _day(get("starts_on")),
        _day(get("ends_on")),
    )


def _place(data: Members | None) -> Place | None:
    if data is None:
        return None
    get = data.get
    return Place(
        data["name"],
        get("code", ""),
        get("prefecture", ""),
        get("score_table", ""),
        get("phone", ""),
        get("postal_code", ""),
        get("address", ""),
    )


def _note(data: Members) -> DispensingNote:
    get = data.get
    return DispensingNote(
        _NOTE_KINDS[data["kind"]],
        data["text"],
        get("detail", ""),
        _day(get("on")),
        _AUTHORS[get("author", "unknown")],
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
