"""Rules of a clinic or the house: what may be written down as one, when it counts, and what it finds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.drug_checks import Against, Checked, HitKind, taken_of
from shared.drug_knowledge import Overlay, bundled, knowledge
from shared.drug_rule_hits import rule_alone
from shared.drug_rules import LocalRule, RuleKind, rule_from, rule_members
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.medicines import Dispensing, Place
from shared.problems import Invalid
from tests.shared.slips import TODAY, an_id, bought, checked, elsewhere, slip

PAIR = LocalRule(
    id=an_id("rule"),
    kind=RuleKind.PAIR,
    author="佐藤 健",
    reason="胃の出血が続いたため",
    starts_on=TODAY,
    ends_on=TODAY + timedelta(days=180),
    facility="なぎさ島診療所",
    on=True,
    ingredients=("ロキソプロフェン", "ワルファリン"),
)
AGE = replace(PAIR, kind=RuleKind.INGREDIENT_AGE, ingredients=("スボレキサント",), from_age=75)
FINDING = replace(
    PAIR,
    kind=RuleKind.INGREDIENT_FINDING,
    ingredients=("ロキソプロフェン",),
    finding_text="腎",
    finding_code="N18",
)
MANY = replace(PAIR, kind=RuleKind.MOST_MEDICINES, ingredients=(), most=2)


def found(rule: LocalRule, *slips: Dispensing, on: date = TODAY, **against: Any) -> Checked:
    return checked(
        *slips, on=on, against=Against(**against), knowledge=knowledge(None, Overlay(rules=(rule,)))
    )


@pytest.mark.parametrize("rule", [PAIR, AGE, FINDING, MANY], ids=lambda rule: rule.kind.value)
def test_a_rule_comes_back_as_it_went(rule: LocalRule) -> None:
    assert rule_from(json.loads(json.dumps(rule_members(rule)))) == rule


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (replace(PAIR, ingredients=("ロキソプロフェン",)), "rule_ingredients"),
        (replace(PAIR, ingredients=("ロキソプロフェン", "")), "rule_ingredients"),
        (replace(PAIR, ingredients=("ロキソプロフェン", "ロキソプロフェン")), "rule_same_twice"),
        (replace(MANY, ingredients=("ロキソプロフェン",)), "rule_ingredients"),
        (replace(PAIR, ends_on=TODAY - timedelta(days=1)), "rule_dates"),
        (replace(AGE, from_age=None), "rule_age"),
        (replace(AGE, to_age=74), "rule_age"),
        (replace(FINDING, finding_text="", finding_code=""), "rule_finding"),
        (replace(MANY, most=None), "rule_most"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused(rule: LocalRule, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule_from(rule_members(rule))
    assert refused.value.code == code


def test_a_pair_of_ingredients() -> None:
    (hit,) = found(PAIR, slip("ロキソニン錠60"), elsewhere("ワルファリンK錠1")).hits
    assert (hit.kind, hit.rule, hit.said) == (HitKind.RULE, str(PAIR.id), PAIR.reason)
    assert hit.source == "なぎさ島診療所 佐藤 健"
    assert found(PAIR, slip("ロキソニン錠60")).hits == ()


def test_a_rule_counts_only_when_it_is_on_and_within_its_days() -> None:
    slips = slip("ロキソニン錠60"), elsewhere("ワルファリンK錠1")
    assert found(replace(PAIR, on=False), *slips).hits == ()
    assert found(replace(PAIR, starts_on=TODAY + timedelta(days=1)), *slips).hits == ()
    assert found(replace(PAIR, ends_on=TODAY), *slips).hits != ()
    assert found(replace(PAIR, ends_on=TODAY), *slips, on=TODAY + timedelta(days=1)).hits == ()


def test_a_rule_of_a_clinic_counts_for_its_own_people() -> None:
    theirs = slip("ロキソニン錠60"), elsewhere("ワルファリンK錠1")
    strangers = elsewhere("ロキソニン錠60", "ワルファリンK錠1")
    assert found(PAIR, *theirs).hits != ()
    assert found(PAIR, strangers).hits == ()
    assert found(PAIR, strangers, facilities=frozenset({"なぎさ島診療所"})).hits != ()
    assert found(replace(PAIR, facility=""), strangers).hits != (), "of the whole house"
    longer = replace(strangers, clinic=Place("医療法人なぎさ会　なぎさ島診療所"))
    assert found(PAIR, longer).hits != ()


def test_a_rule_is_tried_out_as_if_it_were_on() -> None:
    slips = slip("ロキソニン錠60"), elsewhere("ワルファリンK錠1")
    draft = replace(PAIR, on=False, starts_on=TODAY + timedelta(days=30), ends_on=TODAY + timedelta(days=60))
    taken = taken_of(slips, bundled())
    (hit,) = rule_alone(draft, taken, Against(), TODAY)
    assert hit.rule == str(PAIR.id)
    assert rule_alone(replace(draft, facility="みなと病院"), taken, Against(), TODAY) == []


@pytest.mark.parametrize(
    ("born_on", "hits"),
    [(date(1951, 11, 20), 1), (date(1951, 11, 21), 0), (date(1990, 1, 1), 0), (date(1930, 1, 1), 1)],
)
def test_an_ingredient_from_an_age(born_on: date, hits: int) -> None:
    assert len(found(AGE, slip("ベルソムラ錠15"), born_on=born_on).hits) == hits


def test_up_to_an_age() -> None:
    child = replace(AGE, from_age=None, to_age=15)
    assert len(found(child, slip("ベルソムラ錠15"), born_on=date(2010, 11, 21)).hits) == 1
    assert found(child, slip("ベルソムラ錠15"), born_on=date(2010, 11, 20)).hits == ()


def test_without_a_birthday_the_rule_is_named_as_not_judged() -> None:
    result = found(AGE, slip("ベルソムラ錠15"))
    assert (result.hits, result.undecided) == ((), (AGE.id,))
    assert found(AGE, slip("クラリス錠200")).undecided == (), "nobody takes it"


@pytest.mark.parametrize(
    "finding",
    [
        Finding(an_id("f"), FindingKind.DIAGNOSIS, "慢性腎臓病"),
        Finding(an_id("f"), FindingKind.DIAGNOSIS, "CKD", FindingCodeSet.ICD10, "N18.3"),
    ],
)
def test_an_ingredient_with_a_finding(finding: Finding) -> None:
    (hit,) = found(FINDING, slip("ロキソニン錠60"), findings=(finding,)).hits
    assert (hit.finding, hit.condition) == (finding.id, finding.text)
    ended = replace(finding, until="2025")
    assert found(FINDING, slip("ロキソニン錠60"), findings=(ended,)).hits == ()
    assert found(FINDING, slip("クラリス錠200"), findings=(finding,)).hits == ()


def test_more_medicines_than_so_many() -> None:
    two = slip("クラリス錠200", "ロキソニン錠60")
    assert found(MANY, two).hits == ()
    (hit,) = found(MANY, two, elsewhere("ボナロン錠35")).hits
    assert (hit.kind, hit.effect) == (HitKind.RULE, "3")
    (again,) = found(
        MANY, two, elsewhere("ボナロン錠35"), slip("ロキソニン錠60", on=TODAY + timedelta(days=25))
    ).hits
    assert again.key == hit.key, "a refill is no new fact"
    (more,) = found(MANY, two, elsewhere("ボナロン錠35"), bought("葛根湯")).hits
    assert more.key != hit.key


def test_another_wording_is_another_key() -> None:
    slips = slip("ロキソニン錠60"), elsewhere("ワルファリンK錠1")
    (hit,) = found(PAIR, *slips).hits
    (longer,) = found(replace(PAIR, ends_on=PAIR.ends_on + timedelta(days=30)), *slips).hits
    (reworded,) = found(replace(PAIR, reason="別の理由"), *slips).hits
    assert longer.key == hit.key
    assert reworded.key != hit.key
