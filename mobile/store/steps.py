"""The shape of the store, as numbered steps from an empty file; ``user_version`` says how many were climbed.

A step that was ever shipped is never changed: a new one is added at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from shared.problems import Unreadable

STEPS: tuple[tuple[str, ...], ...] = (
    (
        # Small facts: settings, who is signed in, tokens. owner is '' for the phone itself, else an account id.
        """CREATE TABLE state (
            owner TEXT NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (owner, name)) WITHOUT ROWID""",
        # What this phone knows of a record: its key (sealed), how far it has heard, and when it last did.
        """CREATE TABLE records (
            account TEXT NOT NULL, record_id TEXT NOT NULL, own INTEGER NOT NULL, sealed_key BLOB NOT NULL,
            heard_at INTEGER NOT NULL, heard_number INTEGER NOT NULL DEFAULT 0, view TEXT,
            pass INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (account, record_id)) WITHOUT ROWID""",
        # One row a thing: the version that is shown. edit counts local edits, refused_edit is the one refused.
        """CREATE TABLE things (
            account TEXT NOT NULL, record_id TEXT NOT NULL, word TEXT NOT NULL, id TEXT NOT NULL,
            at INTEGER, edited_at INTEGER NOT NULL, device TEXT NOT NULL, number INTEGER NOT NULL,
            told INTEGER NOT NULL, edit INTEGER NOT NULL, confirmed INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
            refused_edit INTEGER, pass INTEGER NOT NULL, sealed BLOB, sealed_problem BLOB,
            PRIMARY KEY (account, record_id, word, id)) WITHOUT ROWID""",
        "CREATE INDEX things_at ON things (account, record_id, word, at)",
        "CREATE INDEX things_untold ON things (account, record_id) WHERE told = 0",
        # Every version that is no longer shown, or never was.
        """CREATE TABLE versions (
            n INTEGER PRIMARY KEY, account TEXT NOT NULL, record_id TEXT NOT NULL, word TEXT NOT NULL, id TEXT NOT NULL,
            edited_at INTEGER NOT NULL, device TEXT NOT NULL, told INTEGER NOT NULL, edit INTEGER NOT NULL,
            confirmed INTEGER NOT NULL, sealed BLOB)""",
        "CREATE INDEX versions_of ON versions (account, record_id, word, id)",
        """CREATE TABLE drafts (
            account TEXT NOT NULL, form TEXT NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (account, form)) WITHOUT ROWID""",
    ),
    (
        # Files and scanned codes that wait for the network, in sealed pieces.
        """CREATE TABLE originals (
            account TEXT NOT NULL, record_id TEXT NOT NULL, import_id TEXT NOT NULL, made_at INTEGER NOT NULL,
            parts INTEGER NOT NULL, size INTEGER NOT NULL, sent INTEGER NOT NULL, sealed_name BLOB NOT NULL,
            sealed_problem BLOB,
            PRIMARY KEY (account, import_id)) WITHOUT ROWID""",
        """CREATE TABLE pieces (
            account TEXT NOT NULL, import_id TEXT NOT NULL, part INTEGER NOT NULL, n INTEGER NOT NULL,
            size INTEGER NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (account, import_id, part, n))""",
    ),
    (
        # Lists of medicines that are the same for everybody: no personal data, so not sealed.
        "CREATE TABLE lists (name TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID",
    ),
    (
        # Readings of a stream as a device told them, until the server has them; those of one delivery go together.
        """CREATE TABLE flows (
            n INTEGER PRIMARY KEY, account TEXT NOT NULL, record_id TEXT NOT NULL, stream TEXT NOT NULL,
            count INTEGER NOT NULL, delivery TEXT, refused INTEGER NOT NULL DEFAULT 0, sealed BLOB NOT NULL)""",
        "CREATE INDEX flows_of ON flows (account, record_id, delivery)",
    ),
    (
        # Where the server's last page ended, when it ended inside a change number.
        "ALTER TABLE records ADD COLUMN heard_place TEXT NOT NULL DEFAULT ''",
    ),
)


def climb(db: sqlite3.Connection, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Bring ``db`` to the newest step, each step in a transaction of its own; a newer file is refused, not touched."""
    (reached,) = db.execute("PRAGMA user_version").fetchone()
    if reached > len(steps):
        raise Unreadable("store_newer")
    for number, statements in enumerate(steps[reached:], start=reached + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number:d}")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
