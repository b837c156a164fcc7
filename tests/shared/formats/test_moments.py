from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared import clock
from shared.formats.moments import Walls
from shared.ids import new_id
from shared.problems import Invalid
from shared.vitals import Vital, problems

ZONES = [
    "Asia/Tokyo",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
]
HOUR = 3_600_000


def at(text: str) -> int:
    return clock.to_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2037-12-30")),
)
def test_a_wall_time_is_the_moment_that_its_zone_says(zone: str, wall: datetime) -> None:
    walls = Walls(zone)
    of_day = (wall - wall.replace(hour=0, minute=0, second=0, microsecond=0)) // timedelta(milliseconds=1)
    ms = walls.ms(wall.year, wall.month, wall.day, of_day)
    assert ms == clock.to_ms(wall.replace(tzinfo=ZoneInfo(zone)))
    offset = clock.from_ms(ms).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    assert walls.offset_min(ms) == offset // timedelta(minutes=1)
    assert walls.offset_min(ms) == Walls(zone).offset_min(ms)


@given(st.sampled_from(ZONES), st.dates(date(1970, 1, 2), date(2037, 12, 30)))
def test_days_follow_each_other_without_a_gap(zone: str, day: object) -> None:
    walls = Walls(zone)
    this = datetime.fromisoformat(str(day))
    following = this + timedelta(days=1)
    first, last = walls.day(this.year, this.month, this.day)
    assert last == walls.day(following.year, following.month, following.day)[0]
    if first < last:  # Apia left out the 30th of December 2011
        zoned = ZoneInfo(zone)
        assert clock.from_ms(first).astimezone(zoned).date() == this.date()
        assert clock.from_ms(first - 1).astimezone(zoned).date() < this.date()


def test_the_hour_that_comes_twice_and_the_one_that_is_skipped() -> None:
    york = Walls("America/New_York")
    half_past_one = HOUR * 3 // 2
    assert york.ms(2026, 11, 1, half_past_one) == at("2026-11-01T05:30")
    assert york.again(2026, 11, 1, half_past_one) == at("2026-11-01T06:30")
    assert york.again(2026, 11, 1, HOUR * 4) == york.ms(2026, 11, 1, HOUR * 4)
    # 02:30 was never shown: moved on by the gap, 03:30 summer time.
    assert york.ms(2026, 3, 8, HOUR * 5 // 2) == at("2026-03-08T07:30")
    assert york.again(2026, 3, 8, HOUR * 5 // 2) == at("2026-03-08T07:30")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Tokyo", (2026, 11, 23), 24),
        ("America/New_York", (2026, 11, 1), 25),
        ("America/New_York", (2026, 3, 8), 23),
        ("Asia/Beirut", (2026, 3, 29), 23),  # midnight itself is skipped
        ("Pacific/Apia", (2011, 12, 30), 0),  # the whole day was
    ],
)
def test_days_of_other_lengths(zone: str, day: tuple[int, int, int], hours: int) -> None:
    first, following = Walls(zone).day(*day)
    assert following - first == hours * HOUR


@pytest.mark.parametrize(
    ("day", "of_day"),
    [
        ((2026, 2, 30), 0),
        ((2026, 13, 1), 0),
        ((0, 1, 1), 0),
        ((10**30, 1, 1), 0),
        ((2026, 1, 1), -1),
        ((2026, 1, 1), 24 * HOUR),
        ((1901, 12, 31), 0),
        ((9999, 12, 31), 0),
    ],
)
def test_no_such_time(day: tuple[int, int, int], of_day: int) -> None:
    with pytest.raises(Invalid) as refused:
        Walls("Asia/Tokyo").ms(*day, of_day)
    assert refused.value.code == "time_impossible"


@given(
    st.sampled_from([*ZONES, "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
    st.dates(date(1890, 1, 1), date(1910, 12, 31)) | st.dates(date(8990, 1, 1), date(9009, 12, 31)),
    st.integers(0, 24 * HOUR - 1),
)
@example("Asia/Tokyo", date(1901, 1, 1), 0)
@example("Asia/Tokyo", date(1900, 1, 1), 0)
def test_no_wall_time_is_one_that_no_vital_can_have(zone: str, day: date, of_day: int) -> None:
    """What readers make of their rows is looked at no more: the day is what says that it cannot be."""
    walls = Walls(zone)
    if not 1901 < day.year < 9001:
        with pytest.raises(Invalid, match="time_impossible"):
            walls.ms(day.year, day.month, day.day, of_day)
        return
    ms = walls.ms(day.year, day.month, day.day, of_day)
    vital = Vital(new_id(), "weight", clock.from_ms(ms), walls.offset_min(ms), Decimal("52.3"))
    assert [each for each in problems(vital) if isinstance(each, Invalid)] == []


def test_no_such_moment_or_zone() -> None:
    with pytest.raises(Invalid, match="time_impossible"):
        Walls("Asia/Tokyo").offset_min(10**18)
    for name in ("Asia/Nowhere", "", "../etc/passwd", "x" * 300):
        with pytest.raises(Invalid, match="zone_unknown"):
            Walls(name)
