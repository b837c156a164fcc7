"""What /api/openapi.json promises, held against real answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any

import flask
from flask import Flask, request
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.wrappers import Response

from backend.app import DOORS
from backend.http import ROUTES
from backend.web import openapi

for _door in DOORS:
    import_module(_door)

# Also of formats: a date without its zone is not what we promise. Ids and days are checked by the library.
FORMATS = FormatChecker(["uuid", "date"])


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, as it travels."""
    told: dict[str, Any] = json.loads(json.dumps(openapi.description(ROUTES)))
    return told


def written(rule: str) -> str:
    """A rule of ours as OpenAPI writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def complaints(method: str, rule: str, answer: Response) -> Iterator[str]:
    """Where an answer is not what the document says of it."""
    operation = document()["paths"][written(rule)][method.lower()]
    told = operation["responses"].get(str(answer.status_code))
    where = f"{method} {rule} {answer.status_code}"
    if told is None:
        yield f"{where}: {answer.get_data(as_text=True)[:300]} is not an answer that is told of"
        return
    content = told.get("content", {})
    if not content:
        if answer.get_data():
            yield f"{where}: says something, though there is nothing to say"
    elif answer.mimetype not in content:
        yield f"{where}: is {answer.mimetype}"
    elif answer.mimetype == "application/json":
        for error in _validator(json.dumps(content[answer.mimetype]["schema"])).iter_errors(answer.json):
            yield f"{where}: {error.json_path}: {error.message[:300]}"


@cache
def _validator(schema: str) -> Draft202012Validator:
    shape = {**json.loads(schema), "components": document()["components"]}
    return Draft202012Validator(shape, format_checker=FORMATS)


def watch(app: Flask) -> list[str]:
    """Hold every answer of ``app`` to other programs against the document; the complaints so far are in the list."""
    broken: list[str] = []

    @app.after_request
    def look(answer: flask.Response) -> flask.Response:
        rule = request.url_rule
        if rule is not None and rule.rule.startswith(openapi.PREFIX):
            broken.extend(complaints(request.method, rule.rule, answer))
        return answer

    return broken
