"""Places among changes: a change number is of a whole transaction, however large, so a page may end inside one.

What was committed under a number only ever leaves it: told again, it has a higher one. So "past this key of that
number" names the same rest for ever. Nothing comes twice, and what is not there any more comes under its new number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.sync import Change

Key = tuple[str, ...]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Placed(Change):
    """A change with the key of its row among those of the same number. What is shown may go by another id."""

    key: Key = ()


def placed(change: Change, number: int, key: Key) -> Placed:
    """The change at its place."""
    return Placed(change.word, change.id, change.edited_at, change.device, change.body, number, key)


def beyond(
    number: Column, after: int, columns: Sequence[Column], key: Sequence[object]
) -> ColumnElement[bool]:
    """Rows whose ``number`` is over ``after``; where there is a ``key``, also those of ``after`` that are past it."""
    if not key:
        return number > after
    values = (literal(value, column.type) for value, column in zip(key, columns, strict=True))
    return tuple_(number, *columns) > tuple_(literal(after, number.type), *values)
