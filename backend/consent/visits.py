"""The visitors' book: who opened what, when, for what, and every refusal; the patient reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from backend.consent.opened import OpenRecord
from backend.consent.tables import VisitRow
from backend.http import OPENED
from backend.statements import Statement
from shared import clock
from shared.consent import Decision, Purpose, Right, Scope, Viewer
from shared.ids import new_id

_BOOKED = Statement.row_of(cast("Table", VisitRow.__table__))


@dataclass(frozen=True, slots=True)
class Asked:
    """One opening that was asked for, and what was decided."""

    record_id: UUID
    viewer: Viewer
    parts: tuple[tuple[Scope, Right], ...]
    purpose: Purpose
    way: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Visit:
    """One entry of the book."""

    id: UUID
    at: datetime
    account_id: UUID
    role: str
    scopes: tuple[str, ...]
    right: str
    purpose: str
    way: str
    allowed: bool
    reason: str


def book(session: Session, asked: Sequence[Asked]) -> None:
    """Write one entry a record; a list of fifty records is one insert of fifty rows."""
    if not asked:
        return
    now = clock.now()
    _BOOKED.tell(session, *(_row(each, now) for each in asked))
    # Should the request fail after this, the corridor books once more what was opened.
    session.info.get(OPENED, []).extend(asked)


def _row(asked: Asked, now: datetime) -> dict[str, object]:
    scopes = dict.fromkeys(scope.value for scope, _ in asked.parts)
    writes = any(right is Right.WRITE for _, right in asked.parts)
    return {
        "record_id": asked.record_id,
        "id": new_id(),
        "at": now,
        "account_id": asked.viewer.account_id,
        "role": asked.viewer.role.value,
        "scopes": " ".join(scopes),
        "right": (Right.WRITE if writes else Right.READ).value,
        "purpose": asked.purpose.value,
        "way": asked.way,
        "allowed": asked.decision.allowed,
        "reason": asked.decision.reason.value,
        "grant_id": asked.decision.grant_id,
    }


def read_book(record: OpenRecord, *, before: datetime | None = None, limit: int = 100) -> list[Visit]:
    """The visitors' book of a record, newest first, for its owner; ``limit`` entries, and those of the same moment."""
    record.must(Scope.RECORD, Right.READ)
    statement = select(VisitRow).where(VisitRow.record_id == record.id)
    if before is not None:
        statement = statement.where(VisitRow.at < before)
    ordered = statement.order_by(VisitRow.at.desc(), VisitRow.id.desc())
    rows = list(record.session.scalars(ordered.limit(limit)))
    if len(rows) == limit:  # a page never ends inside a moment: the next one begins before it
        moment, seen = rows[-1].at, {row.id for row in rows}
        same = record.session.scalars(ordered.where(VisitRow.at == moment))
        rows.extend(row for row in same if row.id not in seen)
    return [_visit(row) for row in rows]


def _visit(row: VisitRow) -> Visit:
    return Visit(
        id=row.id,
        at=row.at,
        account_id=row.account_id,
        role=row.role,
        scopes=tuple(row.scopes.split()),
        right=row.right,
        purpose=row.purpose,
        way=row.way,
        allowed=row.allowed,
        reason=row.reason,
    )


def book_one(session: Session, asked: object) -> None:
    """Book one refusal, or an opening whose request failed; what the corridor calls."""
    if isinstance(asked, Asked):
        book(session, [asked])
