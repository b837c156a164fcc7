"""Many vitals told anew in few statements: an import that is kept again, that changed them, or that is undone.

What `measurements.tell` does one by one, for whoever holds the record's lock and knows that each is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, insert, select, update

from backend.consent.opened import OpenRecord
from backend.told import device_of
from backend.vitals import months
from backend.vitals.measurements import opened_version, sealed_version
from backend.vitals.packing import SEALED, pack
from backend.vitals.tables import VitalRow, VitalVersionRow
from shared import clock
from shared.consent import Right, Scope
from shared.sync import stamp
from shared.vitals import Vital

T = TypeVar("T")

_AT_ONCE = 400
_VITALS = cast("Table", VitalRow.__table__)
_REPLACE = (
    update(_VITALS)
    .where(_VITALS.c.record_id == bindparam("of_record"), _VITALS.c.id == bindparam("of_id"))
    .values(
        {
            name: bindparam(name)
            for name in ("kind", "taken_at", "edited_at", "device", "author_id", "sealed", "number")
        }
    )
)


@dataclass(frozen=True, slots=True)
class Anew:
    """What an import says now of a vital that is there: other values under the same id, or (None) that it is not."""

    id: UUID
    vital: Vital | None
    import_id: UUID


def tell(record: OpenRecord, told: Sequence[Anew]) -> None:
    """Show each from now on; what was shown is kept as a version. Each id once. `glance.refresh` is the caller's."""
    record.must(Scope.VITALS, Right.WRITE)
    number = record.next_number()
    record.session.flush()
    for some in _batches(told):
        ids = [each.id for each in some]
        shown = {row.id: row for row in _rows(record, ids)}
        kept = _counts(record, ids)
        versions, replaced = [], []
        for each in some:
            row = shown[each.id]
            versions.append(_past(record, row, kept.get(each.id, 0) + 1))
            replaced.append(_present(record, row, each, number))
        record.session.execute(insert(VitalVersionRow), versions)
        record.session.execute(_REPLACE, replaced)


def brought(record: OpenRecord, by: Mapping[UUID, Iterable[UUID]]) -> list[Anew]:
    """Of vitals, by id, what the newest version of one of those imports says; none of one that has no such version."""
    record.must(Scope.VITALS, Right.WRITE)
    found = []
    for some in _batches(list(by)):
        imports = {(vital_id, device_of(each)): each for vital_id in some for each in by[vital_id]}
        statement = (
            select(VitalVersionRow)
            .where(
                VitalVersionRow.record_id == record.id,
                VitalVersionRow.vital_id.in_(some),
                VitalVersionRow.sealed.is_not(None),
            )
            .order_by(VitalVersionRow.edited_at, VitalVersionRow.version)
        )
        newest = {
            row.vital_id: row
            for row in record.session.scalars(statement)
            if (row.vital_id, row.device) in imports
        }
        for vital_id, row in newest.items():
            vital = opened_version(record, row)
            found.append(Anew(vital_id, vital, imports[vital_id, row.device]))
    return found


def _rows(record: OpenRecord, ids: Sequence[UUID]) -> Iterable[Any]:
    here = select(_VITALS).where(_VITALS.c.record_id == record.id, _VITALS.c.id.in_(ids))
    return record.session.execute(here)


def _counts(record: OpenRecord, ids: Sequence[UUID]) -> dict[UUID, int]:
    of = VitalVersionRow.vital_id
    statement = select(of, func.count()).where(VitalVersionRow.record_id == record.id, of.in_(ids))
    return {vital_id: count for vital_id, count in record.session.execute(statement.group_by(of))}  # noqa: C416


def _past(record: OpenRecord, row: Any, version: int) -> dict[str, Any]:
    """What is shown, as the version that it becomes."""
    sealed = None
    if row.sealed is not None:
        packed = record.key.open(SEALED, row.id, row.sealed)
        sealed = sealed_version(record, row.id, version, (row.kind, row.taken_at, packed))
    return {
        "record_id": record.id,
        "vital_id": row.id,
        "version": version,
        "edited_at": row.edited_at,
        "device": row.device,
        "author_id": row.author_id,
        "sealed": sealed,
    }


def _present(record: OpenRecord, row: Any, told: Anew, number: int) -> dict[str, Any]:
    """The columns of what is shown now."""
    kind, taken_at, sealed = row.kind, row.taken_at, None
    months.touch(record.session, record.id, kind, taken_at)
    if told.vital is not None:
        vital = replace(told.vital, id=row.id)
        kind, taken_at = vital.kind, vital.taken_at
        sealed = record.key.seal(SEALED, row.id, pack(vital))
        months.touch(record.session, record.id, kind, taken_at)
    return {
        "of_record": record.id,
        "of_id": row.id,
        "kind": kind,
        "taken_at": taken_at,
        "edited_at": stamp(clock.now(), row.edited_at),
        "device": device_of(told.import_id),
        "author_id": record.viewer.account_id,
        "sealed": sealed,
        "number": number,
    }


def _batches(many: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), _AT_ONCE):
        yield many[start : start + _AT_ONCE]
