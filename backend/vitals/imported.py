"""Vitals that an import brings: what is new, the same or changed; keep them, and undo exactly what was kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from backend.consent.opened import OpenRecord
from backend.records.compared import Compared
from backend.told import device_of
from backend.vitals import months
from backend.vitals.glance import refresh
from backend.vitals.measurements import change_of, tell, versions
from backend.vitals.nearby import Met, Near, teller
from backend.vitals.packing import SEALED, pack, unpack
from backend.vitals.tables import VitalImportRow, VitalRow
from shared import clock
from shared.consent import Right, Scope
from shared.sync import Change, Word, stamp
from shared.vitals import Vital

_BATCH = 400

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


def compare(record: OpenRecord, items: Sequence[Item]) -> Compared:
    """What keeping ``items`` (vital, source id) would do."""
    record.must(Scope.VITALS, Right.READ)
    return sum((match.fate.counted for match in _matches(record, items)), Compared())


def keep_many(record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
    """Keep what an import brought. Keeping it again changes nothing; what the person typed or corrected stays hers."""
    record.must(Scope.VITALS, Right.WRITE)
    total, fresh, links = Compared(), [], []
    number = record.next_number()
    for match in _matches(record, items):
        total += match.fate.counted
        if match.known is None:
            fresh.append(_new_row(record, match, import_id, number))
            months.touch(record.session, record.id, match.vital.kind, match.vital.taken_at)
        elif match.fate is _Fate.SAME:
            _remember_source(record, match)
        else:
            _new_version(record, match.known, match.vital, import_id)
        vital_id = match.known or match.vital.id
        links.append({"record_id": record.id, "import_id": import_id, "vital_id": vital_id})
    if fresh:
        record.session.execute(insert(VitalRow), fresh)
    _link(record, links, import_id)
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
    rows = record.session.scalars(
        select(VitalRow).where(VitalRow.record_id == record.id, VitalRow.id.in_(mine))
    ).all()
    others = _other_imports(record, import_id)
    undone = 0
    for row in rows:
        if row.sealed is None or not _by_import(row):
            continue
        if row.id not in others:
            edited_at = stamp(clock.now(), row.edited_at)
            tell(record, Change(Word.VITAL, row.id, edited_at, device_of(import_id), None), None)
            undone += 1
        elif row.device == device_of(import_id):
            _as_others_brought_it(record, row.id, others[row.id])
    record.session.execute(delete(VitalImportRow).where(*here))
    if rows:
        refresh(record)
    return undone


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


def _as_others_brought_it(record: OpenRecord, vital_id: UUID, imports: Sequence[UUID]) -> None:
    """The import that is undone had changed a reading of another import: show what that one brought."""
    by_device = {device_of(each): each for each in imports}
    for version in versions(record, vital_id):
        if version.device in by_device and version.vital is not None:
            _new_version(record, vital_id, version.vital, by_device[version.device])
            return


def _by_import(row: VitalRow) -> bool:
    """Whether an import, or the undoing of one, made what is shown; else a person did, and an import leaves it be."""
    return row.device.version == 8


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
            yield _Match(vital, key, other, _Fate.SAME)
            continue
        if fate in (_Fate.NEW, _Fate.BACK):
            met.add(vital if row is None else replace(vital, id=row.id))
        yield _Match(vital, key, None if row is None else row.id, fate)


def _fate(record: OpenRecord, row: VitalRow, vital: Vital) -> _Fate:
    if not _by_import(row):  # her own, corrected or withdrawn by herself: that stays
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


def _new_version(record: OpenRecord, vital_id: UUID, brought: Vital, import_id: UUID) -> None:
    """The source changed its mind, an undone import is kept again, or one that had changed it is undone."""
    row = record.session.get_one(VitalRow, (record.id, vital_id))
    vital = replace(brought, id=vital_id)
    tell(record, change_of(vital, stamp(clock.now(), row.edited_at), device_of(import_id)), vital)


def _remember_source(record: OpenRecord, match: _Match) -> None:
    """A typed reading that the file has too: by this it is found again even when she corrects it later."""
    record.session.execute(
        update(VitalRow)
        .where(VitalRow.record_id == record.id, VitalRow.id == match.known, VitalRow.source_key.is_(None))
        .values(source_key=match.source_key)
    )


def _link(record: OpenRecord, links: Sequence[dict[str, UUID]], import_id: UUID) -> None:
    here = (VitalImportRow.record_id == record.id, VitalImportRow.import_id == import_id)
    known = set(record.session.scalars(select(VitalImportRow.vital_id).where(*here)))
    missing = {link["vital_id"]: link for link in links if link["vital_id"] not in known}
    if missing:
        record.session.execute(insert(VitalImportRow), list(missing.values()))
