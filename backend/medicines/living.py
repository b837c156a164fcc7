"""Living with medicines: the doses she ticked, her memos, and the pharmacist she chose as her own."""

from __future__ import annotations

from datetime import date

from backend.consent.opened import OpenRecord
from backend.medicines.hiding import READ, curtain
from backend.medicines.things import THINGS
from shared.doses import Dose
from shared.medicines import FamilyPharmacist, Memo
from shared.sync import Word


def doses(record: OpenRecord, since: date) -> list[Dose]:
    """The doses ticked from the day ``since`` on; those of a hidden medicine mean nothing without its slip."""
    record.must(*READ)
    return list(THINGS.shown(record, Word.DOSE, since=since))


def memos(record: OpenRecord) -> list[Memo]:
    """The memos of the medicine notebook, newest first; to others without those that name what she hides."""
    record.must(*READ)
    drawn = curtain(record)
    return [each for each in THINGS.shown(record, Word.MEMO) if not drawn.names_it(each.text)]


def family_pharmacists(record: OpenRecord) -> list[FamilyPharmacist]:
    """The pharmacists she has chosen as her own, newest first."""
    record.must(*READ)
    return list(THINGS.shown(record, Word.FAMILY_PHARMACIST))
