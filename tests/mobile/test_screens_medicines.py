from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.asks import (
    ChangeSettings,
    CheckMedicines,
    HideCourse,
    LoadMedicines,
    MarkHit,
    ShowNotebook,
    WithdrawMedicine,
    WriteText,
)
from mobile.events import (
    Failed,
    MedicineSaved,
    MedicineWithdrawn,
    NotebookShown,
    SignedOut,
    Synced,
    TextWritten,
)
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
from shared.schedule import Slot
from tests.mobile.examples import DISPENSINGS, LONGEST, NOW
from tests.mobile.medicine_examples import NUMBER, SLIPS, TODAY, checked, loaded
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
    assert medicines.past_about(state.past[0]) == (
        "2026年3月28日（土）〜2026年4月26日（日）\n薬局の記録 ・ しま薬局 ・ 処方：なぎさ島診療所"
    )


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
    assert amlodipine.said == "薬局の記録 1 回とぎれています 2 か所から出ている日があります"
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
