"""What is known of medicines: the known traps, by real codes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.drug_knowledge import Known, Overlay, Pair, bundled, knowledge
from shared.drug_knowledge_schema import overlay_from, overlay_members
from shared.drug_listing import Product
from shared.drug_master import Master
from shared.ids import new_id
from shared.medicines import CodeSet, Component, Form, Medicine, Route, Usage
from shared.problems import Invalid
from tests.drug_lists import needs_real, real_rows


def coded(code: str, name: str = "", code_set: CodeSet = CodeSet.YJ, **more: object) -> Medicine:
    return Medicine(new_id(), name, code_set=code_set, code=code, **more)  # type: ignore[arg-type]


def typed(name: str, **more: object) -> Medicine:
    return Medicine(new_id(), name, **more)  # type: ignore[arg-type]


def meet(one: Iterable[str], two: Iterable[str]) -> set[str]:
    """The ids of the pairs that two medicines make, whichever is which."""
    all_known = bundled()
    (a, b), (c, d) = all_known.pairs_of(one), all_known.pairs_of(two)
    return {all_known.pairs[place].id for place in (a & d) | (b & c)}


def test_aspirin_has_two_codes_and_is_one_ingredient() -> None:
    one, two = bundled().of(coded("1143001X1015")), bundled().of(coded("3399007H1021"))
    assert one.ingredients == two.ingredients == {"アスピリン"}
    assert one.route is two.route is Route.ORAL


def test_adcirca_must_not_meet_clarithromycin_and_zalutia_may() -> None:
    clarithromycin = ("6149003F2020",)
    assert meet(("2190030F1027",), clarithromycin)
    assert not meet(("2590016F1020",), clarithromycin)
    assert bundled().of(coded("2190030F1027")).ingredients == bundled().of(coded("2590016F1020")).ingredients


def test_warfarin_meets_glakay_and_not_kaytwo() -> None:
    warfarin = ("3332001F1024",)
    assert meet(("3160002M2028",), warfarin)
    assert not meet(("3160002M1021",), warfarin)


@pytest.mark.parametrize("code", ["2419001F4020", "2419001F5026"])
def test_desmopressin_of_25_and_50_meets_a_thiazide(code: str) -> None:
    assert meet((code,), ("2132004F1082",))


@pytest.mark.parametrize("code", ["2419001F1021", "2419001F2028", "2419001F3024"])
def test_desmopressin_of_60_and_more_does_not(code: str) -> None:
    assert not meet((code,), ("2132004F1082",))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("6149003F2020",), ("1190023F1024",)),  # clarithromycin, suvorexant
        (("2190028F1025",), ("2171018K1029",)),  # sildenafil, nitroglycerin
        (("1169010F1029",), ("1149038M1027",)),  # selegiline, tramadol
    ],
)
def test_pairs_that_everybody_knows(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    assert meet(one, two) == meet(two, one) != set()


def test_drops_and_tablets_of_one_ingredient_differ_in_route() -> None:
    drops, tablets = bundled().of(coded("1319752Q1032")), bundled().of(coded("4490025F1024"))
    assert drops.ingredients == tablets.ingredients == {"オロパタジン"}
    assert (drops.route, tablets.route) == (Route.EYE, Route.ORAL)


def test_fluticasone_in_the_nose_and_in_the_lung_differ_in_route() -> None:
    nose = bundled().of(coded("1329707Q1080", "フルナーゼ点鼻液"))
    lung = bundled().of(coded("2290700G4020", "フルタイド１００ディスカス"))
    both = bundled().of(coded("2290803G1020", "レルベア１００エリプタ"))
    assert nose.ingredients == lung.ingredients == {"フルチカゾン"}
    assert lung.ingredients < both.ingredients
    assert (nose.route, lung.route, both.route) == (Route.NOSE, Route.LUNG, Route.LUNG)


def test_the_site_of_a_code_is_finer_than_what_a_file_says() -> None:
    said = coded("1319752Q1032", "パタノール点眼液", route=Route.EXTERNAL)
    assert bundled().of(said).route is Route.EYE
    vague = coded("1319812M1026", "眼・耳科用リンデロンＡ軟膏", route=Route.EAR)
    assert bundled().of(vague).route is Route.EAR  # the code alone does not tell it


def test_a_generic_code_is_known_as_the_product() -> None:
    generic = bundled().of(coded("2419001F4ZZZ", code_set=CodeSet.GENERIC))
    assert generic.ingredients == {"デスモプレシン"}
    assert meet(generic.codes, ("2132004F1082",))
    assert bundled().of(typed("なにか", generic_code="1149019F1ZZZ")).ingredients == {"ロキソプロフェン"}


def test_a_cold_medicine_of_the_list_is_known_by_what_is_in_it() -> None:
    pl = bundled().of(coded("1180107D1131", "ＰＬ配合顆粒"))
    assert {"アセトアミノフェン", "カフェイン"} < pl.ingredients


@pytest.mark.parametrize(
    ("name", "ingredients"),
    [
        ("ロキソプロフェンナトリウム水和物", {"ロキソプロフェン"}),
        ("ろきそぷろふぇん", {"ロキソプロフェン"}),
        ("ﾛｷｿﾆﾝ", {"ロキソプロフェン"}),
        ("エンレスト", {"サクビトリル", "バルサルタン"}),
        ("aspirin", {"アスピリン"}),
        ("小柴胡湯", {"小柴胡湯エキス"}),
        ("わからない薬", set()),
    ],
)
def test_a_typed_name_counts_as_the_ingredient_that_it_is(name: str, ingredients: set[str]) -> None:
    assert bundled().of(typed(name)).ingredients == ingredients


def test_what_was_only_named_takes_part_in_the_pairs() -> None:
    assert meet(bundled().of(typed("エンレスト")).codes, ("2144002F1024",))
    assert meet(bundled().of(typed("ワルファリン")).codes, ("3160002M2028",))
    skin = bundled().of(typed("ミコナゾール", route=Route.EXTERNAL))
    assert all(code[4] == "7" for code in skin.codes)


def test_otc_ingredients_come_by_code_or_by_name() -> None:
    parts = (Component("イブプロフェン", "1149001"), Component("無水カフェイン"), Component("ナゾ酸塩"))
    known = bundled().of(typed("かぜ薬Ａ", components=parts, usage=Usage(form=Form.INTERNAL)))
    assert known.ingredients >= {"イブプロフェン", "カフェイン"}
    assert len(known.ingredients) == 3  # what nobody knows stands for itself
    assert known.codes[0] == "1149001"
    assert known.route is Route.ORAL
    gel = typed("痛み止めゲル", components=parts[:1], usage=Usage(form=Form.EXTERNAL))
    assert bundled().of(gel).route is Route.EXTERNAL


def test_receipt_and_hot_codes_are_known_only_by_a_master() -> None:
    loxonin = coded("620098801", "なまえ", CodeSet.RECEIPT)
    assert bundled().of(loxonin) == Known()
    products = [Product("1149019F1560", "ロキソニン錠６０ｍｇ", "ロキソプロフェンナトリウム水和物")]
    richer = knowledge(Master.of("20250716", products, {"620098801": 0}, {}), Overlay())
    assert richer.of(loxonin) == Known(("1149019F1560",), frozenset({"ロキソプロフェン"}), Route.ORAL)
    assert richer.of(typed("ﾛｷｿﾆﾝ錠60mg")).codes == ("1149019F1560",)
    assert richer.of(coded("102345678", "なまえ", CodeSet.HOT)) == Known()
    assert richer.version != bundled().version


def test_a_medicine_newer_than_the_bundle_is_known_by_the_masters_ingredient() -> None:
    products = [Product("9999001F1020", "トモニカ錠", "トモニチニブ塩酸塩・アスピリン")]
    richer = knowledge(Master.of("20260401", products, {}, {}), Overlay())
    assert richer.of(coded("9999001F1020")).ingredients == {"トモニチニブ", "アスピリン"}
    assert richer.ingredient("トモニチニブ") == "トモニチニブ"
    assert bundled().of(coded("9999001F1020")).ingredients == set()


# ---- allergies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ロキソニンで発疹が出た", {"ロキソプロフェン"}),
        ("アセトアミノフェンとイブプロフェン", {"アセトアミノフェン", "イブプロフェン"}),
        ("塩酸ミノサイクリン", {"ミノサイクリン"}),
        ("aspirin allergy", {"アスピリン"}),
        ("小柴胡湯で肝障害", {"小柴胡湯エキス"}),
        ("卵、そば", set()),
        ("ペニシリン系", set()),
        ("", set()),
    ],
)
def test_ingredients_standing_in_a_free_text(text: str, named: set[str]) -> None:
    assert bundled().ingredients_in(text) == named


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert isinstance(bundled().ingredients_in(text), frozenset)
    assert isinstance(bundled().of(typed(text)), Known)


@given(st.sampled_from(sorted({"アムロジピン", "ワルファリン", "クラリスロマイシン", "葛根湯エキス"})))
def test_every_known_name_is_found_in_a_sentence(name: str) -> None:
    assert bundled().ingredients_in(f"以前、{name} で気分が悪くなった") == {name}


# ---- pairs ----------------------------------------------------------------------------------------------------------


def test_288_pairs_are_on_and_65_of_them_have_a_washout() -> None:
    on = bundled().pairs
    assert len(on) == 288
    assert all(pair.a and pair.b and pair.source and pair.name_a and pair.name_b for pair in on)
    assert sum(1 for pair in on if pair.days_a_b or pair.days_b_a) == 65
    assert len(bundled().all_pairs) == 428


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        ("エスシタロプラム", "セレギリン", (14, 14)),
        ("フルボキサミン", "ラサギリン", (7, 14)),
        ("セレギリン", "トラマドール", (14, 3)),
        ("ラサギリン", "アミトリプチリン", (14, 3)),
        ("サクビトリルバルサルタン", "エナラプリル", (2, 2)),
        ("エレトリプタン", "スマトリプタン", (1, 1)),
        ("テガフール・ギメラシル・オテラシル(S-1)", "カペシタビン", (7, 0)),
        ("ナルメフェン", "モルヒネ", (0, 7)),
    ],
)
def test_washouts_have_a_direction(a: str, b: str, days: tuple[int, int]) -> None:
    (pair,) = (pair for pair in bundled().pairs if (pair.name_a, pair.name_b) == (a, b))
    assert (pair.days_a_b, pair.days_b_a) == days


def test_no_medicine_is_a_pair_with_itself() -> None:
    all_known = bundled()
    for pair in all_known.pairs:
        for code in (*pair.a, *pair.b):
            a, b = all_known.pairs_of((code,))
            assert not a & b, (pair.id, code)


def test_a_review_switches_a_pair_on_and_off() -> None:
    (off,) = (pair for pair in bundled().all_pairs if pair.id == "DDI0131")
    on = bundled().pairs[0]
    assert not off.on
    reviewed = knowledge(None, Overlay({off.id: True, on.id: False, "DDI9999": True}))
    ids = {pair.id for pair in reviewed.pairs}
    assert off.id in ids
    assert on.id not in ids
    assert len(ids) == 288
    assert reviewed.version != bundled().version
    assert reviewed.version == knowledge(None, Overlay({on.id: False, off.id: True, "DDI9999": True})).version


def test_an_overlay_travels() -> None:
    overlay = Overlay({"DDI0131": True, "DDI0001": False})
    assert overlay_from({**overlay_members(overlay), "version": "x"}) == overlay
    with pytest.raises(Invalid):
        overlay_from({"reviews": {"DDI0131": "yes"}, "rules": []})


# ---- the real lists -------------------------------------------------------------------------------------------------


@pytest.mark.samples
@needs_real
def test_the_pairs_that_are_on_are_those_that_were_verified() -> None:
    rows = {row["id"]: row for row in real_rows("interactions.csv")}
    verified = {
        number
        for number, row in rows.items()
        if row["severity"] == "contraindicated"
        and row["verification"].startswith("verified in")
        and row["drug_a_listed_20250716"] == row["drug_b_listed_20250716"] == "Y"
    }
    assert {pair.id for pair in bundled().pairs} == verified
    for pair in bundled().pairs:
        assert ";".join(pair.a) == rows[pair.id]["drug_a_code_prefix"].replace("*", "")
        assert (pair.days_a_b > 0 or pair.days_b_a > 0) is bool(rows[pair.id]["washout"]), pair.id


def _codes(prefixes: tuple[str, ...]) -> str:
    """A code of the price list that begins so."""
    return next(
        row["price_list_code_12"]
        for row in real_rows("products.csv")
        if row["price_list_code_12"].startswith(prefixes)
    )


@pytest.mark.samples
@needs_real
def test_every_pair_meets_through_real_codes_in_both_orders() -> None:
    def ids(pair: Pair) -> tuple[set[str], set[str]]:
        one, two = ((_codes(side),) for side in (pair.a, pair.b))
        return meet(one, two), meet(two, one)

    for pair in bundled().pairs:
        one, two = ids(pair)
        assert pair.id in one
        assert one == two


@pytest.mark.samples
@needs_real
def test_every_product_has_a_route_and_nearly_every_one_ingredients() -> None:
    unknown, external = [], []
    for row in real_rows("products.csv"):
        known = bundled().of(coded(row["price_list_code_12"], row["product_name"], CodeSet.PRICE_LIST))
        assert known.route is not None
        if not known.ingredients:
            unknown.append(row)
        if known.route is Route.EXTERNAL:
            external.append(row)
    assert len(unknown) < 110  # infusions, allergen extracts, one cold medicine
    assert len(external) < 200
    assert {row["category"] for row in external} == {"外用薬"}
