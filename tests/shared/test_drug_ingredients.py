"""Ingredient names without salt and water, combinations split, and the site of what goes on the body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.drug_ingredients import composition, folded, ingredient_of
from shared.drug_routes import route_of, site_in, way_of
from shared.medicines import Route


@pytest.mark.parametrize(
    ("named", "is_of"),
    [
        ("ロキソプロフェンナトリウム水和物", ["ロキソプロフェン"]),
        ("フルチカゾンフランカルボン酸エステル", ["フルチカゾン"]),
        ("フルチカゾンプロピオン酸エステル", ["フルチカゾン"]),
        ("ビランテロールトリフェニル酢酸塩・フルチカゾンフランカルボン酸エステル", ["ビランテロール", "フルチカゾン"]),
        ("サルメテロールキシナホ酸塩", ["サルメテロール"]),
        ("カンデサルタンシレキセチル・アムロジピンベシル酸塩", ["カンデサルタン", "アムロジピン"]),
        ("サクビトリルバルサルタンナトリウム水和物", ["サクビトリル", "バルサルタン"]),
        ("テノホビル　アラフェナミドフマル酸塩", ["テノホビル"]),
        ("メシル酸ガレノキサシン水和物", ["ガレノキサシン"]),
        ("塩酸ペンタゾシン", ["ペンタゾシン"]),
        ("酪酸プロピオン酸ヒドロコルチゾン", ["ヒドロコルチゾン"]),
        ("ｄ－クロルフェニラミンマレイン酸塩", ["クロルフェニラミン"]),
        ("エリスロマイシンステアリン酸塩", ["エリスロマイシン"]),
        ("ダビガトランエテキシラートメタンスルホン酸塩", ["ダビガトラン"]),
        ("インスリン　デグルデク（遺伝子組換え）・リラグルチド", ["インスリンデグルデク", "リラグルチド"]),
        ("アスピリン・ダイアルミネート", ["アスピリン", "ダイアルミネート"]),
        ("アセチルサリチル酸", ["アスピリン"]),
        # What is left of a mineral would name no drug, and some names only look like a salt.
        ("塩化カリウム", ["塩化カリウム"]),
        ("硫酸マグネシウム水和物", ["硫酸マグネシウム"]),
        ("沈降炭酸カルシウム", ["沈降炭酸カルシウム"]),
        ("フマル酸ジメチル", ["フマル酸ジメチル"]),
        ("硝酸イソソルビド", ["硝酸イソソルビド"]),
        ("アセチルコリン塩化物", ["アセチルコリン"]),
        ("アミノレブリン酸塩酸塩", ["アミノレブリン酸"]),
        ("グリシン", ["グリシン"]),
    ],
)  # fmt: skip
def test_a_name_of_the_price_list_is_split_and_freed_of_its_salt(named: str, is_of: list[str]) -> None:
    found = composition(named)
    assert list(found.ingredients) == is_of
    assert found.whole


@pytest.mark.parametrize(
    ("named", "is_of"),
    [
        ("フェニトイン・フェノバルビタール配合剤", ["フェニトイン", "フェノバルビタール"]),
        ("ジアスターゼ・生薬配合剤", ["ジアスターゼ"]),
        ("鎮咳配合剤", []),
        ("非ピリン系感冒剤", []),
    ],
)
def test_what_the_list_keeps_quiet_about_is_not_made_up(named: str, is_of: list[str]) -> None:
    found = composition(named)
    assert list(found.ingredients) == is_of
    assert found.whole is (named == "非ピリン系感冒剤")


@given(st.text(max_size=60))
def test_any_text_can_be_asked_and_the_answer_stays(text: str) -> None:
    for one in composition(text).ingredients:
        assert one
    assert isinstance(ingredient_of(text), str)


@given(st.text("あいうがぱアガパｶﾞﾊﾟー－-‐ ＡaＺz0９　\t・", max_size=60))
def test_what_was_folded_stays(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_a_cleaned_name_is_clean() -> None:
    for named in ("アムロジピンベシル酸塩", "ピタバスタチンカルシウム水和物", "塩酸プソイドエフェドリン"):
        (once,) = composition(named).ingredients
        assert composition(once).ingredients == (once,)


def test_folding_makes_hiragana_width_and_case_alike() -> None:
    assert folded("ろきそにん") == folded("ロキソニン") == folded("ﾛｷｿﾆﾝ") == folded("ロキソ ニン")
    assert folded("ＡＢＣ") == folded("abc")


@pytest.mark.parametrize(
    ("code", "name", "route"),
    [
        ("1149019F1560", "ロキソニン錠６０ｍｇ", Route.ORAL),
        ("2171402A1020", "注射用", Route.INJECTION),
        ("2649735S2169", "ロキソニンテープ５０ｍｇ", Route.SKIN),
        ("1319752Q1032", "パタノール点眼液０．１％", Route.EYE),
        ("1329707Q1080", "フルナーゼ点鼻液５０μｇ", Route.NOSE),
        ("2290700G4020", "フルタイド１００ディスカス", Route.LUNG),
        ("1329709Q1036", "ロメフロン耳科用液０．３％", Route.EAR),
        ("1148700J1027", "ボルタレンサポ１２．５ｍｇ", Route.RECTUM),
        ("2529703H1022", "クロマイ腟錠１００ｍｇ", Route.VAGINA),
        ("2260700F1010", "ポビドンヨードガーグル液７％", Route.MOUTH),
        ("1319812M1026", "眼・耳科用リンデロンＡ軟膏", Route.EXTERNAL),
        ("2259703G1030", "", Route.LUNG),
        ("7121703X1089", "白色ワセリン", Route.EXTERNAL),
        ("115", "", None),
        ("620098801", "", Route.EXTERNAL),
    ],
)
def test_the_route_of_a_code(code: str, name: str, route: Route | None) -> None:
    assert route_of(code, name) is route


def test_only_the_name_tells_the_site_of_what_has_no_code() -> None:
    assert site_in("市販の点鼻薬") is Route.NOSE
    assert site_in("かぜ薬") is None
    assert way_of("") is way_of("abcdefg") is None
