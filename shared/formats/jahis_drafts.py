"""A dispensing of a medicine notebook while its lines are still being read, and what it is when the last is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from shared.formats import Found, Piece, Trouble
from shared.formats.jahis_keys import dispensing_ids, id_of, stated_ids
from shared.formats.jahis_lines import Line
from shared.medicines import (
    Author,
    CodeSet,
    Component,
    Dispensing,
    DispensingNote,
    Medicine,
    Place,
    Route,
    Stage,
    Usage,
)
from shared.problems import Unreadable

ORIGIN = "jahis_techo"
UNNAMED = UUID(int=0)


@dataclass(slots=True)
class MedicineDraft:
    """A medicine whose notes may still follow, with who prescribed it."""

    line: Line
    rp: int
    name: str
    dose: str
    dose_unit: str
    code_set: CodeSet
    code: str
    generic_name: str
    generic_code: str
    author: Author
    doctor: str
    department: str
    clinic: Place | None
    notes: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)

    def medicine(self, made: UUID, route: Route | None, usage: Usage) -> Medicine:
        """The medicine, when all that was said of it has been read."""
        return Medicine(
            id=made,
            name=self.name,
            dose=self.dose,
            dose_unit=self.dose_unit,
            code_set=self.code_set,
            code=self.code,
            generic_name=self.generic_name,
            generic_code=self.generic_code,
            route=route,
            usage=usage,
            rp=self.rp,
            clinic_doctor=self.doctor,
            department=self.department,
            author=self.author,
            notes=tuple(self.notes),
            cautions=tuple(self.cautions),
            clinic=self.clinic,
        )


@dataclass(slots=True)
class RpDraft:
    """Medicines taken the same way, until their usage (record 301) has been seen."""

    drugs: list[MedicineDraft] = field(default_factory=list)
    usage: Usage | None = None
    route: Route | None = None
    notes: list[str] = field(default_factory=list)
    cautions: list[str] = field(default_factory=list)

    def how(self) -> Usage:
        """How its medicines are taken, as far as lines said so."""
        usage = self.usage or Usage()
        if self.notes or self.cautions:
            return replace(usage, notes=tuple(self.notes), cautions=tuple(self.cautions))
        return usage


@dataclass(slots=True)
class DispensingDraft:
    """A dispensing whose lines are still being read. ``rps`` are those of the doctor of the moment."""

    where: str
    on: date
    author: Author
    pharmacy: Place | None = None
    pharmacist: str = ""
    contact: str = ""
    clinic: Place | None = None
    other_clinic: Place | None = None
    doctor: str = ""
    department: str = ""
    notes: list[DispensingNote] = field(default_factory=list)
    rps: dict[int, RpDraft] = field(default_factory=dict)
    all_rps: list[RpDraft] = field(default_factory=list)


@dataclass(slots=True)
class StatedDraft:
    """A medicine she bought herself (record 3) whose ingredients (31) may still follow."""

    line: Line
    name: str
    starts_on: date | None
    ends_on: date | None
    author: Author
    jan: str
    components: list[Component] = field(default_factory=list)
    more: list[Line] = field(default_factory=list)


def ended(visit: DispensingDraft) -> Iterator[Piece]:
    """The dispensing with what makes it the same one wherever it is read again, and medicines without a usage told."""
    drugs = [
        (drug, how, group.route) for group in visit.all_rps for how in (group.how(),) for drug in group.drugs
    ]
    key, ids = dispensing_ids(visit.on, visit.pharmacy, ((drug, how) for drug, how, _ in drugs))
    named = zip(drugs, ids, strict=True)
    word = Dispensing(
        id=id_of(key),
        dispensed_on=visit.on,
        medicines=tuple(drug.medicine(made, route, how) for (drug, how, route), made in named),
        pharmacy=visit.pharmacy,
        pharmacist=visit.pharmacist,
        pharmacist_contact=visit.contact,
        clinic=visit.clinic,
        author=visit.author,
        origin=ORIGIN,
        notes=tuple(visit.notes),
    )
    yield Found(word, key, visit.where)
    for group in visit.all_rps:
        if group.usage is None:
            first = group.drugs[0]
            problem = Unreadable("jahis_usage_missing", name=first.name)
            yield Trouble(first.line.where, problem, first.line.excerpt)


def stated(draft: StatedDraft, newest: date | None) -> Iterator[Piece]:
    """A slip of its own for a medicine that she bought: what one person says of one medicine.

    It is the same one by its name and its first day, whatever is written later of its end and its ingredients.
    Without any day it stands under the newest day of the notebook, which is told; ``usage`` then has no days.
    """
    on = draft.starts_on or draft.ends_on or newest
    if on is None:
        problem = Unreadable("jahis_otc_day_unknown", name=draft.name)
        yield from (Trouble(line.where, problem, line.excerpt) for line in (draft.line, *draft.more))
        return
    medicine = Medicine(
        id=UNNAMED,
        name=draft.name,
        usage=Usage(starts_on=draft.starts_on, ends_on=draft.ends_on),
        author=draft.author,
        components=tuple(draft.components),
        jan=draft.jan,
    )
    key, made = stated_ids(medicine)
    medicines = (replace(medicine, id=made),)
    word = Dispensing(id_of(key), on, medicines, author=draft.author, origin=ORIGIN, stage=Stage.STATED)
    yield Found(word, key, draft.line.where)
    if draft.starts_on is None and draft.ends_on is None:
        problem = Unreadable("jahis_otc_no_day", name=draft.name, day=on.isoformat())
        yield Trouble(draft.line.where, problem, draft.line.excerpt)
