"""The doors of drugs: the master is fetched once, names are searched, what is switched on counts on every side."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.accounts.accounts import Person
from backend.drugs import lists, reviews, rules
from backend.medicines import dispensings
from shared import clock
from shared.drug_checks import Against, check, taken_of
from shared.drug_knowledge import Overlay, bundled, knowledge
from shared.drug_knowledge_schema import overlay_from
from shared.drug_master import Master
from shared.ids import new_id
from shared.medicines import Dispensing
from tests.backend.doors import Knocking, knocking
from tests.backend.drugs.staff import a_rule, pharmacist
from tests.cast import RECORD, Cast
from tests.drug_lists import write_all
from tests.shared.slips import an_id, elsewhere, medicine, slip


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> Knocking:
    return knocking(app, cast.hanako)


def load(cast: Cast, folder: Path) -> None:
    with cast.house.database.transaction() as session:
        for path in write_all(folder):
            lists.load(session, path)


def test_a_server_without_lists_says_so(hanako: Knocking) -> None:
    assert hanako.get("/api/drugs/master").json == {"version": "", "packed": None}
    told = hanako.get("/api/drugs/knowledge").json
    assert told == {"version": bundled().version, "reviews": {}, "rules": []}
    found = hanako.get("/api/drugs/search?q=ろきそに").json
    assert found is not None
    assert "ロキソニン" in [each["name"] for each in found["products"]]


def test_a_phone_fetches_the_master_once(hanako: Knocking, cast: Cast, tmp_path: Path) -> None:
    load(cast, tmp_path)
    told = hanako.get("/api/drugs/master").json
    assert told is not None
    master = Master.from_bytes(b64decode(told["packed"]))
    assert master.version == told["version"]
    assert [each.name for each in master.search("ろきそにんて")] == ["ロキソニンテープ５０ｍｇ"]
    again = hanako.get(f"/api/drugs/master?have={master.version}").json
    assert again == {"version": master.version, "packed": None}


def test_the_phone_knows_what_the_server_knows(hanako: Knocking, cast: Cast, tmp_path: Path) -> None:
    load(cast, tmp_path)
    packed, told = hanako.get("/api/drugs/master").json, hanako.get("/api/drugs/knowledge").json
    assert packed is not None
    assert told is not None
    overlay = overlay_from(told)
    assert overlay == Overlay()
    assert knowledge(Master.from_bytes(b64decode(packed["packed"])), overlay).version == told["version"]


def test_names_are_searched_by_anybody_signed_in(app: Flask, cast: Cast, tmp_path: Path) -> None:
    load(cast, tmp_path)
    found = knocking(app, cast.sato).get("/api/drugs/search?q=のるば").json
    assert found is not None
    assert [each["code"] for each in found["products"]] == ["2171022F1029", "", ""]
    assert app.test_client().get("/api/drugs/search?q=a").status_code == 401


def a_slip(number: int, beginning: str) -> Dispensing:
    """A medicine whose code begins so, of which only the maker is made up."""
    code = f"{beginning}F1010"[:12] if len(beginning) == 7 else beginning.ljust(12, "0")
    one = replace(slip(medicine("クラリス錠200"), on=rules.today()), id=an_id("reviewed", number))
    return replace(one, medicines=(replace(one.medicines[0], id=an_id(code), name=code, code=code),))


def hits(hanako: Knocking, slips: tuple[Dispensing, ...]) -> tuple[list[str], list[str]]:
    """Rules that hit: what the server answers, and what her phone finds with what it fetches, without a network."""
    said: Any = hanako.get(f"/api/records/{RECORD}/medicines/checks").json
    fetched: Any = hanako.get("/api/drugs/knowledge").json
    there = knowledge(None, overlay_from(fetched))
    assert said["version"] == there.version == fetched["version"]
    here = check(taken_of(slips, there), there, Against(), rules.today())
    return [hit["rule"] for hit in said["hits"]], [hit.rule for hit in here.hits]


@pytest.fixture
def in_the_morning() -> Iterator[None]:
    """Her day begins at 04:00, that of a rule at midnight."""
    with clock.held(datetime(2026, 11, 24, 0, 0, tzinfo=UTC)):
        yield


@pytest.mark.usefixtures("in_the_morning")
def test_what_a_pharmacist_accepts_counts_on_the_server_and_on_the_phone(app: Flask, cast: Cast) -> None:
    hanako = knocking(app, cast.hanako)
    pair = next(each for each in reviews.reviewable().values() if each.a and each.b)
    slips = a_slip(1, pair.a[0]), a_slip(2, pair.b[0])
    umino = pharmacist(cast).viewer
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        dispensings.keep_many(record, [(each, str(each.id)) for each in slips], new_id())
    assert hits(hanako, slips) == ([], [])
    for accepted, found in ((True, [pair.id]), (False, [])):
        with cast.house.database.transaction() as session:
            reviews.review(session, umino, pair.id, "添付文書で確認した", accepted=accepted)
        assert hits(hanako, slips) == (found, found)


@pytest.mark.usefixtures("in_the_morning")
def test_a_rule_that_is_switched_on_counts_on_the_server_and_on_the_phone(app: Flask, cast: Cast) -> None:
    hanako, today = knocking(app, cast.hanako), rules.today()
    slips = slip("ロキソニン錠60", on=today), elsewhere("ワルファリンK錠1", on=today)
    rule = a_rule(cast.sato)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        dispensings.keep_many(record, [(each, str(each.id)) for each in slips], new_id())
        rules.write(session, cast.sato, rule, bundled())
        rules.note_trial(session, cast.sato, rule.id, 1, 1)
    assert hits(hanako, slips) == ([], [])
    for deed, found in ((rules.switch_on, [str(rule.id)]), (_ends, [])):
        with cast.house.database.transaction() as session:
            deed(session, cast.sato, rule.id)
        assert hits(hanako, slips) == (found, found)


def _ends(session: Session, person: Person, rule_id: UUID) -> object:
    return rules.end(session, person, rule_id, "見直した")
