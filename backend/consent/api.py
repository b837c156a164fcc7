"""Doors of consent: give and end grants, read the visitors' book."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from backend.accounts.accounts import Accounts, Person, members
from backend.consent import grants, visits
from backend.consent.opened import OpenRecord
from backend.consent.schemas import GrantShownSchema, GrantsSchema, VisitsSchema
from backend.consent.visits import Visit
from backend.http import Door, held
from shared import clock
from shared.consent import Grant, Right, Scope
from shared.consent_schema import AskedGrant, GrantSchema, grant_members
from shared.problems import Invalid
from shared.schema import Strict

door = Door("consent", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.RECORD, Right.READ)
WRITE = (Scope.RECORD, Right.WRITE)


class BookSchema(Strict[dict[str, Any]]):
    """Which entries: before a moment, at most so many."""

    before = fields.AwareDateTime(
        load_default=None, metadata={"description": "Only entries before this moment."}
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 500),
        metadata={"description": "How many entries at most; those of one moment come together."},
    )


@door.get("/grants", needs=READ, gives=GrantsSchema())
def list_grants(record: OpenRecord) -> dict[str, Any]:
    """Every grant ever given, newest first."""
    return {"grants": _shown(record, grants.list_grants(record))}


@door.post("/grants", needs=WRITE, takes=GrantSchema(), gives=GrantShownSchema(), status=201)
def give(record: OpenRecord, body: AskedGrant) -> dict[str, Any]:
    """Let somebody in, for these parts, rights and purposes, until then."""
    person = held(Accounts).people(record.session, [body.to_account]).get(body.to_account)
    if person is None or not person.role.is_staff:
        raise Invalid("invalid_fields", field="to_account")
    return _shown(record, [grants.ask(record, body)])[0]


@door.post("/grants/<uuid:grant_id>/revoke", needs=WRITE, gives=GrantShownSchema())
def revoke(record: OpenRecord, grant_id: UUID) -> dict[str, Any]:
    """End a grant now."""
    return _shown(record, [grants.revoke(record, grant_id)])[0]


@door.get("/visits", needs=READ, asks=BookSchema(), gives=VisitsSchema())
def book(record: OpenRecord, query: dict[str, Any]) -> dict[str, Any]:
    """The visitors' book, newest first."""
    found = visits.read_book(record, **query)
    people = held(Accounts).people(record.session, {visit.account_id for visit in found})
    return {"visits": [_visit(visit, people) for visit in found]}


def _visit(visit: Visit, people: dict[UUID, Person]) -> dict[str, Any]:
    person = people.get(visit.account_id)
    return {
        "id": visit.id,
        "at": visit.at,
        "who": members(person) if person else None,
        "scopes": visit.scopes,
        "right": visit.right,
        "purpose": visit.purpose,
        "outcome": "opened" if visit.allowed else "refused",
        "reason": visit.reason,
        "way": visit.way,
    }


def _shown(record: OpenRecord, found: Iterable[Grant]) -> list[dict[str, Any]]:
    found = list(found)
    people = held(Accounts).people(record.session, {grant.to_account for grant in found})
    now = clock.now()
    listed = []
    for grant in found:
        person = people.get(grant.to_account)
        names = {"to_name": person.name if person else "", "to_facility": person.facility if person else ""}
        listed.append({**grant_members(grant), **names, "state": grants.state(grant, now)})
    return listed
