"""Told things that an import brings: what is new, the same or changed; keep them, and undo exactly what was kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select

from backend.consent.opened import OpenRecord
from backend.records.compared import Compared
from backend.told.rows import ThingRow
from backend.told.spelling import Spelling
from backend.told.versions import Versions
from shared import clock
from shared.consent import Right
from shared.sync import Change, stamp

_BATCH = 400

Item = tuple[Any, str]
_Place = tuple[str, UUID]


def device_of(import_id: UUID) -> UUID:
    """The device that an import's versions carry: its id as a UUID of version 8, which no phone makes for itself."""
    marked = import_id.int & ~(0xF << 76) & ~(0b11 << 62)
    return UUID(int=marked | 8 << 76 | 0b10 << 62)


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
class _Brought:
    """One thing of an import with its source, before it is known whether it is here."""

    spelling: Spelling[Any]
    thing: Any
    source_key: bytes

    @property
    def place(self) -> _Place:
        return self.spelling.word.value, self.thing.id


@dataclass(frozen=True, slots=True)
class _Match:
    """The same beside the row that it already is. ``brought`` has the id of that row."""

    brought: _Brought
    row: ThingRow | None
    fate: _Fate


class Things(Versions):
    """The told things of one room, as phones tell them and as imports bring them."""

    def compare(self, record: OpenRecord, items: Sequence[Item]) -> Compared:
        """What keeping ``items`` (thing, source id) would do."""
        record.must(self.scope, Right.READ)
        return sum((match.fate.counted for match in self._matches(record, items)), Compared())

    def keep_many(self, record: OpenRecord, items: Sequence[Item], import_id: UUID) -> Compared:
        """Keep what an import brought. Keeping it again changes nothing; what she typed or corrected stays hers."""
        record.must(self.scope, Right.WRITE)
        number = record.next_number()
        total, fresh, places, told = Compared(), [], [], []
        for match in self._matches(record, items):
            total += match.fate.counted
            places.append(match.brought.place)
            if match.row is None:
                change = self._change(match.brought, import_id)
                row = self.new_row(record, change, match.brought.thing, number)
                fresh.append({**row, "source_key": match.brought.source_key})
            elif match.fate is _Fate.SAME:
                match.row.source_key = match.row.source_key or match.brought.source_key
            else:
                change = self._change(match.brought, import_id, match.row)
                told.append((match.row, change, match.brought.thing))
        if fresh:
            record.session.execute(insert(self.rows), fresh)
        self.tell_anew(record, told)
        self._link(record, places, import_id)
        return total

    def undo_import(self, record: OpenRecord, import_id: UUID) -> int:
        """Withdraw what only this import brought; returns how many.

        What another import brought too stays, as that one brought it; what the person typed stays, and so does what
        she corrected or withdrew since.
        """
        record.must(self.scope, Right.WRITE)
        record.next_number()
        links, rows = self.imports, self.rows
        here = (links.record_id == record.id, links.import_id == import_id)
        of_it = (links.record_id == rows.record_id, links.word == rows.word, links.thing_id == rows.id)
        statement = select(rows).join(links, (of_it[0] & of_it[1] & of_it[2])).where(*here)
        found = record.session.scalars(statement.execution_options(populate_existing=True)).all()
        mine = [row for row in found if row.sealed is not None and _by_import(row)]
        others, device = self._other_imports(record, import_id), device_of(import_id)
        alone = [row for row in mine if (row.word, row.id) not in others]
        theirs = [row for row in mine if (row.word, row.id) in others and row.device == device]
        told = [(row, Change(row.word, row.id, _later(row), device, None), None) for row in alone]
        self.tell_anew(record, told + self._as_others_brought(record, theirs, others))
        record.session.execute(delete(links).where(*here))
        return len(alone)

    def brought_by(self, record: OpenRecord, imports: Sequence[UUID]) -> dict[UUID, int]:
        """How many of what is shown each of these imports or posts brought, be it with others; none: left out."""
        record.must(self.scope, Right.READ)
        links, rows = self.imports, self.rows
        of_it = (links.record_id == rows.record_id, links.word == rows.word, links.thing_id == rows.id)
        statement = (
            select(links.import_id, func.count())
            .join(rows, (of_it[0] & of_it[1] & of_it[2]) & rows.sealed.is_not(None))
            .where(links.record_id == record.id, links.import_id.in_(imports))
            .group_by(links.import_id)
        )
        return {each: count for each, count in record.session.execute(statement)}  # noqa: C416

    def _matches(self, record: OpenRecord, items: Sequence[Item]) -> Iterator[_Match]:
        """Each thing once, beside the row that it already is; the same twice in ``items`` is given once."""
        seen: set[bytes | _Place] = set()
        for start in range(0, len(items), _BATCH):
            batch = []
            for thing, source_id in items[start : start + _BATCH]:
                spelling = self._spelling_of(thing)
                source_key = record.key.digest("thing source", f"{spelling.word.value}|{source_id}")
                brought = _Brought(spelling, thing, source_key)
                if source_key not in seen and brought.place not in seen:
                    seen |= {source_key, brought.place}
                    batch.append(brought)
            yield from self._match_batch(record, batch, seen)

    def _match_batch(
        self, record: OpenRecord, batch: Sequence[_Brought], seen: set[bytes | _Place]
    ) -> Iterator[_Match]:
        rows = self.rows
        statement = select(rows).where(
            rows.record_id == record.id,
            or_(
                rows.source_key.in_([each.source_key for each in batch]),
                rows.id.in_([each.thing.id for each in batch]),
            ),
        )
        found = record.session.scalars(statement).all()
        by_source = {row.source_key: row for row in found if row.source_key is not None}
        by_place = {(row.word, row.id): row for row in found}
        for brought in batch:
            row = by_source.get(brought.source_key) or by_place.get(brought.place)
            if row is None:
                yield _Match(brought, None, _Fate.NEW)
            elif row.id == brought.thing.id or (row.word, row.id) not in seen:
                seen.add((row.word, row.id))
                here = replace(brought, thing=replace(brought.thing, id=row.id))
                yield _Match(here, row, self._fate(record, row, here))

    def _fate(self, record: OpenRecord, row: ThingRow, brought: _Brought) -> _Fate:
        if not _by_import(row):  # her own, corrected or withdrawn by herself: that stays
            return _Fate.SAME
        if row.sealed is None:
            return _Fate.BACK
        same = self.shown_version(record, row).body == brought.spelling.body(brought.thing)
        return _Fate.SAME if same else _Fate.CHANGED

    def _spelling_of(self, thing: Any) -> Spelling[Any]:
        return next(each for each in self.spellings.values() if isinstance(thing, each.kind))

    def _change(self, brought: _Brought, import_id: UUID, row: ThingRow | None = None) -> Change:
        """What an import says now: new, changed at its source, or kept again after it was undone."""
        moment = clock.now() if row is None else _later(row)
        return self.change_of(brought.spelling.word, brought.thing, moment, device_of(import_id))

    def _other_imports(self, record: OpenRecord, import_id: UUID) -> dict[_Place, list[UUID]]:
        """The other imports that brought something of this record, by what they brought."""
        links = self.imports
        statement = select(links.word, links.thing_id, links.import_id).where(
            links.record_id == record.id, links.import_id != import_id
        )
        found: dict[_Place, list[UUID]] = {}
        for word, thing_id, other in record.session.execute(statement):
            found.setdefault((word, thing_id), []).append(other)
        return found

    def _as_others_brought(
        self, record: OpenRecord, rows: Sequence[ThingRow], others: Mapping[_Place, Collection[UUID]]
    ) -> list[tuple[ThingRow, Change, Any]]:
        """The import that is undone had changed things of other imports: show what those brought."""
        places = [(row.word, row.id) for row in rows]
        brought = self.newest_of(record, {of: set(map(device_of, others[of])) for of in places})
        told = []
        for row, of in zip(rows, places, strict=True):
            if of in brought:
                spelling = self.spelling(row.word)
                thing = spelling.thing(brought[of].body or "")
                told.append(
                    (row, self.change_of(spelling.word, thing, _later(row), brought[of].device), thing)
                )
        return told

    def _link(self, record: OpenRecord, places: Sequence[_Place], import_id: UUID) -> None:
        links = self.imports
        here = (links.record_id == record.id, links.import_id == import_id)
        known: set[_Place] = set()
        for start in range(0, len(places), _BATCH):
            some = links.thing_id.in_([each for _, each in places[start : start + _BATCH]])
            found = record.session.execute(select(links.word, links.thing_id).where(*here, some))
            known.update((word, thing_id) for word, thing_id in found)
        missing = [
            {"record_id": record.id, "import_id": import_id, "word": word, "thing_id": thing_id}
            for word, thing_id in dict.fromkeys(places)
            if (word, thing_id) not in known
        ]
        if missing:
            record.session.execute(insert(links), missing)


def _later(row: ThingRow) -> datetime:
    """Now, and after what is shown."""
    return stamp(clock.now(), row.edited_at)


def _by_import(row: ThingRow) -> bool:
    """Whether an import, or the undoing of one, made what is shown; else a person did, and an import leaves it be."""
    return row.device.version == 8
