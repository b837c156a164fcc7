"""A fresh record for each example of a property, within one test's house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from backend.consent.opened import OpenRecord, every_right
from backend.house import House
from backend.records import records
from backend.records.records import Glance
from shared.consent import Role, Viewer
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Somebody:
    """A patient and her record, which has nothing in it yet."""

    house: House
    viewer: Viewer
    record_id: UUID

    @contextmanager
    def record(self) -> Iterator[OpenRecord]:
        """Her record as she opens it, in a transaction of its own."""
        with self.house.database.transaction() as session:
            parts = every_right(self.viewer)
            yield self.house.opener.open_parts(session, self.viewer, self.record_id, parts)


def somebody(house: House) -> Somebody:
    """A new one."""
    viewer, record_id = Viewer(new_id(), Role.PATIENT), new_id()
    with house.database.transaction() as session:
        records.begin(session, house.ring, record_id, viewer.account_id, Glance("山田 花子"))
    return Somebody(house, viewer, record_id)
