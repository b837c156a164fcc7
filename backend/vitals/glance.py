"""What lists show of someone's vitals: the newest blood pressure and the home means of the last seven days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend.consent.opened import OpenRecord
from backend.records import records
from backend.vitals import months
from backend.vitals.packing import SEALED, unpack
from backend.vitals.tables import VitalRow
from shared import clock
from shared.blood_pressure import Mean, occasions
from shared.consent import Scope
from shared.home_pressure_summaries import jsh_summary
from shared.vitals import Vital

# Seven days, and the hours by which a day may begin and end elsewhere.
_LOOK_BACK = timedelta(days=9)


def refresh(record: OpenRecord) -> None:
    """Write what is kept in step with the vitals (their months, the glance), in the transaction that changed one."""
    months.write_touched(record)
    records.refresh_glance(record.session, record.key, Scope.VITALS, _part(record))


def _part(record: OpenRecord) -> Mapping[str, Any]:
    recent = _pressures(record)
    if not recent:
        return {}
    last, found = recent[0], occasions(recent)
    # The seven days end with the newest measurement, and the list says which day that was.
    summary = jsh_summary(found, found[-1].day)
    return {
        "last_at": clock.to_ms(last.taken_at),
        "last": f"{last.pressure.systolic}/{last.pressure.diastolic}",
        "pulse": None if last.pressure.pulse is None else int(last.pressure.pulse),
        "morning": _text(summary.morning.mean),
        "evening": _text(summary.evening.mean),
        "morning_days": summary.morning.days,
        "evening_days": summary.evening.days,
        "as_of": summary.last_day.isoformat(),
    }


def _text(mean: Mean | None) -> str | None:
    return None if mean is None else mean.text


def _pressures(record: OpenRecord) -> list[Vital]:
    """The newest nine days that have blood pressures, newest first."""
    mine = select(VitalRow.id, VitalRow.kind, VitalRow.taken_at, VitalRow.sealed).where(
        VitalRow.record_id == record.id, VitalRow.kind == "blood_pressure", VitalRow.sealed.is_not(None)
    )
    newest = record.session.execute(mine.order_by(VitalRow.taken_at.desc()).limit(1)).one_or_none()
    if newest is None:
        return []
    since = newest.taken_at - _LOOK_BACK
    rows = record.session.execute(mine.where(VitalRow.taken_at >= since).order_by(VitalRow.taken_at.desc()))
    return [
        unpack(vital_id, kind, taken_at, record.key.open(SEALED, vital_id, sealed or b""))
        for vital_id, kind, taken_at, sealed in rows
    ]
