"""Doors of findings for the phone and for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request

from backend.consent.opened import OpenRecord
from backend.findings import findings
from backend.findings.schemas import (
    FindingNumberSchema,
    FindingShownSchema,
    FindingsSchema,
    FindingVersionsSchema,
)
from backend.http import Door
from backend.told import Merged
from shared.consent import Right, Scope
from shared.findings import Finding
from shared.findings_schema import FindingSchema, finding_members
from shared.problems import Invalid
from shared.schema import Stamp, Strict
from shared.sync_schema import LATEST_YEAR
from shared.vitals import EARLIEST_YEAR

door = Door("findings", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.FINDINGS, Right.READ)
WRITE = (Scope.FINDINGS, Right.WRITE)


class StampSchema(Strict[dict[str, datetime]]):
    """When this version was made, by the clock of the device that made it (header ``Tomoni-Device``).

    Of two versions the later wins, whichever is sent first; the same one sent again is known by its stamp.
    """

    edited_at = Stamp(
        required=True, metadata={"description": "When this version was made, by the clock of the device."}
    )


@door.get("/findings", needs=READ, gives=FindingsSchema())
def listing(record: OpenRecord) -> dict[str, Any]:
    """Every finding that is not withdrawn, allergies first."""
    return {
        "findings": [
            {
                "finding": finding_members(entry.thing),
                "number": entry.number,
                "edited_at": entry.edited_at,
                "author": entry.author_id,
            }
            for entry in findings.listing(record)
        ]
    }


@door.post("/findings", needs=WRITE, takes=FindingSchema(), gives=FindingShownSchema(), status=201)
def note(record: OpenRecord, body: Finding) -> dict[str, Any]:
    """Note a finding. Sending the same one again changes nothing."""
    return _shown(record, body.id, findings.note(record, body, _device()))


@door.put(
    "/findings/<uuid:finding_id>",
    needs=WRITE,
    takes=FindingSchema(),
    asks=StampSchema(),
    gives=FindingShownSchema(),
)
def correct(
    record: OpenRecord, finding_id: UUID, body: Finding, query: dict[str, datetime]
) -> dict[str, Any]:
    """Correct a finding: a new version; the old one is kept. The answer is what is shown now."""
    if body.id != finding_id:
        raise Invalid("invalid_fields", field="id")
    return _shown(record, finding_id, findings.correct(record, body, _edited_at(query), _device()))


@door.delete("/findings/<uuid:finding_id>", needs=WRITE, asks=StampSchema(), gives=FindingNumberSchema())
def withdraw(record: OpenRecord, finding_id: UUID, query: dict[str, datetime]) -> dict[str, Any]:
    """Withdraw a finding; its versions are kept."""
    return {"number": findings.withdraw(record, finding_id, _edited_at(query), _device()).number}


@door.get("/findings/<uuid:finding_id>/versions", needs=READ, gives=FindingVersionsSchema())
def versions(record: OpenRecord, finding_id: UUID) -> dict[str, Any]:
    """Every version of a finding that is not shown."""
    return {
        "versions": [
            {
                "edited_at": version.edited_at,
                "device": version.device,
                "author": version.author_id,
                "finding": None if version.thing is None else finding_members(version.thing),
            }
            for version in findings.versions(record, finding_id)
        ]
    }


def _shown(record: OpenRecord, finding_id: UUID, told: Merged) -> dict[str, Any]:
    return {"finding": finding_members(findings.read(record, finding_id)), "number": told.number}


def _edited_at(query: dict[str, datetime]) -> datetime:
    edited_at = query["edited_at"]
    if not EARLIEST_YEAR <= edited_at.year <= LATEST_YEAR:
        raise Invalid("time_impossible", field="edited_at", when=edited_at.isoformat())
    return edited_at


def _device() -> UUID:
    try:
        return UUID(request.headers.get("Tomoni-Device", ""))
    except ValueError:
        return UUID(int=0)
