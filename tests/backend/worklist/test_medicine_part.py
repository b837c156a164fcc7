"""The medicines on the doctor's pages: warnings, courses, the year, marks; what is hidden and what is not shared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from backend.medicines import dispensings, telling
from backend.worklist.medicine_timeline import timeline_svg
from shared import clock
from shared.consent import Scope
from shared.courses import courses
from shared.drug_knowledge import bundled
from shared.drug_periods import course_key
from shared.ids import new_id
from shared.marks import Hiding, hiding_id
from shared.medicines import (
    Author,
    CodeSet,
    Dispensing,
    Form,
    Medicine,
    Place,
    Route,
    Signature,
    Stage,
    Usage,
)
from shared.sync import Change, Word
from tests.backend.worklist.doctors import Browser, queries, signed_in
from tests.cast import RECORD, Cast

PAGE = f"/records/{RECORD}/medicines"
CLARITHROMYCIN = ("クラリスロマイシン錠２００ｍｇ「サワイ」", "6149003F2100")
SUVOREXANT = ("ベルソムラ錠１５ｍｇ", "1190023F1024")


@pytest.fixture
def sato(app: Flask) -> Browser:
    return signed_in(app, "sato")


def medicine(name: str, code: str, *, days: int = 28) -> Medicine:
    usage = Usage("１日１回 就寝前", form=Form.INTERNAL, amount=days, amount_unit="日分")
    return Medicine(
        new_id(), name, "1", "錠", code_set=CodeSet.PRICE_LIST, code=code, route=Route.ORAL, usage=usage
    )


def slip(
    on: date, *medicines: Medicine, clinic: str = "なぎさ島診療所", pharmacy: str = "みなと薬局"
) -> Dispensing:
    return Dispensing(
        id=new_id(),
        dispensed_on=on,
        medicines=medicines,
        pharmacy=Place(pharmacy, score_table="4"),
        clinic=Place(clinic),
        author=Author.CARE_STAFF,
        origin="jahis_techo",
    )


def today() -> date:
    return clock.now().astimezone(ZoneInfo("Asia/Tokyo")).date()


def dispensed(cast: Cast, slips: Sequence[Dispensing]) -> None:
    with cast.house.database.transaction() as session:
        items = [(each, str(each.id)) for each in slips]
        dispensings.keep_many(cast.open(session, cast.hanako), items, new_id())


def two_that_must_not_meet(cast: Cast) -> tuple[Medicine, Medicine]:
    first, second = medicine(*CLARITHROMYCIN, days=5), medicine(*SUVOREXANT)
    dispensed(
        cast,
        [
            slip(today() - timedelta(days=1), first, clinic="しおかぜ歯科", pharmacy="港町薬局"),
            slip(today() - timedelta(days=9), second),
        ],
    )
    return first, second


def hides(cast: Cast, one: Medicine) -> None:
    key = course_key(one, bundled().of(one))
    hiding = Hiding(hiding_id(key), key, one.name, True)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        from backend.medicines.things import THINGS

        change = THINGS.change_of(Word.HIDING, hiding, clock.now(), UUID(int=7))
        assert isinstance(change, Change)
        telling.tell(record, change)


def test_a_hit_names_both_with_their_places_and_says_whom_to_ask(cast: Cast, sato: Browser) -> None:
    two_that_must_not_meet(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    for address in (f"/records/{RECORD}", PAGE):
        shown = sato.shown(address)
        hit = shown.split('class="hit contraindicated"')[1].split("</li>\n</ul>")[0]
        for words in (
            CLARITHROMYCIN[0],
            SUVOREXANT[0],
            "しおかぜ歯科",
            "港町薬局",
            "みなと薬局",
            "併用禁忌",
            "問い合わせて",
        ):
            assert words in hit
        assert "2種類のうち2種類を調べました" in shown
        assert "すべて安全" not in shown


def test_a_mark_says_who_and_why_and_is_taken_back(cast: Cast, sato: Browser) -> None:
    two_that_must_not_meet(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    path = known_path(sato)
    answer = sato.post(path, {"reason": "歯科に電話し、時間をあけることにした"})
    assert answer.status_code == 303
    shown = sato.shown(PAGE)
    assert "新しく見つかった確認事項はありません" in shown
    assert "歯科に電話し、時間をあけることにした" in shown
    assert "佐藤" in shown.split("確認済み：")[1][:200]
    assert sato.post(path, {"known": "false"}).status_code == 303
    assert 'class="hit contraindicated"' in sato.shown(PAGE).split("確認済みのもの")[0]


def known_path(browser: Browser) -> str:
    found = re.search(r'action="(/records/[^"]+/known)"', browser.shown(PAGE))
    assert found is not None
    return found[1]


def test_without_medicines_only_that_there_is_something(cast: Cast, sato: Browser) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    before = sato.shown(f"/records/{RECORD}")
    assert "確認した方がよいことが見つかっています" not in before
    two_that_must_not_meet(cast)
    shown = sato.shown(f"/records/{RECORD}")
    assert "確認した方がよいことが見つかっています" in shown
    for secret in ("クラリスロマイシン", "ベルソムラ", "しおかぜ歯科", "港町薬局"):
        assert secret not in shown
    assert sato.get(PAGE).status_code == 404


def test_of_a_hidden_medicine_only_that_something_is_hidden(cast: Cast, sato: Browser) -> None:
    first, second = two_that_must_not_meet(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    path = known_path(sato)
    hides(cast, first)
    for address in (f"/records/{RECORD}", PAGE):
        shown = sato.shown(address)
        assert "クラリスロマイシン" not in shown
        assert "しおかぜ歯科" not in shown
        assert second.name in shown
        assert "見せていないお薬に関わる確認事項が 1 件あります" in shown
        assert "ご本人が見せていないお薬があります" in shown
    assert sato.post(path, {"reason": "見えないはず"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_years(app: Flask, cast: Cast, sato: Browser) -> None:
    cast.lets_in(cast.sato, Scope.MEDICINES)
    dispensed(cast, [slip(today(), medicine(*SUVOREXANT))])
    with queries(app) as few:
        sato.shown(PAGE)
    dispensed(cast, [slip(today() - timedelta(days=30 * n), medicine(*SUVOREXANT)) for n in range(1, 60)])
    with queries(app) as many:
        sato.shown(PAGE)
    assert len(few) == len(many)


def test_a_bar_is_drawn_for_each_stretch_and_none_for_a_gap() -> None:
    on = date(2026, 11, 24)
    slips = [slip(on - timedelta(days=back), medicine(*SUVOREXANT)) for back in (200, 172, 60)]
    drawn = timeline_svg(courses(slips, bundled(), on), on - timedelta(days=364), on)
    assert drawn.count("<rect") == 1 + 2  # the ground, 56 days in one bar, 28 in another
    assert "&lt;" in timeline_svg(courses([slip(on, medicine("<b>", ""))], bundled(), on), on, on)


def test_a_prescription_that_nobody_filled_is_told_apart(cast: Cast, sato: Browser) -> None:
    waiting = Dispensing(
        id=new_id(),
        dispensed_on=today(),
        medicines=(medicine(*SUVOREXANT),),
        clinic=Place("なぎさ島診療所"),
        origin="eprescription",
        stage=Stage.PRESCRIBED,
        prescribed_on=today(),
        exchange_number="2611220000012345",
        valid_until=today() + timedelta(days=3),
    )
    dispensed(cast, [waiting])
    cast.lets_in(cast.sato, Scope.MEDICINES)
    shown = sato.shown(PAGE)
    assert "受け取りの記録なし" in shown
    assert "電子署名なし" in shown
    assert "2611220000012345" not in shown  # a number that hands out medicine is hers to show


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (Signature.VALID, "電子署名：確かめました"),
        (Signature.UNTRUSTED, "署名した人を確かめられません"),
        (Signature.INVALID, "電子署名：正しくありません"),
        (Signature.UNCHECKED, "電子署名：確かめていません"),
    ],
)
def test_the_state_of_a_signature_is_said(cast: Cast, sato: Browser, signature: Signature, said: str) -> None:
    one = replace(slip(today(), medicine(*SUVOREXANT)), origin="eprescription", signature=signature)
    dispensed(cast, [one])
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert said in sato.shown(PAGE)
