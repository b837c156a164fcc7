"""From when to when a medicine is taken: the days dispensed, stretched over the days it is taken on.

The days are those of taking (実投与日数): 7 for every other day last 13. What is taken as needed, put on the body or
given without days is reckoned as 14 days, as the checks do; what she says she takes since a day has no end until she
says one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from shared.medicines import Dispensing, Medicine, Stage
from shared.usage_times import Days, Pattern, Schedule

WITHOUT_DAYS = 14
# More than a pharmacy ever hands out: a slip of a file, not ten thousand years.
_MOST_DAYS = 3660
_DAYS = "日分"  # some leave out the second letter


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` to ``last``, both taken; ``runs_out`` is the first day on which it is due and none is left.

    None: no end is known. ``reckoned``: the 14 days of the rule, not days that anybody wrote.
    """

    first: date
    last: date | None
    runs_out: date | None
    reckoned: bool = False

    def on(self, day: date) -> bool:
        """Whether ``day`` is within."""
        return self.first <= day and (self.last is None or day <= self.last)


def period(dispensing: Dispensing, medicine: Medicine, schedule: Schedule) -> Period:
    """The period of ``medicine``, taken by ``schedule``."""
    usage = medicine.usage
    first = usage.starts_on or dispensing.dispensed_on
    if usage.ends_on is not None:
        last = max(first, usage.ends_on)
        return Period(first, last, _after(last, 1))
    days = days_given(medicine, schedule)
    if days:
        return _lasting(first, days, schedule.days)
    if dispensing.stage is Stage.STATED and usage.starts_on is not None:
        return Period(first, None, None)
    return Period(first, _after(first, WITHOUT_DAYS - 1), _after(first, WITHOUT_DAYS), reckoned=True)


def days_given(medicine: Medicine, schedule: Schedule) -> int | None:
    """For how many days of taking it was handed out; None where the amount is not one of days."""
    usage = medicine.usage
    unit = usage.amount_unit
    if unit != _DAYS:
        unit = unicodedata.normalize("NFKC", unit)
    if not usage.amount or schedule.pattern is Pattern.AS_NEEDED:
        return None
    return min(usage.amount, _MOST_DAYS) if unit and _DAYS.startswith(unit) else None


def _lasting(first: date, amount: int, days: Days) -> Period:
    if days.daily:
        return Period(first, _after(first, amount - 1), _after(first, amount))
    if days.a_week:
        weeks = -(-amount // days.a_week)
        return Period(first, _after(first, 7 * weeks - 1), _after(first, 7 * weeks))
    last, left = first, amount
    for after in range(_MOST_DAYS):
        day = _after(first, after)
        if days.on(day, first):
            if not left:
                return Period(first, last, day)
            last, left = day, left - 1
    return Period(first, last, _after(last, 1))


def _after(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max
