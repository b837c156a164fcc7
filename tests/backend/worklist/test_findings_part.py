"""Allergies and side effects at the head of the doctor's page: who says so, since when, and nothing when not shared."""

from __future__ import annotations

from datetime import date

from flask import Flask

from backend.findings import findings
from shared.consent import Scope
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.ids import new_id
from shared.medicines import Author
from tests.backend.worklist.doctors import Browser, queries, signed_in
from tests.cast import RECORD, Cast

HERS = f"/records/{RECORD}"


def known(cast: Cast, *more: Finding) -> None:
    """What Hanako's book says of her."""
    allergy = Finding(
        new_id(),
        FindingKind.ALLERGY,
        "そば",
        FindingCodeSet.JFAGY,
        "J9FA19140000",
        since="1962",
        author=Author.PATIENT,
        reaction="息が苦しくなった",
        noted_on=date(2026, 1, 5),
        origin="typed",
    )
    illness = Finding(
        new_id(),
        FindingKind.DIAGNOSIS,
        "<b>胃潰瘍</b>",
        since="2008",
        until="2009-03",
        author=Author.CARE_STAFF,
        said_by="みなと総合病院",
        suspected=True,
        origin="jahis_techo",
    )
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        findings.keep_many(record, [(each, str(each.id)) for each in (illness, allergy, *more)], new_id())


def head_of(page: str) -> str:
    """The part of the page that says what is known about her."""
    return page.split('aria-labelledby="known"')[1].split("</section>", maxsplit=1)[0]


def sato(app: Flask) -> Browser:
    return signed_in(app, "sato")


def test_allergies_come_first_with_who_says_so_and_since_when(app: Flask, cast: Cast) -> None:
    known(cast)
    cast.lets_in(cast.sato, Scope.FINDINGS)
    page = sato(app).shown(HERS)
    head = head_of(page)
    said = [
        "アレルギー", "そば", "息が苦しくなった", "1962年から", "ご本人・ご家族が書いたもの", "記入日 2026年1月5日",
        "手入力", "J-FAGY J9FA19140000", "薬の副作用", "記録がありません", "病名（今の", "&lt;b&gt;胃潰瘍&lt;/b&gt;",
        "疑い", "2008年〜2009年3月", "みなと総合病院（医療関係者が書いたもの）", "お薬手帳の QR コード",
    ]  # fmt: skip
    places = [head.index(words) for words in said]
    assert places == sorted(places)
    assert page.index('id="known"') < page.index('id="pressure"')
    listed = sato(app).shown("/records")
    assert "アレルギー 1 件" in listed
    assert "副作用 0" not in listed
    assert "そば" not in listed


def test_nothing_noted_is_not_said_to_be_nothing(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.FINDINGS)
    head = head_of(sato(app).shown(HERS))
    assert head.count("記録がありません（「ない」と確かめたわけではありません）") == 2
    assert "副作用 0" not in sato(app).shown("/records")


def test_what_is_not_shared_is_only_said_to_be_so(app: Flask, cast: Cast) -> None:
    known(cast)
    cast.lets_in(cast.sato, Scope.VITALS, Scope.MEDICINES, Scope.WEARABLES)
    page = sato(app).shown(HERS)
    assert "アレルギー・副作用・病名は共有されていません" in head_of(page)
    listed = sato(app).shown("/records")
    for hidden in ("そば", "胃潰瘍", "記録がありません", "アレルギー 1 件"):
        assert hidden not in page + listed


def test_what_was_withdrawn_is_not_shown(app: Flask, cast: Cast) -> None:
    known(cast)
    cast.lets_in(cast.sato, Scope.FINDINGS)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for entry in findings.listing(record):
            findings.withdraw(record, entry.thing.id, entry.edited_at.replace(year=2090), new_id())
    assert "そば" not in sato(app).shown(HERS)


def test_a_hundred_findings_ask_the_database_no_more_often(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.FINDINGS)
    doctor, asked = sato(app), []
    for more in (0, 100):
        known(cast, *(Finding(new_id(), FindingKind.DIAGNOSIS, f"病名 {n}") for n in range(more)))
        doctor.shown(HERS)
        with queries(app) as told:
            doctor.shown(HERS)
        asked.append(len(told))
    assert asked[0] == asked[1]
