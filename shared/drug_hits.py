"""What the medicine checks look at and what they answer: medicines with their periods, hits, how far was looked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from shared.findings import Finding
from shared.medicines import Route, Stage, Writer


class HitKind(StrEnum):
    """What was found. The order is that of their weight."""

    CONTRAINDICATED = "contraindicated"
    ALLERGY = "allergy"  # an allergy or a side effect that she has told or that stands in her notebook
    DUPLICATE = "duplicate"
    RULE = "rule"  # a rule of a clinic or of the house


@dataclass(frozen=True, slots=True)
class Taken:
    """One medicine as the checks see it, with its period: ``starts_on`` to ``ends_on``, both days included.

    ``codes`` are price-list, YJ or generic codes (12 characters) or the seven digits of an OTC ingredient; pairs are
    matched on their beginnings. ``ends_on`` None: no end is known, it is taken still. ``days_known`` false: the end is
    the flat 14 days and nobody's word. ``counts_until`` is the last day on which a prescription that nobody has filled
    is looked at. ``course`` is `course_key`; ``clinic_code`` the prescriber's number, where known.
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
    course: str = ""
    clinic_code: str = ""
    days_known: bool = True
    counts_until: date | None = None

    def is_current(self, on: date) -> bool:
        """Whether it is taken on that day or still to be taken after it."""
        return (self.ends_on is None or self.ends_on >= on) and self.still_counts(on)

    def still_counts(self, on: date) -> bool:
        """False for a prescription that nobody filled while it was valid."""
        return self.counts_until is None or on <= self.counts_until


@dataclass(frozen=True, slots=True)
class Against:
    """What medicines are held against besides each other: what is known of the person.

    ``born_on`` None: rules about an age cannot be judged. ``facilities`` are clinics whose own rules count for her, by
    name, besides those that gave her medicines.
    """

    findings: tuple[Finding, ...] = ()
    born_on: date | None = None
    facilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. ``first`` and ``second`` are medicines; for an allergy ``finding`` is what stands against it.

    ``ingredients`` are those that two medicines share, or that the allergy names. ``rule`` is ``same_ingredient``, the
    id of a pair (``DDI0157``), ``allergy``, or the id of a clinic's rule. ``key`` is the same for the same hit as long
    as its facts are; a mark "known" belongs to a key, so it returns when the facts change. ``said`` is the finding in
    its own words, or what a clinic's rule gives as its reason; ``from_on`` to ``until_on`` the days it is about
    (None: no end is known). ``washout_days`` is set where they have no day in common; ``strength_unknown`` where the
    rule is about a strength that nobody wrote down.
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
    said: str = ""
    washout_days: int = 0
    strength_unknown: bool = False

    @property
    def has_hidden(self) -> bool:
        """Whether a medicine that she hides from others takes part."""
        return self.first.hidden or (self.second is not None and self.second.hidden)


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer of one run on day ``on``: what was found, and what it was looked for in.

    ``medicines`` is how many different ones are taken on that day or later, ``unchecked`` those of them that no list
    knows, ``unmatched`` the allergies and side effects whose words match no ingredient, ``undecided`` the rules that
    could not be judged for want of a birthday. ``version`` names the knowledge. ``hidden_hits`` are those that
    `for_others` left out, ``more_hits`` those beyond the most that are told.
    """

    on: date
    hits: tuple[Hit, ...]
    medicines: int
    unchecked: tuple[Taken, ...]
    unmatched: tuple[UUID, ...]
    version: str
    undecided: tuple[UUID, ...] = ()
    hidden_hits: int = 0
    more_hits: int = 0

    @property
    def checked(self) -> int:
        """How many medicines could be checked."""
        return self.medicines - len(self.unchecked)


def for_others(checked: Checked) -> Checked:
    """The answer for those she shares her medicines with: of a hit with a hidden medicine only that it exists.

    Its key stays away too, since it is made of the medicine; nor is a hidden medicine named among the unchecked.
    """
    shown = tuple(hit for hit in checked.hits if not hit.has_hidden)
    open_to_see = tuple(each for each in checked.unchecked if not each.hidden)
    unseen = len(checked.unchecked) - len(open_to_see)
    return replace(
        checked,
        hits=shown,
        unchecked=open_to_see,
        medicines=checked.medicines - unseen,
        hidden_hits=checked.hidden_hits + len(checked.hits) - len(shown),
    )


def days_later(day: date, days: int) -> date:
    """``days`` after ``day`` (before it, where they are negative), as far as the calendar goes."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
