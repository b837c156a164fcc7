"""The medicine checks by cases: the known traps of this field, each as it happens to somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.drug_check_words import coverage_words
from shared.drug_checks import MOST_HITS, MOST_TAKEN, Against, HitKind, Taken, for_others, taken_of
from shared.drug_duplicates import same_route
from shared.drug_knowledge import Knowledge, Pair, bundled
from shared.drug_pairs import meeting
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.medicines import Component, Form, Medicine, Place, Route, Stage, Usage
from tests.shared.slips import (
    HOSPITAL,
    OTHER_PHARMACY,
    TODAY,
    an_id,
    bought,
    checked,
    elsewhere,
    kinds,
    medicine,
    names,
    prescribed,
    slip,
)

ONE = taken_of([slip("ロキソニン錠60")], bundled())[0]
CONTRAINDICATED, DUPLICATE, ALLERGY = HitKind.CONTRAINDICATED, HitKind.DUPLICATE, HitKind.ALLERGY


def days(number: int) -> timedelta:
    return timedelta(days=number)


# The same ingredient twice


def test_aspirin_has_two_numbers_and_is_one_ingredient() -> None:
    (hit,) = checked(slip("アスピリン原末"), elsewhere("アスピリン腸溶錠100")).hits
    assert (hit.kind, hit.ingredients, hit.rule) == (DUPLICATE, ("アスピリン",), "same_ingredient")
    assert (hit.from_on, hit.until_on) == (TODAY, TODAY + days(27))


def test_eye_drops_and_tablets_of_one_ingredient_are_two_things() -> None:
    assert kinds(slip("ボルタレン錠25"), elsewhere(medicine("ジクロード点眼液", 1, form=Form.EXTERNAL))) == []


def test_nose_spray_and_inhaler_of_one_ingredient_are_two_things() -> None:
    nose = medicine("フルナーゼ点鼻液", 1, form=Form.EXTERNAL)
    lung = medicine("フルタイド100ディスカス", 1, form=Form.EXTERNAL)
    assert kinds(slip(nose), elsewhere(lung)) == []
    assert kinds(slip(nose), elsewhere(nose)) == [DUPLICATE]


def test_tablets_and_a_tape_of_one_ingredient_are_two_things() -> None:
    assert (
        kinds(slip("ロキソニン錠60"), elsewhere(medicine("ロキソニンテープ100", 1, form=Form.EXTERNAL))) == []
    )


def test_a_combination_tablet_and_its_component() -> None:
    (hit,) = checked(slip("ミカムロ配合錠AP"), elsewhere("ミカルディス錠40")).hits
    assert (hit.kind, hit.ingredients) == (DUPLICATE, ("テルミサルタン",))
    assert kinds(slip("ミカムロ配合錠AP", "ミカルディス錠40")) == [DUPLICATE], "on one slip too"


def test_one_medicine_for_the_prostate_and_for_the_lungs_is_the_same_ingredient() -> None:
    assert DUPLICATE in kinds(slip("ザルティア錠5"), elsewhere("アドシルカ錠20"))


def test_the_same_drug_at_two_pharmacies_from_two_clinics() -> None:
    (hit,) = checked(slip("ロキソニン錠60"), elsewhere("ロキソニン錠60", on=TODAY - days(3))).hits
    assert hit.kind is DUPLICATE
    assert hit.second is not None
    assert (hit.first.clinic, hit.second.clinic) == ("みなと総合病院", "なぎさ島診療所"), (
        "the older one first"
    )
    assert (hit.first.pharmacy, hit.second.pharmacy) == ("みなと薬局", "しま薬局")


def test_what_was_over_yesterday_is_no_duplicate() -> None:
    before = elsewhere(medicine("ロキソニン錠60", 7), on=TODAY - days(7))
    assert kinds(before, slip("ロキソニン錠60")) == []
    assert kinds(replace(before, dispensed_on=TODAY - days(6)), slip("ロキソニン錠60")) == [DUPLICATE]


def test_an_overlap_that_is_over_is_not_told_any_more() -> None:
    old = slip(medicine("ロキソニン錠60", 7)), elsewhere(medicine("ロキソニン錠60", 7))
    assert kinds(*old, on=TODAY + days(6)) == [DUPLICATE]
    assert kinds(*old, on=TODAY + days(7)) == []


def test_what_ends_before_the_other_begins_is_no_duplicate() -> None:
    later = bought("ロキソニン", usage=Usage(starts_on=TODAY + days(7), ends_on=TODAY + days(9)))
    assert kinds(slip(medicine("ロキソニン錠60", 7)), later) == []
    assert kinds(slip(medicine("ロキソニン錠60", 8)), later) == [DUPLICATE]


def test_a_shop_medicine_takes_part() -> None:
    loxonin = bought("痛み止めS", Component("ロキソプロフェンナトリウム水和物"))
    (hit,) = checked(slip("ロキソニン錠60"), loxonin).hits
    assert (hit.kind, hit.ingredients) == (DUPLICATE, ("ロキソプロフェン",))


def test_a_shop_medicine_without_a_day_counts_for_fourteen() -> None:
    loxonin = bought("痛み止めS", Component("ロキソプロフェンナトリウム水和物"), on=TODAY - days(13))
    assert kinds(loxonin, slip("ロキソニン錠60")) == [DUPLICATE]
    earlier = bought("痛み止めS", Component("ロキソプロフェンナトリウム水和物"), on=TODAY - days(14))
    assert kinds(earlier, slip("ロキソニン錠60")) == []


def test_what_she_takes_since_a_day_is_taken_still() -> None:
    since = bought("ロキソニン", on=TODAY - days(400), usage=Usage(starts_on=TODAY - days(400)))
    assert kinds(since, slip("ロキソニン錠60")) == [DUPLICATE]
    ended = Usage(starts_on=TODAY - days(400), ends_on=TODAY - days(1))
    assert kinds(bought("ロキソニン", usage=ended), slip("ロキソニン錠60")) == []


@pytest.mark.parametrize("form", [Form.AS_NEEDED, Form.INTERNAL, None])
def test_as_needed_counts_for_fourteen_days(form: Form | None) -> None:
    needed = medicine("ロキソニン錠60", 30, form=form)
    before = elsewhere(needed, on=TODAY - days(20))
    assert kinds(before, slip("ロキソニン錠60")) == ([] if form is Form.AS_NEEDED else [DUPLICATE])


@pytest.mark.parametrize("form", [None, Form.EXTERNAL])
def test_what_is_applied_counts_for_fourteen_days_whatever_is_written(form: Form | None) -> None:
    drops = medicine("ジクロード点眼液", 28, form=form)
    assert kinds(elsewhere(drops, on=TODAY - days(14)), slip(drops)) == []
    assert kinds(elsewhere(drops, on=TODAY - days(13)), slip(drops)) == [DUPLICATE]


def test_a_weekly_tablet_lasts_for_weeks() -> None:
    weekly = Usage(text="週1回 日曜日 起床時", form=Form.INTERNAL, amount=4, amount_unit="日分")
    before = elsewhere(medicine("ボナロン錠35", usage=weekly), on=TODAY - days(20))
    assert kinds(before, slip(medicine("ボナロン錠35", usage=weekly))) == [DUPLICATE]


# What is one and the same


def test_one_dispensing_read_from_two_files_is_one() -> None:
    book = slip("ロキソニン錠60", "クラリス錠200")
    fhir = replace(book, id=an_id("fhir"), origin="fhir_jp", pharmacy=None)
    portal = replace(book, id=an_id("portal"), origin="mynaportal", clinic=None)
    assert kinds(book, fhir, portal) == []
    assert len(taken_of([portal, fhir, book], bundled())) == 2
    assert {each.dispensing for each in taken_of([portal, fhir, book], bundled())} == {book.id}


def test_two_departments_of_a_hospital_on_one_day_are_two() -> None:
    one = slip("ロキソニン錠60")
    other = replace(
        one, id=an_id("other"), medicines=(replace(medicine("ロキソニン錠60", 14), department="整形外科"),)
    )
    assert kinds(one, other) == [DUPLICATE]
    assert kinds(one, replace(one, id=an_id("again"))) == [], "the very same slip under another number"


def test_a_shop_medicine_of_the_same_day_comes_on_top() -> None:
    assert kinds(slip("ロキソニン錠60"), bought("ロキソニン")) == [DUPLICATE]


def test_a_prescription_and_its_dispensing_are_one() -> None:
    order = prescribed("ロキソニン錠60", on=TODAY - days(2), exchange_number="1234567890123456")
    assert kinds(order, slip("ロキソニン錠60", exchange_number="1234567890123456", clinic=None)) == []
    unnumbered = replace(order, exchange_number="")
    assert kinds(unnumbered, slip("ロキソニン錠60")) == []
    assert kinds(unnumbered, slip("ロキソニン錠60", clinic=None)) == []
    assert len(taken_of([unnumbered, slip("ロキソニン錠60")], bundled())) == 1


def test_a_number_joins_what_is_written_differently() -> None:
    order = prescribed("ロキソニン錠60", exchange_number="1234567890123456", clinic=Place("なぎさ島"))
    filled = slip("ロキソニン錠60", exchange_number="1234567890123456", on=TODAY + days(3))
    assert kinds(order, filled) == []
    assert kinds(order, replace(filled, exchange_number="")) == [DUPLICATE]


@pytest.mark.parametrize("number", [{"exchange_number": "1234567890123456"}, {"prescription_id": "rx1"}])
def test_what_was_prescribed_and_not_handed_out_stands_beside_the_rest(number: dict[str, Any]) -> None:
    order = prescribed("アムロジン錠10", "クラリス錠200", "ベルソムラ錠15", **number)
    filled = slip("ノルバスクOD錠2.5", "クラリス錠200", clinic=HOSPITAL, **number)
    found = taken_of([order, filled], bundled())
    assert [(each.name, each.stage) for each in found] == [
        ("ベルソムラ錠15", Stage.PRESCRIBED),
        ("ノルバスクOD錠2.5", Stage.DISPENSED),
        ("クラリス錠200", Stage.DISPENSED),
    ], "a generic of the same course fills it, what is missing counts on"
    assert kinds(order, filled) == [CONTRAINDICATED]
    assert kinds(order, filled, on=TODAY + days(4)) == [], "until the prescription is no longer valid"


def test_a_prescription_of_another_clinic_is_not_filled_by_it() -> None:
    assert kinds(prescribed("ロキソニン錠60"), elsewhere("ロキソニン錠60")) == [DUPLICATE]


def test_a_prescription_counts_until_it_is_filled_or_no_longer_valid() -> None:
    order = prescribed("ロキソニン錠60", on=TODAY)
    taking = elsewhere("ロキソニン錠60", on=TODAY - days(1))
    assert kinds(order, taking, on=TODAY + days(3)) == [DUPLICATE]
    assert kinds(order, taking, on=TODAY + days(4)) == []


def test_a_refill_a_little_early_goes_on_and_is_no_duplicate() -> None:
    monthly = [slip("ロキソニン錠60", on=TODAY - days(25 * back)) for back in range(4)]
    assert kinds(*monthly) == []


def test_a_refill_much_too_early_is_told() -> None:
    assert kinds(slip("ロキソニン錠60", on=TODAY - days(21)), slip("ロキソニン錠60")) == []
    assert kinds(slip("ロキソニン錠60", on=TODAY - days(20)), slip("ロキソニン錠60")) == [DUPLICATE]
    short = slip(medicine("クラリス錠200", 5), on=TODAY - days(2))
    assert kinds(short, slip(medicine("クラリス錠200", 5))) == [DUPLICATE], "more than half of five days"


def test_eye_drops_fetched_again_before_fourteen_days() -> None:
    drops = medicine("ジクロード点眼液", 1, form=Form.EXTERNAL)
    assert kinds(slip(drops, on=TODAY - days(5)), slip(drops)) == []


def test_two_strengths_on_one_slip_make_up_one_dose() -> None:
    assert kinds(slip("アムロジン錠10", "ノルバスクOD錠2.5")) == []


def test_two_clinics_on_one_slip_are_two() -> None:
    other = medicine("ノルバスクOD錠2.5", clinic=HOSPITAL)
    assert kinds(slip("アムロジン錠10", other)) == [DUPLICATE]


def test_where_no_clinic_is_named_the_same_pharmacy_sees_both() -> None:
    before = slip("ロキソニン錠60", on=TODAY - days(25), clinic=None)
    assert kinds(before, slip("ロキソニン錠60", clinic=None)) == []
    assert kinds(before, slip("ロキソニン錠60", clinic=None, pharmacy=OTHER_PHARMACY)) == [DUPLICATE]


def test_a_clinic_is_the_same_by_its_number_however_its_name_is_written() -> None:
    long = Place("医療法人なぎさ会 なぎさ島診療所", "3811234567")
    before = slip("ロキソニン錠60", on=TODAY - days(25), clinic=long)
    assert kinds(before, slip("ロキソニン錠60")) == []


def somewhere(code: str, route: Route | None = Route.EXTERNAL) -> Taken:
    return replace(ONE, codes=(code,), route=route)


def test_applied_nobody_knows_where_counts_with_the_same_seven_digits() -> None:
    gel = somewhere("2649735Q1020")
    assert same_route(gel, somewhere("2649735S3020", Route.SKIN))
    assert not same_route(gel, somewhere("1319726Q1102"))
    assert not same_route(gel, somewhere("1319726Q1102", Route.EYE))
    assert not same_route(gel, somewhere("1149019F1560", Route.ORAL))


def test_a_route_that_nobody_knows_is_held_against_what_is_swallowed() -> None:
    typed = replace(ONE, codes=(), route=None)
    assert same_route(typed, ONE)
    assert same_route(typed, typed)
    assert not same_route(typed, somewhere("2649735S3020", Route.SKIN))
    assert not same_route(typed, somewhere("1149400A1020", Route.INJECTION))


# Pairs that must never meet


def test_clarithromycin_with_suvorexant() -> None:
    result = checked(slip("クラリス錠200"), elsewhere("ベルソムラ錠15"))
    (hit,) = result.hits
    assert hit.kind is CONTRAINDICATED
    assert hit.rule.startswith("DDI")
    assert hit.source
    assert hit.effect
    assert names(hit) == {"クラリス錠200", "ベルソムラ錠15"}
    assert (result.medicines, result.checked, result.unchecked) == (2, 2, ())


def test_sildenafil_with_nitroglycerin_under_the_tongue() -> None:
    nitro = medicine("ニトロペン舌下錠", 10, form=Form.AS_NEEDED)
    assert kinds(slip("レバチオ錠20"), elsewhere(nitro)) == [CONTRAINDICATED]


def test_zalutia_is_not_adcirca() -> None:
    assert kinds(slip("クラリス錠200"), elsewhere("アドシルカ錠20")) == [CONTRAINDICATED]
    assert kinds(slip("クラリス錠200"), elsewhere("ザルティア錠5")) == []


def test_one_strength_of_vitamin_k_and_not_the_other() -> None:
    assert kinds(slip("ワルファリンK錠1"), elsewhere("グラケーカプセル15")) == [CONTRAINDICATED]
    assert kinds(slip("ワルファリンK錠1"), elsewhere("ケイツーカプセル5")) == []


@pytest.mark.parametrize(
    ("name", "hits"),
    [
        ("ミニリンメルト25", True),
        ("ミニリンメルト50", True),
        ("ミニリンメルト60", False),
        ("ミニリンメルト120", False),
    ],
)
def test_desmopressin_by_its_strength(name: str, hits: bool) -> None:
    assert kinds(slip("フルイトラン錠1"), elsewhere(name)) == ([CONTRAINDICATED] if hits else [])


def test_of_a_typed_name_the_strength_is_not_known_and_the_hit_says_so() -> None:
    (hit,) = checked(slip("ワルファリンK錠1"), bought("メナテトレノン")).hits
    assert (hit.kind, hit.strength_unknown) == (CONTRAINDICATED, True)
    (exact,) = checked(slip("ワルファリンK錠1"), elsewhere("グラケーカプセル15")).hits
    assert not exact.strength_unknown


def test_yesterdays_last_day_of_a_mao_b_inhibitor_still_hits() -> None:
    selegiline = slip(medicine("エフピーOD錠2.5", 14), on=TODAY - days(14))
    (hit,) = checked(selegiline, elsewhere("レクサプロ錠10")).hits
    assert hit.kind is CONTRAINDICATED
    assert hit.washout_days == 14
    assert hit.until_on == TODAY - days(1) + days(14)


def test_the_washout_ends_and_has_its_direction() -> None:
    selegiline = slip(medicine("エフピーOD錠2.5", 14), on=TODAY - days(27))  # last day: 14 days ago
    assert kinds(selegiline, elsewhere("レクサプロ錠10")) == [CONTRAINDICATED]
    selegiline = slip(medicine("エフピーOD錠2.5", 14), on=TODAY - days(28))
    assert kinds(selegiline, elsewhere("レクサプロ錠10")) == []


def with_pair(pair: Pair) -> Knowledge:
    """What comes with the program, with this pair alone."""
    sides = ([(len(code), {code: (0,)}) for code in side] for side in (pair.a, pair.b))
    a, b = (tuple(each) for each in sides)
    return replace(bundled(), pairs=(pair,), all_pairs=(pair,), _a=a, _b=b)


def test_a_combination_of_both_sides_hits_another_medicine_and_never_itself() -> None:
    both = Pair(
        "X1", ("2149042", "2149117"), ("2171022", "2149117"), "テルミサルタン", "アムロジピン", on=True
    )
    knows = with_pair(both)
    combined = slip("ミカムロ配合錠AP")
    assert kinds(combined, knowledge=knows) == []
    refilled = slip("ミカムロ配合錠AP", on=TODAY - days(25))
    assert kinds(combined, refilled, knowledge=knows) == []
    (hit, _) = checked(combined, elsewhere("アムロジン錠10"), knowledge=knows).hits
    assert (hit.kind, hit.rule) == (CONTRAINDICATED, "X1")


def test_each_side_of_a_pair_has_its_own_washout() -> None:
    pair = Pair(
        "X2", ("1169010",), ("1179054",), "セレギリン", "エスシタロプラム", days_a_b=14, days_b_a=3, on=True
    )
    first, second = (ONE, replace(ONE, course="other"))
    ended = replace(first, starts_on=TODAY - days(20), ends_on=TODAY - days(4))
    begun = replace(second, starts_on=TODAY, ends_on=None)
    met = meeting(ended, begun, pair)
    assert met is not None
    assert (met.from_on, met.until_on, met.washout_days) == (TODAY, TODAY + days(10), 14)
    assert meeting(begun, ended, pair) is None, "the other way three days are enough"
    met = meeting(begun, replace(ended, ends_on=TODAY - days(3)), pair)
    assert met is not None
    assert (met.until_on, met.washout_days) == (TODAY, 3)
    both = meeting(replace(ended, ends_on=None), begun, pair)
    assert both is not None
    assert (both.until_on, both.washout_days) == (None, 0)


def test_a_condition_is_shown_and_not_decided() -> None:
    conditional = [pair for pair in bundled().pairs if pair.condition and pair.a and pair.b]
    assert conditional
    pair = conditional[0]
    one, two = (
        Medicine(
            an_id(side),
            f"薬{side[0]}",
            code_set=medicine("クラリス錠200").code_set,
            code=side[0].ljust(7, "0") + "F1010",
        )
        for side in (pair.a, pair.b)
    )
    hits = checked(slip(replace(one, usage=medicine("クラリス錠200").usage)), elsewhere(two)).hits
    assert pair.condition in {hit.condition for hit in hits}


def test_a_shop_medicine_that_names_an_ingredient_of_a_pair() -> None:
    shop = bought("勃起不全の薬", Component("シルデナフィルクエン酸塩", "2590018"))
    assert kinds(slip(medicine("ニトロペン舌下錠", 10, form=Form.AS_NEEDED)), shop) == [CONTRAINDICATED]


# Allergies and side effects


def a_finding(text: str, kind: FindingKind = FindingKind.ALLERGY, **words: object) -> Finding:
    return Finding(an_id("finding", text, kind), kind, text, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "finding",
    [
        a_finding("アスピリン"),
        a_finding("アスピリンで蕁麻疹が出た", FindingKind.SIDE_EFFECT),
        a_finding("痛み止め", code_set=FindingCodeSet.YJ, code="1143001X1236"),
        a_finding("痛み止め", code_set=FindingCodeSet.JFAGY, code="YCM3399007H1013"),
    ],
    ids=["name", "sentence", "yj", "jfagy"],
)
def test_an_allergy_is_matched_to_an_ingredient(finding: Finding) -> None:
    result = checked(slip("アスピリン腸溶錠100", "クラリス錠200"), against=Against((finding,)))
    (hit,) = result.hits
    assert (hit.kind, hit.finding, hit.ingredients) == (ALLERGY, finding.id, ("アスピリン",))
    assert result.unmatched == ()


def test_an_allergy_that_names_no_ingredient_is_listed() -> None:
    buckwheat = a_finding("そば", code_set=FindingCodeSet.JFAGY, code="J9FA11170000")
    result = checked(slip("クラリス錠200"), against=Against((buckwheat,)))
    assert (result.hits, result.unmatched) == ((), (buckwheat.id,))


def test_what_a_clinic_notes_as_forbidden_counts_like_an_allergy() -> None:
    noted = a_finding("禁忌：ロキソプロフェン", FindingKind.OTHER)
    (hit,) = checked(slip("ロキソニン錠60"), against=Against((noted,))).hits
    assert (hit.kind, hit.finding) == (ALLERGY, noted.id)
    other = replace(noted, text="ロキソプロフェンをよく使う")
    assert checked(slip("ロキソニン錠60"), against=Against((other,))).hits == ()


def test_a_diagnosis_and_an_allergy_that_ended_are_no_allergy() -> None:
    ended = a_finding("クラリスロマイシン", until="2026-11-19")
    diagnosis = a_finding("クラリスロマイシン", FindingKind.DIAGNOSIS)
    assert kinds(slip("クラリス錠200"), against=Against((ended, diagnosis))) == []
    for until in ("2026-11-20", "2026-11", "2026"):
        assert kinds(slip("クラリス錠200"), against=Against((replace(ended, until=until),))) == [ALLERGY]


# All together


def test_what_no_list_knows_is_counted_and_named() -> None:
    herbs = bought("島の薬草茶")
    result = checked(slip("クラリス錠200"), herbs)
    assert (result.medicines, result.checked) == (2, 1)
    assert [each.name for each in result.unchecked] == ["島の薬草茶"]
    assert result.version == bundled().version


def test_medical_material_is_no_medicine() -> None:
    needles = medicine("ペンニードル", 1, form=Form.MATERIAL)
    assert checked(slip(needles, "クラリス錠200")).medicines == 1


def test_refills_are_one_medicine_and_one_hit_of_the_newest_slips() -> None:
    monthly = [slip("クラリス錠200", on=TODAY - days(26 * back)) for back in range(3)]
    result = checked(*monthly, elsewhere("ベルソムラ錠15", on=TODAY - days(10)))
    (hit,) = result.hits
    assert result.medicines == 2
    assert {hit.first.starts_on, hit.second and hit.second.starts_on} == {TODAY, TODAY - days(10)}


def test_the_weightiest_comes_first() -> None:
    allergy = Against((a_finding("クラリスロマイシン"),))
    slips = (slip("ロキソニン錠60"), elsewhere("クラリス錠200", "ベルソムラ錠15", "ロキソニン錠60"))
    assert kinds(*slips, against=allergy) == [CONTRAINDICATED, ALLERGY, DUPLICATE]


def test_of_a_hidden_medicine_others_hear_only_that_there_is_a_hit() -> None:
    known = taken_of([slip("ベルソムラ錠15")], bundled())[0].course
    slips = (
        slip("クラリス錠200", "ロキソニン錠60"),
        elsewhere("ベルソムラ錠15", "ロキソニン錠60"),
        bought("島の薬草茶"),
    )
    result = checked(*slips, hidden=frozenset({known, "n:島ノ薬草茶"}))
    assert len(result.hits) == 2, "the patient sees all of it"
    shown = for_others(result)
    assert [hit.kind for hit in shown.hits] == [DUPLICATE]
    assert (shown.hidden_hits, shown.unchecked) == (1, ())
    assert "ベルソムラ" not in repr(shown)
    assert "薬草茶" not in repr(shown)
    assert shown.checked == result.checked


def test_what_she_hid_by_name_stays_hidden_when_a_list_learns_the_name() -> None:
    hidden = frozenset({"n:クラリス錠200"})
    assert [each.hidden for each in taken_of([slip("クラリス錠200")], bundled(), hidden)] == [True]


# The key of a hit


def key(*slips: object, **words: object) -> str:
    (hit,) = checked(*slips, **words).hits  # type: ignore[arg-type]
    return hit.key


def test_a_refill_keeps_the_key_and_another_maker_does() -> None:
    first = key(slip("クラリス錠200"), elsewhere("ベルソムラ錠15"))
    later = slip("クラリス錠200", on=TODAY + days(25), pharmacy=OTHER_PHARMACY)
    assert key(later, elsewhere("ベルソムラ錠15"), on=TODAY + days(25)) == first
    brand = medicine("クラリス錠200")
    generic = replace(brand, code="6149003F2119", name="クラリスロマイシン錠200「どこか」")
    assert key(slip(generic), elsewhere("ベルソムラ錠15")) == first


def test_a_new_dose_clinic_or_wording_is_a_new_key() -> None:
    first = key(slip("クラリス錠200"), elsewhere("ベルソムラ錠15"))
    doubled = medicine("クラリス錠200", dose="2")
    stronger = replace(medicine("ベルソムラ錠15"), code="1190023F2020", name="ベルソムラ錠20")
    assert key(slip(doubled), elsewhere("ベルソムラ錠15")) != first
    assert key(slip("クラリス錠200"), elsewhere(stronger)) != first
    assert key(slip("クラリス錠200"), elsewhere("ベルソムラ錠15", clinic=Place("別の医院"))) != first
    knows = bundled()
    reworded = replace(knows, pairs=tuple(replace(pair, effect="新しい言葉") for pair in knows.pairs))
    assert key(slip("クラリス錠200"), elsewhere("ベルソムラ錠15"), knowledge=reworded) != first


def test_the_key_of_two_strengths_is_that_of_both() -> None:
    both = key(slip("アムロジン錠10", "ノルバスクOD錠2.5"), elsewhere("アムロジン錠10"))
    again = slip("ノルバスクOD錠2.5", "アムロジン錠10", on=TODAY + days(1))
    assert key(again, elsewhere("アムロジン錠10"), on=TODAY + days(1)) == both
    assert key(slip("アムロジン錠10"), elsewhere("アムロジン錠10")) != both


def test_days_at_the_ends_of_the_calendar_do_no_harm() -> None:
    for on in (date.min, date.max):
        assert kinds(slip("クラリス錠200", on=on), on=TODAY) == []
    assert checked(slip("クラリス錠200"), on=date.min).medicines == 1


def test_a_statement_of_a_clinic_on_the_same_day_is_the_same_medicine() -> None:
    book = slip("クラリス錠200")
    said = replace(book, id=UUID(int=9), origin="fhir_jp", stage=Stage.STATED, pharmacy=None)
    assert len(taken_of([said, book], bundled())) == 1


def test_a_hostile_pile_of_medicines_ends_soon_and_says_what_was_left_out() -> None:
    pile = [
        slip(
            *[medicine("ロキソニン錠60")] * 10, on=TODAY, clinic=Place(f"医院{n}"), pharmacy=Place(f"薬局{n}")
        )
        for n in range(60)
    ]
    result = checked(*pile)
    assert (len(result.hits), result.more_hits > 0) == (MOST_HITS, True)
    assert "多すぎるため" in coverage_words(result)
    many = [bought(f"知らない薬{n}") for n in range(MOST_TAKEN + 20)]
    result = checked(*many)
    assert (result.medicines, result.checked) == (MOST_TAKEN + 20, 0)


def test_years_of_old_refills_push_nothing_out_that_is_still_taken() -> None:
    six = (
        "アムロジン錠10",
        "ミカルディス錠40",
        "フルイトラン錠1",
        "ロキソニン錠60",
        "ボナロン錠35",
        "レクサプロ錠10",
    )
    refills = [slip(*six, on=TODAY - days(30 * months)) for months in range(60)]
    since = Usage(text="胸が痛い時", starts_on=date(2015, 4, 1))
    nitro = medicine("ニトロペン舌下錠", None, usage=since)
    typed = slip(nitro, on=date(2015, 4, 1), stage=Stage.STATED, clinic=None, pharmacy=None)
    sildenafil = slip("レバチオ錠20", on=TODAY - days(1))
    assert len(refills) * len(six) > MOST_TAKEN
    result = checked(typed, *refills, sildenafil)
    met = [names(hit) for hit in result.hits if hit.kind is CONTRAINDICATED]
    assert met == [{"ニトロペン舌下錠", "レバチオ錠20"}]
    assert (result.medicines, result.unchecked) == (8, ())
