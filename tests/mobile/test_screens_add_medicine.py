from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mobile.asks import (
    KeepDraft,
    LoadMedicines,
    OpenForm,
    SaveMedicine,
    SearchMedicines,
)
from mobile.events import (
    Failed,
    FormOpened,
    MedicineSaved,
    ProductsFound,
    SignedOut,
)
from mobile.screens.add_medicine import form as forms
from mobile.screens.add_medicine import state as add_medicine
from mobile.screens.add_medicine.form import Typed
from mobile.screens.touches import Chose, Go, Pressed, Shown, Wrote
from shared.ids import new_id
from shared.medicines import TYPED, Author, Dispensing, Form, Stage, Writer, writer
from shared.schedule import Pattern, due, schedule_of
from tests.mobile.examples import JAPAN, NOW
from tests.mobile.medicine_examples import PRODUCTS, TODAY, loaded
from tests.mobile.medicine_examples import TYPED as VITAMIN


def typing(about: str = "") -> add_medicine.State:
    state, asks = add_medicine.step(add_medicine.State(), Shown(about))
    assert asks == (OpenForm("medicine"), LoadMedicines())
    state, _ = add_medicine.step(state, FormOpened("medicine", UUID(int=5), NOW, JAPAN, ""))
    return add_medicine.step(state, loaded())[0]


def test_a_name_is_searched_at_every_letter_and_kept_as_a_draft() -> None:
    state, asks = add_medicine.step(typing(), Wrote("name", "アムロ"))
    draft = forms.draft_text(Typed(name="アムロ"))
    assert asks == (KeepDraft("medicine", draft), SearchMedicines("アムロ"))
    found, _ = add_medicine.step(state, ProductsFound("アムロ", PRODUCTS))
    assert found.products == PRODUCTS
    late, _ = add_medicine.step(found, ProductsFound("ア", ()))
    assert late.products == PRODUCTS, "an answer to an older letter is left aside"


def test_a_chosen_name_has_its_code_and_another_name_has_none() -> None:
    state, _ = add_medicine.step(typing(), Wrote("name", "アムロ"))
    state, _ = add_medicine.step(state, ProductsFound("アムロ", PRODUCTS))
    chosen, _ = add_medicine.step(state, Pressed("product", "0"))
    assert (chosen.part, chosen.form.code, chosen.form.code_set) == (
        "details",
        PRODUCTS[0].code,
        "price_list",
    )
    general, _ = add_medicine.step(state, Pressed("product", "2"))
    assert (general.form.code, general.form.code_set) == ("2171022F2ZZZ", "generic")
    changed, _ = add_medicine.step(chosen, Wrote("name", "アムロジピン？"))
    assert (changed.form.code, changed.form.code_set) == ("", "none")


def test_her_own_name_is_always_possible_but_not_none() -> None:
    empty, _ = add_medicine.step(typing(), Pressed("own_name"))
    assert (empty.part, empty.wrong_field) == ("name", "name")
    named, _ = add_medicine.step(add_medicine.step(typing(), Wrote("name", "葛根湯"))[0], Pressed("own_name"))
    assert named.part == "details"


def saved(*touches: Chose | Wrote) -> Dispensing:
    state, _ = add_medicine.step(add_medicine.step(typing(), Wrote("name", "葛根湯"))[0], Pressed("own_name"))
    for touch in touches:
        state, _ = add_medicine.step(state, touch)
    state, (ask,) = add_medicine.step(state, Pressed("save"))
    assert isinstance(ask, SaveMedicine)
    assert (ask.form, state.saving) == ("medicine", True)
    assert add_medicine.step(state, Pressed("save"))[1] == (), "a second touch saves nothing twice"
    return ask.dispensing


def test_what_is_saved_is_her_own_word() -> None:
    slip = saved(
        Chose("slot", "morning"), Chose("slot", "evening"), Chose("kind", "otc"), Wrote("memo", "食前でも可")
    )
    (only,) = slip.medicines
    assert (slip.id, slip.origin, slip.stage, slip.author) == (
        UUID(int=5),
        TYPED,
        Stage.STATED,
        Author.PATIENT,
    )
    assert writer(slip) is Writer.PATIENT
    assert slip.dispensed_on == TODAY
    assert only.usage.text == "1日2回 朝・夕食後 1回1錠"
    assert (only.dose, only.dose_unit, only.usage.form) == ("2", "錠", Form.INTERNAL)
    assert (only.usage.starts_on, only.usage.ends_on) == (TODAY, None)
    assert only.notes == ("市販の薬", "食前でも可")
    assert [(each.slot, each.amount) for each in due([slip], TODAY)] == [("morning", "1"), ("evening", "1")]


def test_as_needed_drops_and_an_end() -> None:
    needed = saved(Chose("slot", "morning"), Chose("slot", "as_needed"), Chose("amount", "")).medicines[0]
    assert (needed.usage.text, needed.usage.form, needed.dose) == ("必要時", Form.AS_NEEDED, "")
    assert schedule_of(needed.usage).pattern is Pattern.AS_NEEDED
    drops = saved(Chose("slot", "waking"), Chose("slot", "bedtime"), Chose("unit", "滴"), Chose("ends", "6"))
    (only,) = drops.medicines
    assert only.usage.text == "1日2回 起床時・就寝前 1回1滴"
    assert (only.usage.form, only.usage.ends_on) == (Form.EXTERNAL, TODAY + timedelta(days=6))
    long = saved(Chose("slot", "noon"), Chose("since", "long"), Chose("meal", "before")).medicines[0]
    assert long.usage.text == "1日1回 昼食前 1回1錠"
    assert long.usage.notes == ("開始日は、おおよその日です",)


def test_without_a_time_nothing_is_saved() -> None:
    state, _ = add_medicine.step(add_medicine.step(typing(), Wrote("name", "葛根湯"))[0], Pressed("own_name"))
    wrong, asks = add_medicine.step(state, Pressed("save"))
    assert (wrong.wrong_field, asks) == ("slots", ())


def test_a_draft_comes_back_and_a_strange_one_does_not() -> None:
    form = Typed(name="葛根湯", slots=("morning",), amount="2")
    state, _ = add_medicine.step(add_medicine.State(), Shown())
    back, asks = add_medicine.step(
        state, FormOpened("medicine", new_id(), NOW, JAPAN, forms.draft_text(form))
    )
    assert (back.form, asks) == (form, (SearchMedicines("葛根湯"),))
    for strange in (
        "[]",
        "{",
        '{"since": "yesterday"}',
        '{"slots": 3}',
        '{"name": 4}',
        '{"code_set": "x"}',
        "null",
    ):
        assert forms.from_draft(strange) == Typed()


def test_putting_right_begins_with_what_was_there_and_keeps_its_ids() -> None:
    state = typing(str(VITAMIN.id))
    assert (state.part, state.form.name, state.form.slots) == (
        "details",
        "ビタミンC錠（市販）",
        ("morning", "evening"),
    )
    assert state.form.kind == "supplement"
    changed, asks = add_medicine.step(state, Chose("amount", "2"))
    assert asks == (), "the draft of another medicine is not touched"
    _, (ask,) = add_medicine.step(changed, Pressed("save"))
    assert isinstance(ask, SaveMedicine)
    assert (ask.dispensing.id, ask.dispensing.medicines[0].id) == (VITAMIN.id, VITAMIN.medicines[0].id)
    usage = ask.dispensing.medicines[0].usage
    assert usage.starts_on == VITAMIN.medicines[0].usage.starts_on
    assert usage.text == "1日2回 朝・夕食後 1回2錠"
    assert ask.form == ""


def test_saved_failed_and_on() -> None:
    state = replace(typing(), saving=True)
    done, _ = add_medicine.step(state, MedicineSaved(VITAMIN, 2))
    assert (done.part, done.saved, done.untold) == ("done", "ビタミンC錠（市販）", 2)
    assert add_medicine.step(done, Pressed("finish"))[1] == (Go("medicines"),)
    assert add_medicine.step(done, Pressed("another"))[0].part == "name"
    failed, _ = add_medicine.step(state, Failed("store_full", "空きがありません。", of=SaveMedicine(VITAMIN)))
    assert (failed.wrong, failed.saving) == ("空きがありません。", False)
    assert add_medicine.step(state, SignedOut(0))[0] == add_medicine.State()


forms_typed = st.builds(
    Typed,
    name=st.text(min_size=1, max_size=20).filter(str.strip),
    kind=st.sampled_from(forms.KINDS),
    amount=st.sampled_from((*forms.AMOUNTS, "")),
    unit=st.sampled_from(forms.UNITS),
    slots=st.sets(st.sampled_from(sorted(forms.SLOTS)), min_size=1).map(
        lambda chosen: tuple(slot for slot in forms.SLOTS if slot in chosen)
    ),
    meal=st.sampled_from(sorted(forms.MEALS)),
    since=st.sampled_from(forms.SINCE),
    ends=st.sampled_from(forms.ENDS),
    memo=st.just(""),
)


@given(forms_typed)
def test_what_she_chose_is_what_is_due(form: Typed) -> None:
    slip = forms.slip_of(form, UUID(int=5), TODAY)
    usage = slip.medicines[0].usage
    assert usage.starts_on is not None
    found = due([slip], usage.starts_on)
    assert {each.slot for each in found} == set(form.slots)
    assert {each.amount for each in found} == {form.amount}
    again = forms.form_of(slip)
    assert forms.draft_text(forms.from_draft(forms.draft_text(form))) == forms.draft_text(form)
    assert forms.slip_of(again, UUID(int=5), TODAY, slip).medicines[0].usage.text == usage.text
    assert (again.slots, again.amount, again.ends, again.kind) == (
        form.slots,
        form.amount,
        form.ends,
        form.kind,
    )
