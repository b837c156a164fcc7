"""Vitals that an import brings: what is new, the same or changed; keep them, and undo exactly what was kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select

from backend.consent.opening import OpenRecord
from backend.records.compared import Compared
from backend.vitals import months
from backend.vitals.glance import refresh
from backend.vitals.measurements import change_of, tell
from backend.vitals.packing import SEALED, pack, unpack
from backend.vitals.tables import VitalImportRow, VitalRow
from shared import clock
from shared.consent import Right, Scope
from shared.sync import Change, Word, stamp
from shared.vitals import BloodPressure, Vital

# A cuff's own file gives minutes, its radio gives seconds: the same reading may be this far apart.
NEAR = timedelta(seconds=60)
_BATCH = 400

Item = tuple[Vital, str]


@dataclass(frozen=True, slots=True)
class _Match:
    vital: Vital
    source_key: bytes
    known: UUID | None
    withdrawn: bool
    equal: bool


def compare(record: OpenRecord, items: Sequence[Item]) -> Compared:
    """What keeping ``items`` (vital, source id) would do."""
    record.must(Scope.VITALS, Right.READ)
    total = Compared()
    for match in _matches(record, items):
        total += _counted(match)
    return total


def keep_many(record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
    """Keep what an import brought. Keeping it again changes nothing."""
    record.must(Scope.VITALS, Right.WRITE)
    total, fresh, links = Compared(), [], []
    number = record.next_number()
    for match in _matches(record, items):
        total += _counted(match)
        vital_id = match.known or match.vital.id
        if match.known is None:
            fresh.append(_new_row(record, match, import_id, number))
            months.touch(record.session, record.id, match.vital.kind, match.vital.taken_at)
        elif match.withdrawn or not match.equal:
            _new_version(record, match, import_id)
        links.append({"record_id": record.id, "import_id": import_id, "vital_id": vital_id})
    if fresh:
        record.session.execute(insert(VitalRow), fresh)
    _link(record, links, import_id)
    if items:
        refresh(record)
    return total


def undo_import(record: OpenRecord, import_id: UUID) -> int:
    """Withdraw what only this import brought; returns how many.

    What another import brought too stays, what the person typed stays, and so does what she corrected since.
    """
    record.must(Scope.VITALS, Right.WRITE)
    here = (VitalImportRow.record_id == record.id, VitalImportRow.import_id == import_id)
    mine = select(VitalImportRow.vital_id).where(*here)
    rows = record.session.scalars(
        select(VitalRow).where(VitalRow.record_id == record.id, VitalRow.id.in_(mine))
    ).all()
    others = select(VitalImportRow.vital_id).where(
        VitalImportRow.record_id == record.id,
        VitalImportRow.import_id != import_id,
        VitalImportRow.vital_id.in_(mine),
    )
    kept = set(record.session.scalars(others))
    imports = set(
        record.session.scalars(select(VitalImportRow.import_id).where(VitalImportRow.record_id == record.id))
    )
    undone = 0
    for row in rows:
        typed = row.source_key is None or row.device not in imports
        if row.id in kept or typed or row.sealed is None:
            continue
        edited_at = stamp(clock.now(), row.edited_at)
        tell(record, Change(Word.VITAL, row.id, edited_at, import_id, None), None)
        undone += 1
    record.session.execute(delete(VitalImportRow).where(*here))
    if undone:
        refresh(record)
    return undone


def _counted(match: _Match) -> Compared:
    if match.known is None or match.withdrawn:
        return Compared(new=1)
    return Compared(same=1) if match.equal else Compared(changed=1)


def _matches(record: OpenRecord, items: Sequence[Item]) -> Iterator[_Match]:
    """Each item once, beside the row that it already is; the same thing twice in ``items`` is given once."""
    seen: set[bytes] = set()
    for start in range(0, len(items), _BATCH):
        batch = []
        for vital, source_id in items[start : start + _BATCH]:
            key = record.key.digest("vital source", source_id)
            if key not in seen:
                seen.add(key)
                batch.append((vital, key))
        yield from _match_batch(record, batch)


def _match_batch(record: OpenRecord, batch: Sequence[tuple[Vital, bytes]]) -> Iterator[_Match]:
    if not batch:
        return
    by_key = {row.source_key: row for row in _rows_by_key(record, [key for _, key in batch])}
    near = _Near(record, [vital for vital, key in batch if key not in by_key])
    for vital, key in batch:
        row = by_key.get(key)
        if row is not None:
            shown = _opened(record, row)
            equal = shown is not None and _equal(shown, vital)
            yield _Match(vital, key, row.id, row.sealed is None, equal)
        else:
            known = near.find(vital)
            yield _Match(vital, key, known, withdrawn=False, equal=known is not None)


def _rows_by_key(record: OpenRecord, keys: Sequence[bytes]) -> list[VitalRow]:
    statement = select(VitalRow).where(VitalRow.record_id == record.id, VitalRow.source_key.in_(keys))
    return list(record.session.scalars(statement))


class _Near:
    """Rows within a minute of ``vitals``, to find the reading that came another way (typed, by radio, by file)."""

    def __init__(self, record: OpenRecord, vitals: Sequence[Vital]) -> None:
        self._known: dict[str, list[Vital]] = {}
        for kind in {vital.kind for vital in vitals}:
            times = [vital.taken_at for vital in vitals if vital.kind == kind]
            self._known[kind] = _between(record, kind, min(times) - NEAR, max(times) + NEAR)

    def find(self, vital: Vital) -> UUID | None:
        for other in self._known.get(vital.kind, ()):
            if _whole_minutes(vital.taken_at, other.taken_at) and _same_reading(vital, other):
                return other.id
        return None


def _between(record: OpenRecord, kind: str, first: datetime, last: datetime) -> list[Vital]:
    statement = select(VitalRow.id, VitalRow.taken_at, VitalRow.sealed).where(
        VitalRow.record_id == record.id,
        VitalRow.kind == kind,
        VitalRow.taken_at.between(first, last),
        VitalRow.sealed.is_not(None),
    )
    return [
        unpack(vital_id, kind, taken_at, record.key.open(SEALED, vital_id, sealed or b""))
        for vital_id, taken_at, sealed in record.session.execute(statement)
    ]


def _whole_minutes(one: datetime, other: datetime) -> bool:
    """Within 60 s, or in the same minute where one of them gives no seconds."""
    return abs(one - other) <= NEAR and (
        one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
        or bool(one.second or other.second)
    )


def _same_reading(one: Vital, other: Vital) -> bool:
    a, b = one.reading, other.reading
    if isinstance(a, BloodPressure) and isinstance(b, BloodPressure):
        pulses_differ = a.pulse is not None and b.pulse is not None and a.pulse != b.pulse
        return (a.systolic, a.diastolic) == (b.systolic, b.diastolic) and not pulses_differ
    return a == b


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
        "device": import_id,
        "author_id": record.viewer.account_id,
        "sealed": record.key.seal(SEALED, vital.id, pack(vital)),
        "number": number,
        "source_key": match.source_key,
    }


def _new_version(record: OpenRecord, match: _Match, import_id: UUID) -> None:
    """The source changed its mind, or an undone import is kept again."""
    assert match.known is not None
    row = record.session.get_one(VitalRow, (record.id, match.known))
    vital = Vital(**{name: getattr(match.vital, name) for name in Vital.__slots__} | {"id": row.id})
    tell(record, change_of(vital, stamp(clock.now(), row.edited_at), import_id), vital)


def _link(record: OpenRecord, links: Sequence[dict[str, UUID]], import_id: UUID) -> None:
    here = (VitalImportRow.record_id == record.id, VitalImportRow.import_id == import_id)
    known = set(record.session.scalars(select(VitalImportRow.vital_id).where(*here)))
    missing = {link["vital_id"]: link for link in links if link["vital_id"] not in known}
    if missing:
        record.session.execute(insert(VitalImportRow), list(missing.values()))
