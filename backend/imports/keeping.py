"""Keeping and undoing: the owner says yes to a file, or takes the whole of it back as one deed.

What another import brought too stays when one is undone; so does what she typed, and what she has corrected since.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.imports import inbox
from backend.imports.inbox import Import, State
from backend.imports.preview import counted
from backend.imports.shelves import SHELVES
from backend.imports.tables import ImportRow
from backend.wearables import merging
from shared import clock
from shared.consent import Right, Scope
from shared.problems import Clash, NotThere


def keep(record: OpenRecord, import_id: UUID) -> Import:
    """Put what was found into the record, in the caller's one transaction. Keeping again changes nothing."""
    record.must(Scope.RECORD, Right.WRITE)
    row = _locked(record, import_id)
    if row.state == State.KEPT:
        return inbox.opened(record, row)
    if row.state not in (State.PREVIEWED, State.UNDONE):
        raise Clash("import_state", state=inbox.state_label(row.state))
    counts = counted(
        record,
        import_id,
        lambda shelf, some: shelf.keep(record, some, import_id),
        lambda days: merging.merge_staged(record, import_id, days),
    )
    known = inbox.opened(record, row).contents
    row.sealed = inbox.sealed(record, import_id, replace(known, counts=counts))
    row.state, row.decided_at = State.KEPT, clock.now()
    record.session.flush()
    return inbox.opened(record, row)


def undo(record: OpenRecord, import_id: UUID) -> Import:
    """Take back exactly what this import brought and no other did. Undoing again changes nothing."""
    record.must(Scope.RECORD, Right.WRITE)
    row = _locked(record, import_id)
    if row.state == State.UNDONE:
        return inbox.opened(record, row)
    if row.state != State.KEPT:
        raise Clash("import_state", state=inbox.state_label(row.state))
    for shelf in SHELVES.values():
        shelf.undo(record, import_id)
    merging.undo(record, import_id)
    row.state, row.decided_at = State.UNDONE, clock.now()
    record.session.flush()
    return inbox.opened(record, row)


def _locked(record: OpenRecord, import_id: UUID) -> ImportRow:
    record.next_number()  # the record's lock comes before the look: two taps on "keep" take turns
    row = record.session.get(ImportRow, (record.id, import_id), populate_existing=True)
    if row is None:
        raise NotThere
    return row
