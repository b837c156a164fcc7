"""Hiding: what she keeps from those she shares her medicines with. They learn that something is hidden, not what.

A hidden medicine leaves every list, dose and mark that others see; the checks still look at it. Courses are known by
every key that they may have been called by, so that a new drug list uncovers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.drugs.knowing import knowledge_now
from backend.medicines.things import THINGS
from shared.consent import Right, Scope
from shared.drug_knowledge import Knowledge
from shared.drug_periods import is_hidden, name_key
from shared.marks import Hiding
from shared.medicines import Dispensing
from shared.sync import Word

READ: Part = (Scope.MEDICINES, Right.READ)


@dataclass(frozen=True, slots=True)
class Curtain:
    """What is hidden from a viewer. ``keys`` is empty for herself, and where nothing is hidden."""

    keys: frozenset[str] = frozenset()
    knowledge: Knowledge | None = None

    def open_part(self, slip: Dispensing) -> Dispensing | None:
        """The slip as this viewer may see it; None when nothing of it is left.

        The notes of a slip may name any of its medicines: they go with the hidden one.
        """
        knowledge = self.knowledge
        if knowledge is None:
            return slip
        shown = tuple(each for each in slip.medicines if not is_hidden(each, knowledge.of(each), self.keys))
        if len(shown) == len(slip.medicines):
            return slip
        return replace(slip, medicines=shown, notes=()) if shown else None

    def shown(self, slips: Iterable[Dispensing]) -> list[Dispensing]:
        """The slips as this viewer may see them, in their order."""
        return [part for slip in slips if (part := self.open_part(slip)) is not None]

    def hidden(self, slips: Iterable[Dispensing]) -> frozenset[UUID]:
        """The ids of the medicines that this viewer may not see."""
        if self.knowledge is None:
            return frozenset()
        parts = [(slip, self.open_part(slip)) for slip in slips]
        every = {each.id for slip, _ in parts for each in slip.medicines}
        return frozenset(every - {each.id for _, part in parts if part for each in part.medicines})


def hidden_keys(record: OpenRecord, asked: Part = READ) -> frozenset[str]:
    """The keys of every course that she hides now, whoever is looking."""
    record.must(*asked)
    hidings: list[Hiding] = THINGS.shown(record, Word.HIDING, asked=asked)
    hidden = [each for each in hidings if each.hidden]
    named = {name_key(each.name) for each in hidden if each.name.strip()}
    return frozenset({each.course_key for each in hidden} | named)


def curtain(record: OpenRecord) -> Curtain:
    """What is hidden from whoever opened the record."""
    record.must(*READ)
    return Curtain() if record.by_owner else curtain_for_others(record, READ)


def curtain_for_others(record: OpenRecord, asked: Part) -> Curtain:
    """What is hidden from everybody but her; also for what lists show of the record."""
    record.must(*asked)
    keys = hidden_keys(record, asked)
    return Curtain(keys, knowledge_now(record.session)) if keys else Curtain()
