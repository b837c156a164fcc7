"""Deliver readings, compare before keeping, keep what was staged, undo a delivery: in the caller's transaction.

Every merge first takes the record's next number, which locks the record: no two merges see half of each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

import numpy as np

from backend.consent.opened import OpenRecord
from backend.records.compared import Compared
from backend.statements import Soon
from backend.wearables import deliveries, shelf, summaries
from backend.wearables.chunks import Chunk, brought, same, same_readings, union, without
from backend.wearables.deliveries import Delivery, Span
from backend.wearables.packing import Days, pack_days, told_apart, unpack
from backend.wearables.packing import deliveries as brought_by
from backend.wearables.quarters import A_DAY, Quarters, pack_quarters, quarters_of, unpack_quarters
from backend.wearables.shelf import PackedDay, Source
from backend.wearables.staging import StagedDay, at_hand, chunk_of, given, together
from shared.consent import Right, Scope
from shared.streams import Readings

_BATCH = 400  # days taken from the shelf at once: bounds memory, not the transaction
POST, IMPORT = "post", "import"


@dataclass(slots=True)
class _Batch:
    """Days of one stream and source that came one after another."""

    stream: str
    source: str
    first: int
    last: int
    days: dict[int, StagedDay] = field(default_factory=dict)

    @property
    def utc_days(self) -> range:
        """From its first day to its last."""
        return range(self.first, self.last + 1)

    @property
    def given(self) -> int:
        """How many readings came, repeated ones too."""
        return sum(map(given, self.days.values()))

    def takes(self, day: StagedDay) -> bool:
        near = abs(day.day - self.first) < _BATCH and abs(day.day - self.last) < _BATCH
        return near and (day.stream, day.source) == (self.stream, self.source)

    def add(self, day: StagedDay) -> None:
        known = self.days.get(day.day)
        self.first, self.last = min(self.first, day.day), max(self.last, day.day)
        self.days[day.day] = day if known is None else together(known, day)


def deliver(record: OpenRecord, delivery_id: UUID, readings: Iterable[Readings]) -> Compared:
    """Keep readings that a device or app posted. Again, or in pieces, or overlapping others: only what is new is added.

    The answer counts readings that were not known before, and those that were (or came twice).
    A post that was undone stays undone, however often it is repeated. `Invalid` for readings that cannot be.
    """
    record.must(Scope.WEARABLES, Right.WRITE)
    return deliver_staged(record, delivery_id, [day for each in readings for day in at_hand(each)])


def deliver_staged(record: OpenRecord, delivery_id: UUID, staged: Iterable[StagedDay]) -> Compared:
    """`deliver` of readings that were staged before the record was opened."""
    record.must(Scope.WEARABLES, Right.WRITE)
    return _merge(record, delivery_id, staged, POST)


def merge_staged(record: OpenRecord, delivery_id: UUID, staged: Iterable[StagedDay]) -> Compared:
    """Keep the staged days of an import, at best sorted by stream, source and day. Keeps again what was undone."""
    record.must(Scope.WEARABLES, Right.WRITE)
    return _merge(record, delivery_id, staged, IMPORT)


def compare(record: OpenRecord, staged: Iterable[StagedDay]) -> Compared:
    """What keeping these days would come to; nothing is stored. Pieces of a day must follow one another."""
    record.must(Scope.WEARABLES, Right.READ)
    came = new = 0
    for batch in _batches(staged):
        source = shelf.source_id(record.session, record.key, batch.source)
        known: dict[int, bytes] = {}
        if source is not None:
            known = shelf.take(record.session, record.key, batch.stream, source, list(batch.days))
        for day, staged_day in batch.days.items():
            came += given(staged_day)
            if day not in known:
                new += staged_day.count
            else:
                old = unpack(known[day])
                new += len(union(old, chunk_of(staged_day))) - len(old)
    return Compared(new, came - new)


def undo(record: OpenRecord, delivery_id: UUID) -> int:
    """Drop exactly the readings that only this delivery brought; how many. Undoing again changes nothing."""
    record.must(Scope.WEARABLES, Right.WRITE)
    record.next_number()
    delivery = deliveries.find(record.session, record.key, delivery_id)
    if delivery is None or delivery.undone:
        return 0
    dropped = 0
    touched: dict[str, set[int]] = {}
    for span in deliveries.spans(record.session, record.key, delivery):
        changed = touched.setdefault(span.stream, set())
        for first in range(span.first, span.last + 1, _BATCH):
            days = range(first, min(first + _BATCH, span.last + 1))
            dropped += _drop(record, delivery, span, list(days), changed)
    deliveries.mark(record.session, record.key, delivery, undone=True)
    summaries.refresh(record, touched)
    return dropped


@dataclass(slots=True)
class _Work:
    """One merge under way: what is known of the record, and what has been done so far."""

    record: OpenRecord
    delivery: Delivery
    sources: list[Source]
    touched: dict[str, set[int]] = field(default_factory=dict)
    spans: dict[tuple[str, int], Span] = field(default_factory=dict)

    def widen(self, span: Span) -> None:
        """The delivery brought readings on these days too."""
        known = self.spans.get((span.stream, span.source), span)
        first, last = min(known.first, span.first), max(known.last, span.last)
        self.spans[span.stream, span.source] = Span(span.stream, span.source, first, last)


def _merge(record: OpenRecord, delivery_id: UUID, staged: Iterable[StagedDay], kind: str) -> Compared:
    session, key = record.session, record.key
    record.take_turn()
    batches = _batches(staged)
    first = next(batches, None)
    if first is None:
        _bring_back(record, deliveries.find(session, key, delivery_id), kind)
        return Compared()
    # All that can be asked by now is asked together.
    met = deliveries.meet(session, key, delivery_id, kind)
    sources, around = shelf.sources_soon(session, key), _around(record, first)
    summaries.expect(record, first.stream, first.utc_days)
    delivery = met.delivery()
    if delivery.undone and kind == POST:
        return Compared(0, sum(batch.given for batch in chain([first], batches)))
    work = _Work(record, delivery, shelf.sources(session, key, sources))
    came, new = first.given, _merge_batch(work, first, around)
    for batch in batches:
        came += batch.given
        new += _merge_batch(work, batch, _around(record, batch))
    _bring_back(record, delivery, kind)
    deliveries.widen(session, key, delivery, list(work.spans.values()))
    summaries.refresh(record, work.touched)
    shelf.let_go(session)
    return Compared(new, came - new)


def _bring_back(record: OpenRecord, delivery: Delivery | None, kind: str) -> None:
    """An import that was undone and is kept again is there again."""
    if delivery is not None and delivery.undone and kind != POST:
        deliveries.mark(record.session, record.key, delivery, undone=False)


def _around(record: OpenRecord, batch: _Batch) -> Soon:
    return shelf.around_soon(record.session, record.key, batch.stream, batch.source, batch.utc_days)


def _batches(staged: Iterable[StagedDay]) -> Iterator[_Batch]:
    batch: _Batch | None = None
    for day in staged:
        if batch is None or not batch.takes(day):
            if batch is not None:
                yield batch
            batch = _Batch(day.stream, day.source, day.day, day.day)
        batch.add(day)
    if batch is not None:
        yield batch


def _merge_batch(work: _Work, batch: _Batch, around: Soon) -> int:
    """Put the days of a batch on the shelf; how many readings were new."""
    session, key, stream = work.record.session, work.record.key, batch.stream
    source = shelf.know_source(session, key, batch.source, work.sources)
    held = shelf.around(around, batch.utc_days)
    held.order = [each.id for each in work.sources]
    touched = work.touched.setdefault(stream, set())
    fresh, replaced, quarters, new = [], [], [], 0
    for day, staged in batch.days.items():
        sealed = held.chunks.pop(day, None)
        if sealed is None:
            packed, its = _fresh(staged, work.delivery.number)
            fresh.append(packed)
            quarters += its
            more = staged.count
        else:
            old = shelf.open_chunk(key, stream, source, day, sealed)
            changed, more = _merge_day(old, staged, work.delivery.number)
            if changed is not None:
                replaced.append(changed[0])
                quarters.append(changed[1])
        new += more
        if more:
            touched.add(day)
    shelf.put(session, key, stream, source, fresh)
    shelf.replace(session, key, stream, source, replaced)
    held.replace(source, [day.day for day in fresh + replaced], quarters + _quarters_of(batch, fresh))
    shelf.hold(session, key, stream, held)
    work.widen(Span(stream, source, batch.first, batch.last))
    return new


def _fresh(staged: StagedDay, delivery: int) -> tuple[PackedDay, list[Quarters]]:
    """A day that nothing is merged with; its quarters too where it was not packed before."""
    if staged.chunk is None:
        return PackedDay(staged.day, staged.count, told_apart(staged.packed, delivery), staged.quarters), []
    packed, quarters = _packed(staged.day, brought(staged.chunk, delivery))
    return packed, [quarters]


def _quarters_of(batch: _Batch, fresh: list[PackedDay]) -> list[Quarters]:
    """The quarters of the days that nothing was merged with: as they were made, or read again where they were not."""
    days = {day.day for day in fresh if batch.days[day.day].chunk is None}
    made = {id(part): part for day in days if (part := batch.days[day].among) is not None}
    found = []
    for part in made.values():
        within = part.index // A_DAY
        mine = np.isin(within, list(days))
        found.append(part if mine.all() else part.only(np.flatnonzero(mine)))
    packed = [day.quarters for day in fresh if day.day in days and batch.days[day.day].among is None]
    return [*found, unpack_quarters(packed)] if packed else found


def _merge_day(old: bytes, staged: StagedDay, delivery: int) -> tuple[tuple[PackedDay, Quarters] | None, int]:
    """The day with both and its quarters, None if that changes nothing; and how many readings are new."""
    if staged.chunk is None and old == told_apart(staged.packed, delivery):
        return None, 0
    before, more = unpack(old), brought(chunk_of(staged), delivery)
    after = union(before, more)
    if same(before, after):
        return None, 0
    return _packed(staged.day, after), len(after) - len(before)


def _drop(record: OpenRecord, delivery: Delivery, span: Span, days: list[int], touched: set[int]) -> int:
    """Take a delivery out of the chunks of ``days``; how many readings went with it."""
    session, key = record.session, record.key
    known = shelf.take(session, key, span.stream, span.source, days)
    left, changed, dropped = [], [], 0
    for day, packed in known.items():
        if delivery.number not in brought_by(packed):
            continue
        before = unpack(packed)
        after = without(before, delivery.number)
        changed.append(day)
        dropped += len(before) - (0 if after is None else len(after))
        if after is not None:
            left.append(_packed(day, after)[0])
        if after is None or not same_readings(before, after):
            touched.add(day)
    shelf.remove(session, key, span.stream, span.source, changed)
    shelf.put(session, key, span.stream, span.source, left)
    return dropped


def _packed(day: int, chunk: Chunk) -> tuple[PackedDay, Quarters]:
    days = Days.cut(chunk)
    quarters = quarters_of(days)
    return PackedDay(day, len(chunk), *pack_days(days), *pack_quarters(quarters)), quarters
