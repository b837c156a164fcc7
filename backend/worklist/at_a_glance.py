"""One record as its doctor sees it: what she may see, and of that what matters in four minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.consent import grants
from backend.consent.opened import OpenRecord
from backend.records import records
from backend.records.records import Glance
from backend.vitals import measurements, summaries
from backend.vitals.summaries import HomePressure
from backend.wearables import summaries as wearable_days
from backend.wearables.days import DaySummary
from backend.worklist import chart, drawing, findings_part, medicine_part, recordings_part, wearables_part
from backend.worklist.chart import Chart, Period, Point
from backend.worklist.drawing import Days
from backend.worklist.findings_part import Known
from backend.worklist.medicine_part import Medicines
from backend.worklist.recordings_part import HeartKind
from backend.worklist.wearables_part import Card
from shared import clock
from shared.blood_pressure import Occasion, day_of, occasions
from shared.consent import GRANTABLE, Purpose, Right, Scope, holds
from shared.languages import tr
from shared.vitals import Vital

READ_PARTS = tuple((scope, Right.READ) for scope in (*GRANTABLE, Scope.WARNINGS))
OCCASION_DAYS = 14
STREAM_DAYS = 30
SHOWN_STREAMS = ("steps", "heart_rate")
LAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Pressures:
    """Home blood pressure: the last seven days, the chart with its period, and the occasions of two weeks."""

    week: HomePressure
    chart: Chart
    periods: Sequence[Period]
    highest: Sequence[Point]
    occasions: Sequence[Occasion]
    newest: Vital | None


@dataclass(frozen=True, slots=True)
class Worn:
    """A stream by day: the last thirty days drawn, the last seven in figures (None: a day without readings)."""

    stream: str
    drawn: Days
    week: Sequence[tuple[date, DaySummary | None]]

    @property
    def is_empty(self) -> bool:
        """Nothing in the thirty days."""
        return not self.drawn.summaries


@dataclass(frozen=True, slots=True)
class AtAGlance:
    """The page of a record. A part that is not shared is None: that it is not, is all there is to say."""

    id: str
    about: Glance
    age: int | None
    now: datetime
    until: Mapping[Scope, datetime]
    known: Known | None
    pressures: Pressures | None
    latest: Sequence[Vital] | None
    worn: Sequence[Worn] | None
    figures: Sequence[Card] | None
    hearts: Sequence[HeartKind]
    medicines: Medicines


def at_a_glance(record: OpenRecord, days: int, purpose: Purpose) -> AtAGlance:
    """What the viewer may see of the record for ``purpose``, the chart over ``days`` days."""
    # Opened for at least one part, or it would not be here; each part is asked for where it is read.
    now = clock.now().astimezone(record.timezone)
    about = records.read_glance(record.session, record.key)
    sees_vitals = record.may(Scope.VITALS, Right.READ)
    sees_worn = record.may(Scope.WEARABLES, Right.READ)
    return AtAGlance(
        id=str(record.id),
        about=about,
        age=about.age(now.date()),
        now=now,
        until=_until(record, purpose),
        known=findings_part.known(record) if record.may(Scope.FINDINGS, Right.READ) else None,
        pressures=_pressures(record, days, now) if sees_vitals else None,
        latest=measurements.latest(record) if sees_vitals else None,
        worn=_worn(record, now.date()) if sees_worn else None,
        figures=wearables_part.cards(record, now.date()) if sees_worn else None,
        hearts=recordings_part.heart_kinds(record, now.date()) if sees_worn else (),
        medicines=_medicines(record),
    )


def _medicines(record: OpenRecord) -> Medicines:
    if record.may(Scope.MEDICINES, Right.READ):
        return medicine_part.medicines(record)
    return medicine_part.unshared(record)


def _until(record: OpenRecord, purpose: Purpose) -> dict[Scope, datetime]:
    """Until when each part is shared: the latest end of the grants for this purpose that hold."""
    found: dict[Scope, datetime] = {}
    now = clock.now()
    for grant in grants.to_account(record.session, record.id, record.viewer.account_id):
        if not holds(grant, now) or Right.READ not in grant.rights or purpose not in grant.purposes:
            continue
        for scope in grant.scopes:
            if record.may(scope, Right.READ):
                found[scope] = max(found.get(scope, grant.ends_at), grant.ends_at)
    return {scope: found[scope].astimezone(record.timezone) for scope in GRANTABLE if scope in found}


def _pressures(record: OpenRecord, days: int, now: datetime) -> Pressures:
    drawn = chart.chart(record, days)
    since = now - timedelta(days=OCCASION_DAYS + 2)
    found = occasions(measurements.history(record, "blood_pressure", since=since))
    first = day_of(now.date(), now.time()) - timedelta(days=OCCASION_DAYS - 1)
    newest = found[-1].readings[-1] if found else None
    if newest is None:
        newest = next(iter(measurements.history(record, "blood_pressure", limit=1)), None)
    return Pressures(
        week=summaries.home_pressure(record),
        chart=drawn,
        periods=chart.periods(drawn),
        highest=chart.highest(drawn),
        occasions=[each for each in reversed(found) if each.day >= first],
        newest=newest,
    )


def _worn(record: OpenRecord, today: date) -> list[Worn]:
    first = today - timedelta(days=STREAM_DAYS - 1)
    found = []
    for stream in SHOWN_STREAMS:
        # A day of which only a device's own total is known has no bar; it is told of among the figures.
        days = [day for day in wearable_days.days(record, stream, first, today) if day.count]
        by_date = {day.date: day for day in days}
        week = [today - timedelta(days=back) for back in range(LAST_DAYS)]
        lines = [(on, by_date.get(on)) for on in week]
        found.append(Worn(stream, _drawn(stream, first, days), lines))
    return found


def _drawn(stream: str, first: date, days: list[DaySummary]) -> Days:
    if stream == "steps":
        title = tr("{n}日間の歩数の図（1日の合計）", n=STREAM_DAYS)
        return Days(title, first, STREAM_DAYS, days, lambda day: (0.0, day.total or 0.0, None))
    title = tr("{n}日間の心拍数の図（1日の最低・平均・最高）", n=STREAM_DAYS)
    lowest = min((day.least for day in days if day.least is not None), default=40.0)
    return Days(
        title, first, STREAM_DAYS, days, lambda day: (day.least or 0.0, day.most or 0.0, day.mean), lowest
    )


def chart_svg(record: OpenRecord, days: int) -> str:
    """The chart alone, as a picture."""
    record.must(Scope.VITALS, Right.READ)
    return str(drawing.pressure_svg(chart.chart(record, days)))
