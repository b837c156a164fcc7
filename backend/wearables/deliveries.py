"""Deliveries: which import or post brought readings, and on which days undoing it has to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.seal import Key
from backend.wearables.tables import DeliveryRow, DeliverySpanRow
from shared import clock


@dataclass(frozen=True, slots=True)
class Delivery:
    """One import or post, by its number inside the chunks of a record."""

    number: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The UTC days among which a delivery brought readings of a stream from a source."""

    stream: str
    source: int
    first: int
    last: int


def find(session: Session, key: Key, id: UUID) -> Delivery | None:
    """The delivery of that id."""
    statement = select(DeliveryRow.number, DeliveryRow.undone_at).where(
        DeliveryRow.record_id == key.owner, DeliveryRow.id == id
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else Delivery(row.number, row.undone_at is not None)


def begin(session: Session, key: Key, id: UUID, kind: str) -> Delivery:
    """A delivery nobody has heard of, with the next number of its record."""
    last = select(func.max(DeliveryRow.number)).where(DeliveryRow.record_id == key.owner)
    number = (session.scalar(last) or 0) + 1
    session.execute(
        insert(DeliveryRow).values(
            record_id=key.owner, number=number, id=id, kind=kind, received_at=clock.now(), undone_at=None
        )
    )
    return Delivery(number, undone=False)


def mark(session: Session, key: Key, delivery: Delivery, *, undone: bool) -> None:
    """Undone now, or brought back."""
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.record_id == key.owner, DeliveryRow.number == delivery.number)
        .values(undone_at=clock.now() if undone else None)
        .execution_options(synchronize_session=False)
    )


def spans(session: Session, key: Key, delivery: Delivery) -> Iterator[Span]:
    """Where a delivery brought something."""
    statement = select(DeliverySpanRow).where(
        DeliverySpanRow.record_id == key.owner, DeliverySpanRow.number == delivery.number
    )
    for row in session.scalars(statement).all():
        yield Span(row.stream, row.source_id, row.first_day, row.last_day)


def widen(session: Session, key: Key, delivery: Delivery, span: Span) -> None:
    """Note that a delivery brought readings on these days."""
    place = (key.owner, delivery.number, span.stream, span.source)
    known = session.get(DeliverySpanRow, place)
    if known is None:
        known = DeliverySpanRow(
            record_id=key.owner, number=delivery.number, stream=span.stream, source_id=span.source,
            first_day=span.first, last_day=span.last,
        )  # fmt: skip
        session.add(known)
    known.first_day = min(known.first_day, span.first)
    known.last_day = max(known.last_day, span.last)
    session.flush()
