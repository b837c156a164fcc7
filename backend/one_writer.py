"""Writers of one SQLite file: one at a time, in this process and between processes, and several for one commit.

SQLite's own busy handler sleeps in growing steps: throughput is fine, the slowest write is 20 to 30 times slower
(measured). A lock that wakes the next writer at once costs ten lines.

A small write costs less than waiting for the disk. So those that say so share a transaction: while others of this
process wait, the next one writes behind the one before, in a savepoint of its own, and the last one commits for all.
Each is answered only when that commit is on the disk; one that fails takes back no more than its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine

try:
    import fcntl
except ImportError:  # Windows has no flock; there one process writes, and the thread lock is enough.
    fcntl = None  # type: ignore[assignment]

MOST = 16  # writers to a commit
_LOOK_SECONDS = 0.2


class _Shared:
    """A transaction of several writers."""

    def __init__(self, connection: Connection, lock: IO[bytes]) -> None:
        self.connection, self._lock = connection, lock
        self.members = 0
        self.done = threading.Event()
        self.error: BaseException | None = None

    def end(self) -> None:
        """Commit for all."""
        try:
            self.connection.commit()
        except BaseException as error:  # noqa: BLE001  each of them is told
            self.error = error
            self.connection.invalidate()  # a closed connection has nothing half-written
        finally:
            self.connection.close()
            self._lock.close()
            self.done.set()


class OneWriter:
    """The turns of the writers of one file."""

    def __init__(self, database: Path, engine: Engine) -> None:
        self._path = database.with_name(database.name + ".writer")
        self._engine = engine
        self._lock, self._count = threading.Lock(), threading.Lock()
        self._shared: _Shared | None = None
        self._waiting = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Alone."""
        with self._lock:
            self._end()
            with self._file():
                yield

    @contextmanager
    def share(self) -> Iterator[Connection]:
        """Behind others of this process in their transaction, or as the first of one; left when it is committed."""
        with self._count:
            self._waiting += 1
        with self._lock:
            with self._count:
                self._waiting -= 1
            shared = self._shared = self._shared or self._begun()
            shared.members += 1
            try:
                yield shared.connection
            finally:
                if not self._waiting or shared.members >= MOST:
                    self._end()
        # Whoever was waiting goes on with it and ends it; should he never come, it is ended here.
        while not shared.done.wait(_LOOK_SECONDS):
            with self._lock:
                if self._shared is shared and not self._waiting:
                    self._end()
        if shared.error is not None:
            raise shared.error

    def _begun(self) -> _Shared:
        file = self._file()
        try:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
        except BaseException:
            file.close()
            raise
        return _Shared(connection, file)

    def _end(self) -> None:
        shared, self._shared = self._shared, None
        if shared is not None:
            shared.end()

    def _file(self) -> IO[bytes]:
        file = self._path.open("wb")
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file closes, or when the process dies
        return file
