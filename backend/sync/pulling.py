"""What a phone hears: everything that changed after a number, as far as its person may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.consent import grants
from backend.consent.opened import OpenRecord
from backend.costs import costs
from backend.findings import findings
from backend.medicines import dispensings, telling
from backend.medicines.hiding import curtain
from backend.records import records
from backend.vitals import measurements
from backend.wearables import hearing, recordings
from shared.consent import GRANTABLE, Right, Scope
from shared.sync import Change

Reader = Callable[[OpenRecord, int, int], Sequence[Change]]

# Who tells of which part. A number belongs to a whole transaction, so a page never ends inside one.
_READERS: tuple[tuple[Scope, Reader], ...] = (
    (Scope.VITALS, measurements.changes),
    (Scope.MEDICINES, dispensings.changes),
    (Scope.MEDICINES, telling.changes),
    (Scope.FINDINGS, findings.changes),
    (Scope.COSTS, costs.changes),
    (Scope.WEARABLES, hearing.changes),
    (Scope.WEARABLES, recordings.changes),
    (Scope.RECORD, grants.changes),
)
_EVERYTHING = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Heard:
    """One page. ``after`` is the number to ask for next.

    ``forget`` names parts to forget before this page is taken: those that may not be seen (any more), and at the
    beginning the medicines of another, since what she hides from now on may stand in slips that are told again in part.
    """

    changes: list[Change]
    after: int
    more: bool
    forget: list[Scope]
    view: str


def pull(record: OpenRecord, after: int, limit: int) -> Heard:
    """The next page of changes after number ``after``, about ``limit`` of them, never part of a transaction."""
    # Numbers are committed in their order. What is committed while we read has a higher one and waits for the next
    # page: a part that was read before that commit would miss its share of it for ever.
    ceiling = records.newest_number(record.session, record.id)
    opened = [(scope, reader) for scope, reader in _READERS if record.may(scope, Right.READ)]
    pages = [list(reader(record, after, limit + 1)) for _, reader in opened]
    full = [page for page in pages if len(page) > limit]
    # Of a page that was cut, the last number may be incomplete: stop before it.
    last = min((page[-1].number - 1 for page in full), default=_EVERYTHING)
    if full and last <= after:  # one transaction larger than a page: give all of it
        last = min(page[-1].number for page in full)
        pages = [list(reader(record, after, _EVERYTHING)) for _, reader in opened]
    found = sorted(
        (c for page in pages for c in page if c.number <= min(last, ceiling)),
        key=lambda c: (c.number, c.word, c.id),
    )
    more = bool(full)
    newest = min(last, ceiling) if full else max((c.number for c in found), default=after)
    forget = [
        scope for scope in GRANTABLE if not record.may(scope, Right.READ) or _anew(record, scope, after)
    ]
    return Heard(found, newest, more, forget, _view(record))


def _anew(record: OpenRecord, scope: Scope, after: int) -> bool:
    return scope is Scope.MEDICINES and after == 0 and not record.by_owner


def _view(record: OpenRecord) -> str:
    """Changes whenever what this viewer may see changes; then her phone starts again from the beginning."""
    said = [f"{scope}/{right}" for scope, right in record.opened]
    if record.may(Scope.MEDICINES, Right.READ):
        drawn = curtain(record)
        said += [*drawn.keys, drawn.knowledge.version if drawn.knowledge is not None else ""]
    return record.key.digest("view", f"{record.viewer.account_id}|{' '.join(sorted(said))}").hex()
