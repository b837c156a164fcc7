"""Days of wearables summed up by the person's own calendar: kept in step with the chunks, read by charts and phones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update

from backend.consent.opened import OpenRecord
from backend.db import MANY, insert_many
from backend.records.placed import beyond
from backend.records.records import read_glance, seen, write_glance
from backend.statements import Soon, Statement
from backend.wearables import nights, shelf
from backend.wearables.believing import quarters_believed, readings_believed
from backend.wearables.chunks import DAY_MS, Ints
from backend.wearables.days import (
    DaySummary,
    asked,
    day_number,
    local_day,
    members,
    midnights,
    read,
    sum_up,
    written,
)
from backend.wearables.glucose import glucose_days
from backend.wearables.quarters import A_DAY, QUARTER_MS, Quarters, compose
from backend.wearables.reported import reported, told_of, totals_of
from backend.wearables.tables import DaySummaryRow
from shared import clock
from shared.consent import Right, Scope
from shared.kinds import STREAMS, Summing
from shared.problems import Invalid
from shared.stream_periods import Reported
from shared.sync import stamp

GLUCOSE = "blood_glucose"
_SUMMARIES = cast("Table", DaySummaryRow.__table__)
_SEALED = "day_summaries.sealed"
# Asked at every post, so made once: making a statement costs several times what asking it does.
_OF_STREAM = (_SUMMARIES.c.record_id == bindparam("record"), _SUMMARIES.c.stream == bindparam("in_stream"))
_WHAT = tuple(_SUMMARIES.c[name] for name in ("stream", "local_day", "number", "edited_at", "sealed"))
_AMONG = select(*_WHAT).where(
    *_OF_STREAM, _SUMMARIES.c.local_day.between(bindparam("first"), bindparam("last"))
)
_KEPT = Statement(_AMONG)
_DAYS = Statement(_AMONG.where(_SUMMARIES.c.count > 0).order_by(_SUMMARIES.c.local_day))
_NEW = Statement.row_of(_SUMMARIES)
_REPLACE = Statement(
    update(_SUMMARIES)
    .where(*_OF_STREAM, _SUMMARIES.c.local_day == bindparam("on_day"))
    .values({name: bindparam(f"new_{name}") for name in ("count", "number", "edited_at", "sealed")})
)
_EXPECTED = "day_lines_expected"  # in ``session.info``
MOST_DAYS = 5 * 366
_WINDOW = 400  # days summed up at once
GLANCE_STREAMS = ("steps", "heart_rate", "resting_heart_rate", "sleep", "spo2", "blood_glucose")


@dataclass(frozen=True, slots=True)
class _Expected:
    """What was asked ahead: the lines of ``days`` of a stream, and the glance."""

    stream: str
    days: range
    kept: Soon
    glance: Soon


def days(record: OpenRecord, stream: str, first: date, last: date) -> list[DaySummary]:
    """The days from ``first`` to ``last`` that have readings, in order."""
    record.must(Scope.WEARABLES, Right.READ)
    known(stream)
    span = {"record": record.id, "in_stream": stream, "first": day_number(first), "last": day_number(last)}
    return [_summary(record, row) for row in _DAYS.rows(record.session, span)]


def days_changed_after(
    record: OpenRecord, number: int, limit: int, past: tuple[str, int] | tuple[()] = ()
) -> list[DaySummary]:
    """Days whose change number is above ``number``, or is that and ``past`` this stream and day, in order.

    ``count`` is 0 for a day that lost its readings. One transaction may give one number to many days.
    """
    record.must(Scope.WEARABLES, Right.READ)
    columns = _SUMMARIES.c
    statement = (
        select(*_WHAT)
        .where(
            columns.record_id == record.id,
            beyond(columns.number, number, (columns.stream, columns.local_day), past),
        )
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


def refresh(record: OpenRecord, touched: Mapping[str, AbstractSet[int]]) -> int:
    """Sum up again what the UTC days ``touched``, by stream, are part of; what comes out the same is left alone.

    A total that a device reported is of the day of the stream that it is a total of. How many days were summed up.
    """
    record.must(Scope.WEARABLES, Right.WRITE)
    by_stream: dict[str, set[int]] = {}
    for stream, utc_days in touched.items():
        by_stream.setdefault(told_of(stream), set()).update(utc_days)
    expected: _Expected | None = record.session.info.pop(_EXPECTED, None)
    changed: list[DaySummary] = []
    done = 0
    for stream, utc_days in by_stream.items():
        for window in _windows(_local_days(record, stream, utc_days)):
            changed += _refresh_window(record, stream, window, expected)
            done += len(window)
    _show(
        record,
        [day for day in changed if day.stream in GLANCE_STREAMS],
        expected.glance if expected else None,
    )
    return done


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
    """Days that follow one another, to be summed up together."""
    window: list[int] = []
    for day in local_days:
        if window and (day != window[-1] + 1 or day - window[0] >= _WINDOW):
            yield window
            window = []
        window.append(day)
    if window:
        yield window


def _refresh_window(
    record: OpenRecord, stream: str, local_days: list[int], expected: _Expected | None
) -> list[DaySummary]:
    """Sum up these days and keep those that came out otherwise; which they are."""
    before = _kept(record, stream, local_days, expected)
    after = _summed_up(record, stream, local_days)
    now, changed = clock.now(), []
    fresh: list[dict[str, Any]] = []
    replaced: list[dict[str, Any]] = []
    for day in local_days:
        old, new = before.get(day), after.get(day) or DaySummary(stream, day)
        if (old is None and new.heard_of) or (old is not None and old.figures() != new.figures()):
            changed.append(new)
            row = _row(record, new, stamp(now, old.edited_at if old else None))
            (fresh if old is None else replaced).append(row)
    if len(fresh) < MANY:
        _NEW.tell(record.session, *fresh)
    else:
        insert_many(record.session, _SUMMARIES, fresh)
    rows = [{**{f"new_{name}": value for name, value in row.items()}, **_place(row)} for row in replaced]
    _REPLACE.tell(record.session, *rows)
    return changed


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"record": row["record_id"], "in_stream": row["stream"], "on_day": row["local_day"]}


def expect(record: OpenRecord, stream: str, utc_days: range) -> None:
    """What the next `refresh` will ask about these days goes to the database with what the merge asks."""
    record.must(Scope.WEARABLES, Right.WRITE)
    told = told_of(stream)
    days = _local_days(record, told, {utc_days[0], utc_days[-1]})
    found = _ask_kept(record, told, days[0], days[-1])
    within = range(days[0], days[-1] + 1)
    record.session.info[_EXPECTED] = _Expected(told, within, found, seen(record.session, record.key))


def _ask_kept(record: OpenRecord, stream: str, first: int, last: int) -> Soon:
    return _KEPT.soon(
        record.session, {"record": record.id, "in_stream": stream, "first": first, "last": last}
    )


def _kept(
    record: OpenRecord, stream: str, local_days: list[int], expected: _Expected | None
) -> dict[int, DaySummary]:
    first, last = local_days[0], local_days[-1]
    if expected is not None and expected.stream == stream and {first, last} <= set(expected.days):
        asked = expected.kept
    else:
        asked = _ask_kept(record, stream, first, last)
    return {row.local_day: _summary(record, row) for row in asked.rows()}


def _summed_up(record: OpenRecord, stream: str, local_days: list[int]) -> dict[int, DaySummary]:
    first, last = local_days[0], local_days[-1]
    summing = STREAMS[stream].summing
    if summing is Summing.STAGES:
        return nights.summed_up(record, stream, local_days)
    borders = midnights(record.timezone, first, last)
    if stream == GLUCOSE:
        return _summed_up_glucose(record, first, borders)
    by_source = _quarters(record, stream, int(borders[0]), int(borders[-1]))
    found = sum_up(stream, summing, by_source, first, borders) if by_source else {}
    for day, totals in _reported(record, stream, borders).items():
        if first <= day <= last:
            found[day] = replace(found.get(day) or DaySummary(stream, day), reported=totals)
    return found


def _summed_up_glucose(record: OpenRecord, first: int, borders: Ints) -> dict[int, DaySummary]:
    """The usual line of a day, and how long the sensor measured in which band."""
    quarters = quarters_believed(record.session, record.key, GLUCOSE, borders)
    if not quarters:
        return {}
    ours = sum_up(GLUCOSE, Summing.AVERAGE, list(quarters.values()), first, borders)
    span = int(borders[0]) * QUARTER_MS, int(borders[-1]) * QUARTER_MS
    readings = readings_believed(record.session, record.key, GLUCOSE, quarters, span)
    bands = glucose_days(readings, first, borders)
    return {day: replace(line, glucose=bands.get(day)) for day, line in ours.items()}


def _reported(record: OpenRecord, stream: str, borders: Ints) -> dict[int, tuple[Reported, ...]]:
    """What devices themselves say of the days of ``stream``, where it is a stream that adds up."""
    totals = totals_of(stream)
    if totals is None:
        return {}
    first, last = int(borders[0]) // A_DAY, (int(borders[-1]) - 1) // A_DAY
    stored = list(shelf.chunks(record.session, record.key, totals, first, last))
    if not stored:
        return {}
    names = {source.id: source.name for source in shelf.sources(record.session, record.key)}
    return reported(stored, names, record.timezone)


def _quarters(record: OpenRecord, stream: str, first: int, end: int) -> list[Quarters]:
    return shelf.quarters(record.session, record.key, stream, first // A_DAY, (end - 1) // A_DAY)


def _row(record: OpenRecord, summary: DaySummary, edited_at: datetime) -> dict[str, Any]:
    return {
        "record_id": record.id,
        "stream": summary.stream,
        "local_day": summary.day,
        "count": summary.heard_of,
        "number": record.next_number(),
        "edited_at": edited_at,
        "sealed": record.key.seal(_SEALED, f"{summary.stream}|{summary.day}", written(summary)),
    }


def _summary(record: OpenRecord, row: Any) -> DaySummary:
    data = record.key.open(_SEALED, f"{row.stream}|{row.local_day}", row.sealed)
    return read(data, stream=row.stream, day=row.local_day, number=row.number, edited_at=row.edited_at)


def _show(record: OpenRecord, changed: list[DaySummary], asked: Soon | None = None) -> None:
    """Keep the glance in step with days that changed. Asks for the newest days only where these cannot tell."""
    if not changed:
        return
    glance = read_glance(record.session, record.key, asked)
    part = dict(glance.part(Scope.WEARABLES.value))
    for stream in {day.stream for day in changed}:
        days = {day.day: day for day in changed if day.stream == stream}
        newest = max((day for day in days.values() if day.heard_of), key=lambda day: day.day, default=None)
        shown = part.get(stream)
        seen = None if shown is None else day_number(date.fromisoformat(shown["day"]))
        if seen is not None and newest is not None and newest.day >= seen:
            part[stream] = members(newest)
        elif seen is None or seen in days:
            part = _glance(record)
            break
    parts = {**(glance.parts or {}), Scope.WEARABLES.value: part}
    write_glance(record.session, record.key, replace(glance, parts=parts))


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
