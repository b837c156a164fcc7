"""Home blood pressure drawn over time: each occasion one point, by session; the figures of a period beside it.

The rule of occasions is `shared.blood_pressure.occasions`; here it runs over columns, for years of readings at once.
A test holds both to the same answers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from heapq import nlargest
from typing import Any, NamedTuple

from backend.consent.opened import OpenRecord
from backend.vitals import months
from backend.vitals.months import Pressures
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


class Point(NamedTuple):
    """One occasion: when it began (ms UTC), its session, its means as they are drawn, and whether it reaches 135/85."""

    at: int
    session: Session
    systolic: float
    diastolic: float
    reaches: bool


@dataclass(frozen=True, slots=True)
class Points:
    """Many occasions as columns, oldest first; the columns are those of `Point`."""

    at: list[int] = field(default_factory=list)
    session: list[Session] = field(default_factory=list)
    systolic: list[float] = field(default_factory=list)
    diastolic: list[float] = field(default_factory=list)
    reaches: list[bool] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.at)

    def between(self, begins: int, ends: int) -> Points:
        """Those that began from ``begins`` (included) to ``ends`` (not included)."""
        chosen = slice(bisect_left(self.at, begins), bisect_left(self.at, ends))
        columns = (self.at, self.session, self.systolic, self.diastolic, self.reaches)
        return Points(*(column[chosen] for column in columns))  # type: ignore[arg-type]

    def places(self, session: Session) -> list[int]:
        """Where in the columns those of a session stand."""
        return [place for place, each in enumerate(self.session) if each is session]

    def point(self, place: int) -> Point:
        """One of them."""
        return Point(
            self.at[place],
            self.session[place],
            self.systolic[place],
            self.diastolic[place],
            self.reaches[place],
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: the points of ``days`` days up to ``last`` in the zone of the record, and the target."""

    days: int
    first: date
    last: date
    zone: str
    begins: int
    ends: int
    points: Points
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
    return Chart(days, first, today, record.zone, *edges, found.between(*edges), GUIDELINE_TARGET)


def points(readings: Pressures) -> Points:
    """Readings as occasions."""
    found = Points()
    for begin, end in _together(readings.at):
        counted = slice(begin, min(end, begin + READINGS_COUNTED))
        number = counted.stop - begin
        systolic, diastolic = sum(readings.systolic[counted]), sum(readings.diastolic[counted])
        found.at.append(readings.at[begin])
        found.session.append(_session(readings, begin, end))
        found.systolic.append(float(systolic) / number)
        found.diastolic.append(float(diastolic) / number)
        # Compared exactly: sums against the reference times the readings.
        found.reaches.append(
            systolic >= REFERENCE_SYSTOLIC * number or diastolic >= REFERENCE_DIASTOLIC * number
        )
    return found


def _together(at: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From where to where the readings of each occasion stand."""
    begin = 0
    for place in range(1, len(at) + 1):
        if place == len(at) or at[place] > at[begin] + _LASTS_MS:
            yield begin, place
            begin = place


def _session(readings: Pressures, begin: int, end: int) -> Session:
    """Her first label among them, else what the hour of the first reading says."""
    for label in readings.session[begin:end]:
        if label is not None:
            return label
    return _session_of_minute((readings.at[begin] // 60_000 + readings.offset_min[begin]) % _DAY_MINUTES)


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
        "at": [at // 1000 for at in drawn.points.at],
        "session": [numbers[session] for session in drawn.points.session],
        "systolic": drawn.points.systolic,
        "diastolic": drawn.points.diastolic,
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
    points, mine = drawn.points, drawn.points.places(session)
    if not mine:
        return Period(session, 0, None, 0)
    mean = (
        sum(points.systolic[n] for n in mine) / len(mine),
        sum(points.diastolic[n] for n in mine) / len(mine),
    )
    return Period(session, len(mine), mean, sum(points.reaches[n] for n in mine))


def highest(drawn: Chart, most: int = 3) -> list[Point]:
    """The occasions with the highest systolic means, the highest first; of equals the newer."""
    points = drawn.points
    places = nlargest(most, range(len(points)), key=lambda n: (points.systolic[n], points.diastolic[n], n))
    return [points.point(place) for place in places]
