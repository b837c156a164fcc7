"""Doors of accounts for the phone: refresh, sign out, find a practitioner."""

from __future__ import annotations

from typing import Any

from backend.accounts.accounts import Accounts, members
from backend.accounts.families import Families, Family
from backend.accounts.proofs import device, issue, rotate
from backend.accounts.schemas import NameSchema, PractitionersSchema, RefreshSchema, TokensSchema
from backend.http import ANYONE, SIGNED_IN, Caller, Door, held
from shared.problems import Problem

door = Door("accounts", __name__, "/api")


@door.post("/refresh", needs=ANYONE, takes=RefreshSchema(), gives=TokensSchema())
def refresh(caller: Caller, body: dict[str, Any]) -> dict[str, Any] | Problem:
    """New tokens for old; repeating it within a minute from the same device is safe."""
    family = rotate(caller.session, body["refresh"], device())
    if isinstance(family, Problem):
        return family
    access, again = issue(family)
    return {"access": access, "refresh": again}


@door.post("/sign-out", needs=ANYONE, takes=RefreshSchema())
def sign_out(caller: Caller, body: dict[str, Any]) -> None:
    """End this device's family. A token that is not ours changes nothing."""
    family = rotate(caller.session, body["refresh"], device())
    if isinstance(family, Family):
        held(Families).end(caller.session, family.id)


@door.get("/practitioners", needs=SIGNED_IN, asks=NameSchema(), gives=PractitionersSchema())
def practitioners(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Doctors and nurses whom one can let in, by a part of their name or their facility's."""
    found = held(Accounts).practitioners(caller.session, query["name"])
    return {"practitioners": [members(person) for person in found]}
