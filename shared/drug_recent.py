"""Which slips the checks must look at: of ten years, those that may reach today, and all since the oldest of them.

A quick look at the days alone, before any medicine is looked up. It may keep too much and never too little: the
check of what it keeps gives the answer of the check of everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from shared import periods
from shared.drug_knowledge import Knowledge
from shared.drug_periods import FLAT_DAYS
from shared.medicines import Dispensing, Medicine
from shared.schedule import schedule_of


def recent(slips: Sequence[Dispensing], knowledge: Knowledge, on: date) -> list[Dispensing]:
    """The slips, in their order, without those that are over for every check of the day ``on``.

    All slips since the oldest that is not over stay: one of them may have filled its prescription.
    """
    since = on - timedelta(days=knowledge.longest_washout + 1)
    reaching = [
        slip.dispensed_on for slip in slips if any(_may_reach(slip, each, since) for each in slip.medicines)
    ]
    if not reaching:
        return []
    oldest = min(reaching)
    numbers = {number for slip in slips if slip.dispensed_on >= oldest for number in _numbers(slip)}
    return [slip for slip in slips if slip.dispensed_on >= oldest or not numbers.isdisjoint(_numbers(slip))]


def _numbers(slip: Dispensing) -> tuple[str, ...]:
    """What ties a prescription to its dispensing, whatever their days."""
    return tuple(filter(None, (slip.exchange_number, slip.prescription_id)))


def _may_reach(slip: Dispensing, medicine: Medicine, since: date) -> bool:
    """Whether the last day of `shared.drug_periods.period` may be ``since`` or later."""
    usage = medicine.usage
    begins = max(slip.dispensed_on, usage.starts_on or slip.dispensed_on)
    if usage.ends_on is not None:
        return max(begins, usage.ends_on) >= since
    if usage.starts_on is not None:  # it may have no end
        return True
    is_near = max(usage.amount or 0, FLAT_DAYS) >= (since - begins).days
    if is_near or not usage.amount:
        return is_near
    # An amount is one of days of taking: every other day it lasts about twice as long, weekly seven times.
    last = periods.period(slip, medicine, schedule_of(usage, medicine.name)).last
    return last is None or last >= since
