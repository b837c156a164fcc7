"""Many statements in one way to PostgreSQL and back: libpq's pipeline, spoken to without the driver's cursors.

What a cursor does for a statement takes longer than the database takes to answer it (a post of twelve readings: a third
of what it cost). Here a statement is prepared once a connection, and values travel as PostgreSQL itself keeps them.
"""

from __future__ import annotations

import select
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from psycopg import Connection, OperationalError, errors
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import types
from sqlalchemy.types import TypeEngine

_BINARY = 1
_EIGHT, _FOUR = struct.Struct("!q"), struct.Struct("!i")
_GOOD = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_KNOWN, _DOUBTED = "prepared", "perhaps prepared"  # in the ``info`` of a connection
_NUMBERS = count()
# PostgreSQL's own numbers of types, and the bytes that it takes for their values.
_SAID: tuple[tuple[type[TypeEngine[Any]], int, Callable[[Any], bytes]], ...] = (
    (types.Uuid, 2950, lambda value: value.bytes),
    (types.Boolean, 16, lambda value: b"\1" if value else b"\0"),
    (types.Integer, 20, _EIGHT.pack),
    (types.String, 25, str.encode),
    (types.LargeBinary, 17, bytes),
)
_HEARD: dict[int, Callable[[bytes], Any]] = {
    2950: lambda raw: UUID(bytes=raw),
    16: b"\1".__eq__,
    20: lambda raw: _EIGHT.unpack(raw)[0],
    23: lambda raw: _FOUR.unpack(raw)[0],
    25: bytes.decode,
    1043: bytes.decode,
    17: bytes,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as PostgreSQL takes it: its places are $1, $2 ... of these ``kinds``."""

    text: bytes
    kinds: tuple[int, ...] = ()
    name: bytes = field(default_factory=lambda: b"statement_%d" % next(_NUMBERS))


BEGIN, BEGIN_READING, COMMIT = Prepared(b"BEGIN"), Prepared(b"BEGIN READ ONLY"), Prepared(b"COMMIT")
Row = Sequence[bytes | None]


def said(kind: TypeEngine[Any]) -> tuple[int, Callable[[Any], bytes]]:
    """PostgreSQL's number of a type, and how a value of it becomes bytes."""
    for known, number, turn in _SAID:
        if isinstance(kind, known):
            return number, turn
    raise TypeError(f"nobody has told PostgreSQL a {kind!r} yet: say its type, or how")


def heard(number: int) -> Callable[[bytes], Any]:
    """How bytes of the type of that number are read."""
    if number not in _HEARD:
        raise TypeError(f"nobody has read PostgreSQL's type {number} yet: say how")
    return _HEARD[number]


class Turn:
    """One at a time of those who have small things to do; who waits for the database lets the next one go ahead.

    Threads that all could go on cost each other more than they gain: at every call into a library that lets go of the
    interpreter another one wakes up and takes it, some fifty times a post.
    """

    def __init__(self) -> None:
        self._lock, self._whose = threading.Lock(), 0

    @property
    def is_mine(self) -> bool:
        """Whether this thread has it."""
        return self._whose == threading.get_ident()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._whose = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._whose = 0
        self._lock.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """While it waits."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


def exchange(
    driver: Connection[Any],
    info: dict[Any, Any],
    asked: Sequence[tuple[Prepared, Row]],
    turn: Turn | None = None,
) -> list[PGresult]:
    """All of them there, and the result of each back. The first that fails is raised; those after it were not done.

    ``info`` lives as long as the connection: it keeps what is prepared there. ``turn``: given to others meanwhile. A
    connection on which this could not be ended is closed, and PostgreSQL takes back what was not committed.
    """
    if driver.closed:
        raise OperationalError("the connection is closed")
    wire, known, doubted = driver.pgconn, info.setdefault(_KNOWN, set()), info.get(_DOUBTED, set())
    fresh = list(dict.fromkeys(statement for statement, _ in asked if statement.name not in known))
    again = [statement for statement in fresh if statement.name in doubted]
    try:
        wire.enter_pipeline_mode()
        for statement in again:
            wire.send_close_prepared(statement.name)  # no error where there is none
        for statement in fresh:
            wire.send_prepare(statement.name, statement.text, statement.kinds)
        for statement, row in asked:
            wire.send_query_prepared(statement.name, row, [_BINARY] * len(row), _BINARY)
        wire.pipeline_sync()
        results = list(_results(wire, turn))
        wire.exit_pipeline_mode()
    except BaseException:
        wire.finish()
        raise
    before = len(again) + len(fresh)
    known.update(
        each.name for each, told in zip(fresh, results[len(again) :], strict=False) if told.status in _GOOD
    )
    for told in results:
        if told.status not in _GOOD:
            raise errors.error_from_result(told)
    return results[before:]


def doubt(info: dict[Any, Any]) -> None:
    """After a rollback the driver forgets what it has prepared, and often makes PostgreSQL forget all that is."""
    info.setdefault(_DOUBTED, set()).update(info.pop(_KNOWN, ()))


def _results(wire: PGconn, turn: Turn | None) -> Iterator[PGresult]:
    """As they come in; what has not left yet leaves meanwhile."""
    while True:
        while wire.is_busy():
            with turn.aside() if turn else nullcontext():
                _wait(wire)
            wire.consume_input()
        told = wire.get_result()
        if told is not None and told.status == ExecStatus.PIPELINE_SYNC:
            return
        if wire.status == ConnStatus.BAD:
            raise errors.error_from_result(told) if told else OperationalError("the connection is lost")
        if told is not None:
            yield told
            wire.get_result()  # nothing: the end of that statement


def _wait(wire: PGconn) -> None:
    """Until something has come in, or may leave."""
    poll = select.poll()
    poll.register(wire.socket, select.POLLIN | (select.POLLOUT if wire.flush() else 0))
    poll.poll()
