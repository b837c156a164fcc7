"""Vitals that an import brings: what is new, the same or changed; keep them, and undo exactly what was kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from backend.consent.opened import OpenRecord
from backend.records.compared import Compared
from backend.told import device_of
from backend.vitals import anew, months
from backend.vitals.anew import Anew
from backend.vitals.glance import refresh
from backend.vitals.nearby import Met, Near, teller
from backend.vitals.packing import SEALED, pack, unpack
from backend.vitals.tables import VitalImportRow, VitalRow
from shared import clock
from shared.consent import Right, Scope
from shared.vitals import Vital

_BATCH = 400
_VITALS = cast("Table", VitalRow.__table__)
_REMEMBER = (
    update(_VITALS)
    .where(
        _VITALS.c.record_id == bindparam("of_record"),
        _VITALS.c.id == bindparam("of_id"),
        _VITALS.c.source_key.is_(None),
    )
    .values(source_key=bindparam("key"))
)

Item = tuple[Vital, str]


class _Fate(Enum):
    """What keeping makes of one thing of an import."""

    NEW = Compared(new=1)
    BACK = (Compared(new=1), "withdrawn when an import was undone")
    SAME = Compared(same=1)
    CHANGED = Compared(changed=1)

    @property
    def counted(self) -> Compared:
        return self.value if isinstance(self.value, Compared) else self.value[0]


@dataclass(frozen=True, slots=True)
class _Match:
    vital: Vital
    source_key: bytes
    known: UUID | None
    fate: _Fate
    is_near: bool = False


def compare(record: OpenRecord, items: Sequence[Item]) -> Compared:
    """What keeping ``items`` (vital, source id) would do."""
    record.must(Scope.VITALS, Right.READ)
    return sum((match.fate.counted for match in _matches(record, items)), Compared())


def keep_many(record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
    """Keep what an import brought. Keeping it again changes nothing; what the person typed or corrected stays hers."""
    record.must(Scope.VITALS, Right.WRITE)
    total, fresh, told, found, ids = Compared(), [], list[Anew](), list[_Match](), list[UUID]()
    number = record.next_number()
    for match in _matches(record, items):
        total += match.fate.counted
        ids.append(match.known or match.vital.id)
        if match.known is None:
            fresh.append(_new_row(record, match, import_id, number))
            months.touch(record.session, record.id, match.vital.kind, match.vital.taken_at)
        elif match.fate is not _Fate.SAME:
            told.append(Anew(match.known, match.vital, import_id))
        elif match.is_near:
            found.append(match)
    if fresh:
        record.session.execute(insert(VitalRow), fresh)
    anew.tell(record, told)
    _remember_sources(record, found)
    _link(record, ids, import_id)
    if items:
        refresh(record)
    return total


def undo_import(record: OpenRecord, import_id: UUID) -> int:
    """Withdraw what only this import brought; returns how many.

    What another import brought too stays, as that one brought it; what the person typed stays, and so does what she
    corrected since.
    """
    record.must(Scope.VITALS, Right.WRITE)
    record.next_number()
    here = (VitalImportRow.record_id == record.id, VitalImportRow.import_id == import_id)
    mine = select(VitalImportRow.vital_id).where(*here)
    shown = select(VitalRow.id, VitalRow.device).where(
        VitalRow.record_id == record.id, VitalRow.id.in_(mine), VitalRow.sealed.is_not(None)
    )
    rows = [row for row in record.session.execute(shown).all() if _by_import(row.device)]
    others = _other_imports(record, import_id)
    alone = [Anew(row.id, None, import_id) for row in rows if row.id not in others]
    # The import that is undone had changed a reading of another import: show what that one brought.
    ours = device_of(import_id)
    theirs = {row.id: others[row.id] for row in rows if row.id in others and row.device == ours}
    anew.tell(record, alone + anew.brought(record, theirs))
    record.session.execute(delete(VitalImportRow).where(*here))
    if rows:
        refresh(record)
    return len(alone)


def brought_by(record: OpenRecord, imports: Sequence[UUID]) -> dict[UUID, int]:
    """How many of the shown vitals each of these imports or posts brought, be it with others; none: left out."""
    record.must(Scope.VITALS, Right.READ)
    of = VitalImportRow.import_id
    shown = (VitalRow.record_id == VitalImportRow.record_id) & (VitalRow.id == VitalImportRow.vital_id)
    statement = (
        select(of, func.count())
        .join(VitalRow, shown & VitalRow.sealed.is_not(None))
        .where(VitalImportRow.record_id == record.id, of.in_(imports))
        .group_by(of)
    )
    return {each: count for each, count in record.session.execute(statement)}  # noqa: C416


def _other_imports(record: OpenRecord, import_id: UUID) -> dict[UUID, list[UUID]]:
    """The other imports that brought what this one brought."""
    mine = select(VitalImportRow.vital_id).where(
        VitalImportRow.record_id == record.id, VitalImportRow.import_id == import_id
    )
    statement = select(VitalImportRow.vital_id, VitalImportRow.import_id).where(
        VitalImportRow.record_id == record.id,
        VitalImportRow.import_id != import_id,
        VitalImportRow.vital_id.in_(mine),
    )
    found: dict[UUID, list[UUID]] = {}
    for vital_id, other in record.session.execute(statement):
        found.setdefault(vital_id, []).append(other)
    return found


def _by_import(device: UUID) -> bool:
    """Whether an import, or the undoing of one, made what is shown; else a person did, and an import leaves it be."""
    return device.version == 8


def _matches(record: OpenRecord, items: Sequence[Item]) -> Iterator[_Match]:
    """Each item once, beside the row that it already is; the same thing twice in ``items`` is given once."""
    seen: set[bytes] = set()
    met = Met()
    for start in range(0, len(items), _BATCH):
        batch = []
        for vital, source_id in items[start : start + _BATCH]:
            key = record.key.digest("vital source", source_id)
            if key not in seen:
                seen.add(key)
                batch.append((vital, key))
        if batch:
            yield from _match_batch(record, batch, met)


def _match_batch(record: OpenRecord, batch: Sequence[tuple[Vital, bytes]], met: Met) -> Iterator[_Match]:
    by_key = _rows_by_key(record, [key for _, key in batch])
    met.taken.update((by_key[key].id, teller(vital)) for vital, key in batch if key in by_key)
    near = Near(
        record, [vital for vital, key in batch if key not in by_key or by_key[key].sealed is None], met
    )
    for vital, key in batch:
        row = by_key.get(key)
        fate = _Fate.NEW if row is None else _fate(record, row, vital)
        # Not here, or withdrawn with an import: she may have typed it meanwhile.
        other = near.take(vital) if fate in (_Fate.NEW, _Fate.BACK) else None
        if other is not None:
            yield _Match(vital, key, other, _Fate.SAME, is_near=True)
            continue
        if fate in (_Fate.NEW, _Fate.BACK):
            met.add(vital if row is None else replace(vital, id=row.id))
        yield _Match(vital, key, None if row is None else row.id, fate)


def _fate(record: OpenRecord, row: VitalRow, vital: Vital) -> _Fate:
    if not _by_import(row.device):  # her own, corrected or withdrawn by herself: that stays
        return _Fate.SAME
    shown = _opened(record, row)
    if shown is None:
        return _Fate.BACK
    return _Fate.SAME if _equal(shown, vital) else _Fate.CHANGED


def _rows_by_key(record: OpenRecord, keys: Sequence[bytes]) -> dict[bytes, VitalRow]:
    """The row of each source; where one was withdrawn and typed again, the one that is shown."""
    statement = select(VitalRow).where(VitalRow.record_id == record.id, VitalRow.source_key.in_(keys))
    rows = sorted(record.session.scalars(statement), key=lambda row: row.sealed is not None)
    return {row.source_key: row for row in rows if row.source_key is not None}


def _equal(shown: Vital, vital: Vital) -> bool:
    """The same at its source: what the person added (a note, her label) does not make it another reading."""
    return shown.taken_at == vital.taken_at and shown.kind == vital.kind and shown.reading == vital.reading


def _opened(record: OpenRecord, row: VitalRow) -> Vital | None:
    if row.sealed is None:
        return None
    return unpack(row.id, row.kind, row.taken_at, record.key.open(SEALED, row.id, row.sealed))


def _new_row(record: OpenRecord, match: _Match, import_id: UUID, number: int) -> dict[str, object]:
    vital = match.vital
    return {
        "record_id": record.id,
        "id": vital.id,
        "kind": vital.kind,
        "taken_at": vital.taken_at,
        "edited_at": clock.now(),
        "device": device_of(import_id),
        "author_id": record.viewer.account_id,
        "sealed": record.key.seal(SEALED, vital.id, pack(vital)),
        "number": number,
        "source_key": match.source_key,
    }


def _remember_sources(record: OpenRecord, found: Sequence[_Match]) -> None:
    """Typed readings that the file has too: by this they are found again even when she corrects them later."""
    if found:
        rows = [{"of_record": record.id, "of_id": each.known, "key": each.source_key} for each in found]
        record.session.execute(_REMEMBER, rows)


def _link(record: OpenRecord, ids: Sequence[UUID], import_id: UUID) -> None:
    of = VitalImportRow.vital_id
    here = (VitalImportRow.record_id == record.id, VitalImportRow.import_id == import_id)
    missing = dict.fromkeys(ids)
    for start in range(0, len(ids), _BATCH):
        known = select(of).where(*here, of.in_(ids[start : start + _BATCH]))
        for each in record.session.scalars(known):
            missing.pop(each, None)
    if missing:
        rows = [{"record_id": record.id, "import_id": import_id, "vital_id": each} for each in missing]
        record.session.execute(insert(VitalImportRow), rows)
