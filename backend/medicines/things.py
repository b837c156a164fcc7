"""Told things about medicines: what she types, ticks, hides, marks and writes down herself, in versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from backend.medicines.tables import MedicineThingImportRow, MedicineThingRow, MedicineThingVersionRow
from backend.told import Spelling, Things
from shared.consent import Scope
from shared.doses import Dose, DoseState, dose_from, dose_members
from shared.ids import written_id
from shared.marks import Hiding, HitMark, hiding_from, hiding_members, hit_mark_from, hit_mark_members
from shared.medicines import Dispensing, FamilyPharmacist, Memo
from shared.medicines_quick import dispensing_quick
from shared.medicines_schema import (
    dispensing_from,
    dispensing_members,
    family_pharmacist_from,
    family_pharmacist_members,
    memo_from,
    memo_members,
)
from shared.sync import Word

_STATES = {state.value: state for state in DoseState}


def _no_day(_: Any) -> date | None:
    return None


def _dose(members: Mapping[str, Any]) -> Dose:
    """A dose that we sealed ourselves: ten years of them are many."""
    return Dose(
        written_id(members["id"]),
        written_id(members["medicine_id"]),
        date.fromisoformat(members["on"]),
        members["slot"],
        _STATES[members["state"]],
        datetime.fromisoformat(members["at"]),
        members.get("note", ""),
    )


# A dispensing of this table is one that she typed; what a file brought is in `dispensings`, and is never edited.
THINGS = Things(
    Scope.MEDICINES,
    MedicineThingRow,
    MedicineThingVersionRow,
    MedicineThingImportRow,
    (
        Spelling(
            Word.DISPENSING,
            Dispensing,
            dispensing_from,
            dispensing_members,
            lambda typed: typed.dispensed_on,
            dispensing_quick,
        ),
        Spelling(Word.DOSE, Dose, dose_from, dose_members, lambda dose: dose.on, _dose),
        Spelling(Word.HIDING, Hiding, hiding_from, hiding_members, _no_day),
        Spelling(Word.HIT_MARK, HitMark, hit_mark_from, hit_mark_members, _no_day),
        Spelling(Word.MEMO, Memo, memo_from, memo_members, lambda memo: memo.on),
        Spelling(
            Word.FAMILY_PHARMACIST,
            FamilyPharmacist,
            family_pharmacist_from,
            family_pharmacist_members,
            lambda pharmacist: pharmacist.starts_on,
        ),
    ),
)
