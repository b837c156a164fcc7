"""A rule tried on the records before it is switched on: for whom, of those who show their medicines, it would speak.

Of others nothing is counted and nothing is said. Trying a rule opens each of these records, and stands in their books.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from backend.consent import grants
from backend.consent.opened import OpenRecord, Part
from backend.consent.opening import Opener
from backend.findings import findings
from backend.medicines import checking
from backend.records import records
from shared.consent import Purpose, Right, Scope, Viewer
from shared.drug_checks import Against, Hit, taken_of
from shared.drug_rule_hits import rule_alone
from shared.drug_rules import LocalRule, RuleKind
from shared.findings import Finding

_MEDICINES: Part = (Scope.MEDICINES, Right.READ)
_FINDINGS: Part = (Scope.FINDINGS, Right.READ)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody for whom the rule would speak today."""

    record_id: UUID
    name: str
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a trial: of ``looked`` people, whom it would speak for; for how many it could not be judged."""

    looked: int
    spoken: Sequence[Spoken]
    without_birthday: int
    without_findings: int


def try_out(session: Session, opener: Opener, viewer: Viewer, rule: LocalRule, way: str) -> Trial:
    """The rule on everybody who lets ``viewer`` read her medicines for care now."""
    spoken, looked, no_birthday, no_findings = [], 0, 0, 0
    parts = (_MEDICINES, _FINDINGS) if rule.kind is RuleKind.INGREDIENT_FINDING else (_MEDICINES,)
    for record_id in _sharing(session, viewer):
        record = opener.open_parts(session, viewer, record_id, parts, Purpose.CARE, way)
        if not record.may(*_MEDICINES):
            continue
        looked += 1
        about = records.read_glance(session, record.key)
        born_on = _birthday(about.born_on)
        no_birthday += rule.kind is RuleKind.INGREDIENT_AGE and born_on is None
        no_findings += rule.kind is RuleKind.INGREDIENT_FINDING and not record.may(*_FINDINGS)
        if hits := _hits(record, rule, born_on):
            spoken.append(Spoken(record_id, about.name, hits))
    return Trial(looked, sorted(spoken, key=lambda each: each.name), no_birthday, no_findings)


def _sharing(session: Session, viewer: Viewer) -> list[UUID]:
    return [
        record_id
        for record_id, given in grants.shared_with(session, viewer.account_id).items()
        if any(_lets_read(each.scopes, each.rights, each.purposes) for each in given)
    ]


def _lets_read(scopes: frozenset[Scope], rights: frozenset[Right], purposes: frozenset[Purpose]) -> bool:
    return Scope.MEDICINES in scopes and Right.READ in rights and Purpose.CARE in purposes


def _hits(record: OpenRecord, rule: LocalRule, born_on: date | None) -> list[Hit]:
    """Only among medicines that she does not hide."""
    seen = checking.see(record)
    known: list[Finding] = []
    if record.may(*_FINDINGS):
        known = [entry.thing for entry in findings.listing(record)]
    taken = taken_of(seen.slips, seen.knowledge)
    return rule_alone(rule, taken, Against(tuple(known), born_on), checking.today(record.timezone))


def _birthday(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None
