"""Rules: drafts, tried before they are switched on, ended with a reason; who may, and what reaches the checks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.drugs import rules
from backend.drugs.knowing import knowledge_now
from backend.drugs.rules import RuleState, RuleStep
from shared import clock
from shared.drug_knowledge import bundled
from shared.ids import new_id
from shared.problems import Clash, Invalid, NotAllowed, NotThere
from tests.backend.drugs.staff import a_rule
from tests.cast import Cast


@pytest.fixture
def session(cast: Cast) -> Iterator[Session]:
    with cast.house.database.transaction() as session:
        yield session


def test_a_rule_is_written_tried_switched_on_and_ended(session: Session, cast: Cast) -> None:
    written = rules.write(session, cast.sato, a_rule(cast.sato), bundled())
    rule_id = written.rule.id
    assert (written.state, written.tried) == (RuleState.DRAFT, False)
    assert written.rule.ingredients == ("ロキソプロフェン", "ワルファリン"), "in the knowledge's own names"
    assert rules.in_force(session) == ()
    with pytest.raises(Clash) as too_early:
        rules.switch_on(session, cast.sato, rule_id)
    assert too_early.value.code == "rule_try_first"

    assert rules.note_trial(session, cast.sato, rule_id, 1, 3).tried
    assert rules.switch_on(session, cast.sato, rule_id).state is RuleState.ON
    (in_force,) = rules.in_force(session)
    assert in_force.on
    assert knowledge_now(session).rules == (in_force,)
    assert knowledge_now(session).version != bundled().version

    with pytest.raises(Invalid) as unsaid:
        rules.end(session, cast.sato, rule_id, " ")
    assert unsaid.value.code == "reason_needed"
    assert rules.end(session, cast.sato, rule_id, "もう要らない").state is RuleState.ENDED
    assert rules.end(session, cast.sato, rule_id, "").state is RuleState.ENDED, "ended twice is ended"
    assert rules.in_force(session) == ()
    assert knowledge_now(session).version == bundled().version
    steps = [each.step for each in rules.steps(session, cast.sato, rule_id)]
    assert steps == [RuleStep.ENDED, RuleStep.SWITCHED_ON, RuleStep.TRIED, RuleStep.WRITTEN]


def test_another_wording_has_to_be_tried_again(session: Session, cast: Cast) -> None:
    rule = a_rule(cast.sato)
    rules.write(session, cast.sato, rule, bundled())
    rules.note_trial(session, cast.sato, rule.id, 0, 0)
    reworded = rules.write(session, cast.sato, a_rule(cast.sato, id=rule.id, reason="別の理由"), bundled())
    assert not reworded.tried
    with pytest.raises(Clash):
        rules.switch_on(session, cast.sato, rule.id)


def test_what_counts_is_not_rewritten(session: Session, cast: Cast) -> None:
    rule = a_rule(cast.sato)
    rules.write(session, cast.sato, rule, bundled())
    rules.note_trial(session, cast.sato, rule.id, 0, 0)
    rules.switch_on(session, cast.sato, rule.id)
    with pytest.raises(Clash) as rewritten:
        rules.write(session, cast.sato, a_rule(cast.sato, id=rule.id), bundled())
    with pytest.raises(Clash) as again:
        rules.switch_on(session, cast.sato, rule.id)
    assert rewritten.value.code == again.value.code == "rule_state"


def test_a_colleague_may_and_a_stranger_does_not_even_see_it(session: Session, cast: Cast) -> None:
    rule = a_rule(cast.sato)
    rules.write(session, cast.sato, rule, bundled())
    assert [each.rule.id for each in rules.listing(session, cast.mori)] == [rule.id]
    assert rules.listing(session, cast.kato) == []
    with pytest.raises(NotThere):
        rules.read(session, cast.kato, rule.id)
    with pytest.raises(NotThere):
        rules.switch_on(session, cast.kato, rule.id)
    with pytest.raises(NotThere):
        rules.end(session, cast.kato, rule.id, "いらない")
    with pytest.raises(NotThere):
        rules.write(session, cast.kato, a_rule(cast.kato, id=rule.id), bundled())
    with pytest.raises(NotThere):
        rules.read(session, cast.sato, new_id())


def test_a_rule_for_everybody_needs_a_second_person(session: Session, cast: Cast) -> None:
    rule = a_rule(cast.sato, facility="")
    rules.write(session, cast.sato, rule, bundled())
    rules.note_trial(session, cast.sato, rule.id, 0, 0)
    with pytest.raises(NotAllowed) as alone:
        rules.switch_on(session, cast.sato, rule.id)
    assert alone.value.code == "rule_second_person"
    assert rules.switch_on(session, cast.kato, rule.id).state is RuleState.ON


def test_nobody_writes_for_another_clinic(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        rules.write(session, cast.kato, a_rule(cast.sato), bundled())
    assert refused.value.code == "rule_facility"


def test_what_cannot_be_judged_is_refused_by_name(session: Session, cast: Cast) -> None:
    for changed, code in (
        ({"ingredients": ("島の薬草", "ワルファリン")}, "rule_ingredient_unknown"),
        ({"ingredients": ("ロキソニン", "ロキソプロフェン")}, "rule_same_twice"),
        ({"ends_on": rules.today() + timedelta(days=rules.MOST_DAYS + 1)}, "rule_long"),
        ({"ends_on": rules.today() - timedelta(days=1)}, "rule_dates"),
    ):
        with pytest.raises(Invalid) as refused:
            rules.write(session, cast.sato, a_rule(cast.sato, **changed), bundled())
        assert refused.value.code == code
    assert rules.listing(session, cast.sato) == []


def test_a_rule_that_is_over_is_neither_switched_on_nor_sent(session: Session, cast: Cast) -> None:
    day = timedelta(days=1)
    rule = a_rule(cast.sato, ends_on=rules.today() + day)
    late = a_rule(cast.sato, ends_on=rules.today() + day)
    for each in (rule, late):
        rules.write(session, cast.sato, each, bundled())
        rules.note_trial(session, cast.sato, each.id, 0, 0)
    rules.switch_on(session, cast.sato, rule.id)
    with clock.held(clock.now() + 2 * day):
        assert [each.id for each in rules.in_force(session)] == [rule.id], "a phone may be a day behind"
        with pytest.raises(Invalid) as over:
            rules.switch_on(session, cast.sato, late.id)
        assert over.value.code == "rule_over"
    with clock.held(clock.now() + 3 * day):
        assert rules.in_force(session) == ()
