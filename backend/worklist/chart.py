"""Home blood pressure drawn over time: each occasion one point, by session; the figures of a period beside it.

The rule of occasions is `shared.blood_pressure.occasions`; here it runs over columns, for years of readings at once.
A test holds both to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

from backend.consent.opening import OpenRecord
from backend.vitals import months
from backend.vitals.months import Pressure
from shared import clock
from shared.blood_pressure import (
    GUIDELINE_TARGET,
    OCCASION_LASTS,
    READINGS_COUNTED,
    REFERENCE_DIASTOLIC,
    REFERENCE_SYSTOLIC,
    Target,
    session_at,
)
from shared.consent import Right, Scope
from shared.vitals import Session

RANGES = (30, 90, 365, 5 * 366)
USUAL_RANGE = 90
MOST_DAYS = RANGES[-1]
# A line is not drawn over a silence longer than this: it would tell of readings that nobody took.
SILENCE = timedelta(days=7)
_LASTS_MS = OCCASION_LASTS // timedelta(milliseconds=1)
_DAY_MINUTES = 24 * 60


class Point(NamedTuple):  # made by the thousand
    """One occasion: when it began (ms UTC), its session, its means as they are drawn, and whether it reaches 135/85."""

    at: int
    session: Session
    systolic: float
    diastolic: float
    reaches: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: the points of ``days`` days up to ``last`` in the zone of the record, and the target."""

    days: int
    first: date
    last: date
    zone: str
    begins: int
    ends: int
    points: Sequence[Point]
    target: Target


def chart(record: OpenRecord, days: int) -> Chart:
    """The last ``days`` of the patient's days, today included; the days begin at midnight."""
    record.must(Scope.VITALS, Right.READ)
    today = clock.now().astimezone(record.timezone).date()
    first = today - timedelta(days=days - 1)
    begins, ends = (
        datetime.combine(on, time(), record.timezone) for on in (first, today + timedelta(days=1))
    )
    # An occasion that began just before the first midnight must not lose its first reading to the edge.
    found = points(months.pressures(record, begins - timedelta(days=1)))
    edges = clock.to_ms(begins), clock.to_ms(ends)
    shown = [point for point in found if edges[0] <= point.at < edges[1]]
    return Chart(days, first, today, record.zone, *edges, shown, GUIDELINE_TARGET)


def points(readings: Sequence[Pressure]) -> list[Point]:
    """Readings, oldest first, as occasions."""
    return [_point(together) for together in _together(readings)]


def _together(readings: Sequence[Pressure]) -> Iterator[list[Pressure]]:
    together: list[Pressure] = []
    until = 0
    for reading in readings:
        if together and reading.at <= until:
            together.append(reading)
            continue
        if together:
            yield together
        together, until = [reading], reading.at + _LASTS_MS
    if together:
        yield together


def _point(together: list[Pressure]) -> Point:
    first = together[0]
    session = next((reading.session for reading in together if reading.session), None)
    if session is None:
        session = _session_of_minute((first.at // 60_000 + first.offset_min) % _DAY_MINUTES)
    counted = together[:READINGS_COUNTED]
    number = len(counted)
    systolic = sum([reading.systolic for reading in counted])
    diastolic = sum([reading.diastolic for reading in counted])
    # Compared exactly: sums against the reference times the readings.
    reaches = systolic >= REFERENCE_SYSTOLIC * number or diastolic >= REFERENCE_DIASTOLIC * number
    return Point(first.at, session, float(systolic) / number, float(diastolic) / number, reaches)


@cache
def _session_of_minute(minute: int) -> Session:
    """Sessions begin at whole minutes, so a day has 1,440 answers."""
    return session_at(time(minute // 60, minute % 60))


def columns(drawn: Chart) -> dict[str, Any]:
    """The chart as JSON columns: seconds since 1970, the session's number, systolic and diastolic means."""
    order = list(Session)
    numbers = {session: number for number, session in enumerate(order)}
    return {
        "days": drawn.days,
        "zone": drawn.zone,
        "begins": drawn.begins // 1000,
        "ends": drawn.ends // 1000,
        "silence": int(SILENCE.total_seconds()),
        "target": [float(drawn.target.systolic), float(drawn.target.diastolic)],
        "reference": [REFERENCE_SYSTOLIC, REFERENCE_DIASTOLIC],
        "sessions": [session.value for session in order],
        "at": [point.at // 1000 for point in drawn.points],
        "session": [numbers[point.session] for point in drawn.points],
        "systolic": [point.systolic for point in drawn.points],
        "diastolic": [point.diastolic for point in drawn.points],
    }


@dataclass(frozen=True, slots=True)
class Period:
    """The occasions of one session over the period: how many, their mean, how many reach 135/85."""

    session: Session
    occasions: int
    mean: tuple[float, float] | None
    reaching: int

    @property
    def percent(self) -> int:
        """Of the occasions, those that reach 135/85, in whole percent."""
        return round(100 * self.reaching / self.occasions) if self.occasions else 0


def periods(drawn: Chart) -> list[Period]:
    """Morning and evening over the whole period."""
    return [_period(drawn, session) for session in (Session.MORNING, Session.EVENING)]


def _period(drawn: Chart, session: Session) -> Period:
    mine = [point for point in drawn.points if point.session is session]
    if not mine:
        return Period(session, 0, None, 0)
    mean = sum(each.systolic for each in mine) / len(mine), sum(each.diastolic for each in mine) / len(mine)
    return Period(session, len(mine), mean, sum(each.reaches for each in mine))


def highest(drawn: Chart, most: int = 3) -> list[Point]:
    """The occasions with the highest systolic means, the highest first."""
    return sorted(drawn.points, key=lambda point: (point.systolic, point.diastolic, -point.at), reverse=True)[
        :most
    ]
