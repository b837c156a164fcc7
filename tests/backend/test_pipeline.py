"""Statements on PostgreSQL's own wire: what goes there comes back, the first error is told, nobody waits in vain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import JSON, BigInteger, Boolean, LargeBinary, String, Uuid, bindparam, select, text

from backend import pipeline
from backend.house import House
from backend.pipeline import Prepared, Turn
from backend.records import records
from backend.statements import Statement
from tests.cast import RECORD, Cast
from tests.databases import PostgresServer

ECHO = Statement(
    select(
        bindparam("id", type_=Uuid()).label("id"),
        bindparam("whole", type_=BigInteger()).label("whole"),
        bindparam("truth", type_=Boolean()).label("truth"),
        bindparam("text", type_=String()).label("text"),
        bindparam("raw", type_=LargeBinary()).label("raw"),
    )
)


@pytest.fixture
def driver(postgres_server: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    address = f"postgresql://bootstrap@127.0.0.1:{postgres_server.port}/postgres"
    with psycopg.connect(address) as connection:
        yield connection


def numbers(driver: psycopg.Connection[Any], info: dict[Any, Any], *asked: Prepared) -> list[int]:
    told = pipeline.exchange(driver, info, [(each, ()) for each in asked])
    return [pipeline.heard(each.ftype(0))(each.get_value(0, 0) or b"") for each in told if each.nfields]


@pytest.mark.parametrize(
    "row",
    [
        {"id": UUID(int=2**127 + 5), "whole": -(2**63), "truth": True, "text": "血圧 100%", "raw": bytes(range(256))},
        {"id": UUID(int=0), "whole": 2**63 - 1, "truth": False, "text": "", "raw": b""},
        {"id": None, "whole": None, "truth": None, "text": None, "raw": None},
        {"id": UUID(int=1), "whole": 0, "truth": True, "text": "長" * 500_000, "raw": bytes(20_000_000)},
    ],
)  # fmt: skip
def test_what_goes_comes_back(house: House, row: dict[str, Any]) -> None:
    with house.database.transaction(writes=False) as session:
        for _ in range(2):
            # Many and long: both sides send at the same time, and neither may wait for the other to read.
            asked = [ECHO.soon(session, row) for _ in range(3)]
            assert [each.rows()[0]._asdict() for each in asked] == [row] * 3


def test_a_type_that_nobody_has_told_yet_is_refused(house: House) -> None:
    if house.database.is_sqlite:
        return
    with house.database.transaction() as session, pytest.raises(TypeError, match="JSON"):
        Statement(select(bindparam("x", type_=JSON()).label("x"))).rows(session, {"x": {}})
    with pytest.raises(TypeError, match="701"):
        pipeline.heard(701)


def test_the_first_error_is_told_and_what_came_after_it_was_not_done(driver: psycopg.Connection[Any]) -> None:
    info: dict[Any, Any] = {}
    good, wrong, broken = (
        Prepared(b"SELECT 7::bigint"),
        Prepared(b"SELECT 1::bigint / 0"),
        Prepared(b"SELEKT"),
    )
    with pytest.raises(psycopg.errors.SyntaxError):
        numbers(driver, info, pipeline.BEGIN, good, broken, wrong)
    driver.rollback()
    with pytest.raises(psycopg.errors.DivisionByZero):
        numbers(driver, info, pipeline.BEGIN, wrong, good)
    driver.rollback()
    assert numbers(driver, info, pipeline.BEGIN, good, good, pipeline.COMMIT) == [7, 7]
    assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_what_postgresql_forgets_after_a_rollback_is_prepared_again(cast: Cast, house: House) -> None:
    """The driver says DEALLOCATE ALL after a rollback where it had prepared something itself."""
    with house.database.transaction() as session:
        for _ in range(10):  # more often than the driver's threshold
            session.execute(text("SELECT 1"))
        first = records.next_number(session, RECORD)
        inner = session.begin_nested()
        session.execute(text("SELECT 1"))
        inner.rollback()
        assert records.find(session, house.ring, RECORD) is not None
        session.rollback()
        assert records.find(session, house.ring, RECORD) is not None
    with house.database.transaction() as session:
        assert records.next_number(session, RECORD) == first


def test_a_closed_connection_says_so(driver: psycopg.Connection[Any]) -> None:
    driver.close()
    with pytest.raises(psycopg.OperationalError):
        numbers(driver, {}, pipeline.BEGIN)


def test_one_that_is_interrupted_is_closed(driver: psycopg.Connection[Any]) -> None:
    class Stop(BaseException):
        pass

    class Stopping(Turn):
        def __exit__(self, *_: object) -> None:
            raise Stop

    turn = Stopping()
    with pytest.raises(Stop):
        pipeline.exchange(driver, {}, [(Prepared(b"SELECT pg_sleep(0.2)::text"), ())], turn)
    assert driver.closed


def test_who_waits_for_the_database_lets_another_go_ahead(driver: psycopg.Connection[Any]) -> None:
    """The first waits for a lock that only the second opens: it would never come to an end if it kept its turn."""
    turn, ended = Turn(), threading.Event()
    address = driver.info.dsn
    with psycopg.connect(address) as other:
        driver.execute("SELECT pg_advisory_xact_lock(7)")

        def first() -> None:
            with turn:
                asked = [(pipeline.BEGIN, ()), (Prepared(b"SELECT pg_advisory_xact_lock(7)::text"), ())]
                pipeline.exchange(other, {}, asked, turn)
                assert turn.is_mine
            ended.set()

        def second() -> None:
            with turn:
                driver.rollback()

        threads = [threading.Thread(target=each, daemon=True) for each in (first, second)]
        threads[0].start()
        assert not ended.wait(0.1)
        threads[1].start()
        is_over = ended.wait(20)
        driver.rollback()  # else nobody would ever end
        assert is_over
        for thread in threads:
            thread.join()
        assert not turn.is_mine


def test_a_turn_is_given_back_when_something_is_raised(house: House) -> None:
    for _ in range(2):
        with pytest.raises(LookupError), house.database.small(), house.database.transaction(is_small=True):
            raise LookupError
