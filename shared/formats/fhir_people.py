"""People and places of a FHIR file: whose it is, who wrote it, where. An insured person's number is never looked at."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from shared.formats import Identity
from shared.formats.calendars import Calendar
from shared.formats.fhir_codes import INSTITUTION, PREFECTURE, SCORE_TABLE, extension, words
from shared.formats.fhir_sheaf import Resource, Sheaf
from shared.formats.json_tree import Doubts, Node
from shared.medicines import Author, Place

_REPRESENTATION = "iso21090-EN-representation"
_SEXES = ("male", "female")
# The number of ten digits of an institution: prefecture, score table, its own seven.
_TEN = ("insurance-medical-institution-no",)
_PATIENTS = ("Patient", "RelatedPerson")


class People:
    """Who is who in one sheaf."""

    def __init__(self, sheaf: Sheaf, calendar: Calendar) -> None:
        self._sheaf = sheaf
        self._calendar = calendar
        self.owner = self._owner()
        self._subjects = Subjects(sheaf, self.owner)

    def identity(self, doubts: Doubts) -> Identity | None:
        """Whose file it says it is."""
        if self.owner is None:
            return None
        node = self.owner.node
        sex = node.at("gender").text
        return Identity(
            name=_name(node, "IDE", doubts),
            name_kana=_name(node, "SYL", doubts),
            sex=sex if sex in _SEXES else "",
            born_on=self._calendar.written(node.at("birthDate"), doubts),
        )

    def is_hers(self, resource: Resource) -> bool:
        """False where its subject is somebody else than the one whom this file is of."""
        return self._subjects.are_hers(resource)

    def places(self, references: Iterator[Node], holder: Resource, doubts: Doubts) -> Iterator[Place]:
        """The institutions that references lead to, through a role or a department too."""
        for each in references:
            found = self._institution(self._sheaf.lead(each, holder), doubts)
            if found is not None:
                yield found

    def practitioner(self, reference: Node, holder: Resource, doubts: Doubts) -> str:
        """The name of a doctor or pharmacist: as the resource says, else as the reference shows it."""
        found = self._sheaf.lead(reference, holder)
        if found is not None and found.withheld:
            return ""
        if found is not None and found.type == "PractitionerRole":
            return self.practitioner(found.node.at("practitioner"), found, doubts)
        if found is not None and found.type in ("Practitioner", *_PATIENTS):
            return _name(found.node, "IDE", doubts)
        if found is not None or self._kind(reference) in ("Organization", *_PATIENTS):
            return ""
        return doubts.text(reference.at("display")) if self._kind(reference) == "Practitioner" else ""

    def department(self, reference: Node, holder: Resource, doubts: Doubts) -> str:
        """The department, where a reference leads to one."""
        found = self._sheaf.lead(reference, holder)
        if found is None or found.withheld or not found.node.at("partOf"):
            return ""
        return doubts.text(found.node.at("name"))

    def wrote_the_document(self, doubts: Doubts) -> str:
        """The institution that a document (a referral, a summary) is from; empty for what is no document."""
        for document in self._sheaf.of("Composition"):
            said = [*document.node.each("author"), *document.node.each("custodian")]
            for place in self.places(iter(said), document, doubts):
                return place.name
        return ""

    def author(self, references: Iterator[Node], holder: Resource) -> Author:
        """Who says so: she (or her family), or care staff; unknown where nobody is named."""
        kinds = [found.type if found else self._kind(each) for each, found in self._led(references, holder)]
        if any(kind in _PATIENTS for kind in kinds):
            return Author.PATIENT
        return Author.CARE_STAFF if any(kinds) else Author.UNKNOWN

    def _led(self, references: Iterator[Node], holder: Resource) -> Iterator[tuple[Node, Resource | None]]:
        for each in references:
            if each:
                yield each, self._sheaf.lead(each, holder)

    def _kind(self, reference: Node) -> str:
        """The type that a reference names by itself."""
        parts = reference.at("reference").text.split("/")
        return reference.at("type").text or (parts[-2] if len(parts) > 1 else "")

    def _owner(self) -> Resource | None:
        for document in self._sheaf.of("Composition"):
            subject = self._sheaf.lead(document.node.at("subject"), document)
            if subject is not None and subject.type == "Patient":
                return None if subject.withheld else subject
        return next(iter(self._sheaf.of("Patient")), None)

    def _institution(self, found: Resource | None, doubts: Doubts) -> Place | None:
        for _ in range(3):  # role -> department -> institution
            if found is None or found.withheld:
                return None
            above = "organization" if found.type == "PractitionerRole" else "partOf"
            upper = self._sheaf.lead(found.node.at(above), found)
            if upper is None or upper == found:
                break
            found = upper
        return _place(found.node, doubts) if found is not None and found.type == "Organization" else None


class Subjects:
    """Whom the resources of a sheaf are about: ``owner``, or where it is not in the file whom the first names.

    Somebody who is not in the file can be the owner only where nothing else in the file is about her: institutions
    number people each in their own way.
    """

    def __init__(self, sheaf: Sheaf, owner: Resource | None) -> None:
        self._sheaf = sheaf
        self._owner = owner
        self._known: dict[str, bool | None] = {}
        self._absent = ""
        self._look_through()

    def are_hers(self, resource: Resource) -> bool:
        """Whether a resource is about her; one that names nobody is."""
        for reference in _about(resource):
            address = reference.at("reference").text
            if address not in self._known:
                verdict = self._verdict(reference, resource)
                if address.startswith("#"):  # each resource has its own
                    self._known.pop(address, None)
                else:
                    self._known[address] = verdict
            else:
                verdict = self._known[address]
            if verdict is not None:
                return verdict
        return True

    def _look_through(self) -> None:
        """Find who she is where the file does not hold her, and whether anything is about her where it does."""
        seen: set[str] = set()
        absent, present = "", False
        for resource in self._sheaf.resources:
            for reference in () if resource.withheld else _about(resource):
                address = reference.at("reference").text
                if address in seen:
                    continue
                if not address.startswith("#"):
                    seen.add(address)
                found = self._sheaf.lead(reference, resource)
                if found is None:
                    absent = absent or _person(reference)
                elif found.type == "Patient":
                    self._owner = self._owner or found
                    present = present or self._is_owner(found)
        self._absent = "" if present else absent

    def _verdict(self, reference: Node, holder: Resource) -> bool | None:
        found = self._sheaf.lead(reference, holder)
        if found is None:
            person = _person(reference)
            return person == self._absent if person else None
        return self._is_owner(found) if found.type == "Patient" else None

    def _is_owner(self, found: Resource) -> bool:
        """One person has a Patient in each institution's file: the same name and day of birth is the same person."""
        if self._owner is None or found is self._owner:
            return True
        hers = _essence(self._owner)
        return _essence(found) == hers and (any(hers) or found.id == self._owner.id)


def _about(resource: Resource) -> Iterator[Node]:
    tree = resource.node.value
    if isinstance(tree, dict):
        for name in ("subject", "patient"):
            if name in tree:
                yield Node(tree[name])


def _person(reference: Node) -> str:
    """Under what a person is referred to who is not in the file; empty for no person."""
    address = reference.at("reference").text.partition("/_history/")[0].partition("|")[0]
    if address.startswith("urn:"):
        return address if reference.at("type").text in ("", "Patient") else ""
    parts = address.split("/")
    return "/".join(parts[-2:]) if parts[-2:-1] == ["Patient"] else ""


def _essence(patient: Resource) -> tuple[str, str]:
    """Name and day of birth."""
    quiet = Doubts("")
    name = unicodedata.normalize(
        "NFKC", _name(patient.node, "IDE", quiet) or _name(patient.node, "SYL", quiet)
    )
    return "".join(name.split()).casefold(), patient.node.at("birthDate").text


def _place(node: Node, doubts: Doubts) -> Place | None:
    """A pharmacy, clinic or hospital."""
    name = doubts.text(node.at("name"))
    if not name:
        return None
    ten = next((n.at("value").text for n in node.each("identifier") if _is_ten(n)), "")
    phones = (each for each in node.each("telecom") if each.at("system").text == "phone")
    address = next(node.each("address"), Node())
    return Place(
        name=name,
        code=_coded(node, INSTITUTION, 7) or ten[3:],
        prefecture=_coded(node, PREFECTURE, 2) or ten[:2],
        score_table=_coded(node, SCORE_TABLE, 1) or ten[2:3],
        phone=doubts.text(next(phones, Node()).at("value")),
        postal_code=doubts.text(address.at("postalCode"), 20),
        address=doubts.text(address.at("text")),
    )


def _is_ten(identifier: Node) -> bool:
    value = identifier.at("value").text
    return (
        identifier.at("system").text.endswith(_TEN)
        and len(value) == 10
        and value.isascii()
        and value.isdecimal()
    )


def _coded(node: Node, name: str, length: int) -> str:
    """A number of an institution, which profiles write as Coding or as Identifier."""
    found = extension(node, name)
    code = found.at("valueCoding", "code").text or found.at("valueIdentifier", "value").text
    return code if len(code) == length and code.isascii() and code.isdecimal() else ""


def _name(node: Node, representation: str, doubts: Doubts) -> str:
    """The name in kanji (IDE) or kana (SYL); one that does not say which is the one in kanji."""
    for each in node.each("name"):
        written = extension(each, _REPRESENTATION).at("valueCode").text
        if written == representation or (not written and representation == "IDE"):
            parts = [each.at("family"), *each.each("given")]
            return doubts.text(each.at("text")) or " ".join(filter(None, map(doubts.text, parts)))
    return ""


def department_of(node: Node, doubts: Doubts) -> str:
    """The department that issued a resource (JP_eCS_Department)."""
    return words(extension(node, "JP_eCS_Department").at("valueCodeableConcept"), doubts)
