"""What a pharmacy, a clinic or Mynaportal wrote, and what she typed: told apart on the doctor's pages and the API."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.medicines import Author, Dispensing, Place, Writer, writer
from shared.sync import Word
from tests.backend.doors import knocking
from tests.backend.medicines import cupboard
from tests.backend.worklist.doctors import signed_in
from tests.cast import RECORD, Cast

SAID = {
    Writer.PHARMACY: "薬局の記録",
    Writer.CLINIC: "医療機関の記録",
    Writer.PORTAL: "マイナポータルの記録",
    Writer.PATIENT: "ご本人の入力",
}
TODAY = clock.now().date()
CLINIC = Place("なぎさ島診療所", "1111111", "34", "1")


def slips(who: Writer) -> list[Dispensing]:
    """The same ingredient from that writer and, a little later, on a prescription of another clinic."""
    one = replace(
        cupboard.slip(1, cupboard.medicine("アムロジピン錠5mg", "2171022F1010")),
        id=new_id(),
        dispensed_on=TODAY - timedelta(days=5),
    )
    by: dict[Writer, dict[str, Any]] = {
        Writer.PHARMACY: {},
        Writer.CLINIC: {"pharmacy": CLINIC, "origin": "orca"},
        Writer.PORTAL: {"origin": "mynaportal", "author": Author.UNKNOWN},
    }
    other = replace(
        cupboard.slip(1, cupboard.medicine("ノルバスク錠5mg", "2171022F2024"), at=cupboard.HARBOUR),
        dispensed_on=TODAY - timedelta(days=1),
        clinic=Place("しおかぜ歯科", "7777777", "34", "3"),
    )
    if who is Writer.PATIENT:
        typed = cupboard.typed(cupboard.medicine("アムロジピン錠5mg", "2171022F1010"))
        return [replace(typed, dispensed_on=one.dispensed_on), other]
    return [replace(one, **by[who]), other]


@pytest.mark.parametrize("who", Writer, ids=lambda who: who.value)
def test_each_writer_is_named_on_the_pages_and_in_the_api(app: Flask, cast: Cast, who: Writer) -> None:
    theirs, other = slips(who)
    assert (writer(theirs), writer(other)) == (who, Writer.PHARMACY)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.bring(record, other)
        if who is Writer.PATIENT:
            cupboard.tell(record, cupboard.change(Word.DISPENSING, theirs))
        else:
            cupboard.bring(record, theirs)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    sato = signed_in(app, "sato")
    page, record_page = sato.shown(f"/records/{RECORD}/medicines"), sato.shown(f"/records/{RECORD}")
    slip = next(each for each in page.split('<p class="from">')[1:] if "アムロジピン" in each)
    assert chips(slip.partition('<p class="from">')[0]) >= {SAID[who]}
    assert not chips(slip) & {words for each, words in SAID.items() if each is not who}
    assert ("実物でまだ確かめていません" in slip) is (who is Writer.PORTAL)
    for shown in (page, record_page):
        hit = next(line for line in re.findall(r"<li>(.*?)</li>", shown) if line.startswith("アムロジピン"))
        told = {Writer.PHARMACY: "調剤 しま薬局"}.get(who, SAID[who])
        assert told in hit
        assert not [words for words in SAID.values() if words in hit and words != told]
    checks: Any = knocking(app, cast.hanako).get(f"/api/records/{RECORD}/medicines/checks").json
    (found,) = checks["hits"]
    assert (found["first"]["writer"], found["second"]["writer"]) == (who, Writer.PHARMACY)


@pytest.mark.parametrize("who", Writer, ids=lambda who: who.value)
def test_each_current_medicine_has_its_writer_beside_its_name(app: Flask, cast: Cast, who: Writer) -> None:
    theirs, _ = slips(who)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        if who is Writer.PATIENT:
            cupboard.tell(record, cupboard.change(Word.DISPENSING, theirs))
        else:
            cupboard.bring(record, theirs)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    sato = signed_in(app, "sato")
    for address in (f"/records/{RECORD}", f"/records/{RECORD}/medicines"):
        course = sato.shown(address).partition('<ul class="courses')[2].partition("</ul>")[0]
        assert chips(course) == {SAID[who]}


def chips(html: str) -> set[str]:
    """The words that stand in chips."""
    return set(re.findall(r'<span class="chip">([^<]*)</span>', html))
