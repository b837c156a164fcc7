"""Deliveries in a real database: repeated, overlapping, in any order, undone; and the days they add up to."""

from __future__ import annotations

from array import array
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.consent.opened import NotOpened, OpenRecord
from backend.records.compared import Compared
from backend.records.records import read_glance
from backend.records.tables import RecordRow
from backend.wearables import hearing, merging, shelf, summaries
from backend.wearables.chunks import DAY_MS
from backend.wearables.readings import between, readings
from backend.wearables.staging import StagedDay, stage, stage_all
from backend.wearables.tables import DaySummaryRow, DeliverySpanRow, WearableDayRow
from shared.consent import Right, Scope
from shared.ids import new_id
from shared.problems import Invalid, NotThere
from shared.streams import Readings
from tests.backend.wearables.shapes import DAY, columns
from tests.cast import Cast

MORNING = DAY * DAY_MS + 3_600_000  # 10:00 in Tokyo on the same calendar day as in UTC
THAT_DAY = date(2024, 10, 4)


def pulses(*rows: tuple[int, float], source: str = "Apple Watch") -> Readings:
    """Heart rates (minute of the morning, value)."""
    return columns("heart_rate", source, *((MORNING + m * 60_000, MORNING + m * 60_000, v) for m, v in rows))


def steps(*rows: tuple[int, float], source: str) -> Readings:
    """Steps of one minute (minute of the morning, value)."""
    return columns("steps", source, *((MORNING + m * 60_000, MORNING + (m + 1) * 60_000, v) for m, v in rows))


def kept(record: OpenRecord, stream: str = "heart_rate") -> set[tuple[str, int, float]]:
    """All readings of a stream."""
    found = between(record, stream, (DAY - 5) * DAY_MS, (DAY + 40) * DAY_MS)
    return {(each.source, s, v) for each in found for s, v in zip(each.start, each.value, strict=True)}


def days(record: OpenRecord, stream: str) -> list[tuple[date, int, float | None]]:
    found = summaries.days(record, stream, date(2024, 9, 1), date(2024, 12, 31))
    return [(day.date, day.count, day.mean if day.total is None else day.total) for day in found]


def test_a_post_is_kept_and_summed_up(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        told = merging.deliver(record, new_id(), [pulses((0, 60), (1, 70), (2, 71))])
        assert told == Compared(3, 0)
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        assert days(record, "heart_rate") == [(THAT_DAY, 3, 67.0)]
        (found,) = readings(record, "heart_rate", THAT_DAY, THAT_DAY)
        assert found.value == array("d", [60, 70, 71])
        assert read_glance(session, record.key).part("wearables")["heart_rate"] == {
            "stream": "heart_rate", "day": "2024-10-04", "count": 3, "mean": 67, "min": 60, "max": 71,
        }  # fmt: skip


def test_a_repeated_post_changes_nothing(cast: Cast) -> None:
    delivery, some = new_id(), [pulses((0, 60), (1, 70), (1, 70))]
    with cast.house.database.transaction() as session:
        assert merging.deliver(cast.open(session, cast.hanako), delivery, some) == Compared(2, 1)
        before = stored(session)
    for _ in range(2):
        with cast.house.database.transaction() as session:
            assert merging.deliver(cast.open(session, cast.hanako), delivery, some) == Compared(0, 3)
            assert stored(session) == before


def stored(session: Session) -> list[object]:
    chunks = session.execute(
        select(WearableDayRow.stream, WearableDayRow.day, WearableDayRow.sealed).order_by(WearableDayRow.day)
    )
    spans = session.execute(
        select(DeliverySpanRow.number, DeliverySpanRow.first_day, DeliverySpanRow.last_day)
    )
    sums = session.execute(select(DaySummaryRow.local_day, DaySummaryRow.number, DaySummaryRow.sealed))
    return [*map(tuple, chunks), *map(tuple, spans), *map(tuple, sums)]


def test_undoing_drops_exactly_what_no_other_delivery_brought(cast: Cast) -> None:
    first, second = new_id(), new_id()
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, first, [pulses((0, 60), (1, 70))])
        assert merging.deliver(record, second, [pulses((1, 70), (2, 80), (1500, 90))]) == Compared(2, 1)
        assert merging.undo(record, second) == 2
        assert kept(record) == {("Apple Watch", MORNING, 60.0), ("Apple Watch", MORNING + 60_000, 70.0)}
        assert days(record, "heart_rate") == [(THAT_DAY, 2, 65.0)]
        assert merging.undo(record, second) == 0
        assert merging.undo(record, new_id()) == 0
        assert merging.undo(record, first) == 2
        assert kept(record) == set()
        assert session.scalar(select(func.count()).select_from(WearableDayRow)) == 0
        assert "heart_rate" not in read_glance(session, record.key).part("wearables")


def test_a_post_that_was_undone_stays_undone_however_often_it_is_repeated(cast: Cast) -> None:
    delivery, some = new_id(), [pulses((0, 60))]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, delivery, some)
        merging.undo(record, delivery)
        assert merging.deliver(record, delivery, some) == Compared(0, 1)
        assert kept(record) == set()


def test_an_import_is_compared_kept_undone_and_kept_again(cast: Cast) -> None:
    post, import_id = new_id(), new_id()
    staged = [day.as_bytes() for day in stage_all([pulses((0, 60), (1, 70)), pulses((1, 70), (2000, 80))])]
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(record, post, [pulses((0, 60))])
        assert merging.compare(record, map(StagedDay.from_bytes, staged)) == Compared(2, 2)
        assert kept(record) == {("Apple Watch", MORNING, 60.0)}
        whole = {("Apple Watch", MORNING + m * 60_000, v) for m, v in ((0, 60.0), (1, 70.0), (2000, 80.0))}
        for _ in range(2):
            assert merging.merge_staged(record, import_id, map(StagedDay.from_bytes, staged)) == Compared(
                2, 2
            )
            assert merging.merge_staged(record, import_id, map(StagedDay.from_bytes, staged)) == Compared(
                0, 4
            )
            assert kept(record) == whole
            assert merging.undo(record, import_id) == 2
            assert kept(record) == {("Apple Watch", MORNING, 60.0)}


def test_a_staged_day_survives_being_set_aside() -> None:
    for day in stage(pulses((0, 60), (1, 70), (2000, 80), source="花子の Apple Watch")):
        assert StagedDay.from_bytes(day.as_bytes()) == day


@pytest.mark.parametrize("watch_first", [True, False])
def test_steps_of_two_devices_are_not_added_whichever_came_first(cast: Cast, watch_first: bool) -> None:
    watch = steps((0, 100), (30, 50), source="花子の Apple Watch")
    phone = steps((0, 95), (60, 40), source="iPhone")
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        for each in (watch, phone) if watch_first else (phone, watch):
            merging.deliver(record, new_id(), [each])
        assert days(record, "steps") == [(THAT_DAY, 3, 190.0)]
        quarters = summaries.extremes(record, "steps", THAT_DAY, THAT_DAY)
        assert quarters.total.tolist() == [100, 50, 40]
        assert [each.source for each in readings(record, "steps", THAT_DAY, THAT_DAY)] == [
            "花子の Apple Watch",
            "iPhone",
        ]


def test_a_day_is_the_persons_and_spans_two_utc_days(cast: Cast) -> None:
    # 23:50 and 00:10 in Tokyo lie in the same UTC day, but in two of hers.
    before, after = (DAY * DAY_MS + 14 * 3_600_000 + m * 60_000 for m in (50, 70))
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        merging.deliver(
            record, new_id(), [columns("steps", "Ring", (before, before, 10), (after, after, 20))]
        )
        merging.deliver(record, new_id(), [columns("steps", "Ring", (DAY * DAY_MS, DAY * DAY_MS, 5))])
        assert days(record, "steps") == [(THAT_DAY, 2, 15.0), (date(2024, 10, 5), 1, 20.0)]
        (today,) = readings(record, "steps", THAT_DAY, THAT_DAY)
        (tomorrow,) = readings(record, "steps", date(2024, 10, 5), date(2024, 10, 5))
        assert (today.start.tolist(), today.value.tolist()) == ([DAY * DAY_MS, before], [5, 10])
        assert (tomorrow.start.tolist(), tomorrow.value.tolist()) == ([after], [20])


def test_sleep_is_summed_up_whatever_order_its_days_come_in(cast: Cast) -> None:
    evening, night = DAY * DAY_MS + 22 * 3_600_000, (DAY + 1) * DAY_MS
    one = columns("sleep", "Watch", (evening, night - 600_000, 3.0))
    other = columns("sleep", "Watch", (night, night + 4 * 3_600_000, 4.0))
    for order in ((one, other), (other, one)):
        with cast.house.database.transaction() as session:
            record = cast.open(session, cast.hanako)
            ids = [new_id(), new_id()]
            for id, each in zip(ids, order, strict=True):
                merging.deliver(record, id, [each])
            (found,) = summaries.days(record, "sleep", date(2024, 9, 1), date(2024, 12, 31))
            assert found.date == date(2024, 10, 5)
            assert found.minutes == {"light": 110, "deep": 240, "asleep_in_all": 350}
            for id in ids:
                merging.undo(record, id)
            assert summaries.days(record, "sleep", date(2024, 9, 1), date(2024, 12, 31)) == []


def test_the_second_half_of_a_night_moves_the_first_to_the_day_of_waking(cast: Cast) -> None:
    midnight = (DAY + 1) * DAY_MS
    with cast.house.database.transaction() as session:
        session.execute(
            update(RecordRow).values(zone="Africa/Abidjan")
        )  # where UTC's midnight is the person's
        record = cast.open(session, cast.hanako)
        first = columns("sleep", "Watch", (midnight - 3_600_000, midnight - 600_000, 3.0))
        merging.deliver(record, new_id(), [first])
        assert [day[0] for day in days(record, "sleep")] == [THAT_DAY]
        second = columns("sleep", "Watch", (midnight + 600_000, midnight + 3_600_000, 3.0))
        merging.deliver(record, new_id(), [second])
        (found,) = summaries.days(record, "sleep", date(2024, 9, 1), date(2024, 12, 31))
        assert (found.date, found.minutes["light"]) == (date(2024, 10, 5), 100)


def test_phones_hear_of_days_that_changed_and_of_days_that_are_gone(cast: Cast) -> None:
    delivery = new_id()
    with cast.house.database.transaction() as session:
        merging.deliver(cast.open(session, cast.hanako), delivery, [pulses((0, 60)), pulses((2000, 80))])
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        first = hearing.changes(record, 0, 100)
        assert [change.word for change in first] == ["day", "day"]
        merging.deliver(record, new_id(), [pulses((0, 60))])
        assert hearing.changes(record, first[-1].number, 100) == []
        merging.undo(record, delivery)
        (gone,) = hearing.changes(record, first[-1].number, 100)
        assert gone.body is None
        assert gone.id in {change.id for change in first}
        assert gone.edited_at > first[0].edited_at


def test_what_cannot_be_is_refused_and_nothing_is_kept(cast: Cast) -> None:
    wrong = [
        columns("heart_beats", "x", (0, 0, 1.0)),
        columns("steps", "x", (MORNING, MORNING - 1, 1.0)),
        columns("steps", "x", (MORNING, MORNING, float("nan"))),
        columns("steps", "x", (MORNING, MORNING, float("-inf"))),
        columns("steps", "x", (2**62, 2**62, 1.0)),
        columns("steps", "x", (-(2**62), 0, 1.0)),
        columns("steps", "x", (0, 2**62, 1.0)),
    ]
    for each in wrong:
        with pytest.raises(Invalid), cast.house.database.transaction() as session:
            merging.deliver(cast.open(session, cast.hanako), new_id(), [pulses((0, 60)), each])
    with cast.house.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(WearableDayRow)) == 0


def test_a_stranger_is_not_let_in_and_a_reader_may_not_write(cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.WEARABLES)
    cast.lets_in(cast.mori, Scope.VITALS)
    with cast.house.database.transaction() as session:
        doctor = cast.open(session, cast.sato)
        assert summaries.days(doctor, "steps", THAT_DAY, THAT_DAY) == []
        with pytest.raises(NotOpened):
            merging.deliver(doctor, new_id(), [pulses((0, 60))])
        nurse = cast.open(session, cast.mori)
        for word in (summaries.days, summaries.extremes, readings):
            with pytest.raises(NotOpened):
                word(nurse, "steps", THAT_DAY, THAT_DAY)
        with pytest.raises(NotThere):
            cast.open(session, cast.kato)


@pytest.mark.parametrize(
    ("better", "lesser"),
    [
        ("花子の Apple Watch", "花子のiPhone"),
        ("Fitbit", "Pixel 9"),
        ("Oura", "ヘルスケア"),
        ("ヘルスケア", "Galaxy S25"),
    ],
)
def test_what_is_worn_comes_before_what_is_carried(better: str, lesser: str) -> None:
    assert shelf.usual_priority(better) < shelf.usual_priority(lesser)


rows = st.lists(st.tuples(st.integers(0, 4000), st.sampled_from([60.0, 61.0])), min_size=1, max_size=6)
deeds = st.lists(st.tuples(st.integers(0, 2), rows | st.none()), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_kept_and_undone_in_any_order_equals_a_plain_set(
    cast: Cast, some: list[tuple[int, list[tuple[int, float]] | None]]
) -> None:
    ids = [UUID(int=n + 1) for n in range(3)]
    model: set[tuple[int, float, int]] = set()
    with cast.house.database.transaction() as session:
        for table in (DeliverySpanRow, WearableDayRow, DaySummaryRow):
            session.execute(delete(table))
        for which, brought in some:
            record = cast.open(session, cast.hanako)
            if brought is None:
                merging.undo(record, ids[which])
                model = {each for each in model if each[2] != which}
            else:
                merging.merge_staged(record, ids[which], stage(pulses(*brought)))
                model |= {(minute, value, which) for minute, value in brought}
            assert kept(record) == {("Apple Watch", MORNING + m * 60_000, v) for m, v, _ in model}
            found = summaries.days(record, "heart_rate", date(2024, 9, 1), date(2024, 12, 31))
            assert sum(day.count for day in found) == len({(m, v) for m, v, _ in model})


def test_words_need_both_rights(cast: Cast) -> None:
    with cast.house.database.transaction() as session:
        nobody = cast.house.opener.open_parts(
            session, cast.hanako.viewer, cast.record, [(Scope.VITALS, Right.WRITE)]
        )
        for word in (merging.deliver, merging.merge_staged):
            with pytest.raises(NotOpened):
                word(nobody, new_id(), [])
        with pytest.raises(NotOpened):
            merging.undo(nobody, new_id())
        with pytest.raises(NotOpened):
            merging.compare(nobody, [])
        with pytest.raises(NotOpened):
            hearing.changes(nobody, 0, 1)
