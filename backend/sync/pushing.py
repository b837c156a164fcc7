"""What a phone tells: each version is merged by the one conflict rule; what is refused is told back, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.findings import findings
from backend.medicines import telling
from backend.told import Merged
from backend.vitals import glance, measurements
from shared.consent import Right, Scope
from shared.problems import Invalid, NotAllowed, Problem
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


@dataclass(frozen=True, slots=True)
class _Taker:
    """The room that takes a word, and what it brings up to date once after all were told (None: nothing)."""

    scope: Scope
    tell: Callable[[OpenRecord, Told], Merged]
    refresh: Callable[[OpenRecord], None] | None


def _tell_vital(record: OpenRecord, told: Told) -> Merged:
    change, vital = told.change, None
    if change.body is not None:
        vital = measurements.vital_of(change.body)
        if vital.id != change.id:
            raise Invalid("invalid_fields", field="id")
        check(vital, confirmed=told.confirmed)
    return measurements.tell(record, change, vital)


def _tell_of_medicines(record: OpenRecord, told: Told) -> Merged:
    return telling.tell(record, told.change)


def _tell_finding(record: OpenRecord, told: Told) -> Merged:
    return findings.tell(record, told.change)


_TAKERS: Mapping[str, _Taker] = {
    Word.VITAL: _Taker(Scope.VITALS, _tell_vital, glance.refresh),
    Word.FINDING: _Taker(Scope.FINDINGS, _tell_finding, findings.refresh),
    **{
        word: _Taker(
            Scope.MEDICINES,
            _tell_of_medicines,
            telling.refresh if word in telling.SHOWN_IN_LISTS else None,
        )
        for word in telling.WORDS
    },
}


def parts(words: Iterable[str]) -> list[Part]:
    """What a record must be opened for to take these words; that of vitals where no room takes any of them."""
    scopes = {_TAKERS[word].scope for word in words if word in _TAKERS} or {Scope.VITALS}
    return [(scope, Right.WRITE) for scope in Scope if scope in scopes]


def push(record: OpenRecord, told: Sequence[Told]) -> list[Result]:
    """Merge everything that was told, in one transaction. The record was opened for `parts` as far as she may."""
    results, changed = [], dict[Callable[[OpenRecord], None], None]()
    for each in told:
        result, taker = _one(record, each), _TAKERS.get(each.change.word)
        if result.state == "kept" and taker is not None and taker.refresh is not None:
            changed[taker.refresh] = None
        results.append(result)
    for refresh in changed:
        refresh(record)
    return results


def _one(record: OpenRecord, told: Told) -> Result:
    change = told.change
    try:
        taker = _TAKERS.get(change.word)
        if taker is None:
            raise Invalid("word_not_taken", word=change.word)
        if not record.may(taker.scope, Right.WRITE):
            raise NotAllowed("not_allowed")
        merged = taker.tell(record, told)
    except Problem as problem:
        return Result(change.id, told.edit, "refused", problem=problem)
    return Result(change.id, told.edit, merged.outcome.value, merged.number)
