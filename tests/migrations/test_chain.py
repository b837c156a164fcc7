"""The chain of migrations: up from empty equals the models, down again leaves nothing, and HEAD names the newest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

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
