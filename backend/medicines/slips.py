"""Slips: the dispensings that files brought and those that she typed, opened together, newest day first."""

from __future__ import annotations

from uuid import UUID

import orjson
from sqlalchemy import select

from backend.consent.opened import OpenRecord, Part
from backend.medicines.tables import DispensingRow
from backend.medicines.things import THINGS
from backend.seal import Key, SealedBytes
from shared.medicines import Dispensing
from shared.medicines_quick import dispensing_quick
from shared.medicines_schema import dispensing_members
from shared.sync import Word

_SEALED = "dispensings.sealed"
_EMPTY: tuple[object, ...] = (None, "", [])


def all_slips(record: OpenRecord, asked: Part) -> list[Dispensing]:
    """Every dispensing with its hidden medicines, newest day first, in two queries.

    For the rules of this room alone: ``asked`` is what the record was opened for, and what of it may be shown is the
    caller's to see to.
    """
    record.must(*asked)
    statement = select(DispensingRow.id, DispensingRow.sealed).where(
        DispensingRow.record_id == record.id, DispensingRow.sealed.is_not(None)
    )
    rows = record.session.execute(statement)
    brought = [unsealed(record.key, slip_id, sealed or b"") for slip_id, sealed in rows]
    typed: list[Dispensing] = THINGS.shown(record, Word.DISPENSING, asked=asked)
    return sorted(brought + typed, key=lambda slip: (slip.dispensed_on, slip.id), reverse=True)


def sealed(key: Key, slip: Dispensing) -> SealedBytes:
    """A dispensing of a file as it is kept: without the members that say nothing, which are two of five bytes."""
    return key.seal(_SEALED, slip.id, orjson.dumps(_said(dispensing_members(slip))))


def _said(value: object) -> object:
    """Without what is empty and empty by default too (`dispensing_quick`); a 0 says something."""
    if isinstance(value, dict):
        kept = ((name, each) for name, each in value.items() if each not in _EMPTY or name == "medicines")
        return {name: _said(each) for name, each in kept}
    return [_said(each) for each in value] if isinstance(value, list) else value


def unsealed(key: Key, slip_id: UUID, kept: bytes) -> Dispensing:
    """The dispensing that was `sealed`."""
    return dispensing_quick(orjson.loads(key.open(_SEALED, slip_id, kept)))
