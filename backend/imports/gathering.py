"""Gathering: what a format finds in a file, taken piece by piece and staged in bounded steps, out of sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from backend.consent.opened import OpenRecord
from backend.imports import staging
from backend.imports.inbox import Progress
from backend.imports.shelves import shelf_of, written
from backend.imports.staging import TROUBLE, Batch, Day, trouble_values
from backend.wearables.chunks import DAY_MS
from backend.wearables.staging import stage
from shared import clock
from shared.findings import Finding
from shared.formats import Found, Identity, Piece, Trouble
from shared.medicines import Memo
from shared.problems import Invalid, Problem
from shared.stream_limits import Column
from shared.streams import Readings
from shared.vitals import Vital

# What waits in memory before it is written away.
WORDS_IN_BATCH = 500
DAYS_BYTES = 512 * 1024
BATCHES_AT_ONCE = 8

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a file is read: the record, a transaction for each bounded step, and whom to tell how far it is.

    ``roots`` is the file of those whose signatures are trusted.
    """

    record: OpenRecord
    transaction: Transaction
    reading: Transaction
    tell: Callable[[Progress], None]
    roots: Path | None = None


class Gathering:
    """Takes pieces as a format gives them and writes them away in bounded steps."""

    def __init__(self, desk: Desk, import_id: UUID) -> None:
        self._desk = desk
        self._import_id = import_id
        self._words: dict[str, list[object]] = {}
        self._batches: list[Batch] = []
        self._batch_numbers: Counter[str] = Counter()
        self._days: list[Day] = []
        self._bundles = 0
        self._days_bytes = 0
        self._sources: dict[str, int] = {}
        self._seen: set[bytes] = set()
        self._percent = 0
        self._dates: set[int] = set()
        self.readings = 0
        self.counts: Counter[str] = Counter()
        self.not_understood = 0
        self.identity: Identity | None = None

    def take(self, piece: Piece, position: Callable[[], int]) -> None:
        """One piece; ``position`` is how far the file is read, in percent."""
        match piece:
            case Identity():
                self.identity = self.identity or piece
            case Trouble():
                self._trouble(piece)
            case Found():
                self._found(piece)
            case Readings():
                self._readings(piece)
        if self._days_bytes >= DAYS_BYTES or len(self._batches) >= BATCHES_AT_ONCE:
            self._write()
            self._tell(position())

    def end(self) -> None:
        """Write away what is left."""
        for what in list(self._words):
            self._close_batch(what)
        self._write()

    def _found(self, found: Found) -> None:
        shelf = shelf_of(found)
        if shelf is None:
            self._trouble(_not_yet(found))
            return
        key = self._desk.record.key.digest("import", found.source_id)
        if key in self._seen:
            return
        self._seen.add(key)
        try:
            shelf.check(found.word)
        except Invalid as problem:
            self._trouble(Trouble(found.where, problem))
            return
        self._put(shelf.what, written(shelf, found))
        self.readings += 1
        if isinstance(found.word, Vital):
            self._dates.add(clock.to_ms(found.word.taken_at) // DAY_MS)

    def _readings(self, readings: Readings) -> None:
        try:
            for day in stage(readings):
                source = self._sources.setdefault(day.source, len(self._sources))
                packed = day.as_bytes()
                self._days.append(Day(day.stream, source, day.day, packed))
                self._dates.add(day.day)
                self.readings += day.count + day.repeated
                self._days_bytes += len(packed)
        except Invalid as problem:
            self._trouble(Trouble(readings.where, problem), len(readings))

    def _trouble(self, trouble: Trouble, count: int = 1) -> None:
        said = trouble.problem.words.get("count") if isinstance(trouble.problem, Problem) else None
        self.not_understood += said if isinstance(said, int) else count
        self._put(TROUBLE, trouble_values(trouble))

    def _put(self, what: str, values: object) -> None:
        self._words.setdefault(what, []).append(values)
        if len(self._words[what]) >= WORDS_IN_BATCH:
            self._close_batch(what)

    def _close_batch(self, what: str) -> None:
        values = self._words.pop(what)
        self._batches.append(Batch(what, self._batch_numbers[what], self.counts[what], values))
        self._batch_numbers[what] += 1
        self.counts[what] += len(values)

    def _write(self) -> None:
        if self._batches or self._days:
            with self._desk.transaction() as session:
                staging.write(session, self._desk.record.key, self._import_id, self._batches)
                self._bundles = staging.write_days(
                    session, self._desk.record.key, self._import_id, self._days, self._bundles
                )
        self._batches, self._days, self._days_bytes = [], [], 0

    def _tell(self, percent: int) -> None:
        percent = min(99, percent)
        if percent > self._percent:
            self._percent = percent
            self._desk.tell(self.progress(percent))

    def progress(self, percent: int) -> Progress:
        """How far it is, the speed left out."""
        return Progress(percent, self.readings, len(self._dates))


def span(column: Column) -> tuple[float, float]:
    """The least and the most of a column: a hundredth of what the standard library takes for it."""
    numbers = np.frombuffer(column, column.typecode)
    return numbers.min().item(), numbers.max().item()


def _not_yet(found: Found) -> Trouble:
    """A word of ours that no room keeps yet."""
    excerpt = found.word.text if isinstance(found.word, Finding | Memo) else ""
    return Trouble(found.where, Invalid("type_not_yet", type=type(found.word).__name__, count=1), excerpt)
