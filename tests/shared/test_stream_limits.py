"""What a reading can be: the limits of the rows of the same name, at their very edges, for every way in."""

from __future__ import annotations

import math
from array import array
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kinds import ALL_STREAMS, KINDS
from shared.stream_limits import EARLIEST_MS, bounds, impossible, in_time, parted
from shared.streams import ABOVE, EXACT, MOST, Readings, source_named


def of(stream: str, *values: float) -> Readings:
    moments = array("q", range(len(values)))
    return Readings(stream, "watch", moments, moments[:], array("d", values))


@pytest.mark.parametrize(
    ("stream", "least", "most"),
    [
        ("heart_rate", 20, 250),
        ("resting_heart_rate", 20, 250),
        ("spo2", 50, 100),
        ("blood_glucose", 10, 1000),
        ("respiratory_rate", 3, 80),
        ("steps", 0, MOST),
        ("skin_temperature", -30, 60),
        ("beats", 5, 400),
    ],
)
def test_the_edges_can_be_and_what_lies_beyond_cannot(stream: str, least: float, most: float) -> None:
    beyond = math.nextafter(least, -math.inf), math.nextafter(most, math.inf)
    kept, places = parted(of(stream, least, beyond[0], most, beyond[1]))
    assert (kept.value.tolist(), kept.start.tolist(), places) == ([least, most], [0, 2], [1, 3])
    assert impossible(stream, most).field == "value"


@pytest.mark.parametrize("stream", sorted(KINDS.keys() & ALL_STREAMS.keys()))
def test_a_stream_has_the_limits_of_the_kind_of_its_name(stream: str) -> None:
    limits, found = KINDS[stream].measure.limits, bounds(stream)
    assert list(map(Decimal, found)) == [limits.refuse_below, limits.refuse_above]


@given(st.sampled_from(sorted(ALL_STREAMS)), st.lists(st.floats(allow_nan=False), max_size=30))
def test_every_reading_is_kept_or_told_and_the_others_stay(stream: str, values: list[float]) -> None:
    readings = of(stream, *values)
    kept, places = parted(readings)
    least, most = bounds(stream)
    assert places == [at for at, value in enumerate(values) if not least <= value <= most]
    assert kept.value.tolist() == [value for value in values if least <= value <= most]
    assert (kept is readings) == (not places)


def test_bounds_of_a_sensor_go_with_their_readings() -> None:
    three = array("q", (1, 2, 3))
    comparator = array("b", (EXACT, EXACT, ABOVE))
    kept, places = parted(
        Readings("blood_glucose", "Libre", three, three, array("d", (1e9, 99, 400)), comparator)
    )
    assert (places, kept.value.tolist(), kept.comparator.tolist()) == ([0], [99, 400], [EXACT, ABOVE])


def test_what_nobody_sees_is_no_name() -> None:
    for name in ("", "   ", "\u202e", "\u200b\ufeff\u2066", "\x00\x1f"):
        assert source_named(name) == ""
    assert source_named("\u202e 花子の\u00a0Apple\u200b Watch\n") == "花子の\u00a0Apple Watch"


@given(
    st.lists(
        st.integers(-(2**62), 2**62) | st.sampled_from([-1, 0, EARLIEST_MS - 1, EARLIEST_MS]), max_size=30
    )
)
def test_every_moment_is_kept_or_told_and_the_others_stay(starts: list[int]) -> None:
    moments = array("q", starts)
    readings = Readings("steps", "watch", moments, moments[:], array("d", range(len(starts))))
    kept, places = in_time(readings)
    assert kept.start.tolist() == [each for each in starts if each >= EARLIEST_MS]
    assert places == [at for at, each in enumerate(starts) if each < EARLIEST_MS]
    assert (kept is readings) == (not places)
