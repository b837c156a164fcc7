"""What is known of medicines now: made once in a process for each state of the lists and of what people added."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from backend.drugs import lists
from backend.drugs.layouts import ListKind
from backend.drugs.mastering import master_of
from backend.drugs.overlay import overlay_now
from shared.drug_knowledge import Knowledge, knowledge
from shared.drug_master import Master

# Each holds some ten megabytes; while a new list comes into force, requests of both states may be under way.
_KEPT = 2
T = TypeVar("T")


class _Made(Generic[T]):
    """The last few things made, by what they were made of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[object, ...], T] = {}

    def once(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """The thing for ``key``; made by the first who asks, while the others wait."""
        with self._lock:
            if key not in self._made:
                while len(self._made) >= _KEPT:
                    del self._made[next(iter(self._made))]
                self._made[key] = make()
            return self._made[key]


_masters: _Made[Master] = _Made()
_knowledge: _Made[Knowledge] = _Made()
_packed: _Made[bytes] = _Made()
_OF_THE_MASTER = (ListKind.PRICE_LIST, ListKind.RECEIPT, ListKind.GENERIC)


def master_now(session: Session) -> Master | None:
    """The drug master of the lists in force today; None where the operator loaded none."""
    rows = {kind: row for kind, row in lists.in_force(session).items() if kind in _OF_THE_MASTER}
    if not rows:
        return None
    key: tuple[UUID, ...] = tuple(sorted(row.id for row in rows.values()))
    newest = max(row.valid_from for row in rows.values())
    day = rows[ListKind.PRICE_LIST].valid_from if ListKind.PRICE_LIST in rows else newest
    return _masters.once(
        key, lambda: master_of({kind: lists.lines_of(row) for kind, row in rows.items()}, day)
    )


def packed_now(session: Session) -> tuple[str, bytes]:
    """The version of the master, and the compact file for phones; ('', b'') where there is none."""
    master = master_now(session)
    return ("", b"") if master is None else (master.version, _packed.once((master.version,), master.to_bytes))


def knowledge_now(session: Session) -> Knowledge:
    """All that is known today: bundle, lists of the operator, reviews and rules."""
    master, overlay = master_now(session), overlay_now(session)
    key = (master.version if master else "", overlay.version)
    return _knowledge.once(key, lambda: knowledge(master, overlay))
