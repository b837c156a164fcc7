"""Files of wearables that are being read at this moment, as a doctor may know of them: how far they are, never what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from backend.consent.opened import OpenRecord
from backend.imports.inbox import Progress, State
from backend.imports.tables import ImportRow
from shared.consent import Right, Scope

# The inbox is the owner's alone: of a file from a clinic or a pharmacy nobody else learns even that it is there.
_OF_DEVICES = (
    "apple_health",
    "health_connect",
    "fitbit",
    "samsung_health",
    "garmin_fit",
    "withings",
    "libreview",
    "dexcom",
    "nightscout",
    "open_mhealth",
)


def arriving(record: OpenRecord) -> Sequence[Progress]:
    """How far each file of a device is, oldest first: what the record shows is not yet all of it."""
    record.must(Scope.WEARABLES, Right.READ)
    statement = (
        select(ImportRow.percent, ImportRow.readings, ImportRow.days, ImportRow.rate)
        .where(
            ImportRow.record_id == record.id,
            ImportRow.state.in_((State.WAITING, State.READING)),
            ImportRow.format.in_(_OF_DEVICES),
        )
        .order_by(ImportRow.received_at, ImportRow.id)
    )
    return [Progress(*row) for row in record.session.execute(statement)]
