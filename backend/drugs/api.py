"""Doors of drugs: the master and the knowledge for phones, and searching by name."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from typing import Any

from backend.drugs import knowing
from backend.drugs.overlay import overlay_now
from backend.drugs.schemas import FoundSchema, MasterAskedSchema, MasterSchema, SearchSchema
from backend.http import SIGNED_IN, Caller, Door
from shared.drug_knowledge_schema import OverlaySchema, overlay_members

door = Door("drugs", __name__, "/api/drugs")


@door.get("/master", needs=SIGNED_IN, asks=MasterAskedSchema(), gives=MasterSchema())
def master(caller: Caller, query: dict[str, str]) -> dict[str, Any]:
    """The drug master in force, unless the phone has it already."""
    version, packed = knowing.packed_now(caller.session)
    known = not packed or query.get("have") == version
    return {"version": version, "packed": None if known else b64encode(packed).decode()}


@door.get("/knowledge", needs=SIGNED_IN, gives=OverlaySchema())
def knowledge(caller: Caller) -> dict[str, Any]:
    """What pharmacists reviewed and clinics added to the bundled knowledge."""
    told = overlay_members(overlay_now(caller.session))
    return {**told, "version": knowing.knowledge_now(caller.session).version}


@door.get("/search", needs=SIGNED_IN, asks=SearchSchema(), gives=FoundSchema())
def search(caller: Caller, query: dict[str, str]) -> dict[str, Any]:
    """Medicines whose name, ingredient or reading begins with what was typed, then those in which it stands."""
    found = knowing.knowledge_now(caller.session).search(query["q"])
    return {"products": [asdict(product) for product in found]}
