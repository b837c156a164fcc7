"""How Alembic reaches the database: one transaction for each migration, on SQLite and on PostgreSQL."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from alembic import context

import backend
from backend.db import Base, Database

# Every room that has tables; autogenerate and the house tests compare them with the migrations.
for tables in sorted(Path(backend.__file__).parent.glob("*/tables.py")):
    import_module(f"backend.{tables.parent.name}.tables")
import_module("backend.jobs")

database = Database(context.config.attributes["database_url"])
with database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
database.close()
