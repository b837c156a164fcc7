"""The pages of rules and reviews through the browser: who sees them, what a form keeps, what trying one shows."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.consent import visits
from backend.drugs import reviews, rules
from backend.medicines import dispensings
from shared.consent import Scope
from shared.drug_knowledge import bundled
from shared.ids import new_id
from tests.backend.drugs.staff import a_rule, pharmacist
from tests.backend.worklist.doctors import HERE, Browser, signed_in
from tests.cast import Cast
from tests.shared.slips import elsewhere, slip

FORM = {
    "kind": "pair",
    "whose": "facility",
    "ingredient": "ロキソプロフェン",
    "other_ingredient": "ワルファリンカリウム",
    "reason": "出血が続いたため",
    "starts_on": rules.today().isoformat(),
    "ends_on": rules.today().isoformat(),
}


def send(browser: Browser, address: str, page: str, **form: str) -> TestResponse:
    """A form of ``page``, with the proof that it is ours."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.shown(page))
    assert found is not None
    data = {**form, "csrf_token": found.group(1)}
    return browser.client.post(address, base_url=HERE, data=data, headers={"Accept-Language": "ja"})


def give(cast: Cast) -> None:
    """Hanako takes loxoprofen of the clinic and warfarin of the hospital, both since today."""
    today = rules.today()
    slips = slip("ロキソニン錠60", on=today), elsewhere("ワルファリンK錠1", on=today)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        dispensings.keep_many(record, [(each, str(each.id)) for each in slips], new_id())


def written(cast: Cast) -> UUID:
    with cast.house.database.transaction() as session:
        (rule,) = rules.listing(session, cast.sato)
    return rule.rule.id


def test_a_rule_from_the_empty_form_to_its_end(app: Flask, cast: Cast) -> None:
    give(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    sato = signed_in(app, "sato")
    for kind in ("pair", "ingredient_age", "ingredient_finding", "most_medicines"):
        assert "下書きを残す" in sato.shown(f"/rules/new?kind={kind}")
    assert send(sato, "/rules", "/rules/new", **FORM).status_code == 303
    address = f"/rules/{written(cast)}"
    page = sato.shown(address)
    assert "ロキソプロフェン と ワルファリン を、同じ時期に使うとき" in page
    assert "使い始める</button>" not in page, "not before it was tried"

    tried = send(sato, f"{address}/trial", address)
    assert tried.status_code == 200
    assert "1人のうち1人に出ます" in tried.text
    assert "山田 花子" in tried.text
    assert "ロキソニン錠60" in tried.text
    assert send(sato, f"{address}/on", address).status_code == 303
    assert "使っています" in sato.shown(address)
    assert "1人のうち1人に出ます" in sato.shown(address), "in its history, without names"
    assert "山田 花子" not in sato.shown(address)
    assert send(sato, f"{address}/end", address, reason="見直した").status_code == 303
    assert "見直した" in sato.shown(address)
    assert "終わりました" in sato.shown("/rules")


def test_trying_a_rule_stands_in_her_visitors_book(app: Flask, cast: Cast) -> None:
    give(cast)
    cast.lets_in(cast.sato, Scope.MEDICINES)
    sato = signed_in(app, "sato")
    send(sato, "/rules", "/rules/new", **FORM)
    address = f"/rules/{written(cast)}"
    send(sato, f"{address}/trial", address)
    with cast.house.database.transaction() as session:
        book = visits.read_book(cast.open(session, cast.hanako))
    assert (cast.sato.id, (Scope.MEDICINES,)) in [(each.account_id, tuple(each.scopes)) for each in book]


def test_of_who_does_not_show_her_medicines_nothing_is_said(app: Flask, cast: Cast) -> None:
    give(cast)
    cast.lets_in(cast.sato, Scope.VITALS)
    sato = signed_in(app, "sato")
    send(sato, "/rules", "/rules/new", **FORM)
    address = f"/rules/{written(cast)}"
    tried = send(sato, f"{address}/trial", address)
    assert "0人のうち0人に出ます" in tried.text
    assert "花子" not in tried.text


def test_a_form_with_a_mistake_keeps_what_was_typed(app: Flask, cast: Cast) -> None:
    sato = signed_in(app, "sato")
    for wrong, words in (
        ({"other_ingredient": "島の薬草"}, "「島の薬草」という成分は"),
        ({"reason": ""}, "理由を書いてください"),
        ({"ends_on": "来年"}, "「来年」は日付ではありません"),
        ({"kind": "ingredient_age", "from_age": "七十五"}, "数字で書いてください"),
        ({"kind": "most_medicines", "most": "100"}, "数字で書いてください"),
    ):
        answer = send(sato, "/rules", "/rules/new", **{**FORM, **wrong})
        assert answer.status_code == 422
        assert words in answer.text
        assert FORM["reason"] in answer.text or "reason" in wrong
    with cast.house.database.transaction() as session:
        assert rules.listing(session, cast.sato) == []


def test_a_draft_is_written_anew(app: Flask, cast: Cast) -> None:
    sato = signed_in(app, "sato")
    send(sato, "/rules", "/rules/new", **FORM)
    address = f"/rules/{written(cast)}/edit"
    assert 'value="ワルファリン"' in sato.shown(address)
    changed = {**FORM, "kind": "most_medicines", "most": "8", "whose": "house"}
    assert send(sato, address, address, **changed).status_code == 303
    with cast.house.database.transaction() as session:
        (again,) = rules.listing(session, cast.sato)
    assert (again.rule.most, again.rule.ingredients, again.rule.facility) == (8, (), "")
    assert "別の医療者が使い始めます" in sato.shown(f"/rules/{again.rule.id}")


def test_a_stranger_finds_nothing(app: Flask, cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        rule = rules.write(session, cast.sato, a_rule(cast.sato), bundled()).rule
    kato = signed_in(app, "kato")
    for address in (f"/rules/{rule.id}", f"/rules/{rule.id}/edit", f"/rules/{new_id()}", "/reviews"):
        assert kato.get(address).status_code == 404
    for deed in ("on", "end", "trial", "edit"):
        form = FORM if deed == "edit" else {"reason": "x"} if deed == "end" else {}
        assert send(kato, f"/rules/{rule.id}/{deed}", "/rules", **form).status_code == 404


def test_a_pharmacist_reviews_with_a_reason(app: Flask, cast: Cast) -> None:
    pharmacist(cast)
    umino = signed_in(app, "umino")
    pair = next(iter(reviews.reviewable().values()))
    page = umino.shown("/reviews")
    assert f"{pair.name_a} × {pair.name_b}" in page
    assert pair.verification in page
    assert send(umino, f"/reviews/{pair.id}", "/reviews", verdict="yes", reason="").status_code == 422
    answer = send(umino, f"/reviews/{pair.id}", "/reviews", verdict="yes", reason="添付文書で確認")
    assert answer.headers["Location"].endswith(f"#{pair.id}")
    done = umino.shown("/reviews?show=done")
    assert "添付文書で確認（海野 薫）" in done
    assert f'id="{pair.id}"' not in umino.shown("/reviews")
    assert umino.get("/rules").status_code == 404


@pytest.mark.parametrize("name", ["sato", "hanako"])
def test_nobody_else_reviews(app: Flask, cast: Cast, name: str) -> None:
    if name == "hanako":
        assert app.test_client().get("/reviews", base_url=HERE).status_code in (302, 303, 401)
        return
    assert signed_in(app, name).get("/reviews").status_code == 404
