"""The doors of drugs: the master is fetched once, the knowledge says its version, names are searched."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import pytest
from flask import Flask

from backend.drugs import lists
from shared.drug_knowledge import Overlay, bundled, knowledge
from shared.drug_knowledge_schema import overlay_from
from shared.drug_master import Master
from tests.backend.doors import Knocking, knocking
from tests.cast import Cast
from tests.drug_lists import write_all


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
