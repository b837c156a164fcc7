"""The key of a hit: the same as long as its facts are, so that a mark "known" holds over refills and no longer.

Its facts: the rule with its wording, and for each medicine the course, who prescribed it, how strong and how much.
Not the days, the pharmacy or the maker: a refill is no new fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from uuid import UUID

from shared.drug_hits import Hit, Taken
from shared.drug_ingredients import folded

# Ingredient, route, form and strength; what follows is the maker.
_STRENGTH = 9

Strand = tuple[str, str]


def strand(taken: Taken) -> Strand:
    """The same for one medicine over its refills from one clinic."""
    return taken.course, taken.clinic_code[-7:] or folded(taken.clinic)


class Keys:
    """Makes keys for one run: knows all medicines of each slip, since two strengths of one may make up one dose."""

    def __init__(self, taken: Iterable[Taken]) -> None:
        self._doses: defaultdict[tuple[UUID, str], list[str]] = defaultdict(list)
        for each in taken:
            self._doses[each.dispensing, each.course].append(f"{_strength(each)} {each.dose}")

    def key(
        self, kind: str, rule: str, wording: object, first: Taken | None = None, second: Taken | None = None
    ) -> str:
        """32 hexadecimal digits. Which of the two medicines is first makes no difference."""
        facts = sorted(self._facts(each) for each in (first, second) if each is not None)
        return sha256(repr((str(kind), rule, wording, facts)).encode()).hexdigest()[:32]

    def _facts(self, taken: Taken) -> tuple[object, ...]:
        return *strand(taken), sorted(self._doses[taken.dispensing, taken.course])


def _strength(taken: Taken) -> str:
    code = next(iter(taken.codes), "")
    return code[:_STRENGTH] if len(code) >= _STRENGTH else folded(taken.name)


def newer(one: Taken, two: Taken) -> bool:
    """Whether ``one`` began later; of two of one day by what they are, not by where they stand."""
    return _age(one) > _age(two)


def _age(taken: Taken) -> tuple[date, str, str, str, str]:
    return taken.starts_on, taken.course, taken.name, taken.dose, str(taken.id)


def newest(hits: Iterable[Hit]) -> list[Hit]:
    """Of the hits of one rule between the same two courses only that of the newest slips."""
    kept: dict[tuple[object, ...], Hit] = {}
    for hit in hits:
        medicines = [each for each in (hit.first, hit.second) if each is not None]
        about = (hit.kind, hit.rule, hit.said, hit.ingredients, *sorted(strand(each) for each in medicines))
        other = kept.get(about)
        if other is None or _ages(hit) > _ages(other):
            kept[about] = hit
    return list(kept.values())


def _ages(hit: Hit) -> list[tuple[date, str, str, str, str]]:
    return sorted((_age(each) for each in (hit.first, hit.second) if each is not None), reverse=True)
