"""Weeks and months of a stream, made of the summaries of its days: nothing is unpacked for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.consent.opened import OpenRecord
from backend.wearables import summaries
from backend.wearables.days import asked
from shared.consent import Right, Scope
from shared.glucose import GlucoseFigures, glucose_figures
from shared.resting_heart_rate import RestedBy
from shared.stream_periods import CalendarPart, StreamPeriod, period_of, periods_of

RESTING, HEART_RATE, GLUCOSE = "resting_heart_rate", "heart_rate", "blood_glucose"


@dataclass(frozen=True, slots=True)
class Rested:
    """A day's resting heart rate, and who worked it out."""

    day: date
    value: float
    by: RestedBy


def periods(
    record: OpenRecord, stream: str, period: CalendarPart, first: date, last: date
) -> list[StreamPeriod]:
    """The weeks or months that have readings, from the one of ``first`` to the one of ``last``, each whole."""
    record.must(Scope.WEARABLES, Right.READ)
    asked(first, last, summaries.MOST_DAYS)
    begins, ends = period_of(first, period)[0], period_of(last, period)[1]
    days = summaries.days(record, stream, begins, ends)
    return list(periods_of((day.parts() for day in days), period))


def resting(record: OpenRecord, first: date, last: date) -> list[Rested]:
    """The resting heart rate of each day: the device's own, or else ours of its heart rates, never mixed in a day."""
    record.must(Scope.WEARABLES, Right.READ)
    found = {
        day.date: Rested(day.date, day.resting, RestedBy.OURS)
        for day in summaries.days(record, HEART_RATE, first, last)
        if day.resting is not None
    }
    found |= {
        day.date: Rested(day.date, day.mean, RestedBy.DEVICE)
        for day in summaries.days(record, RESTING, first, last)
        if day.mean is not None
    }
    return [found[day] for day in sorted(found)]


def glucose(record: OpenRecord, first: date, last: date) -> GlucoseFigures | None:
    """The figures of a glucose sensor over the days ``first`` to ``last``; None where it measured nothing."""
    record.must(Scope.WEARABLES, Right.READ)
    days = summaries.days(record, GLUCOSE, first, last)
    return glucose_figures((day.glucose for day in days if day.glucose), (last - first).days + 1)
