"""A dispensing of a medicine notebook while its lines are still being read, and what it is when the last is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from shared.formats import Found
from shared.formats.jahis_keys import dispensing_key, id_of, medicine_ids
from shared.medicines import Author, Dispensing, Medicine, Place, Route, Usage

ORIGIN = "jahis_techo"


@dataclass(slots=True)
class MedicineDraft:
    """A medicine whose notes may still follow."""

    medicine: Medicine
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RpDraft:
    """Medicines taken the same way, until their usage (record 301) has been seen."""

    drugs: list[MedicineDraft] = field(default_factory=list)
    usage: Usage | None = None
    route: Route | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class DispensingDraft:
    """A dispensing whose lines are still being read. ``rps`` are those of the doctor of the moment."""

    where: str
    on: date
    author: Author
    pharmacy: Place | None = None
    pharmacist: str = ""
    clinic: Place | None = None
    other_clinic: str = ""
    doctor: str = ""
    department: str = ""
    rps: dict[int, RpDraft] = field(default_factory=dict)
    all_rps: list[RpDraft] = field(default_factory=list)


def found(visit: DispensingDraft) -> Found:
    """The dispensing with what makes it the same one wherever it is read again."""
    medicines = tuple(
        replace(
            drug.medicine,
            route=group.route,
            usage=replace(group.usage or Usage(), notes=tuple(group.notes)),
            notes=tuple(drug.notes),
        )
        for group in visit.all_rps
        for drug in group.drugs
    )
    key = dispensing_key(visit.on, visit.pharmacy, medicines)
    named = tuple(
        replace(medicine, id=made)
        for medicine, made in zip(medicines, medicine_ids(key, medicines), strict=True)
    )
    word = Dispensing(
        id=id_of(key),
        dispensed_on=visit.on,
        medicines=named,
        pharmacy=visit.pharmacy,
        pharmacist=visit.pharmacist,
        clinic=visit.clinic,
        author=visit.author,
        origin=ORIGIN,
    )
    return Found(word, key, visit.where)
