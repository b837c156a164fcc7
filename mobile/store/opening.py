"""Opening the store: the file, its keys, whose turn it is, and the small facts it remembers."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from mobile.store.lock import KEY_BYTES, Lock, WrongKey, derived
from mobile.store.steps import climb
from shared import clock
from shared.ids import new_id
from shared.problems import NotThere, SignInFirst, Unreadable

# Another person's data is unreadable this long after the last contact with the server (house.md, "The phone").
OTHERS_READABLE = timedelta(hours=72)

# Without its key a record cannot be read from any copy of the file; untold rows still need it.
_FORGET_KEY = """DELETE FROM records WHERE account = ? AND record_id = ? AND NOT own
    AND NOT EXISTS (SELECT 1 FROM things t WHERE t.account = records.account AND t.record_id = records.record_id)
    AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.account = records.account AND v.record_id = records.record_id)"""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a record was heard: everything up to change number ``number``, and what is next up to ``place``.

    ``place`` is the server's own word for where its last page ended inside the next number; empty where it did not.
    """

    number: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A record on this phone, open for reading: its lock, and how far it has heard."""

    record_id: UUID
    own: bool
    lock: Lock
    heard_at: datetime
    reached: Reached
    view: str | None
    sweep: int


class Store:
    """The phone's memory. Safe to use from several threads: each deed is one short transaction.

    ``key`` is the device's 32 byte key. Raises `Unreadable`: ``store_locked`` (another key), ``store_newer``,
    ``store_broken``. Everything of an account is under a key of its own and only open between `enter` and `leave`.
    """

    def __init__(self, path: Path, key: bytes, now: Callable[[], datetime] = clock.now) -> None:
        self.now = now
        self._key = key
        self._lock = Lock(derived(key, "device"))
        self._turn = threading.RLock()
        self._account: UUID | None = None
        self._account_lock: Lock | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self.db.close()
            raise Unreadable("store_broken") from error
        except BaseException:
            self.db.close()
            raise

    def _prepare(self) -> None:
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA secure_delete = ON")
        climb(self.db)
        if self.recall("device") is None:
            self.remember("device", str(new_id()))

    def close(self) -> None:
        """Close the file; what was saved is on the disk already."""
        with self._turn:
            self.db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or nothing; the only place of the phone that commits. May be nested."""
        with self._turn:
            if self.db.in_transaction:
                yield self.db
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, question: str, *values: object) -> list[tuple[object, ...]]:
        """All rows of one reading statement."""
        with self._turn:
            return self.db.execute(question, values).fetchall()

    # ---- small facts --------------------------------------------------------------------------------------------

    @property
    def device(self) -> UUID:
        """This phone's id, made when the store was."""
        found = self.recall("device")
        assert found is not None
        return UUID(found)

    def remember(self, name: str, text: str, owner: UUID | None = None) -> None:
        """Keep a small fact, sealed; of the phone itself, or of the account that is in turn."""
        whose, lock = self._owner(owner)
        sealed = lock.seal(text.encode(), "state", whose, name)
        with self.writing() as db:
            db.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", (whose, name, sealed))

    def recall(self, name: str, owner: UUID | None = None) -> str | None:
        """A small fact, or None."""
        whose, lock = self._owner(owner)
        found = self.rows("SELECT sealed FROM state WHERE owner = ? AND name = ?", whose, name)
        if not found:
            return None
        return self.unsealed(lock, found[0][0], "state", whose, name).decode()

    def forget_fact(self, name: str, owner: UUID | None = None) -> None:
        """Drop a small fact."""
        with self.writing() as db:
            db.execute("DELETE FROM state WHERE owner = ? AND name = ?", (self._owner(owner)[0], name))

    def _owner(self, owner: UUID | None) -> tuple[str, Lock]:
        if owner is None:
            return "", self._lock
        if owner != self._account or self._account_lock is None:
            raise SignInFirst("sign_in_first")
        return str(owner), self._account_lock

    def unsealed(self, lock: Lock, sealed: object, *place: str) -> bytes:
        """A payload in clear; `Unreadable` ``store_locked`` when the key is not the one it was sealed with."""
        assert isinstance(sealed, bytes)
        try:
            return lock.unseal(sealed, *place)
        except WrongKey as error:
            raise Unreadable("store_locked") from error

    # ---- whose turn it is ---------------------------------------------------------------------------------------

    @property
    def account(self) -> UUID | None:
        """The account whose rows are open now."""
        return self._account

    def enter(self, account: UUID) -> None:
        """Open the rows of ``account``; those of others stay shut."""
        with self._turn:
            self._account = account
            self._account_lock = Lock(derived(self._key, f"account {account}"))

    def leave(self) -> None:
        """Shut the rows of whoever was in turn; they stay, sealed."""
        with self._turn:
            self._account = None
            self._account_lock = None

    def inside(self) -> tuple[UUID, Lock]:
        """The account in turn and its lock; `SignInFirst` when there is none."""
        with self._turn:
            if self._account is None or self._account_lock is None:
                raise SignInFirst("sign_in_first")
            return self._account, self._account_lock

    # ---- records ------------------------------------------------------------------------------------------------

    def begin_record(self, record_id: UUID, *, own: bool) -> Opened:
        """Open a record here, with a fresh key if this phone did not know it."""
        account, lock = self.inside()
        with self.writing() as db:
            if self._record(record_id) is None:
                key = lock.seal(os.urandom(KEY_BYTES), "records", str(account), str(record_id))
                db.execute(
                    "INSERT INTO records (account, record_id, own, sealed_key, heard_at) VALUES (?, ?, ?, ?, ?)",
                    (str(account), str(record_id), own, key, clock.to_ms(self.now())),
                )
        return self._opened(record_id)

    def open_record(self, record_id: UUID) -> Opened:
        """A record this phone may show. `NotThere` if it is not here, or another's last heard too long ago."""
        opened = self._opened(record_id)
        if opened.own or self._present() - opened.heard_at <= OTHERS_READABLE:
            return opened
        self.forget_record(record_id)
        raise NotThere

    def heard(self, record_id: UUID) -> None:
        """There was contact about this record: another's data stays readable from now."""
        account, _ = self.inside()
        now = clock.to_ms(self.now())
        with self.writing() as db:
            db.execute(
                "UPDATE records SET heard_at = ? WHERE account = ? AND record_id = ?",
                (now, str(account), str(record_id)),
            )
            self.remember("clock", str(now), account)

    def known_records(self) -> list[UUID]:
        """The records this account has on this phone."""
        account, _ = self.inside()
        found = self.rows("SELECT record_id FROM records WHERE account = ? ORDER BY record_id", str(account))
        return [UUID(str(row[0])) for row in found]

    def forget_record(self, record_id: UUID) -> None:
        """Forget what the server told of a record. Untold rows stay, and with them the key; else the key goes too."""
        account, _ = self.inside()
        whose = (str(account), str(record_id))
        with self.writing() as db:
            db.execute("DELETE FROM things WHERE account = ? AND record_id = ? AND told = 1", whose)
            db.execute("DELETE FROM versions WHERE account = ? AND record_id = ? AND told = 1", whose)
            db.execute(
                "UPDATE records SET heard_number = 0, heard_place = '', view = NULL, heard_at = 0"
                " WHERE account = ? AND record_id = ?",
                whose,
            )
            db.execute(_FORGET_KEY, whose)

    def _present(self) -> datetime:
        # A clock that was set back does not give another's data a longer life.
        account, _ = self.inside()
        last = self.recall("clock", account)
        present = self.now()
        if last is None or int(last) < clock.to_ms(present):
            self.remember("clock", str(clock.to_ms(present)), account)
            return present
        return clock.from_ms(int(last))

    def _record(self, record_id: UUID) -> tuple[object, ...] | None:
        account, _ = self.inside()
        found = self.rows(
            "SELECT own, sealed_key, heard_at, heard_number, heard_place, view, pass FROM records"
            " WHERE account = ? AND record_id = ?",
            str(account),
            str(record_id),
        )
        return found[0] if found else None

    def _opened(self, record_id: UUID) -> Opened:
        account, lock = self.inside()
        row = self._record(record_id)
        if row is None:
            raise NotThere
        own, sealed_key, heard_at, number, place, view, sweep = row
        assert isinstance(heard_at, int)
        assert isinstance(number, int)
        assert isinstance(sweep, int)
        key = self.unsealed(lock, sealed_key, "records", str(account), str(record_id))
        return Opened(
            record_id,
            bool(own),
            Lock(key),
            clock.from_ms(heard_at),
            Reached(number, str(place)),
            None if view is None else str(view),
            sweep,
        )
