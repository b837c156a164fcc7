"""Rules of a clinic or of the whole house: written as a draft, tried on the records, switched on, ended.

A practitioner writes for her own facility, or for the whole house; a rule for everybody is switched on by somebody else
than who wrote it. Every step is kept. Nothing here looks into a record: trying a rule out is the worklist's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.accounts import Person
from backend.drugs.tables import DrugRuleRow, DrugRuleStepRow
from shared import clock
from shared.blood_pressure import day_of
from shared.drug_knowledge import Knowledge
from shared.drug_rules import LocalRule, check_rule, rule_from, rule_members
from shared.ids import new_id
from shared.languages import tr
from shared.problems import Clash, Invalid, NotAllowed, NotThere

# A rule is looked at again at least every two years: a proposal of ours.
MOST_DAYS = 731
_JAPAN = 9 * 60


class RuleState(StrEnum):
    """How far a rule has come."""

    DRAFT = "draft"
    ON = "on"
    ENDED = "ended"


class RuleStep(StrEnum):
    """Something that was done to a rule."""

    WRITTEN = "written"
    TRIED = "tried"
    SWITCHED_ON = "switched_on"
    ENDED = "ended"


STATES = {RuleState.DRAFT: "下書き", RuleState.ON: "使っています", RuleState.ENDED: "終わりました"}


@dataclass(frozen=True, slots=True)
class Written:
    """A rule with how far it has come. ``tried``: in this wording, it was tried on the records."""

    rule: LocalRule
    state: RuleState
    author_id: UUID
    tried: bool


@dataclass(frozen=True, slots=True)
class Done:
    """One step of a rule's history: ``said`` is the wording, the count or the reason."""

    step: RuleStep
    at: datetime
    by_id: UUID
    said: str


def today() -> date:
    """The day in Japan that rules count by; it begins at 04:00, as the days of the checks do."""
    local = clock.at_offset(clock.now(), _JAPAN)
    return day_of(local.date(), local.time())


def write(session: Session, by: Person, rule: LocalRule, knowledge: Knowledge) -> Written:
    """A new draft, or a draft anew. Its ingredients become those names that the knowledge has for them."""
    names = tuple(_known(knowledge, name) for name in rule.ingredients)
    rule = replace(rule, ingredients=names, author=by.name, on=False)
    check_rule(rule)
    if rule.facility not in ("", by.facility):
        raise Invalid("rule_facility", field="facility")
    if rule.ends_on - rule.starts_on > timedelta(days=MOST_DAYS):
        raise Invalid("rule_long", field="ends_on", days=MOST_DAYS)
    row = session.get(DrugRuleRow, rule.id, with_for_update=True)
    said = orjson.dumps(rule_members(rule)).decode()
    if row is None:
        row = DrugRuleRow(id=rule.id, author_id=by.id, state=RuleState.DRAFT.value, said=said)
        session.add(row)
    else:
        _must_be_hers(row, by)
        _must_be(row, RuleState.DRAFT)
        row.said, row.author_id = said, by.id
    session.flush()
    _note(session, row, RuleStep.WRITTEN, by, said)
    return _written(row)


def note_trial(session: Session, by: Person, rule_id: UUID, spoken: int, looked: int) -> Written:
    """That this wording was tried on ``looked`` records and would speak for ``spoken``: counts, never names."""
    row = _row(session, by, rule_id)
    row.previewed, row.previewed_by = _written(row).rule.wording, by.id
    _note(session, row, RuleStep.TRIED, by, f"{spoken}/{looked}")
    return _written(row)


def switch_on(session: Session, by: Person, rule_id: UUID) -> Written:
    """From now on the rule counts, from its first day to its last."""
    row = _row(session, by, rule_id)
    _must_be(row, RuleState.DRAFT)
    written = _written(row)
    if not written.tried:
        raise Clash("rule_try_first")
    if not written.rule.facility and written.author_id == by.id:
        raise NotAllowed("rule_second_person")
    if written.rule.ends_on < today():
        raise Invalid("rule_over", day=written.rule.ends_on)
    row.state = RuleState.ON.value
    _note(session, row, RuleStep.SWITCHED_ON, by, row.said)
    return _written(row)


def end(session: Session, by: Person, rule_id: UUID, reason: str) -> Written:
    """From now on the rule counts no more; it and its history stay."""
    row = _row(session, by, rule_id)
    if row.state == RuleState.ENDED.value:
        return _written(row)
    if not reason.strip():
        raise Invalid("reason_needed", field="reason")
    row.state = RuleState.ENDED.value
    _note(session, row, RuleStep.ENDED, by, reason.strip())
    return _written(row)


def listing(session: Session, by: Person) -> list[Written]:
    """The rules of her facility and of the whole house: what counts now first, drafts next, ended ones last."""
    order = {RuleState.ON: 0, RuleState.DRAFT: 1, RuleState.ENDED: 2}
    found = [_written(row) for row in session.scalars(select(DrugRuleRow)) if _is_hers(row, by)]
    return sorted(found, key=lambda each: (order[each.state], -each.rule.starts_on.toordinal(), each.rule.id))


def read(session: Session, by: Person, rule_id: UUID) -> Written:
    """One rule that she may see."""
    return _written(_row(session, by, rule_id))


def steps(session: Session, by: Person, rule_id: UUID) -> list[Done]:
    """All that was done to it, newest first."""
    row = _row(session, by, rule_id)
    statement = select(DrugRuleStepRow).where(DrugRuleStepRow.rule_id == row.id)
    rows = session.scalars(statement.order_by(DrugRuleStepRow.at.desc(), DrugRuleStepRow.id.desc()))
    return [Done(RuleStep(each.step), each.at, each.by_id, each.said) for each in rows]


def in_force(session: Session) -> tuple[LocalRule, ...]:
    """The rules that are switched on and not over yet: they travel to every phone of the house."""
    rows = session.scalars(
        select(DrugRuleRow).where(DrugRuleRow.state == RuleState.ON.value).order_by(DrugRuleRow.id)
    )
    # A phone may be a day behind: what ended yesterday still goes along, and does not count by its own date.
    since = today() - timedelta(days=1)
    found: Sequence[LocalRule] = [_written(row).rule for row in rows]
    return tuple(rule for rule in found if rule.ends_on >= since)


def _known(knowledge: Knowledge, name: str) -> str:
    found = knowledge.ingredient(name.strip())
    if found is None:
        raise Invalid("rule_ingredient_unknown", field="ingredients", name=name.strip())
    return found


def _written(row: DrugRuleRow) -> Written:
    rule = replace(rule_from(orjson.loads(row.said)), on=row.state == RuleState.ON.value)
    return Written(rule, RuleState(row.state), row.author_id, row.previewed == rule.wording)


def _row(session: Session, by: Person, rule_id: UUID) -> DrugRuleRow:
    row = session.get(DrugRuleRow, rule_id, with_for_update=True)
    if row is None:
        raise NotThere
    _must_be_hers(row, by)
    return row


def _is_hers(row: DrugRuleRow, by: Person) -> bool:
    return row.author_id == by.id or _written(row).rule.facility in ("", by.facility)


def _must_be_hers(row: DrugRuleRow, by: Person) -> None:
    if not _is_hers(row, by):
        raise NotThere


def _must_be(row: DrugRuleRow, state: RuleState) -> None:
    if row.state != state.value:
        raise Clash("rule_state", state=tr(STATES[RuleState(row.state)]))


def _note(session: Session, row: DrugRuleRow, step: RuleStep, by: Person, said: str) -> None:
    session.add(
        DrugRuleStepRow(id=new_id(), rule_id=row.id, step=step.value, at=clock.now(), by_id=by.id, said=said)
    )
    session.flush()
