"""Measurements: note, correct, withdraw, and read them again. A correction is a new version; nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import func, select

from backend.consent.opened import OpenRecord
from backend.records.placed import Key, Placed, beyond, placed
from backend.seal import SealedBytes
from backend.told import Merged, Outcome
from backend.vitals import months
from backend.vitals.glance import refresh
from backend.vitals.packing import SEALED, pack, unpack
from backend.vitals.tables import VitalRow, VitalVersionRow
from shared import strict_json
from shared.consent import Right, Scope
from shared.kinds import KINDS
from shared.problems import NotThere
from shared.sync import Change, Word, winner
from shared.vitals import Vital, check
from shared.vitals_schema import vital_from, vital_members

_VERSION = "vital_versions.sealed"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a measurement that is not shown; ``vital`` is None where it was a withdrawal."""

    edited_at: datetime
    device: UUID
    author_id: UUID
    vital: Vital | None


def note(
    record: OpenRecord, vital: Vital, edited_at: datetime, device: UUID, *, confirmed: bool = False
) -> Merged:
    """Keep a measurement, or a new version of it. Problems of the values are raised before anything is written."""
    record.must(Scope.VITALS, Right.WRITE)
    check(vital, confirmed=confirmed)
    told = tell(record, change_of(vital, edited_at, device), vital)
    refresh(record)
    return told


def withdraw(record: OpenRecord, vital_id: UUID, edited_at: datetime, device: UUID) -> Merged:
    """Take a measurement back: it is shown no more, its versions stay."""
    record.must(Scope.VITALS, Right.WRITE)
    if record.session.get(VitalRow, (record.id, vital_id)) is None:
        raise NotThere
    told = tell(record, Change(Word.VITAL, vital_id, edited_at, device, None), None)
    refresh(record)
    return told


def tell(record: OpenRecord, change: Change, vital: Vital | None) -> Merged:
    """Merge one told version with what is known: `shared.sync.winner` decides, the loser is kept as a version.

    Whoever tells several calls `glance.refresh` once at the end.
    """
    record.must(Scope.VITALS, Right.WRITE)
    # The record's lock comes before the look: two phones telling the same thing take turns.
    number = record.next_number()
    row = record.session.get(VitalRow, (record.id, change.id), populate_existing=True)
    # A phone may write the same vital in another order of members: versions are compared in one spelling.
    change = replace(change, body=None if vital is None else body_of(vital))
    if row is None:
        _insert(record, change, vital, number)
        return Merged(Outcome.KEPT, number)
    shown = _shown(record, row)
    if _same(shown, change) or _is_known_version(record, change):
        return Merged(Outcome.SAME, row.number)
    if winner(shown, change) is shown:
        _keep_version(record, change, record.viewer.account_id)
        return Merged(Outcome.LOST, row.number)
    _keep_version(record, shown, row.author_id)
    _replace(record, row, change, vital, number)
    return Merged(Outcome.KEPT, number)


def read(record: OpenRecord, vital_id: UUID) -> Vital:
    """One measurement as it is shown."""
    record.must(Scope.VITALS, Right.READ)
    row = record.session.get(VitalRow, (record.id, vital_id))
    if row is None or row.sealed is None:
        raise NotThere
    return _open(record, row)


def history(
    record: OpenRecord,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[Vital]:
    """Measurements from ``since`` (included) to ``until`` (not included), newest first; all kinds or one."""
    record.must(Scope.VITALS, Right.READ)
    # Columns, not objects: a five-year chart opens 7,300 rows.
    statement = select(VitalRow.id, VitalRow.kind, VitalRow.taken_at, VitalRow.sealed)
    statement = statement.where(VitalRow.record_id == record.id, VitalRow.sealed.is_not(None))
    if kind is not None:
        statement = statement.where(VitalRow.kind == kind)
    if since is not None:
        statement = statement.where(VitalRow.taken_at >= since)
    if until is not None:
        statement = statement.where(VitalRow.taken_at < until)
    statement = statement.order_by(VitalRow.taken_at.desc(), VitalRow.id.desc()).limit(limit)
    return [
        unpack(vital_id, name, taken_at, record.key.open(SEALED, vital_id, sealed or b""))
        for vital_id, name, taken_at, sealed in record.session.execute(statement)
    ]


def latest(record: OpenRecord) -> list[Vital]:
    """The newest measurement of each kind but blood pressure, in the order of the kinds."""
    record.must(Scope.VITALS, Right.READ)
    others = [kind for kind in KINDS if kind != "blood_pressure"]
    newest = (
        select(VitalRow.kind, func.max(VitalRow.taken_at).label("taken_at"))
        .where(VitalRow.record_id == record.id, VitalRow.kind.in_(others), VitalRow.sealed.is_not(None))
        .group_by(VitalRow.kind)
        .subquery()
    )
    statement = (
        select(VitalRow)
        .join(newest, (VitalRow.kind == newest.c.kind) & (VitalRow.taken_at == newest.c.taken_at))
        .where(VitalRow.record_id == record.id, VitalRow.sealed.is_not(None))
        .order_by(VitalRow.id)
    )
    by_kind = {row.kind: _open(record, row) for row in record.session.scalars(statement)}
    return [by_kind[kind] for kind in others if kind in by_kind]


def versions(record: OpenRecord, vital_id: UUID) -> list[Version]:
    """Every version that is not shown, newest edit first."""
    record.must(Scope.VITALS, Right.READ)
    statement = (
        select(VitalVersionRow)
        .where(VitalVersionRow.record_id == record.id, VitalVersionRow.vital_id == vital_id)
        .order_by(VitalVersionRow.edited_at.desc(), VitalVersionRow.version.desc())
    )
    return [
        Version(row.edited_at, row.device, row.author_id, _opened_version(record, row))
        for row in record.session.scalars(statement)
    ]


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Shown versions whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
    record.must(Scope.VITALS, Right.READ)
    past = beyond(VitalRow.number, after, (VitalRow.id,), [UUID(each) for each in key])
    statement = (
        select(VitalRow)
        .where(VitalRow.record_id == record.id, past)
        .order_by(VitalRow.number, VitalRow.id)
        .limit(limit)
    )
    return [
        placed(_shown(record, row), row.number, (str(row.id),)) for row in record.session.scalars(statement)
    ]


def change_of(vital: Vital, edited_at: datetime, device: UUID) -> Change:
    """The vital as a version of this device."""
    return Change(Word.VITAL, vital.id, edited_at, device, body_of(vital))


def body_of(vital: Vital) -> str:
    """The JSON text of a vital, the same for equal vitals."""
    return orjson.dumps(vital_members(vital), option=orjson.OPT_SORT_KEYS).decode()


def vital_of(body: str) -> Vital:
    """The vital of a told body; raises what is wrong with it."""
    return vital_from(strict_json.loads(body.encode()))


def _insert(record: OpenRecord, change: Change, vital: Vital | None, number: int) -> None:
    # A withdrawal of something never seen (its first version was lost on the way) is kept as a withdrawal.
    record.session.add(
        VitalRow(
            record_id=record.id,
            id=change.id,
            kind=vital.kind if vital else "",
            taken_at=vital.taken_at if vital else change.edited_at,
            edited_at=change.edited_at,
            device=change.device,
            author_id=record.viewer.account_id,
            sealed=record.key.seal(SEALED, vital.id, pack(vital)) if vital else None,
            number=number,
        )
    )
    if vital is not None:
        months.touch(record.session, record.id, vital.kind, vital.taken_at)
    record.session.flush()


def _replace(record: OpenRecord, row: VitalRow, change: Change, vital: Vital | None, number: int) -> None:
    months.touch(record.session, record.id, row.kind, row.taken_at)
    row.edited_at, row.device, row.number = change.edited_at, change.device, number
    row.author_id = record.viewer.account_id
    row.sealed = record.key.seal(SEALED, vital.id, pack(vital)) if vital else None
    if vital is not None:
        row.kind, row.taken_at = vital.kind, vital.taken_at
        months.touch(record.session, record.id, vital.kind, vital.taken_at)
    record.session.flush()


def _shown(record: OpenRecord, row: VitalRow) -> Change:
    body = None if row.sealed is None else body_of(_open(record, row))
    return Change(Word.VITAL, row.id, row.edited_at, row.device, body, row.number)


def _open(record: OpenRecord, row: VitalRow) -> Vital:
    assert row.sealed is not None
    return unpack(row.id, row.kind, row.taken_at, record.key.open(SEALED, row.id, row.sealed))


def _same(one: Change, other: Change) -> bool:
    return (one.edited_at, one.device, one.body) == (other.edited_at, other.device, other.body)


def _is_known_version(record: OpenRecord, change: Change) -> bool:
    statement = select(VitalVersionRow).where(
        VitalVersionRow.record_id == record.id,
        VitalVersionRow.vital_id == change.id,
        VitalVersionRow.edited_at == change.edited_at,
        VitalVersionRow.device == change.device,
    )
    for row in record.session.scalars(statement):
        vital = _opened_version(record, row)
        if (None if vital is None else body_of(vital)) == change.body:
            return True
    return False


def _keep_version(record: OpenRecord, change: Change, author_id: UUID) -> None:
    count = select(func.count()).select_from(VitalVersionRow)
    statement = count.where(VitalVersionRow.record_id == record.id, VitalVersionRow.vital_id == change.id)
    version = record.session.execute(statement).scalar_one() + 1
    sealed = None
    if change.body is not None:
        vital = vital_of(change.body)
        sealed = sealed_version(record, change.id, version, (vital.kind, vital.taken_at, pack(vital)))
    record.session.add(
        VitalVersionRow(
            record_id=record.id,
            vital_id=change.id,
            version=version,
            edited_at=change.edited_at,
            device=change.device,
            author_id=author_id,
            sealed=sealed,
        )
    )
    record.session.flush()


def sealed_version(
    record: OpenRecord, vital_id: UUID, version: int, held: tuple[str, datetime, bytes]
) -> SealedBytes:
    """The sealed part of a version's row: kind, moment, and what was packed."""
    record.must(Scope.VITALS, Right.WRITE)
    kind, taken_at, packed = held
    plain = orjson.dumps([kind, taken_at.isoformat()]) + b"\n" + packed
    return record.key.seal(_VERSION, f"{vital_id}|{version}", plain)


def opened_version(record: OpenRecord, row: VitalVersionRow) -> Vital | None:
    """The vital of a version's row; None where it was a withdrawal."""
    record.must(Scope.VITALS, Right.READ)
    return _opened_version(record, row)


def _opened_version(record: OpenRecord, row: VitalVersionRow) -> Vital | None:
    if row.sealed is None:
        return None
    plain = record.key.open(_VERSION, f"{row.vital_id}|{row.version}", row.sealed)
    head, _, packed = plain.partition(b"\n")
    kind, taken_at = orjson.loads(head)
    return unpack(row.vital_id, kind, datetime.fromisoformat(taken_at), packed)
