"""The preview: what keeping a file would do to the record, counted by kind: new, the same, changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.imports import staging
from backend.imports.shelves import SHELVES, Item, Shelf, items
from backend.records.compared import Compared
from backend.wearables import merging
from backend.wearables.staging import StagedDay
from shared.consent import Right, Scope

Words = Callable[[Shelf, Sequence[Item]], Compared]
Days = Callable[[Iterable[StagedDay]], Compared]


def compared(record: OpenRecord, import_id: UUID) -> dict[str, Compared]:
    """What keeping would do, by kind (a kind of row and a stream of the same name are counted together)."""
    record.must(Scope.RECORD, Right.READ)
    return counted(
        record,
        import_id,
        lambda shelf, some: shelf.compare(record, some),
        lambda days: merging.compare(record, days),
    )


def counted(record: OpenRecord, import_id: UUID, words: Words, days: Days) -> dict[str, Compared]:
    """Go through all that is staged, a batch at a time, and add up what ``words`` and ``days`` say of it."""
    record.must(Scope.RECORD, Right.READ)
    total: dict[str, Compared] = {}
    for shelf in SHELVES.values():
        for batch in staging.read(record.session, record.key, import_id, shelf.what):
            for kind, some in items(shelf, batch.values).items():
                total[kind] = total.get(kind, Compared()) + words(shelf, some)
    for stream in staging.streams(record.session, record.id, import_id):
        packed = staging.read_days(record.session, record.key, import_id, stream)
        brought = days(StagedDay.from_bytes(each) for each in packed)
        total[stream] = total.get(stream, Compared()) + brought
    return total
