"""A prescription while its lines are still being read, and what it is when the last of them is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from shared.formats import Found
from shared.formats.rx_keys import id_of, medicine_ids, slip_key
from shared.medicines import (
    Author,
    CodeSet,
    Dispensing,
    DispensingNote,
    Form,
    Medicine,
    Place,
    Route,
    Signature,
    Stage,
    Usage,
)

_UNNAMED = UUID(int=0)


@dataclass(slots=True)
class DrugDraft:
    """A medicine of an RP; amounts of one time, notes and codes may still follow."""

    name: str
    dose: str
    dose_unit: str
    code_set: CodeSet
    code: str
    is_material: bool
    notes: list[str] = field(default_factory=list)
    extra_codes: list[str] = field(default_factory=list)
    single_dose: str = ""


@dataclass(slots=True)
class RpDraft:
    """Medicines taken the same way. ``amount`` is that of this slip, where a prescription is filled in parts."""

    where: str
    form: Form | None = None
    route: Route | None = None
    amount: int | None = None
    amount_unit: str = ""
    text: str = ""
    code: str = ""
    site_code: str = ""
    notes: list[str] = field(default_factory=list)
    extra_codes: list[str] = field(default_factory=list)
    drugs: dict[int, DrugDraft] = field(default_factory=dict)


@dataclass(slots=True)
class SlipDraft:
    """What the head of a prescription says: where and by whom it was written, and how long it is good for."""

    name: str = ""
    code: str = ""
    prefecture: str = ""
    score_table: str = ""
    phone: str = ""
    postal_code: str = ""
    address: str = ""
    doctor: str = ""
    department: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    refills: int | None = None
    exchange_number: str = ""
    split: str = ""
    notes: list[DispensingNote] = field(default_factory=list)

    def clinic(self) -> Place | None:
        """The clinic, by its code where its name was left out."""
        name = self.name or self.code
        if not name:
            return None
        return Place(
            name,
            self.code,
            self.prefecture,
            self.score_table,
            self.phone,
            self.postal_code,
            self.address,
        )


def found(slip: SlipDraft, rps: dict[int, RpDraft], origin: str, signature: Signature, where: str) -> Found:
    """The prescription (its day of issue is known) with what makes it the same one wherever it is read again."""
    assert slip.issued_on is not None
    clinic = slip.clinic()
    medicines = tuple(
        _medicine(slip, number, rp, drug) for number, rp in rps.items() for drug in rp.drugs.values()
    )
    # Parts of one prescription differ in nothing but which part each is, and its exchange number.
    about = (slip.issued_on.isoformat(), slip.code or slip.name, slip.exchange_number, slip.split)
    key = slip_key("prescription", medicines, *about)
    ids = medicine_ids(key, medicines)
    word = Dispensing(
        id=id_of(key),
        dispensed_on=slip.issued_on,
        medicines=tuple(replace(each, id=made) for each, made in zip(medicines, ids, strict=True)),
        clinic=clinic,
        author=Author.CARE_STAFF,
        origin=origin,
        stage=Stage.PRESCRIBED,
        prescribed_on=slip.issued_on,
        exchange_number=slip.exchange_number,
        valid_until=slip.valid_until,
        refills=slip.refills,
        signature=signature,
        notes=tuple(slip.notes),
    )
    return Found(word, key, where)


def _medicine(slip: SlipDraft, number: int, rp: RpDraft, drug: DrugDraft) -> Medicine:
    generic = drug.code if drug.code_set is CodeSet.GENERIC else ""
    return Medicine(
        id=_UNNAMED,
        name=drug.name,
        dose=drug.dose,
        dose_unit=drug.dose_unit,
        code_set=drug.code_set,
        code=drug.code,
        generic_name=drug.name if generic else "",
        generic_code=generic,
        route=Route.MATERIAL if drug.is_material else rp.route,
        usage=Usage(
            text=rp.text,
            code=rp.code,
            form=rp.form,
            amount=rp.amount,
            amount_unit=rp.amount_unit,
            notes=tuple(rp.notes),
            extra_codes=(*rp.extra_codes, *drug.extra_codes),
            site_code=rp.site_code,
            single_dose=drug.single_dose,
        ),
        rp=number,
        clinic_doctor=slip.doctor,
        department=slip.department,
        author=Author.CARE_STAFF,
        notes=tuple(drug.notes),
    )
