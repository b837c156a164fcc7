"""How a told word is spelled, and what comes of telling one: outcomes, entries, past versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import orjson

from shared import strict_json
from shared.sync import Word


class Outcome(StrEnum):
    """What became of a version that was told."""

    KEPT = "kept"
    SAME = "same"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome, and the change number of what is shown now."""

    outcome: Outcome
    number: int


class Thing(Protocol):
    """Anything that can be told: a frozen word of `shared` with an id."""

    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=Thing)


@dataclass(frozen=True, slots=True)
class Spelling(Generic[T]):
    """How one word is written: its class, its JSON both ways, and the day that it belongs to (None: no day).

    ``load`` takes parsed JSON and raises what is wrong with it. ``opened`` reads what we sealed ourselves, where that
    can be quicker.
    """

    word: Word
    kind: type[T]
    load: Callable[[object], T]
    dump: Callable[[T], dict[str, object]]
    day: Callable[[T], date | None]
    opened: Callable[[Any], T] | None = None

    def body(self, thing: T) -> str:
        """The JSON text of a thing, the same for equal things."""
        return orjson.dumps(self.dump(thing), option=orjson.OPT_SORT_KEYS).decode()

    def thing(self, body: str) -> T:
        """The thing of a told body; raises what is wrong with it."""
        return self.load(strict_json.loads(body.encode()))

    def read(self, sealed: bytes) -> T:
        """The thing of a body that was opened."""
        return (self.opened or self.load)(orjson.loads(sealed))


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A thing as it is shown, with who wrote this version and when."""

    thing: T
    edited_at: datetime
    device: UUID
    author_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Past(Generic[T]):
    """A version that is not shown; ``thing`` is None where it was a withdrawal."""

    thing: T | None
    edited_at: datetime
    device: UUID
    author_id: UUID
