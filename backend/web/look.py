"""How pages look and how browsers are told to behave: layout, texts in two languages, headers, the problem page."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, render_template, request
from flask_jwt_extended import get_jwt
from markupsafe import Markup

from backend import http
from shared.languages import current, speaking, tr
from shared.problems import NotAllowed, Problem

# Nothing may be loaded but our own files; no inline script or style, no frame around us.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Each language is named in itself, for whoever cannot read the other.
LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}


def install(app: Flask) -> None:
    """Give the app its look: `_()` in templates, headers on every answer, no form from another site."""
    app.jinja_env.globals.update(_=tr, language=current, csrf_token=csrf_token, here=here)
    app.jinja_env.globals.update(languages=LANGUAGE_NAMES)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def page(template: str, **words: Any) -> str:
    """A page from a template of the room that shows it."""
    return render_template(template, **words)


def problem_page(problem: Problem, message: str, status: int) -> Response:
    """A problem as a page: what happened and what to do next."""
    with speaking(http.language()):
        # The same bytes for what is not there and for what is not shared: no word of the address that was asked.
        words = {"message": message, "code": problem.code, "here": lambda: "/records"}
        shown = render_template("web/problem.html", **words)
    return Response(shown, status, mimetype="text/html")


def csrf_token() -> Markup:
    """The hidden field that proves a form came from one of our pages."""
    token = get_jwt().get("csrf", "")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(token)


def here() -> str:
    """The page being looked at, to come back to it; the list where it is the answer to a form."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/records"


def _refuse_other_sites() -> None:
    """A form sent by a page of another site is refused, whatever cookies came with it."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("not_allowed")


def _add_headers(response: Response) -> Response:
    response.headers.extend({name: value for name, value in HEADERS.items() if name not in response.headers})
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
