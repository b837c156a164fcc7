"""Exact decimals and units: nothing is rounded on the way in, and factors are the published ones."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import units
from shared.languages import speaking
from shared.problems import Invalid

DECIMALS = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False)


@given(DECIMALS)
def test_a_decimal_is_kept_as_written(number: Decimal) -> None:
    assert units.exact(str(number)) == number


@given(st.floats(min_value=0.001, max_value=1e6))
def test_a_float_is_taken_by_its_shortest_spelling(number: float) -> None:
    assert str(units.exact(number)) == str(Decimal(repr(number)))


@pytest.mark.parametrize(
    "text", ["", "abc", "NaN", "Infinity", "-inf", "1e999", "1,5", True, False, float("nan"), float("inf")]
)
def test_what_is_not_a_finite_number_is_refused(text: str | float) -> None:
    with pytest.raises(Invalid) as refused:
        units.exact(text)
    assert refused.value.code == "not_a_number"


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("16", "kPa", "mm[Hg]", "120.00992"),
        ("100", "lb", "kg", "45.359237"),
        ("98.6", "degF", "Cel", "37"),
        ("5.5", "mmol/L", "mg/dL", "99.085745"),
        ("1", "mi", "m", "1609.344"),
        ("66", "count/min", "/min", "66"),
        ("1.1", "count/s", "/min", "66.0"),
        ("120", "mmHg", "mm[Hg]", "120"),
    ],
)
def test_conversions(value: str, unit: str, to: str, expected: str) -> None:
    assert units.convert(Decimal(value), unit, to) == Decimal(expected)


def test_an_unknown_way_is_none_and_an_unknown_spelling_stays() -> None:
    assert units.convert(Decimal(1), "parsec", "kg") is None
    assert units.ucum("parsec") == "parsec"


@given(DECIMALS)
def test_every_unit_is_itself(value: Decimal) -> None:
    assert units.convert(value, "kg", "kg") == value


@pytest.mark.parametrize(("value", "expected"), [("36.65", "36.6"), ("36.75", "36.8"), ("52", "52.0")])
def test_rounding_is_half_to_even(value: str, expected: str) -> None:
    assert str(units.rounded(Decimal(value), 1)) == expected


def test_units_are_written_for_people() -> None:
    assert [units.shown(unit) for unit in ("mm[Hg]", "Cel", "/min", "kg")] == ["mmHg", "℃", "回/分", "kg"]
    with speaking("en"):
        assert units.shown("{steps}") == "steps"
