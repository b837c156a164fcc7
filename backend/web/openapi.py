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
from backend.web.sketches import sketch
from shared.consent import Purpose, Role
from shared.kinds import STREAMS
from shared.languages import LANGUAGES

VERSION = "0.1.0"
PREFIX = "/api/"
_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
_ID = {"type": "string", "format": "uuid"}
_PROBLEM = {
    "type": "object",
    "description": "What happened, and in `message` what to do next, in the language that was asked for.",
    "required": ["problem", "message", "field", "words"],
    "properties": {
        "problem": {"type": "string", "description": "A stable code."},
        "message": {"type": "string"},
        "field": {
            "type": ["string", "null"],
            "description": "The member that is wrong; null when it is none.",
        },
        "words": {"type": "object", "description": "What stands in the blanks of the message."},
    },
    "additionalProperties": False,
}
# By the name under which operations refer to them: header, shape, and what it is for.
_HEADERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "Language": (
        "Accept-Language",
        {"type": "string", "examples": [*LANGUAGES]},
        f"The language of messages: {', '.join(LANGUAGES)}; {LANGUAGES[0]} when it is another.",
    ),
    "Device": (
        "Tomoni-Device",
        _ID,
        "The id that this device made for itself; a sign-in is renewed and ended, a measurement noted with it.",
    ),
    "Purpose": (
        "Tomoni-Purpose",
        {"type": "string", "enum": [*map(str, Purpose)]},
        "What the record is opened for. Care when a practitioner does not say; a patient opens her own.",
    ),
    "Delivery": (
        "Idempotency-Key",
        _ID,
        "The id of the import, made on the phone: sending the same again changes nothing.",
    ),
}
_MEANINGS = {
    HTTPStatus.UNAUTHORIZED: "No proof, or one that does not hold any more.",
    HTTPStatus.FORBIDDEN: "Not from here.",
    HTTPStatus.NOT_FOUND: "Not there, or not shared with the caller: the two cannot be told apart.",
    HTTPStatus.CONFLICT: "Asks for a yes (`confirmed`), or the id stands for something else.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Larger than this server takes.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Understood, but wrong: see `field`.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Busy with the same; nothing is lost, try again.",
}


def published(routes: Iterable[Route]) -> list[Route]:
    """Those of ``routes`` that other programs use, by address."""
    chosen = [route for route in routes if route.rule.startswith(PREFIX)]
    return sorted(chosen, key=lambda route: (route.rule, route.method))


def description(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole OpenAPI document."""
    words: dict[str, str] = {}

    def name_of(schema: type[Schema] | Schema | str) -> str:
        name = _name(schema)
        words[name] = inspect.getdoc(schema) or ""
        return name

    spec = APISpec(
        title="Tomoni",
        version=VERSION,
        openapi_version="3.1.0",
        info={
            "description": "The doors of a personal health record. Not an emergency service.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        plugins=[MarshmallowPlugin(schema_name_resolver=name_of)],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.schema("Problem", _PROBLEM)
    for name, (header, looks, told) in _HEADERS.items():
        needed = {"required": name == "Delivery"}
        spec.components.parameter(
            name, "header", {"name": header, "schema": looks, "description": told, **needed}
        )
    for route in published(routes):
        spec.path(path=_path(route), operations={route.method.lower(): _operation(route)})
    document = spec.to_dict()
    for name, says in words.items():
        document["components"]["schemas"][name]["description"] = says
    return document


def needs_words(route: Route) -> str:
    """What a route needs, in one word or two: ``anyone``, ``signed_in``, ``vitals/read``."""
    if isinstance(route.needs, Needs | Role):
        return route.needs.value
    scope, right = route.needs
    return f"{scope.value}/{right.value}"


def first_line(route: Route) -> str:
    """What a route does, in the first words of its view."""
    return (inspect.getdoc(route.view) or "").split("\n", maxsplit=1)[0]


def shapes(route: Route, document: dict[str, Any]) -> dict[str, Any]:
    """For the page to read: the ``asked`` query members, the ``body`` and the ``answers`` by status, as sketches."""
    operation = document["paths"][_path(route)][route.method.lower()]
    schemas = document["components"]["schemas"]

    def sketched(holder: dict[str, Any]) -> str:
        told = holder.get("content", {}).get("application/json")
        return "" if told is None else sketch(told["schema"], schemas)

    good = {status: each for status, each in operation["responses"].items() if status.startswith("2")}
    return {
        "asked": [each for each in operation["parameters"] if each.get("in") == "query"],
        "body": sketched(operation.get("requestBody", {})),
        "answers": {status: sketched(each) for status, each in good.items()},
        "problems": [status for status in operation["responses"] if status not in good],
    }


def _name(schema: type[Schema] | Schema | str) -> str:
    if isinstance(schema, str):
        return schema
    made = schema if isinstance(schema, type) else type(schema)
    # Two rooms may each have a schema of the same name.
    room = made.__module__.split(".")[-2]
    name = made.__name__.removesuffix("Schema")
    return name if room == "shared" or name.startswith(room.title()) else f"{room.title()}{name}"


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
    elif route.takes_file:
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


def _parameters(route: Route) -> list[dict[str, Any] | str]:
    found: list[dict[str, Any] | str] = [
        {"in": "path", "name": name, "required": True, **_blank(kind, name)}
        for kind, name in _CONVERTED.findall(route.rule)
    ]
    if route.asks is not None:
        found.append({"in": "query", "schema": route.asks})
    if route.takes_file:
        found.append("Delivery")
    if isinstance(route.needs, tuple) or route.needs is PER_ITEM:
        found.append("Purpose")
    if route.method != "GET":
        found.append("Device")
    return [*found, "Language"]


def _blank(kind: str, name: str) -> dict[str, Any]:
    if kind == "uuid":
        return {"description": f"The id of the {name.removesuffix('_id')}.", "schema": _ID}
    shape = {"type": "string", "enum": [*STREAMS]} if name == "stream" else {"type": "string"}
    return {"description": f"The name of the {name}.", "schema": shape}


def _answers(route: Route) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    returns = inspect.signature(route.view).return_annotation
    if returns == "None":
        answers["204"] = {"description": "Done; there is nothing to say."}
    elif returns == "Response":
        answers[str(route.status)] = _answer(first_line(route), route.media, {"type": "string"})
    else:
        given: Any = {"type": "object"} if route.gives is None else route.gives
        answers[str(route.status)] = _answer(first_line(route), "application/json", given)
    for status in _problems(route):
        answers[str(int(status))] = _answer(_MEANINGS[status], "application/json", "Problem")
    return answers


def _answer(told: str, kind: str, shape: Any) -> dict[str, Any]:
    return {"description": told, "content": {kind: {"schema": shape}}}


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
    if writes and (route.needs is not ANYONE or route.status == HTTPStatus.CREATED):
        found.append(HTTPStatus.CONFLICT)
    if route.takes is not None or route.takes_file:
        found.append(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if route.takes is not None or route.asks is not None or route.takes_file:
        found.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    if writes:
        found.append(HTTPStatus.SERVICE_UNAVAILABLE)
    return found
