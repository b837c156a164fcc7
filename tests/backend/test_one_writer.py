"""Several writers of a SQLite file for one commit: each is durable when it returns, none takes another with it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.db import Database

WRITERS = 8


class Stop(BaseException):
    """Not even an Exception."""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'some.db'}")
    with made.transaction() as session:
        session.execute(text("CREATE TABLE told (number INTEGER PRIMARY KEY)"))
    return made


def tell(session: Session, number: int) -> None:
    session.execute(text("INSERT INTO told VALUES (:number)"), {"number": number})


def on_disk(database: Database) -> set[int]:
    """What another process would find."""
    with sqlite3.connect(str(database.engine.url.database)) as other:
        return {number for (number,) in other.execute("SELECT number FROM told")}


def commits(database: Database) -> list[str]:
    heard: list[str] = []
    event.listen(database.engine, "commit", lambda _: heard.append("commit"))
    return heard


def together(database: Database, deed: Callable[[Session, int], None]) -> list[BaseException | None]:
    """All at once, behind one that holds the turn until all of them wait; what each came to."""
    waiting = threading.Event()

    def work(number: int) -> BaseException | None:
        try:
            with database.transaction(is_small=True) as session:
                if number == 0:
                    waiting.wait(10)
                deed(session, number)
        except BaseException as error:  # noqa: BLE001  it is looked at below
            return error
        assert number in on_disk(database)
        return None

    with ThreadPoolExecutor(WRITERS) as pool:
        first = pool.submit(work, 0)
        writer = database._one_writer
        assert writer is not None
        while writer._shared is None:
            pass
        others = [pool.submit(work, number) for number in range(1, WRITERS)]
        while writer._waiting < WRITERS - 1:
            pass
        waiting.set()
        return [each.result() for each in (first, *others)]


def test_those_who_wait_share_a_commit(database: Database) -> None:
    heard = commits(database)
    assert together(database, tell) == [None] * WRITERS
    assert len(heard) == 1
    assert on_disk(database) == set(range(WRITERS))


@pytest.mark.parametrize("stopped", [0, 3, WRITERS - 1])
def test_one_that_fails_takes_back_its_own_alone(database: Database, stopped: int) -> None:
    def deed(session: Session, number: int) -> None:
        tell(session, number)
        if number == stopped:
            raise Stop

    came = together(database, deed)
    assert [isinstance(each, Stop) for each in came] == [number == stopped for number in range(WRITERS)]
    assert on_disk(database) == set(range(WRITERS)) - {stopped}


def test_a_commit_that_fails_is_told_to_everybody(database: Database) -> None:
    def full(_: object) -> None:
        raise OSError("the disk is full")

    event.listen(database.engine, "commit", full)
    came = together(database, tell)
    event.remove(database.engine, "commit", full)
    assert all(isinstance(each, OSError) for each in came)
    assert on_disk(database) == set()
    with database.transaction() as session:  # the turn was given back
        tell(session, 1)


def test_who_writes_alone_waits_for_the_shared_commit(database: Database) -> None:
    seen: list[set[int]] = []

    def alone() -> None:
        with database.transaction() as session:
            seen.append(on_disk(database))
            tell(session, 2)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction(is_small=True) as session:
            other = pool.submit(alone)
            tell(session, 1)
        other.result()
    assert seen == [{1}]
    assert on_disk(database) == {1, 2}


def test_nobody_waits_for_one_that_never_comes(database: Database) -> None:
    writer = database._one_writer
    assert writer is not None
    with database.transaction(is_small=True) as session:
        tell(session, 1)
        writer._waiting += 1  # somebody who is killed before his turn
        threading.Timer(0.5, lambda: setattr(writer, "_waiting", 0)).start()
    assert on_disk(database) == {1}


def test_a_lock_of_another_program_is_an_error_and_gives_the_turn_back(database: Database) -> None:
    database.engine.dispose()
    event.listen(
        database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=1")
    )
    with sqlite3.connect(str(database.engine.url.database), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError), database.transaction(is_small=True) as session:
            tell(session, 1)
        other.execute("ROLLBACK")
    with database.transaction(is_small=True) as session:
        tell(session, 1)
    assert on_disk(database) == {1}
