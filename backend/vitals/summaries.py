"""Home blood pressure summed up for a record: the last seven days, the JSH and the ESH way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.consent.opened import OpenRecord
from backend.vitals import measurements
from shared import clock
from shared.blood_pressure import GUIDELINE_TARGET, Occasion, Target, day_of, occasions
from shared.consent import Right, Scope
from shared.home_pressure_summaries import EshSummary, JshSummary, esh_summary, jsh_summary

# Seven days, and the hours by which a day may begin and end elsewhere.
WEEK_AND_EDGES = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class HomePressure:
    """The last seven days of home blood pressure; the two summaries are never mixed."""

    occasions: list[Occasion]
    jsh: JshSummary
    esh: EshSummary
    target: Target


def home_pressure(record: OpenRecord) -> HomePressure:
    """The seven days up to today, the patient's day."""
    record.must(Scope.VITALS, Right.READ)
    now = clock.now()
    found = occasions(measurements.history(record, "blood_pressure", since=now - WEEK_AND_EDGES))
    local = now.astimezone(record.timezone)
    today = day_of(local.date(), local.time())
    return HomePressure(found, jsh_summary(found, today), esh_summary(found, today), GUIDELINE_TARGET)
