"""What is known of medicines: which ingredients and route a code means, and which pairs must never meet.

Bundled in `shared/drugs/` as facts with their sources; an operator's own lists (`shared.drug_master`) add to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.medicines import Route


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one medicine. Empty ``ingredients``: no list knows it, and it cannot be checked."""

    codes: tuple[str, ...] = ()
    ingredients: frozenset[str] = frozenset()
    route: Route | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A contraindicated pair (併用禁忌). ``a`` and ``b`` are beginnings of codes, of any length.

    ``days_a_b``: so many days after the last day of a, b still must not begin; ``days_b_a`` the other way. Hours of the
    source are rounded up to days, because a dispensing knows days only. ``on``: shipped as verified, or reviewed.
    """

    id: str
    a: tuple[str, ...]
    b: tuple[str, ...]
    name_a: str
    name_b: str
    condition: str = ""
    effect: str = ""
    days_a_b: int = 0
    days_b_a: int = 0
    source: str = ""
    source_url: str = ""
    verification: str = ""
    on: bool = False
