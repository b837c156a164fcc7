"""Dispensings: keep what an import brings, undo exactly that, and read the list of medicines, typed ones too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from backend.consent.opened import OpenRecord
from backend.medicines import slips, telling
from backend.medicines.checking import see
from backend.medicines.hiding import Curtain, curtain
from backend.medicines.tables import DispensingImportRow, DispensingRow
from backend.records.compared import Compared
from backend.records.placed import Key, Placed, beyond, placed
from shared import clock
from shared.consent import Right, Scope
from shared.medicines import Dispensing
from shared.sync import Change, Word

_BATCH = 400
# A dispensing is written once by a pharmacy; its versions differ only in being there or withdrawn.
_NO_DEVICE = UUID(int=0)

Item = tuple[Dispensing, str]


@dataclass(frozen=True, slots=True)
class _Match:
    dispensing: Dispensing
    source_key: bytes
    row: DispensingRow | None

    @property
    def counted(self) -> Compared:
        known = self.row is not None and self.row.sealed is not None
        return Compared(same=1) if known else Compared(new=1)


def medicine_list(record: OpenRecord) -> list[Dispensing]:
    """What files brought and what she typed, newest day first; to others without what she hides."""
    record.must(Scope.MEDICINES, Right.READ)
    return list(see(record).slips)


def compare(record: OpenRecord, items: Sequence[Item]) -> Compared:
    """What keeping ``items`` (dispensing, source id) would do."""
    record.must(Scope.MEDICINES, Right.READ)
    total = Compared()
    for match in _matches(record, items):
        total += match.counted
    return total


def keep_many(record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
    """Keep what an import brought. Keeping it again changes nothing."""
    record.must(Scope.MEDICINES, Right.WRITE)
    number = record.next_number()
    total, links = Compared(), set()
    for match in _matches(record, items):
        total += match.counted
        links.add(_kept(record, match, number))
    record.session.flush()
    here = (DispensingImportRow.record_id == record.id, DispensingImportRow.import_id == import_id)
    links -= set(record.session.scalars(select(DispensingImportRow.dispensing_id).where(*here)))
    if links:
        rows = [{"record_id": record.id, "import_id": import_id, "dispensing_id": each} for each in links]
        record.session.execute(insert(DispensingImportRow), rows)
    if items:
        telling.refresh(record)
    return total


def undo_import(record: OpenRecord, import_id: UUID) -> int:
    """Withdraw what only this import brought; returns how many. What another brought too stays."""
    record.must(Scope.MEDICINES, Right.WRITE)
    number = record.next_number()
    here = (DispensingImportRow.record_id == record.id, DispensingImportRow.import_id == import_id)
    mine = set(record.session.scalars(select(DispensingImportRow.dispensing_id).where(*here)))
    record.session.execute(delete(DispensingImportRow).where(*here))
    others = set(
        record.session.scalars(
            select(DispensingImportRow.dispensing_id).where(DispensingImportRow.record_id == record.id)
        )
    )
    alone, undone = list(mine - others), 0
    for start in range(0, len(alone), _BATCH):
        withdrawn = (
            update(DispensingRow)
            .where(
                DispensingRow.record_id == record.id,
                DispensingRow.id.in_(alone[start : start + _BATCH]),
                DispensingRow.sealed.is_not(None),
            )
            .values(sealed=None, number=number)
            .returning(DispensingRow.id)
        )
        undone += len(record.session.scalars(withdrawn).all())
    if undone:
        telling.refresh(record)
    return undone


def changes(record: OpenRecord, after: int, limit: int, key: Key = ()) -> list[Placed]:
    """Dispensings whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
    record.must(Scope.MEDICINES, Right.READ)
    past = beyond(DispensingRow.number, after, (DispensingRow.id,), [UUID(each) for each in key])
    statement = (
        select(DispensingRow)
        .where(DispensingRow.record_id == record.id, past)
        .order_by(DispensingRow.number, DispensingRow.id)
        .limit(limit)
    )
    drawn = curtain(record)
    return [
        placed(_change(record, row, drawn), row.number, (str(row.id),))
        for row in record.session.scalars(statement)
    ]


def _change(record: OpenRecord, row: DispensingRow, drawn: Curtain) -> Change:
    # The number stands for the time: a later state of the same dispensing always wins on a phone.
    change = Change(Word.DISPENSING, row.id, clock.from_ms(row.number), _NO_DEVICE, None, row.number)
    if row.sealed is None:
        return change
    part = drawn.open_part(slips.unsealed(record.key, row.id, row.sealed))
    return telling.with_slip(record, change, part)


def _matches(record: OpenRecord, items: Sequence[Item]) -> Iterator[_Match]:
    seen: set[bytes] = set()
    for start in range(0, len(items), _BATCH):
        batch = []
        for dispensing, source_id in items[start : start + _BATCH]:
            key = record.key.digest("dispensing source", source_id)
            if key not in seen:
                seen.add(key)
                batch.append((dispensing, key))
        keys = [key for _, key in batch]
        statement = select(DispensingRow).where(
            DispensingRow.record_id == record.id, DispensingRow.source_key.in_(keys)
        )
        rows = {row.source_key: row for row in record.session.scalars(statement)}
        for dispensing, key in batch:
            yield _Match(dispensing, key, rows.get(key))


def _kept(record: OpenRecord, match: _Match, number: int) -> UUID:
    if match.row is None:
        dispensing = match.dispensing
        record.session.add(
            DispensingRow(
                record_id=record.id,
                id=dispensing.id,
                dispensed_on=dispensing.dispensed_on,
                author_id=record.viewer.account_id,
                sealed=slips.sealed(record.key, dispensing),
                number=number,
                source_key=match.source_key,
            )
        )
        return dispensing.id
    if match.row.sealed is None:
        match.row.sealed = slips.sealed(record.key, replace(match.dispensing, id=match.row.id))
        match.row.number = number
    return match.row.id
