from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.doses import Dose, DoseState, dose_from, dose_id, dose_members
from shared.marks import (
    Hiding,
    HitMark,
    hiding_from,
    hiding_id,
    hiding_members,
    hit_mark_from,
    hit_mark_id,
    hit_mark_members,
)
from shared.problems import Invalid

texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
names = texts.filter(bool)
slots = st.sampled_from(("morning", "bedtime", "h15", "t2", "p1", "week"))
moments = st.integers(0, 4_000_000_000_000).map(clock.from_ms)
MEDICINE = UUID(int=7)
DAY = date(2026, 11, 23)


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    medicine, on, slot = draw(st.uuids()), draw(st.dates()), draw(slots)
    state = draw(st.sampled_from(DoseState))
    return Dose(dose_id(medicine, on, slot), medicine, on, slot, state, draw(moments), draw(texts))


@given(doses())
def test_a_dose_goes_over_the_wire_and_back(dose: Dose) -> None:
    assert dose_from(json.loads(json.dumps(dose_members(dose)))) == dose


@given(names, texts, st.booleans())
def test_marks_go_over_the_wire_and_back(key: str, text: str, on: bool) -> None:
    hiding, mark = Hiding(hiding_id(key), key, text, on), HitMark(hit_mark_id(key), key, text, on)
    assert hiding_from(json.loads(json.dumps(hiding_members(hiding)))) == hiding
    assert hit_mark_from(json.loads(json.dumps(hit_mark_members(mark)))) == mark
    assert hiding.id != mark.id


def test_a_dose_has_one_id_by_medicine_day_and_slot() -> None:
    one = dose_id(MEDICINE, DAY, "morning")
    assert one == dose_id(MEDICINE, DAY, "morning")
    others = {
        dose_id(UUID(int=8), DAY, "morning"),
        dose_id(MEDICINE, date(2026, 11, 24), "morning"),
        dose_id(MEDICINE, DAY, "evening"),
    }
    assert one not in others
    assert len(others) == 3


keys = st.tuples(
    st.sampled_from((MEDICINE, UUID(int=8))), st.dates(), st.sampled_from(("t1", "t2", "h1", "h15", "p1"))
)


@given(keys, keys)
def test_two_doses_have_one_id_only_when_they_are_one(
    one: tuple[UUID, date, str], other: tuple[UUID, date, str]
) -> None:
    assert (dose_id(*one) == dose_id(*other)) is (one == other)
    assert dose_id(MEDICINE, DAY, "t1") != dose_id(MEDICINE, DAY, "t2")


def test_an_id_that_is_not_its_own_is_refused() -> None:
    wrong = {"id": str(UUID(int=1))}
    dose = dose_members(noon())
    for load, members in (
        (dose_from, dose),
        (hiding_from, hiding_members(Hiding(hiding_id("a"), "a", ""))),
        (hit_mark_from, hit_mark_members(HitMark(hit_mark_id("a"), "a", ""))),
    ):
        with pytest.raises(Invalid, match="invalid_fields"):
            load(members | wrong)


def test_unknown_members_and_empty_slots_are_refused() -> None:
    for wrong in ({"slot": ""}, {"state": "eaten"}, {"on": "2026-2-30"}, {"more": 1}, {"note": 3}):
        with pytest.raises(Invalid):
            dose_from(dose_members(noon()) | wrong)


def noon() -> Dose:
    at = datetime(2026, 11, 23, 3, tzinfo=UTC)
    return Dose(dose_id(MEDICINE, DAY, "noon"), MEDICINE, DAY, "noon", DoseState.TAKEN, at)
