"""Doors where a person and her record begin: sign up, sign in, who am I."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.accounts import Accounts, NewPerson, Person, members
from backend.accounts.families import Families
from backend.accounts.proofs import issue
from backend.accounts.schemas import SignInSchema, SignUpSchema
from backend.http import ANYONE, SIGNED_IN, Caller, Door, held
from backend.records import records
from backend.records.records import Glance
from backend.records.schemas import MeSchema, SignedInSchema
from backend.seal import KeyRing
from shared.consent import Role
from shared.problems import Problem

door = Door("records", __name__, "/api")


@door.post("/sign-up", needs=ANYONE, takes=SignUpSchema(), gives=SignedInSchema(), status=201)
def sign_up(caller: Caller, body: dict[str, Any]) -> dict[str, Any] | Problem:
    """A patient signs up: her account and her record begin."""
    new = NewPerson(body["id"], Role.PATIENT, body["email"], body["password"], body["name"], body["language"])
    person = held(Accounts).sign_up(caller.session, new)
    if isinstance(person, Problem):
        return person
    known = records.of_owner(caller.session, person.id)
    if known is None:
        glance = Glance(body["name"], body["name_kana"], body["born_on"].isoformat(), body["sex"])
        known = records.begin(caller.session, held(KeyRing), body["record_id"], person.id, glance).id
    return _signed_in(caller.session, person, known, body["device"])


@door.post("/sign-in", needs=ANYONE, takes=SignInSchema(), gives=SignedInSchema())
def sign_in(caller: Caller, body: dict[str, Any]) -> dict[str, Any] | Problem:
    """Sign in with e-mail and password."""
    person = held(Accounts).sign_in(caller.session, body["email"], body["password"])
    if isinstance(person, Problem):
        return person
    return _signed_in(caller.session, person, records.of_owner(caller.session, person.id), body["device"])


@door.get("/me", needs=SIGNED_IN, gives=MeSchema())
def me(caller: Caller) -> dict[str, Any]:
    """Who I am here."""
    person = held(Accounts).people(caller.session, [caller.known.account_id])[caller.known.account_id]
    return {**members(person), "record_id": records.of_owner(caller.session, person.id)}


def _signed_in(
    session: Session, person: Person, record_id: UUID | None, device: dict[str, Any]
) -> dict[str, Any]:
    family = held(Families).begin(session, person.viewer, device["id"], device["label"])
    access, again = issue(family)
    return {"account": members(person), "record_id": record_id, "access": access, "refresh": again}
