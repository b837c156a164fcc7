"""Costs: keep what notices bring, and add up a year by month and by place. They are only imported, never typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.costs.tables import CostImportRow, CostRow, CostVersionRow
from backend.records.compared import Compared
from backend.records.placed import Key, Placed
from backend.told import Spelling, Things
from shared import cost_sums
from shared.consent import Right, Scope
from shared.cost_sums import CostYear
from shared.costs import Cost
from shared.costs_schema import cost_from, cost_members
from shared.sync import Word

COSTS = Things(
    Scope.COSTS,
    CostRow,
    CostVersionRow,
    CostImportRow,
    [Spelling(Word.COST, Cost, cost_from, cost_members, lambda cost: date.fromisoformat(f"{cost.month}-01"))],
)
Item = tuple[Cost, str]


def year_of(record: OpenRecord, year: int | None = None) -> CostYear:
    """The costs of a year, by the months of care; the newest year when none is asked for."""
    record.must(Scope.COSTS, Right.READ)
    every: list[Cost] = COSTS.shown(record, Word.COST)
    return cost_sums.year_of(every, year)


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


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Lines whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
    record.must(Scope.COSTS, Right.READ)
    return COSTS.changes(record, after, limit, key=key)
