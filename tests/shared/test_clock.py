"""The one clock: UTC to the millisecond, held still for tests, and wall times at an offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(days=-25_000), timedelta(days=84_000)).map(lambda since: EPOCH + since)


def test_now_is_utc_and_has_no_more_than_milliseconds() -> None:
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond % 1000 == 0


def test_a_held_clock_stands_still_and_runs_on_afterwards() -> None:
    moment = datetime(2026, 11, 23, 7, 12, tzinfo=timezone(timedelta(hours=9)))
    with clock.held(moment):
        assert clock.now() == moment
        assert clock.now().utcoffset() == timedelta(0)
        with clock.held(moment + timedelta(days=1)):
            assert clock.now() == moment + timedelta(days=1)
        assert clock.now() == moment
    assert clock.now() != moment


def test_the_clock_runs_on_after_a_failure_inside() -> None:
    moment = datetime(2001, 1, 1, tzinfo=UTC)
    with pytest.raises(KeyError), clock.held(moment):
        raise KeyError
    assert clock.now() > moment


@given(MOMENTS)
def test_milliseconds_there_and_back(moment: datetime) -> None:
    back = clock.from_ms(clock.to_ms(moment))
    assert timedelta() <= moment - back < timedelta(milliseconds=1)
    assert clock.to_ms(back) == clock.to_ms(moment)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        clock.to_ms(datetime(2026, 1, 1))  # noqa: DTZ001


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_the_wall_time_is_the_same_moment(moment: datetime, offset_min: int) -> None:
    wall = clock.at_offset(moment, offset_min)
    assert wall == moment
    assert wall.replace(tzinfo=UTC) - moment == timedelta(minutes=offset_min)
