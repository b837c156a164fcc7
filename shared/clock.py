"""What time it is: the one clock of the house, in aware UTC; tests may hold it still."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_held: list[datetime] = []


def now() -> datetime:
    """The present moment, aware, in UTC, to the millisecond (what we store and sync is milliseconds)."""
    if _held:
        return _held[-1]
    return from_ms(time.time_ns() // 1_000_000)


@contextmanager
def held(moment: datetime) -> Iterator[None]:
    """Hold the clock still at ``moment`` (aware). For tests and replays only; it is the same for all threads."""
    _held.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.pop()


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z, rounded down. ``moment`` must be aware."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The aware UTC moment of ``ms`` milliseconds since 1970-01-01T00:00Z."""
    return _EPOCH + timedelta(milliseconds=ms)


def at_offset(moment: datetime, offset_min: int) -> datetime:
    """``moment`` as the wall clock showed it where the offset to UTC was ``offset_min`` minutes."""
    return moment.astimezone(timezone(timedelta(minutes=offset_min)))
