"""Doors of medicines for the phone and for other programs."""

from __future__ import annotations

from typing import Any

from backend.consent.opened import OpenRecord
from backend.http import Door
from backend.medicines import dispensings
from backend.medicines.schemas import DispensingsSchema
from shared.consent import Right, Scope
from shared.medicines_schema import dispensing_members

door = Door("medicines", __name__, "/api/records/<uuid:record_id>")


@door.get("/medicines", needs=(Scope.MEDICINES, Right.READ), gives=DispensingsSchema())
def medicine_list(record: OpenRecord) -> dict[str, Any]:
    """Every dispensing, newest day first, each with where it came from."""
    return {"dispensings": [dispensing_members(each) for each in dispensings.medicine_list(record)]}
