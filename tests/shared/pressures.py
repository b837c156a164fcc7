"""Blood pressures for tests, by local wall time in Japan unless an offset is given."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from shared.ids import new_id
from shared.vitals import BloodPressure, Session, Vital

JAPAN = 9 * 60
MONDAY = date(2026, 11, 16)


def taken(
    local: datetime,
    systolic: int | str,
    diastolic: int | str,
    *,
    pulse: int | None = None,
    session: Session | None = None,
    offset_min: int = JAPAN,
) -> Vital:
    """One reading; ``local`` is a naive wall time at ``offset_min``."""
    moment = local.replace(tzinfo=UTC) - timedelta(minutes=offset_min)
    reading = BloodPressure(Decimal(systolic), Decimal(diastolic), None if pulse is None else Decimal(pulse))
    return Vital(new_id(), "blood_pressure", moment, offset_min, reading, session=session)


def wall(day: int, clock: str) -> datetime:
    """A wall time ``day`` days after MONDAY, ``clock`` as 07:12 or 07:12:30."""
    return datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(clock))
