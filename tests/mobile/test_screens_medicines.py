from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.asks import (
    ChangeSettings,
    CheckMedicines,
    HideCourse,
    KeepDraft,
    LoadMedicines,
    MarkHit,
    OpenForm,
    SaveMedicine,
    SearchMedicines,
    ShowNotebook,
    WithdrawMedicine,
    WriteText,
)
from mobile.events import (
    Failed,
    FormOpened,
    MedicineSaved,
    MedicinesLoaded,
    MedicineWithdrawn,
    NotebookShown,
    ProductsFound,
    SignedOut,
    Synced,
    TextWritten,
)
from mobile.screens.add_medicine import form as forms
from mobile.screens.add_medicine import state as add_medicine
from mobile.screens.add_medicine.form import Typed
from mobile.screens.medicine import state as medicine
from mobile.screens.medicine_year import state as medicine_year
from mobile.screens.medicines import slips as medicine_slips
from mobile.screens.medicines import state as medicines
from mobile.screens.notebook import state as notebook
from mobile.screens.settings import state as settings
from mobile.screens.touches import Answered, Back, Chose, Go, Pressed, Shown, Wrote
from mobile.screens.warning import state as warning
from mobile.seen import Settings
from shared.ids import new_id
from shared.languages import speaking
from shared.medicines import TYPED, Author, CodeSet, Dispensing, Form, Stage, Writer, writer
from shared.schedule import Pattern, Slot, due, schedule_of
from tests.mobile.examples import DISPENSINGS, JAPAN, LONGEST, NOW
from tests.mobile.medicine_examples import NUMBER, PRODUCTS, SLIPS, TODAY, checked, loaded
from tests.mobile.medicine_examples import TYPED as VITAMIN

LOAD = (LoadMedicines(), CheckMedicines())


def key(name: str) -> str:
    return next(course.key for course in loaded().courses if name in course.name)


# ---- the list --------------------------------------------------------------------------------------------------------


def listed() -> medicines.State:
    state, asks = medicines.step(medicines.State(), Shown())
    assert asks == LOAD
    for event in (loaded(), checked()):
        state, _ = medicines.step(state, event)
    return state


def row(name: str, hidden: frozenset[str] = frozenset()) -> medicines.Row:
    state = listed()
    assert state.on is not None
    return next(each for each in medicines.rows(state.courses, state.on, hidden) if name in each.name)


def test_each_current_medicine_says_how_it_is_taken_how_long_it_lasts_and_who_wrote_it() -> None:
    found = row("アムロジピン")
    assert found.icon == "store"
    assert found.about == "1日1回朝食後 ・ 1回 1錠"
    assert found.more == "あと17日分（12月9日（水）まで）\n薬局の記録 ・ しま薬局 ・ 処方：なぎさ島診療所"
    assert row("ベルソムラ").icon == "hospital-building"
    assert "薬局で受け取るまでは" in row("ベルソムラ").more
    typed = row("ビタミン")
    assert (typed.icon, typed.more) == ("pencil", "続けているお薬です\n自分で入力")
    assert row(LONGEST).more == "薬局の記録 ・ みなと駅前薬局 ・ 処方：みなと総合病院", "nobody wrote an end"


def test_what_is_hidden_says_so() -> None:
    assert "先生にはかくしています" in row("アムロジピン", frozenset({key("アムロジピン")})).more


def test_current_and_past_are_apart() -> None:
    state = listed()
    assert len(state.current) == 8
    assert [course.name for course in state.past] == ["オロパタジン塩酸塩錠5mg「サワイ」"]
    assert medicines.past_about(state.past[0]) == "2026年3月28日（土）〜2026年4月26日（日）"


def test_warnings_come_first_and_known_ones_are_folded() -> None:
    state = listed()
    (only,) = medicines.warnings(state)
    assert (only.tone, "ベルソムラ" in only.said) == ("stop", True)
    known, _ = medicines.step(state, checked("DDI0064"))
    assert medicines.warnings(known) == []
    assert [each.tone for each in medicines.warnings(known, known=True)] == ["notice"]
    assert medicines.step(known, Pressed("known"))[0].known_open
    assert medicines.step(state, Pressed("warning", only.key))[1] == (Go("warning", only.key),)


def test_how_far_was_looked_is_always_said_and_never_complete() -> None:
    said = medicines.coverage(listed())
    assert said.startswith("8種類のうち7種類を調べました。 調べられなかった薬：ビタミンC錠（市販）。")
    assert "ここに出ないから安全、という意味ではありません" in said
    assert "ペニシリン系抗菌薬" in said
    assert medicines.coverage(medicines.State()) == ""


@pytest.mark.parametrize("what", ["add_medicine", "notebook", "medicine_year", "findings"])
def test_the_ways_from_the_list(what: str) -> None:
    assert medicines.step(listed(), Pressed(what))[1] == (Go(what),)
    assert medicines.step(listed(), Pressed("unknown"))[1] == ()


def test_past_and_slips_are_pages_of_the_same_screen() -> None:
    state, _ = medicines.step(listed(), Pressed("slips"))
    assert (state.part, medicines.title(state)) == ("slips", "お薬をもらった記録")
    assert medicines.step(state, Pressed("more"))[0].most == 2 * medicines.PAGE
    back, asks = medicines.step(state, Pressed("back"))
    assert (back.part, asks) == ("list", ())


def test_news_load_the_list_again_and_signing_out_forgets_it() -> None:
    for event in (Synced(NOW, 0, changed=True), MedicineWithdrawn(new_id(), 0), MedicineSaved(VITAMIN, 1)):
        assert medicines.step(listed(), event)[1] == LOAD
    assert medicines.step(listed(), SignedOut(0))[0] == medicines.State()


def test_a_slip_keeps_its_whole_names_and_says_who_wrote_it() -> None:
    first, typed = DISPENSINGS
    assert medicine_slips.medicine_lines(first.medicines[2])[0] == LONGEST
    assert medicine_slips.medicine_lines(first.medicines[0])[1] == "1日1回朝食後 ・ 1日量 1錠 ・ 28 日分"
    assert medicine_slips.source_words(first) == "薬局の記録 ・ お薬手帳の QR コードから"
    assert medicine_slips.source_words(typed) == "自分で入力"


# ---- one medicine ----------------------------------------------------------------------------------------------------


def opened(name: str, hidden: frozenset[str] = frozenset()) -> medicine.State:
    state, _ = medicine.step(medicine.State(), Shown(key(name)))
    return medicine.step(state, loaded(hidden=hidden))[0]


def test_one_medicine_says_how_long_and_every_slip() -> None:
    state = opened("アムロジピン")
    assert state.course is not None
    assert medicine.how(state.course) == ["1日1回朝食後 ・ 1回 1錠"]
    assert medicine.lasts(state.course, TODAY) == [
        "あと17日分（12月9日（水）まで）",
        "12月10日（木）に足りなくなる見込みです（書かれた日数から計算）",
        "2026年7月23日（木）〜2026年8月19日（水）：28日分の記録がありません",
    ]
    (newest, *_) = medicine.slips(state.course)
    assert (newest.icon, newest.title) == ("store", "2026年11月12日（木） ・ 28 日分")
    assert newest.more == "医師：佐藤 健"
    assert newest.typed == ""


def test_notes_and_remaining_medicine_stand_at_their_slip() -> None:
    course = opened("クラリスロマイシン").course
    assert course is not None
    assert "残っている薬：カンデサルタン錠 5 錠残っています" in medicine.slips(course)[0].more


def test_the_exchange_number_is_shown_large_until_its_last_day() -> None:
    state = opened("ベルソムラ")
    assert state.course is not None
    number = medicine.number_of(state.course, TODAY)
    assert number is not None
    assert number.number.replace(" ", "") == NUMBER
    assert (number.until, number.refills) == (
        "2026年11月25日（水）まで使えます",
        "全部で 3 回まで使えます（リフィル）",
    )
    assert medicine.number_of(state.course, TODAY + timedelta(days=3)) is None
    assert medicine.step(state, Pressed("big"))[0].big
    assert medicine.step(medicine.step(state, Pressed("big"))[0], Pressed("back")) == (state, ())
    plain = opened("アムロジピン").course
    assert plain is not None
    assert medicine.number_of(plain, TODAY) is None


def test_hiding_says_first_what_the_doctor_will_see() -> None:
    state = opened("アムロジピン")
    asking, asks = medicine.step(state, Pressed("hide"))
    assert asks == ()
    assert asking.question is not None
    assert "「見せていないお薬がある」ことだけ" in asking.question.text
    assert state.course is not None
    hide = HideCourse(state.key, state.course.name, hidden=True)
    assert medicine.step(asking, Answered(True)) == (state, (hide,))
    assert medicine.step(asking, Answered(False)) == (state, ())
    hidden = opened("アムロジピン", frozenset({state.key}))
    assert hidden.is_hidden
    assert medicine.step(hidden, Pressed("show"))[1] == (
        HideCourse(state.key, state.course.name, hidden=False),
    )


def test_what_she_typed_can_be_put_right_and_taken_back() -> None:
    state = opened("ビタミン")
    assert state.course is not None
    (only,) = medicine.slips(state.course)
    assert only.typed == str(VITAMIN.id)
    assert medicine.step(state, Pressed("correct", only.typed))[1] == (Go("add_medicine", only.typed),)
    asking, _ = medicine.step(state, Pressed("withdraw", only.typed))
    assert asking.question is not None
    after, asks = medicine.step(asking, Answered(True))
    assert asks == (WithdrawMedicine(VITAMIN.id),)
    assert medicine.step(after, MedicineWithdrawn(VITAMIN.id, 1))[1] == (LoadMedicines(),)


def test_a_medicine_that_is_gone_asks_nothing() -> None:
    gone = medicine.State(key="n:gone", on=TODAY, asking="hide")
    assert (gone.course, gone.question) == (None, None)
    assert medicine.step(gone, Pressed("hide"))[1] == ()
    assert medicine.step(gone, Pressed("back"))[1] == (Back(),)


# ---- a warning -------------------------------------------------------------------------------------------------------


def warned() -> warning.State:
    (hit,) = checked().checked.hits
    state, asks = warning.step(warning.State(), Shown(hit.key))
    assert asks == (CheckMedicines(),)
    return warning.step(state, checked())[0]


def test_a_warning_is_known_only_with_a_reason() -> None:
    state, _ = warning.step(warned(), Pressed("known"))
    refused, asks = warning.step(state, Pressed("keep"))
    assert (bool(refused.wrong), asks) == (True, ())
    chosen, _ = warning.step(refused, Chose("reason", "pharmacist"))
    noted, _ = warning.step(chosen, Wrote("note", " しま薬局の田中さん "))
    assert warning.step(noted, Pressed("keep"))[1] == (
        MarkHit(state.key, "薬剤師に確認した しま薬局の田中さん"),
    )
    own, _ = warning.step(
        warning.step(state, Chose("reason", "other"))[0], TextWritten("warning.reason", "前から")
    )
    assert warning.step(own, Pressed("keep"))[1] == (MarkHit(state.key, "前から"),)


def test_a_known_warning_can_be_unknown_again() -> None:
    state, _ = warning.step(warned(), checked("DDI0064"))
    assert state.mark is not None
    assert warning.step(state, Pressed("again"))[1] == (MarkHit(state.key, state.mark.reason, known=False),)
    assert warning.step(state, Pressed("write_note"))[1] == (WriteText("warning.reason", "理由", ""),)


def test_a_warning_that_is_gone_says_so() -> None:
    state, _ = warning.step(warned(), checked(slips=()))
    assert state.hit is None
    assert warning.step(state, Pressed("back"))[1] == (Back(),)


# ---- typing ----------------------------------------------------------------------------------------------------------


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


# ---- the notebook, the year, reminders -------------------------------------------------------------------------------

CODE = ((True, False), (False, True))


def test_the_codes_are_shown_one_after_the_other() -> None:
    state, asks = notebook.step(notebook.State(), Shown())
    assert asks == (ShowNotebook(),)
    state, _ = notebook.step(state, NotebookShown((CODE, CODE), ("…",)))
    assert notebook.place_words(state) == "2 枚のうち 1 枚目"
    for _ in range(3):
        state, _ = notebook.step(state, Pressed("next"))
    assert notebook.place_words(state) == "2 枚のうち 2 枚目"
    assert notebook.step(state, Pressed("before"))[0].at == 0
    assert notebook.step(state, Chose("months", ""))[1] == (ShowNotebook(None),)
    assert notebook.place_words(notebook.step(state, NotebookShown((CODE,)))[0]) == ""


def test_a_birthday_is_asked_for_once_and_must_be_one() -> None:
    state, _ = notebook.step(notebook.State(), NotebookShown((), asks_birthday=True))
    for name, text in (("year", "1948"), ("month", "4"), ("day", "31")):
        state, _ = notebook.step(state, Wrote(name, text))
    assert notebook.step(state, Pressed("birthday"))[0].wrong
    state, _ = notebook.step(state, Wrote("day", " 2 "))
    assert "性別" in notebook.step(state, Pressed("birthday"))[0].wrong
    state, _ = notebook.step(state, Chose("sex", "female"))
    assert notebook.step(state, Pressed("birthday"))[1] == (ShowNotebook(3, date(1948, 4, 2), "female"),)
    failed, _ = notebook.step(state, Failed("notebook_too_long", "長すぎます。", of=ShowNotebook()))
    assert (failed.wrong, failed.loading) == ("長すぎます。", False)


def year(years_back: int = 0) -> medicine_year.State:
    state, _ = medicine_year.step(medicine_year.State(years_back=years_back), loaded())
    return state


def test_the_year_shows_bars_gaps_and_what_two_places_gave() -> None:
    assert len(medicine_year.lines(year())) == 9
    found = {line.name[:6]: line for line in medicine_year.lines(year())}
    amlodipine = found["アムロジピン"]
    assert [bar.tone for bar in amlodipine.bars] == ["main", "main", "notice", "notice"]
    assert amlodipine.said == "1 回とぎれています 2 か所から出ている日があります"
    assert [bar.tone for bar in found["ベルソムラ錠"].bars] == ["open"]
    assert found["ビタミンC錠"].bars[-1].end == 1.0


def test_the_year_is_twelve_months_with_the_next_one() -> None:
    found = medicine_year.year_of(year())
    assert found is not None
    assert (found.first, found.last) == (date(2026, 1, 1), date(2026, 12, 31))
    assert [word for _, word in found.months] == [f"{month}月" for month in range(1, 13)]
    assert medicine_year.year_words(found) == "2026年1月〜2026年12月"
    before = medicine_year.year_of(year(years_back=1))
    assert before is not None
    assert (before.first, before.last, before.today) == (date(2025, 1, 1), date(2025, 12, 31), None)
    with speaking("en"):
        english = medicine_year.year_of(year())
        assert english is not None
        assert english.months[0][1] == "Jan"


def test_one_goes_back_only_to_where_there_is_something() -> None:
    assert not medicine_year.earlier(year())
    assert medicine_year.step(year(), Pressed("earlier"))[0].years_back == 0
    old = replace(SLIPS[-1], dispensed_on=date(2024, 5, 1))
    state, _ = medicine_year.step(medicine_year.State(), loaded((*SLIPS, old)))
    assert medicine_year.earlier(state)
    back, _ = medicine_year.step(state, Pressed("earlier"))
    assert back.years_back == 1
    assert medicine_year.step(back, Pressed("later"))[0].years_back == 0
    assert medicine_year.step(back, Pressed("course", "k"))[1] == (Go("medicine", "k"),)


@given(st.integers(0, 4000), st.integers(0, 3))
def test_every_bar_lies_within_the_year(days: int, back: int) -> None:
    event = loaded()
    state = medicine_year.State(event.courses, TODAY + timedelta(days=days), back)
    for line in medicine_year.lines(state):
        assert all(0 <= bar.start < bar.end <= 1 for bar in line.bars)


def test_reminders_are_switched_and_moved_in_settings() -> None:
    state = settings.State(Settings())
    _, (on,) = settings.step(state, Chose("reminders", "on"))
    assert isinstance(on, ChangeSettings)
    assert on.settings.reminders
    assert not on.settings.names_shown
    _, (sooner,) = settings.step(state, Pressed("sooner", "waking"))
    assert isinstance(sooner, ChangeSettings)
    assert sooner.settings.waking_at == 6 * 60
    late = settings.State(Settings(bedtime_at=23 * 60 + 45))
    _, (later,) = settings.step(late, Pressed("later", "bedtime"))
    assert isinstance(later, ChangeSettings)
    assert later.settings.bedtime_at == 15
    assert dict(settings.reminder_times(Settings()))[Slot.MORNING] == "8:00"
    assert CodeSet.NONE.value == Typed().code_set
    assert MedicinesLoaded(()).courses == ()
