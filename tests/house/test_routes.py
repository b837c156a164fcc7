"""Every address of the house comes from a door that says what it needs, and every /api route is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from flask import Flask

from backend.app import DOORS, STATUS
from backend.http import ROUTES, Door, Needs, Route
from backend.web import openapi
from shared.consent import Right, Role, Scope
from tests.house.rooms import BACKEND

for _door in DOORS:
    import_module(_door)

# Flask's own: files under static/.
NOT_OF_A_DOOR = {"static"}
METHODS = {"GET", "POST", "PUT", "DELETE"}


@cache
def document() -> dict[str, Any]:
    return openapi.description(ROUTES)


def written(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if name == "$ref":
                yield inner
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to."""
    if "$ref" not in node:
        return node
    _, part, kind, name = node["$ref"].split("/")
    found: dict[str, Any] = document()[part][kind][name]
    return found


def objects(node: object) -> Iterator[dict[str, Any]]:
    """Every object that a shape is made of, its references followed."""
    if isinstance(node, dict):
        node = resolved(node)
        if node.get("type") == "object":
            yield node
        for inner in node.values():
            yield from objects(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from objects(inner)


def test_every_file_of_doors_is_in_the_app() -> None:
    files = {
        f"backend.{path.parent.name}.{path.stem}"
        for path in BACKEND.glob("*/*.py")
        if path.stem in {"api", "pages"} or path.stem.endswith(("_api", "_pages"))
    }
    assert files == set(DOORS)


def test_every_address_comes_from_a_door(app: Flask) -> None:
    known = {(route.rule, route.method) for route in ROUTES}
    served = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NOT_OF_A_DOOR
        for method in (rule.methods or set()) & METHODS
    }
    assert served == known


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.rule}")
def test_every_route_says_what_it_needs(route: Route) -> None:
    if isinstance(route.needs, tuple):
        assert [type(part) for part in route.needs] == [Scope, Right]
        assert "<uuid:record_id>" in route.rule
    else:
        assert isinstance(route.needs, Needs | Role)
    assert (route.view.__doc__ or "").strip(), "its docstring is what is published"


def test_a_route_without_needs_is_refused_when_it_is_written() -> None:
    with pytest.raises(TypeError, match="needs"):
        Door("trial", __name__).get("/trial")  # type: ignore[call-arg]


@pytest.mark.parametrize("route", openapi.published(ROUTES), ids=lambda route: f"{route.method} {route.rule}")
def test_every_api_route_is_published(route: Route) -> None:
    told = document()["paths"][written(route.rule)][route.method.lower()]
    assert told["x-needs"] == openapi.needs_words(route)
    assert told["summary"]
    parameters = [resolved(one) for one in told["parameters"]]
    assert {one["name"] for one in parameters if one["in"] == "path"} == set(
        re.findall(r"<(?:\w+:)?(\w+)>", route.rule)
    )
    assert [one["name"] for one in parameters if not one.get("description")] == []
    assert "Accept-Language" in {one["name"] for one in parameters}
    if route.takes is not None:
        assert "$ref" in told["requestBody"]["content"]["application/json"]["schema"]
    if route.asks is not None:
        asked = {one["name"] for one in parameters if one["in"] == "query"}
        assert asked == {field.data_key or name for name, field in route.asks.fields.items()}
    assert any(status.startswith("2") for status in told["responses"])


@pytest.mark.parametrize("route", openapi.published(ROUTES), ids=lambda route: f"{route.method} {route.rule}")
def test_every_api_route_says_exactly_what_it_answers(route: Route) -> None:
    answers = document()["paths"][written(route.rule)][route.method.lower()]["responses"]
    (good,) = [answer for status, answer in answers.items() if status.startswith("2")]
    shape = good.get("content", {}).get("application/json", {}).get("schema")
    if shape is None:
        assert route.gives is None
        assert set(good.get("content", {})) in (set(), {route.media})
    elif route.view.__name__ != "openapi_document":  # its shape is OpenAPI's
        assert list(objects(shape))
        assert [one for one in objects(shape) if one.get("additionalProperties", True) is True] == []
    problems = [answer["content"] for status, answer in answers.items() if not status.startswith("2")]
    assert all(one["application/json"]["schema"]["$ref"].endswith("/Problem") for one in problems)


def test_nothing_is_published_that_is_not_there() -> None:
    known = {(written(route.rule), route.method.lower()) for route in ROUTES}
    told = {(path, method) for path, operations in document()["paths"].items() for method in operations}
    assert told <= known


def test_every_reference_resolves_and_every_name_is_used_once() -> None:
    for reference in references(document()):
        assert resolved({"$ref": reference}), reference
    operations = [one["operationId"] for path in document()["paths"].values() for one in path.values()]
    assert len(operations) == len(set(operations))


def test_published_problems_are_statuses_that_the_app_answers_with() -> None:
    answered = {status for _, status in STATUS}
    for path in document()["paths"].values():
        for operation in path.values():
            problems = {int(status) for status in operation["responses"] if not status.startswith("2")}
            assert problems <= answered


def test_the_document_and_the_page_are_served(app: Flask) -> None:
    client = app.test_client()
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["openapi"] == "3.1.0"
    assert answer.json["paths"].keys() == document()["paths"].keys()
    page = client.get("/api/docs", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "&#34;record_id&#34;: uuid | null" in page.text
    assert all(
        route.rule.replace("<", "&lt;").replace(">", "&gt;") in page.text
        for route in openapi.published(ROUTES)
    )
