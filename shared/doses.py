"""Doses: one time of taking one medicine, as she ticked it: taken, skipped, or later.

Idempotent: the id comes from the medicine, the local day and the slot (`dose_id`), so that ticking twice, on one phone
or on two, is one dose; the last tick wins by `shared.sync.winner`, and taking a tick back withdraws the dose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from marshmallow import post_load

from shared.medicines_schema import LONG, Day
from shared.problems import Invalid
from shared.schema import Id, Moment, OneOf, Strict, Text, dump, load

_NAMESPACE = UUID("b4c29c55-5d0e-5a39-9e5b-0f2c7f0c6d11")
_SLOT = 20


class DoseState(StrEnum):
    """What she said of one dose."""

    TAKEN = "taken"
    SKIPPED = "skipped"
    LATER = "later"  # not now; it is asked about again


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose: the medicine, the local day it belongs to, and its slot of the day as `shared.schedule` names it.

    ``slot`` is ``morning``, ``h15`` (15 o'clock), ``t2`` (the second of so many a day), ``p1`` (the first as needed).
    ``at`` is when she ticked it.
    """

    id: UUID
    medicine_id: UUID
    on: date
    slot: str
    state: DoseState
    at: datetime
    note: str = ""


def dose_id(medicine_id: UUID, on: date, slot: str) -> UUID:
    """The one id of this dose, on every phone."""
    return uuid5(_NAMESPACE, f"{medicine_id} {on.isoformat()} {slot}")


class DoseSchema(Strict[Dose]):
    """One dose."""

    id = Id(required=True)
    medicine_id = Id(required=True)
    on = Day(required=True)
    slot = Text(_SLOT, least=1, required=True)
    state = OneOf(DoseState, required=True)
    at = Moment(required=True)
    note = Text(LONG)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Dose:
        """The word itself; an id that is not this dose's would make one dose two."""
        dose = Dose(**data)
        if dose.id != dose_id(dose.medicine_id, dose.on, dose.slot):
            raise Invalid("invalid_fields", field="id")
        return dose


_DOSE = DoseSchema()


def dose_from(data: object) -> Dose:
    """The dose that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_DOSE, data)


def dose_members(dose: Dose) -> dict[str, object]:
    """A dose as JSON members."""
    return dump(_DOSE, dose)
