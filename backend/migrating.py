"""Bring a database to the newest tables: Alembic, without a configuration file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def migrate(database_url: str, revision: str = "head") -> None:
    """Apply every migration up to ``revision``; what is already there stays as it is."""
    command.upgrade(configured(database_url), revision)


def back(database_url: str, revision: str) -> None:
    """Undo migrations down to ``revision`` (``base``: everything)."""
    command.downgrade(configured(database_url), revision)


def configured(database_url: str) -> Config:
    """Alembic's configuration for that database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["database_url"] = database_url
    return config
