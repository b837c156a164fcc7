"""Columns judged all at once come out as if each reading had been looked at alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.wearables.judging import MOST_PLACES, judged
from shared import clock
from shared.columns_schema import readings_made
from shared.problems import Invalid, Problem
from shared.streams import Readings

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MS = clock.to_ms(NOW)
DAY = 86_400_000

_odd: st.SearchStrategy[Any] = st.sampled_from(
    [None, "61", True, False, [], {}, 2**63, -(2**63) - 1, 10**400, 1e308, -1, 1.5]
)
_moments = st.one_of(st.integers(MS - DAY, MS + 2 * DAY), st.sampled_from([0, MS + DAY, MS + DAY + 1]), _odd)
_values = st.one_of(
    st.sampled_from([0, 5, 20, 61.5, 250, 251, 1e9, -0.4, -31, 6]), _odd, st.floats(allow_nan=False)
)
_bounds = st.one_of(st.sampled_from([-1, 0, 1, 2, -2, 0.0]), _odd)
_rows = st.lists(st.tuples(_moments, _moments, _values, _bounds), min_size=1, max_size=20)
_streams = st.sampled_from(["heart_rate", "sleep", "steps", "skin_temperature", "spo2"])


def of(stream: str, rows: list[tuple[Any, ...]], *names: str) -> dict[str, Any]:
    columns = dict(
        zip(("start", "end", "value", "comparator"), map(list, zip(*rows, strict=True)), strict=True)
    )
    return {"stream": stream, "source": "W"} | {name: columns[name] for name in ("start", "value", *names)}


def alone(columns: dict[str, Any], at: int) -> Readings | Problem:
    one = {name: [each[at]] if isinstance(each, list) else each for name, each in columns.items()}
    try:
        return readings_made(one)
    except Problem as problem:
        return problem


@given(_streams, _rows, st.sampled_from([(), ("end",), ("comparator",), ("end", "comparator")]))
@example("heart_rate", [(MS, MS, 2**63, 0)], ("end",))
@example("sleep", [(MS, MS, 5.5, 0), (MS, MS, 5, True)], ("comparator",))
def test_all_at_once_is_one_by_one(stream: str, rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> None:
    columns = of(stream, rows, *names)
    with clock.held(NOW):
        found = judged(columns)
        each = [alone(columns, at) for at in range(len(rows))]
    assert found.is_sound.tolist() == [isinstance(one, Readings) for one in each]
    expected: dict[tuple[str, str | None], list[int]] = {}
    for at, one in enumerate(each):
        if isinstance(one, Problem):
            expected.setdefault((one.code, one.field), []).append(at)
    told = {(one.problem.code, one.problem.field): list(one.places) for one in found.refusals}
    assert told == expected
    for refusal in found.refusals:
        first = each[refusal.places[0]]
        assert isinstance(first, Problem)
        assert refusal.problem.message() == first.message()
    kept = [one for one in each if isinstance(one, Readings)]
    if found.sound is None:
        assert kept == []
    else:
        sound = found.sound
        bounds = sound.comparator or [0] * len(sound)
        assert list(zip(sound.start, sound.end, sound.value, bounds, strict=True)) == [
            (one.start[0], one.end[0], one.value[0], one.comparator[0] if one.comparator else 0)
            for one in kept
        ]


def test_columns_that_do_not_belong_together_are_of_nobody() -> None:
    wrong: dict[str, Any]
    for wrong in ({"value": []}, {"stream": "moods"}, {"start": [], "value": []}):
        with pytest.raises(Invalid):
            judged({**of("steps", [(MS, MS, 1, 0)]), **wrong})


def test_places_are_bounded_and_the_count_is_not() -> None:
    found = judged(of("heart_rate", [(MS, MS, 9999, 0)] * 1000))
    (refusal,) = found.refusals
    assert (refusal.count, len(refusal.places), found.sound) == (1000, MOST_PLACES, None)
    assert not found.is_sound.any()
