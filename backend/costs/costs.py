"""Costs: keep what notices bring, and add up a year by month and by place. They are only imported, never typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.costs.tables import CostImportRow, CostRow, CostVersionRow
from backend.records.compared import Compared
from backend.told import Spelling, Things
from shared.consent import Right, Scope
from shared.costs import Cost
from shared.costs_schema import cost_from, cost_members
from shared.sync import Change, Word

COSTS = Things(
    Scope.COSTS,
    CostRow,
    CostVersionRow,
    CostImportRow,
    [Spelling(Word.COST, Cost, cost_from, cost_members, lambda cost: date.fromisoformat(f"{cost.month}-01"))],
)
Item = tuple[Cost, str]
T = TypeVar("T", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Sum:
    """Some lines added up, in whole yen. ``not_given`` counts the lines whose paid amount the notice does not give."""

    lines: int = 0
    total: int = 0
    insurer: int = 0
    public: int = 0
    paid: int = 0
    not_given: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class OfMonth:
    """A month with its lines and their sum."""

    month: str
    sum: Sum
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class OfPlace:
    """A place and what it is (診療区分 in the notice's own words), with the sum of its lines."""

    place: str
    kind_text: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Year:
    """A year of costs. ``years`` are all that there are, newest first; ``year`` is None where there is none."""

    year: int | None
    years: tuple[int, ...]
    sum: Sum
    months: tuple[OfMonth, ...]
    places: tuple[OfPlace, ...]


def year_of(record: OpenRecord, year: int | None = None) -> Year:
    """The costs of a year, by the months of care; the newest year when none is asked for."""
    record.must(Scope.COSTS, Right.READ)
    every: list[Cost] = COSTS.shown(record, Word.COST)
    years = tuple(sorted({int(cost.month[:4]) for cost in every}, reverse=True))
    year = year or next(iter(years), None)
    of_year = [cost for cost in every if int(cost.month[:4]) == year]
    months = [OfMonth(month, added(some), some) for month, some in _grouped(of_year, lambda cost: cost.month)]
    places = [
        OfPlace(place, kind_text, added(some))
        for (place, kind_text), some in _grouped(of_year, lambda cost: (cost.place, cost.kind_text))
    ]
    return Year(year, years, added(of_year), tuple(months), tuple(places))


def added(costs: Iterable[Cost]) -> Sum:
    """The sum of some lines."""
    return sum((_sum(cost) for cost in costs), Sum())


def compare(record: OpenRecord, items: Sequence[Item]) -> Compared:
    """What keeping ``items`` (cost, source id) would do."""
    record.must(Scope.COSTS, Right.READ)
    return COSTS.compare(record, items)


def keep_many(record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
    """Keep what an import brought. A line that an earlier notice brought too is counted once."""
    record.must(Scope.COSTS, Right.WRITE)
    return COSTS.keep_many(record, items, import_id)


def undo_import(record: OpenRecord, import_id: UUID) -> int:
    """Withdraw what only this import brought; returns how many."""
    record.must(Scope.COSTS, Right.WRITE)
    return COSTS.undo_import(record, import_id)


def changes(record: OpenRecord, after: int, limit: int) -> list[Change]:
    """Lines whose change number is over ``after``, in the order of their numbers; for sync."""
    record.must(Scope.COSTS, Right.READ)
    return COSTS.changes(record, after, limit)


def _sum(cost: Cost) -> Sum:
    return Sum(
        1, cost.total or 0, cost.insurer or 0, cost.public or 0, cost.paid or 0, int(cost.paid is None)
    )


def _grouped(costs: Iterable[Cost], key: Callable[[Cost], T]) -> list[tuple[T, tuple[Cost, ...]]]:
    """By ``key`` in its order; within it by month, place, kind and amount."""
    in_order = sorted(costs, key=lambda cost: (key(cost), _order(cost)))
    return [(each, tuple(some)) for each, some in groupby(in_order, key)]


def _order(cost: Cost) -> tuple[str, str, str, int, str]:
    return cost.month, cost.place, cost.kind_text, cost.total or 0, str(cost.id)
