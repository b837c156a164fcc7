"""Nights looked at together come out as if each day were looked at alone; lengths as if counted reading by reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from backend.wearables.chunks import DAY_MS
from backend.wearables.days import DaySummary, midnight, sum_up_sleep
from backend.wearables.nights import Days, sums
from backend.wearables.sleep import ASLEEP, ASLEEP_IN_ALL, best, bunches, sleeps_in
from shared.kinds import SLEEP_STAGES

HOUR = 3_600_000
FIRST = 20_000  # a UTC day
Row = tuple[int, int, int]


def source(rows: Sequence[Row]) -> Days:
    """Rows (start, end, stage) as one source has them."""
    rows = sorted(set(rows))
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    starts = columns[0] // DAY_MS
    days = sorted(set(starts.tolist()))
    borders = np.searchsorted(starts, [*days, days[-1] + 1 if days else 0])
    return Days(days, borders, columns[0], columns[1], columns[2].astype(np.float64))


def alone(by_source: Iterable[Days], zone: ZoneInfo, day: int) -> dict[int, DaySummary]:
    """The day, from no more than its UTC days and their neighbours."""
    near = range(midnight(zone, day) // DAY_MS - 1, (midnight(zone, day + 1) - 1) // DAY_MS + 2)
    found = sum_up_sleep("sleep", best([each.sleeps(near) for each in by_source]), zone)
    return {day: found[day]} if day in found else {}


_lengths = st.one_of(st.integers(0, 3 * HOUR), st.sampled_from([0, HOUR, 26 * HOUR, 80 * HOUR]))
_rows = st.tuples(
    st.integers(0, 9 * 24 * 4).map(lambda quarter: FIRST * DAY_MS + quarter * HOUR // 4),
    _lengths,
    st.integers(0, len(SLEEP_STAGES) - 1),
).map(lambda row: (row[0], row[0] + row[1], row[2]))
_sources = st.lists(st.lists(_rows, max_size=25), max_size=3)
_zones = st.sampled_from(["Asia/Tokyo", "Europe/London", "Pacific/Honolulu", "Pacific/Kiritimati"])


@given(_sources, _zones, st.integers(1, 8), st.integers(1, 9))
@example([[(FIRST * DAY_MS, FIRST * DAY_MS + 80 * HOUR, 1)], [((FIRST + 2) * DAY_MS, (FIRST + 2) * DAY_MS + HOUR, 2)]],
         "Asia/Tokyo", 1, 6)  # fmt: skip
def test_each_day_is_what_it_is_alone(rows: list[list[Row]], zone_name: str, first: int, many: int) -> None:
    zone, by_source = ZoneInfo(zone_name), [source(each) for each in rows]
    days = list(range(FIRST + first, FIRST + first + many))
    expected: dict[int, DaySummary] = {}
    for day in days:
        expected |= alone(by_source, zone, day)
    assert sums("sleep", by_source, zone, days) == expected


@given(_sources)
def test_the_best_of_all_are_those_of_each_bunch(rows: list[list[Row]]) -> None:
    by_source = [sleeps_in(each.start, each.end, each.value) for each in map(source, rows)]
    apart = bunches(by_source)
    found = [sleep for bunch in apart for sleep in bunch.best]
    assert sorted(found, key=repr) == sorted(best(by_source), key=repr)
    assert [sleep.begun for sleep in found] == sorted(sleep.begun for sleep in found)
    assert all(one.ended <= other.begun for one, other in pairwise(apart))


@given(st.lists(_rows, max_size=40))
def test_lengths_are_counted_once_where_readings_overlap(rows: list[Row]) -> None:
    columns = source(rows)
    found = sleeps_in(columns.start, columns.end, columns.value)
    for sleep in found:
        inside = [row for row in set(rows) if sleep.begun <= row[0] <= sleep.ended and row[1] <= sleep.ended]
        assert sleep.count == len(inside)
        expected = {stage.value: [number] for number, stage in enumerate(SLEEP_STAGES)}
        expected[ASLEEP_IN_ALL] = [number for number, stage in enumerate(SLEEP_STAGES) if stage in ASLEEP]
        for name, numbers in expected.items():
            spans = sorted((start, end) for start, end, stage in inside if stage in numbers)
            total, reached = 0, 0
            for start, end in spans:
                total += max(0, end - max(start, reached))
                reached = max(end, reached)
            assert sleep.minutes.get(name) == (total / 60_000 if spans else None)
    assert sum(sleep.count for sleep in found) == len(set(rows))
