"""How a thing stands in the file: a sealed row for the version shown, a row for each that is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from mobile.store.opening import Opened, Store
from shared import clock
from shared.sync import Change

COLUMNS = (
    "word, id, edited_at, device, number, told, edit, refused_edit, sealed, sealed_problem, at, confirmed"
)


@dataclass(frozen=True, slots=True)
class Thing:
    """The version that is shown. ``edit`` counts edits here; ``refused`` is the server's reason or empty."""

    change: Change
    told: bool
    edit: int
    refused: str
    at: int | None
    confirmed: bool = False  # she said yes to an improbable value


def same(one: Change, other: Change) -> bool:
    """Whether two are the same version; the server's number does not matter."""
    return replace(one, number=0) == replace(other, number=0)


def kept_versions(store: Store, opened: Opened, word: str, thing_id: UUID) -> list[Change]:
    """The versions of a thing that are not shown, newest first."""
    rows = store.rows(
        "SELECT edited_at, device, sealed FROM versions WHERE account = ? AND record_id = ? AND word = ? AND id = ?"
        " ORDER BY edited_at DESC, n DESC",
        *whose(store, opened),
        word,
        str(thing_id),
    )
    found = []
    for edited_at, device, sealed in rows:
        blank = Change(word, thing_id, clock.from_ms(number_in(edited_at)), UUID(str(device)), None)
        found.append(replace(blank, body=body_in(store, opened, blank, sealed, "versions")))
    return found


def whose(store: Store, opened: Opened) -> tuple[str, str]:
    """The account in turn and the record, as the file has them."""
    account, _ = store.inside()
    return str(account), str(opened.record_id)


def place(store: Store, opened: Opened, change: Change) -> tuple[str, ...]:
    """The primary key of the thing that ``change`` is about."""
    return (*whose(store, opened), change.word, str(change.id))


def seal_place(store: Store, opened: Opened, change: Change, table: str) -> tuple[str, ...]:
    """What a body is bound to: its row and its version, so that no two can be exchanged in the file."""
    return (table, *place(store, opened, change), str(clock.to_ms(change.edited_at)), str(change.device))


def find_row(store: Store, opened: Opened, word: str, thing_id: UUID) -> Thing | None:
    """The row of one thing."""
    rows = store.rows(
        f"SELECT {COLUMNS} FROM things WHERE account = ? AND record_id = ? AND word = ? AND id = ?",  # noqa: S608
        *whose(store, opened),
        word,
        str(thing_id),
    )
    return thing_in(store, opened, rows[0]) if rows else None


def thing_in(store: Store, opened: Opened, row: tuple[object, ...]) -> Thing:
    """A row of COLUMNS as a thing."""
    word, thing_id, edited_at, device, number, told, edit, refused_edit, sealed, problem, at, confirmed = row
    blank = Change(
        str(word),
        UUID(str(thing_id)),
        clock.from_ms(number_in(edited_at)),
        UUID(str(device)),
        None,
        number_in(number),
    )
    refused = ""
    if refused_edit == edit and problem is not None:
        refused = store.unsealed(
            opened.lock, problem, "problems", *whose(store, opened), str(thing_id)
        ).decode()
    change = replace(blank, body=body_in(store, opened, blank, sealed, "things"))
    return Thing(
        change, bool(told), number_in(edit), refused, None if at is None else number_in(at), bool(confirmed)
    )


def body_in(store: Store, opened: Opened, change: Change, sealed: object, table: str) -> str | None:
    """The body that was sealed into a row of ``table``; None when withdrawn."""
    if sealed is None:
        return None
    return store.unsealed(opened.lock, sealed, *seal_place(store, opened, change, table)).decode()


def sealed_body(store: Store, opened: Opened, change: Change, table: str) -> bytes | None:
    """The body of ``change`` as a row of ``table`` keeps it."""
    if change.body is None:
        return None
    return opened.lock.seal(change.body.encode(), *seal_place(store, opened, change, table))


def write(store: Store, opened: Opened, thing: Thing) -> None:
    """Write the version shown; what was refused before is forgotten with it."""
    change = thing.change
    with store.writing() as db:
        db.execute(
            "INSERT OR REPLACE INTO things (account, record_id, word, id, at, edited_at, device, number, told, edit,"
            " confirmed, withdrawn, refused_edit, pass, sealed, sealed_problem)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, NULL)",
            (
                *place(store, opened, change),
                thing.at,
                clock.to_ms(change.edited_at),
                str(change.device),
                change.number,
                thing.told,
                thing.edit,
                thing.confirmed,
                change.body is None,
                opened.sweep,
                sealed_body(store, opened, change, "things"),
            ),
        )


def next_edit(store: Store, opened: Opened, word: str, thing_id: UUID) -> int:
    """The counter of a new version: no version of this thing here ever had it, so a late answer finds only its own."""
    which = (*whose(store, opened), word, str(thing_id))
    ((last,),) = store.rows(
        "SELECT max(coalesce((SELECT edit FROM things WHERE account = ? AND record_id = ? AND word = ? AND id = ?), 0),"
        " coalesce((SELECT max(edit) FROM versions WHERE account = ? AND record_id = ? AND word = ? AND id = ?), 0))",
        *which,
        *which,
    )
    return number_in(last) + 1


def keep_version(store: Store, opened: Opened, thing: Thing) -> None:
    """Keep a version that is not shown (any more); one that is kept already is not kept twice."""
    change = thing.change
    if any(same(known, change) for known in kept_versions(store, opened, change.word, change.id)):
        return
    with store.writing() as db:
        db.execute(
            "INSERT INTO versions (account, record_id, word, id, edited_at, device, told, edit, confirmed, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *place(store, opened, change),
                clock.to_ms(change.edited_at),
                str(change.device),
                thing.told,
                thing.edit,
                thing.confirmed,
                sealed_body(store, opened, change, "versions"),
            ),
        )


def number_in(value: object) -> int:
    """A whole number of a row."""
    assert isinstance(value, int)
    return value
