"""Ids: UUID version 7, unique, and in the order of the time they were made."""

from __future__ import annotations

import pickle
import secrets
import time
from itertools import islice
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id, new_ids, written_id


def test_version_and_variant_bits() -> None:
    made = [new_id() for _ in range(200)]
    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {RFC_4122}


def test_ids_are_unique() -> None:
    assert len({new_id() for _ in range(20_000)}) == 20_000


def test_an_id_carries_the_millisecond_it_was_made_in() -> None:
    before = time.time_ns() // 1_000_000
    ms = new_id().int >> 80
    after = time.time_ns() // 1_000_000
    assert before <= ms <= after


@pytest.mark.parametrize("ones", [0, 2**80 - 1])
def test_ids_of_a_later_millisecond_sort_later_whatever_the_random_bits(
    ones: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000, 2**48 - 1]
    made: list[UUID] = []
    for ms in moments:
        monkeypatch.setattr(time, "time_ns", lambda ms=ms: ms * 1_000_000)
        monkeypatch.setattr(secrets, "randbits", lambda _, ones=ones: ones)
        made.append(new_id())
    assert made == sorted(made)
    assert [str(each) for each in made] == sorted(str(each) for each in made)
    assert {each.version for each in made} == {7}


@given(st.uuids())
def test_an_id_that_we_wrote_is_read_as_it_was(made: UUID) -> None:
    read = written_id(str(made))
    assert read == made
    assert (hash(read), str(read), repr(read), read.version) == (
        hash(made),
        str(made),
        repr(made),
        made.version,
    )
    assert read.is_safe is made.is_safe
    assert pickle.loads(pickle.dumps(read)) == made


def test_many_ids_are_like_single_ones() -> None:
    made = [each for _ in range(3) for each in islice(new_ids(), 3000)]
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert made[:1024] == sorted(made[:1024])
    assert all(pickle.loads(pickle.dumps(each)) == UUID(str(each)) == each for each in made[::500])
