"""A connection that the database has closed meanwhile is noticed before it is used; one that dies in use, then."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from backend.house import House
from backend.records import records
from tests.cast import RECORD, Cast
from tests.databases import PostgresServer


def end_all(house: House, server: PostgresServer) -> None:
    """The database closes every connection of the house; they are gone when this returns."""
    ended = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = %s"
    address = f"postgresql://bootstrap@127.0.0.1:{server.port}/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(ended, (house.database.engine.url.database,))


def number(house: House) -> int:
    with house.database.transaction() as session:
        return records.next_number(session, RECORD)


def test_a_closed_connection_is_replaced(cast: Cast, house: House, postgres_server: PostgresServer) -> None:
    first = number(house)
    end_all(house, postgres_server)
    assert number(house) == first + 1
    assert number(house) == first + 2


def test_one_that_dies_in_use_fails_that_request_alone(
    cast: Cast, house: House, postgres_server: PostgresServer
) -> None:
    if house.database.is_sqlite:
        return
    first = number(house)

    def cut_off(*, before_commit: bool) -> None:
        with house.database.transaction() as session:
            asked = records.take_turn(session, RECORD)
            if not before_commit:
                assert asked.rows()
            end_all(house, postgres_server)

    for before_commit in (True, False):
        with pytest.raises(OperationalError):
            cut_off(before_commit=before_commit)
        assert number(house) == (first := first + 1)
