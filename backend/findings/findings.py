"""Findings: note, correct, withdraw, and read them again. Nothing is overwritten, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.findings.tables import FindingImportRow, FindingRow, FindingVersionRow
from backend.records import records
from backend.records.compared import Compared
from backend.records.placed import Key, Placed
from backend.told import Entry, Merged, Outcome, Past, Spelling, Things
from shared import clock
from shared.consent import Right, Scope
from shared.findings import Finding, FindingKind, check, in_order, masked_finding
from shared.findings_schema import finding_from, finding_members
from shared.problems import Clash, NotThere
from shared.sync import Change, Word

FINDINGS = Things(
    Scope.FINDINGS,
    FindingRow,
    FindingVersionRow,
    FindingImportRow,
    [Spelling(Word.FINDING, Finding, finding_from, finding_members, lambda _: None)],
)
Item = tuple[Finding, str]
_SPELLING = FINDINGS.spelling(Word.FINDING)


def listing(record: OpenRecord) -> list[Entry[Finding]]:
    """Every finding that is not withdrawn, allergies first, each with who wrote this version and when."""
    record.must(Scope.FINDINGS, Right.READ)
    return in_order(FINDINGS.entries(record, Word.FINDING), lambda entry: entry.thing)


def read(record: OpenRecord, finding_id: UUID) -> Finding:
    """One finding as it is shown."""
    record.must(Scope.FINDINGS, Right.READ)
    found: Finding | None = FINDINGS.find(record, Word.FINDING, finding_id)
    if found is None:
        raise NotThere
    return found


def versions(record: OpenRecord, finding_id: UUID) -> list[Past[Finding]]:
    """Every version of a finding that is not shown, newest edit first."""
    record.must(Scope.FINDINGS, Right.READ)
    return FINDINGS.versions(record, Word.FINDING, finding_id)


def note(record: OpenRecord, finding: Finding, device: UUID) -> Merged:
    """A new finding; the same one again is the same, the same id for another is a `Clash`."""
    record.must(Scope.FINDINGS, Right.WRITE)
    record.next_number()  # the record's lock comes before the look: the same post twice at once takes turns
    row = FINDINGS.row(record, Word.FINDING, finding.id)
    if row is None:
        return _noted(record, finding, clock.now(), device)
    if row.sealed is None or FINDINGS.shown_version(record, row).body != _SPELLING.body(finding):
        raise Clash("id_used_otherwise")
    return Merged(Outcome.SAME, row.number)


def correct(record: OpenRecord, finding: Finding, edited_at: datetime, device: UUID) -> Merged:
    """A version of a known finding, under the stamp of whoever made it: sent again, however late, it is known."""
    record.must(Scope.FINDINGS, Right.WRITE)
    if FINDINGS.row(record, Word.FINDING, finding.id) is None:
        raise NotThere
    return _noted(record, finding, edited_at, device)


def withdraw(record: OpenRecord, finding_id: UUID, edited_at: datetime, device: UUID) -> Merged:
    """Take a finding back: it is shown no more, its versions stay."""
    record.must(Scope.FINDINGS, Right.WRITE)
    if FINDINGS.row(record, Word.FINDING, finding_id) is None:
        raise NotThere
    told = FINDINGS.tell(record, Change(Word.FINDING, finding_id, edited_at, device, None))
    refresh(record)
    return told


def tell(record: OpenRecord, change: Change) -> Merged:
    """Merge one told version; problems are raised before anything is written.

    Whoever tells several calls `refresh` once at the end.
    """
    record.must(Scope.FINDINGS, Right.WRITE)
    if change.body is not None:
        check(_SPELLING.thing(change.body))
    return FINDINGS.tell(record, change)


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Findings whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
    record.must(Scope.FINDINGS, Right.READ)
    return FINDINGS.changes(record, after, limit, key=key)


def compare(record: OpenRecord, items: Sequence[Item]) -> Compared:
    """What keeping ``items`` (finding, source id) would do."""
    record.must(Scope.FINDINGS, Right.READ)
    return FINDINGS.compare(record, _masked(items))


def keep_many(record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
    """Keep what an import brought, numbers that name a person masked. Keeping it again changes nothing."""
    record.must(Scope.FINDINGS, Right.WRITE)
    kept = FINDINGS.keep_many(record, _masked(items), import_id)
    refresh(record)
    return kept


def undo_import(record: OpenRecord, import_id: UUID) -> int:
    """Withdraw what only this import brought; returns how many. What she typed or corrected stays."""
    record.must(Scope.FINDINGS, Right.WRITE)
    undone = FINDINGS.undo_import(record, import_id)
    refresh(record)
    return undone


def refresh(record: OpenRecord) -> None:
    """What lists show: how many allergies and side effects are known. In the transaction that changes one."""
    record.must(Scope.FINDINGS, Right.WRITE)
    kinds = [
        finding.kind for finding in FINDINGS.shown(record, Word.FINDING, asked=(Scope.FINDINGS, Right.WRITE))
    ]
    counted = {
        "allergies": kinds.count(FindingKind.ALLERGY),
        "side_effects": kinds.count(FindingKind.SIDE_EFFECT),
    }
    records.refresh_glance(record.session, record.key, Scope.FINDINGS, counted if kinds else {})


def _noted(record: OpenRecord, finding: Finding, edited_at: datetime, device: UUID) -> Merged:
    told = tell(record, FINDINGS.change_of(Word.FINDING, finding, edited_at, device))
    refresh(record)
    return told


def _masked(items: Iterable[Item]) -> list[Item]:
    return [(masked_finding(finding), source_id) for finding, source_id in items]
