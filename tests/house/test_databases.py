from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.databases import Database, PostgresServer


def _tables(database: Database) -> None:
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("create table notes (person text not null)"))
        connection.execute(text("alter table notes enable row level security"))
        connection.execute(text("alter table notes force row level security"))
        rule = "person = nullif(current_setting('app.person', true), '')"
        connection.execute(text(f"create policy own on notes using ({rule}) with check (true)"))
        connection.execute(text("grant select, insert on notes to app"))
        connection.execute(text("insert into notes values ('hanako'), ('taro')"))
    engine.dispose()


def _count(url: str, person: str | None = None) -> int:
    engine = create_engine(url)
    with engine.begin() as connection:
        if person:
            connection.execute(text("select set_config('app.person', :person, true)"), {"person": person})
        found = connection.execute(text("select count(*) from notes")).scalar_one()
    engine.dispose()
    return int(found)


def test_each_database_is_fresh_and_rows_have_walls(postgres_server: PostgresServer) -> None:
    postgres_server.make_template("house_notes", _tables)
    for _ in range(2):
        with postgres_server.database("house_notes") as database:
            assert _count(database.url("bootstrap")) == 2, "a superuser walks through every policy"
            assert _count(database.app_url) == 0
            assert _count(database.owner_url) == 0
            assert _count(database.app_url, "hanako") == 1
            engine = create_engine(database.app_url)
            with engine.begin() as connection:
                connection.execute(text("insert into notes values ('hanako')"))
            engine.dispose()
            assert _count(database.app_url, "hanako") == 2


def test_a_database_is_gone_afterwards(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as database:
        name = database.name
    with pytest.raises(psycopg.OperationalError, match=f'"{name}" does not exist'):
        psycopg.connect(f"postgresql://app@127.0.0.1:{postgres_server.port}/{name}")


_DOOMED = """
import os, signal
from tests.databases import running_postgres
with running_postgres() as server:
    print(server.port, server.home, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""

if sys.platform == "linux":  # elsewhere the kernel does not tell a child of its parent's death

    def test_the_server_ends_when_the_tests_are_killed() -> None:
        house = Path(__file__).resolve().parents[2]
        killed = subprocess.run(
            [sys.executable, "-c", _DOOMED], cwd=house, capture_output=True, text=True, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        port, home = killed.stdout.split()
        try:
            assert _stops_answering(int(port))
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _stops_answering(port: int) -> bool:
    for _ in range(500):
        try:
            psycopg.connect(f"postgresql://bootstrap@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.02)
    return False
