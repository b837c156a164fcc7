"""Unsaved forms, kept at every edit, sealed; one a form and account."""

from __future__ import annotations

from mobile.store.opening import Store


def keep(store: Store, form: str, text: str) -> None:
    """Keep what is in ``form`` now; '' drops it."""
    account, lock = store.inside()
    with store.writing() as db:
        if not text:
            db.execute("DELETE FROM drafts WHERE account = ? AND form = ?", (str(account), form))
            return
        sealed = lock.seal(text.encode(), "drafts", str(account), form)
        db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (str(account), form, sealed))


def find(store: Store, form: str) -> str:
    """What was left in ``form``, '' if nothing."""
    account, lock = store.inside()
    found = store.rows("SELECT sealed FROM drafts WHERE account = ? AND form = ?", str(account), form)
    return store.unsealed(lock, found[0][0], "drafts", str(account), form).decode() if found else ""
