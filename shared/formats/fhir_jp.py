"""FHIR R4 as Japanese institutions and devices write it (JP Core, JP-CLINS, e-prescription, PGHD).

Medicines, allergies, diagnoses, vaccinations, vital signs and electrocardiograms.

JSON: a resource alone, a Bundle of any type, a list of them, or NDJSON. Resources tagged 未告知 or 未提供 are not for
the patient's eyes: when an institution sends them the whole file is refused; in a file of her own they stay in the
original, and only how many things are not shown is told, together with those that are no content (the cover page, the
insurance), so that nobody can tell which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece, Trouble, fhir_findings, fhir_medicines, fhir_vitals
from shared.formats.calendars import Calendar, zone_named
from shared.formats.fhir_findings import Findings
from shared.formats.fhir_medicines import Medicines
from shared.formats.fhir_people import People
from shared.formats.fhir_sheaf import LIMIT_MB, Resource, Sheaf, sheaf_of
from shared.formats.fhir_vitals import Vitals
from shared.formats.json_tree import Doubts
from shared.languages import tr
from shared.problems import Unreadable

LABEL = "FHIR（病院・診療所の書類）"

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{")
_TYPE = re.compile(rb'"resourceType"\s*:\s*"[A-Z][A-Za-z]{2,40}"')
# People and places are read where something refers to them.
_READ_BESIDE = frozenset((
    "Patient", "Practitioner", "PractitionerRole", "Organization", "Medication", "RelatedPerson", "Location",
))  # fmt: skip
# No content of their own: covers, lists, payers, what happened to the file.
_NO_CONTENT = frozenset((
    "Composition", "Encounter", "Coverage", "Communication", "List", "Provenance", "OperationOutcome", "AuditEvent",
    "BodyStructure", "Device", "Endpoint", "HealthcareService", "MessageHeader", "Subscription", "Consent",
))  # fmt: skip


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """JSON that begins with an object (or a list of them) and names the type of a resource."""
    return _BEGINNING.match(head) is not None and _TYPE.search(head) is not None


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in ``file``. `Unreadable` for what is no whole JSON, or must not be here; `TooBig` over the limit."""
    calendar = Calendar(zone_named(asked.zone))
    sheaf = sheaf_of(file.read(LIMIT_MB * 1024 * 1024 + 1))
    if asked.sent_by_institution and sheaf.any_withheld:
        raise Unreadable("fhir_withheld_sent")
    yield from sheaf.troubles
    yield from _read(sheaf, calendar, Vitals(sheaf, asked.zone))


def _read(sheaf: Sheaf, calendar: Calendar, vitals: Vitals) -> Iterator[Piece]:
    people = People(sheaf, calendar)
    doubts = Doubts(people.owner.where if people.owner else "")
    identity = people.identity(doubts)
    if identity is not None:
        yield identity
    yield from doubts.tell()
    medicines, findings = Medicines(sheaf, people, calendar), Findings(people, calendar)
    unread: Counter[str] = Counter()
    for resource in sheaf.resources:
        kind = _fate(resource, people, medicines)
        if kind == "medicine":
            yield from medicines.take(resource)
        elif kind == "finding":
            yield from findings.take(resource)
        elif kind == fhir_vitals.TYPE and (pieces := vitals.take(resource)) is not None:
            yield from pieces
        else:
            unread[kind] += 1
    yield from medicines.close()
    yield from vitals.close()
    yield from _told(unread)


def _fate(resource: Resource, people: People, medicines: Medicines) -> str:
    """What becomes of a resource: read as one of two kinds, or counted under a name."""
    if resource.withheld or (resource.type in fhir_medicines.TYPES and medicines.is_withheld(resource)):
        return "not shown"
    if resource.type in _READ_BESIDE:
        return "beside"
    if resource.type in _NO_CONTENT:
        return "not shown"
    if not people.is_hers(resource):
        return "somebody else's"
    if resource.type in fhir_medicines.TYPES:
        return "medicine"
    return "finding" if resource.type in fhir_findings.TYPES else resource.type


def _told(unread: Counter[str]) -> Iterator[Trouble]:
    """What was not read, counted; what must not be shown is one number with what is no content."""
    everywhere = tr("ファイル全体")
    for kind, count in sorted(unread.items()):
        if kind == "not shown":
            yield Trouble(everywhere, Unreadable("fhir_not_shown", count=count))
        elif kind == "somebody else's":
            yield Trouble(everywhere, Unreadable("file_other_person", count=count))
        elif kind != "beside":
            yield Trouble(everywhere, Unreadable("type_not_yet", type=_label(kind), count=count))


def _label(kind: str) -> str:
    labels = {
        "Observation": tr("検査や測定の結果"),
        "DiagnosticReport": tr("検査の報告"),
        "Procedure": tr("手術や処置"),
        "MedicationAdministration": tr("病院での薬の投与"),
        "FamilyMemberHistory": tr("家族の病歴"),
        "DocumentReference": tr("添付の書類"),
        "Binary": tr("添付の書類"),
    }
    return labels.get(kind, kind)
