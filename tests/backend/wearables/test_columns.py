"""Many days packed in one go are, byte for byte, each day packed alone."""

from __future__ import annotations

from itertools import chain

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.wearables.chunks import DAY_MS, Chunk
from backend.wearables.columns import Columns, Decimals, Parts, as_decimals, floats, ints, sums, values
from backend.wearables.packing import Days, pack, pack_days
from backend.wearables.quarters import pack_quarters, quarters_of, unpack_quarters
from tests.backend.wearables.shapes import Reading, chunk, pieces

cuts = st.lists(
    st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300), min_size=1, max_size=9), min_size=1
)
floating = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-900, 900).map(lambda n: n / 100)
figures = st.lists(st.lists(floating, min_size=1, max_size=20), min_size=1, max_size=6)

with_decimals = st.integers(0, 6).flatmap(lambda n: st.integers(-(10**6), 10**6).map(lambda i: i / 10**n))
decimals = st.lists(st.lists(with_decimals, min_size=1, max_size=9), min_size=1, max_size=5)


def days_of(several: list[list[Reading]]) -> tuple[list[Chunk], Days]:
    """The same days one by one, and as one."""
    alone = []
    for number, rows in enumerate(several):
        later = number * DAY_MS
        alone.append(chunk([(start + later, end + later, *rest) for start, end, *rest in rows]))  # type: ignore[misc]
    whole = Chunk(
        np.concatenate([each.start for each in alone]),
        np.concatenate([each.end for each in alone]),
        np.concatenate([each.value for each in alone]),
        np.concatenate([each.comparators for each in alone]),
        alone[0].sets,
        None,
    )
    return alone, Days.cut(whole, Parts.of([len(each) for each in alone]))


@given(st.lists(pieces, min_size=1, max_size=5))
def test_days_packed_together_are_the_days_packed_alone(several: list[list[Reading]]) -> None:
    alone, together = days_of(several)
    assert pack_days(together) == [pack(each) for each in alone]


@given(st.lists(pieces, min_size=1, max_size=5))
def test_quarters_of_days_together_are_those_of_the_days_alone(several: list[list[Reading]]) -> None:
    alone, together = days_of(several)
    packed = pack_quarters(quarters_of(together))
    assert packed == [each for day in alone for each in pack_quarters(quarters_of(day))]
    again, before = unpack_quarters(packed), quarters_of(together)
    for name in ("index", "count", "total", "least", "most", "reach"):
        assert getattr(again, name).tobytes() == getattr(before, name).tobytes()


@given(cuts)
def test_whole_numbers_come_back(several: list[list[int]]) -> None:
    column, parts = (
        np.array(list(chain.from_iterable(several)), np.int64),
        Parts.of([len(each) for each in several]),
    )
    packed = ints(column, parts)
    assert Columns(packed, parts, [0] * len(parts)).ints().tolist() == column.tolist()


@given(figures)
def test_values_come_back_bit_for_bit(several: list[list[float]]) -> None:
    column, parts = np.array(list(chain.from_iterable(several))), Parts.of([len(each) for each in several])
    found = as_decimals(column, parts)
    assert floats(found, parts).tobytes() == column.tobytes()
    assert Columns(values(found, parts), parts, [0] * len(parts)).values().tobytes() == column.tobytes()


@given(decimals)
def test_decimals_are_the_fewest_and_add_up_exactly(several: list[list[float]]) -> None:
    column, parts = np.array(list(chain.from_iterable(several))), Parts.of([len(each) for each in several])
    found = as_decimals(column, parts)
    for number, each in enumerate(several):
        fewest = next(n for n in range(7) if all(round(value * 10**n) / 10**n == value for value in each))
        assert found.decimals[number] == fewest
        exact = sum(round(value * 10**fewest) for value in each) / 10**fewest
        assert sums(found, parts, parts.at)[number] == exact


def test_what_is_too_large_for_decimals_keeps_its_bits() -> None:
    column = np.array([1.0, 2.0, 1.7e308, 1.7e308, 0.5])
    parts = Parts.of([2, 2, 1])
    found = as_decimals(column, parts)
    assert found.raw.tolist() == [False, True, False]
    assert sums(found, parts, parts.at).tolist() == [3.0, float("inf"), 0.5]
    assert isinstance(found, Decimals)
