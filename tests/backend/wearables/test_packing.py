"""Packed days give back every bit, and say so when a byte was changed."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.wearables.chunks import DAY_MS, gather, same, union
from backend.wearables.packing import ChunkBroken, deliveries, pack, told_apart, unpack
from tests.backend.wearables.shapes import DAY, Reading, chunk, pieces, plain


@given(pieces)
def test_unpacking_gives_back_every_bit(some: list[Reading]) -> None:
    packed = chunk(some)
    again = unpack(pack(packed))
    assert plain(again) == {(reading, 1) for reading in some}
    assert same(again, packed)


@given(pieces, st.randoms(use_true_random=False))
def test_the_same_set_is_always_the_same_bytes(some: list[Reading], order: random.Random) -> None:
    shuffled = some + some
    order.shuffle(shuffled)
    assert pack(chunk(shuffled)) == pack(chunk(some))


@given(pieces, pieces, pieces)
def test_sets_of_deliveries_survive_packing(
    one: list[Reading], other: list[Reading], third: list[Reading]
) -> None:
    whole = union(union(chunk(one, 7), chunk(other, 3)), chunk(third, 4_000_000_000))
    again = unpack(pack(whole))
    assert plain(again) == plain(whole)
    assert deliveries(pack(whole)) == {7, 3, 4_000_000_000}


@given(pieces)
def test_a_staged_day_gets_its_delivery_without_unpacking(some: list[Reading]) -> None:
    assert told_apart(pack(chunk(some, 0)), 12) == pack(chunk(some, 12))


def test_a_hundred_thousand_readings_of_one_day() -> None:
    rng = np.random.default_rng(1)
    start = np.sort(rng.integers(0, DAY_MS, 100_000)) + DAY * DAY_MS
    value = rng.normal(0, 1e6, 100_000)
    whole = gather(start, start + rng.integers(0, 10**6, 100_000), value, None, 1)
    assert same(unpack(pack(whole)), whole)


@given(pieces, st.data())
def test_a_changed_byte_is_noticed(some: list[Reading], data: st.DataObject) -> None:
    packed = bytearray(pack(chunk(some)))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ChunkBroken):
        unpack(bytes(packed))


def test_a_cut_off_chunk_is_noticed() -> None:
    packed = pack(chunk([(0, 0, bytes(8), 0)]))
    for length in range(len(packed)):
        with pytest.raises(ChunkBroken):
            unpack(packed[:length])


def test_a_steady_sensor_costs_almost_nothing() -> None:
    # 17,280 heart rates of a day: 16 bytes each in a row table; the walk of a real pulse has little to say.
    rng = random.Random(1)
    value = np.cumsum([rng.choice((-1, 0, 0, 1)) for _ in range(17_280)]).astype(float) + 70
    start = np.arange(17_280) * 5000 + DAY * DAY_MS
    assert len(pack(gather(start, start, value, None, 1))) < 17_280 * 0.5
