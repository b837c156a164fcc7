"""Leaving out what is over changes no answer of the checks, whatever the slips are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.drug_checks import Checked, HitKind, check, taken_of
from shared.drug_knowledge import bundled
from shared.drug_recent import recent
from shared.medicines import Dispensing, Medicine, Stage
from tests.shared.slips import CODES, TODAY, medicine, slip
from tests.shared.test_drug_checks_properties import AGAINST, about, slips

TEXTS = (
    "1日1回朝食後",
    "隔日 1日1回朝食後",
    "1日1回起床時 週1回",
    "月・木 1日1回朝食後",
    "1日1回朝食後 28日投薬14日休薬",
    "疼痛時",
)
DAYS = st.integers(-400, 10).map(lambda day: TODAY + timedelta(days=day))


@st.composite
def old_and_new(draw: st.DrawFn) -> Dispensing:
    """A slip of the last thirteen months, with whatever may say how long it lasts."""
    one = draw(slips())
    medicines = tuple(draw(lasting(each)) for each in one.medicines)
    number = draw(st.sampled_from(("", "1234567890123456")))
    until = draw(st.none() | DAYS)
    return replace(
        one, dispensed_on=draw(DAYS), medicines=medicines, exchange_number=number, valid_until=until
    )


@st.composite
def lasting(draw: st.DrawFn, each: Medicine) -> Medicine:
    usage = replace(each.usage, amount=draw(st.none() | st.sampled_from((0, 1, 14, 28, 90, 360))))
    usage = replace(usage, amount_unit=draw(st.sampled_from(("", "日分", "回分"))))
    usage = replace(usage, text=draw(st.sampled_from(TEXTS)))
    return replace(
        each, usage=replace(usage, starts_on=draw(st.none() | DAYS), ends_on=draw(st.none() | DAYS))
    )


def said(checked: Checked) -> tuple[object, ...]:
    hits = [(about(hit), hit.first, hit.second) for hit in checked.hits]
    return hits, checked.medicines, checked.unchecked, checked.unmatched, checked.undecided


@settings(max_examples=300)
@given(st.lists(old_and_new(), max_size=7, unique_by=lambda each: each.id))
def test_the_answer_is_that_of_everything(every: list[Dispensing]) -> None:
    kept = recent(every, bundled(), TODAY)
    assert [each for each in every if each in kept] == kept
    answers = (check(taken_of(some, bundled()), bundled(), AGAINST, TODAY) for some in (every, kept))
    assert said(next(answers)) == said(next(answers))


def refill(months: int) -> Dispensing:
    return slip(medicine(next(iter(CODES)), 28), on=TODAY - timedelta(days=30 * months))


def test_ten_years_of_refills_are_a_few_slips() -> None:
    every = [refill(months) for months in range(120)]
    assert len(recent(every, bundled(), TODAY)) <= 4


@pytest.mark.parametrize(
    ("text", "amount", "ago"),
    [
        ("隔日 1日1回朝食後", 28, 50),
        ("1日1回朝食後 週1回", 12, 80),
        ("1日1回朝食後 28日投薬14日休薬", 84, 105),
        ("月・木 1日1回朝食後", 12, 38),
    ],
)
def test_what_is_not_taken_every_day_reaches_further_than_its_amount(
    text: str, amount: int, ago: int
) -> None:
    warfarin = medicine("ワルファリンK錠1", amount)
    warfarin = replace(warfarin, usage=replace(warfarin.usage, text=text))
    every = [
        slip(warfarin, on=TODAY - timedelta(days=ago)),
        slip("グラケーカプセル15", on=TODAY - timedelta(days=1)),
    ]
    kept = recent(every, bundled(), TODAY)
    assert kept == every
    (hit,) = check(taken_of(kept, bundled()), bundled(), AGAINST, TODAY).hits
    assert hit.kind is HitKind.CONTRAINDICATED


def test_what_has_no_end_keeps_all_since_then() -> None:
    endless = refill(60)
    (one,) = endless.medicines
    since = replace(one, usage=replace(one.usage, amount=None, starts_on=date(2020, 1, 1)))
    endless = replace(endless, medicines=(since,), stage=Stage.STATED)
    every = [*(refill(months) for months in range(120)), endless]
    assert len(recent(every, bundled(), TODAY)) == 62


def test_nothing_is_nothing() -> None:
    assert recent([], bundled(), TODAY) == []
