"""A reading that comes more than one way (typed, by radio, by file) is found again: within a minute, of equal value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.consent.opened import OpenRecord
from backend.vitals.packing import SEALED, unpack
from backend.vitals.tables import VitalRow
from shared import clock
from shared.vitals import BloodPressure, Vital

# A cuff's own file gives minutes, its radio gives seconds: the same reading may be this far apart.
NEAR = timedelta(seconds=60)


class Met:
    """What was met of one import: who told each row, and what is new, by kind and minute.

    Two equal readings of one minute that one app tells of one device are two readings; told by two (a zip with a
    maker's table beside the export of a phone) they are one.
    """

    def __init__(self) -> None:
        self.taken: set[tuple[UUID, str]] = set()  # a row, and who told it
        self._new: dict[tuple[str, int], list[Vital]] = {}

    def add(self, vital: Vital) -> None:
        """One that is new."""
        self.taken.add((vital.id, teller(vital)))
        self._new.setdefault((vital.kind, _minute(vital)), []).append(vital)

    def near(self, vital: Vital) -> Iterator[Vital]:
        """What is new within a minute or two of ``vital``."""
        minute = _minute(vital)
        for each in (minute - 1, minute, minute + 1):
            yield from self._new.get((vital.kind, each), ())


def teller(vital: Vital) -> str:
    """The app or file that tells a reading, and the device it names."""
    return f"{vital.origin}|{vital.device}"


def _minute(vital: Vital) -> int:
    return clock.to_ms(vital.taken_at) // 60_000


class Near:
    """Rows within a minute of ``vitals``, to find the reading that came another way (typed, by radio, by file)."""

    def __init__(self, record: OpenRecord, vitals: Sequence[Vital], met: Met) -> None:
        self._known: dict[str, list[Vital]] = {}
        self._met = met
        for kind in {vital.kind for vital in vitals}:
            times = [vital.taken_at for vital in vitals if vital.kind == kind]
            self._known[kind] = _between(record, kind, min(times) - NEAR, max(times) + NEAR)

    def take(self, vital: Vital) -> UUID | None:
        """The nearest row that is this reading, once."""
        same = [
            other
            for other in (*self._known.get(vital.kind, ()), *self._met.near(vital))
            if (other.id, teller(vital)) not in self._met.taken
            and _near(vital.taken_at, other.taken_at)
            and _same_reading(vital, other)
        ]
        if not same:
            return None
        found: UUID = min(same, key=lambda other: (abs(other.taken_at - vital.taken_at), other.id)).id
        self._met.taken.add((found, teller(vital)))
        return found


def _between(record: OpenRecord, kind: str, first: datetime, last: datetime) -> list[Vital]:
    statement = select(VitalRow.id, VitalRow.taken_at, VitalRow.sealed).where(
        VitalRow.record_id == record.id,
        VitalRow.kind == kind,
        VitalRow.taken_at.between(first, last),
        VitalRow.sealed.is_not(None),
    )
    return [
        unpack(vital_id, kind, taken_at, record.key.open(SEALED, vital_id, sealed or b""))
        for vital_id, taken_at, sealed in record.session.execute(statement)
    ]


def _near(one: datetime, other: datetime) -> bool:
    """Within 60 s, or in the same minute where neither gives seconds: 7:00 and 7:01 on the dot are two readings."""
    return abs(one - other) <= NEAR and (
        one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
        or bool(one.second or other.second)
    )


def _same_reading(one: Vital, other: Vital) -> bool:
    a, b = one.reading, other.reading
    if isinstance(a, BloodPressure) and isinstance(b, BloodPressure):
        pulses_differ = a.pulse is not None and b.pulse is not None and a.pulse != b.pulse
        return (a.systolic, a.diastolic) == (b.systolic, b.diastolic) and not pulses_differ
    return a == b
