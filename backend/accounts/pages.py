"""Pages of accounts for the browser: sign in, sign out; and the cookies that keep someone signed in."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, make_response, redirect, request
from flask_jwt_extended import set_access_cookies, set_refresh_cookies, unset_jwt_cookies
from sqlalchemy import event
from sqlalchemy.orm import Session

from backend.accounts import proofs, tokens
from backend.accounts.accounts import Accounts
from backend.accounts.families import Families, Family
from backend.accounts.proofs import issue, rotate
from backend.accounts.schemas import WebSignInSchema
from backend.http import ANYONE, Caller, Door, held
from backend.web import look
from shared.consent import Role, Viewer
from shared.ids import new_id
from shared.problems import NotAllowed, Problem, SignInFirst

door = Door("accounts_pages", __name__, page=True)

HOME = "/records"


def who(session: Session, way: str) -> Viewer | None:
    """`proofs.who`, and for a page that is only looked at: a new access cookie where the old one has run out."""
    if way != "web":
        return proofs.who(session, way)
    try:
        viewer = proofs.who(session, way)
    except SignInFirst:
        viewer = None
    again = request.cookies.get(tokens.REFRESH_COOKIE)
    if viewer is None and again and request.method == "GET":
        family = rotate(session, again, None)
        if isinstance(family, Family):
            fresh = issue(family)
            # A request that fails rolls the renewal back: its cookies would then look like copied ones.
            event.listen(session, "after_commit", lambda _: setattr(g, "fresh_tokens", fresh), once=True)
            proofs.remember(fresh[0])
            return family.viewer
    return viewer


@door.get("/sign-in", needs=ANYONE)
def sign_in_form(caller: Caller) -> Any:
    """The sign-in page."""
    if caller.viewer is not None:
        return redirect(HOME)
    return look.page("accounts/sign_in.html", problem=None, email="")


@door.post("/sign-in", needs=ANYONE, takes=WebSignInSchema())
def sign_in(caller: Caller, body: dict[str, str]) -> Any:
    """Sign in by the form."""
    person = held(Accounts).sign_in(caller.session, body["email"], body["password"])
    problem = person if isinstance(person, Problem) else None
    if not isinstance(person, Problem) and person.role is Role.PATIENT:
        problem = SignInFirst("patients_use_the_phone")
    if isinstance(person, Problem) or problem is not None:
        shown = look.page("accounts/sign_in.html", problem=problem and problem.message(), email=body["email"])
        return Response(shown, 401, mimetype="text/html")
    label = (request.user_agent.string or "browser")[:100]
    family = held(Families).begin(caller.session, person.viewer, new_id(), label)
    return _with_cookies(make_response(redirect(HOME, 303)), issue(family))


@door.post("/sign-out", needs=ANYONE)
def sign_out(caller: Caller) -> Any:
    """End this browser's family and take back its cookies; only for a form of our own pages."""
    again = request.cookies.get(tokens.REFRESH_COOKIE)
    if again:
        if not proofs.is_our_form():
            return NotAllowed("not_allowed")
        family = rotate(caller.session, again, None)
        if isinstance(family, Family):
            held(Families).end(caller.session, family.id)
    answer = make_response(redirect("/sign-in", 303))
    unset_jwt_cookies(answer)
    return answer


def install(app: Flask) -> None:
    """Set the cookies that a request renewed."""

    @app.after_request
    def renew(response: Response) -> Response:
        fresh = g.get("fresh_tokens")
        return _with_cookies(response, fresh) if fresh else response


def _with_cookies(response: Response, both: tuple[str, str]) -> Response:
    set_access_cookies(response, both[0])
    set_refresh_cookies(response, both[1])
    return response
