"""Medicines of a FHIR file: requests are prescribed, dispenses handed out, statements only said to be taken.

What belongs to one prescription becomes one dispensing: the same groupIdentifier, else the same 処方箋ID, else the same
day, doctor and institution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from shared.formats import Piece
from shared.formats.calendars import Calendar
from shared.formats.clinic_keys import UNNAMED
from shared.formats.fhir_codes import PRESCRIPTION_ID, RP_INDEX, RP_NUMBER, Coded, drug, extension, identifier
from shared.formats.fhir_dosage import Taken, amounts, taken
from shared.formats.fhir_people import People, department_of
from shared.formats.fhir_sheaf import Resource, Sheaf
from shared.formats.fhir_slips import About, Group, Line, Slips
from shared.formats.json_tree import Doubts, Node, plain, shown, whole
from shared.languages import tr
from shared.medicines import Author, Medicine, Stage
from shared.medicines_schema import SHORT
from shared.problems import Problem, Unreadable

_STAGES = {
    "MedicationRequest": Stage.PRESCRIBED,
    "MedicationDispense": Stage.DISPENSED,
    "MedicationStatement": Stage.STATED,
}
TYPES = tuple(_STAGES)
# Where each of them says since when; the first that is there.
_DAYS = {
    Stage.PRESCRIBED: (("authoredOn",),),
    Stage.DISPENSED: (("whenHandedOver",), ("whenPrepared",)),
    Stage.STATED: (("effectiveDateTime",), ("effectivePeriod", "start"), ("dateAsserted",)),
}
# 処方箋 among the types of documents: its author is who prescribed.
_PRESCRIPTION_DOCUMENT = "57833-6"


class Medicines:
    """Reads the medicines of one sheaf."""

    def __init__(self, sheaf: Sheaf, people: People, calendar: Calendar) -> None:
        self._sheaf = sheaf
        self._people = people
        self._calendar = calendar
        self._slips = Slips()

    def take(self, resource: Resource) -> Iterator[Piece]:
        """Read one resource: what was not understood of it. The dispensings come at the end."""
        doubts = Doubts(resource.where)
        try:
            self._slips.add(self._line(resource, doubts), resource.where)
        except Problem as problem:
            doubts.add(problem, doubts.name)
        yield from doubts.tell()

    def close(self) -> Iterator[Piece]:
        """The dispensings."""
        yield from self._slips.close()

    def is_withheld(self, resource: Resource) -> bool:
        """Whether its medicine is a resource that must not be shown."""
        found = self._sheaf.lead(resource.node.at("medicationReference"), resource)
        return found is not None and found.withheld

    def _line(self, resource: Resource, doubts: Doubts) -> Line:
        stage, node = _STAGES[resource.type], resource.node
        drugs = self._drugs(resource, doubts)
        doubts.name = "・".join(each.text for each, _ in drugs)
        _look_at_status(node, doubts)
        on = self._on(node, stage, doubts)
        if on is None:
            raise Unreadable("medicine_no_date", name=doubts.name)
        about = self._about(resource, stage, doubts)
        medicines = self._medicines(resource, drugs, about, doubts)
        starts_on = medicines[0].usage.starts_on
        if stage is Stage.PRESCRIBED and starts_on is not None and starts_on < on:
            doubts.add(Unreadable("fhir_starts_before", name=doubts.name, starts_on=starts_on, on=on))
        return Line(
            stage=stage,
            on=on,
            group=_group(resource, stage, on),
            place=(_small(node, RP_NUMBER), _small(node, RP_INDEX), resource.number),
            medicines=medicines,
            about=about,
            prescription_id=_prescription_id(node),
            prescribed_on=on if stage is Stage.PRESCRIBED else self._prescribed_on(resource, doubts),
            valid_until=self._calendar.day(node.at("dispenseRequest", "validityPeriod", "end"), doubts),
            refills=_refills(node, doubts),
        )

    def _drugs(self, resource: Resource, doubts: Doubts) -> list[tuple[Coded, Node]]:
        """The medicines of a line with the strength of each; more than one only where a Medication mixes them."""
        node = resource.node
        found = self._sheaf.lead(node.at("medicationReference"), resource)
        medication = Node() if found is None else found.node
        concepts = [(node.at("medicationCodeableConcept"), Node()), (medication.at("code"), Node())]
        concepts += [
            (each.at("itemCodeableConcept"), each.at("strength", "numerator"))
            for each in medication.each("ingredient")
        ]
        drugs = [(drug(concept, doubts), strength) for concept, strength in concepts if concept]
        # A Medication with a code of its own is one medicine, whatever it consists of.
        own = [each for each in drugs if each[0].text and not each[1]]
        drugs = own[:1] or [each for each in drugs if each[0].text]
        if not drugs and (said := doubts.text(node.at("medicationReference", "display"))):
            drugs = [(Coded(said), Node())]
        if not drugs:
            raise Unreadable("medicine_unnamed")
        return drugs

    def _medicines(
        self, resource: Resource, drugs: list[tuple[Coded, Node]], about: About, doubts: Doubts
    ) -> tuple[Medicine, ...]:
        how = self._taken(resource, doubts)
        notes = tuple(filter(None, (doubts.text(each.at("text")) for each in resource.node.each("note"))))
        made = []
        for coded, strength in drugs:
            dose = how
            if len(drugs) > 1:  # each has its own amount in the mixture
                amount, unit = plain(doubts.number(strength.at("value"))), doubts.text(strength.at("unit"))
                dose = replace(how, dose=amount, dose_unit=unit, usage=replace(how.usage, single_dose=""))
            medicine = Medicine(
                id=UNNAMED,
                name=coded.text,
                dose=dose.dose,
                dose_unit=dose.dose_unit,
                code_set=coded.code_set,
                code=coded.code,
                generic_name=coded.generic_name,
                generic_code=coded.generic_code,
                route=dose.route,
                usage=dose.usage,
                rp=_small(resource.node, RP_NUMBER),
                clinic_doctor=about.doctor,
                department=about.department,
                author=about.author,
                notes=notes,
            )
            made.append(medicine)
        return tuple(made)

    def _taken(self, resource: Resource, doubts: Doubts) -> Taken:
        node = resource.node
        if resource.type == "MedicationDispense":
            given = amounts(node.at("quantity"), node.at("daysSupply"), Node(), doubts)
        else:
            asked = node.at("dispenseRequest")
            times = extension(asked, "JP_MedicationRequest_DispenseRequest_ExpectedRepeatCount")
            given = amounts(
                asked.at("quantity"), asked.at("expectedSupplyDuration"), times.at("valueInteger"), doubts
            )
        dosages = [*node.each("dosageInstruction"), *node.each("dosage")]
        how = taken(dosages, given, self._calendar, doubts)
        period = node.at("effectivePeriod")
        if resource.type == "MedicationStatement" and period:
            starts, ends = (self._calendar.day(period.at(name), doubts) for name in ("start", "end"))
            usage = how.usage
            usage = replace(usage, starts_on=usage.starts_on or starts, ends_on=usage.ends_on or ends)
            how = replace(how, usage=usage)
        return how

    def _about(self, resource: Resource, stage: Stage, doubts: Doubts) -> About:
        node, people = resource.node, self._people
        if stage is Stage.STATED:
            source = [node.at("informationSource")]
            clinic = next(people.places(iter(source), resource, doubts), None)
            return About(clinic=clinic, author=people.author(iter(source), resource))
        if stage is Stage.PRESCRIBED:
            return self._prescriber(resource, doubts)
        actors = [each.at("actor") for each in node.each("performer")]
        names = (people.practitioner(each, resource, doubts) for each in actors)
        request = self._request(resource)
        prescriber = self._prescriber(request, doubts) if request else About()
        return replace(
            prescriber,
            pharmacy=next(people.places(iter(actors), resource, doubts), None),
            pharmacist=next(filter(None, names), ""),
            author=Author.CARE_STAFF,
        )

    def _prescriber(self, resource: Resource, doubts: Doubts) -> About:
        """The doctor and clinic of a request; in a prescription document its authors, where the request names none."""
        people = self._people
        holder, said = (
            resource,
            [each for each in (resource.node.at("requester"), resource.node.at("recorder")) if each],
        )
        if not said:
            for document in self._sheaf.of("Composition"):
                kinds = [coding.at("code").text for coding in document.node.each("type", "coding")]
                if _PRESCRIPTION_DOCUMENT in kinds:
                    holder, said = document, list(document.node.each("author"))
        names = (people.practitioner(each, holder, doubts) for each in said)
        departments = (people.department(each, holder, doubts) for each in said)
        return About(
            clinic=next(people.places(iter(said), holder, doubts), None),
            doctor=next(filter(None, names), ""),
            department=department_of(resource.node, doubts) or next(filter(None, departments), ""),
            author=Author.CARE_STAFF,
        )

    def _request(self, resource: Resource) -> Resource | None:
        """The request that a dispense fulfils, where it is in the file and may be looked at."""
        for each in resource.node.each("authorizingPrescription"):
            found = self._sheaf.lead(each, resource)
            if found is not None and found.type == "MedicationRequest" and not found.withheld:
                return found
        return None

    def _prescribed_on(self, resource: Resource, doubts: Doubts) -> date | None:
        request = self._request(resource)
        return None if request is None else self._calendar.day(request.node.at("authoredOn"), doubts)

    def _on(self, node: Node, stage: Stage, doubts: Doubts) -> date | None:
        days = (self._calendar.day(node.at(*names), doubts) for names in _DAYS[stage])
        return next((day for day in days if day is not None), None)


def _look_at_status(node: Node, doubts: Doubts) -> None:
    """What was never hers raises; what may be over is told and kept, because it may still be taken."""
    not_hers = {
        "entered-in-error": tr("まちがいで書かれたもの"),
        "cancelled": tr("取り消されたもの"),
        "draft": tr("下書き"),
        "declined": tr("渡さなかったもの"),
        "not-taken": tr("飲んでいないもの"),
        "preparation": tr("準備中"),
        "proposal": tr("提案"),
        "plan": tr("予定"),
        "option": tr("選べるもの"),
    }
    ask = {"stopped": tr("中止"), "on-hold": tr("お休み中"), "intended": tr("予定")}
    for said in (node.at("status").text, node.at("intent").text):
        if said in not_hers:
            raise Unreadable("status_not_kept", name=doubts.name, status=not_hers[said])
        if said in ask:
            doubts.add(Unreadable("status_to_ask", name=doubts.name, status=ask[said]))
    if node.at("doNotPerform").value is True:
        raise Unreadable("status_not_kept", name=doubts.name, status=tr("出さないという指示"))


def _group(resource: Resource, stage: Stage, on: date) -> Group:
    """What all lines of one prescription have in common."""
    node, day = resource.node, on.isoformat()
    grouped = node.at("groupIdentifier")
    if grouped.at("value").text:
        return (stage, day, "group", grouped.at("system").text, grouped.at("value").text)
    if number := _prescription_id(node):
        return (stage, day, "number", number)
    who = node.at("requester") or node.at("informationSource")
    place = extension(node, "JP_eCS_InstitutionNumber").at("valueIdentifier", "value").text
    return (stage, day, "day", who.at("reference").text, place)


def _prescription_id(node: Node) -> str:
    """The 処方箋ID; some writers put the RP and the number within behind it, which are no part of it."""
    for each in node.each("identifier"):
        system, number = each.at("system").text, each.at("value").text
        if (system == PRESCRIPTION_ID or system.startswith(PRESCRIPTION_ID + ".")) and number:
            tail = f".{identifier(node, RP_NUMBER)}.{identifier(node, RP_INDEX)}"
            return shown(number.removesuffix(tail), SHORT)
    return ""


def _small(node: Node, systems: tuple[str, ...]) -> int:
    """An RP number, or 0 for none."""
    text = identifier(node, systems)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0


def _refills(node: Node, doubts: Doubts) -> int | None:
    """How many times in all: FHIR counts the repeats after the first."""
    repeats = whole(doubts.number(node.at("dispenseRequest", "numberOfRepeatsAllowed")), 98)
    return repeats + 1 if repeats else None
