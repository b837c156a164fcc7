"""Doors that describe all doors: the OpenAPI document, and the same to read."""

from __future__ import annotations

from typing import Any

from flask import Response

from backend.http import ANYONE, ROUTES, Caller, Door
from backend.web import look, openapi
from backend.web.schemas import DocumentSchema

door = Door("docs_pages", __name__)


@door.get("/api/openapi.json", needs=ANYONE, gives=DocumentSchema())
def openapi_document(caller: Caller) -> dict[str, Any]:  # noqa: ARG001  every view is handed its caller
    """Every door that other programs use, as OpenAPI 3.1."""
    return openapi.description(ROUTES)


@door.get("/api/docs", needs=ANYONE)
def readable(caller: Caller) -> Response:  # noqa: ARG001
    """The same, as a page to read."""
    document = openapi.description(ROUTES)
    rooms: dict[str, list[dict[str, Any]]] = {}
    for route in openapi.published(ROUTES):
        line = {"route": route, "does": openapi.first_line(route), "needs": openapi.needs_words(route)}
        line |= openapi.shapes(route, document)
        rooms.setdefault(route.view.__module__.split(".")[-2], []).append(line)
    return Response(look.page("web/docs.html", rooms=rooms), mimetype="text/html")
