"""The key of a hit: the same as long as its facts are, so that a mark "known" holds over refills and no longer.

Its facts: the rule with its wording, and for each medicine the course, who prescribed it, how strong and how much.
Not the days, the pharmacy or the maker: a refill is no new fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from shared.drug_hits import Hit, Taken
from shared.drug_ingredients import folded

# Ingredient, route, form and strength; what follows is the maker.
_STRENGTH = 9

Strand = tuple[str, str]


def strand(taken: Taken) -> Strand:
    """The same for one medicine over its refills from one clinic."""
    return taken.course, taken.clinic_code[-7:] or plain(taken.clinic)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """`folded`, remembered: names of places and medicines come again and again."""
    return folded(name)


class Keys:
    """Makes keys for one run: knows all medicines of each slip, since two strengths of one may make up one dose."""

    def __init__(self, taken: Iterable[Taken]) -> None:
        self._doses: defaultdict[tuple[UUID, str], list[str]] = defaultdict(list)
        for each in taken:
            self._doses[each.dispensing, each.course].append(f"{_strength(each)} {each.dose}")

    def key(
        self, kind: str, rule: str, wording: str, first: Taken | None = None, second: Taken | None = None
    ) -> str:
        """32 hexadecimal digits. Which of the two medicines is first makes no difference."""
        facts = sorted(self._facts(each) for each in (first, second) if each is not None)
        return sha256(said(kind, rule, wording, *facts).encode()).hexdigest()[:32]

    def _facts(self, taken: Taken) -> str:
        return said(*strand(taken), *sorted(self._doses[taken.dispensing, taken.course]))


def said(*texts: str) -> str:
    """Texts as one, by signs that no text has: what is told apart stays apart."""
    return "\x1e".join(texts) + "\x1f"


def _strength(taken: Taken) -> str:
    code = next(iter(taken.codes), "")
    return code[:_STRENGTH] if len(code) >= _STRENGTH else plain(taken.name)


def newer(one: Taken, two: Taken) -> bool:
    """Whether ``one`` is the newer of two."""
    return age(one) > age(two)


def age(taken: Taken) -> tuple[date, str, str, str, int]:
    """The newest is the greatest; of two of one day by what they are, not by where they stand."""
    return taken.starts_on, taken.course, taken.name, taken.dose, taken.id.int


def by_course(taken: Iterable[Taken]) -> list[Taken]:
    """The newest of each course, by name."""
    found: dict[str, Taken] = {}
    for each in taken:
        other = found.get(each.course)
        if other is None or newer(each, other):
            found[each.course] = each
    return sorted(found.values(), key=lambda each: (each.name, each.course))


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


def _ages(hit: Hit) -> list[tuple[date, str, str, str, int]]:
    return sorted((age(each) for each in (hit.first, hit.second) if each is not None), reverse=True)
