"""What a phone tells: each version is merged by the one conflict rule; what is refused is told back, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.vitals import glance, measurements
from shared.consent import Right, Scope
from shared.problems import Invalid, Problem
from shared.sync import Word
from shared.sync_schema import Told
from shared.vitals import check


@dataclass(frozen=True, slots=True)
class Result:
    """What became of it: ``kept``, ``same``, ``lost`` (another version won) or ``refused`` with the problem."""

    id: UUID
    edit: int
    state: str
    number: int = 0
    problem: Problem | None = None


def push(record: OpenRecord, told: Sequence[Told]) -> list[Result]:
    """Merge everything that was told, in one transaction."""
    record.must(Scope.VITALS, Right.WRITE)
    results = [_one(record, each) for each in told]
    if any(result.state == "kept" for result in results):
        glance.refresh(record)
    return results


def _one(record: OpenRecord, told: Told) -> Result:
    change = told.change
    try:
        if change.word != Word.VITAL:
            raise Invalid("word_not_taken", word=change.word)
        vital = None
        if change.body is not None:
            vital = measurements.vital_of(change.body)
            if vital.id != change.id:
                raise Invalid("invalid_fields", field="id")
            check(vital, confirmed=told.confirmed)
        merged = measurements.tell(record, change, vital)
    except Problem as problem:
        return Result(change.id, told.edit, "refused", problem=problem)
    return Result(change.id, told.edit, merged.outcome.value, merged.number)
