"""Hiding: what she keeps from those she shares her medicines with. They learn that something is hidden, not what.

A hidden medicine leaves every list, dose and mark that others see; the checks still look at it. Courses are known by
every key that they may have been called by, so that a new drug list uncovers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from backend.consent.opened import OpenRecord, Part
from backend.drugs.knowing import knowledge_now
from backend.medicines.things import THINGS
from shared.consent import Right, Scope
from shared.drug_ingredients import folded
from shared.drug_knowledge import Knowledge
from shared.drug_periods import is_hidden, name_key
from shared.marks import Hiding
from shared.medicines import Dispensing, Medicine
from shared.sync import Word

READ: Part = (Scope.MEDICINES, Right.READ)


@dataclass(frozen=True, slots=True)
class Curtain:
    """What is hidden from a viewer. ``keys`` is empty for herself, and where nothing is hidden.

    ``names`` and ``ingredients`` are those of the hidden courses, to find them in what somebody wrote elsewhere.
    ``for_others``: whoever has the 引換番号 of a prescription can fetch her medicines with it, so it stays with her.
    """

    keys: frozenset[str] = frozenset()
    knowledge: Knowledge | None = None
    names: frozenset[str] = frozenset()
    ingredients: frozenset[str] = frozenset()
    for_others: bool = False
    _heard: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def open_part(self, slip: Dispensing) -> Dispensing | None:
        """The slip as this viewer may see it; None when nothing of it is left.

        The notes of a slip may speak of any of its medicines: they go with the hidden one. Elsewhere those texts go
        that name it.
        """
        if self.for_others and slip.exchange_number:
            slip = replace(slip, exchange_number="")
        knowledge = self.knowledge
        if knowledge is None:
            return slip
        shown = [each for each in slip.medicines if not is_hidden(each, knowledge.of(each), self.keys)]
        if not shown and slip.medicines:
            return None
        hides = len(shown) < len(slip.medicines)
        notes = () if hides else tuple(each for each in slip.notes if not self.names_it(each.text))
        medicines = tuple(self._silent(each) for each in shown)
        if notes == slip.notes and medicines == slip.medicines:
            return slip
        return replace(slip, medicines=medicines, notes=notes)

    def names_it(self, text: str) -> bool:
        """Whether a text names something hidden, as far as the lists know its names."""
        if self.knowledge is None or not text:
            return False
        if text not in self._heard:  # the same words stand on every refill
            named = any(name in folded(text) for name in self.names)
            self._heard[text] = named or not self.ingredients.isdisjoint(self.knowledge.ingredients_in(text))
        return self._heard[text]

    def _silent(self, medicine: Medicine) -> Medicine:
        usage = medicine.usage
        if not (medicine.notes or medicine.cautions or usage.notes or usage.cautions):
            return medicine
        usage = replace(usage, notes=self._others(usage.notes), cautions=self._others(usage.cautions))
        notes, cautions = self._others(medicine.notes), self._others(medicine.cautions)
        return replace(medicine, usage=usage, notes=notes, cautions=cautions)

    def _others(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(text for text in texts if not self.names_it(text))

    def shown(self, slips: Iterable[Dispensing]) -> list[Dispensing]:
        """The slips as this viewer may see them, in their order."""
        return [part for slip in slips if (part := self.open_part(slip)) is not None]


def hidden_keys(record: OpenRecord, asked: Part = READ) -> frozenset[str]:
    """The keys of every course that she hides now, whoever is looking."""
    record.must(*asked)
    return _keys(_hidings(record, asked))


def curtain(record: OpenRecord) -> Curtain:
    """What is hidden from whoever opened the record."""
    record.must(*READ)
    return Curtain() if record.by_owner else curtain_for_others(record, READ)


def curtain_for_others(record: OpenRecord, asked: Part) -> Curtain:
    """What is hidden from everybody but her; also for what lists show of the record."""
    record.must(*asked)
    hidings = _hidings(record, asked)
    if not hidings:
        return Curtain(for_others=True)
    knowledge = knowledge_now(record.session)
    names = frozenset(filter(None, (folded(each.name) for each in hidings)))
    ingredients = frozenset().union(*(knowledge.ingredients_in(each.name) for each in hidings))
    return Curtain(_keys(hidings), knowledge, names, ingredients, for_others=True)


def _hidings(record: OpenRecord, asked: Part) -> list[Hiding]:
    hidings: list[Hiding] = THINGS.shown(record, Word.HIDING, asked=asked)
    return [each for each in hidings if each.hidden]


def _keys(hidings: Iterable[Hiding]) -> frozenset[str]:
    return frozenset(
        key
        for each in hidings
        for key in (each.course_key, name_key(each.name) if each.name.strip() else each.course_key)
    )
