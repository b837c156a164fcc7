"""A dispensing becomes the records of one visit: places and people, medicines in RPs by their doctor, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from shared.codes import DRUG_SYSTEMS, JAMI_USAGE
from shared.formats.jahis_fields import AUTHORS, CODE_SETS, FORMS, NOTES, NUMBER
from shared.formats.jahis_pen import Pen
from shared.medicines import CodeSet, Dispensing, DispensingNote, Form, Medicine, NoteKind, Place, Route

_BY = {author: number for number, author in AUTHORS.items()}
_KINDS = {code_set: number for number, code_set in CODE_SETS.items()}
_NUMBERS = {kind: int(number) for number, kind in NOTES.items()}
_FORM_CODES = {form: code for code, (form, _) in FORMS.items()}
_ROUTE_FORMS = {
    Route.ORAL: Form.INTERNAL,
    Route.INJECTION: Form.INJECTION,
    Route.MATERIAL: Form.MATERIAL,
    Route.OTHER: Form.OTHER,
}
_MOST_RP = 999

Prescriber = tuple[Place | None, str, str]


@dataclass(slots=True)
class _Rp:
    """Medicines of one doctor that are taken the same way."""

    prescriber: Prescriber
    number: int
    medicines: list[Medicine] = field(default_factory=list)


def dispensed(pen: Pen, slip: Dispensing) -> None:
    """The records 5 to 601 of a dispensing."""
    by = _BY[slip.author]
    pen.record(5, pen.day(slip.dispensed_on), by)
    if slip.pharmacy is not None:
        _place(pen, 11, slip.pharmacy, by)
    if slip.pharmacist:
        pen.record(15, pen.name(slip.pharmacist, 40), pen.text(slip.pharmacist_contact, 800), by)
    elif slip.pharmacist_contact:
        pen.lose("notebook_left_out", slip.pharmacist_contact)
    if slip.clinic is not None:
        _place(pen, 51, slip.clinic, by)
    before: Prescriber = (None, "", "")
    for group in _rps(slip):
        clinic, doctor, department = group.prescriber
        if clinic is not None and clinic != before[0]:
            _place(pen, 51, clinic, by)
        if doctor and group.prescriber != before:
            pen.record(55, pen.name(doctor, 40), pen.text(department, 80), by)
        elif department and not doctor and group.prescriber != before:
            pen.lose("notebook_left_out", department)
        before = group.prescriber
        _rp(pen, group)
    pen.about = slip.dispensed_on.isoformat()
    for note in sorted(slip.notes, key=lambda note: _NUMBERS[note.kind]):
        _note(pen, note)


def _rps(slip: Dispensing) -> list[_Rp]:
    """The medicines by who prescribed them, then by how they are taken; each RP with a number of its own.

    Whom nobody is named for comes first, for a doctor counts until the next: there is no way to say "nobody" later.
    """
    clinics: list[Place | None] = [None]
    found: dict[tuple[Prescriber, object], _Rp] = {}
    for medicine in slip.medicines:
        clinic = None if medicine.clinic == slip.clinic else medicine.clinic
        if clinic not in clinics:
            clinics.append(clinic)
        prescriber = (clinic, medicine.clinic_doctor, medicine.department)
        how = (medicine.rp, medicine.usage, _form_code(medicine))
        found.setdefault((prescriber, how), _Rp(prescriber, medicine.rp)).medicines.append(medicine)
    doctors = list(dict.fromkeys(group.prescriber for group in found.values()))
    groups = sorted(
        found.values(),
        key=lambda group: (
            clinics.index(group.prescriber[0]),
            bool(group.prescriber[1]),
            doctors.index(group.prescriber),
        ),
    )
    _number(groups)
    return groups


def _number(groups: list[_Rp]) -> None:
    """Numbers stay as they are where they are numbers of one RP alone."""
    taken: set[int] = set()
    unnumbered = []
    for group in groups:
        if 1 <= group.number <= _MOST_RP and group.number not in taken:
            taken.add(group.number)
        else:
            unnumbered.append(group)
    free = (number for number in count(1) if number not in taken)
    for group, number in zip(unnumbered, free, strict=False):
        group.number = number


def _rp(pen: Pen, group: _Rp) -> None:
    rp, first = str(group.number), group.medicines[0]
    for medicine in group.medicines:
        pen.about = medicine.name
        _medicine(pen, rp, medicine)
    pen.about = first.name
    usage, by = first.usage, _BY[first.author]
    amount = "" if usage.amount is None else str(usage.amount)
    if len(amount) > 3:
        pen.lose("notebook_left_out", f"{amount}{usage.amount_unit}")
        amount = ""
    code = usage.code if JAMI_USAGE.fits(usage.code) else ""
    if usage.code and not code:
        pen.lose("notebook_left_out", usage.code)
    text, unit = pen.text(usage.text, 100), pen.text(usage.amount_unit, 100)
    pen.record(301, rp, text, amount, unit, _form_code(first), "2" if code else "1", code, by)
    if not text:
        pen.lose("notebook_usage_unknown", first.name)
    if usage.starts_on or usage.ends_on:
        pen.lose("notebook_left_out", f"{usage.starts_on or ''}～{usage.ends_on or ''}")
    pen.notes(311, rp, usage.notes, by)
    pen.notes(391, rp, usage.cautions, by)


def _medicine(pen: Pen, rp: str, medicine: Medicine) -> None:
    dose = medicine.dose if len(medicine.dose) <= 12 and NUMBER.fullmatch(medicine.dose) else ""
    if medicine.dose != dose:
        pen.lose("notebook_left_out", f"{medicine.dose}{medicine.dose_unit}")
    kind, code, generic = _KINDS[CodeSet.NONE], "", medicine.generic_code
    if medicine.code_set is CodeSet.GENERIC:
        generic = generic or medicine.code
    elif (
        medicine.code and medicine.code_set in _KINDS and DRUG_SYSTEMS[medicine.code_set].fits(medicine.code)
    ):
        kind, code = _KINDS[medicine.code_set], medicine.code
    elif medicine.code:
        pen.lose("notebook_left_out", medicine.code)
    if generic and not DRUG_SYSTEMS[CodeSet.GENERIC].fits(generic):
        pen.lose("notebook_left_out", generic)
        generic = ""
    by, name = _BY[medicine.author], pen.text(medicine.generic_name, 120)
    generic_kind = "2" if generic else "1" if name else ""
    said = pen.name(medicine.name, 120), dose, pen.text(medicine.dose_unit, 12)
    pen.record(201, rp, *said, kind, code, by, name, generic_kind, generic)
    pen.notes(281, rp, medicine.notes, by)
    pen.notes(291, rp, medicine.cautions, by)


def _note(pen: Pen, note: DispensingNote) -> None:
    for text in pen.texts(note.text, 400):
        if note.kind is NoteKind.PATIENT:
            pen.record(601, text, pen.day(note.on))
        elif note.kind is NoteKind.INFORMATION:
            pen.record(411, text, pen.code(note.detail, 2) or "99", _BY[note.author])
        else:
            pen.record(_NUMBERS[note.kind], text, _BY[note.author])


def _place(pen: Pen, number: int, place: Place, by: str) -> None:
    fields = [
        pen.name(place.name, 120),
        pen.code(place.prefecture, 2),
        pen.code(place.score_table, 1),
        pen.code(place.code, 7),
    ]
    if number == 11:
        fields += [pen.code(place.postal_code, 8), pen.text(place.address, 800), pen.code(place.phone, 13)]
    pen.record(number, *fields, by)


def _form_code(medicine: Medicine) -> str:
    """剤形コード: as it was, or what the route says; empty where nobody knows."""
    form = medicine.usage.form
    if form is None and medicine.route is not None:
        form = _ROUTE_FORMS.get(medicine.route, Form.EXTERNAL)
    return _FORM_CODES[form] if form is not None else ""
