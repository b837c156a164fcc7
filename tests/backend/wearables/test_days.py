"""A day is the person's day: also where clocks change, and a night belongs to the morning after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wearables.chunks import DAY_MS
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
from backend.wearables.quarters import A_DAY, joined, quarters_of
from backend.wearables.sleep import best, sleeps_of
from shared.kinds import SLEEP_STAGES, SleepStage, Summing
from shared.problems import Invalid
from tests.backend.wearables.shapes import Reading, chunk

TOKYO = ZoneInfo("Asia/Tokyo")
ZONES = [
    TOKYO,
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("America/Sao_Paulo"),
]


def at(text: str, zone: ZoneInfo = TOKYO) -> int:
    """A wall clock time in ms UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1000


@given(st.sampled_from(ZONES), st.dates(date(1975, 1, 1), date(2037, 12, 30)))
def test_a_day_begins_where_the_calendar_turns(zone: ZoneInfo, day: date) -> None:
    begins = midnight(zone, day_number(day))
    assert local_day(zone, begins) == day_number(day)
    assert local_day(zone, begins - 1) == day_number(day) - 1
    assert begins % 900_000 == 0


def test_days_of_23_and_25_hours() -> None:
    new_york = ZoneInfo("America/New_York")
    spring = np.diff(midnights(new_york, day_number(date(2026, 3, 7)), day_number(date(2026, 3, 9))))
    autumn = np.diff(midnights(new_york, day_number(date(2026, 10, 31)), day_number(date(2026, 11, 2))))
    assert (spring / 4).tolist() == [24, 23, 24]
    assert (autumn / 4).tolist() == [24, 25, 24]


@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 3 * DAY_MS - 1), st.integers(0, 200)), min_size=1, max_size=60),
    st.sampled_from([Summing.TOTAL, Summing.AVERAGE]),
)
def test_days_say_what_a_plain_count_says(
    zone: ZoneInfo, some: list[tuple[int, int]], summing: Summing
) -> None:
    base = day_number(date(2026, 3, 7)) * DAY_MS
    readings: list[Reading] = [(base + t, base + t, np.float64(v).tobytes(), 0) for t, v in some]
    first, last = local_day(zone, base), local_day(zone, base + 3 * DAY_MS)
    by_utc_day = {r[0] // DAY_MS: [q for q in readings if q[0] // DAY_MS == r[0] // DAY_MS] for r in readings}
    parts = joined([quarters_of(chunk(by_utc_day[day])) for day in sorted(by_utc_day)])
    found = sum_up("steps", summing, [parts], first, midnights(zone, first, last))
    plain: dict[int, list[float]] = {}
    for start, _, bits, _ in set(readings):
        plain.setdefault(local_day(zone, start), []).append(float(np.frombuffer(bits, np.float64)[0]))
    assert {day: (s.count, s.least, s.most) for day, s in found.items()} == {
        day: (len(values), min(values), max(values)) for day, values in plain.items()
    }
    for day, values in plain.items():
        expected = sum(values) if summing is Summing.TOTAL else round(sum(values) / len(values), 6)
        assert (found[day].total if summing is Summing.TOTAL else found[day].mean) == expected


def stage(begins: str, ends: str, kind: SleepStage) -> Reading:
    return (at(begins), at(ends), np.float64(SLEEP_STAGES.index(kind)).tobytes(), 0)


def sleeps(*sources: list[Reading]) -> dict[int, DaySummary]:
    """Days of sleep of these sources, the best first, cut by UTC day as they are stored."""
    by_source = []
    for readings in sources:
        days = sorted({start // DAY_MS for start, *_ in readings})
        by_source.append(sleeps_of([chunk([r for r in readings if r[0] // DAY_MS == day]) for day in days]))
    return sum_up_sleep("sleep", best(by_source), TOKYO)


def test_a_night_belongs_to_the_day_of_waking() -> None:
    found = sleeps(
        [
            stage("2026-05-01T22:30", "2026-05-02T01:00", SleepStage.LIGHT),
            stage("2026-05-02T01:00", "2026-05-02T02:00", SleepStage.DEEP),
            stage("2026-05-02T02:00", "2026-05-02T02:20", SleepStage.AWAKE),
            stage("2026-05-02T02:20", "2026-05-02T06:00", SleepStage.REM),
        ]
    )
    (day,) = found.values()
    assert day.date == date(2026, 5, 2)
    assert day.minutes == {"light": 150, "deep": 60, "awake": 20, "rem": 220, "asleep_in_all": 430}
    told = members(day)
    assert told["asleep_minutes"] == 430
    assert told["stages"] == {"light": 150, "deep": 60, "awake": 20, "rem": 220}
    assert (told["begun"], told["ended"]) == ("2026-05-01T13:30:00.000Z", "2026-05-01T21:00:00.000Z")


def test_a_nap_is_added_to_its_day_and_overlaps_count_once() -> None:
    found = sleeps(
        [
            stage("2026-05-01T23:00", "2026-05-02T05:00", SleepStage.ASLEEP),
            stage("2026-05-02T04:00", "2026-05-02T06:00", SleepStage.ASLEEP),
            stage("2026-05-02T13:00", "2026-05-02T13:30", SleepStage.ASLEEP),
        ]
    )
    assert {day.date: day.minutes["asleep"] for day in found.values()} == {date(2026, 5, 2): 450}


@pytest.mark.parametrize("minutes", [0, 59, 60])
def test_a_pause_of_up_to_an_hour_is_of_the_same_sleep(minutes: int) -> None:
    """Half an hour before midnight and the night after it: she woke once, in the morning."""
    again = (datetime.fromisoformat("2026-05-01T23:30") + timedelta(minutes=minutes)).isoformat()
    (day,) = sleeps(
        [
            stage("2026-05-01T23:00", "2026-05-01T23:30", SleepStage.LIGHT),
            stage(again, "2026-05-02T06:00", SleepStage.LIGHT),
        ]
    ).values()
    assert (day.date, day.minutes["light"]) == (date(2026, 5, 2), 420 - minutes)
    assert (day.begun, day.ended) == (at("2026-05-01T23:00"), at("2026-05-02T06:00"))


def test_after_a_longer_pause_it_is_another_sleep() -> None:
    """61 minutes awake: the first half an hour is the day's before, on which she woke from it."""
    found = sleeps(
        [
            stage("2026-05-01T23:00", "2026-05-01T23:30", SleepStage.LIGHT),
            stage("2026-05-02T00:31", "2026-05-02T06:00", SleepStage.LIGHT),
        ]
    )
    assert {day.date.day: (day.minutes["light"], day.begun) for day in found.values()} == {
        1: (30, at("2026-05-01T23:00")),
        2: (329, at("2026-05-02T00:31")),
    }


def test_stages_of_a_watch_are_believed_before_time_in_bed_of_a_better_source() -> None:
    phone = [stage("2026-05-01T22:00", "2026-05-02T07:00", SleepStage.IN_BED)]
    watch = [stage("2026-05-01T23:00", "2026-05-02T06:00", SleepStage.LIGHT)]
    (day,) = sleeps(phone, watch).values()
    assert day.minutes == {"light": 420, "asleep_in_all": 420}
    (alone,) = sleeps(phone).values()
    assert alone.minutes == {"in_bed": 540}


def test_a_summary_survives_being_written() -> None:
    day = DaySummary("sleep", 20_000, 3, minutes={"rem": 1.5}, begun=1, ended=2, number=7)
    assert read(written(day), stream="sleep", day=20_000, number=7, edited_at=day.edited_at) == day
    steps = DaySummary("steps", 20_000, 3, 1.0, 2.5, None, 6.0)
    assert members(steps) == {
        "stream": "steps",
        "day": "2024-10-04",
        "count": 3,
        "total": 6,
        "min": 1,
        "max": 2.5,
    }


def test_huge_values_leave_the_sum_out() -> None:
    huge: list[Reading] = [(n, n, np.float64(1.7e308).tobytes(), 0) for n in range(3)]
    (day,) = sum_up("hrv", Summing.AVERAGE, [quarters_of(chunk(huge))], 0, np.array([0, A_DAY])).values()
    assert (day.count, day.mean, day.most) == (3, None, 1.7e308)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(1, 1, 1), date(1, 1, 1)),
        (date(9999, 12, 31), date(9999, 12, 31)),
        (date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_days_that_are_too_many_or_too_far_are_refused(first: date, last: date) -> None:
    with pytest.raises(Invalid):
        asked(first, last, 365)
    assert asked(date(2026, 1, 1), date(2026, 12, 31), 365)[1] == day_number(date(2026, 12, 31))


def test_utc_is_not_the_persons_day() -> None:
    assert local_day(TOKYO, int(datetime(2026, 5, 1, 15, tzinfo=UTC).timestamp()) * 1000) == day_number(
        date(2026, 5, 2)
    )
    assert midnight(TOKYO, day_number(date(2026, 5, 2))) == int(
        (datetime(2026, 5, 2, tzinfo=UTC) - timedelta(hours=9)).timestamp() * 1000
    )
