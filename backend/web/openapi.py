"""The published description of our doors (OpenAPI 3.1), made from what each route told the house about itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from backend.http import ANYONE, PER_ITEM, Needs, Route
from shared.consent import Role

VERSION = "0.1.0"
PREFIX = "/api/"
_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
_PARTS: dict[str, dict[str, Any]] = {"uuid": {"type": "string", "format": "uuid"}, "": {"type": "string"}}
_PROBLEM = {
    "type": "object",
    "description": "What happened, and in `message` what to do next, in the language that was asked for.",
    "required": ["problem", "message"],
    "properties": {
        "problem": {"type": "string", "description": "A stable code."},
        "message": {"type": "string"},
        "field": {"type": "string", "description": "The member that is wrong; empty when it is none."},
        "words": {"type": "object", "description": "What stands in the blanks of the message."},
    },
}
_MEANINGS = {
    HTTPStatus.UNAUTHORIZED: "No proof, or one that does not hold any more.",
    HTTPStatus.FORBIDDEN: "Not from here.",
    HTTPStatus.NOT_FOUND: "Not there, or not shared with the caller: the two cannot be told apart.",
    HTTPStatus.CONFLICT: "Asks for a yes (`confirmed`), or the id stands for something else.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Larger than this server takes.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Understood, but wrong: see `field`.",
}


def published(routes: Iterable[Route]) -> list[Route]:
    """Those of ``routes`` that other programs use, by address."""
    chosen = [route for route in routes if route.rule.startswith(PREFIX)]
    return sorted(chosen, key=lambda route: (route.rule, route.method))


def description(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole OpenAPI document."""
    spec = APISpec(
        title="Tomoni",
        version=VERSION,
        openapi_version="3.1.0",
        info={
            "description": "The doors of a personal health record. Not an emergency service.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.schema("Problem", _PROBLEM)
    for route in published(routes):
        spec.path(path=_path(route), operations={route.method.lower(): _operation(route)})
    return spec.to_dict()


def needs_words(route: Route) -> str:
    """What a route needs, in one word or two: ``anyone``, ``signed_in``, ``vitals/read``."""
    if isinstance(route.needs, Needs | Role):
        return route.needs.value
    scope, right = route.needs
    return f"{scope.value}/{right.value}"


def first_line(route: Route) -> str:
    """What a route does, in the first words of its view."""
    return (inspect.getdoc(route.view) or "").split("\n", maxsplit=1)[0]


def _name(schema: type[Schema] | Schema | str) -> str:
    if isinstance(schema, str):
        return schema
    made = schema if isinstance(schema, type) else type(schema)
    # Two rooms may each have a schema of the same name.
    room = made.__module__.split(".")[-2]
    name = made.__name__.removesuffix("Schema")
    return name if room == "shared" else f"{room.title()}{name}"


def _path(route: Route) -> str:
    return _CONVERTED.sub(r"{\2}", route.rule)


def _operation(route: Route) -> dict[str, Any]:
    told = inspect.getdoc(route.view) or ""
    operation: dict[str, Any] = {
        "operationId": f"{route.view.__module__.split('.')[-2]}_{route.view.__name__}",
        "tags": [route.view.__module__.split(".")[-2]],
        "summary": first_line(route),
        "description": told.partition("\n")[2].strip(),
        "x-needs": needs_words(route),
        "parameters": _parameters(route),
        "responses": _answers(route),
        "security": [] if route.needs is ANYONE else [{"token": []}],
    }
    if route.takes is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": route.takes}},
        }
    elif route.piecewise:
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"part": {"type": "array", "items": {"type": "string"}}},
                    }
                },
            },
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"in": "path", "name": name, "required": True, "schema": dict(_PARTS[kind or ""])}
        for kind, name in _CONVERTED.findall(route.rule)
    ]
    if route.asks is not None:
        found.append({"in": "query", "schema": route.asks})
    if route.piecewise:
        found.append(
            {"in": "header", "name": "Idempotency-Key", "required": True, "schema": dict(_PARTS["uuid"])}
        )
    return found


def _answers(route: Route) -> dict[str, Any]:
    given: Any = route.gives if route.gives is not None else {"type": "object"}
    if inspect.signature(route.view).return_annotation in ("None", None):
        answers: dict[str, Any] = {"204": {"description": "Done; there is nothing to say."}}
    else:
        content = {"application/json": {"schema": given}}
        answers = {str(route.status): {"description": first_line(route), "content": content}}
    for status in _problems(route):
        answers[str(int(status))] = {
            "description": _MEANINGS[status],
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return answers


def _problems(route: Route) -> list[HTTPStatus]:
    """The problems that a route of its kind can answer with."""
    writes = route.method != "GET"
    found = []
    if route.needs is not ANYONE or route.takes is not None:
        found.append(HTTPStatus.UNAUTHORIZED)
    if writes:
        found.append(HTTPStatus.FORBIDDEN)
    if isinstance(route.needs, tuple) or (route.needs is PER_ITEM and "<" in route.rule):
        found.append(HTTPStatus.NOT_FOUND)
    if writes and route.needs is not ANYONE:
        found.append(HTTPStatus.CONFLICT)
    if route.takes is not None or route.piecewise:
        found.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if route.takes is not None or route.asks is not None or route.piecewise:
        found.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    return found
