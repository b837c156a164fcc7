"""What a chart is given: two points a pixel column at most, and never a reading less than the most extreme ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from backend.consent.opened import NotOpened
from backend.wearables import merging, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.drawing import Drawn, minmax, points
from backend.wearables.quarters import QUARTER_MS
from backend.wearables.tables import DaySummaryRow, DeliverySpanRow, WearableDayRow
from shared.consent import Scope
from shared.ids import new_id
from shared.problems import Invalid
from tests.backend.wearables.shapes import DAY, columns
from tests.cast import Cast

BASE = DAY * DAY_MS
Row = tuple[int, int, float]


def plain_minmax(
    points: list[tuple[int, float]], begins: int, ends: int, width: int
) -> list[tuple[int, float]]:
    """The slow and obvious way."""
    columns: dict[int, list[tuple[int, float]]] = {}
    for time, value in points:
        columns.setdefault((time - begins) * width // (ends - begins), []).append((time, value))
    found: list[tuple[int, float]] = []
    for _, some in sorted(columns.items()):
        least = min(some, key=lambda point: point[1])
        most = max(some, key=lambda point: point[1])
        found += [least] if least is most else sorted((least, most), key=lambda point: point[0])
    return found


@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(-3, 3).map(float)), max_size=60),
    st.integers(1, 40),
)
@example([(0, 1.0), (0, 2.0), (1, 1.0)], 1)
@example([(5, 0.0), (5, 0.0)], 3)
def test_a_column_keeps_its_least_and_its_most(some: list[tuple[int, float]], width: int) -> None:
    some = sorted(some, key=lambda point: point[0])
    time = np.array([t for t, _ in some], np.int64)
    value = np.array([v for _, v in some], np.float64)
    drawn = minmax(time, value, value, (0, 1000, width))
    expected = plain_minmax(some, 0, 1000, width)
    found = list(zip(drawn[0].tolist(), drawn[1].tolist(), strict=True))
    # Of equal points nobody can say which is which: a column where all are the same has one or two of them.
    assert [point for at, point in enumerate(found) if at == 0 or point != found[at - 1]] == [
        point for at, point in enumerate(expected) if at == 0 or point != expected[at - 1]
    ]
    assert len(found) <= 2 * min(width, len(some))


def composed(watch: list[Row], phone: list[Row]) -> list[Row]:
    """Slow and obvious: a phone's quarter counts when the watch touches no quarter that it reaches in its day."""

    def quarters(rows: list[Row]) -> dict[int, tuple[list[Row], int]]:
        by: dict[int, list[Row]] = {}
        for row in set(rows):
            by.setdefault(row[0] // QUARTER_MS, []).append(row)
        return {q: (some, max(q, *((end - 1) // QUARTER_MS for _, end, _ in some))) for q, some in by.items()}

    def day(quarter: int) -> int:
        return (quarter * QUARTER_MS + 9 * 3_600_000) // DAY_MS

    touched: set[int] = set()
    taken: list[Row] = []
    for rows in (watch, phone):
        mine: set[int] = set()
        for quarter, (some, reaches) in quarters(rows).items():
            here = {q for q in range(quarter, reaches + 1) if day(q) == day(quarter)}
            if not here & touched:
                taken += some
                mine |= here
        touched |= mine
    return sorted(taken)


minutes = st.integers(-2000, 4000)
rows = st.lists(
    st.tuples(minutes, st.sampled_from([0, 1, 20, 500]), st.integers(30, 220)), min_size=0, max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, rows, st.tuples(minutes, st.integers(1, 3000), st.integers(1, 200)))
def test_points_are_the_extremes_of_the_raw_readings_of_the_best_source(
    cast: Cast, watch: list[Row], phone: list[Row], asked: tuple[int, int, int]
) -> None:
    begin, length, width = asked
    begins, ends = BASE + begin * 60_000 + 7, BASE + (begin + length) * 60_000 + 7
    given: dict[str, list[Row]] = {}
    with cast.house.database.transaction() as session:
        for table in (DeliverySpanRow, WearableDayRow, DaySummaryRow):
            session.execute(delete(table))
        record = cast.open(session, cast.hanako)
        for source, some in (("Watch", watch), ("iPhone", phone)):
            given[source] = [(BASE + m * 60_000, BASE + (m + n) * 60_000, float(v)) for m, n, v in some]
            if some:
                merging.deliver(record, new_id(), [columns("steps", source, *given[source])])
        drawn = points(record, "steps", begins, ends, width)
    check(drawn, composed(given["Watch"], given["iPhone"]), begins, ends)


def check(drawn: Drawn, raw: list[Row], begins: int, ends: int) -> None:
    """Hold a drawing against all the readings that it was made of."""
    assert drawn.by_quarter == (ends - begins >= drawn.width * QUARTER_MS)
    inside = [(start, value) for start, _, value in raw if drawn.begins <= start < drawn.ends]
    if drawn.by_quarter:
        assert (drawn.begins % QUARTER_MS, drawn.ends % QUARTER_MS) == (0, 0)
        assert drawn.begins <= begins < ends <= drawn.ends
        inside = [(start // QUARTER_MS * QUARTER_MS, value) for start, value in inside]
    else:
        assert (drawn.begins, drawn.ends) == (begins, ends)
    assert drawn.count == len(inside)
    assert drawn.total == (sum(value for _, value in inside) if inside else None)
    place = [(time - drawn.begins) * drawn.width // (drawn.ends - drawn.begins) for time, _ in inside]
    found = [
        (time - drawn.begins) * drawn.width // (drawn.ends - drawn.begins) for time in drawn.time.tolist()
    ]
    assert set(found) == set(place)
    assert found == sorted(found)
    assert drawn.time.tolist() == sorted(drawn.time.tolist())
    for column in set(place):
        values = [value for at, (_, value) in zip(place, inside, strict=True) if at == column]
        shown = [value for at, value in zip(found, drawn.value.tolist(), strict=True) if at == column]
        assert len(shown) <= 2
        assert (min(shown), max(shown)) == (min(values), max(values))
        assert {*zip(drawn.time.tolist(), drawn.value.tolist(), strict=True)} <= set(inside)


def test_a_year_of_a_watch_keeps_the_one_reading_that_stands_out(cast: Cast) -> None:
    every = [(BASE + n * 300_000, BASE + n * 300_000, 60.0 + n % 7) for n in range(40 * 288)]
    every[5000] = (every[5000][0], every[5000][1], 241.0)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [columns("heart_rate", "Watch", *every)])
        drawn = points(record, "heart_rate", BASE, BASE + 40 * DAY_MS, 100)
        assert (len(drawn), drawn.count, drawn.total, drawn.method) == (200, 40 * 288, None, "minmax")
        assert drawn.value.max() == 241.0
        assert drawn.by_quarter
        near = points(record, "heart_rate", every[5000][0], every[5000][0] + 1, 1)
        assert (near.time.tolist(), near.value.tolist()) == ([every[5000][0]], [241.0])


def test_nothing_is_drawn_of_nothing(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for width in (1, 1000):
            drawn = points(record, "steps", BASE, BASE + DAY_MS, width)
            assert (len(drawn), drawn.count, drawn.total) == (0, 0, None)
        assert len(summaries.extremes(record, "steps", date(2026, 1, 1), date(2026, 1, 2))) == 0


@pytest.mark.parametrize(
    ("stream", "begins", "ends", "width"),
    [
        ("moods", 0, 1, 1),
        ("sleep", 0, 1, 1),
        ("steps_reported", 0, 1, 1),
        ("steps", 1, 1, 1),
        ("steps", 0, 1, 0),
        ("steps", 0, 1, 4001),
        ("steps", 0, 2**60, 10),
        ("steps", -(2**60), 0, 10),
        ("steps", 0, 20 * 366 * DAY_MS, 10),
    ],
)
def test_what_cannot_be_drawn_is_refused(cast: Cast, stream: str, begins: int, ends: int, width: int) -> None:
    with cast.house.database.transaction() as session, pytest.raises(Invalid):
        points(cast.open(session, cast.hanako), stream, begins, ends, width)


def test_a_stranger_is_drawn_nothing(cast: Cast) -> None:
    cast.lets_in(cast.mori, Scope.VITALS)
    with cast.house.database.transaction() as session, pytest.raises(NotOpened):
        points(cast.open(session, cast.mori), "steps", 0, 1, 1)
