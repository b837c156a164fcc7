"""An opened record: what the only key gives, and what every word on a record takes first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.records import records
from backend.seal import Key, KeyRing
from shared.consent import Right, Role, Scope, Viewer

Part = tuple[Scope, Right]


@dataclass(frozen=True)
class OpenRecord:
    """A record that was opened for somebody, within one transaction. Room functions take this, never a bare id."""

    id: UUID
    owner: UUID
    key: Key
    zone: str
    session: Session
    viewer: Viewer
    opened: frozenset[Part]
    ring: KeyRing

    def must(self, scope: Scope, right: Right) -> None:
        """Every word begins with this: a record opened for one scope cannot be read for another."""
        if (scope, right) not in self.opened:
            raise NotOpened(f"{scope}/{right} was not opened")

    def may(self, scope: Scope, right: Right) -> bool:
        """Whether this part was opened too (for pages that show what the viewer may see)."""
        return (scope, right) in self.opened

    @property
    def by_owner(self) -> bool:
        """Whether she herself opened it: nothing of her own is hidden from her."""
        return self.viewer.account_id == self.owner

    def take_turn(self) -> None:
        """Take the record's lock, before anything that is asked from now on."""
        records.take_turn(self.session, self.id)

    def next_number(self) -> int:
        """The change number of this transaction; takes the record's lock."""
        return records.next_number(self.session, self.id)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The zone that the person's days are counted in."""
        return ZoneInfo(self.zone)


class NotOpened(PermissionError):
    """A word was called on a record that was not opened for it: a mistake in a door, never the person's."""


def every_right(viewer: Viewer) -> list[Part]:
    """All parts there are, for pages and phones that show whatever was opened."""
    rights = (Right.READ, Right.WRITE) if viewer.role is Role.PATIENT else (Right.READ,)
    return [(scope, right) for scope in Scope for right in rights]
