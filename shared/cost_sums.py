"""What care cost, added up alike on phone and server: a year of lines by month, place and kind of care. Whole yen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import TypeVar

from shared.costs import CareKind, Cost

T = TypeVar("T", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class CostSum:
    """Some lines added up, in whole yen. ``not_given`` counts the lines whose paid amount the notice does not give."""

    lines: int = 0
    total: int = 0
    insurer: int = 0
    public: int = 0
    paid: int = 0
    not_given: int = 0

    def __add__(self, other: CostSum) -> CostSum:
        return CostSum(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class MonthCosts:
    """A month of care (``YYYY-MM``) with its lines and their sum."""

    month: str
    sum: CostSum
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class PlaceCosts:
    """A place and what it is (診療区分 in the notice's own words), with its lines and their sum."""

    place: str
    kind_text: str
    sum: CostSum
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class KindCosts:
    """A kind of care, in the notice's own words too, with its lines and their sum."""

    kind: CareKind
    kind_text: str
    sum: CostSum
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class CostYear:
    """A year of costs. ``years`` are all that there are, newest first; ``year`` is None where there is none."""

    year: int | None
    years: tuple[int, ...]
    sum: CostSum
    months: tuple[MonthCosts, ...]
    places: tuple[PlaceCosts, ...]
    kinds: tuple[KindCosts, ...]


def year_of(costs: Sequence[Cost], year: int | None = None) -> CostYear:
    """The costs of a year, by the months of care; the newest year when none is asked for."""
    years = tuple(sorted({_year(cost) for cost in costs}, reverse=True))
    year = year or next(iter(years), None)
    some = [cost for cost in costs if _year(cost) == year]
    return CostYear(
        year,
        years,
        added(some),
        tuple(
            MonthCosts(month, added(each), each) for month, each in _grouped(some, lambda cost: cost.month)
        ),
        tuple(
            PlaceCosts(*place, added(each), each)
            for place, each in _grouped(some, lambda cost: (cost.place, cost.kind_text))
        ),
        tuple(
            KindCosts(CareKind(kind), kind_text, added(each), each)
            for (kind, kind_text), each in _grouped(some, lambda cost: (cost.kind.value, cost.kind_text))
        ),
    )


def added(costs: Iterable[Cost]) -> CostSum:
    """The sum of some lines."""
    return sum((_sum(cost) for cost in costs), CostSum())


def _sum(cost: Cost) -> CostSum:
    amounts = (cost.total or 0, cost.insurer or 0, cost.public or 0, cost.paid or 0)
    return CostSum(1, *amounts, int(cost.paid is None))


def _year(cost: Cost) -> int:
    return int(cost.month[:4])


def _grouped(costs: Iterable[Cost], key: Callable[[Cost], T]) -> list[tuple[T, tuple[Cost, ...]]]:
    """By ``key`` in its order; within it by month, place, kind and amount."""
    in_order = sorted(costs, key=lambda cost: (key(cost), _order(cost)))
    return [(each, tuple(some)) for each, some in groupby(in_order, key)]


def _order(cost: Cost) -> tuple[str, str, str, int, str]:
    return cost.month, cost.place, cost.kind_text, cost.total or 0, str(cost.id)
