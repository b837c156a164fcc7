"""A connection that the database has closed meanwhile is noticed before it is used."""

from __future__ import annotations

import psycopg

from backend.house import House
from backend.records import records
from tests.cast import RECORD, Cast
from tests.databases import PostgresServer


def test_a_closed_connection_is_replaced(cast: Cast, house: House, postgres_server: PostgresServer) -> None:
    def number() -> int:
        with house.database.transaction() as session:
            return records.next_number(session, RECORD)

    first = number()
    ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
    address = f"postgresql://bootstrap@127.0.0.1:{postgres_server.port}/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(ended, (house.database.engine.url.database,))
    assert number() == first + 1
    assert number() == first + 2
