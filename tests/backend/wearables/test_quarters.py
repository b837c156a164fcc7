"""Quarters of an hour: they say what a plain count says, and a day never adds two sources up."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wearables.chunks import DAY_MS
from backend.wearables.quarters import (
    QUARTER_MS,
    Quarters,
    compose,
    pack_quarters,
    quarters_of,
    unpack_quarters,
)
from tests.backend.wearables.shapes import DAY, Reading, chunk, pieces, plain

MIDNIGHTS = np.array([96 * DAY, 96 * DAY + 96], np.int64)


@given(pieces)
def test_quarters_say_what_a_plain_count_says(some: list[Reading]) -> None:
    by_quarter: dict[int, list[float]] = defaultdict(list)
    for (start, _, bits, _), _ in plain(chunk(some)):
        by_quarter[start // QUARTER_MS].append(float(np.frombuffer(bits, np.float64)[0]))
    quarters = quarters_of(chunk(some))
    assert quarters.index.tolist() == sorted(by_quarter)
    for place, index in enumerate(quarters.index.tolist()):
        values = by_quarter[index]
        assert quarters.count[place] == len(values)
        assert (quarters.least[place], quarters.most[place]) == (min(values), max(values))
        if all(abs(value) < 1e9 for value in values):
            assert math.isclose(quarters.total[place], math.fsum(values), rel_tol=1e-9, abs_tol=1e-6)


@given(pieces)
def test_quarters_survive_packing(some: list[Reading]) -> None:
    quarters = quarters_of(chunk(some))
    again = unpack_quarters(pack_quarters(quarters))
    for name in ("index", "count", "total", "least", "most", "reach"):
        assert getattr(again, name).tobytes() == getattr(quarters, name).tobytes()


def of(*rows: tuple[int, int, float]) -> Quarters:
    """Quarters of one source of the day: (quarter of the day, how many quarters long, value)."""
    readings: list[Reading] = []
    for quarter, length, value in rows:
        start = DAY * DAY_MS + quarter * QUARTER_MS
        readings.append((start, start + max(1, length * QUARTER_MS), np.float64(value).tobytes(), 0))
    return quarters_of(chunk(readings))


@pytest.mark.parametrize(
    ("watch", "phone", "total"),
    [
        ([(10, 1, 100)], [(10, 1, 90)], 100),  # both counted: the watch is believed
        ([(10, 1, 100)], [(11, 1, 90)], 190),  # the phone alone saw the second quarter
        ([(10, 1, 100)], [(9, 3, 300)], 100),  # the phone's stretch touches the watch's: never both
        ([(10, 1, 100)], [(0, 96, 8000)], 100),  # nor a whole day in one number
        ([(0, 96, 8000)], [(40, 1, 90)], 8000),  # and the other way round
        ([], [(0, 96, 8000)], 8000),
        ([(10, 1, 100)], [], 100),
        ([(10, 1, 100), (20, 1, 50)], [(11, 9, 70)], 220),  # touching ends do not overlap
    ],
)
def test_steps_of_a_phone_and_a_watch_are_never_added(
    watch: list[tuple[int, int, float]], phone: list[tuple[int, int, float]], total: float
) -> None:
    composed = compose([of(*rows) for rows in (watch, phone) if rows], MIDNIGHTS)
    assert composed.total.sum() == total


@given(
    st.lists(st.tuples(st.integers(0, 95), st.integers(1, 8)), min_size=1),
    st.lists(st.tuples(st.integers(0, 95), st.integers(1, 8)), min_size=1),
)
def test_a_composed_quarter_is_one_sources_quarter(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    best, lesser = of(*((q, n, 1.0) for q, n in one)), of(*((q, n, 1000.0) for q, n in other))
    composed = compose([best, lesser], MIDNIGHTS)
    assert len(set(composed.index.tolist())) == len(composed)
    covered = {quarter for q, n in one for quarter in range(q, min(q + n, 96))}
    for index, most in zip(composed.index.tolist(), composed.most.tolist(), strict=True):
        if most == 1000.0:
            assert index - 96 * DAY not in covered
    assert composed.count[composed.most == 1.0].sum() == best.count.sum()
