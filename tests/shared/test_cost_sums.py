"""Costs added up: every yen once, whichever way a year is told apart, and in whatever order the lines come."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.cost_sums import CostSum, added, year_of
from shared.costs import CareKind, Cost
from shared.ids import new_id

AMOUNT = st.none() | st.integers(-500, 9_999_999)
KINDS = [(CareKind.OUTPATIENT, "医科外来"), (CareKind.OTHER, "柔道整復"), (CareKind.OTHER, "はり・きゅう")]
MONTHS = ["2024-12", "2025-01", "2025-11", "2026-03"]


@st.composite
def lines(draw: st.DrawFn) -> Cost:
    kind, kind_text = draw(st.sampled_from(KINDS))
    total, insurer, public, paid = (draw(AMOUNT) for _ in range(4))
    days = draw(st.none() | st.integers(0, 31))
    place = draw(st.sampled_from(["しま薬局", "しま診療所", ""]))
    month = draw(st.sampled_from(MONTHS))
    return Cost(new_id(), month, kind, kind_text, days, place, total, insurer, public, paid)


@given(st.lists(lines(), max_size=12))
def test_each_line_is_counted_once_each_way(costs: list[Cost]) -> None:
    total = CostSum()
    for year in year_of(costs).years:
        found = year_of(costs, year)
        for groups in (found.months, found.places, found.kinds):
            assert added(cost for group in groups for cost in group.costs) == found.sum
            assert sum((group.sum for group in groups), CostSum()) == found.sum
        total += found.sum
    assert total == added(costs)
    assert total.lines == len(costs)


@given(st.lists(lines(), max_size=8).flatmap(lambda costs: st.tuples(st.just(costs), st.permutations(costs))))
def test_the_order_in_which_lines_come_changes_nothing(both: tuple[list[Cost], list[Cost]]) -> None:
    assert year_of(both[0]) == year_of(both[1])


def test_no_line_no_year() -> None:
    found = year_of([])
    assert (found.year, found.years, found.sum) == (None, (), CostSum())


def test_what_is_not_given_is_counted_apart_from_what_was_free() -> None:
    line = Cost(new_id(), "2025-11", CareKind.PHARMACY, "調剤", 1, "しま薬局", 5450, 4905, 545, 0)
    lost = replace(line, id=new_id(), paid=None)
    assert year_of([line, lost]).sum == CostSum(2, 10900, 9810, 1090, 0, not_given=1)


def test_the_newest_year_unless_another_is_asked_for() -> None:
    old = Cost(new_id(), "2024-12", CareKind.OTHER, "はり・きゅう", None, "", 100, None, None, 10)
    new = replace(old, id=new_id(), month="2026-01", kind_text="柔道整復", paid=20)
    assert [year_of([old, new], asked).sum.paid for asked in (None, 2024, 2026, 2019)] == [20, 10, 20, 0]
    assert year_of([old, new]).years == (2026, 2024)
    both = year_of([replace(old, month="2026-02"), new])
    assert [each.kind_text for each in both.kinds] == ["はり・きゅう", "柔道整復"], "two words, two kinds"
