"""The language of the pages: chosen by a button, kept in a cookie of this browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import redirect
from marshmallow import fields, validate

from backend.http import ANYONE, Caller, Door
from shared.languages import LANGUAGES
from shared.schema import Strict

door = Door("language_pages", __name__, page=True)

_KEPT = timedelta(days=365)
_HOME = "/records"


class ChoiceSchema(Strict[dict[str, str]]):
    """The language, and the page to go back to."""

    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    back = fields.String(load_default=_HOME, validate=validate.Length(max=500))


@door.post("/language", needs=ANYONE, takes=ChoiceSchema())
def choose(caller: Caller, body: dict[str, str]) -> Any:  # noqa: ARG001  every view is handed its caller
    """Speak this language from now on, and back to where one was."""
    answer = redirect(_ours(body["back"]), 303)
    answer.set_cookie("language", body["language"], max_age=_KEPT, secure=True, httponly=True, samesite="Lax")
    return answer


def _ours(back: str) -> str:
    """Only a page of this house: ``//elsewhere`` and ``/\\elsewhere`` are addresses of other sites to a browser."""
    inside = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return back if inside else _HOME
