"""What is known about her, as values: each step of the form, drafts, correcting, withdrawing, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.asks import (
    KeepDraft,
    LoadFindings,
    LoadFindingVersions,
    OpenForm,
    SaveFinding,
    SuggestNames,
    WithdrawFinding,
    WriteText,
)
from mobile.events import (
    Event,
    Failed,
    FindingSaved,
    FindingsLoaded,
    FindingVersionsLoaded,
    FindingWithdrawn,
    FormOpened,
    NamesSuggested,
    SignedOut,
    Synced,
    TextWritten,
)
from mobile.screens.findings import form as forms
from mobile.screens.findings.form import Form
from mobile.screens.findings.state import FORM, State, lines_of, step, version_words
from mobile.screens.medicines import state as medicines
from mobile.screens.settings import state as settings
from mobile.screens.touches import Answered, Back, Chose, Go, Happening, Pressed, Shown, Wrote
from mobile.seen import FindingVersion, KeptFinding, Name
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.ids import new_id
from shared.medicines import TYPED, Author
from tests.mobile.examples import FINDINGS, JAPAN, NOW

ID = new_id()
SHRIMP = Name("えび", FindingCodeSet.JFAGY, "J9FC15110000", "食べ物")


def after(state: State, *happenings: Happening) -> tuple[State, list[Any]]:
    """The state after some happenings, and everything that was asked for."""
    asked: list[Any] = []
    for each in happenings:
        state, asks = step(state, each)
        asked += asks
    return state, asked


def opened(draft: str = "") -> FormOpened:
    return FormOpened(FORM, ID, NOW, JAPAN, draft)


def begun(kind: FindingKind = FindingKind.ALLERGY) -> State:
    """The form on its second page."""
    return after(State(), Shown(), FindingsLoaded(()), Pressed("add"), opened(), Pressed("kind", kind.value))[
        0
    ]


def listed() -> State:
    return after(State(), Shown(), FindingsLoaded(FINDINGS))[0]


def test_kind_then_name_then_the_rest_makes_a_finding() -> None:
    state, asked = after(begun(), Wrote("text", "えび"))
    assert SuggestNames(FindingKind.ALLERGY, "えび") in asked
    state, _ = after(state, NamesSuggested(FindingKind.ALLERGY, "えび", (SHRIMP,)), Pressed("name", "0"))
    assert state.part == "details"
    touches: list[Happening] = [Wrote("year", "1962"), Wrote("month", "5"), Chose("reaction", "息が苦しい")]
    touches += [Chose("reaction", "下痢"), Chose("certainty", "suspected"), Wrote("said_by", " しま診療所 ")]
    state, asked = after(state, *touches, Pressed("save"))
    (saved,) = [ask for ask in asked if isinstance(ask, SaveFinding)]
    assert saved.form == FORM
    assert saved.finding == Finding(
        ID,
        FindingKind.ALLERGY,
        "えび",
        FindingCodeSet.JFAGY,
        "J9FC15110000",
        since="1962-05",
        author=Author.PATIENT,
        said_by="しま診療所",
        reaction="息が苦しい、下痢",
        suspected=True,
        noted_on=date(2026, 11, 23),
        origin=TYPED,
    )
    assert state.saving
    assert after(state, Pressed("save"))[1] == []  # an unsteady finger saves once
    state, asked = after(state, FindingSaved(saved.finding, 1))
    assert (state.part, state.form, asked) == ("list", Form(), [LoadFindings()])
    assert "保存しました" in state.message


def test_her_own_words_are_enough_and_a_code_goes_with_its_name() -> None:
    state, _ = after(begun(), NamesSuggested(FindingKind.ALLERGY, "", (SHRIMP,)), Pressed("name", "0"))
    state, _ = after(state, Pressed("rename"), Wrote("text", "えびせん"), Pressed("own_words"))
    _, asked = after(state, Pressed("save"))
    finding = asked[-1].finding
    assert (finding.text, finding.code_set, finding.code) == ("えびせん", FindingCodeSet.NONE, "")
    state, _ = after(begun(), NamesSuggested(FindingKind.ALLERGY, "", (SHRIMP,)), Pressed("name", "0"))
    state, _ = after(
        state, Pressed("back"), Pressed("back"), Pressed("kind", "diagnosis"), Pressed("own_words")
    )
    assert after(state, Pressed("save"))[1][-1].finding.code == ""


def test_nothing_is_saved_without_a_name() -> None:
    state, asked = after(begun(), Wrote("text", "  "), Pressed("own_words"))
    assert (state.part, state.wrong_field) == ("name", "text")
    assert "名前" in state.wrong
    assert not [ask for ask in asked if isinstance(ask, SaveFinding)]


@pytest.mark.parametrize(
    ("year", "month", "day", "since"),
    [
        ("", "", "", ""),
        ("1962", "", "", "1962"),
        ("１９６２", "５", "", "1962-05"),
        ("1962", "5", "10", "1962-05-10"),
        (" 2024 ", "2", "29", "2024-02-29"),
        ("1962", "13", "", None),
        ("1962", "", "5", None),
        ("", "5", "", None),
        ("2023", "2", "29", None),
        ("昭和37", "", "", None),
        ("37", "", "", None),
    ],
)
def test_since_when_as_far_as_she_knows(year: str, month: str, day: str, since: str | None) -> None:
    form = Form(text="そば", year=year, month=month, day=day)
    wrong = forms.first_wrong(form)
    if since is None:
        assert wrong is not None
        assert wrong[0] == "year"
        state = replace(begun(), part="details", form=form)
        state, asked = after(state, Pressed("save"))
        assert (state.wrong_field, asked) == ("year", [])
    else:
        assert wrong is None
        assert forms.finding_of(form, ID, None).since == since


def test_an_illness_that_is_over_says_until_when() -> None:
    state, _ = after(
        begun(FindingKind.DIAGNOSIS), Pressed("name", "0"), Chose("over", "yes"), Pressed("save")
    )
    assert state.wrong_field == "until_year"
    _, asked = after(state, Wrote("until_year", "2020"), Pressed("save"))
    assert asked[-1].finding.until == "2020"
    _, asked = after(state, Wrote("until_year", "2020"), Chose("over", "no"), Pressed("save"))
    assert asked[-1].finding.until == ""


def test_common_names_stand_there_before_anything_is_typed() -> None:
    assert [name.text for name in begun(FindingKind.IMMUNISATION).names][:2] == [
        "インフルエンザ",
        "新型コロナ",
    ]
    assert begun(FindingKind.ALLERGY).names == ()
    late = NamesSuggested(FindingKind.ALLERGY, "そ", (SHRIMP,))
    assert after(begun(), Wrote("text", "そば"), late)[0].names == ()  # an answer to what she wrote before


def test_what_she_left_half_written_is_there_again() -> None:
    state, asked = after(begun(), Wrote("text", "そば"), Pressed("own_words"), Wrote("year", "19"))
    drafts = [ask for ask in asked if isinstance(ask, KeepDraft)]
    assert {ask.form for ask in drafts} == {FORM}
    again, _ = after(State(), Shown(), Pressed("add"), opened(drafts[-1].text))
    assert (again.part, again.form) == ("details", state.form)
    again, _ = after(State(), Shown(), Pressed("add"), opened(drafts[0].text))
    assert again.part == "details"
    for broken in (
        "{",
        "[]",
        '{"kind": "unheard"}',
        "3",
        '{"text": 1, "kind": 2}',
        '{"text": 1, "kind": "allergy"}',
    ):
        assert after(State(), Shown(), Pressed("add"), opened(broken))[0].part == "kind"


def test_a_correction_is_hers_and_no_draft() -> None:
    kept = FINDINGS[1]
    state, asked = after(listed(), Pressed("open", str(kept.finding.id)))
    assert asked == [LoadFindingVersions(kept.finding.id)]
    state, _ = after(state, Pressed("correct"), opened("{}"))
    assert state.id == kept.finding.id
    state, asked = after(state, Wrote("reaction", "吐いた"))
    assert asked == []
    _, asked = after(state, Pressed("save"))
    saved = asked[-1]
    assert saved.form == ""
    assert saved.finding == replace(
        kept.finding, reaction="吐いた", author=Author.PATIENT, origin=TYPED, said_by="しま薬局"
    )


@given(st.sampled_from(FINDINGS))
def test_what_is_not_touched_stays_as_it_was(kept: KeptFinding) -> None:
    again = forms.finding_of(forms.form_of(kept.finding), kept.finding.id, None)
    assert again == replace(kept.finding, author=Author.PATIENT, origin=TYPED)


def test_withdrawing_asks_first() -> None:
    kept = FINDINGS[0]
    state, _ = after(listed(), Pressed("open", str(kept.finding.id)), Pressed("withdraw"))
    assert state.question is not None
    assert "そば" in state.question.text
    assert state.question.takes_away
    assert after(state, Answered(False))[1] == []
    state, asked = after(state, Answered(True))
    assert asked == [WithdrawFinding(kept.finding.id)]
    state, asked = after(state, FindingWithdrawn(kept.finding.id, 1))
    assert (state.part, asked) == ("list", [LoadFindings()])


@pytest.mark.parametrize(
    ("field", "part", "shown"),
    [("since", "details", "year"), ("until", "details", "until_year"), ("text", "name", "text")],
)
def test_what_is_refused_is_said_at_its_field_and_nothing_is_lost(field: str, part: str, shown: str) -> None:
    state, _ = after(begun(), Wrote("text", "そば"), Pressed("own_words"), Pressed("save"))
    assert state.saving
    refused = Failed("finding_future", "まだ来ていない日です。", field, SaveFinding(FINDINGS[0].finding))
    state, _ = after(state, refused)
    assert (state.part, state.wrong_field, state.saving) == (part, shown, False)
    assert state.form.text == "そば"
    assert state.wrong


def test_back_goes_one_page_at_a_time() -> None:
    state, _ = after(begun(), Wrote("text", "そば"), Pressed("own_words"))
    parts = []
    for _ in range(3):
        state, _ = after(state, Pressed("back"))
        parts.append(state.part)
    assert parts == ["name", "kind", "list"]
    assert after(state, Pressed("back"))[1] == [Back()]


def test_the_phones_own_text_dialog_writes_too() -> None:
    state, asked = after(begun(), Pressed("write", "text"))
    assert isinstance(asked[-1], WriteText)
    state, _ = after(state, TextWritten(asked[-1].of, "そば"))
    assert state.form.text == "そば"
    assert after(state, TextWritten("sharing.name", "佐藤"))[0] == state
    assert after(state, TextWritten("finding.text", None))[0] == state


def test_lines_say_who_says_so_and_whether_it_was_sent() -> None:
    lines = [lines_of(kept) for kept in FINDINGS]
    assert lines[0] == (
        "そば",
        "1962年から ・ 息が苦しい、発しん・かゆみ",
        "自分で入力 ・ まだ送っていません",
    )
    assert lines[1][2] == "しま薬局（医療関係者が書いたもの） ・ お薬手帳の QR コードから"
    assert lines[3][1] == "2025年11月4日に接種"
    refused = lines_of(replace(FINDINGS[0], refused="だめでした。"))
    assert "受け取られませんでした：だめでした。" in refused[2]
    doubtful = replace(FINDINGS[2], finding=replace(FINDINGS[2].finding, suspected=True))
    assert lines_of(doubtful)[0] == "高血圧（疑い）"


def test_versions_say_when_where_and_what() -> None:
    found = FINDINGS[0].finding
    assert version_words(FindingVersion(found, NOW, True, True), JAPAN).startswith(
        "2026年11月23日（月） 7:30 ・ この電話"
    )
    assert version_words(FindingVersion(None, NOW, False, False), JAPAN).endswith("取り消し")
    state, _ = after(listed(), Pressed("open", str(found.id)))
    state, _ = after(state, FindingVersionsLoaded(new_id(), (FindingVersion(found, NOW, True, True),)))
    assert state.versions == ()


@pytest.mark.parametrize("event", [SignedOut(0), SignedOut(3, "期限が切れました")])
def test_another_person_finds_nothing_of_hers(event: Event) -> None:
    assert after(replace(listed(), form=Form(text="そば")), event)[0] == State()


def test_what_came_from_elsewhere_is_loaded() -> None:
    assert after(listed(), Synced(NOW, 0, changed=True))[1] == [LoadFindings()]
    assert after(State(), Synced(NOW, 0, changed=True))[1] == []
    assert after(listed(), Shown())[1] == [LoadFindings()]
    assert after(begun(), Pressed("add"))[1] == [OpenForm(FORM)]


def test_it_is_reached_from_medicines_and_from_settings() -> None:
    assert medicines.step(medicines.State(), Pressed("findings"))[1] == (Go("findings"),)
    assert settings.step(settings.State(), Pressed("findings"))[1] == (Go("findings"),)


def test_the_era_stands_beside_the_year() -> None:
    assert forms.era_words(Form(year="1962")) == "昭和37年"
    assert forms.era_words(Form(year="2019", month="5")) == "令和元年"
    assert [forms.era_words(Form(year=year)) for year in ("", "19", "abc")] == ["", "", ""]
