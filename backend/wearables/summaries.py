"""Days of wearables summed up by the person's own calendar: kept in step with the chunks, read by charts and phones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select

from backend.consent.opened import OpenRecord
from backend.records.records import refresh_glance
from backend.wearables import shelf
from backend.wearables.chunks import DAY_MS, Chunk
from backend.wearables.days import (
    DaySummary,
    asked,
    day_number,
    local_day,
    members,
    midnight,
    midnights,
    read,
    sum_up,
    sum_up_sleep,
    written,
)
from backend.wearables.quarters import A_DAY, Quarters, compose
from backend.wearables.sleep import best, sleeps_of
from backend.wearables.tables import DaySummaryRow
from shared import clock
from shared.consent import Right, Scope
from shared.kinds import STREAMS, Summing
from shared.problems import Invalid
from shared.sync import stamp

_SUMMARIES = cast("Table", DaySummaryRow.__table__)
_SEALED = "day_summaries.sealed"
MOST_DAYS = 5 * 366
_WINDOW = 400  # days summed up at once
GLANCE_STREAMS = ("steps", "heart_rate", "resting_heart_rate", "sleep", "spo2", "blood_glucose")


def days(record: OpenRecord, stream: str, first: date, last: date) -> list[DaySummary]:
    """The days from ``first`` to ``last`` that have readings, in order."""
    record.must(Scope.WEARABLES, Right.READ)
    known(stream)
    statement = (
        select(_SUMMARIES)
        .where(_SUMMARIES.c.record_id == record.id, _SUMMARIES.c.stream == stream)
        .where(_SUMMARIES.c.local_day.between(day_number(first), day_number(last)), _SUMMARIES.c.count > 0)
        .order_by(_SUMMARIES.c.local_day)
    )
    return [_summary(record, row) for row in record.session.execute(statement)]


def days_changed_after(record: OpenRecord, number: int, limit: int) -> list[DaySummary]:
    """Days whose change number is above ``number``, in order of numbers; ``count`` 0 for a day that lost its readings.

    One transaction may give one number to many days: the last number of a full page is not complete.
    """
    record.must(Scope.WEARABLES, Right.READ)
    statement = (
        select(_SUMMARIES)
        .where(_SUMMARIES.c.record_id == record.id, _SUMMARIES.c.number > number)
        .order_by(_SUMMARIES.c.number, _SUMMARIES.c.stream, _SUMMARIES.c.local_day)
        .limit(limit)
    )
    return [_summary(record, row) for row in record.session.execute(statement)]


def extremes(record: OpenRecord, stream: str, first: date, last: date) -> Quarters:
    """Count, sum, least and most of each quarter of an hour of these days, from the best source for each."""
    record.must(Scope.WEARABLES, Right.READ)
    known(stream)
    borders = midnights(record.timezone, *asked(first, last, MOST_DAYS))
    by_source = _quarters(record, stream, int(borders[0]), int(borders[-1]))
    return compose(by_source, borders)


def refresh(record: OpenRecord, touched: Mapping[str, AbstractSet[int]]) -> None:
    """Sum up again what the UTC days ``touched``, by stream, are part of; what comes out the same is left alone."""
    record.must(Scope.WEARABLES, Right.WRITE)
    changed = False
    for stream, utc_days in touched.items():
        for window in _windows(_local_days(record, stream, utc_days)):
            changed |= _refresh_window(record, stream, window)
    if changed:
        refresh_glance(record.session, record.key, Scope.WEARABLES.value, _glance(record))


def known(stream: str) -> None:
    """`Invalid` for a stream that this house does not keep."""
    if stream not in STREAMS:
        raise Invalid("unknown_stream", field="stream", stream=stream)


def _local_days(record: OpenRecord, stream: str, utc_days: AbstractSet[int]) -> list[int]:
    """The person's days that readings of these UTC days can be part of; a night reaches into its neighbours."""
    more = 1 if STREAMS[stream].summing is Summing.STAGES else 0
    found: set[int] = set()
    for day in utc_days:
        first = local_day(record.timezone, day * DAY_MS)
        last = local_day(record.timezone, (day + 1) * DAY_MS - 1)
        found.update(range(first - more, last + more + 1))
    return sorted(found)


def _windows(local_days: list[int]) -> Iterator[list[int]]:
    """Days that lie together, to be summed up together."""
    window: list[int] = []
    for day in local_days:
        if window and day - window[0] >= _WINDOW:
            yield window
            window = []
        window.append(day)
    if window:
        yield window


def _refresh_window(record: OpenRecord, stream: str, local_days: list[int]) -> bool:
    before = _kept(record, stream, local_days)
    after = _summed_up(record, stream, local_days)
    now, changed = clock.now(), []
    for day in local_days:
        old, new = before.get(day), after.get(day) or DaySummary(stream, day)
        if (old is None and new.count) or (old is not None and old.figures() != new.figures()):
            changed.append(_row(record, new, stamp(now, old.edited_at if old else None)))
    if not changed:
        return False
    gone = [row["local_day"] for row in changed if row["local_day"] in before]
    if gone:
        record.session.execute(
            delete(_SUMMARIES)
            .where(_SUMMARIES.c.record_id == record.id, _SUMMARIES.c.stream == stream)
            .where(_SUMMARIES.c.local_day.in_(gone))
        )
    record.session.execute(insert(_SUMMARIES), changed)
    return True


def _kept(record: OpenRecord, stream: str, local_days: list[int]) -> dict[int, DaySummary]:
    statement = (
        select(_SUMMARIES)
        .where(_SUMMARIES.c.record_id == record.id, _SUMMARIES.c.stream == stream)
        .where(_SUMMARIES.c.local_day.between(local_days[0], local_days[-1]))
    )
    return {row.local_day: _summary(record, row) for row in record.session.execute(statement)}


def _summed_up(record: OpenRecord, stream: str, local_days: list[int]) -> dict[int, DaySummary]:
    first, last = local_days[0], local_days[-1]
    summing = STREAMS[stream].summing
    if summing is Summing.STAGES:
        return _summed_up_sleep(record, stream, local_days)
    borders = midnights(record.timezone, first, last)
    by_source = _quarters(record, stream, int(borders[0]), int(borders[-1]))
    return sum_up(stream, summing, by_source, first, borders) if by_source else {}


def _summed_up_sleep(record: OpenRecord, stream: str, local_days: list[int]) -> dict[int, DaySummary]:
    """Each day from its own UTC days and their neighbours: no night is cut, whatever days are asked together."""
    order = [source.id for source in shelf.sources(record.session, record.key)]
    zone = record.timezone
    bounds = {
        day: (midnight(zone, day) // DAY_MS, (midnight(zone, day + 1) - 1) // DAY_MS) for day in local_days
    }
    first, last = bounds[local_days[0]][0] - 1, bounds[local_days[-1]][1] + 1
    by_day: dict[int, dict[int, Chunk]] = {}
    for source, chunk in shelf.chunks(record.session, record.key, stream, first, last):
        by_day.setdefault(int(chunk.start[0]) // DAY_MS, {})[source] = chunk
    found = {}
    for day, (begins, ends) in bounds.items():
        near = [by_day.get(utc, {}) for utc in range(begins - 1, ends + 2)]
        by_source = [sleeps_of([those[source] for those in near if source in those]) for source in order]
        woken = sum_up_sleep(stream, best(by_source), zone)
        if day in woken:
            found[day] = woken[day]
    return found


def _quarters(record: OpenRecord, stream: str, first: int, end: int) -> list[Quarters]:
    return shelf.quarters(record.session, record.key, stream, first // A_DAY, (end - 1) // A_DAY)


def _row(record: OpenRecord, summary: DaySummary, edited_at: datetime) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "stream": summary.stream,
        "local_day": summary.day,
        "count": summary.count,
        "number": record.next_number(),
        "edited_at": edited_at,
        "sealed": record.key.seal(_SEALED, f"{summary.stream}|{summary.day}", written(summary)),
    }


def _summary(record: OpenRecord, row: Any) -> DaySummary:
    data = record.key.open(_SEALED, f"{row.stream}|{row.local_day}", row.sealed)
    return read(data, stream=row.stream, day=row.local_day, number=row.number, edited_at=row.edited_at)


def _glance(record: OpenRecord) -> dict[str, Any]:
    """The newest day of the streams that lists show."""
    newest = (
        select(_SUMMARIES.c.stream, func.max(_SUMMARIES.c.local_day).label("local_day"))
        .where(_SUMMARIES.c.record_id == record.id, _SUMMARIES.c.count > 0)
        .where(_SUMMARIES.c.stream.in_(GLANCE_STREAMS))
        .group_by(_SUMMARIES.c.stream)
        .subquery()
    )
    statement = (
        select(_SUMMARIES)
        .join(
            newest,
            (_SUMMARIES.c.stream == newest.c.stream) & (_SUMMARIES.c.local_day == newest.c.local_day),
        )
        .where(_SUMMARIES.c.record_id == record.id)
        .order_by(_SUMMARIES.c.stream)
    )
    found = [_summary(record, row) for row in record.session.execute(statement)]
    return {each.stream: members(each) for each in found}
