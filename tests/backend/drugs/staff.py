"""A pharmacist for the tests of reviews, and rules for those of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.accounts.accounts import NewPerson, Person
from backend.drugs import rules
from shared.consent import Role
from shared.drug_rules import LocalRule, RuleKind
from shared.ids import new_id
from tests.cast import CLINIC, PASSWORD, Cast, email

PHARMACIST = UUID("0190d3a0-0000-7000-8000-000000000091")


def pharmacist(cast: Cast) -> Person:
    """Umino, the island's pharmacist, who signs in as ``umino``."""
    new = NewPerson(PHARMACIST, Role.PHARMACIST, email("umino"), PASSWORD, "海野 薫", facility_id=CLINIC)
    with cast.house.database.transaction() as session:
        person = cast.house.accounts.sign_up(session, new)
    assert isinstance(person, Person), person
    return person


def a_rule(author: Person, **changed: Any) -> LocalRule:
    """Loxoprofen and warfarin together, for half a year, for the author's own clinic."""
    rule = LocalRule(
        id=new_id(),
        kind=RuleKind.PAIR,
        author=author.name,
        reason="出血が続いたため",
        starts_on=rules.today(),
        ends_on=rules.today() + timedelta(days=180),
        facility=author.facility,
        ingredients=("ロキソプロフェンナトリウム水和物", "ワルファリンカリウム"),
    )
    return replace(rule, **changed)
