"""Deliveries: which import or post brought readings, and on which days undoing it has to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, exists, func, insert, null, select, update
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from backend.seal import Key
from backend.statements import Soon, Statement
from backend.wearables.tables import DeliveryRow, DeliverySpanRow
from shared import clock

_DELIVERIES = cast("Table", DeliveryRow.__table__)
_SPANS = cast("Table", DeliverySpanRow.__table__)
_OURS = _DELIVERIES.c.record_id == bindparam("record")
# Asked at every post, so made once.
_BY_ID = Statement(
    select(_DELIVERIES.c.number, _DELIVERIES.c.undone_at).where(
        _OURS, _DELIVERIES.c.id == bindparam("delivery", type_=_DELIVERIES.c.id.type)
    )
)
_NEXT = select(func.coalesce(func.max(_DELIVERIES.c.number), 0) + 1).where(_OURS).scalar_subquery()
_KNOWN = select(_DELIVERIES.c.number).where(
    _OURS, _DELIVERIES.c.id == bindparam("delivery", type_=_DELIVERIES.c.id.type)
)
_BEGIN = Statement(
    insert(_DELIVERIES)
    .from_select(
        ["record_id", "number", "id", "kind", "received_at", "undone_at"],
        select(
            bindparam("record", type_=_DELIVERIES.c.record_id.type),
            _NEXT,
            bindparam("delivery", type_=_DELIVERIES.c.id.type),
            bindparam("kind", type_=_DELIVERIES.c.kind.type),
            bindparam("now", type_=_DELIVERIES.c.received_at.type),
            cast_to(null(), _DELIVERIES.c.undone_at.type),
        ).where(~exists(_KNOWN)),
    )
    .returning(_DELIVERIES.c.number)
)
_HERE = (
    _SPANS.c.record_id == bindparam("record"),
    _SPANS.c.number == bindparam("delivery"),
    _SPANS.c.stream == bindparam("in_stream"),
    _SPANS.c.source_id == bindparam("source"),
)
_SPAN = select(_SPANS.c.first_day, _SPANS.c.last_day).where(*_HERE)
_WIDEN = update(_SPANS).where(*_HERE).values(first_day=bindparam("first"), last_day=bindparam("last"))
_NEW_SPAN = Statement.row_of(_SPANS)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One import or post, by its number inside the chunks of a record."""

    number: int
    undone: bool
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The UTC days among which a delivery brought readings of a stream from a source."""

    stream: str
    source: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Met:
    """A delivery that was asked for: begun, where nobody had heard of it."""

    session: Session
    asked: Mapping[str, Any]
    begun: Soon

    def delivery(self) -> Delivery:
        """The delivery. One that comes again is looked up now: devices repeat themselves seldom."""
        if self.begun.rows():
            return Delivery(self.begun.rows()[0].number, undone=False, is_new=True)
        return _delivery(_BY_ID.rows(self.session, self.asked)[0])


def find(session: Session, key: Key, id: UUID) -> Delivery | None:
    """The delivery of that id."""
    found = _BY_ID.rows(session, {"record": key.owner, "delivery": id})
    return _delivery(found[0]) if found else None


def meet(session: Session, key: Key, id: UUID, kind: str) -> Met:
    """Ask for the delivery of that id; one that nobody has heard of begins, with the next number of its record."""
    asked = {"record": key.owner, "delivery": id}
    return Met(session, asked, _BEGIN.soon(session, {**asked, "kind": kind, "now": clock.now()}))


def _delivery(row: Any) -> Delivery:
    return Delivery(row.number, row.undone_at is not None)


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


def widen(session: Session, key: Key, delivery: Delivery, spans: Iterable[Span]) -> None:
    """Note that a delivery brought readings on these days."""
    rows = []
    for span in spans:
        here = {
            "record": key.owner,
            "delivery": delivery.number,
            "in_stream": span.stream,
            "source": span.source,
        }
        known = None if delivery.is_new else session.execute(_SPAN, here).one_or_none()
        if known is None:
            row = {"record_id": key.owner, "number": delivery.number, "stream": span.stream}
            rows.append(row | {"source_id": span.source, "first_day": span.first, "last_day": span.last})
        elif span.first < known.first_day or span.last > known.last_day:
            wider = {"first": min(known.first_day, span.first), "last": max(known.last_day, span.last)}
            session.execute(_WIDEN, {**here, **wider})
    _NEW_SPAN.tell(session, *rows)
