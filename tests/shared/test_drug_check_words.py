"""What a hit says: both medicines, who prescribed and dispensed, the rule and its source, and whom to ask."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from shared import drug_check_words as words
from shared.drug_check_words import Reader, hit_words
from shared.drug_checks import Against, Hit
from shared.drug_knowledge import Overlay, knowledge
from shared.findings import Finding, FindingKind
from shared.languages import LANGUAGES, speaking
from shared.medicines import Component, Form, Usage
from tests.shared.slips import TODAY, an_id, bought, checked, elsewhere, medicine, prescribed, slip
from tests.shared.test_drug_rules import AGE, FINDING, MANY, PAIR

ASPIRIN = Finding(
    an_id("aspirin"), FindingKind.SIDE_EFFECT, "アスピリン喘息", reaction="息が苦しい", said_by="佐藤先生"
)
BUCKWHEAT = Finding(an_id("soba"), FindingKind.ALLERGY, "そば")
KIDNEY = Finding(an_id("kidney"), FindingKind.DIAGNOSIS, "慢性腎臓病")


def every_kind() -> list[Hit]:
    """Hits of every kind and of every sort of rule."""
    rules = tuple(replace(rule, id=an_id(rule.kind)) for rule in (PAIR, AGE, FINDING, MANY))
    slips = (
        slip("ワルファリンK錠1", "ロキソニン錠60", "アスピリン原末"),
        elsewhere("グラケーカプセル15", "クラリス錠200", "ロキソニン錠60"),
        prescribed("ベルソムラ錠15"),
        bought("痛み止めS", Component("ロキソプロフェンナトリウム水和物"), usage=Usage(starts_on=TODAY)),
    )
    against = Against((ASPIRIN, BUCKWHEAT, KIDNEY), None)
    result = checked(*slips, against=against, knowledge=knowledge(None, Overlay(rules=rules)))
    assert len({(hit.kind, bool(hit.second), bool(hit.ingredients)) for hit in result.hits}) >= 6
    return list(result.hits)


HITS = every_kind()


def all_of(hit: Hit, reader: Reader) -> str:
    said = hit_words(hit, reader)
    return "\n".join((said.headline, *said.medicines, *said.about, said.source, said.ask))


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("hit", HITS, ids=lambda hit: f"{hit.kind} {hit.first.name}")
def test_it_names_the_medicines_the_rule_and_whom_to_ask(hit: Hit, reader: Reader) -> None:
    told = all_of(hit, reader)
    for each in (hit.first, hit.second):
        if each is not None:
            assert each.name in told
            assert each.clinic in told
            assert each.pharmacy in told
    assert "薬剤師" in told
    assert hit.source in told
    assert hit_words(hit, reader).source_url == hit.source_url


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hit", HITS, ids=lambda hit: f"{hit.kind} {hit.first.name}")
def test_it_never_tells_to_stop_and_is_never_complete(hit: Hit, language: str) -> None:
    with speaking(language):
        told = "\n".join(all_of(hit, reader) for reader in Reader)
    assert not re.search(
        r"(飲む|服用|使用)のをやめ|中止して|服用しないで|(?i:stop|do not) taking|\bcomplete\b|完全", told
    )


def test_a_condition_is_said_to_be_undecided() -> None:
    (hit,) = [hit for hit in HITS if "グラケーカプセル15" in (hit.first.name, hit.second and hit.second.name)]
    told = all_of(replace(hit, condition="糖尿病の人"), Reader.PATIENT)
    assert "糖尿病の人" in told
    assert "ここでは決めていません" in told


def test_a_washout_and_an_unknown_strength_are_said() -> None:
    selegiline = slip(medicine("エフピーOD錠2.5", 14), on=TODAY - timedelta(days=14))
    (hit,) = checked(selegiline, elsewhere("レクサプロ錠10")).hits
    assert "14 日たつまで" in all_of(hit, Reader.PATIENT)
    (vague,) = checked(slip("ワルファリンK錠1"), bought("メナテトレノン")).hits
    assert "規格（強さ）がわからない" in all_of(vague, Reader.STAFF)


def test_days_that_nobody_wrote_are_called_so() -> None:
    drops = medicine("ジクロード点眼液", 1, form=Form.EXTERNAL)
    (hit,) = checked(slip(drops), elsewhere(drops)).hits
    assert "14日間とみなす" in all_of(hit, Reader.PATIENT)
    assert "使い方：目薬" in all_of(hit, Reader.PATIENT)


def test_how_far_was_looked() -> None:
    result = checked(slip("クラリス錠200", "ロキソニン錠60"), bought("島の薬草茶"))
    told = words.coverage_words(result)
    assert told.startswith("3種類のうち2種類を調べました。")
    assert "調べられなかった薬：島の薬草茶" in told
    assert result.version in told
    assert "安全、という意味ではありません" in told
    assert result.version in words.coverage_words(checked())


def test_what_could_not_be_matched_is_named() -> None:
    result = checked(slip("クラリス錠200"), against=Against((BUCKWHEAT, ASPIRIN)))
    assert "そば" in words.unmatched_words(result, (BUCKWHEAT, ASPIRIN))
    assert "アスピリン" not in words.unmatched_words(result, (BUCKWHEAT, ASPIRIN))
    assert words.unmatched_words(checked(), ()) == ""
    undecided = checked(slip("ベルソムラ錠15"), knowledge=knowledge(None, Overlay(rules=(AGE,))))
    assert "1 件" in words.undecided_words(undecided)
    assert words.undecided_words(result) == ""


def test_others_hear_of_a_hidden_medicine_only_that_there_is_something() -> None:
    assert "2 件" in words.hidden_words(2)
    assert "内容は表示できません" in words.exists_words()
