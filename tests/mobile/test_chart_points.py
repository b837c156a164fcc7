from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mobile.chart_points import Drawing, Series, axis, bounds, spread_ticks, thinned

values = st.lists(st.floats(20, 300), min_size=1, max_size=3000)


@given(values, st.integers(1, 300))
def test_at_most_two_points_a_column_and_the_extremes_stay(found: list[float], columns: int) -> None:
    points = [(float(at), value) for at, value in enumerate(found)]
    kept = thinned(points, columns)
    assert len(kept) <= max(2 * columns, len(points) if len(points) <= 2 * columns else 0)
    assert min(value for _, value in kept) == min(found)
    assert max(value for _, value in kept) == max(found)
    assert kept == sorted(kept)
    assert set(kept) <= set(points)


def test_one_value_out_of_range_among_fifty_thousand_is_drawn() -> None:
    points = [(float(at), 120.0) for at in range(50_000)]
    points[31_337] = (31_337.0, 288.0)
    kept = thinned(points, 380)
    assert (31_337.0, 288.0) in kept
    assert len(kept) <= 760


@given(st.floats(0, 300), st.floats(0, 300))
def test_the_axis_holds_what_is_drawn_in_few_lines(one: float, other: float) -> None:
    low, high = sorted((one, other))
    bottom, top, step = axis(low, high)
    assert bottom <= low + 1e-6
    assert top >= high - 1e-6
    assert round((top - bottom) / step) <= 6


def test_the_band_is_always_in_view_but_alone_draws_nothing() -> None:
    assert bounds(Drawing((), (75, 125))) is None
    assert bounds(Drawing((Series("上", ((0, 150),)),), (75, 125))) == (75, 150)


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(1, 60)), max_size=40))
def test_words_of_the_axis_do_not_touch(wanted: list[tuple[float, float]]) -> None:
    widths = dict(wanted)
    kept = spread_ticks([(place, widths[place], str(place)) for place in widths], 6)
    for (one, _), (two, _) in pairwise(kept):
        assert one + widths[one] / 2 + 6 <= two - widths[two] / 2 + 1e-6
    assert not wanted or kept
