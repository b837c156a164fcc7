"""Whatever a sensor gives comes back bit for bit, through the database too: gaps, equal times, decimals, odd days."""

from __future__ import annotations

import random
from array import array
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.consent.opened import OpenRecord
from backend.records.tables import RecordRow
from backend.wearables import deliveries, merging, shelf, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.days import day_number
from backend.wearables.packing import pack, unpack
from backend.wearables.readings import between, readings
from backend.wearables.staging import stage_all
from backend.wearables.tables import DaySummaryRow, DeliverySpanRow, WearableDayRow
from shared.ids import new_id
from shared.kinds import STREAMS, Summing
from shared.streams import Readings
from tests.backend.wearables.shapes import DAY, chunk, columns
from tests.cast import Cast

ONE_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def emptied(session: Session) -> None:
    """No readings, as for a new example."""
    for table in (DeliverySpanRow, WearableDayRow, DaySummaryRow):
        session.execute(delete(table))


def some_of(stream: str) -> st.SearchStrategy[list[tuple[int, int, float]]]:
    """Readings of a sensor of ``stream``: its decimals, bursts at one moment, long gaps, below zero where it may be."""
    scale = 10 ** STREAMS[stream].decimals
    lowest = -20 * scale if stream == "skin_temperature" else 0
    values = st.integers(lowest, 500 * scale).map(lambda whole: whole / scale)
    steps = st.sampled_from([0, 1, 1000, 5000, 60_000, 300_001, 900_000, 7 * DAY_MS])
    lasting = st.sampled_from([0, 1, 60_000, DAY_MS])
    return st.lists(st.tuples(steps, lasting, values), min_size=1, max_size=40).map(_laid_out)


def _laid_out(rows: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    at, found = DAY * DAY_MS, []
    for step, lasts, value in rows:
        at += step
        found.append((at, at + lasts, value))
    return found


STREAM_NAMES = [name for name, stream in STREAMS.items() if stream.summing is not Summing.STAGES]
anything = st.sampled_from(STREAM_NAMES).flatmap(lambda name: st.tuples(st.just(name), some_of(name)))


@ONE_DATABASE
@given(anything, st.randoms(use_true_random=False))
def test_what_a_sensor_gave_is_read_bit_for_bit(
    cast: Cast, given: tuple[str, list[tuple[int, int, float]]], chance: random.Random
) -> None:
    stream, rows = given
    shuffled = rows[:]
    chance.shuffle(shuffled)
    with cast.house.database.transaction() as session:
        emptied(session)
        merging.deliver(cast.open(session, cast.hanako), new_id(), [columns(stream, "Sensor", *shuffled)])
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        (found,) = between(record, stream, DAY * DAY_MS, (DAY + 400) * DAY_MS)
        assert len(found) == len(set(rows))
        assert set(zip(found.start, found.end, found.value, strict=True)) == set(rows)
        assert found.start.tolist() == sorted(start for start, _, _ in set(rows))


def test_a_hundred_thousand_readings_of_one_day(cast: Cast) -> None:
    chance = np.random.default_rng(20_000)
    start = np.sort(chance.integers(0, DAY_MS, 100_000)) + DAY * DAY_MS
    value = np.round(chance.normal(33, 2, 100_000), 2)
    first = Readings(
        "skin_temperature", "Ring", *(array("q", start.tobytes()),) * 2, array("d", value.tobytes())
    )
    again = [(s, s, v.tobytes(), 0) for s, v in zip(start.tolist(), value, strict=True)]
    whole = chunk(again)
    assert unpack(pack(whole)).value.tobytes() == whole.value.tobytes()
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        told = merging.deliver(record, new_id(), [first])
        assert (told.new, told.new + told.same) == (len(whole), 100_000)
        (found,) = between(record, "skin_temperature", DAY * DAY_MS, (DAY + 1) * DAY_MS)
        assert found.value.tobytes() == whole.value.tobytes()
        assert found.start.tobytes() == whole.start.tobytes()


def lives_in(session: Session, zone: str) -> None:
    session.execute(update(RecordRow).values(zone=zone))


def each_minute(zone: str, day: date) -> tuple[int, list[tuple[int, int, float]]]:
    """How many minutes a day has in ``zone``, and a step in each of them."""
    begins, ends = (
        int(datetime(each.year, each.month, each.day, tzinfo=ZoneInfo(zone)).timestamp()) * 1000
        for each in (day, day + timedelta(days=1))
    )
    return (ends - begins) // 60_000, [(at, at + 60_000, 1.0) for at in range(begins, ends, 60_000)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # midnight itself is skipped
        ("Asia/Tokyo", date(2026, 3, 8), 24),
    ],
)
def test_odd_days_are_whole_days(cast: Cast, zone: str, day: date, hours: float) -> None:
    length, rows = each_minute(zone, day)
    assert length == hours * 60
    with cast.house.database.transaction() as session:
        lives_in(session, zone)
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [columns("steps", "Watch", *rows)])
        found = summaries.days(record, "steps", day - timedelta(days=2), day + timedelta(days=2))
        assert [(each.date, each.count, each.total) for each in found] == [(day, length, length)]
        (listed,) = readings(record, "steps", day, day)
        assert len(listed) == length


def told(record: OpenRecord) -> dict[date, float | None]:
    days = summaries.days(record, "steps", date(2026, 4, 20), date(2026, 5, 20))
    return {day.date: day.total for day in days}


def test_a_flight_over_the_date_line_loses_and_doubles_nothing(cast: Cast) -> None:
    """Tokyo to Honolulu on 1 May: the calendar there has 1 May twice; moments know nothing of it."""
    noon = int(datetime(2026, 5, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp()) * 1000
    hours = [(noon + hour * 3_600_000, noon + (hour + 1) * 3_600_000, 10.0) for hour in range(-30, 30)]

    def plain(zone: str) -> dict[date, float]:
        found: dict[date, float] = {}
        for start, _, steps in hours:
            day = datetime.fromtimestamp(start / 1000, ZoneInfo(zone)).date()
            found[day] = found.get(day, 0) + steps
        return found

    with cast.house.database.transaction() as session:
        merging.deliver(cast.open(session, cast.hanako), new_id(), [columns("steps", "Watch", *hours)])
    with cast.house.database.transaction() as session:
        assert told(cast.open(session, cast.hanako)) == plain("Asia/Tokyo")
    utc = range(day_number(date(2026, 4, 28)), day_number(date(2026, 5, 5)))
    for zone in ("Pacific/Honolulu", "Pacific/Kiritimati", "Asia/Tokyo"):
        with cast.house.database.transaction() as session:
            lives_in(session, zone)
        with cast.house.database.transaction() as session:
            record = cast.open(session, cast.hanako)
            summaries.refresh(record, {"steps": set(utc)})
            assert told(record) == plain(zone)
            (found,) = between(record, "steps", utc[0] * DAY_MS, utc[-1] * DAY_MS)
            assert found.start.tolist() == [start for start, _, _ in hours]


brought = st.lists(st.tuples(st.integers(0, 3000), st.sampled_from([60.0, 61.0])), min_size=1, max_size=5)
deeds = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["Watch", "iPhone"]),
        st.sampled_from(["spo2", "steps"]),
        brought | st.none(),
    ),
    max_size=8,
)
Pair = tuple[str, str, int, float, int]


@ONE_DATABASE
@given(deeds)
def test_deliveries_kept_and_undone_equal_a_plain_set_of_pairs(
    cast: Cast, some: list[tuple[int, str, str, list[tuple[int, float]] | None]]
) -> None:
    ids = [UUID(int=n + 1) for n in range(3)]
    model: set[Pair] = set()
    with cast.house.database.transaction() as session:
        emptied(session)
    for which, source, stream, rows in some:
        with cast.house.database.transaction() as session:
            record = cast.open(session, cast.hanako)
            if rows is None:
                merging.undo(record, ids[which])
                model = {pair for pair in model if pair[4] != which}
            else:
                at = [(DAY * DAY_MS + m * 60_000, DAY * DAY_MS + (m + 1) * 60_000, v) for m, v in rows]
                merging.merge_staged(record, ids[which], stage_all([columns(stream, source, *at)]))
                model |= {(stream, source, m, v, which) for m, v in rows}
        with cast.house.database.transaction() as session:
            assert pairs(cast.open(session, cast.hanako), ids) == model


def pairs(record: OpenRecord, ids: list[UUID]) -> set[Pair]:
    """Every reading with every delivery that brought it, as they lie on the shelf."""
    numbers = {}
    for which, id in enumerate(ids):
        known = deliveries.find(record.session, record.key, id)
        if known is not None:
            numbers[known.number] = which
    names = {source.id: source.name for source in shelf.sources(record.session, record.key)}
    return {
        (stream, names[source], (start - DAY * DAY_MS) // 60_000, value, numbers[delivery])
        for stream in ("spo2", "steps")
        for source, each in shelf.chunks(record.session, record.key, stream, DAY, DAY + 5)
        for start, value, whose in zip(
            each.start.tolist(), each.value.tolist(), each.whose.tolist(), strict=True
        )
        for delivery in each.sets[whose]
    }
