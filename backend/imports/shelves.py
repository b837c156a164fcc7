"""Shelves: which room keeps which word of a file, and how a word is written down while it waits for the owner's yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.costs import costs
from backend.costs.costs import COSTS
from backend.findings import findings
from backend.findings.findings import FINDINGS
from backend.medicines import dispensings
from backend.medicines.things import THINGS
from backend.records.compared import Compared
from backend.told import Things
from backend.vitals import imported
from backend.vitals.packing import pack, unpack
from backend.wearables.recordings import RECORDINGS
from shared import clock
from shared.consent import Right, Scope
from shared.costs import Cost
from shared.electrocardiograms import Electrocardiogram
from shared.findings import Finding
from shared.formats import Found
from shared.medicines import Dispensing, FamilyPharmacist, Memo
from shared.medicines_schema import dispensing_from, dispensing_members
from shared.problems import Invalid
from shared.schema import UNSHOWABLE
from shared.sync import Word
from shared.vitals import Vital, problems
from shared.vitals_schema import NAME_LENGTH, NOTE_LENGTH
from shared.workouts import Workout

# What an import may touch, and the inbox itself: all of it is the owner's.
PARTS: tuple[Part, ...] = tuple(
    (scope, right)
    for scope in (
        Scope.RECORD,
        Scope.VITALS,
        Scope.WEARABLES,
        Scope.MEDICINES,
        Scope.FINDINGS,
        Scope.COSTS,
    )
    for right in (Right.READ, Right.WRITE)
)

Item = tuple[Any, str]
Kept = Vital | Dispensing | Finding | Memo | FamilyPharmacist | Cost | Workout | Electrocardiogram


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of word: ``what`` names its staged batches; items are (word, source id)."""

    what: str
    word: type[Kept]
    kind: Callable[[Any], str]
    check: Callable[[Any], None]
    values: Callable[[Any], object]
    word_from: Callable[[Any], Kept]
    compare: Callable[[OpenRecord, Sequence[Item]], Compared]
    keep: Callable[[OpenRecord, Sequence[Item], UUID], Compared]
    undo: Callable[[OpenRecord, UUID], int]


def _check_vital(vital: Vital) -> None:
    """`Invalid` for what could never be kept. The improbable may: it was measured, and she sees the preview."""
    for problem in problems(vital):
        if isinstance(problem, Invalid):
            raise problem
    if (
        len(vital.device) > NAME_LENGTH
        or len(vital.note) > NOTE_LENGTH
        or UNSHOWABLE.search(vital.device + vital.note)
    ):
        raise Invalid("invalid_fields", field="device")


def _vital_values(vital: Vital) -> object:
    # As its room packs it: a tenth of the time of named members, and an export may hold very many.
    return [str(vital.id), vital.kind, clock.to_ms(vital.taken_at), pack(vital).decode()]


def _vital_from(values: list[Any]) -> Vital:
    vital_id, kind, taken_at, packed = values
    return unpack(UUID(vital_id), kind, clock.from_ms(taken_at), packed.encode())


def _check_dispensing(dispensing: Dispensing) -> None:
    dispensing_from(dispensing_members(dispensing))


class _Room(Protocol):
    """What a room with told things offers to imports: its module, or its `Things` where nothing else is to do."""

    def compare(self, record: OpenRecord, items: Sequence[Item], /) -> Compared: ...
    def keep_many(self, record: OpenRecord, items: Sequence[Item], import_id: UUID, /) -> Compared: ...
    def undo_import(self, record: OpenRecord, import_id: UUID, /) -> int: ...


def _of_things(word: Word, things: Things, room: _Room) -> Shelf:
    """The shelf of a told thing, written as its spelling says."""
    spelling = things.spelling(word)

    def check(thing: Any) -> None:
        spelling.load(spelling.dump(thing))

    return Shelf(
        word.value,
        spelling.kind,
        lambda _: word.value,
        check,
        spelling.dump,
        spelling.load,
        room.compare,
        room.keep_many,
        room.undo_import,
    )


SHELVES: dict[str, Shelf] = {
    shelf.what: shelf
    for shelf in (
        Shelf(
            "vital",
            Vital,
            lambda vital: str(vital.kind),
            _check_vital,
            _vital_values,
            _vital_from,
            imported.compare,
            imported.keep_many,
            imported.undo_import,
        ),
        Shelf(
            "dispensing",
            Dispensing,
            lambda _: "dispensing",
            _check_dispensing,
            dispensing_members,
            dispensing_from,
            dispensings.compare,
            dispensings.keep_many,
            dispensings.undo_import,
        ),
        _of_things(Word.FINDING, FINDINGS, findings),
        _of_things(Word.COST, COSTS, costs),
        _of_things(Word.MEMO, THINGS, THINGS),
        _of_things(Word.FAMILY_PHARMACIST, THINGS, THINGS),
        _of_things(Word.WORKOUT, RECORDINGS, RECORDINGS),
        _of_things(Word.ELECTROCARDIOGRAM, RECORDINGS, RECORDINGS),
    )
}


def shelf_of(found: Found) -> Shelf | None:
    """The shelf of a found word; None for a word that no room keeps yet."""
    return next((shelf for shelf in SHELVES.values() if isinstance(found.word, shelf.word)), None)


def written(shelf: Shelf, found: Found) -> list[object]:
    """A found word as JSON values."""
    return [found.source_id, shelf.values(found.word)]


def items(shelf: Shelf, batch: Sequence[object]) -> dict[str, list[Item]]:
    """Words that were `written`, by their kind, in their order."""
    by_kind: dict[str, list[Item]] = {}
    for value in batch:
        assert isinstance(value, list)
        source_id, values = value
        word = shelf.word_from(values)
        by_kind.setdefault(shelf.kind(word), []).append((word, source_id))
    return by_kind
