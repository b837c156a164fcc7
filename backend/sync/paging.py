"""Cutting what a phone hears into pages, and saying where inside a change number a page ended."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from backend.records.placed import Key, Placed
from backend.seal import Key as RecordKey
from backend.seal import SealBroken

MOST_CHANGES = 500
# A phone holds a page twice while it reads it. Its own limit for any answer is 64 MB.
MOST_BYTES = 8 * 1024 * 1024
# What stands around a body, and around all changes, at its longest.
_AROUND_BODY = 320
AROUND_ALL = 1000
_SEALED = "sync.place"


@dataclass(frozen=True, slots=True)
class Most:
    """How large a page may be: changes, and bytes of JSON. One change is always given, however large it is."""

    changes: int = MOST_CHANGES
    bytes: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Found:
    """A change and which part it is of. In the order of a phone's pages: by number, part, key."""

    part: int
    change: Placed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended, inside ``number``: told is what earlier parts have of it, and this one up to ``key``."""

    number: int
    part: str
    key: Key


def page_of(found: Iterable[Found], most: Most, *, whole: bool) -> tuple[list[Found], Found | None]:
    """The next page, and the first change that is left for the one after it (None: nothing is).

    ``whole``: the phone knows no places, so a page ends between two numbers; one number may make it too large.
    """
    taken: list[Found] = []
    size, begun = AROUND_ALL, 0
    for each in found:
        more = bytes_of(each.change)
        fits = len(taken) < most.changes and size + more <= most.bytes
        begins = not taken or each.change.number != taken[-1].change.number
        if taken and not fits:
            if begins or not whole:
                return taken, each
            if begun:
                return taken[:begun], taken[begun]
        if begins:
            begun = len(taken)
        taken.append(each)
        size += more
    return taken, None


def bytes_of(change: Placed) -> int:
    """How many bytes it takes in an answer, at most a few too many."""
    return _AROUND_BODY + (0 if change.body is None else len(orjson.dumps(change.body)))


def written(key: RecordKey, place: Place) -> str:
    """A place as a phone carries it: sealed, as a key may name a day, and addresses are written down on their way."""
    plain = orjson.dumps([place.number, place.part, *place.key])
    return base64.urlsafe_b64encode(key.seal(_SEALED, "", plain)).decode().rstrip("=")


def read(key: RecordKey, text: str) -> Place | None:
    """The place that a phone brings back; None for what is none: then the number is told from its beginning."""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        number, part, *rest = orjson.loads(key.open(_SEALED, "", sealed))
    except (SealBroken, ValueError):  # binascii.Error is one
        return None
    return Place(number, part, tuple(rest))
