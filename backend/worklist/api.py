"""Doors of the worklist for a practitioner's phone: who shares with me."""

from __future__ import annotations

from typing import Any

from backend.http import PER_ITEM, Caller, Door, held, purpose
from backend.seal import KeyRing
from backend.worklist import people
from backend.worklist.schemas import WorklistSchema

door = Door("worklist", __name__, "/api")


@door.get("/records", needs=PER_ITEM, gives=WorklistSchema())
def shared_with_me(caller: Caller) -> dict[str, Any]:
    """The records shared with me now, each with what I may see of it at a glance."""
    viewer = caller.known
    found = people.people(caller.session, held(KeyRing), viewer, caller.way, purpose(viewer))
    return {
        "records": [
            {
                "id": each.id,
                "name": each.name,
                "name_kana": each.name_kana,
                "age": each.age,
                "sex": each.sex,
                "scopes": each.scopes,
                **each.parts,
            }
            for each in found
        ]
    }
