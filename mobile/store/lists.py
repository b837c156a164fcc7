"""Lists that hold no personal data (the drug master, what was added to the knowledge): kept as they are, not sealed."""

from __future__ import annotations

from mobile.store.opening import Store


def keep(store: Store, name: str, version: str, body: bytes) -> None:
    """Keep the list ``name``; the one before it goes."""
    with store.writing() as db:
        db.execute("INSERT OR REPLACE INTO lists VALUES (?, ?, ?)", (name, version, body))


def drop(store: Store, name: str) -> None:
    """The server has no such list any more."""
    with store.writing() as db:
        db.execute("DELETE FROM lists WHERE name = ?", (name,))


def version(store: Store, name: str) -> str:
    """The version that is here, '' for none."""
    found = store.rows("SELECT version FROM lists WHERE name = ?", name)
    return str(found[0][0]) if found else ""


def find(store: Store, name: str) -> bytes | None:
    """The list, None if it is not here."""
    found = store.rows("SELECT body FROM lists WHERE name = ?", name)
    body = found[0][0] if found else None
    return body if isinstance(body, bytes) else None
