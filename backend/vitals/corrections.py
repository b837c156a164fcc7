"""Noting and correcting one measurement outside of sync: the deeds of a program that is no phone of ours."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.told import Merged, Outcome
from backend.vitals import measurements
from backend.vitals.tables import VitalRow
from shared import clock
from shared.consent import Right, Scope
from shared.problems import Clash, NotThere
from shared.vitals import Vital


def note_once(record: OpenRecord, vital: Vital, device: UUID, *, confirmed: bool) -> Merged:
    """Note a new measurement; the same one again is the same, the same id for another is a `Clash`."""
    record.must(Scope.VITALS, Right.WRITE)
    record.next_number()  # the record's lock comes before the look: the same post twice at once takes turns
    row = record.session.get(VitalRow, (record.id, vital.id))
    if row is None:
        return measurements.note(record, vital, clock.now(), device, confirmed=confirmed)
    if row.sealed is None or measurements.read(record, vital.id) != vital:
        raise Clash("id_used_otherwise")
    return Merged(Outcome.SAME, row.number)


def correct(
    record: OpenRecord, vital: Vital, edited_at: datetime, device: UUID, *, confirmed: bool
) -> Merged:
    """A version of a known measurement, under the stamp of whoever made it: sent again, however late, it is known."""
    record.must(Scope.VITALS, Right.WRITE)
    if record.session.get(VitalRow, (record.id, vital.id)) is None:
        raise NotThere
    return measurements.note(record, vital, edited_at, device, confirmed=confirmed)
