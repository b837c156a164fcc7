"""The things of a record: noted, corrected and withdrawn here; listed; with every version that is not shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mobile.store.bodies import moment_of
from mobile.store.opening import Store
from mobile.store.rows import (
    COLUMNS,
    Thing,
    find_row,
    keep_version,
    kept_versions,
    next_edit,
    number_in,
    thing_in,
    whose,
    write,
)
from shared import clock
from shared.problems import NotThere
from shared.sync import Change, stamp


@dataclass(frozen=True, slots=True)
class Written:
    """What is written here about a thing: its body (None withdraws it), and her yes to what is improbable."""

    word: str
    id: UUID
    body: str | None
    confirmed: bool = False


def note(store: Store, record_id: UUID, written: Written) -> Thing:
    """Keep a new version made here, untold. The same body again changes nothing.

    Saying yes for a version that was refused offers it again.
    """
    opened = store.open_record(record_id)
    word, thing_id, body, confirmed = written.word, written.id, written.body, written.confirmed
    with store.writing():
        before = find_row(store, opened, word, thing_id)
        if before is None and body is None:
            raise NotThere
        if (
            before is not None
            and before.change.body == body
            and (before.told or before.confirmed or not confirmed)
        ):
            return before
        made_from = None if before is None else before.change.edited_at
        change = Change(word, thing_id, stamp(store.now(), made_from), store.device, body)
        if before is not None:
            # Only the newest version made here is told; the ones it replaced stay here to be seen.
            keep_version(store, opened, replace(before, told=True))
            change = replace(change, number=before.change.number)
        at = before.at if body is None and before is not None else moment_of(word, body)
        thing = Thing(change, False, next_edit(store, opened, word, thing_id), "", at, confirmed)
        write(store, opened, thing)
        return thing


def find(store: Store, record_id: UUID, word: str, thing_id: UUID) -> Thing | None:
    """The shown version of one thing, withdrawn or not; None when it is not here."""
    return find_row(store, store.open_record(record_id), word, thing_id)


def of_word(
    store: Store, record_id: UUID, word: str, since: datetime | None = None, limit: int = -1
) -> list[Thing]:
    """The things of one word that are not withdrawn, newest first, from ``since`` on."""
    opened = store.open_record(record_id)
    rows = store.rows(
        f"SELECT {COLUMNS} FROM things INDEXED BY things_at WHERE account = ? AND record_id = ? AND word = ?"  # noqa: S608
        " AND NOT withdrawn AND (? IS NULL OR at >= ?) ORDER BY at DESC LIMIT ?",
        *whose(store, opened),
        word,
        *((None if since is None else clock.to_ms(since),) * 2),
        limit,
    )
    return [thing_in(store, opened, row) for row in rows]


def versions(store: Store, record_id: UUID, word: str, thing_id: UUID) -> list[Change]:
    """Every version that is not shown, newest first."""
    return kept_versions(store, store.open_record(record_id), word, thing_id)


def version_counts(store: Store, record_id: UUID, word: str) -> dict[UUID, int]:
    """How many versions that are not shown each thing of a word has."""
    rows = store.rows(
        "SELECT id, count(*) FROM versions WHERE account = ? AND record_id = ? AND word = ? GROUP BY id",
        *whose(store, store.open_record(record_id)),
        word,
    )
    return {UUID(str(row[0])): number_in(row[1]) for row in rows}
