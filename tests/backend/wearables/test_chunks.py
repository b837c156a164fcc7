"""A chunk is a set: whatever comes in whatever order, it equals a plain set of (reading, delivery) pairs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.wearables.chunks import Chunk, same, union, without
from tests.backend.wearables.shapes import Plain, Reading, chunk, pieces, plain

deeds = st.lists(
    st.tuples(st.just("bring"), st.integers(1, 4), pieces)
    | st.tuples(st.just("undo"), st.integers(1, 4), st.none()),
    max_size=12,
)


@given(pieces, pieces)
def test_a_union_is_the_union_of_sets(one: list[Reading], other: list[Reading]) -> None:
    both = union(chunk(one, 1), chunk(other, 2))
    assert plain(both) == plain(chunk(one, 1)) | plain(chunk(other, 2))
    assert len(both) == len({*one, *other})


@given(pieces, pieces, pieces)
def test_the_order_of_uploads_does_not_matter(
    one: list[Reading], other: list[Reading], third: list[Reading]
) -> None:
    a, b, c = chunk(one, 1), chunk(other, 2), chunk(third, 1)
    forward, backward = union(union(a, b), c), union(c, union(b, a))
    assert same(forward, backward)
    assert same(union(forward, b), forward)


@given(deeds)
def test_bringing_and_undoing_in_any_order_equals_a_plain_set(
    some: list[tuple[str, int, list[Reading] | None]],
) -> None:
    kept: Chunk | None = None
    model: Plain = set()
    for _, delivery, brought in some:
        if brought is not None:
            more = chunk(brought, delivery)
            kept = more if kept is None else union(kept, more)
            model |= {(reading, delivery) for reading in brought}
        else:
            kept = None if kept is None else without(kept, delivery)
            model = {(reading, by) for reading, by in model if by != delivery}
        assert plain(kept) == model


def test_zero_of_either_sign_is_a_reading_of_its_own() -> None:
    positive, negative = (0, 0, bytes(8), 0), (0, 0, bytes(7) + b"\x80", 0)
    assert len(chunk([positive, negative, positive])) == 2
