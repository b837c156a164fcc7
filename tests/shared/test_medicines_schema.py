from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.medicines import (
    Author,
    CodeSet,
    Component,
    Dispensing,
    DispensingNote,
    FamilyPharmacist,
    Form,
    Medicine,
    Memo,
    NoteKind,
    Place,
    Route,
    Signature,
    Stage,
    Usage,
)
from shared.medicines_schema import (
    dispensing_from,
    dispensing_members,
    family_pharmacist_from,
    family_pharmacist_members,
    memo_from,
    memo_members,
)
from shared.problems import Invalid

texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
names = texts.filter(bool)
several = st.lists(texts, max_size=3).map(tuple)
whole = st.integers(0, 999_999)
days = st.none() | st.dates()
places = st.builds(Place, names, texts, texts, texts, texts, texts, texts)
usages = st.builds(
    Usage,
    text=texts,
    code=texts,
    form=st.none() | st.sampled_from(Form),
    amount=st.none() | whole,
    amount_unit=texts,
    notes=several,
    cautions=several,
    extra_codes=several,
    site_code=texts,
    single_dose=texts,
    starts_on=days,
    ends_on=days,
)
medicines = st.builds(
    Medicine,
    id=st.uuids(),
    name=names,
    dose=texts,
    dose_unit=texts,
    code_set=st.sampled_from(CodeSet),
    code=texts,
    generic_name=texts,
    generic_code=texts,
    ingredients=several,
    route=st.none() | st.sampled_from(Route),
    usage=usages,
    rp=whole,
    clinic_doctor=texts,
    department=texts,
    author=st.sampled_from(Author),
    notes=several,
    cautions=several,
    components=st.lists(st.builds(Component, names, texts), max_size=2).map(tuple),
    jan=texts,
    clinic=st.none() | places,
)
dispensings = st.builds(
    Dispensing,
    id=st.uuids(),
    dispensed_on=st.dates(),
    medicines=st.lists(medicines, max_size=3).map(tuple),
    pharmacy=st.none() | places,
    pharmacist=texts,
    clinic=st.none() | places,
    author=st.sampled_from(Author),
    origin=texts,
    stage=st.sampled_from(Stage),
    pharmacist_contact=texts,
    prescribed_on=days,
    prescription_id=texts,
    exchange_number=texts,
    valid_until=days,
    refills=st.none() | st.integers(0, 99),
    signature=st.sampled_from(Signature),
    notes=st.lists(
        st.builds(DispensingNote, st.sampled_from(NoteKind), names, texts, days, st.sampled_from(Author)),
        max_size=2,
    ).map(tuple),
)

ASPIRIN = Medicine(UUID(int=2), "薬")
VISIT = Dispensing(UUID(int=1), date(2026, 3, 10), (ASPIRIN,), Place("しま薬局"))


def members(**changed: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(dispensing_members(VISIT))), **changed}


@given(dispensings)
def test_a_dispensing_comes_back_as_it_went(dispensing: Dispensing) -> None:
    assert dispensing_from(json.loads(json.dumps(dispensing_members(dispensing)))) == dispensing


@given(st.builds(Memo, st.uuids(), names, days, st.sampled_from(Author)))
def test_a_memo_comes_back_as_it_went(memo: Memo) -> None:
    assert memo_from(json.loads(json.dumps(memo_members(memo)))) == memo


@given(st.builds(FamilyPharmacist, st.uuids(), names, texts, texts, days, days, st.sampled_from(Author)))
def test_a_family_pharmacist_comes_back_as_she_went(pharmacist: FamilyPharmacist) -> None:
    members = json.loads(json.dumps(family_pharmacist_members(pharmacist)))
    assert family_pharmacist_from(members) == pharmacist


def test_what_is_left_out_is_empty() -> None:
    body = {
        "id": str(UUID(int=1)),
        "dispensed_on": "2026-03-10",
        "medicines": [{"id": str(UUID(int=2)), "name": "薬"}],
    }
    assert dispensing_from(body) == replace(VISIT, pharmacy=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"id": "1"},
        {"dispensed_on": "2026-02-30"},
        {"dispensed_on": "20260310"},
        {"dispensed_on": None},
        {"medicines": None},
        {"medicines": [{"name": "薬"}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": ""}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "dose": 1}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "code_set": "isbn"}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "rp": 1.0}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "rp": True}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "notes": "x"}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "notes": [1]}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "usage": {"amount": 1.9}}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "usage": {"when": "朝"}}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬", "usage": None}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "く\x00すり"}]},
        {"medicines": [{"id": str(UUID(int=2)), "name": "薬" * 1001}]},
        {"pharmacy": {"code": "1"}},
        {"pharmacy": "しま薬局"},
        {"author": "nobody"},
        {"origin": None},
    ],
)
def test_what_is_not_exactly_right_is_refused(wrong: dict[str, object]) -> None:
    assert dispensing_from(members()) == VISIT
    with pytest.raises(Invalid) as refused:
        dispensing_from(members(**wrong))
    assert refused.value.field
    assert refused.value.message()


def test_a_memo_needs_its_text_and_a_pharmacist_her_name() -> None:
    with pytest.raises(Invalid):
        memo_from({"id": str(UUID(int=1)), "text": ""})
    with pytest.raises(Invalid):
        family_pharmacist_from({"id": str(UUID(int=1)), "name": ""})
