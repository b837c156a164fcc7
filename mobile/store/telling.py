"""What the server was not told yet, and what it said when it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from mobile.store.opening import Opened, Store
from mobile.store.rows import COLUMNS, body_in, number_in, thing_in, whose
from shared import clock
from shared.sync import Change


@dataclass(frozen=True, slots=True)
class Untold:
    """A version to be told, with the edit counter it has now."""

    change: Change
    edit: int
    confirmed: bool


def untold(store: Store, record_id: UUID, limit: int) -> list[Untold]:
    """What the server was not told yet, oldest edit first: shown versions that it did not refuse, and losers too."""
    opened = store.begin_record(record_id, own=True)
    shown = store.rows(
        f"SELECT {COLUMNS} FROM things WHERE account = ? AND record_id = ? AND told = 0"  # noqa: S608
        " AND (refused_edit IS NULL OR refused_edit <> edit) ORDER BY edited_at, id LIMIT ?",
        *whose(store, opened),
        limit,
    )
    waiting = [thing_in(store, opened, row) for row in shown]
    lost = store.rows(
        "SELECT word, id, edited_at, device, edit, sealed, confirmed FROM versions"
        " WHERE account = ? AND record_id = ? AND told = 0"
        " ORDER BY n LIMIT ?",
        *whose(store, opened),
        limit,
    )
    found = [_loser(store, opened, row) for row in lost] + [
        Untold(each.change, each.edit, each.confirmed) for each in waiting
    ]
    return found[:limit]


def mark_told(store: Store, record_id: UUID, thing_id: UUID, edit: int, number: int) -> bool:
    """The server has the version with this edit counter; true when that is still the version shown.

    An edit made while the push was on its way has another counter: it stays untold.
    """
    which = (*whose(store, store.begin_record(record_id, own=True)), str(thing_id), edit)
    with store.writing() as db:
        shown = db.execute(
            "UPDATE things SET told = 1, number = ?, refused_edit = NULL, sealed_problem = NULL"
            " WHERE account = ? AND record_id = ? AND id = ? AND edit = ?",
            (number, *which),
        ).rowcount
        db.execute(
            "UPDATE versions SET told = 1 WHERE account = ? AND record_id = ? AND id = ? AND edit = ?", which
        )
    return shown > 0


def mark_refused(store: Store, record_id: UUID, thing_id: UUID, edit: int, problem: str) -> None:
    """The server would not take the version with this edit counter; it stays here, with the reason, until edited."""
    opened = store.begin_record(record_id, own=True)
    which = (*whose(store, opened), str(thing_id), edit)
    sealed = opened.lock.seal(problem.encode(), "problems", *whose(store, opened), str(thing_id))
    with store.writing() as db:
        db.execute(
            "UPDATE things SET refused_edit = edit, sealed_problem = ?"
            " WHERE account = ? AND record_id = ? AND id = ? AND edit = ? AND told = 0",
            (sealed, *which),
        )
        # 2: a loser that the server will not even look at is not offered for ever, and not forgotten either.
        db.execute(
            "UPDATE versions SET told = 2 WHERE account = ? AND record_id = ? AND id = ? AND edit = ?", which
        )


def offer_again(store: Store, record_id: UUID) -> None:
    """Offer refused versions once more (after a new sign-in, or a newer app)."""
    account, _ = store.inside()
    with store.writing() as db:
        db.execute(
            "UPDATE things SET refused_edit = NULL WHERE account = ? AND record_id = ?",
            (str(account), str(record_id)),
        )


def count_untold(store: Store) -> tuple[int, int]:
    """How many things of this account wait to be told, and how many of them were refused."""
    account, _ = store.inside()
    ((waiting, refused),) = store.rows(
        "SELECT count(*), count(CASE WHEN refused_edit = edit THEN 1 END) FROM things WHERE account = ? AND told = 0",
        str(account),
    )
    return number_in(waiting), number_in(refused)


def _loser(store: Store, opened: Opened, row: tuple[object, ...]) -> Untold:
    word, thing_id, edited_at, device, edit, sealed, confirmed = row
    blank = Change(
        str(word), UUID(str(thing_id)), clock.from_ms(number_in(edited_at)), UUID(str(device)), None
    )
    return Untold(
        replace(blank, body=body_in(store, opened, blank, sealed, "versions")),
        number_in(edit),
        bool(confirmed),
    )
