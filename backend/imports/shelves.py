"""Shelves: which room keeps which word of a file, and how a word is written down while it waits for the owner's yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.consent.opening import OpenRecord, Part
from backend.medicines import dispensings
from backend.records.compared import Compared
from backend.vitals import imported
from shared.consent import Right, Scope
from shared.formats import Found
from shared.medicines import Dispensing
from shared.medicines_schema import dispensing_from, dispensing_members
from shared.vitals import Vital
from shared.vitals_schema import vital_from, vital_members

# What an import may touch, and the inbox itself: all of it is the owner's.
PARTS: tuple[Part, ...] = tuple(
    (scope, right)
    for scope in (Scope.RECORD, Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES)
    for right in (Right.READ, Right.WRITE)
)

Item = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of word: ``what`` names its staged batches; items are (word, source id)."""

    what: str
    word: type[Vital | Dispensing]
    kind: Callable[[Any], str]
    members: Callable[[Any], dict[str, object]]
    word_from: Callable[[object], Vital | Dispensing]
    compare: Callable[[OpenRecord, Sequence[Item]], Compared]
    keep: Callable[[OpenRecord, Sequence[Item], UUID], Compared]
    undo: Callable[[OpenRecord, UUID], int]


SHELVES: dict[str, Shelf] = {
    shelf.what: shelf
    for shelf in (
        Shelf(
            "vital",
            Vital,
            lambda vital: str(vital.kind),
            vital_members,
            vital_from,
            imported.compare,
            imported.keep_many,
            imported.undo_import,
        ),
        Shelf(
            "dispensing",
            Dispensing,
            lambda _: "dispensing",
            dispensing_members,
            dispensing_from,
            dispensings.compare,
            dispensings.keep_many,
            dispensings.undo_import,
        ),
    )
}


def shelf_of(found: Found) -> Shelf | None:
    """The shelf of a found word; None for a word that no room keeps yet."""
    return next((shelf for shelf in SHELVES.values() if isinstance(found.word, shelf.word)), None)


def written(shelf: Shelf, found: Found) -> list[object]:
    """A found word as JSON values."""
    return [found.source_id, shelf.members(found.word)]


def items(shelf: Shelf, values: Sequence[object]) -> dict[str, list[Item]]:
    """Words that were `written`, by their kind, in their order."""
    by_kind: dict[str, list[Item]] = {}
    for value in values:
        assert isinstance(value, list)
        source_id, members = value
        word = shelf.word_from(members)
        by_kind.setdefault(shelf.kind(word), []).append((word, source_id))
    return by_kind


def check(shelf: Shelf, value: Sequence[object]) -> None:
    """Whether what was `written` can be read again; `Invalid` for what could never be kept."""
    shelf.word_from(value[1])
