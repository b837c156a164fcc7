"""The chain of migrations: up from empty equals the models, down again leaves nothing, and HEAD names the newest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select

from backend.db import Base, Database
from backend.migrating import FOLDER, back, configured, migrate
from tests.databases import PostgresServer
from tests.house.rooms import load_tables

load_tables()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'empty.db'}"
            return
        server: PostgresServer = request.getfixturevalue("postgres_server")
        yield stack.enter_context(server.database()).owner_url


def test_up_from_empty_equals_the_models(empty_url: str) -> None:
    migrate(empty_url)
    database = Database(empty_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_down_leaves_nothing_and_up_again_works(empty_url: str) -> None:
    migrate(empty_url)
    back(empty_url, "base")
    database = Database(empty_url)
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    database.close()
    migrate(empty_url)


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)


def test_head_names_the_newest_and_the_chain_has_no_fork() -> None:
    script = ScriptDirectory.from_config(configured("sqlite://"))
    assert script.get_heads() == [(FOLDER / "HEAD").read_text().strip()]


def test_migrations_import_nothing_of_ours() -> None:
    for path in (FOLDER / "versions").glob("*.py"):
        text = path.read_text("utf-8")
        assert not any(
            f"{word} {name}" in text
            for word in ("import", "from")
            for name in ("backend", "shared", "mobile")
        )


def _something(column: Column[Any]) -> object:
    """A value of the column's type, the same wherever the type is the same: so every foreign key finds its row."""
    kind = type(column.type).__name__.upper()
    if kind in {"UUID", "CHAR"}:
        return UUID(int=7) if kind == "UUID" else UUID(int=7).hex
    values: dict[str, object] = {
        "DATE": date(2026, 3, 1),
        "BOOLEAN": True,
        "BLOB": b"sealed",
        "BYTEA": b"sealed",
    }
    return values.get(kind, "x" if kind in {"VARCHAR", "TEXT"} else 1)


def _kept(connection: Connection, tables: Sequence[Table]) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [
            tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)
            for row in connection.execute(select(table))
        ]
        for table in tables
    }


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_what_was_kept_survives_the_way_up_and_down(empty_url: str, revision: str) -> None:
    """One row in every table: it is there after every migration that came since, and after going back."""
    migrate(empty_url, revision)
    database = Database(empty_url)
    before = MetaData()
    with database.engine.connect() as connection:
        before.reflect(connection)
        tables = [table for table in before.sorted_tables if table.name != "alembic_version"]
        for table in tables:
            connection.execute(insert(table), {each.name: _something(each) for each in table.columns})
        kept = _kept(connection, tables)
        connection.commit()
    migrate(empty_url)
    with database.engine.connect() as connection:
        assert _kept(connection, tables) == kept
    back(empty_url, revision)
    with database.engine.connect() as connection:
        assert _kept(connection, tables) == kept
        assert set(inspect(connection).get_table_names()) == set(before.tables)
    database.close()
