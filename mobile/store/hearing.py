"""Taking in what the server tells: the winner is shown, the loser is kept, and only then N moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from mobile.store.bodies import moment_of
from mobile.store.opening import Opened, Reached, Store
from mobile.store.rows import Thing, find_row, keep_version, next_edit, same, whose, write
from shared.sync import Change, Word, winner


def hear(
    store: Store, record_id: UUID, changes: Iterable[Change], reached: Reached, forgotten: Iterable[str] = ()
) -> int:
    """Take a page of what the server knows, and only then move N to ``reached``: one transaction. How many changed."""
    opened = store.begin_record(record_id, own=False)
    changed = 0
    with store.writing() as db:
        for word in forgotten:
            changed += _forget_word(store, opened, word)
        for change in changes:
            changed += _meet(store, opened, change)
        db.execute(
            "UPDATE records SET heard_number = ?, heard_place = ? WHERE account = ? AND record_id = ?",
            (reached.number, reached.place, *whose(store, opened)),
        )
        store.heard(record_id)
    return changed


def start_again(store: Store, record_id: UUID, view: str) -> None:
    """What may be seen is not what it was: hear everything again from 0 as ``view``."""
    opened = store.begin_record(record_id, own=False)
    with store.writing() as db:
        db.execute(
            "UPDATE records SET heard_number = 0, heard_place = '', view = ?, pass = pass + 1"
            " WHERE account = ? AND record_id = ?",
            (view, *whose(store, opened)),
        )


def forget_unheard(store: Store, record_id: UUID) -> int:
    """After hearing all of another's record from 0: forget what did not come any more. Her own is never forgotten."""
    opened = store.begin_record(record_id, own=False)
    if opened.own:
        return 0
    with store.writing() as db:
        return db.execute(
            "DELETE FROM things WHERE account = ? AND record_id = ? AND told = 1 AND pass < ?",
            (*whose(store, opened), opened.sweep),
        ).rowcount


def _meet(store: Store, opened: Opened, heard: Change) -> int:
    here = find_row(store, opened, heard.word, heard.id)
    new = Thing(heard, told=True, edit=0, refused="", at=moment_of(heard.word, heard.body))
    if here is None:
        write(store, opened, new)
        return 1
    if same(here.change, heard):
        write(store, opened, replace(here, change=heard, told=True, refused=""))
        return 0
    if winner(heard, here.change) is heard:
        # Nobody wrote a day's sum: the server adds it up anew, and the sum before is no version of hers.
        if heard.word != Word.DAY:
            keep_version(store, opened, here)
        # A new counter: an answer to a push of ours that is still on its way must not find this version.
        edit = next_edit(store, opened, heard.word, heard.id)
        write(store, opened, replace(new, edit=edit, at=here.at if heard.body is None else new.at))
        return 1
    keep_version(store, opened, new)
    # Ours wins, so the server must have lost it (restored from a copy): it is told once more.
    told = here.told and here.change.device != store.device
    write(store, opened, replace(here, change=replace(here.change, number=heard.number), told=told))
    return 0


def _forget_word(store: Store, opened: Opened, word: str) -> int:
    with store.writing() as db:
        which = (*whose(store, opened), word)
        db.execute(
            "DELETE FROM versions WHERE account = ? AND record_id = ? AND word = ? AND told = 1", which
        )
        return db.execute(
            "DELETE FROM things WHERE account = ? AND record_id = ? AND word = ? AND told = 1", which
        ).rowcount
