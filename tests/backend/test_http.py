"""The corridor: what a door must say, what happens to the book and the commit, and how a problem is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend import http
from backend.app import STATUS, create_app
from backend.db import Base
from backend.http import ANYONE, Caller, Door
from backend.settings import Settings
from shared.consent import Role
from shared.languages import LANGUAGES
from shared.problems import Clash, Invalid, NotThere, Problem
from tests.backend.doors import knocking
from tests.cast import Cast

door = Door("corridor", __name__, "/api/corridor")
_HUNG = len(http.ROUTES)


@door.get("/raised", needs=ANYONE)
def raised(caller: Caller) -> None:
    """Writes, then fails."""
    caller.session.execute(Base.metadata.tables["facilities"].insert(), [_FACILITY])
    raise Clash("id_used_otherwise")


@door.get("/returned", needs=ANYONE)
def returned(caller: Caller) -> Problem:
    """Writes, then says no."""
    caller.session.execute(Base.metadata.tables["facilities"].insert(), [_FACILITY])
    return Clash("id_used_otherwise")


@door.get("/broken", needs=ANYONE)
def broken(caller: Caller) -> None:
    """A mistake of ours."""
    raise RuntimeError("ひみつ")


@door.get("/doctors", needs=Role.PRACTITIONER)
def doctors(caller: Caller) -> dict[str, str]:
    """For practitioners."""
    return {"who": str(caller.known.account_id)}


@door.get("/spoken", needs=ANYONE)
def spoken(caller: Caller) -> None:
    """Says something."""
    raise Invalid("password_short", field="password", least=15)


# Only this test's app has these doors; the house's own list of routes stays as it was.
del http.ROUTES[_HUNG:]
_FACILITY = {"id": UUID(int=9), "name": "新しい診療所"}


@pytest.fixture
def client(settings: Settings, cast: Cast) -> Iterator[FlaskClient]:
    app = create_app(settings)
    app.register_blueprint(door)
    yield app.test_client()
    app.extensions["tomoni_house"].database.close()


def facilities(cast: Cast) -> int:
    """How many there are."""
    with cast.house.database.transaction(writes=False) as session:
        return len(session.execute(Base.metadata.tables["facilities"].select()).all())


def test_a_door_says_what_it_needs() -> None:
    with pytest.raises(TypeError, match="needs"):
        door.get("/open")  # type: ignore[call-arg]


def test_every_route_of_the_house_went_through_the_corridor(app: Flask) -> None:
    hung = {(route.rule, route.method) for route in http.ROUTES}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (rule.rule, method) in hung or rule.endpoint.rpartition(".")[2] in _OWN, rule.rule


# What belongs to no record and reads no database.
_OWN = {"static"}


def test_what_is_raised_is_rolled_back_and_what_is_returned_stays(client: FlaskClient, cast: Cast) -> None:
    before = facilities(cast)
    one, other = client.get("/api/corridor/raised"), client.get("/api/corridor/returned")
    assert (one.status_code, one.data) == (other.status_code, other.data) == (409, one.data)
    assert facilities(cast) == before + 1


def test_a_mistake_of_ours_is_told_kindly_and_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer: Any = client.get("/api/corridor/broken")
    assert (answer.status_code, answer.json["problem"]) == (500, "unexpected")
    assert "ひみつ" not in answer.text
    assert "Traceback" not in answer.text
    assert [(record.levelname, record.exc_info is not None) for record in caplog.records] == [("ERROR", True)]


def test_a_door_for_a_role(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/api/corridor/doctors").status_code == 401
    app = client.application
    assert knocking(app, cast.hanako).get("/api/corridor/doctors").status_code == 404
    assert knocking(app, cast.sato).get("/api/corridor/doctors").json == {"who": str(cast.sato.id)}


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("", "ja"),
        ("en", "en"),
        ("en-US,ja;q=0.5", "en"),
        ("de", "ja"),
        ("ja;q=0.1,en;q=0.9", "en"),
        ("*", "ja"),
        ("x;;", "ja"),
    ],
)
def test_the_language_she_asks_for(client: FlaskClient, said: str, language: str) -> None:
    answer: Any = client.get("/api/corridor/spoken", headers={"Accept-Language": said})
    assert answer.json["message"].isascii() == (language == "en")
    assert set(LANGUAGES) == {"ja", "en"}


def test_her_choice_in_the_browser_comes_first(client: FlaskClient) -> None:
    client.set_cookie("language", "en")
    answer: Any = client.get("/api/corridor/spoken", headers={"Accept-Language": "ja"})
    assert answer.json["message"].isascii()


def test_every_problem_has_a_status() -> None:
    answered = {kind for kind, _ in STATUS}
    for kind in Problem.__subclasses__():
        assert kind in answered, kind.__name__
    assert dict(STATUS)[NotThere] == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing"),
        ("GET", "/api/records/not-an-id/vitals"),
        ("DELETE", "/api/me"),
        ("PATCH", "/api/records"),
        ("GET", "/api/sign-in"),
        ("GET", "/api/records/../records/%00"),
    ],
)
def test_what_is_no_door_is_not_there(app: Flask, method: str, path: str) -> None:
    answer: Any = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.json) == (
        404, {"problem": "not_there", "message": "見つかりませんでした。", "field": None, "words": {}},
    )  # fmt: skip
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_of_another_site_is_refused(app: Flask, cast: Cast) -> None:
    sato = knocking(app, cast.sato)
    for site in ("cross-site", "same-site"):
        answer = sato.client.post("/sign-out", headers={"Sec-Fetch-Site": site}, base_url="https://localhost")
        assert answer.status_code == 403
    assert sato.client.get("/records", base_url="https://localhost").status_code == 200


def test_two_houses_in_one_process(settings: Settings, cast: Cast) -> None:
    one, other = create_app(settings), create_app(settings)
    assert one.extensions["tomoni_house"] is not other.extensions["tomoni_house"]
    assert knocking(one, cast.hanako).get("/api/me").status_code == 200
    assert knocking(other, cast.hanako).get("/api/me").status_code == 200
    for app in (one, other):
        app.extensions["tomoni_house"].database.close()
