"""Rules of a clinic or of the whole house about medicines, as data: with an author, a reason and an end date.

A rule never decides, it says something to be asked about: two ingredients together, an ingredient at an age or with a
finding, or more medicines than somebody can keep an eye on. It counts only when it was switched on, from its first day
to its last. Rules travel to the phone with the knowledge, so that it gives the same answer offline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from marshmallow import post_load

from shared.medicines_schema import Day, Texts
from shared.problems import Invalid
from shared.schema import Id, OneOf, Strict, Text, Whole, Yes, dump, load

REASON, NAME = 1000, 300
OLDEST = 150
# So many medicines may stand in a rule; a list longer than any (a proposal of ours, no source).
MOST_COUNTED = 99


class RuleKind(StrEnum):
    """What a rule looks at."""

    PAIR = "pair"  # two ingredients taken in the same days
    INGREDIENT_AGE = "ingredient_age"  # an ingredient, from an age or up to one
    INGREDIENT_FINDING = "ingredient_finding"  # an ingredient, and a diagnosis or another finding
    MOST_MEDICINES = "most_medicines"  # more medicines than so many


@dataclass(frozen=True, slots=True)
class LocalRule:
    """One rule. ``ingredients`` are ingredient names of the knowledge: two for a pair, one or none for the others.

    ``facility`` is the name of the clinic it belongs to, empty for the whole house. ``from_age`` and ``to_age`` are
    whole years, both included. A finding is meant by ``finding_code`` (the beginning of its code) or ``finding_text``
    (part of its words). More than ``most`` medicines are a hit. ``starts_on`` and ``ends_on`` are both included.
    """

    id: UUID
    kind: RuleKind
    author: str
    reason: str
    starts_on: date
    ends_on: date
    facility: str = ""
    on: bool = False
    ingredients: tuple[str, ...] = ()
    from_age: int | None = None
    to_age: int | None = None
    finding_text: str = ""
    finding_code: str = ""
    most: int | None = None

    def counts(self, on: date) -> bool:
        """Whether it is switched on and within its days."""
        return self.on and self.starts_on <= on <= self.ends_on

    @property
    def wording(self) -> str:
        """A short name for what exactly it says: another wording is another rule to whoever marked its hit as known."""
        said = (
            self.kind.value,
            *self.ingredients,
            self.from_age,
            self.to_age,
            self.finding_text,
            self.finding_code,
            self.most,
            self.reason,
        )
        return sha256(repr(said).encode()).hexdigest()[:16]


class LocalRuleSchema(Strict[LocalRule]):
    """A rule of a clinic or of the whole house."""

    id = Id(required=True)
    kind = OneOf(RuleKind, required=True)
    author = Text(NAME, least=1, required=True)
    reason = Text(REASON, least=1, required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    facility = Text(NAME)
    on = Yes()
    ingredients = Texts(NAME)
    from_age = Whole(0, OLDEST, allow_none=True)
    to_age = Whole(0, OLDEST, allow_none=True)
    finding_text = Text(NAME)
    finding_code = Text(NAME)
    most = Whole(1, MOST_COUNTED, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> LocalRule:
        """The rule, if it says what its kind needs."""
        rule = LocalRule(**data)
        check_rule(rule)
        return rule


_RULE = LocalRuleSchema()


def check_rule(rule: LocalRule) -> None:
    """`Invalid` for a rule that could never be judged, or would judge more than its author can have meant."""
    needed = {RuleKind.PAIR: 2, RuleKind.MOST_MEDICINES: 0}.get(rule.kind, 1)
    if len(rule.ingredients) != needed or not all(rule.ingredients):
        raise Invalid("rule_ingredients", field="ingredients", n=needed)
    if needed == 2 and rule.ingredients[0] == rule.ingredients[1]:
        raise Invalid("rule_same_twice", field="ingredients")
    if rule.ends_on < rule.starts_on:
        raise Invalid("rule_dates", field="ends_on")
    if rule.kind is RuleKind.INGREDIENT_AGE:
        _check_ages(rule)
    if rule.kind is RuleKind.INGREDIENT_FINDING and not (rule.finding_text or rule.finding_code):
        raise Invalid("rule_finding", field="finding_text")
    if rule.kind is RuleKind.MOST_MEDICINES and rule.most is None:
        raise Invalid("rule_most", field="most")


def _check_ages(rule: LocalRule) -> None:
    if rule.from_age is None and rule.to_age is None:
        raise Invalid("rule_age", field="from_age")
    if rule.from_age is not None and rule.to_age is not None and rule.to_age < rule.from_age:
        raise Invalid("rule_age", field="to_age")


def rule_from(data: object) -> LocalRule:
    """The rule that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_RULE, data)


def rule_members(rule: LocalRule) -> dict[str, object]:
    """A rule as JSON members."""
    return dump(_RULE, rule)
