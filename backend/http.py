"""The corridor: who is asking, open the record if she may, call the room, close the book. Imports no room.

A room makes a `Door` and hangs its views on it. Each route says what it needs; leaving that out is a TypeError at
import. `app.py` hands the corridor the functions that it needs from rooms (`Keepers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial, wraps
from typing import Any, NoReturn, Protocol, TypeVar, cast
from uuid import UUID

import orjson
from flask import Blueprint, Flask, Response, current_app, request
from marshmallow import Schema
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from backend.db import Database
from shared import strict_json
from shared.consent import Purpose, Right, Role, Scope, Viewer
from shared.languages import LANGUAGES, speaking
from shared.problems import NotThere, Problem, Refused, SignInFirst, TooBig
from shared.schema import load


class Needs(StrEnum):
    """Needs that are not a part of a record."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    # The room itself opens each record and scope that it meets (worklist, sync).
    PER_ITEM = "per_item"


ANYONE, SIGNED_IN, PER_ITEM = Needs.ANYONE, Needs.SIGNED_IN, Needs.PER_ITEM
Need = Needs | Role | tuple[Scope, Right]


class Opened(Protocol):
    """What an opened record shows the corridor."""

    @property
    def session(self) -> Session: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, inside the request's one transaction; given to views that open no single record.

    ``viewer`` is None only where a route needs ANYONE.
    """

    session: Session
    viewer: Viewer | None
    way: str

    @property
    def known(self) -> Viewer:
        """The viewer of a route that needs someone signed in."""
        if self.viewer is None:
            raise SignInFirst("sign_in_first")
        return self.viewer


@dataclass(frozen=True, slots=True)
class Keepers:
    """What the corridor gets from rooms, handed over by `app.py`.

    ``proven``: what `who` knows without a database. ``expects``: asks for what `open_record` will look at.
    """

    database: Database
    proven: Callable[[str], object]
    expects: Callable[[Session, UUID], None]
    who: Callable[[Session, str], Viewer | None]
    open_record: Callable[..., Opened]
    book: Callable[[Session, object], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """For a view that does more than one transaction may hold (``piecewise=True``: an upload, drawing many codes).

    It makes its transactions itself, one after another, and none is open while it waits for bytes from the phone.
    """

    keepers: Keepers
    way: str

    @contextmanager
    def caller(self) -> Iterator[Caller]:
        """Who is calling, inside a transaction of its own."""
        with self.keepers.database.transaction() as session:
            yield Caller(session, self.keepers.who(session, self.way), self.way)


@dataclass(frozen=True, slots=True)
class Route:
    """What a route told the house about itself: for the OpenAPI page and the house tests.

    ``gives`` describes the answer and is held against real ones by tests; the view shapes the answer itself.
    ``is_small``: many post at once, each a little; they may share a commit.
    ``media`` is what a view that answers with a `Response` of its own sends.
    """

    rule: str
    method: str
    needs: Need
    view: Callable[..., Any]
    takes: Schema | None
    asks: Schema | None
    gives: Schema | None
    status: int
    page: bool
    parses: Callable[[bytes], object] = strict_json.loads
    piecewise: bool = False
    is_small: bool = False
    media: str = "text/html"

    @property
    def takes_file(self) -> bool:
        """Whether it takes in a file piece by piece."""
        return self.piecewise and self.method != "GET"


# Of a route of small posts: what is larger has a commit of its own, and nobody small waits for it.
SMALL_BYTES = 65_536
ROUTES: list[Route] = []
_KEEPERS = "tomoni_keepers"
_HELD = "tomoni_held"
# In ``session.info``: the list that takes whatever was opened in the session, for when it is rolled back.
OPENED = "opened"

T = TypeVar("T")


Hang = Callable[[Callable[..., Any]], Callable[..., Any]]


class Door(Blueprint):
    """The doors of one room. ``page=True`` for HTML: answers and errors are pages, who is asked by cookie."""

    def __init__(self, name: str, import_name: str, url_prefix: str = "", *, page: bool = False) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix, template_folder="templates")
        self.page = page
        self._prefix = url_prefix

    def get(self, rule: str, *, needs: Need, **words: Any) -> Hang:  # type: ignore[override]
        """A route that reads."""
        return self._hang("GET", rule, needs, **words)

    def post(self, rule: str, *, needs: Need, **words: Any) -> Hang:  # type: ignore[override]
        """A route that does something."""
        return self._hang("POST", rule, needs, **words)

    def put(self, rule: str, *, needs: Need, **words: Any) -> Hang:  # type: ignore[override]
        """A route that replaces something by a new version."""
        return self._hang("PUT", rule, needs, **words)

    def delete(self, rule: str, *, needs: Need, **words: Any) -> Hang:  # type: ignore[override]
        """A route that withdraws something."""
        return self._hang("DELETE", rule, needs, **words)

    def _hang(self, method: str, rule: str, needs: Need, **words: Any) -> Hang:
        def hang(view: Callable[..., Any]) -> Callable[..., Any]:
            told = Route(
                rule=self._prefix + rule,
                method=method,
                needs=needs,
                view=view,
                takes=words.get("takes"),
                asks=words.get("asks"),
                gives=words.get("gives"),
                status=words.get("status", 200),
                page=self.page,
                parses=words.get("parses", strict_json.loads),
                piecewise=words.get("piecewise", False),
                is_small=words.get("is_small", False),
                media=words.get("media", "text/html"),
            )
            ROUTES.append(told)
            self.add_url_rule(rule, view.__name__, _through_the_corridor(told), methods=[method])
            return view

        return hang


def install(app: Flask, keepers: Keepers, *things: object) -> None:
    """Give the corridor what it needs, and doors what `held` finds. Called once by `create_app`."""
    app.extensions[_KEEPERS] = keepers
    app.extensions[_HELD] = {type(thing): thing for thing in things}


def held(kind: type[T]) -> T:
    """The one thing of that class which the running app holds (its settings, key ring, accounts, opener)."""
    return cast("T", current_app.extensions[_HELD][kind])


def _keepers() -> Keepers:
    return cast("Keepers", current_app.extensions[_KEEPERS])


def _through_the_corridor(route: Route) -> Callable[..., Response]:
    @wraps(route.view)
    def view(**parts: Any) -> Response:
        keepers = _keepers()
        opened: list[object] = []
        try:
            with speaking(language()):
                answer = _pass(route, keepers, parts, opened)
        except Problem as problem:
            # What was opened was opened, though the deed was rolled back and the booking with it.
            refused = [problem.asked] if isinstance(problem, Refused) else []
            with keepers.database.transaction() as session:
                for asked in (*opened, *refused):
                    keepers.book(session, asked)
            raise
        if isinstance(answer, Problem):  # returned, not raised: what was written (a failed try) stays written
            raise answer
        return answer

    return view


def _pass(route: Route, keepers: Keepers, parts: dict[str, Any], opened: list[object]) -> Response | Problem:
    if route.piecewise:
        passage = Passage(keepers, "web" if route.page else "phone")
        return _answer(route, route.view(passage, **parts, **_body(route)))
    body = read_body() if route.takes is not None and not route.page else b""  # a slow phone
    is_small = route.is_small and len(body) <= SMALL_BYTES
    with keepers.database.small() if is_small else nullcontext():
        given = _ahead(route, keepers)
        with keepers.database.transaction(is_small=is_small) as session:
            session.info[OPENED] = opened
            return _let_in(route, keepers, session, (parts, given))


def _ahead(route: Route, keepers: Keepers) -> Callable[[], dict[str, Any]]:
    """Gives body and query where the view needs them, or tells there what is wrong with them.

    All that takes long was done before the transaction, so that nobody waits for the one writer's turn meanwhile; but
    only for who has a proof, and what is wrong is told only to who may have the record opened.
    """
    if route.page:
        return lambda: _body(route)
    try:
        if route.needs is ANYONE or keepers.proven("phone") is None:
            return lambda: _body(route)
        given = _body(route)
    except SignInFirst:
        return lambda: _body(route)
    except Problem as problem:
        return partial(_tell, problem)
    return lambda: given


def _tell(problem: Problem) -> NoReturn:
    raise problem


def _let_in(
    route: Route,
    keepers: Keepers,
    session: Session,
    asked: tuple[dict[str, Any], Callable[[], dict[str, Any]]],
) -> Response | Problem:
    parts, given = asked
    way = "web" if route.page else "phone"
    viewer = None
    if isinstance(route.needs, tuple):
        keepers.expects(session, parts["record_id"])
    # Who needs nobody (to sign in, to renew) is not turned away for an old proof that came along.
    with suppress(SignInFirst) if route.needs is ANYONE else nullcontext():
        viewer = keepers.who(session, way)
    if route.needs is not ANYONE and viewer is None:
        return SignInFirst("sign_in_first")  # returned: a sign-in that has just been ended stays so
    if isinstance(route.needs, tuple):
        assert viewer is not None
        scope, right = route.needs
        asked_for = cast("UUID", parts.pop("record_id"))
        record = keepers.open_record(session, viewer, asked_for, scope, right, purpose(viewer), way)
        return _answer(route, route.view(record, **parts, **given()))
    if isinstance(route.needs, Role) and (viewer is None or viewer.role is not route.needs):
        raise NotThere
    return _answer(route, route.view(Caller(session, viewer, way), **parts, **given()))


def language() -> str:
    """The language this request asks for: her choice in a cookie, else what the browser or phone prefers."""
    chosen = request.cookies.get("language", "")
    asked = (tag.partition("-")[0].lower() for tag, weight in request.accept_languages if weight > 0)
    return next((name for name in (chosen, *asked) if name in LANGUAGES), LANGUAGES[0])


def purpose(viewer: Viewer) -> Purpose | None:
    """What the caller says it is for (header ``Tomoni-Purpose``); care when nothing is said; None means her own."""
    said = request.headers.get("Tomoni-Purpose", "")
    with suppress(ValueError):
        return Purpose(said)
    return Purpose.CARE if viewer.role.is_staff else None


def _body(route: Route) -> dict[str, Any]:
    """Validated body and query, as the keyword arguments ``body`` and ``query`` of the view."""
    given: dict[str, Any] = {}
    if route.asks is not None:
        given["query"] = load(route.asks, dict(request.args.items()))
    if route.takes is not None:
        if route.page:
            given["body"] = load(route.takes, {k: v for k, v in request.form.items() if k != "csrf_token"})
        else:
            given["body"] = load(route.takes, route.parses(read_body()))
    return given


def read_body() -> bytes:
    """The whole body, or `TooBig`: never more than the limit in memory."""
    try:
        body = request.get_data()
        # Of a body without a length (in chunks) the library quietly stops at the limit: one more look tells.
        request.stream.read(1)
        return body
    except RequestEntityTooLarge as error:
        limit = (request.max_content_length or 0) // 1_000_000
        raise TooBig("too_big", limit_mb=limit) from error


def _answer(route: Route, answer: Any) -> Response | Problem:
    if isinstance(answer, (Response, Problem)):
        return answer
    if route.page and isinstance(answer, str):
        return Response(answer, route.status, mimetype="text/html")
    if answer is None:
        return Response(status=204)
    return Response(orjson.dumps(answer, option=orjson.OPT_UTC_Z), route.status, mimetype="application/json")
