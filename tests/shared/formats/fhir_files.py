"""Small FHIR resources and files for tests, written as a hospital's system would write them."""

from __future__ import annotations

import io
import json
from typing import Any

from shared.findings import Finding
from shared.formats import Answers, Found, Piece, Trouble, fhir_jp
from shared.medicines import Dispensing
from shared.problems import Problem

JP = "http://jpfhir.jp/fhir/core/"
YJ = "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code"
WITHHELD = "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication"
PRESCRIPTION = "urn:oid:1.2.392.100495.20.3.11"
Json = dict[str, Any]


def amount(value: object, unit: str = "錠") -> Json:
    return {"value": value, "unit": unit}


def days(value: object) -> Json:
    return {"value": value, "unit": "日", "system": "http://unitsofmeasure.org", "code": "d"}


def request(name: str = "アムロジピン錠", **members: Any) -> Json:
    """A MedicationRequest of 10 March 2026."""
    made: Json = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "authoredOn": "2026-03-10",
    }
    return made | members


def condition(name: str, **members: Any) -> Json:
    return {"resourceType": "Condition", "code": {"text": name}} | members


def allergy(name: str, **members: Any) -> Json:
    return {"resourceType": "AllergyIntolerance", "code": {"text": name}} | members


def tagged(code: str = "UNINFORMED", **tag: str) -> Json:
    return {"tag": [{"system": WITHHELD, "code": code, **tag}]}


def rp(number: int, index: int = 1, prescription: str = "") -> list[Json]:
    made = [
        {"system": f"{JP}mhlw/IdSystem/Medication-RPGroupNumber", "value": str(number)},
        {"system": f"{JP}mhlw/IdSystem/MedicationAdministrationIndex", "value": str(index)},
    ]
    return [*made, {"system": PRESCRIPTION, "value": prescription}] if prescription else made


def bundle(*resources: Json, kind: str = "collection", **members: Any) -> Json:
    return {
        "resourceType": "Bundle",
        "type": kind,
        "entry": [{"resource": each} for each in resources],
        **members,
    }


def read(content: object, **asked: Any) -> list[Piece]:
    """Everything in a file with that content: bytes as they are, anything else as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return list(fhir_jp.read(io.BytesIO(raw), Answers(**asked)))


def dispensings(pieces: list[Piece]) -> list[Dispensing]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, Dispensing)]


def findings(pieces: list[Piece]) -> list[Finding]:
    return [p.word for p in pieces if isinstance(p, Found) and isinstance(p.word, Finding)]


def codes(pieces: list[Piece]) -> list[str]:
    """The problem of each trouble."""
    return [p.problem.code for p in pieces if isinstance(p, Trouble) and isinstance(p.problem, Problem)]


def keys(pieces: list[Piece]) -> list[str]:
    return [p.source_id for p in pieces if isinstance(p, Found)]
