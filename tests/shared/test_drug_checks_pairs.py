"""Every reviewed pair, in both orders, through real codes; and thousands of pairs of medicines that are none."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from shared.drug_checks import Against, HitKind, Taken, check, taken_of
from shared.drug_knowledge import Pair, bundled
from shared.medicines import CodeSet, Medicine
from tests.shared.slips import TODAY, an_id, elsewhere, medicine, slip

PRODUCTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "drugs" / "products.csv"
FACTS = Path(__file__).parents[2] / "shared" / "drugs" / "ingredients.csv"
RANDOM_PAIRS = 10_000
USAGE = medicine("クラリス錠200").usage


@cache
def seven_digits() -> tuple[str, ...]:
    """Every beginning of a code that comes with the program."""
    with FACTS.open(encoding="utf-8", newline="") as file:
        return tuple(row["code"] for row in csv.DictReader(file))


@cache
def price_list() -> tuple[str, ...]:
    """Every code of the price list of 2025-07-16."""
    with PRODUCTS.open(encoding="utf-8-sig", newline="") as file:
        return tuple(row["price_list_code_12"] for row in csv.DictReader(file))


def as_code(beginning: str) -> str:
    """A code of twelve characters that begins so: its maker is made up, all that counts is real."""
    whole = next((code for code in seven_digits() if code.startswith(beginning[:7])), beginning)
    start = beginning if len(beginning) > 7 else whole
    return start + "F1012"[len(start) - 7 :]


def listed(beginning: str) -> str:
    """The first product of the price list that begins so."""
    return next(code for code in price_list() if code.startswith(beginning))


@cache
def taken(code: str) -> Taken:
    one = Medicine(an_id(code), f"薬{code}", "1", "錠", CodeSet.PRICE_LIST, code, usage=USAGE)
    return taken_of([slip(one)], bundled())[0]


def rules_hit(*medicines: Taken) -> set[str]:
    found = check(medicines, bundled(), Against(), TODAY).hits
    return {hit.rule for hit in found if hit.kind is HitKind.CONTRAINDICATED}


def in_the_table(one: str, other: str) -> set[str]:
    """The pairs that two codes make, found the plain way."""
    return {
        pair.id
        for pair in bundled().all_pairs
        if pair.on
        and (
            (one.startswith(pair.a) and other.startswith(pair.b))
            or (one.startswith(pair.b) and other.startswith(pair.a))
        )
    }


def sides(pair: Pair, codes: Sequence[str]) -> Iterator[tuple[Taken, Taken]]:
    """The two sides in both orders: one list turned around, and one begun before the other."""
    one, two = (taken(code) for code in codes)
    earlier = {"starts_on": TODAY - timedelta(days=3)}
    yield one, two
    yield two, one
    yield replace(one, **earlier), two  # type: ignore[arg-type]
    yield one, replace(two, **earlier)  # type: ignore[arg-type]
    assert pair.on


def test_the_reviewed_pairs_are_all_there() -> None:
    assert len(bundled().pairs) == 288
    assert all(pair.a and pair.b and pair.source and pair.name_a and pair.name_b for pair in bundled().pairs)


@pytest.mark.parametrize("pair", bundled().pairs, ids=lambda pair: pair.id)
def test_every_reviewed_pair_hits_in_both_orders(pair: Pair) -> None:
    for a in pair.a:
        for b in pair.b:
            for medicines in sides(pair, (as_code(a), as_code(b))):
                assert pair.id in rules_hit(*medicines), (a, b)


@pytest.mark.samples
@pytest.mark.skipif(not PRODUCTS.exists(), reason="../shared is not there")
@pytest.mark.parametrize("pair", bundled().pairs, ids=lambda pair: pair.id)
def test_every_reviewed_pair_hits_through_codes_of_the_price_list(pair: Pair) -> None:
    on_the_list = [
        [code for side in (pair.a, pair.b)[number] for code in price_list() if code.startswith(side)][:1]
        for number in (0, 1)
    ]
    assert all(on_the_list), "both sides are on the price list"
    for medicines in sides(pair, [codes[0] for codes in on_the_list]):
        assert pair.id in rules_hit(*medicines)


def no_pair_that_is_none_hits(codes: Sequence[str], chance: random.Random) -> None:
    outside = 0
    while outside < RANDOM_PAIRS:
        one, other = chance.sample(codes, 2)
        expected = in_the_table(one, other)
        if taken(one).course != taken(other).course:
            assert rules_hit(taken(one), taken(other)) == expected, (one, other)
        outside += not expected


def test_ten_thousand_other_pairs_do_not_hit() -> None:
    no_pair_that_is_none_hits([as_code(each) for each in seven_digits()], random.Random(3))


@pytest.mark.samples
@pytest.mark.skipif(not PRODUCTS.exists(), reason="../shared is not there")
def test_ten_thousand_other_pairs_of_the_price_list_do_not_hit() -> None:
    no_pair_that_is_none_hits(price_list(), random.Random(4))


def test_a_pair_that_is_off_does_not_hit() -> None:
    off = [pair for pair in bundled().all_pairs if not pair.on and pair.a and pair.b]
    assert off
    for pair in off:
        assert pair.id not in rules_hit(taken(as_code(pair.a[0])), taken(as_code(pair.b[0])))


def test_no_product_hits_itself() -> None:
    for code in map(as_code, seven_digits()):
        twice = [taken(code), replace(taken(code), id=an_id("again"), starts_on=TODAY + timedelta(days=25))]
        assert rules_hit(*twice) == set(), code


def test_two_slips_from_two_clinics_make_a_pair_too() -> None:
    pair = bundled().pairs[0]
    one, two = (
        Medicine(an_id(code), code, code_set=CodeSet.PRICE_LIST, code=code, usage=USAGE)
        for code in (as_code(pair.a[0]), as_code(pair.b[0]))
    )
    found = check(taken_of([slip(one), elsewhere(two)], bundled()), bundled(), Against(), TODAY)
    assert pair.id in {hit.rule for hit in found.hits}
