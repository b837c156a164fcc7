"""What an ORCA prescribed or handed out: its prescription form and its page for the medicine notebook.

A prescription (院外処方) is prescribed. A page of the notebook is what the clinic handed out itself, unless the class
of the medicines ends in 2 or 3 (院外処方, 処方のみ): the page has no other sign of it. Classes: 診療種別区分 as
OpenDolphin lists them; not verified with an ORCA of our own. Kinds of codes by their first digits, likewise: 6
medicines, 7 materials, 001 usages, 8 comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from shared.codes import DRUG_SYSTEMS
from shared.formats import Piece
from shared.formats.calendars import Calendar
from shared.formats.clinic_keys import UNNAMED, found_dispensing
from shared.formats.json_tree import Doubts, Node, plain, shown, whole
from shared.formats.orca_answers import Answer
from shared.medicines import Author, CodeSet, Dispensing, Form, Medicine, Place, Route, Stage, Usage
from shared.problems import Unreadable

ORIGIN = "orca"
_FORMS = {
    "21": (Form.INTERNAL, Route.ORAL),
    "22": (Form.AS_NEEDED, Route.ORAL),
    "23": (Form.EXTERNAL, Route.EXTERNAL),
    "29": (Form.INTERNAL, Route.ORAL),
}
_OUTSIDE = ("2", "3")
_USAGE_CODE = "001"
_COMMENT_CODES = ("8", "008", "098", "099")
_MEDICINE, _MATERIAL = "6", "7"


@dataclass(slots=True)
class _Rp:
    """Medicines taken the same way, while the lines of one Rp are read."""

    number: int
    form: Form | None
    route: Route | None
    outside: bool
    amount: int | None
    unit: str
    usage: list[str] = field(default_factory=list)
    medicines: list[Medicine] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)


def dispensings(answer: Answer, calendar: Calendar) -> Iterator[Piece]:
    """The dispensings of a form, each with what was not understood of it."""
    for form in answer.body.each("Forms"):
        doubts = Doubts(answer.where)
        data = form.at("data") or form
        on = calendar.day(data.at("IssuedDate") or data.at("Perform_Date"), doubts)
        rps = [_rp(each, number, doubts) for number, each in enumerate(data.each("Rp"), 1)]
        rps = [each for each in rps if each.medicines]
        if on is None and rps:
            doubts.add(Unreadable("medicine_no_date", name=rps[0].medicines[0].name))
        for stage in (Stage.DISPENSED, Stage.PRESCRIBED):
            of_stage = [each for each in rps if _stage(answer, each) is stage]
            if on is not None and of_stage:
                yield _found(data, on, stage, of_stage, doubts)
        yield from doubts.tell()


def _stage(answer: Answer, rp: _Rp) -> Stage:
    return Stage.PRESCRIBED if answer.kind == "prescription" or rp.outside else Stage.DISPENSED


def _found(data: Node, on: date, stage: Stage, rps: list[_Rp], doubts: Doubts) -> Piece:
    clinic = _place(data.at("Hospital"), doubts)
    doctor = doubts.text(data.at("Doctor", "Name"))
    medicines = tuple(
        replace(
            medicine,
            usage=_usage(rp, doubts),
            notes=tuple(rp.notes.get(index, ())),
            clinic_doctor=doctor,
        )
        for rp in rps
        for index, medicine in enumerate(rp.medicines)
    )
    word = Dispensing(
        id=UNNAMED,
        dispensed_on=on,
        medicines=medicines,
        clinic=clinic,
        author=Author.CARE_STAFF,
        origin=ORIGIN,
        stage=stage,
        prescribed_on=on,
    )
    return found_dispensing(word, doubts.where, clinic.name if clinic else "")


def _rp(node: Node, number: int, doubts: Doubts) -> _Rp:
    """The lines of one Rp: medicines, and what is said about how they are taken between them."""
    kind = node.at("Medical_Class").text
    form, route = _FORMS.get(kind[:2], (Form.INJECTION, Route.INJECTION) if kind[:1] == "3" else (None, None))
    amount = whole(doubts.number(node.at("Count")))
    outside = len(kind) == 3 and kind.endswith(_OUTSIDE)
    rp = _Rp(number, form, route, outside, amount, doubts.text(node.at("Unit_Name")))
    for line in node.each("Medication"):
        _take(line, rp, doubts)
    return rp


def _take(line: Node, rp: _Rp, doubts: Doubts) -> None:
    doubts.name = name = doubts.text(line.at("Name"))
    code, dose = line.at("Code").text, doubts.number(line.at("Amount"))
    if not name:
        doubts.add(Unreadable("medicine_unnamed"), code)
    elif code.startswith(_USAGE_CODE):
        rp.usage.append(name)
    elif code.startswith(_COMMENT_CODES) or (not code and dose is None):
        # A comment belongs to the medicine before it; before the first one, to how all are taken.
        if rp.medicines:
            rp.notes.setdefault(len(rp.medicines) - 1, []).append(name)
        else:
            rp.usage.append(name)
    elif code and not code.startswith((_MEDICINE, _MATERIAL)):
        doubts.add(Unreadable("orca_not_a_medicine", name=name), code)
    else:
        fits = DRUG_SYSTEMS[CodeSet.RECEIPT].fits(code)
        if code and not fits:
            doubts.add(Unreadable("code_not_used", text=shown(code, 40)))
        generic = line.at("Generic_Code").text
        medicine = Medicine(
            id=UNNAMED,
            name=name,
            dose=plain(dose),
            dose_unit=doubts.text(line.at("Unit_Name")),
            code_set=CodeSet.RECEIPT if fits else CodeSet.NONE,
            code=code if fits else "",
            generic_code=generic if DRUG_SYSTEMS[CodeSet.GENERIC].fits(generic) else "",
            route=Route.MATERIAL if code.startswith(_MATERIAL) else rp.route,
            rp=rp.number,
            author=Author.CARE_STAFF,
        )
        rp.medicines.append(medicine)


def _usage(rp: _Rp, doubts: Doubts) -> Usage:
    return Usage(
        text=doubts.fitting("　".join(rp.usage)), form=rp.form, amount=rp.amount, amount_unit=rp.unit
    )


def _place(node: Node, doubts: Doubts) -> Place | None:
    """The clinic; its name and address come in lines."""
    name = _lines(node, "Name", doubts)
    if not name:
        return None
    code, prefecture = node.at("Code").text, node.at("Prefectures_Number").text
    return Place(
        name=name,
        code=code if len(code) == 7 and code.isascii() and code.isdecimal() else "",
        prefecture=prefecture if len(prefecture) == 2 and prefecture.isascii() else "",
        phone=doubts.text(node.at("PhoneNumber")),
        postal_code=doubts.text(node.at("ZipCode"), 20),
        address=_lines(node, "Address", doubts),
    )


def _lines(node: Node, name: str, doubts: Doubts) -> str:
    return doubts.fitting(" ".join(filter(None, (doubts.text(each) for each in node.each(name)))))
