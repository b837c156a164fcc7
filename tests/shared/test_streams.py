"""Readings of devices: columns that fit together, checked as columns, exact both ways."""

from __future__ import annotations

import math
from array import array
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock, columns_schema, schema, strict_json
from shared.problems import Invalid
from shared.streams import ABOVE, BELOW, EXACT, MOST, Readings

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MS = clock.to_ms(NOW)
COLUMNS: dict[str, object] = {
    "stream": "heart_rate",
    "source": "腕時計",
    "start": [MS - 600_000, MS - 300_000, MS],
    "value": [61, 62.5, 70],
}
# The earliest and the latest moment that is taken.
FIRST = clock.to_ms(datetime(1990, 1, 1, tzinfo=UTC))
LAST = clock.to_ms(NOW + timedelta(days=1))


def read(**change: object) -> Readings:
    with clock.held(NOW):
        return columns_schema.readings_from({**COLUMNS, **change})


def refusal(**change: object) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as refused:
        read(**change)
    return refused.value.code, refused.value.field


def test_columns_become_readings() -> None:
    found = read()
    assert found.start == found.end == array("q", [MS - 600_000, MS - 300_000, MS])
    assert found.value == array("d", [61, 62.5, 70])
    assert found.comparator == array("b")
    assert (found.stream, found.source, len(found)) == ("heart_rate", "腕時計", 3)
    assert columns_schema.readings_members(found) == COLUMNS


def test_ends_and_comparators() -> None:
    found = read(end=[MS, MS, MS], comparator=[BELOW, EXACT, ABOVE])
    assert found.end == array("q", [MS, MS, MS])
    assert found.comparator == array("b", [-1, 0, 1])
    assert read(comparator=[0, 0, 0]).comparator == array("b")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"stream": "mood"}, ("unknown_stream", "stream")),
        ({"source": ""}, ("invalid_fields", "source")),
        ({"source": "   "}, ("invalid_fields", "source")),
        ({"source": "\u202e"}, ("invalid_fields", "source")),
        ({"start": [1.9, MS, MS]}, ("not_a_number", "start")),
        ({"start": [float(MS), MS, MS]}, ("not_a_number", "start")),
        ({"start": ["1", MS, MS]}, ("not_a_number", "start")),
        ({"start": [True, MS, MS]}, ("not_a_number", "start")),
        ({"start": [False, MS, MS]}, ("not_a_number", "start")),
        ({"start": [None, MS, MS]}, ("not_a_number", "start")),
        ({"start": [2**63, MS, MS]}, ("not_a_number", "start")),
        ({"start": [FIRST - 1, MS, MS]}, ("time_impossible", "start")),
        ({"start": [0, MS, MS]}, ("time_impossible", "start")),
        ({"start": [LAST + 1, MS, MS]}, ("time_impossible", "start")),
        ({"start": [2**62, MS, MS]}, ("time_impossible", "start")),
        ({"start": MS}, ("invalid_fields", "start")),
        ({"start": [MS, MS]}, ("columns_differ", "value")),
        ({"end": [MS]}, ("columns_differ", "value")),
        ({"comparator": []}, ("columns_differ", "value")),
        ({"start": [], "value": []}, ("invalid_fields", "start")),
        ({"end": [MS, MS, MS - 1]}, ("ends_before_start", "end")),
        ({"end": [MS, MS, LAST + 1]}, ("time_impossible", "end")),
        ({"end": [MS, MS, True]}, ("not_a_number", "end")),
        ({"value": [61, 62, True]}, ("not_a_number", "value")),
        ({"value": [61, 62, "70"]}, ("not_a_number", "value")),
        ({"value": [61, 62, None]}, ("not_a_number", "value")),
        ({"value": [61, math.nan, 60]}, ("not_a_number", "value")),
        ({"value": [61, math.inf, -math.inf]}, ("not_a_number", "value")),
        ({"value": [61, math.inf, 60]}, ("not_a_number", "value")),
        ({"value": [61, 10**400, 60]}, ("not_a_number", "value")),
        ({"value": [61, -1, 60]}, ("value_impossible", "value")),
        ({"value": [61, 1e10, 60]}, ("value_impossible", "value")),
        ({"value": [61, 9999, 60]}, ("value_impossible", "value")),
        ({"value": [61, 19, 60]}, ("value_impossible", "value")),
        ({"stream": "resting_heart_rate", "value": [61, 251, 60]}, ("value_impossible", "value")),
        ({"stream": "spo2", "value": [98, 980, 97]}, ("value_impossible", "value")),
        ({"stream": "blood_glucose", "value": [99, 1e9, 97]}, ("value_impossible", "value")),
        ({"stream": "respiratory_rate", "value": [14, 500, 15]}, ("value_impossible", "value")),
        ({"stream": "skin_temperature", "value": [0, -1e10, 0]}, ("value_impossible", "value")),
        ({"stream": "sleep", "value": [0, 5, 6]}, ("invalid_fields", "value")),
        ({"stream": "sleep", "value": [0, 1.5, 2]}, ("invalid_fields", "value")),
        ({"comparator": [0, 0, 2]}, ("invalid_fields", "comparator")),
        ({"comparator": [0, 0, True]}, ("invalid_fields", "comparator")),
        ({"comparator": [0, 0, 0.0]}, ("invalid_fields", "comparator")),
        ({"comparator": [0, 0, []]}, ("invalid_fields", "comparator")),
        ({"readings": []}, ("field_unknown", "readings")),
    ],
)
def test_bad_columns(change: dict[str, object], refused: tuple[str, str]) -> None:
    assert refusal(**change) == refused


def test_the_first_and_the_last_moment_are_taken() -> None:
    assert read(start=[FIRST, MS, LAST]).start == array("q", [FIRST, MS, LAST])


def test_a_skin_temperature_may_lie_below_the_usual_and_sleep_has_stages() -> None:
    assert min(read(stream="skin_temperature", value=[-0.4, 0, 1]).value) == -0.4
    assert read(stream="sleep", value=[0, 5, 1.0]).value == array("d", [0, 5, 1])


def test_a_delivery_has_its_id_beside_the_columns() -> None:
    delivery = "01890a5d-ac96-774b-bcce-b302099a8057"
    with clock.held(NOW):
        found = schema.load(columns_schema.DeliveredSchema(), {**COLUMNS, "delivery": delivery})
    assert str(found.delivery) == delivery
    assert found.readings == read()
    assert refusal(delivery=delivery) == ("field_unknown", "delivery")


MOMENTS = st.integers(FIRST, LAST)
NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.floats(), st.booleans(), st.sampled_from([0, 1]))


@given(st.lists(st.tuples(MOMENTS, st.integers(0, 10**6), NUMBERS), min_size=1, max_size=30))
def test_columns_are_judged_like_each_reading_alone(rows: list[tuple[int, int, float]]) -> None:
    start = [first for first, _, _ in rows]
    end = [first + lasts for first, lasts, _ in rows]
    value = [number for _, _, number in rows]
    fine = all(
        type(number) is not bool and 0 <= number <= MOST and last <= LAST  # as many steps as you like
        for number, last in zip(value, end, strict=True)
    )
    if fine:
        found = read(stream="steps", start=start, end=end, value=value)
        assert (found.start.tolist(), found.end.tolist()) == (start, end)
        assert found.value.tolist() == [float(number) for number in value]
        again = strict_json.dumps(columns_schema.readings_members(found)).encode()
        with clock.held(NOW):
            assert columns_schema.readings_from(strict_json.loads(again, exact=False)) == found
    elif not fine:
        with pytest.raises(Invalid):
            read(stream="steps", start=start, end=end, value=value)


def test_columns_of_different_lengths_are_no_readings() -> None:
    with pytest.raises(ValueError, match="lengths"):
        Readings("heart_rate", "watch", array("q", [1]), array("q", [1]), array("d"))
    with pytest.raises(ValueError, match="lengths"):
        Readings("heart_rate", "watch", array("q", [1]), array("q", [1]), array("d", [1]), array("b", [0, 0]))
