"""Posts of devices and apps: what came when and from whom, newest first, so that one can be found and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from backend.consent.opened import OpenRecord
from backend.wearables import deliveries, shelf
from backend.wearables.days import date_of
from backend.wearables.merging import POST
from backend.wearables.tables import DeliveryRow, DeliverySpanRow
from shared.consent import Right, Scope
from shared.problems import NotThere


@dataclass(frozen=True, slots=True)
class Brought:
    """On which UTC days a post brought readings of a stream from a source; both are included."""

    stream: str
    source: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Post:
    """One post. ``number`` counts the deliveries of the record; ``undone_at`` is None while it is there."""

    id: UUID
    number: int
    received_at: datetime
    undone_at: datetime | None
    brought: tuple[Brought, ...]


def begin(record: OpenRecord, post_id: UUID, scope: Scope) -> bool:
    """Take the record's lock and note that this post came, which brings things of ``scope``; False: it was undone."""
    record.must(scope, Right.WRITE)
    record.take_turn()
    return not deliveries.meet(record.session, record.key, post_id, POST).delivery().undone


def posts(record: OpenRecord, before: int | None = None, limit: int = 50) -> list[Post]:
    """Posts, newest first, from under the number ``before`` on."""
    record.must(Scope.WEARABLES, Right.READ)
    statement = select(DeliveryRow).where(DeliveryRow.record_id == record.id, DeliveryRow.kind == POST)
    if before is not None:
        statement = statement.where(DeliveryRow.number < before)
    rows = record.session.scalars(statement.order_by(DeliveryRow.number.desc()).limit(limit)).all()
    return _told(record, rows)


def find(record: OpenRecord, post_id: UUID) -> Post:
    """One post. What came with a file is no post: the file is taken back as one."""
    record.must(Scope.WEARABLES, Right.READ)
    statement = select(DeliveryRow).where(
        DeliveryRow.record_id == record.id, DeliveryRow.id == post_id, DeliveryRow.kind == POST
    )
    found = _told(record, record.session.scalars(statement.execution_options(populate_existing=True)).all())
    if not found:
        raise NotThere
    return found[0]


def _told(record: OpenRecord, rows: Sequence[DeliveryRow]) -> list[Post]:
    names = {each.id: each.name for each in shelf.sources(record.session, record.key)}
    spans = select(DeliverySpanRow).where(
        DeliverySpanRow.record_id == record.id, DeliverySpanRow.number.in_([row.number for row in rows])
    )
    brought: dict[int, list[Brought]] = {}
    for span in record.session.scalars(spans.order_by(DeliverySpanRow.stream, DeliverySpanRow.source_id)):
        one = Brought(span.stream, names[span.source_id], date_of(span.first_day), date_of(span.last_day))
        brought.setdefault(span.number, []).append(one)
    return [
        Post(row.id, row.number, row.received_at, row.undone_at, tuple(brought.get(row.number, ())))
        for row in rows
    ]
