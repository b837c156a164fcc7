"""Readings that a sensor may give, and the plain set that a chunk must always equal."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from backend.wearables.chunks import DAY_MS, Chunk, gather
from shared.streams import Readings

DAY = 20_000
Reading = tuple[int, int, bytes, int]  # start, end, bits of the value, comparator
Plain = set[tuple[Reading, int]]  # a reading and a delivery that brought it

instants = st.integers(0, DAY_MS - 1) | st.integers(0, 86_399).map(lambda s: s * 1000) | st.integers(0, 5)
durations = (
    st.just(0)
    | st.integers(0, 3_600_000)
    | st.integers(0, 10**13)
    | st.integers(0, 600).map(lambda s: s * 1000)
)
# Zero of both signs, many decimals, the whole range of a float.
values = (
    st.integers(-300, 300).map(float)
    | st.decimals(-1000, 1000, places=3).map(float)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, 2.0**53, 0.1 + 0.2])
)
comparators = st.sampled_from([0, 0, 0, -1, 1])


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    start = DAY * DAY_MS + draw(instants)
    return (start, start + draw(durations), struct.pack("<d", draw(values)), draw(comparators))


pieces = st.lists(readings(), min_size=1, max_size=40)


def chunk(some: Iterable[Reading], delivery: int = 1) -> Chunk:
    """The readings as a chunk, in the order they are given."""
    start, end, value, comparator = zip(*some, strict=True)
    return gather(
        np.array(start, np.int64),
        np.array(end, np.int64),
        np.frombuffer(b"".join(value), np.float64),
        np.array(comparator, np.int64),
        delivery,
    )


def plain(some: Chunk | None) -> Plain:
    """A chunk as a set of pairs."""
    if some is None:
        return set()
    return {
        ((start, end, struct.pack("<d", value), comparator), delivery)
        for start, end, value, comparator, whose in zip(
            some.start.tolist(),
            some.end.tolist(),
            some.value.tolist(),
            some.comparators.tolist(),
            some.whose.tolist(),
            strict=True,
        )
        for delivery in some.sets[whose]
    }


def columns(stream: str, source: str, *rows: tuple[int, int, float]) -> Readings:
    """Columns of readings (start, end, value)."""
    start, end, value = zip(*rows, strict=True)
    return Readings(stream, source, array("q", start), array("q", end), array("d", value))
