"""A doctor at her browser, as the tests of pages do it: signed in by the form, asking for pages, counting queries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.consent import grants
from backend.consent.opened import every_right
from backend.house import House
from backend.records import records
from backend.records.records import Glance
from backend.vitals import imported
from shared import clock
from shared.consent import GRANTABLE, Grant, Purpose, Right, Role, Viewer
from shared.ids import new_id
from shared.vitals import BloodPressure, Vital
from tests.cast import PASSWORD, email

HERE = "https://localhost"


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody's browser without a window."""

    client: FlaskClient

    def get(self, address: str) -> TestResponse:
        """Look at a page, in Japanese."""
        return self.client.get(address, base_url=HERE, headers={"Accept-Language": "ja"})

    def post(self, address: str, fields: dict[str, str]) -> TestResponse:
        """Send a form of one of our pages."""
        token = re.search(r'name="csrf_token" value="([^"]*)"', self.shown("/records"))
        assert token is not None
        data = {**fields, "csrf_token": token[1]}
        return self.client.post(address, base_url=HERE, data=data, headers={"Accept-Language": "ja"})

    def shown(self, address: str) -> str:
        """The text of a page that must be there."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text


def signed_in(app: Flask, name: str) -> Browser:
    """The browser of somebody of the cast, past the sign-in page."""
    client = app.test_client()
    answer = client.post("/sign-in", base_url=HERE, data={"email": email(name), "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return Browser(client)


@contextmanager
def queries(app: Flask) -> Iterator[list[str]]:
    """Every statement that the app sends meanwhile."""
    house: House = app.extensions["tomoni_house"]
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        event.remove(house.database.engine, "before_cursor_execute", hear)


def pressure(at: datetime, systolic: int, diastolic: int, pulse: int | None = 66) -> Vital:
    """A blood pressure taken on the island."""
    beats = None if pulse is None else Decimal(pulse)
    return Vital(
        new_id(), "blood_pressure", at, 540, BloodPressure(Decimal(systolic), Decimal(diastolic), beats)
    )


def single(kind: str, at: datetime, value: str) -> Vital:
    """Any other measurement."""
    return Vital(new_id(), kind, at, 540, Decimal(value))


def someone_shares(
    house: House,
    session: Session,
    to: UUID,
    name: str,
    vitals: Sequence[Vital] = (),
) -> UUID:
    """A person whose record is shared with ``to``; she has no password, so fifty of her are quick to make."""
    owner = Viewer(new_id(), Role.PATIENT)
    begun = records.begin(
        session, house.ring, new_id(), owner.account_id, Glance(name, "カナ", "1950-01-02", "female")
    )
    record = house.opener.open_parts(session, owner, begun.id, every_right(owner))
    imported.keep_many(record, [(vital, str(vital.id)) for vital in vitals], new_id())
    now = clock.now()
    rights, purposes = frozenset({Right.READ}), frozenset({Purpose.CARE})
    until = now + timedelta(days=90)
    grants.give(record, Grant(new_id(), record.id, to, frozenset(GRANTABLE), rights, purposes, now, until))
    return record.id
