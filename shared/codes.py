"""Coding systems: each with its own shape, so that a LOINC code cannot slip in where a JLAC10 code belongs.

A shape says what can be a code of the system, not that the code exists: that is for the masters to say.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.findings import FindingCodeSet
from shared.languages import tr
from shared.medicines import CodeSet
from shared.problems import Invalid


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """One coding system: our name, its FHIR URI ('' where none is sure), and what its codes look like."""

    name: str
    uri: str
    shape: re.Pattern[str]
    check: Callable[[str], bool] | None = None

    def fits(self, code: str) -> bool:
        """Whether ``code`` can be one of this system (shape, and the check digit where the system has one)."""
        return self.shape.fullmatch(code) is not None and (self.check is None or self.check(code))


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a system. `Invalid` ``code_wrong`` for one that cannot be of it."""

    system: CodeSystem
    code: str

    def __post_init__(self) -> None:
        if not self.system.fits(self.code):
            raise Invalid("code_wrong", system=tr(self.system.name), code=self.code)


def _loinc_check(code: str) -> bool:
    """LOINC's last digit is a mod 10 (Luhn) check of the digits before the hyphen."""
    digits, _, check = code.partition("-")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10 == int(check)


def _system(name: str, uri: str, shape: str, check: Callable[[str], bool] | None = None) -> CodeSystem:
    return CodeSystem(name, uri, re.compile(shape, re.ASCII), check)


# URIs: the URL column of formats/fhir-jp.md section 4.2; '' where none was found.
LOINC = _system("LOINC", "http://loinc.org", r"[1-9]\d{0,6}-\d", _loinc_check)
# Items of the specific health checkup, 17 characters, as its implementation guide writes them.
JLAC10 = _system("JLAC10", "urn:oid:1.2.392.200119.6.1005", r"[0-9A-Z]{17}")
JP_BODY = _system(
    "JP Core 身体計測", "http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationBodyMeasurementCode_CS", r"\d{8}"
)
NURSING = _system("看護観察", "http://medis.or.jp/CodeSystem/master-nursingObservationKeyCode", r"\d{8}")
JAMI_USAGE = _system("JAMI 用法", "http://jami.jp/CodeSystem/MedicationUsage", r"[0-9A-Z]{16}")

# Shapes: formats/jahis-techo.md section 1.3 and the rows of the masters; YJ's check digit is not published.
_TWELVE = r"\d{7}[0-9A-Z]\d{4}"
DRUG_SYSTEMS: dict[CodeSet, CodeSystem] = {
    CodeSet.RECEIPT: _system("レセ電", "", r"\d{9}"),
    CodeSet.PRICE_LIST: _system("薬価基準", "", _TWELVE),
    CodeSet.YJ: _system("YJ", "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code", _TWELVE),
    CodeSet.HOT: _system("HOT", "http://medis.or.jp/CodeSystem/master-HOT13", r"\d{7}|\d{9}|\d{11}|\d{13}"),
    CodeSet.GENERIC: _system(
        "一般名",
        "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationGeneralOrderCode",
        r"\d{7}[0-9A-Z]{2}ZZZ",
    ),
}

# Shapes: J-FAGY's own list (its first level is 00F and 00N) and its note that a medicine is YCM before its YJ code;
# ICD-10 with or without its point, as Japanese files have both; the receipt's and MEDIS's codes from memory and the few
# examples at hand, not verified against their masters.
FINDING_SYSTEMS: dict[FindingCodeSet, CodeSystem] = {
    FindingCodeSet.JFAGY: _system(
        "J-FAGY",
        "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS",
        rf"[JD]9[FNM][0-9A-Z]\d{{8}}|00[FN]|YCM{_TWELVE}",
    ),
    FindingCodeSet.ICD10: _system(
        "ICD-10",
        "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/ICD10-2013-full",
        r"[A-Z]\d\d(?:\.?\d{1,2}|\.?-)?",
    ),
    FindingCodeSet.YJ: DRUG_SYSTEMS[CodeSet.YJ],
    FindingCodeSet.RECEIPT_DISEASE: _system("レセ電の傷病名", "", r"\d{7}"),
    FindingCodeSet.DISEASE_KEY: _system(
        "病名管理番号", "http://medis.or.jp/CodeSystem/master-disease-keyNumber", r"\d{8}"
    ),
    FindingCodeSet.DISEASE_EXCHANGE: _system(
        "病名交換用コード", "http://medis.or.jp/CodeSystem/master-disease-exCode", r"[0-9A-Z]{4}"
    ),
}

_COLUMNS = {"loinc": LOINC, "jlac10": JLAC10, "jp_body": JP_BODY, "nursing": NURSING}


@cache
def of_measure(name: str) -> tuple[Code, ...]:
    """The verified codes of a measure (``weight``, ``blood_pressure.systolic``) in `rules/vital_codes.csv`."""
    path = Path(__file__).parent / "rules" / "vital_codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Code(_COLUMNS[row["system"]], row["code"])
            for row in csv.DictReader(file)
            if row["measure"] == name and row["verified"] == "yes"
        )
