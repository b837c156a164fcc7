"""How Alembic reaches the database: one transaction for each migration, on SQLite and on PostgreSQL."""

from __future__ import annotations

from importlib import import_module

from alembic import context

from backend.db import Base, Database

# Every room that has tables; autogenerate and the house tests compare them with the migrations.
ROOMS = ("accounts", "records", "consent", "vitals", "wearables", "medicines", "imports")
for room in ROOMS:
    import_module(f"backend.{room}.tables")
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
