"""Versions of told things: tell one, read what is shown, what is not any more, and what changed since a number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from backend.consent.opened import OpenRecord, Part
from backend.records.placed import Key, Placed, beyond, placed
from backend.seal import SealedBytes
from backend.told.rows import ThingImportRow, ThingRow, ThingVersionRow
from backend.told.spelling import Entry, Merged, Outcome, Past, Spelling, Thing
from shared.consent import Right, Scope
from shared.problems import Invalid
from shared.sync import Change, Word, winner

_AT_ONCE = 400


class Versions:
    """The told things of one room, but for imports: its tables, their scope, and how its words are spelled."""

    def __init__(
        self,
        scope: Scope,
        rows: type[ThingRow],
        past: type[ThingVersionRow],
        imports: type[ThingImportRow],
        spellings: Sequence[Spelling[Any]],
    ) -> None:
        self.scope, self.rows, self.past, self.imports = scope, rows, past, imports
        self.spellings: Mapping[str, Spelling[Any]] = {each.word.value: each for each in spellings}

    def spelling(self, word: str) -> Spelling[Any]:
        """How ``word`` is written; `Invalid` for a word that this room does not keep."""
        if word not in self.spellings:
            raise Invalid("word_not_taken", word=word)
        return self.spellings[word]

    def change_of(self, word: Word, thing: Thing, edited_at: datetime, device: UUID) -> Change:
        """The thing as a version of this device."""
        return Change(word, thing.id, edited_at, device, self.spelling(word).body(thing))

    def tell(self, record: OpenRecord, change: Change, *, needs: Right = Right.WRITE) -> Merged:
        """Merge one told version with what is known: `shared.sync.winner` decides, the loser is kept as a version.

        Problems of the body are raised before anything is written. ``needs`` is the right that the deed takes.
        """
        record.must(self.scope, needs)
        spelling, thing = self.spelling(change.word), None
        if change.body is not None:
            thing = spelling.thing(change.body)
            if thing.id != change.id:
                raise Invalid("invalid_fields", field="id")
        # The record's lock comes before the look: two phones telling the same thing take turns.
        number = record.next_number()
        row = self.row(record, change.word, change.id)
        # A phone may write the same thing in another order of members: versions are compared in one spelling.
        change = replace(change, body=None if thing is None else spelling.body(thing))
        if row is None:
            return self._insert(record, change, thing, number)
        shown = self.shown_version(record, row)
        if _same(shown, change) or self._is_known_version(record, change):
            return Merged(Outcome.SAME, row.number)
        if winner(shown, change) is shown:
            self._keep_version(record, change, record.viewer.account_id)
            return Merged(Outcome.LOST, row.number)
        self._keep_version(record, shown, row.author_id)
        row.edited_at, row.device, row.number = change.edited_at, change.device, number
        row.author_id, row.sealed = record.viewer.account_id, self._sealed(record, change)
        row.on = row.on if thing is None else spelling.day(thing)
        record.session.flush()
        return Merged(Outcome.KEPT, number)

    def tell_anew(self, record: OpenRecord, told: Sequence[tuple[ThingRow, Change, Thing | None]]) -> None:
        """Newer versions of many things in few statements: ``row``, read under the record's lock, shows them now.

        What `tell` does one by one; for imports, whose bodies are their own. Each row once.
        """
        record.must(self.scope, Right.WRITE)
        number = record.next_number()
        for start in range(0, len(told), _AT_ONCE):
            some = told[start : start + _AT_ONCE]
            kept = self._counts(record, [row.id for row, _, _ in some])
            for row, change, thing in some:
                past, of = self.shown_version(record, row), (row.word, row.id)
                record.session.add(self._past_row(record, past, row.author_id, kept.get(of, 0) + 1))
                row.edited_at, row.device, row.number = change.edited_at, change.device, number
                row.author_id, row.sealed = record.viewer.account_id, self._sealed(record, change)
                row.on = row.on if thing is None else self.spelling(row.word).day(thing)
            record.session.flush()

    def newest_of(
        self, record: OpenRecord, devices: Mapping[tuple[str, UUID], Collection[UUID]]
    ) -> dict[tuple[str, UUID], Change]:
        """Of things, by word and id, the newest version of those devices that is no withdrawal, where there is one."""
        record.must(self.scope, Right.READ)
        past, found, ids = self.past, dict[tuple[str, UUID], Change](), [each for _, each in devices]
        for start in range(0, len(ids), _AT_ONCE):
            here = past.thing_id.in_(ids[start : start + _AT_ONCE])
            statement = (
                select(past)
                .where(past.record_id == record.id, here, past.sealed.is_not(None))
                .order_by(past.edited_at, past.version)
            )
            for row in record.session.scalars(statement):
                of = (row.word, row.thing_id)
                if row.device in devices.get(of, ()):
                    body = self._open_version(record, row)
                    word = self.spelling(row.word).word
                    found[of] = Change(word, row.thing_id, row.edited_at, row.device, body)
        return found

    def shown(
        self, record: OpenRecord, word: Word, since: date | None = None, *, asked: Part | None = None
    ) -> list[Any]:
        """The things of a word that are not withdrawn, newest day first; ``since``: only of that day and later.

        ``asked`` is what the record was opened for where that is another part (the bit of warnings, the glance).
        """
        record.must(*(asked or (self.scope, Right.READ)))
        rows, read = self.rows, self.spelling(word).read
        place, name, key = f"{rows.__tablename__}.sealed", word.value, record.key
        found = record.session.execute(self._listed(record, (rows.id, rows.sealed), word, since))
        return [read(key.open(place, f"{name}|{thing_id}", sealed or b"")) for thing_id, sealed in found]

    def entries(
        self, record: OpenRecord, word: Word, since: date | None = None, *, asked: Part | None = None
    ) -> list[Entry[Any]]:
        """The same, each with who wrote it and when. One query."""
        record.must(*(asked or (self.scope, Right.READ)))
        rows, read = self.rows, self.spelling(word).read
        columns = (rows.id, rows.sealed, rows.edited_at, rows.device, rows.author_id, rows.number)
        statement = self._listed(record, columns, word, since)
        place = f"{rows.__tablename__}.sealed"
        return [
            Entry(
                read(record.key.open(place, f"{word.value}|{thing_id}", sealed or b"")),
                at,
                device,
                by,
                number,
            )
            for thing_id, sealed, at, device, by, number in record.session.execute(statement)
        ]

    def _listed(
        self, record: OpenRecord, columns: Sequence[Any], word: Word, since: date | None
    ) -> Select[Any]:
        rows = self.rows
        statement = select(*columns).where(
            rows.record_id == record.id, rows.word == word.value, rows.sealed.is_not(None)
        )
        if since is not None:
            statement = statement.where(rows.on >= since)
        return statement.order_by(rows.on.is_(None), rows.on.desc(), rows.id.desc())

    def find(self, record: OpenRecord, word: Word, thing_id: UUID) -> Any | None:
        """One thing as it is shown; None when it is not there or was withdrawn."""
        record.must(self.scope, Right.READ)
        row = record.session.get(self.rows, (record.id, word.value, thing_id))
        return (
            None if row is None or row.sealed is None else self.spelling(word).read(self._open(record, row))
        )

    def versions(self, record: OpenRecord, word: Word, thing_id: UUID) -> list[Past[Any]]:
        """Every version that is not shown, newest edit first."""
        record.must(self.scope, Right.READ)
        past, spelling = self.past, self.spelling(word)
        statement = (
            select(past)
            .where(past.record_id == record.id, past.word == word.value, past.thing_id == thing_id)
            .order_by(past.edited_at.desc(), past.version.desc())
        )
        found = [(row, self._open_version(record, row)) for row in record.session.scalars(statement)]
        return [
            Past(spelling.thing(body) if body else None, row.edited_at, row.device, row.author_id)
            for row, body in found
        ]

    def changes(
        self, record: OpenRecord, after: int, limit: int, words: Sequence[Word] | None = None, key: Key = ()
    ) -> list[Placed]:
        """Shown versions whose change number is over ``after``, or is that and past ``key``, in order; for sync."""
        record.must(self.scope, Right.READ)
        rows = self.rows
        named = [word.value for word in words] if words is not None else list(self.spellings)
        past = beyond(rows.number, after, (rows.word, rows.id), (key[0], UUID(key[1])) if key else ())
        statement = (
            select(rows)
            .where(rows.record_id == record.id, past, rows.word.in_(named))
            .order_by(rows.number, rows.word, rows.id)
            .limit(limit)
        )
        return [
            placed(self._version(record, row), row.number, (row.word, str(row.id)))
            for row in record.session.scalars(statement)
        ]

    def row(self, record: OpenRecord, word: str, thing_id: UUID) -> ThingRow | None:
        """The row of a thing as the database has it now, for a word that holds the record's lock."""
        return record.session.get(self.rows, (record.id, word, thing_id), populate_existing=True)

    def shown_version(self, record: OpenRecord, row: ThingRow) -> Change:
        """What a row shows as a version, its body in today's spelling."""
        change = self._version(record, row)
        return replace(change, body=self._respelled(row.word, change.body))

    def new_row(self, record: OpenRecord, change: Change, thing: Thing | None, number: int) -> dict[str, Any]:
        """The columns of a thing that is new here."""
        return {
            "record_id": record.id,
            "word": str(change.word),
            "id": change.id,
            "on": None if thing is None else self.spelling(change.word).day(thing),
            "edited_at": change.edited_at,
            "device": change.device,
            "author_id": record.viewer.account_id,
            "sealed": self._sealed(record, change),
            "number": number,
            "source_key": None,
        }

    def _insert(self, record: OpenRecord, change: Change, thing: Thing | None, number: int) -> Merged:
        # A withdrawal of something never seen (its first version was lost on the way) is kept as a withdrawal.
        record.session.add(self.rows(**self.new_row(record, change, thing, number)))
        record.session.flush()
        return Merged(Outcome.KEPT, number)

    def _version(self, record: OpenRecord, row: ThingRow) -> Change:
        body = None if row.sealed is None else self._open(record, row).decode()
        return Change(row.word, row.id, row.edited_at, row.device, body)

    def _respelled(self, word: str, body: str | None) -> str | None:
        """A body that an earlier version of the program sealed, with the members that are new since."""
        spelling = self.spelling(word)
        return None if body is None else spelling.body(spelling.thing(body))

    def _is_known_version(self, record: OpenRecord, change: Change) -> bool:
        past = self.past
        statement = select(past).where(
            past.record_id == record.id,
            past.word == str(change.word),
            past.thing_id == change.id,
            past.edited_at == change.edited_at,
            past.device == change.device,
        )
        bodies = (self._open_version(record, row) for row in record.session.scalars(statement))
        return any(self._respelled(change.word, body) == change.body for body in bodies)

    def _keep_version(self, record: OpenRecord, change: Change, author_id: UUID) -> None:
        kept = self._counts(record, [change.id]).get((str(change.word), change.id), 0)
        record.session.add(self._past_row(record, change, author_id, kept + 1))
        record.session.flush()

    def _counts(self, record: OpenRecord, ids: Sequence[UUID]) -> dict[tuple[str, UUID], int]:
        """How many versions are kept of things with these ids."""
        past = self.past
        statement = select(past.word, past.thing_id, func.count()).where(
            past.record_id == record.id, past.thing_id.in_(ids)
        )
        grouped = statement.group_by(past.word, past.thing_id)
        return {(word, thing_id): count for word, thing_id, count in record.session.execute(grouped)}

    def _past_row(self, record: OpenRecord, change: Change, author_id: UUID, version: int) -> ThingVersionRow:
        past, word, sealed = self.past, str(change.word), None
        if change.body is not None:
            name = f"{past.__tablename__}.sealed"
            sealed = record.key.seal(name, f"{word}|{change.id}|{version}", change.body.encode())
        row = past(record_id=record.id, word=word, thing_id=change.id, version=version, sealed=sealed)
        row.edited_at, row.device, row.author_id = change.edited_at, change.device, author_id
        return row

    def _sealed(self, record: OpenRecord, change: Change) -> SealedBytes | None:
        name = f"{self.rows.__tablename__}.sealed"
        body = change.body
        return None if body is None else record.key.seal(name, f"{change.word}|{change.id}", body.encode())

    def _open(self, record: OpenRecord, row: ThingRow) -> bytes:
        assert row.sealed is not None
        return record.key.open(f"{self.rows.__tablename__}.sealed", f"{row.word}|{row.id}", row.sealed)

    def _open_version(self, record: OpenRecord, row: ThingVersionRow) -> str | None:
        if row.sealed is None:
            return None
        place = f"{row.word}|{row.thing_id}|{row.version}"
        return record.key.open(f"{self.past.__tablename__}.sealed", place, row.sealed).decode()


def _same(one: Change, other: Change) -> bool:
    return (one.edited_at, one.device, one.body) == (other.edited_at, other.device, other.body)
