"""A rule as a form fills it in: texts and chosen words become the rule, or one named problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from backend.accounts.accounts import Person
from backend.drugs import rules
from shared.drug_rules import MOST_COUNTED, OLDEST, LocalRule, RuleKind
from shared.ids import new_id
from shared.problems import Invalid
from shared.schema import Strict

HOUSE, FACILITY = "house", "facility"
_USUAL = timedelta(days=180)
# What each kind of rule is made of; what else stands in the form is left out.
_PARTS = {
    RuleKind.PAIR: ("ingredients",),
    RuleKind.INGREDIENT_AGE: ("ingredients", "from_age", "to_age"),
    RuleKind.INGREDIENT_FINDING: ("ingredients", "finding_text", "finding_code"),
    RuleKind.MOST_MEDICINES: ("most",),
}


def _text(most: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=most))


class RuleFormSchema(Strict[dict[str, str]]):
    """A rule as it is typed: every box may be empty."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in RuleKind]))
    whose = fields.String(load_default=FACILITY, validate=validate.OneOf([HOUSE, FACILITY]))
    ingredient = _text(200)
    other_ingredient = _text(200)
    from_age = _text(20)
    to_age = _text(20)
    finding_text = _text(200)
    finding_code = _text(20)
    most = _text(20)
    reason = _text(1000)
    starts_on = _text(20)
    ends_on = _text(20)


class NothingSchema(Strict[dict[str, str]]):
    """A form with a button and nothing else."""


def empty(by: Person, kind: RuleKind) -> dict[str, str]:
    """A form to begin with: from today, for half a year."""
    names = [
        name for name in RuleFormSchema().fields if name not in ("kind", "whose", "starts_on", "ends_on")
    ]
    return {
        **dict.fromkeys(names, ""),
        "kind": kind.value,
        "whose": FACILITY if by.facility else HOUSE,
        "starts_on": rules.today().isoformat(),
        "ends_on": (rules.today() + _USUAL).isoformat(),
    }


def filled(rule: LocalRule) -> dict[str, str]:
    """The form of a rule that is there already."""
    first, second = (*rule.ingredients, "", "")[:2]
    words = {"ingredient": first, "other_ingredient": second, "kind": rule.kind.value}
    words["whose"] = FACILITY if rule.facility else HOUSE
    for name in (
        "from_age",
        "to_age",
        "most",
        "finding_text",
        "finding_code",
        "reason",
        "starts_on",
        "ends_on",
    ):
        value = getattr(rule, name)
        words[name] = "" if value is None else str(value)
    return words


def rule_of(form: Mapping[str, str], by: Person, rule_id: UUID | None = None) -> LocalRule:
    """The rule that a filled form says; `Invalid` names what is wrong."""
    kind = RuleKind(form["kind"])
    if not form["reason"].strip():
        raise Invalid("reason_needed", field="reason")
    names = (form["ingredient"], form["other_ingredient"] if kind is RuleKind.PAIR else "")
    given: dict[str, Any] = {
        "ingredients": tuple(name.strip() for name in names if name.strip()),
        "from_age": _number(form["from_age"], OLDEST),
        "to_age": _number(form["to_age"], OLDEST),
        "most": _number(form["most"], MOST_COUNTED),
        "finding_text": form["finding_text"].strip(),
        "finding_code": form["finding_code"].strip(),
    }
    usual: dict[str, Any] = {each.name: each.default for each in fields_of(LocalRule)}
    parts: dict[str, Any] = {name: given[name] if name in _PARTS[kind] else usual[name] for name in given}
    return LocalRule(
        id=rule_id or new_id(),
        kind=kind,
        author=by.name,
        reason=form["reason"].strip(),
        starts_on=_day(form["starts_on"]),
        ends_on=_day(form["ends_on"]),
        facility=by.facility if form["whose"] == FACILITY else "",
        **parts,
    )


def _number(text: str, most: int) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not plain.isdecimal() or not 0 <= int(plain) <= most:
        raise Invalid("rule_number", text=plain)
    return int(plain)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("rule_day", text=text) from error
