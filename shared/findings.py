"""Findings: allergies, side effects, diagnoses, infections, immunisations; each with who says so and since when.

Source of the codes: J-FAGY for allergens (CC0), ICD-10 (2013) for diagnoses, YJ for medicines that did harm; text alone
is always enough. A finding is withdrawn, never deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from shared import clock
from shared.medicines import Author
from shared.personal_numbers import masked, refuse_my_number
from shared.problems import Invalid

T = TypeVar("T")

# The day of the person who writes may be one ahead of UTC's.
_NEXT_DAY = timedelta(days=1)
# Until when something holds may lie ahead (a treatment, the protection of a vaccine), but not for ever.
_UNTIL_WITHIN = timedelta(days=366)


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


# What must be seen first stands first.
KINDS_IN_ORDER = (
    FindingKind.ALLERGY,
    FindingKind.SIDE_EFFECT,
    FindingKind.INFECTION,
    FindingKind.DIAGNOSIS,
    FindingKind.IMMUNISATION,
    FindingKind.OTHER,
)


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


def check(finding: Finding, now: datetime | None = None) -> None:
    """Refuse what somebody cannot have meant to write: a beginning still to come, an end before it, a My Number."""
    for field, text in _own_words(finding).items():
        refuse_my_number(text, field)
    today = (now or clock.now()).date()
    if finding.since and finding.since > _reached(today + _NEXT_DAY, finding.since):
        raise Invalid("finding_future", field="since", when=finding.since)
    if finding.until and finding.until > _reached(today + _UNTIL_WITHIN, finding.until):
        raise Invalid("finding_future", field="until", when=finding.until)
    shortest = min(len(finding.since), len(finding.until))
    if finding.until[:shortest] < finding.since[:shortest]:
        raise Invalid("finding_dates", field="until", since=finding.since, until=finding.until)


def masked_finding(finding: Finding) -> Finding:
    """The finding as it may be kept from a file: numbers that name a person are ＊."""
    return replace(
        finding,
        text=masked(finding.text),
        reaction=masked(finding.reaction),
        said_by=masked(finding.said_by),
    )


def _own_words(finding: Finding) -> dict[str, str]:
    return {"text": finding.text, "reaction": finding.reaction, "said_by": finding.said_by}


def _reached(day: date, like: str) -> str:
    """``day`` as exact as ``like`` is: a year is not in the future while it lasts."""
    return day.isoformat()[: len(like)]


def in_order(things: Iterable[T], finding: Callable[[T], Finding]) -> list[T]:
    """``things`` by the kinds of their findings, allergies first; within a kind the newest beginning first."""
    found = sorted(things, key=lambda each: finding(each).text)
    found.sort(key=lambda each: finding(each).since, reverse=True)  # those without a day come last
    found.sort(key=lambda each: KINDS_IN_ORDER.index(finding(each).kind))
    return found
