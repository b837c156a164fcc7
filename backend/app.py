"""The app: the list of rooms, the list of error answers; nothing else."""

from __future__ import annotations

from importlib import import_module

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from backend import http
from backend.accounts import pages, proofs, tokens
from backend.consent import visits
from backend.house import House
from backend.records import records
from backend.settings import Settings
from backend.web import look
from shared.languages import speaking
from shared.problems import (
    AskFirst,
    Clash,
    Invalid,
    NotAllowed,
    NotThere,
    Problem,
    SignInFirst,
    TooBig,
    Unreachable,
    Unreadable,
)

# Every door of the house. A room that is not here has no doors.
DOORS = (
    "backend.accounts.api",
    "backend.accounts.pages",
    "backend.records.api",
    "backend.consent.api",
    "backend.vitals.api",
    "backend.wearables.api",
    "backend.wearables.figures_api",
    "backend.medicines.api",
    "backend.medicines.notebook_api",
    "backend.findings.api",
    "backend.costs.api",
    "backend.drugs.api",
    "backend.drugs.pages",
    "backend.imports.api",
    "backend.imports.points_api",
    "backend.imports.posts_api",
    "backend.sync.api",
    "backend.worklist.api",
    "backend.worklist.pages",
    "backend.worklist.rule_pages",
    "backend.web.language_pages",
    "backend.web.docs_pages",
)

# The one table that turns a problem into an answer; the first class that fits wins.
STATUS: tuple[tuple[type[Problem], int], ...] = (
    (NotThere, 404),
    (SignInFirst, 401),
    (NotAllowed, 403),
    (AskFirst, 409),
    (Clash, 409),
    (TooBig, 413),
    (Invalid, 422),
    (Unreadable, 422),
    (Unreachable, 503),
)


def create_app(settings: Settings) -> Flask:
    """The server. Two apps with different settings can live in one process."""
    app = Flask("backend.web", static_url_path="/static")
    app.config.from_mapping(tokens.flask_settings(settings))
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_mb * 1_000_000
    house = House.build(settings)
    keepers = http.Keepers(
        database=house.database,
        proven=proofs.proven,
        expects=records.expect,
        who=pages.who,
        open_record=house.opener.open_record,
        book=visits.book_one,
    )
    http.install(app, keepers, *house.parts())
    app.extensions["tomoni_house"] = house
    proofs.install(app)
    pages.install(app)
    for name in DOORS:
        app.register_blueprint(import_module(name).door)
    app.register_error_handler(Problem, _answer_problem)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(500, _answer_unexpected)
    look.install(app)
    return app


def _answer_problem(problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return _told(problem, next((status for kind, status in STATUS if isinstance(problem, kind)), 500))


def _answer_http(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = error.code or 500
    if code < 400:  # a redirect of the router
        return Response(status=code, headers=error.get_headers())
    if code == 413:
        return _told(TooBig("too_big", limit_mb=(request.max_content_length or 0) // 1_000_000), code)
    if code in (404, 405):  # told like any other thing that is not there
        return _told(NotThere(), 404)
    return _told(Problem("bad_request"), code)


def _answer_unexpected(_error: Exception) -> Response:
    return _told(Problem("unexpected"), 500)  # Flask has logged it with its trace


def _told(problem: Problem, status: int) -> Response:
    """The answer in the person's language: JSON for the phone, a page for the browser. Never a trace."""
    with speaking(http.language()):
        message = problem.message()
        if not request.path.startswith("/api/"):
            return look.problem_page(problem, message, status)
    body = {"problem": problem.code, "message": message, "field": problem.field, "words": problem.words}
    return Response(orjson.dumps(body, default=str), status, mimetype="application/json")
