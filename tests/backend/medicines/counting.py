"""How often a word asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from backend.house import House


@contextmanager
def questions(house: House) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        event.remove(house.database.engine, "before_cursor_execute", hear)
