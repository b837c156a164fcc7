"""Handing files in and deciding about them, as the tests do it: Hanako's inbox over a house without doors."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from backend.consent.opened import OpenRecord
from backend.db import Base
from backend.house import House
from backend.imports import inbox, keeping, reading, staging
from backend.imports.inbox import Handed, Import
from backend.jobs import run_due
from backend.medicines import dispensings
from backend.vitals import measurements
from backend.wearables import readings as wearables
from shared.formats import Trouble
from shared.ids import new_id
from shared.kinds import STREAMS
from shared.medicines import Dispensing
from shared.vitals import Vital
from tests.cast import Cast

SAMPLES = Path(__file__).parents[2] / "formats" / "samples"
LIMIT = 50_000_000

T = TypeVar("T")


def sample(name: str) -> bytes:
    """The bytes of one of our samples, ``format/file``."""
    return (SAMPLES / name).read_bytes()


Reading = tuple[str, int, int, float]


def readings(desk: Desk) -> dict[str, set[Reading]]:
    """Every device reading of her record by stream: (source, start, end, value)."""
    found: dict[str, set[Reading]] = {}
    with desk.record() as record:
        for stream in STREAMS:
            for each in wearables.between(record, stream, 0, 4_102_444_800_000):
                columns = zip(each.start, each.end, each.value, strict=True)
                found.setdefault(stream, set()).update((each.source, *column) for column in columns)
    return found


@dataclass(frozen=True, slots=True)
class Desk:
    """Hanako at her inbox."""

    cast: Cast

    @property
    def house(self) -> House:
        """The house she is in."""
        return self.cast.house

    def reading_in_two_from(self, megabytes: int) -> Desk:
        """The same desk, in a house where two processes read files of this size and larger."""
        settings = replace(self.house.settings, two_readers_mb=megabytes)
        return Desk(replace(self.cast, house=replace(self.house, settings=settings)))

    @contextmanager
    def record(self) -> Iterator[OpenRecord]:
        """Her record with all that an import touches, in a transaction."""
        with self.house.database.transaction() as session:
            yield inbox.open_own(
                self.house.opener, session, self.cast.hanako.viewer, self.cast.record, "phone"
            )

    def do(self, deed: Callable[[OpenRecord], T]) -> T:
        """One deed in a transaction of its own."""
        with self.record() as record:
            return deed(record)

    def hand_in(
        self, *parts: bytes, name: str = "file", import_id: UUID | None = None, limit: int = LIMIT
    ) -> Import:
        """Hand in the parts of one file and have it read, the large ones by the job loop."""
        received = self.upload(*parts, name=name, import_id=import_id, limit=limit)
        self.do(lambda record: reading.read_small(record, received.id))
        if received.bytes > inbox.SMALL:
            run_due(self.house)
        return self.find(received.id)

    def upload(
        self, *parts: bytes, name: str = "file", import_id: UUID | None = None, limit: int = LIMIT
    ) -> Import:
        """Only hand in; nothing is read yet."""
        with self.record() as record:
            opened = record
        handed = Handed(import_id or new_id(), name, limit)
        return inbox.receive(self.house.database, opened, handed, [io.BytesIO(part) for part in parts])

    def find(self, import_id: UUID) -> Import:
        """The import as it is now."""
        return self.do(lambda record: inbox.find(record, import_id))

    def keep(self, import_id: UUID) -> Import:
        """She says yes."""
        return self.do(lambda record: keeping.keep(record, import_id))

    def undo(self, import_id: UUID) -> Import:
        """She takes it back."""
        return self.do(lambda record: keeping.undo(record, import_id))

    def vitals(self) -> list[Vital]:
        """What her record shows."""
        return self.do(measurements.history)

    def medicines(self) -> list[Dispensing]:
        """What her record shows."""
        return self.do(dispensings.medicine_list)

    def troubles(self, import_id: UUID, after: int = 0, limit: int = 100) -> Sequence[Trouble]:
        """What was not understood."""
        return self.do(lambda record: staging.troubles(record.session, record.key, import_id, after, limit))

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        with self.house.database.transaction(writes=False) as session:
            counted = select(func.count()).select_from(Base.metadata.tables[table])
            return session.execute(counted).scalar_one()
