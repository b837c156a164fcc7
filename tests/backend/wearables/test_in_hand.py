"""What a post has in hand is not read again: the days come out as if it were, and no post costs more with the years."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event

from backend.consent.opened import OpenRecord
from backend.records.records import read_glance
from backend.wearables import merging, shelf, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.tables import DaySummaryRow, DeliverySpanRow, WearableDayRow
from shared.consent import Scope
from shared.ids import new_id
from shared.streams import Readings
from tests.cast import Cast

DAY = 20_000
Post = tuple[str, str, list[tuple[int, int, int]]]  # stream, source, (quarter, seconds long, value)
rows = st.lists(
    st.tuples(st.integers(0, 96 * 6), st.integers(0, 90_000), st.integers(1, 90)), min_size=1, max_size=8
)
posts = st.lists(
    st.tuples(
        st.sampled_from(["steps", "heart_rate", "spo2"]), st.sampled_from(["Watch", "iPhone", "Ring"]), rows
    ),
    min_size=1,
    max_size=6,
)


def columns(post: Post) -> Readings:
    stream, source, given_ = post
    start = array("q", (DAY * DAY_MS + quarter * 900_000 for quarter, _, _ in given_))
    end = array("q", (at + 1000 * long for at, (_, long, _) in zip(start, given_, strict=True)))
    return Readings(stream, source, start, end, array("d", (float(value) for _, _, value in given_)))


def everything(record: OpenRecord) -> list[tuple[object, ...]]:
    days = summaries.days_changed_after(record, -1, 10_000)
    return sorted((day.stream, day.day, day.number, str(day.figures())) for day in days)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts, st.lists(st.integers(0, 5), max_size=2))
def test_days_and_glance_are_what_the_shelf_says(cast: Cast, given_: list[Post], undone: list[int]) -> None:
    with cast.house.database.transaction() as session:
        for table in (DeliverySpanRow, WearableDayRow, DaySummaryRow):
            session.execute(delete(table))
        record = cast.open(session, cast.hanako)
        summaries._show(record, [])
        ids = [new_id() for _ in given_]
        for id_, post in zip(ids, given_, strict=True):
            merging.deliver(record, id_, [columns(post)])
        for number in undone:
            if number < len(ids):
                merging.undo(record, ids[number])
        assert shelf._HAND not in session.info
        kept = everything(record)
        summaries.refresh(record, {stream: set(range(DAY - 3, DAY + 12)) for stream, _, _ in given_})
        assert everything(record) == kept
        session.rollback()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts, st.lists(st.integers(0, 5), max_size=3))
def test_the_glance_follows(cast: Cast, given_: list[Post], undone: list[int]) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        ids = [new_id() for _ in given_]
        for id_, post in zip(ids, given_, strict=True):
            merging.deliver(record, id_, [columns(post)])
            assert read_glance(session, record.key).part(Scope.WEARABLES) == summaries._glance(record)
        for number in undone:
            if number < len(ids):
                merging.undo(record, ids[number])
                assert read_glance(session, record.key).part(Scope.WEARABLES) == summaries._glance(record)
        session.rollback()


@pytest.mark.parametrize("stream", ["heart_rate", "steps"])
def test_a_post_touches_no_more_with_the_years(cast: Cast, stream: str) -> None:
    def year(number: int) -> Readings:
        days = range(DAY - 365 * number, DAY - 365 * (number - 1))
        return columns(
            (stream, "Watch", [((day - DAY) * 96 + n * 8, 0, 60) for day in days for n in range(12)])
        )

    costs = []
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for number in (1, 2, 3):
            merging.deliver(record, new_id(), [year(number)])
            costs.append(touched_by_a_post(record, columns((stream, "Watch", [(number - 100, 0, 70)]))))
    assert len(set(costs)) == 1, costs
    assert costs[0][0] <= 16


def touched_by_a_post(record: OpenRecord, readings: Readings) -> tuple[int, int]:
    """Statements, and chunks or quarters opened."""
    asked: list[str] = []
    opened: list[str] = []
    engine = record.session.get_bind().engine

    def note(*given_: object) -> None:
        asked.append(str(given_[2]))

    event.listen(engine, "before_cursor_execute", note)
    real = type(record.key).open

    def open_(self: object, column: str, row: object, sealed: bytes) -> bytes:
        if column.startswith("wearable_days"):
            opened.append(column)
        return real(record.key, column, row, sealed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(record.key), "open", open_)
        merging.deliver(record, new_id(), [readings])
    event.remove(engine, "before_cursor_execute", note)
    return len(asked), len(opened)
