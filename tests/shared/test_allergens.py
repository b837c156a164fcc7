"""The J-FAGY list, and finding an allergen in it while somebody types."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.allergens import allergen, allergens, folded, search
from shared.codes import FINDING_SYSTEMS
from shared.findings import FindingCodeSet

ON = date(2026, 3, 10)


def names(text: str, limit: int = 5) -> list[str]:
    return [each.name for each in search(text, ON, limit)]


def test_every_code_of_the_list_has_the_shape_of_its_system() -> None:
    known = allergens()
    assert len(known) == 1738 - 3
    assert len({each.code for each in known}) == len(known)
    assert all(FINDING_SYSTEMS[FindingCodeSet.JFAGY].fits(each.code) for each in known)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("そば", "そば"),
        ("ソバ", "そば"),
        ("ｿﾊﾞ", "そば"),
        ("蕎麦", "そば"),
        ("buckwheat", "そば"),
        ("たまご", "鶏卵"),
        ("卵", "鶏卵"),
        ("ピーナッツ", "落花生"),
        ("PEANUT", "落花生"),
        ("スギ", "スギ"),
        ("小麦", "小麦"),
        ("猫", "ネコ"),
        ("蜂", "スズメバチ"),
        ("らてっくす", "ラテックス（天然ゴム）"),
        ("だに", "ダニ"),
    ],
)
def test_what_people_type_comes_first(typed: str, first: str) -> None:
    assert names(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "  ", "　", "ぬるぽ"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert names(typed) == []


def test_the_rest_of_a_group_comes_last() -> None:
    assert names("雑穀", 50)[-2:] == ["雑穀（その他）", "雑穀（詳細不明）"]


def test_a_code_that_ended_is_known_but_not_offered() -> None:
    ended = [each for each in allergens() if each.ends_on is not None]
    assert ended
    for each in ended:
        assert allergen(each.code) == each
        assert each.ends_on is not None
        assert each in search(each.name, each.ends_on, 2000)
        assert each not in search(each.name, ON, 2000)


def test_the_lists_of_our_own_words_names_only_what_is_there() -> None:
    for typed in ("花粉", "甲殻類", "毛染め", "帆立", "山芋"):
        assert names(typed), typed
    assert allergen("J9FX00000000") is None


@given(st.sampled_from(allergens()), st.booleans())
def test_everything_current_is_found_by_each_of_its_names(known: object, kana: bool) -> None:
    wanted = getattr(known, "kana" if kana else "name")
    if folded(wanted) and getattr(known, "ends_on") is None:  # noqa: B009
        assert known in search(wanted, ON, 2000)
