"""The order of sources: the owner's to change; days follow it, and nothing is ever added up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import jobs
from backend.consent.opened import NotOpened, OpenRecord
from backend.jobs import JobRow
from backend.wearables import merging, sources, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.quarters import QUARTER_MS
from backend.wearables.sources import Listed
from backend.wearables.tables import DaySummaryRow, DeliverySpanRow, WearableDayRow
from shared.consent import Scope
from shared.ids import new_id
from shared.problems import Clash, Invalid
from tests.backend.wearables.shapes import DAY, columns
from tests.backend.wearables.test_merging import THAT_DAY, days, steps
from tests.backend.wearables.test_reported import day_of
from tests.cast import OTHER_RECORD, Cast


def ordered(record: OpenRecord, *names: str) -> list[Listed]:
    """Put the sources of these names into this order."""
    ids = {source.name: source.id for source in sources.listed(record)}
    return list(sources.order(record, [ids[name] for name in names]).sources)


def test_a_day_follows_the_order_of_its_sources(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [steps((0, 100), (30, 50), source="Watch")])
        merging.deliver(record, new_id(), [steps((0, 95), (60, 40), source="iPhone"), day_of("iPhone", 7.0)])
        merging.deliver(record, new_id(), [day_of("Watch", 8.0)])
        assert [(each.name, each.streams) for each in sources.listed(record)] == [
            ("Watch", ("steps",)),
            ("iPhone", ("steps",)),
        ]
        assert days(record, "steps") == [(THAT_DAY, 3, 190.0)]
        assert [each.name for each in ordered(record, "iPhone", "Watch")] == ["iPhone", "Watch"]
        assert days(record, "steps") == [(THAT_DAY, 3, 185.0)]
        (day,) = summaries.days(record, "steps", THAT_DAY, THAT_DAY)
        assert [each.source for each in day.reported] == ["iPhone", "Watch"]
        # What comes later stands behind what she has ordered, even a better guess.
        merging.deliver(record, new_id(), [steps((0, 1), source="Oura ring")])
        assert [each.name for each in sources.listed(record)] == ["iPhone", "Watch", "Oura ring"]
        before = summaries.days(record, "steps", THAT_DAY, THAT_DAY)
        ordered(record, "iPhone", "Watch", "Oura ring")
        assert summaries.days(record, "steps", THAT_DAY, THAT_DAY) == before


def test_only_days_with_several_sources_are_summed_up_again(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [steps(*((n * 1440, 10) for n in range(50)), source="Watch")])
        merging.deliver(record, new_id(), [steps((20 * 1440, 5), source="iPhone")])
        assert sources.contested(record) == {"steps": {DAY + 19, DAY + 20, DAY + 21}}


def test_a_night_follows_too(cast: Cast) -> None:
    evening, night = DAY * DAY_MS + 13 * 3_600_000, DAY * DAY_MS + 16 * 3_600_000
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        watch = columns("sleep", "Watch", (evening, night, 3.0))
        ring = columns("sleep", "Ring", (evening, night - 3_600_000, 3.0))
        for each in (watch, ring):
            merging.deliver(record, new_id(), [each])
        for order, minutes in ((("Watch", "Ring"), 180), (("Ring", "Watch"), 120)):
            ordered(record, *order)
            (found,) = summaries.days(record, "sleep", date(2024, 9, 1), date(2024, 12, 31))
            assert found.minutes["light"] == minutes


def test_a_large_record_is_summed_up_by_a_job(cast: Cast) -> None:
    many = [(n * 1440, 10) for n in range(sources.SMALL + 10)]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [steps(*many, source="Watch")])
        merging.deliver(record, new_id(), [steps(*((m, 7) for m, _ in many), source="iPhone")])
        ids = [each.id for each in sources.listed(record)]
        told = sources.order(record, ids[::-1])
        assert told.is_summing_up
        assert session.scalars(select(JobRow.name)).all() == [sources.SUM_UP]
        assert {day[2] for day in days(record, "steps")} == {10.0}
        assert sources.is_summing_up(record)
        assert sources.order(record, ids[::-1]).is_summing_up  # the same order again: it goes on
        assert not sources.is_summing_up(cast.open(session, cast.kimura, OTHER_RECORD))
    assert jobs.run_due(cast.house) == 1
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        assert {day[2] for day in days(record, "steps")} == {7.0}
        assert not sources.is_summing_up(record)
        assert session.scalars(select(JobRow.name)).all() == []


def test_an_order_names_every_source_once(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, new_id(), [steps((0, 1), source="Watch")])
        (watch,) = sources.listed(record)
        for wrong in ([], [watch.id, 99], [99]):
            with pytest.raises(Clash):
                sources.order(record, wrong)
        with pytest.raises(Invalid):
            sources.order(record, [watch.id, watch.id])


def test_only_the_owner_orders(cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.WEARABLES)
    with cast.house.database.transaction() as session:
        doctor = cast.open(session, cast.sato)
        assert sources.listed(doctor) == []
        with pytest.raises(NotOpened):
            sources.order(doctor, [])


Row = tuple[int, int, int]  # quarter, quarters long, value
rows = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 120), st.integers(1, 9)), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, rows, st.permutations(["one", "other"]))
def test_two_sources_come_to_what_an_obvious_count_says(
    cast: Cast, one: list[Row], other: list[Row], order: list[str]
) -> None:
    given = {"one": one, "other": other}
    with cast.house.database.transaction() as session:
        emptied(session)
        record = cast.open(session, cast.hanako)
        for name, some in given.items():
            if some:
                merging.deliver(record, new_id(), [columns("steps", name, *map(walked, some))])
        present = [name for name in order if given[name]]
        known = {each.name: each.id for each in sources.listed(record)}
        sources.order(record, [known[name] for name in (*present, *(n for n in known if n not in present))])
        found = {day: total for day, _, total in days(record, "steps")}
    assert found == obvious([given[name] for name in present])


def emptied(session: Session) -> None:
    for table in (DeliverySpanRow, WearableDayRow, DaySummaryRow):
        session.execute(delete(table))


def walked(row: Row) -> tuple[int, int, float]:
    quarter, length, value = row
    start = DAY * DAY_MS + quarter * QUARTER_MS
    return start, start + length * QUARTER_MS, float(value)


def obvious(by_source: Sequence[list[Row]]) -> dict[date, float]:
    """Quarter by quarter: a source's quarter counts if no better one touches what it reaches of that day."""

    def day(quarter: int) -> int:
        return (quarter + 36) // 96  # Tokyo

    totals: dict[date, float] = {}
    touched: set[int] = set()
    for some in by_source:
        mine: set[int] = set()
        for quarter in {row[0] for row in some}:
            here = {row for row in some if row[0] == quarter}
            reach = {q for _, n, _ in here for q in range(quarter, quarter + n) if day(q) == day(quarter)}
            if not reach & touched:
                mine |= reach
                on = date.fromordinal(THAT_DAY.toordinal() + day(quarter))
                totals[on] = totals.get(on, 0) + sum(value for _, _, value in here)
        touched |= mine
    return totals
