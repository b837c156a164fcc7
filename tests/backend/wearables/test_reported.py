"""Totals that devices report of themselves: beside our sum, by source, never in it; and days that have nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend.consent.opened import OpenRecord
from backend.wearables import hearing, merging, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.days import day_number
from backend.wearables.reported import reported, told_of, totals_of
from shared import strict_json
from shared.ids import new_id
from shared.kinds import ALL_STREAMS, STREAMS
from shared.problems import Invalid
from shared.stream_periods import Reported
from shared.streams import Readings
from tests.backend.wearables.shapes import Reading, chunk, columns
from tests.backend.wearables.test_merging import THAT_DAY, steps
from tests.cast import Cast

TOKYO = ZoneInfo("Asia/Tokyo")


def day_of(source: str, total: float, day: date = THAT_DAY) -> Readings:
    """A device's own total of one of her days."""
    begins, ends = (
        int(datetime(each.year, each.month, each.day, tzinfo=TOKYO).timestamp()) * 1000
        for each in (day, day + timedelta(days=1))
    )
    return columns("steps_reported", source, (begins, ends, total))


def told(record: OpenRecord) -> list[tuple[date, int, float | None, list[tuple[str, float]]]]:
    days = summaries.days(record, "steps", date(2024, 9, 1), date(2024, 12, 31))
    return [
        (day.date, day.count, day.total, [(each.source, each.total) for each in day.reported]) for day in days
    ]


def test_a_reported_total_stands_beside_ours_and_in_no_sum(cast: Cast) -> None:
    ids = [new_id() for _ in range(3)]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, ids[0], [day_of("iPhone", 4000.0)])
        assert told(record) == [(THAT_DAY, 0, None, [("iPhone", 4000.0)])]
        (change,) = hearing.changes(record, 0, 10)
        assert strict_json.loads((change.body or "").encode()) == {
            "stream": "steps",
            "day": "2024-10-04",
            "count": 0,
            "reported": [{"source": "iPhone", "total": 4000}],
        }
        merging.deliver(record, ids[1], [steps((0, 100), (1, 50), source="Watch")])
        merging.deliver(record, ids[2], [day_of("Watch", 4100.0)])
        # Worn before carried; the total is of the readings alone.
        assert told(record) == [(THAT_DAY, 2, 150.0, [("Watch", 4100.0), ("iPhone", 4000.0)])]
        for id in ids[1:]:
            merging.undo(record, id)
        assert told(record) == [(THAT_DAY, 0, None, [("iPhone", 4000.0)])]
        merging.undo(record, ids[0])
        assert told(record) == []
        assert [each.body for each in hearing.changes(record, 0, 10)] == [None]


def test_a_reported_stream_is_no_stream_to_look_at(cast: Cast) -> None:
    with cast.house.database.transaction() as session, pytest.raises(Invalid):
        summaries.days(cast.open(session, cast.hanako), "steps_reported", THAT_DAY, THAT_DAY)


def test_every_reported_total_is_of_a_stream() -> None:
    assert {told_of(name) for name in ALL_STREAMS} == set(STREAMS)
    assert {totals_of(name) for name in STREAMS} - {None} == set(ALL_STREAMS) - set(STREAMS)
    assert (told_of("steps_reported"), totals_of("heart_rate")) == ("steps", None)


def test_of_two_totals_of_a_day_the_longer_and_then_the_greater_is_believed() -> None:
    begins = day_number(THAT_DAY) * DAY_MS - 9 * 3_600_000

    def row(hours: int, total: float, later: int = 0) -> Reading:
        start = begins + later * 3_600_000
        return (start, start + hours * 3_600_000, np.float64(total).tobytes(), 0)

    names = {2: "Watch", 1: "iPhone"}
    half_and_whole = chunk([row(12, 9000.0), row(24, 5000.0), row(24, 7000.0), row(30, 1.0, later=10)])
    found = reported([(1, half_and_whole), (2, chunk([row(24, 6000.0)]))], names, TOKYO)
    assert found == {day_number(THAT_DAY): (Reported("Watch", 6000.0), Reported("iPhone", 7000.0))}


def test_an_hour_more_or_less_makes_no_second_day(cast: Cast) -> None:
    """Days of 23 and 25 hours in New York are one day each."""
    zone = ZoneInfo("America/New_York")
    for day in (date(2026, 3, 8), date(2026, 11, 1)):
        start = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000
        after = day + timedelta(days=1)
        end = int(datetime(after.year, after.month, after.day, tzinfo=zone).timestamp()) * 1000
        some = chunk([(start, end, np.float64(5.0).tobytes(), 0)])
        assert list(reported([(1, some)], {1: "Watch"}, zone)) == [day_number(day)]
