"""The doctor's list: everybody who shares something with her now, as far as each of them lets her see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.consent import grants, visits
from backend.consent.visits import Asked
from backend.records import records
from backend.seal import KeyRing
from shared import clock
from shared.consent import Decision, Grant, Purpose, Reason, Right, Scope, Viewer


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. ``parts`` holds only the scopes that were shared."""

    id: UUID
    name: str
    name_kana: str
    age: int | None
    sex: str
    scopes: tuple[Scope, ...]
    parts: Mapping[str, Mapping[str, Any]]


def people(
    session: Session, ring: KeyRing, viewer: Viewer, way: str, purpose: Purpose | None
) -> list[Listed]:
    """Everybody who shares something with ``viewer`` now. Each shown record is one entry in its visitors' book."""
    purpose = purpose or Purpose.CARE
    shared = {
        record_id: [grant for grant in given if purpose in grant.purposes and Right.READ in grant.rights]
        for record_id, given in grants.shared_with(session, viewer.account_id).items()
    }
    shared = {record_id: given for record_id, given in shared.items() if given}
    today = clock.now().date()
    listed, booked = [], []
    for key, glance in records.glances(session, ring, shared):
        scopes = _scopes(shared[key.owner])
        parts = {scope.value: glance.part(scope) for scope in scopes}
        listed.append(
            Listed(key.owner, glance.name, glance.name_kana, glance.age(today), glance.sex, scopes, parts)
        )
        asked = tuple((scope, Right.READ) for scope in scopes)
        decision = Decision(True, Reason.GRANT, shared[key.owner][0].id)
        booked.append(Asked(key.owner, viewer, asked, purpose, way, decision))
    visits.book(session, booked)
    return sorted(listed, key=lambda each: (each.name_kana or each.name, each.id))


def _scopes(given: list[Grant]) -> tuple[Scope, ...]:
    return tuple(scope for scope in Scope if any(scope in grant.scopes for grant in given))
