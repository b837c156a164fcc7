"""Findings: allergies, side effects, diagnoses, infections, immunisations; each with who says so and since when.

Source of the codes: J-FAGY for allergens (CC0), ICD-10 (2013) for diagnoses, YJ for medicines that did harm; text alone
is always enough. A finding is withdrawn, never deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.medicines import Author


class FindingKind(StrEnum):
    """What kind of thing is known about the person."""

    ALLERGY = "allergy"
    SIDE_EFFECT = "side_effect"
    DIAGNOSIS = "diagnosis"  # a present or a past illness (既往歴)
    INFECTION = "infection"
    IMMUNISATION = "immunisation"
    OTHER = "other"


class FindingCodeSet(StrEnum):
    """The coding system of a finding."""

    NONE = "none"
    JFAGY = "jfagy"
    ICD10 = "icd10"
    YJ = "yj"
    RECEIPT_DISEASE = "receipt_disease"  # レセ電 傷病名コード, 7 digits
    DISEASE_KEY = "disease_key"  # MEDIS 病名管理番号
    DISEASE_EXCHANGE = "disease_exchange"  # MEDIS 病名交換用コード


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing known about the person. ``text`` as it was said or written; ``code`` empty where there is none.

    ``author`` and ``said_by`` (a name or a place) say who says so; ``since`` and ``until`` (the last day) as far as
    known: an ISO date, month (``2024-05``) or year, or empty. ``reaction`` is what happened (allergy, side effect).
    ``suspected`` marks 疑い. ``origin`` is the format it was read from, or ``typed``.
    """

    id: UUID
    kind: FindingKind
    text: str
    code_set: FindingCodeSet = FindingCodeSet.NONE
    code: str = ""
    since: str = ""
    until: str = ""
    author: Author = Author.UNKNOWN
    said_by: str = ""
    reaction: str = ""
    suspected: bool = False
    noted_on: date | None = None
    origin: str = ""
