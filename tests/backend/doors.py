"""Knocking at the doors as one of the cast, and everything that one can knock at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.accounts import proofs, tokens
from backend.accounts.accounts import Person
from backend.app import DOORS
from backend.house import House
from backend.http import ROUTES, Route
from shared.ids import new_id
from shared.vitals import Vital
from shared.vitals_schema import vital_members

for name in DOORS:
    import_module(name)


def house_of(app: Flask) -> House:
    """The house behind the doors."""
    house: House = app.extensions["tomoni_house"]
    return house


@dataclass(frozen=True, slots=True)
class Knocking:
    """Somebody with her phone (or her browser), signed in."""

    client: FlaskClient
    device: UUID
    access: str
    refresh: str

    def ask(self, method: str, path: str, **sent: Any) -> TestResponse:
        """One request; ``json``, ``data``, ``headers`` and so on as the test client takes them."""
        headers = {"Authorization": f"Bearer {self.access}", "Tomoni-Device": str(self.device)}
        headers |= sent.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **sent)

    def get(self, path: str, **sent: Any) -> TestResponse:
        """One look."""
        return self.ask("GET", path, **sent)

    def post(self, path: str, json: object = None, **sent: Any) -> TestResponse:
        """One deed."""
        return self.ask("POST", path, json={} if json is None else json, **sent)


def knocking(app: Flask, person: Person) -> Knocking:
    """Somebody signed in, by phone and by browser, without the slow password."""
    house, device = house_of(app), new_id()
    with app.test_request_context(), house.database.transaction() as session:
        access, refresh = proofs.issue(house.families.begin(session, person.viewer, device, "phone"))
        web, again = proofs.issue(house.families.begin(session, person.viewer, new_id(), "browser"))
    client = app.test_client()
    for cookie, value in ((tokens.ACCESS_COOKIE, web), (tokens.REFRESH_COOKIE, again)):
        client.set_cookie(cookie, value, secure=True)
    return Knocking(client, device, access, refresh)


def record_routes() -> list[Route]:
    """Every route that is about one record, pages too."""
    return [route for route in ROUTES if "<uuid:record_id>" in route.rule]


def path_of(route: Route, record_id: UUID, parts: Mapping[str, object]) -> str:
    """The route's path with its blanks filled; a blank nobody thought of gets an id."""

    def fill(blank: re.Match[str]) -> str:
        name = blank[1].split(":")[-1]
        return str(record_id if name == "record_id" else parts.get(name, new_id()))

    return re.sub(r"<([^>]+)>", fill, route.rule)


def seen(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that a stranger can see of an answer."""
    headers = sorted((name, value) for name, value in answer.headers if name != "Date")
    return answer.status_code, headers, answer.data


def members(vital: Vital, **other: object) -> dict[str, object]:
    """What a phone posts to note a vital."""
    return {**vital_members(vital), **other}
