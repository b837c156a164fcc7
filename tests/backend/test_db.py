"""The database: one commit, one writer, nothing lost and nothing half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Uuid, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.db import Base, Database, LocalTable, Moment, RecordTable, ReferenceTable
from backend.house import House
from backend.records import records
from shared import clock
from shared.ids import new_id
from tests.cast import NOBODYS_RECORD, RECORD, Cast

# Run in processes of their own: each takes the record's next number so many times, in as many transactions.
_WRITER = """
import sys
from uuid import UUID
from backend.db import Database
from backend.records import records
database, record = Database(sys.argv[1]), UUID(sys.argv[2])
for _ in range(int(sys.argv[3])):
    with database.transaction() as session:
        print(records.next_number(session, record))
"""


def _number(database: Database) -> int:
    with database.transaction(writes=False) as session:
        return records.newest_number(session, RECORD)


def test_processes_that_write_at_once_lose_nothing(house: House, cast: Cast) -> None:
    command = [sys.executable, "-c", _WRITER, house.settings.database_url, str(RECORD), "40"]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = [int(line) for writer in writers for line in writer.communicate(timeout=120)[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert sorted(taken) == list(range(1, 121))
    assert _number(house.database) == 120


def test_threads_that_write_at_once_lose_nothing(house: House, cast: Cast) -> None:
    def take(_: int) -> int:
        with house.database.transaction() as session:
            return records.next_number(session, RECORD)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(80))) == list(range(1, 81))


def test_what_is_raised_rolls_everything_back(house: House, cast: Cast) -> None:
    class Stop(BaseException):
        """Not even an Exception."""

    def stopped() -> None:
        with house.database.transaction() as session:
            records.next_number(session, RECORD)
            raise Stop

    with pytest.raises(Stop):
        stopped()
    assert _number(house.database) == 0
    with house.database.transaction() as session:
        assert records.next_number(session, RECORD) == 1  # the lock was let go, the number given again


def test_a_number_is_taken_once_a_transaction(house: House, cast: Cast) -> None:
    with house.database.transaction() as session:
        assert [records.next_number(session, RECORD) for _ in range(3)] == [1, 1, 1]


def test_a_reader_cannot_write(house: House, cast: Cast) -> None:
    with (
        pytest.raises(DBAPIError, match=r"readonly|read-only"),
        house.database.transaction(writes=False) as session,
    ):
        records.next_number(session, RECORD)
    with house.database.transaction() as session:  # the same connection may write again
        assert records.next_number(session, RECORD) == 1


def test_foreign_keys_hold(house: House, cast: Cast) -> None:
    key, _ = house.ring.new_key(NOBODYS_RECORD)
    with pytest.raises(IntegrityError), house.database.transaction() as session:
        records.write_glance(session, key, records.Glance("nobody"))


def test_an_error_of_the_database_does_not_say_what_was_sent(house: House, cast: Cast) -> None:
    with pytest.raises(DBAPIError) as error, house.database.transaction() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": "ひみつ"})
    assert "ひみつ" not in str(error.value)


def test_a_moment_is_the_same_everywhere(house: House) -> None:
    for moment in (
        datetime(1, 1, 1, tzinfo=UTC),
        clock.now(),
        datetime(9999, 12, 31, 23, 59, 59, 999_000, UTC),
    ):
        kept = Moment().process_bind_param(moment, house.database.engine.dialect)
        assert Moment().process_result_value(kept, house.database.engine.dialect) == moment
    with pytest.raises(ValueError, match="without a zone"):
        Moment().process_bind_param(datetime(2026, 3, 3), house.database.engine.dialect)  # noqa: DTZ001


def test_sqlite_is_durable(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.transaction() as session:
        said = {
            name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
        said["foreign_keys"] = session.execute(text("PRAGMA foreign_keys")).scalar()
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


def test_a_writer_of_sqlite_has_the_lock_from_the_start(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    with database.transaction() as session:
        session.execute(text("SELECT 1 FROM records"))  # it only looked so far, yet nobody else may write
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    with database.transaction(writes=False) as session:  # readers wait for nobody, and hold up nobody
        session.execute(text("SELECT 1 FROM records"))
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()
    database.close()


def test_tables_say_of_which_kind_they_are() -> None:
    assert (RecordTable.table_kind, ReferenceTable.table_kind, LocalTable.table_kind) == (
        "record", "reference", "local",
    )  # fmt: skip
    assert isinstance(Base.registry.type_annotation_map[type(new_id())], Uuid)
