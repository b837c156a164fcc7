"""What a reader promises of everything that leaves it; a piece that breaks a promise is a `Broken`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from shared.costs import Cost
from shared.costs_schema import cost_from, cost_members
from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import electrocardiogram_from, electrocardiogram_members
from shared.findings import Finding
from shared.findings_schema import finding_from, finding_members
from shared.formats import Found, Identity, Piece, Trouble
from shared.formats.gathered import FIRST_MS, LAST_MS, MOST_AT_ONCE
from shared.formats.report import as_json, lines, report
from shared.kinds import ALL_STREAMS
from shared.medicines import Dispensing, FamilyPharmacist, Memo
from shared.medicines_schema import (
    dispensing_from,
    dispensing_members,
    family_pharmacist_from,
    family_pharmacist_members,
    memo_from,
    memo_members,
)
from shared.problems import Invalid, Problem
from shared.streams import ABOVE, BELOW, EXACT, MOST, Readings
from shared.vitals import Vital, problems
from shared.vitals_schema import vital_from, vital_members
from shared.workouts import Workout
from shared.workouts_schema import workout_from, workout_members

LONGEST_EXCERPT = 1000
LONGEST_SOURCE_ID = 4096

_TRAVELLING: dict[type, tuple[Callable[[Any], dict[str, object]], Callable[[object], Any]]] = {
    Vital: (vital_members, vital_from),
    Dispensing: (dispensing_members, dispensing_from),
    Finding: (finding_members, finding_from),
    Memo: (memo_members, memo_from),
    FamilyPharmacist: (family_pharmacist_members, family_pharmacist_from),
    Cost: (cost_members, cost_from),
    Workout: (workout_members, workout_from),
    Electrocardiogram: (electrocardiogram_members, electrocardiogram_from),
}


class Broken(AssertionError):
    """A promise that was not kept."""


def _promise(kept: bool, what: str) -> None:
    if not kept:
        raise Broken(what)


def keep(name: str, pieces: list[Piece]) -> None:
    """Every piece is what it promises to be, and can be told and written down."""
    for piece in pieces:
        match piece:
            case Found():
                found(piece)
            case Readings():
                readings(piece)
            case Trouble():
                trouble(piece)
            case Identity():
                _written(piece.name, piece.name_kana, piece.sex, piece.born_on)
            case _:
                raise Broken(f"a {type(piece).__name__} is no piece")
    _written(json.dumps(as_json(report(name, iter(pieces))), ensure_ascii=False, allow_nan=False))
    for line in lines(iter(pieces)):
        _written(line)


def found(piece: Found) -> None:
    """A word that its room would keep, with a source id of some length."""
    _promise(0 < len(piece.source_id) <= LONGEST_SOURCE_ID, f"source id of {len(piece.source_id)} letters")
    _written(piece.source_id, piece.where)
    word(piece.word)


def word(thing: Any) -> None:
    """It travels as JSON and comes back as it was; a vital can be."""
    if isinstance(thing, Vital):
        for problem in problems(thing):
            _promise(not isinstance(problem, Invalid), f"a vital that is {problem.code}")
    write, read = _TRAVELLING[type(thing)]
    try:
        back = read(json.loads(json.dumps(write(thing), allow_nan=False)))
    except Problem as problem:
        raise Broken(
            f"a {type(thing).__name__} that its schema refuses: {problem.code} {problem.field}"
        ) from problem
    _promise(back == thing, f"a {type(thing).__name__} that comes back another")


def readings(piece: Readings) -> None:
    """Columns of a stream that we know, equally long, finite, in time."""
    _promise(piece.stream in ALL_STREAMS, f"stream {piece.stream}")
    _promise(0 < len(piece) <= MOST_AT_ONCE, f"{len(piece)} readings in one piece")
    _promise(len(piece.start) == len(piece.end) == len(piece.value), "columns of different lengths")
    _promise(len(piece.comparator) in (0, len(piece)), "comparators of another length")
    _promise(all(map(math.isfinite, piece.value)), "a reading that is no number")
    _promise(min(piece.value) >= -MOST and max(piece.value) <= MOST, "a reading beyond all measure")
    _promise(all(a <= b for a, b in zip(piece.start, piece.end, strict=True)), "an end before its start")
    _promise(min(piece.start) >= FIRST_MS and max(piece.end) <= LAST_MS, "a moment out of time")
    _promise(set(piece.comparator) <= {BELOW, EXACT, ABOVE}, "an unknown comparator")
    _written(piece.source, piece.where)


def trouble(piece: Trouble) -> None:
    """It can be told, and quotes little."""
    _promise(bool(piece.text()), "a trouble without words")
    _promise(len(piece.excerpt) <= LONGEST_EXCERPT, f"an excerpt of {len(piece.excerpt)} letters")
    _written(piece.text(), piece.excerpt, piece.where)


def same(one: Iterable[Piece], other: Iterable[Piece]) -> None:
    """Two readings of the same bytes say the same, under the same source ids."""
    for first, second in zip(map(_content, one), map(_content, other), strict=True):
        _promise(first == second, f"read again, another: {str(first)[:80]} and {str(second)[:80]}")


def _content(piece: Piece) -> object:
    if isinstance(piece, Found):
        return type(piece.word).__name__, piece.source_id
    if isinstance(piece, Readings):
        return piece.stream, piece.source, piece.start, piece.end, piece.value, piece.comparator
    return (piece.where, piece.text()) if isinstance(piece, Trouble) else piece


def _written(*texts: str) -> None:
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Broken("a text that cannot be written (half a letter)") from error


def recognised(name: str, said: object) -> None:
    """Whether a format claims a file is yes or no."""
    _promise(isinstance(said, bool), f"{name} says {said!r} when asked whether it recognises a file")
