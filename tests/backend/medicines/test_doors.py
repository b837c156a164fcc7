"""The doors of medicines: who is let in to the list, the checks and the one bit, and what each answer may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from shared import clock
from shared.consent import Scope
from shared.sync import Word
from tests.backend.doors import Knocking, knocking
from tests.backend.medicines import cupboard
from tests.backend.medicines.cupboard import AMLODIPINE, SUVOREXANT, hiding
from tests.cast import RECORD, Cast

AT = f"/api/records/{RECORD}/medicines"
EVERY_SCOPE = (Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES, Scope.FINDINGS)


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with clock.held(cupboard.NOW):
        yield


def status(who: Knocking, path: str) -> int:
    return who.get(f"{AT}{path}").status_code


def asked(who: Knocking, path: str = "") -> dict[str, Any]:
    answer: Any = who.get(f"{AT}{path}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


@pytest.mark.parametrize("scope", EVERY_SCOPE)
def test_each_scope_opens_exactly_its_doors(app: Flask, cast: Cast, scope: Scope) -> None:
    cupboard.fill(cast)
    sato = knocking(app, cast.sato)
    assert [status(sato, path) for path in ("", "/checks", "/warning")] == [404, 404, 404]
    grant = cast.lets_in(cast.sato, scope)
    medicines = 200 if scope is Scope.MEDICINES else 404
    assert [status(sato, path) for path in ("", "/checks", "/warning")] == [medicines, medicines, 200]
    knocking(app, cast.hanako).post(f"/api/records/{RECORD}/grants/{grant.id}/revoke")
    assert [status(sato, path) for path in ("", "/checks", "/warning")] == [404, 404, 404]


def test_the_bit_says_nothing_but_itself_and_is_in_her_book(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.VITALS)
    sato, hanako = knocking(app, cast.sato), knocking(app, cast.hanako)
    assert asked(sato, "/warning") == {"warned": False}
    cupboard.fill(cast, hiding(SUVOREXANT))
    assert asked(sato, "/warning") == {"warned": True}
    book: Any = hanako.get(f"/api/records/{RECORD}/visits").json
    seen = [visit for visit in book["visits"] if visit["who"]["id"] == str(cast.sato.id)]
    assert {tuple(visit["scopes"]) for visit in seen} == {("warnings",)}


@pytest.mark.parametrize("scopes", [(Scope.MEDICINES,), EVERY_SCOPE], ids=["medicines", "all"])
def test_what_is_hidden_is_in_no_answer_to_others(app: Flask, cast: Cast, scopes: tuple[Scope, ...]) -> None:
    cupboard.fill(cast, hiding(SUVOREXANT))
    cast.lets_in(cast.sato, *scopes)
    hanako, sato = knocking(app, cast.hanako), knocking(app, cast.sato)
    hers, his = asked(hanako), asked(sato)
    assert (len(hers["dispensings"]), hers["hidden"]) == (3, False)
    assert (len(his["dispensings"]), his["hidden"]) == (3, True)
    checks = asked(sato, "/checks")
    assert (checks["hidden"], checks["hidden_hits"]) == (True, 1)
    own = asked(hanako, "/checks")
    assert (own["hidden"], own["hidden_hits"], len(own["hits"])) == (False, 0, 3)
    every = [sato.get(f"{AT}{path}").text for path in ("", "/checks", "/warning")]
    every.append(sato.get(f"/api/records/{RECORD}/sync/pull?after=0").text)
    every.append(sato.get("/api/records").text)
    for name in ("ベルソムラ", "スボレキサント", str(SUVOREXANT.id), "1190023F1024"):
        assert not [text for text in every if name in text]


def test_a_hit_names_both_the_rule_and_what_to_do(app: Flask, cast: Cast) -> None:
    cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    own = asked(knocking(app, cast.hanako), "/checks")
    hit = next(hit for hit in own["hits"] if hit["kind"] == "contraindicated")
    assert {hit["first"]["name"], hit["second"]["name"]} == {SUVOREXANT.name, "クラリスロマイシン錠200mg"}
    assert {hit["first"]["pharmacy"], hit["second"]["pharmacy"]} == {"しま薬局", "みなと薬局"}
    assert "薬剤師" in hit["words"]["ask"]
    assert "やめ" not in hit["words"]["ask"]
    assert own["version"] in own["limits"]
    his = asked(knocking(app, cast.sato), "/checks")
    allergy = next(hit for hit in his["hits"] if hit["kind"] == "allergy")
    assert allergy["finding"] is None
    assert "じんましん" not in str(allergy)


def test_a_doctor_marks_a_hit_and_she_sees_who_and_why(app: Flask, cast: Cast) -> None:
    cupboard.fill(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    cast.lets_in(cast.mori, Scope.VITALS)
    hanako, sato, mori = (knocking(app, who) for who in (cast.hanako, cast.sato, cast.mori))
    key = next(hit["key"] for hit in asked(sato, "/checks")["hits"] if hit["kind"] == "duplicate")
    body = {"reason": "切り替え中です"}
    assert mori.post(f"{AT}/hits/{key}/known", body).status_code == 404
    marked: Any = sato.post(f"{AT}/hits/{key}/known", body)
    assert marked.status_code == 200
    again: Any = sato.post(f"{AT}/hits/{key}/known", body)
    assert again.json == marked.json
    (known,) = [hit["known"] for hit in asked(hanako, "/checks")["hits"] if hit["known"]]
    assert (known["reason"], known["who"]["name"]) == ("切り替え中です", "佐藤 健")
    # Her phone hears the mark with the next sync, and she may take it back there.
    told: Any = hanako.get(f"/api/records/{RECORD}/sync/pull?after=0").json
    assert [change["word"] for change in told["changes"]].count("hit_mark") == 1
    assert sato.post(f"{AT}/hits/{key}/known", {**body, "known": False}).status_code == 200
    assert [hit["known"] for hit in asked(hanako, "/checks")["hits"]] == [None] * 3


def test_typed_medicines_are_in_the_list_with_who_wrote_them(app: Flask, cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        cupboard.tell(record, cupboard.change(Word.DISPENSING, cupboard.typed(AMLODIPINE)))
    (listed,) = asked(knocking(app, cast.hanako))["dispensings"]
    assert (listed["origin"], listed["author"], listed["stage"]) == ("typed", "patient", "stated")
