"""What only she has: the exchange number, what she wrote of hidden medicines, telling ids; and typed is typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from backend.medicines import checking, dispensings, telling
from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from shared.medicines import Author, Dispensing, DispensingNote, NoteKind, Signature, Stage
from shared.problems import Invalid
from shared.sync import Change, Word
from tests.backend.doors import knocking
from tests.backend.medicines import cupboard
from tests.backend.medicines.cupboard import AMLODIPINE, SUVOREXANT, change, dose, hiding, known, typed
from tests.cast import RECORD, Cast

EXCHANGE = "2611220000012345"
AT = f"/api/records/{RECORD}"


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.held(cupboard.NOW):
        yield


def heard(cast: Cast, who: str) -> Sequence[Change]:
    with cast.house.database.transaction() as session:
        record = cast.open(session, getattr(cast, who))
        return dispensings.changes(record, 0, 100) + telling.changes(record, 0, 100)


@pytest.mark.parametrize("something_hidden", [False, True])
def test_the_exchange_number_is_hers_alone(app: Flask, cast: Cast, something_hidden: bool) -> None:
    """Whoever has it can fetch her medicines at any counter; the prescription itself is shared like the others."""
    prescribed = replace(
        cupboard.slip(5, AMLODIPINE), stage=Stage.PRESCRIBED, exchange_number=EXCHANGE, prescription_id="R-1"
    )
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.bring(record, prescribed, cupboard.slip(2, SUVOREXANT))
        cupboard.tell(record, *([hiding(SUVOREXANT)] if something_hidden else []))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    hanako, sato = knocking(app, cast.hanako), knocking(app, cast.sato)
    paths = [f"{AT}/medicines", f"{AT}/medicines/checks", f"{AT}/sync/pull", f"{AT}/medicines/notebook"]
    paths += [f"/records/{RECORD}", f"/records/{RECORD}/medicines"]
    assert EXCHANGE in hanako.get(paths[0]).text
    assert [path for path in paths if EXCHANGE.encode() in sato.get(path).data] == []
    assert "R-1" in sato.get(paths[0]).text


def test_what_she_wrote_of_a_hidden_medicine_elsewhere_stays_with_her(cast: Cast) -> None:
    cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES, Scope.FINDINGS)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        hits = checking.checked(record).checked.hits
        (key,) = [hit.key for hit in hits if hit.kind == "duplicate"]
        ticked = replace(dose(AMLODIPINE), note="スボレキサントと一緒に")
        mark = known(key, "ベルソムラもあるので")
        cupboard.tell(record, change(Word.HIT_MARK, mark), change(Word.DOSE, ticked), hiding(SUVOREXANT))
    with cast.house.database.transaction() as session:
        found = checking.checked(cast.open(session, cast.sato))
        assert found.known[key].reason == ""
        assert checking.checked(cast.open(session, cast.hanako)).known[key].reason == mark.reason
    told = [each.body or "" for each in heard(cast, "sato")]
    assert not [body for body in told if "ベルソムラ" in body or "スボレキサント" in body]
    assert [body for body in told if key in body]
    assert [body for body in told if str(ticked.id) in body]


def test_an_id_that_is_made_of_a_hidden_content_goes_by_another_name(cast: Cast) -> None:
    """A mark's id is made of its hit, a dose's of its medicine: who tries all medicines would find the right one."""
    cupboard.fill(cast)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        hits = checking.checked(record).checked.hits
        (key,) = [hit.key for hit in hits if hit.kind == "contraindicated"]
        mark, ticked = known(key), dose(SUVOREXANT)
        cupboard.tell(record, change(Word.HIT_MARK, mark), change(Word.DOSE, ticked), hiding(SUVOREXANT))
    cast.lets_in(cast.sato, Scope.MEDICINES, Scope.FINDINGS)
    hers, his = heard(cast, "hanako"), heard(cast, "sato")
    assert {mark.id, ticked.id} <= {each.id for each in hers}
    assert {mark.id, ticked.id}.isdisjoint(each.id for each in his)
    assert len(his) == len(hers) - 1  # the hiding
    assert [each.id for each in his] == [each.id for each in heard(cast, "sato")], "the same name each time"


@pytest.mark.parametrize(
    "claim",
    [
        {"signature": Signature.VALID},
        {"exchange_number": EXCHANGE},
        {"prescription_id": "R-1"},
        {"prescribed_on": date(2026, 3, 4)},
        {"valid_until": date(2026, 3, 8)},
        {"refills": 3},
        {"notes": (DispensingNote(NoteKind.INFORMATION, "医療機関から"),)},
        {"notes": (DispensingNote(NoteKind.PATIENT, "メモ", author=Author.CARE_STAFF),)},
        {"medicines": (replace(AMLODIPINE, author=Author.CARE_STAFF),)},
    ],
    ids=lambda claim: next(iter(claim)),
)
def test_what_she_types_claims_nothing_of_others(cast: Cast, claim: dict[str, Any]) -> None:
    slip: Dispensing = replace(typed(AMLODIPINE), **claim)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        with pytest.raises(Invalid) as refused:
            telling.tell(record, change(Word.DISPENSING, slip))
        assert refused.value.field == next(iter(claim))
        own = DispensingNote(NoteKind.PATIENT, "よく眠れた", author=Author.PATIENT)
        telling.tell(record, change(Word.DISPENSING, replace(typed(AMLODIPINE), notes=(own,))))
        telling.refresh(record)


def test_her_day_begins_at_four_as_on_her_phone(cast: Cast) -> None:
    """At 02:00 what she took until yesterday is still checked: the phone says so, and the server too."""
    cupboard.fill(cast)
    last = date(2026, 3, 28)  # the last day of the first slip's 28 days
    night = cupboard.NOW.replace(hour=17) + timedelta(
        days=(last - cupboard.NOW.date()).days
    )  # 02:00 of the 29th
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        with clock.held(night):
            found = checking.checked(record).checked
            assert found.on == last
            assert "contraindicated" in {hit.kind for hit in found.hits}
        with clock.held(night + timedelta(hours=2)):
            assert checking.checked(record).checked.on == last + timedelta(days=1)


def test_who_may_read_findings_is_told_which_one_a_hit_comes_from(app: Flask, cast: Cast) -> None:
    finding = cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    cast.lets_in(cast.mori, Scope.MEDICINES, Scope.FINDINGS)
    told = {}
    for who in ("hanako", "sato", "mori"):
        answer: Any = knocking(app, getattr(cast, who)).get(f"{AT}/medicines/checks")
        told[who] = [hit["finding"] for hit in answer.json["hits"] if hit["kind"] == "allergy"]
    assert told == {"hanako": [str(finding.id)], "sato": [None], "mori": [str(finding.id)]}


@pytest.mark.parametrize("path", ["/medicines/checks", "/medicines/notebook"])
def test_a_refusal_is_in_her_book(app: Flask, cast: Cast, path: str) -> None:
    cast.lets_in(cast.sato, Scope.FINDINGS)
    assert knocking(app, cast.sato).get(f"{AT}{path}").status_code == 404
    assert knocking(app, cast.sato).get(f"/records/{RECORD}/medicines").status_code == 404
    book: Any = knocking(app, cast.hanako).get(f"{AT}/visits").json
    his = [visit for visit in book["visits"] if visit["who"]["id"] == str(cast.sato.id)]
    assert [(visit["outcome"], visit["scopes"]) for visit in his] == [("refused", ["medicines"])] * 2


def test_an_id_that_tells_nothing_keeps_its_name(cast: Cast) -> None:
    """An id of nobody's making (a version 7) keeps its name: a phone must find what it has."""
    cupboard.fill(cast, hiding(SUVOREXANT))
    mine = typed(SUVOREXANT, id=new_id())
    with cast.house.database.transaction() as session:
        cupboard.tell(cast.open(session, cast.hanako), change(Word.DISPENSING, mine))
    cast.lets_in(cast.sato, Scope.MEDICINES)
    assert [each.body for each in heard(cast, "sato") if each.id == mine.id] == [None]
