"""The whole conflict rule: how a change is stamped, and which of two versions of one thing wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Word(StrEnum):
    """What travels between phone and server. An unknown word is kept by the phone as it came."""

    VITAL = "vital"
    DISPENSING = "dispensing"
    GRANT = "grant"
    DAY = "day"  # a day's summary of a stream
    DOSE = "dose"  # one time of taking a medicine: taken, skipped, later
    HIDING = "hiding"  # a medicine that she hides from those she shares with
    HIT_MARK = "hit_mark"  # a hit of the checks, marked as known with a reason
    MEMO = "memo"
    FAMILY_PHARMACIST = "family_pharmacist"
    FINDING = "finding"
    COST = "cost"
    WORKOUT = "workout"
    ELECTROCARDIOGRAM = "electrocardiogram"


@dataclass(frozen=True, slots=True)
class Change:
    """One version of one thing. ``body`` is its JSON text, None when withdrawn; ``number`` is 0 until the server told.

    ``edited_at`` is the stamp of the device ``device`` that made this version.
    """

    word: str
    id: UUID
    edited_at: datetime
    device: UUID
    body: str | None
    number: int = 0


def stamp(phone_clock: datetime, made_from: datetime | None = None) -> datetime:
    """When an edit counts as made: never before the version it was made from, however wrong the clock is."""
    if made_from is None:
        return phone_clock
    return max(phone_clock, made_from + timedelta(milliseconds=1))


def winner(one: Change, other: Change) -> Change:
    """The version that is shown; the other is kept and can be seen. Later edit wins, ties go to the larger device id.

    The same device at the same stamp made the same version, unless its bodies differ: then the larger text wins, so
    that every phone and the server agree whatever the order in which they meet.
    """
    return max(one, other, key=_rank)


def _rank(change: Change) -> tuple[datetime, int, bool, str]:
    return (change.edited_at, change.device.int, change.body is not None, change.body or "")
