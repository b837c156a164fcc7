"""Trends of a record: home blood pressure and weight over windows of days, reckoned by the rules that the phone has.

Blood pressures come from their months as columns and weights from their rows, all of them: nothing is thinned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from backend.consent.opened import OpenRecord
from backend.vitals import measurements, months, turned
from shared import clock
from shared.blood_pressure import GUIDELINE_TARGET
from shared.consent import Right, Scope
from shared.occasion_columns import Met, met
from shared.problems import Invalid
from shared.trends import WINDOWS, PressureTrend, Window, day_now, last_days, pressure_trend, whole_window
from shared.vitals import EARLIEST_YEAR
from shared.weight_trends import DayWeight, WeightTrend, day_weights, weight_trend, whole_weights

_LONG_AGO = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
# A day may begin and end elsewhere, and a change of weight looks back before its window.
_EDGES = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Trends:
    """What a record shows over time: one window after the other, the whole time last."""

    today: date
    pressure: Sequence[PressureTrend]
    weight: Sequence[WeightTrend]


def trends(record: OpenRecord) -> Trends:
    """The last 7, 30 and 90 of the patient's days, today among them, and the whole time since the first measurement."""
    record.must(Scope.VITALS, Right.READ)
    today = _today(record)
    found, weights = _read(record, _LONG_AGO)
    windows = [last_days(days, today) for days in WINDOWS]
    return Trends(
        today,
        [_pressure(found, window) for window in (*windows, whole_window(found, today))],
        [
            weight_trend(weights, window, turned.counting)
            for window in (*windows, whole_weights(weights, today))
        ],
    )


def chosen(record: OpenRecord, first: date | None, last: date | None) -> Trends:
    """One window: from ``first`` (else the first day measured) to ``last`` (else today), both among the days."""
    record.must(Scope.VITALS, Right.READ)
    today = _today(record)
    end = last or today
    if first is None:
        found, weights = _read(record, _LONG_AGO)
        windows = whole_window(found, end), whole_weights(weights, end)
    else:
        if first > end:
            raise Invalid("invalid_fields", field="from")
        since = max(first, _LONG_AGO.date() + _EDGES) - _EDGES
        found, weights = _read(record, datetime.combine(since, time(), UTC))
        windows = Window(first, end), Window(first, end)
    return Trends(today, [_pressure(found, windows[0])], [weight_trend(weights, windows[1], turned.counting)])


def _pressure(found: Sequence[Met], window: Window) -> PressureTrend:
    return pressure_trend(found, window, GUIDELINE_TARGET, turned.counting)


def _read(record: OpenRecord, since: datetime) -> tuple[list[Met], list[DayWeight]]:
    weights = measurements.history(record, "weight", since=since)
    return met(months.pressures(record, since)), day_weights(weights)


def _today(record: OpenRecord) -> date:
    return day_now(clock.now().astimezone(record.timezone))
