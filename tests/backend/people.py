"""What Hanako measures in the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from shared.ids import new_id
from shared.vitals import BloodPressure, Vital

MORNING = datetime(2026, 3, 2, 22, 10, tzinfo=UTC)  # 07:10 on the 3rd in Japan


def pressure(
    systolic: int = 131, diastolic: int = 78, minutes: float = 0, id: UUID | None = None, note: str = ""
) -> Vital:
    """A blood pressure, so many minutes after that morning."""
    reading = BloodPressure(Decimal(systolic), Decimal(diastolic), Decimal(66))
    return Vital(id or new_id(), "blood_pressure", _at(minutes), 540, reading, note=note)


def weight(kilograms: str = "52.4", minutes: float = 0, id: UUID | None = None) -> Vital:
    """Her weight."""
    return Vital(id or new_id(), "weight", _at(minutes), 540, Decimal(kilograms))


def _at(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)
