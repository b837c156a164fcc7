"""The medicine checks: the same ingredient twice, pairs that must never meet, allergies, and rules of a clinic or region.

Pure: the phone gives the same answer without a network. It is never called complete: `Checked` says against which
version of the knowledge, and how many of the medicines could be checked at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.medicines import Route, Stage, Writer


class HitKind(StrEnum):
    """What was found."""

    DUPLICATE = "duplicate"
    CONTRAINDICATED = "contraindicated"
    ALLERGY = "allergy"  # an allergy or a side effect that she has told or that stands in her notebook
    RULE = "rule"  # a rule of a clinic or region


@dataclass(frozen=True, slots=True)
class Taken:
    """One medicine as the checks see it, with its period: ``starts_on`` to ``ends_on``, both days included.

    ``codes`` are price-list, YJ or generic codes (12 characters) or the seven digits of an OTC ingredient; pairs are
    matched on their beginnings. ``ends_on`` None: no end is known, it is taken still.
    """

    id: UUID
    dispensing: UUID
    name: str
    codes: tuple[str, ...]
    ingredients: frozenset[str]
    route: Route | None
    starts_on: date
    ends_on: date | None
    stage: Stage = Stage.DISPENSED
    writer: Writer = Writer.PHARMACY
    clinic: str = ""
    doctor: str = ""
    pharmacy: str = ""
    dose: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. ``first`` and ``second`` are medicines; for an allergy ``finding`` is what stands against it.

    ``ingredients`` are those that two medicines share, or that the allergy names. ``rule`` is ``same_ingredient``, the
    id of a pair (``DDI0157``), ``allergy``, or the id of a clinic's rule. ``key`` is the same for the same hit as long
    as its facts are; a mark "known" belongs to a key, so it returns when the facts change.
    """

    kind: HitKind
    rule: str
    key: str
    first: Taken
    second: Taken | None = None
    finding: UUID | None = None
    ingredients: tuple[str, ...] = ()
    condition: str = ""
    effect: str = ""
    source: str = ""
    source_url: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of one run on day ``on``: what was found, and what it was looked for in.

    ``medicines`` is how many are taken on that day or later, ``unchecked`` those of them that no list knows,
    ``unmatched`` the allergies and side effects whose words match no ingredient. ``version`` names the knowledge.
    """

    on: date
    hits: tuple[Hit, ...]
    medicines: int
    unchecked: tuple[Taken, ...]
    unmatched: tuple[UUID, ...]
    version: str

    @property
    def checked(self) -> int:
        """How many medicines could be checked."""
        return self.medicines - len(self.unchecked)
