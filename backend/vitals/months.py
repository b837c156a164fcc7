"""Blood pressures by the month as columns, for charts over years: the same readings as the rows, nothing rounded.

Opening 7,300 rows one by one takes 150 ms and more (each is sealed for itself); sixty months open in a few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session as Transaction

from backend.consent.opened import OpenRecord
from backend.vitals.packing import SEALED, unpack
from backend.vitals.tables import PressureMonthRow, VitalRow
from shared import clock
from shared.consent import Right, Scope
from shared.vitals import Session, Vital

KIND = "blood_pressure"
_MONTHS = cast("Table", PressureMonthRow.__table__)
_SEALED = "pressure_months.sealed"
_TOUCHED = "touched_pressure_months"
_SESSIONS = (None, *Session)

Number = int | Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Pressures:
    """Blood pressures as columns, oldest first: ms since 1970 UTC, local offset (min), mmHg, per minute, her label.

    Columns, because 7,300 small objects keep the garbage collector busier than everything else a page does.
    """

    at: list[int]
    offset_min: list[int]
    systolic: list[Number]
    diastolic: list[Number]
    pulse: list[Number | None]
    session: list[Session | None]


def touch(transaction: Transaction, record_id: UUID, kind: str, taken_at: datetime) -> None:
    """Remember that a reading of this moment appeared, changed or went; `write_touched` then writes its month."""
    if kind == KIND:
        touched: set[int] = transaction.info.setdefault(_TOUCHED, {}).setdefault(record_id, set())
        touched.add(_month(taken_at))


def write_touched(record: OpenRecord) -> None:
    """Write anew the months in which something changed in this transaction."""
    record.must(Scope.VITALS, Right.WRITE)
    touched: set[int] = record.session.info.get(_TOUCHED, {}).pop(record.id, set())
    if not touched:
        return
    record.session.flush()
    record.session.execute(
        delete(_MONTHS).where(_MONTHS.c.record_id == record.id, _MONTHS.c.month.in_(touched))
    )
    written = [row for month in sorted(touched) if (row := _written(record, month))]
    if written:
        record.session.execute(insert(_MONTHS), written)


def pressures(record: OpenRecord, since: datetime) -> Pressures:
    """The shown blood pressures from ``since`` on, oldest first; of one moment in the order of their ids."""
    record.must(Scope.VITALS, Right.READ)
    statement = (
        select(_MONTHS.c.month, _MONTHS.c.sealed)
        .where(_MONTHS.c.record_id == record.id, _MONTHS.c.month >= _month(since))
        .order_by(_MONTHS.c.month)
    )
    columns: tuple[list[Any], ...] = ([], [], [], [], [], [])
    for month, sealed in record.session.execute(statement):
        for column, more in zip(columns, _read(record.key.open(_SEALED, month, sealed)), strict=True):
            column.extend(more)
    first = bisect_left(columns[0], clock.to_ms(since))
    return Pressures(*(column[first:] for column in columns))


def _written(record: OpenRecord, month: int) -> dict[str, Any] | None:
    mine = select(VitalRow.id, VitalRow.taken_at, VitalRow.sealed).where(
        VitalRow.record_id == record.id,
        VitalRow.kind == KIND,
        VitalRow.taken_at >= _begins(month),
        VitalRow.taken_at < _begins(month + 1),
        VitalRow.sealed.is_not(None),
    )
    vitals = [
        unpack(vital_id, KIND, taken_at, record.key.open(SEALED, vital_id, sealed or b""))
        for vital_id, taken_at, sealed in record.session.execute(mine)
    ]
    if not vitals:
        return None
    sealed_month = record.key.seal(_SEALED, month, _packed(vitals))
    return {"record_id": record.id, "month": month, "sealed": sealed_month}


def _packed(vitals: Iterable[Vital]) -> bytes:
    ordered = sorted(vitals, key=lambda vital: (vital.taken_at, vital.id))
    rows = (
        (
            clock.to_ms(vital.taken_at),
            vital.offset_min,
            _plain(vital.pressure.systolic),
            _plain(vital.pressure.diastolic),
            None if vital.pressure.pulse is None else _plain(vital.pressure.pulse),
            _SESSIONS.index(vital.session),
        )
        for vital in ordered
    )
    return orjson.dumps(list(zip(*rows, strict=True)))


def _read(packed: bytes) -> tuple[list[Any], ...]:
    at, offset, systolic, diastolic, pulse, session = orjson.loads(packed)
    numbers = (_numbers(each) for each in (systolic, diastolic, pulse))
    return at, offset, *numbers, [_SESSIONS[code] for code in session]


def _plain(number: Decimal) -> int | str:
    """A whole number as one, anything finer as exact text."""
    return int(number) if number == int(number) else str(number)


def _numbers(written: list[Any]) -> list[Any]:
    return [Decimal(each) if isinstance(each, str) else each for each in written]


def _month(moment: datetime) -> int:
    utc = moment.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def _begins(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
