"""The records of a medicine notebook become our words: whose it is, remarks, dispensings with medicines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import UUID

from shared.codes import DRUG_SYSTEMS, JAMI_USAGE
from shared.formats import Found, Identity, Piece, Trouble
from shared.formats.jahis_drafts import DispensingDraft, MedicineDraft, RpDraft, found
from shared.formats.jahis_keys import id_of, remark_key
from shared.formats.jahis_lines import Line, day, split_of, whole
from shared.medicines import (
    Author,
    CodeSet,
    Form,
    Medicine,
    Place,
    Remark,
    RemarkKind,
    Route,
    Usage,
)
from shared.problems import Problem, Unreadable

_AUTHORS = {"1": Author.CARE_STAFF, "2": Author.PATIENT, "8": Author.OTHER}
_SEXES = {"1": "male", "2": "female", "": ""}
_REMARKS = {
    "1": RemarkKind.ALLERGY,
    "2": RemarkKind.SIDE_EFFECT,
    "3": RemarkKind.PAST_ILLNESS,
    "9": RemarkKind.OTHER,
}
_CODE_SETS = {
    "": CodeSet.NONE,
    "1": CodeSet.NONE,
    "2": CodeSet.RECEIPT,
    "3": CodeSet.PRICE_LIST,
    "4": CodeSet.YJ,
    "6": CodeSet.HOT,
}
# 剤形コード of record 301. 屯服 is a medicine to be swallowed when needed: what is put on or in is 外用 there.
_FORMS = {
    "1": (Form.INTERNAL, Route.ORAL),
    "2": (Form.INTERNAL_DROPS, Route.ORAL),
    "3": (Form.AS_NEEDED, Route.ORAL),
    "4": (Form.INJECTION, Route.INJECTION),
    "5": (Form.EXTERNAL, Route.EXTERNAL),
    "6": (Form.DECOCTION, Route.ORAL),
    "7": (Form.DECOCTION_HOT, Route.ORAL),
    "9": (Form.MATERIAL, Route.MATERIAL),
    "10": (Form.OTHER, Route.OTHER),
}
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_UNNAMED = UUID(int=0)


class Notebook:
    """Takes the lines of one notebook in their order and gives what they say."""

    def __init__(self) -> None:
        self._known = False
        self._visit: DispensingDraft | None = None
        self._asides: list[Problem] = []
        self._records: dict[str, Callable[[Line], Iterator[Piece]]] = {
            "1": self._patient,
            "2": self._remark,
            "5": self._dispensed_on,
            "11": self._pharmacy,
            "15": self._pharmacist,
            "51": self._clinic,
            "55": self._doctor,
            "201": self._medicine,
            "281": self._medicine_note,
            "291": self._medicine_note,
            "301": self._usage,
            "311": self._usage_note,
            "391": self._usage_note,
            "911": self._split,
        }

    def take(self, line: Line) -> Iterator[Piece]:
        """What is known after ``line``; a line that makes no sense is a `Trouble`, and reading goes on."""
        try:
            if line.senseless or whole(line.fields[0]) is None:
                raise Unreadable("jahis_line_broken")
            record = self._records.get(line.fields[0])
            if record is None:
                raise Unreadable("jahis_record_kept", number=line.fields[0])
            yield from record(line)
        except Problem as problem:
            self._asides.append(problem)
        yield from (Trouble(line.where, problem, line.excerpt) for problem in self._asides)
        self._asides.clear()

    def close(self) -> Iterator[Piece]:
        """The dispensing that was being read."""
        if self._visit is not None:
            yield found(self._visit)
            self._visit = None

    def _patient(self, line: Line) -> Iterator[Piece]:
        if self._known:
            raise Unreadable("jahis_line_twice")
        sex, born = _SEXES.get(line.field(2)), day(line.field(3))
        if not line.field(1):
            self._asides.append(Unreadable("jahis_line_short"))
        if sex is None:
            self._asides.append(Unreadable("jahis_line_code", text=line.field(2)))
        if line.field(3) and born is None:
            self._asides.append(Unreadable("jahis_line_date", text=line.field(3)))
        self._known = True
        yield Identity(line.field(1), line.field(10), sex or "", born.isoformat() if born else "")

    def _remark(self, line: Line) -> Iterator[Piece]:
        kind, text = _REMARKS.get(line.field(1), RemarkKind.OTHER), _needed(line, 2)
        if line.field(1) not in _REMARKS:
            self._asides.append(Unreadable("jahis_line_code", text=line.field(1)))
        key = remark_key(kind, text)
        yield Found(Remark(id_of(key), kind, text, _author(line, 3)), key, line.where)

    def _dispensed_on(self, line: Line) -> Iterator[Piece]:
        # Closed first: the lines under a date that makes no sense must not fall to the visit before.
        yield from self.close()
        on = day(_needed(line, 1))
        if on is None:
            raise Unreadable("jahis_line_date", text=line.field(1))
        self._visit = DispensingDraft(line.where, on, _author(line, 2))

    def _pharmacy(self, line: Line) -> Iterator[Piece]:
        visit = self._now()
        if visit.pharmacy is not None:
            raise Unreadable("jahis_line_twice")
        visit.pharmacy = _place(line, phone=7)
        yield from ()

    def _pharmacist(self, line: Line) -> Iterator[Piece]:
        visit, name = self._now(), _needed(line, 1)
        if visit.pharmacist:
            raise Unreadable("jahis_line_twice")
        visit.pharmacist = name
        yield from ()

    def _clinic(self, line: Line) -> Iterator[Piece]:
        visit, place = self._now(), _place(line)
        visit.doctor = visit.department = visit.other_clinic = ""
        visit.rps = {}
        if visit.clinic is None:
            visit.clinic = place
        elif visit.clinic != place:
            visit.other_clinic = place.name
            self._asides.append(Unreadable("jahis_second_clinic"))
        yield from ()

    def _doctor(self, line: Line) -> Iterator[Piece]:
        visit = self._now()
        visit.doctor, visit.department = line.field(1), line.field(2)
        visit.rps = {}
        if not visit.doctor:
            raise Unreadable("jahis_line_short")
        yield from ()

    def _medicine(self, line: Line) -> Iterator[Piece]:
        visit, rp, name = self._now(), _rp(line), _needed(line, 2)
        dose = line.field(3)
        if dose and not _NUMBER.fullmatch(dose):
            self._asides.append(Unreadable("jahis_line_number", text=dose))
        code_set, code = self._code(line)
        generic = line.field(10) if line.field(9) == "2" else ""
        if generic and not DRUG_SYSTEMS[CodeSet.GENERIC].fits(generic):
            self._asides.append(Unreadable("jahis_line_code", text=generic))
            generic = ""
        medicine = Medicine(
            id=_UNNAMED,
            name=name,
            dose=dose,
            dose_unit=line.field(4),
            code_set=code_set,
            code=code,
            generic_name=line.field(8),
            generic_code=generic,
            rp=rp,
            clinic_doctor=" ".join(filter(None, (visit.other_clinic, visit.doctor))),
            department=visit.department,
            author=_author(line, 7),
        )
        if rp not in visit.rps:
            visit.rps[rp] = RpDraft()
            visit.all_rps.append(visit.rps[rp])
        visit.rps[rp].drugs.append(MedicineDraft(medicine))
        yield from ()

    def _code(self, line: Line) -> tuple[CodeSet, str]:
        code_set, code = _CODE_SETS.get(line.field(5)), line.field(6)
        system = DRUG_SYSTEMS.get(code_set) if code_set else None
        if code_set is None or (code and (system is None or not system.fits(code))):
            self._asides.append(Unreadable("jahis_line_code", text=f"{line.field(5)},{code}"))
        elif code_set is not CodeSet.NONE and not code:
            self._asides.append(Unreadable("jahis_code_missing"))
        elif code:
            return code_set, code
        return CodeSet.NONE, ""

    def _medicine_note(self, line: Line) -> Iterator[Piece]:
        self._group(line).drugs[-1].notes.append(_needed(line, 2))
        yield from ()

    def _usage(self, line: Line) -> Iterator[Piece]:
        group = self._group(line)
        if group.usage is not None:
            raise Unreadable("jahis_line_twice")
        amount, code = whole(line.field(3)), line.field(7) if line.field(6) == "2" else ""
        if amount is None and line.field(3):
            self._asides.append(Unreadable("jahis_line_number", text=line.field(3)))
        form, group.route = _FORMS.get(line.field(5), (None, None))
        if form is None or (code and not JAMI_USAGE.fits(code)):
            self._asides.append(Unreadable("jahis_line_code", text=line.field(5) if form is None else code))
        group.usage = Usage(
            text=line.field(2),
            code=code if JAMI_USAGE.fits(code) else "",
            form=form,
            amount=amount,
            amount_unit=line.field(4),
        )
        yield from ()

    def _usage_note(self, line: Line) -> Iterator[Piece]:
        self._group(line).notes.append(_needed(line, 2))
        yield from ()

    def _split(self, line: Line) -> Iterator[Piece]:
        if split_of(line) is None:
            raise Unreadable("jahis_line_broken")
        yield from ()

    def _now(self) -> DispensingDraft:
        if self._visit is None:
            raise Unreadable("jahis_no_dispensing")
        return self._visit

    def _group(self, line: Line) -> RpDraft:
        group = self._now().rps.get(_rp(line))
        if group is None:
            raise Unreadable("jahis_unknown_rp", text=line.field(1))
        return group


def _place(line: Line, *, phone: int | None = None) -> Place:
    name = _needed(line, 1)
    return Place(name, line.field(4), line.field(2), line.field(3), line.field(phone) if phone else "")


def _author(line: Line, index: int) -> Author:
    return _AUTHORS.get(line.field(index), Author.UNKNOWN)


def _rp(line: Line) -> int:
    rp = whole(line.field(1))
    if rp is None:
        raise Unreadable("jahis_line_broken")
    return rp


def _needed(line: Line, index: int) -> str:
    text = line.field(index)
    if not text:
        raise Unreadable("jahis_line_short")
    return text
