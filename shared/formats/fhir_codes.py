"""Coding systems as Japanese FHIR files name them: by URL and by ``urn:oid`` alike, and a concept in our own words.

Source: the table of both columns in JP Core's guide (OID to URL), formats/fhir-jp.md section 4.2. From memory, so only
taken where the code has the right shape too: 20.2.71 (receipt code) and 20.2.72 (price list).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.codes import DRUG_SYSTEMS, FINDING_SYSTEMS, CodeSystem
from shared.findings import FindingCodeSet
from shared.formats.json_tree import Doubts, Node, shown
from shared.medicines import CodeSet
from shared.medicines_schema import SHORT
from shared.problems import Unreadable

_OID = "urn:oid:1.2.392."
_JP = "http://jpfhir.jp/fhir/core/"

DRUGS: dict[str, CodeSet] = {
    "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code": CodeSet.YJ,
    f"{_OID}100495.20.2.73": CodeSet.YJ,
    f"{_OID}100495.20.1.73": CodeSet.YJ,  # so in the e-prescription's own examples of 2020
    f"{_OID}100495.20.2.72": CodeSet.PRICE_LIST,
    f"{_OID}100495.20.2.71": CodeSet.RECEIPT,
    f"{_JP}mhlw/CodeSystem/MedicationGeneralOrderCode": CodeSet.GENERIC,
    f"{_OID}100495.20.2.81": CodeSet.GENERIC,
    "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun": CodeSet.GENERIC,
    "http://medis.or.jp/CodeSystem/master-HOT7": CodeSet.HOT,
    "http://medis.or.jp/CodeSystem/master-HOT9": CodeSet.HOT,
    "http://medis.or.jp/CodeSystem/master-HOT13": CodeSet.HOT,
    f"{_OID}200119.4.403.2": CodeSet.HOT,
    f"{_OID}200119.4.403.1": CodeSet.HOT,
    f"{_OID}200119.4.402.1": CodeSet.HOT,
    f"{_OID}100495.20.2.74": CodeSet.HOT,
}
# What the checks can use best comes first: an ingredient follows from the first seven digits of the first three.
_BEST = (CodeSet.YJ, CodeSet.PRICE_LIST, CodeSet.GENERIC, CodeSet.RECEIPT, CodeSet.HOT)

FINDINGS: dict[str, FindingCodeSet] = {
    "http://hl7.org/fhir/sid/icd-10": FindingCodeSet.ICD10,
    f"{_JP}mhlw/CodeSystem/ICD10-2013-full": FindingCodeSet.ICD10,
    f"{_JP}mhlw/CodeSystem/ICD10-2013-3digits": FindingCodeSet.ICD10,
    "http://medis.or.jp/CodeSystem/master-disease-exCode": FindingCodeSet.DISEASE_EXCHANGE,
    f"{_OID}200119.4.101.6": FindingCodeSet.DISEASE_EXCHANGE,
    "http://medis.or.jp/CodeSystem/master-disease-keyNumber": FindingCodeSet.DISEASE_KEY,
    f"{_OID}200119.4.101.2": FindingCodeSet.DISEASE_KEY,
    **{system: FindingCodeSet.YJ for system, code_set in DRUGS.items() if code_set is CodeSet.YJ},
}
# J-FAGY has three lists (food, neither, medication), the last one under /GCM/.
_JFAGY = re.compile(re.escape(_JP) + r"CodeSystem/(?:GCM/)?JP_Jfagy[A-Za-z]*Allergen_CS", re.ASCII)
_BEST_FINDINGS = (
    FindingCodeSet.JFAGY,
    FindingCodeSet.ICD10,
    FindingCodeSet.YJ,
    FindingCodeSet.DISEASE_EXCHANGE,
    FindingCodeSet.DISEASE_KEY,
)

# One OID too short in an example of the referral letter.
USAGE = (
    "http://jami.jp/CodeSystem/MedicationUsage",
    f"{_OID}200250.2.2.20.20",
    f"{_OID}200250.2.2.20",
    f"{_JP}mhlw/CodeSystem/MedicationUsage_ePrescription",
)
USAGE_MORE = ("http://jami.jp/CodeSystem/MedicationUsageAdditional", f"{_OID}200250.2.2.20.22")
METHOD = (
    "http://jami.jp/CodeSystem/MedicationMethodBasicUsage",
    "http://jami.jp/CodeSystem/MedicationMethodDetailUsage",
    f"{_OID}200250.2.2.20.30",
    f"{_OID}200250.2.2.20.40",
)
SITE = ("http://jami.jp/CodeSystem/MedicationBodySiteExternal", f"{_OID}200250.2.2.20.32")
ROUTES = (
    f"{_JP}CodeSystem/route-codes",
    "http://jpfhir.jp/fhir/ePrescription/CodeSystem/route-codes",
    f"{_OID}100495.20.2.34",
)
UNITS_OF_TIME = ("http://unitsofmeasure.org",)
RP_NUMBER = (f"{_JP}mhlw/IdSystem/Medication-RPGroupNumber", f"{_OID}100495.20.3.81")
RP_INDEX = (f"{_JP}mhlw/IdSystem/MedicationAdministrationIndex", f"{_OID}100495.20.3.82")
PRESCRIPTION_ID = f"{_OID}100495.20.3.11"
PREFECTURE = "JP_Organization_PrefectureNo"
SCORE_TABLE = "JP_Organization_InsuranceOrganizationCategory"
INSTITUTION = "JP_Organization_InsuranceOrganizationNo"


@dataclass(frozen=True, slots=True)
class Coded:
    """A concept: the words for it, the best code that can be one, and the general-name code beside it."""

    text: str
    code_set: CodeSet = CodeSet.NONE
    code: str = ""
    generic_code: str = ""
    generic_name: str = ""


@dataclass(frozen=True, slots=True)
class CodedFinding:
    """The same of a finding."""

    text: str
    code_set: FindingCodeSet = FindingCodeSet.NONE
    code: str = ""


def drug(concept: Node, doubts: Doubts) -> Coded:
    """A medicine by its CodeableConcept. Where nobody wrote a name, the code has to do."""
    found: dict[CodeSet, Node] = {}
    for coding in concept.each("coding"):
        code_set = DRUGS.get(coding.at("system").text)
        if code_set is not None and _fits(DRUG_SYSTEMS[code_set], coding, doubts):
            found.setdefault(code_set, coding)
    best = next((each for each in _BEST if each in found), CodeSet.NONE)
    code = found[best].at("code").text if best in found else ""
    generic = found.get(CodeSet.GENERIC, Node())
    return Coded(
        words(concept, doubts, found.get(best, Node())) or code,
        best,
        code,
        generic.at("code").text,
        doubts.text(generic.at("display")),
    )


def finding(concept: Node, doubts: Doubts) -> CodedFinding:
    """What was found by its CodeableConcept."""
    found: dict[FindingCodeSet, Node] = {}
    for coding in concept.each("coding"):
        system = coding.at("system").text
        code_set = FindingCodeSet.JFAGY if _JFAGY.fullmatch(system) else FINDINGS.get(system)
        if code_set is not None and _fits(FINDING_SYSTEMS[code_set], coding, doubts):
            found.setdefault(code_set, coding)
    best = next((each for each in _BEST_FINDINGS if each in found), FindingCodeSet.NONE)
    coding = found.get(best, Node())
    return CodedFinding(words(concept, doubts, coding), best, coding.at("code").text)


def words(concept: Node, doubts: Doubts, best: Node | None = None) -> str:
    """What a CodeableConcept says in words: its text, else the display of the best coding, else of any."""
    for place in (concept.at("text"), (best or Node()).at("display")):
        if said := doubts.text(place):
            return said
    shown = (doubts.text(coding.at("display")) for coding in concept.each("coding"))
    return next(filter(None, shown), "")


def code_of(concept: Node, systems: Iterable[str]) -> str:
    """The first code of one of ``systems``; a code alone, without a shape to look at."""
    for coding in concept.each("coding"):
        if coding.at("system").text in systems and len(coding.at("code").text) <= SHORT:
            return coding.at("code").text
    return ""


def identifier(node: Node, systems: Iterable[str]) -> str:
    """The value of the first identifier of one of ``systems``."""
    for each in node.each("identifier"):
        if each.at("system").text in systems and len(each.at("value").text) <= SHORT:
            return each.at("value").text
    return ""


def extension(node: Node, name: str) -> Node:
    """The first extension whose address ends in ``name``: profiles moved from one folder to another over the years."""
    for each in node.each("extension"):
        if each.at("url").text.rpartition("/")[2] == name:
            return each
    return Node()


def _fits(system: CodeSystem, coding: Node, doubts: Doubts) -> bool:
    code = coding.at("code").text
    if not code:
        return False
    if not system.fits(code):
        doubts.add(Unreadable("code_not_used", text=shown(code, 40)))
        return False
    return True
