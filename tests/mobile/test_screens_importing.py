from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mobile.answers import import_state
from mobile.asks import (
    AnswerImport,
    ForgetAnswer,
    KeepImport,
    LookImport,
    ScanPicture,
    UndoImport,
    UploadFile,
    UploadImport,
)
from mobile.events import AnswersRemembered, CodesScanned, Failed, FilePicked, ImportPreviewed, Synced
from mobile.screens.import_file import questions
from mobile.screens.import_file import state as import_file
from mobile.screens.import_file import words as import_words
from mobile.screens.touches import Answered, Pressed
from mobile.seen import Count, FileAnswer, FileQuestion, ImportState
from shared.ids import new_id
from shared.problems import Invalid
from tests.mobile.examples import UNCLEAR
from tests.mobile.phones import MORNING

PARTS = tuple(
    f"JAHISTC07,1\r\n1,山田 花子,2,19480302\r\n911,2026-1,2,{number}\r\n".encode("cp932") for number in (1, 2)
)


def seen(state: str) -> ImportState:
    return ImportState(new_id(), "お薬手帳", state, counts=(Count("medicine", 3, 0, 0),), new=3)


def test_codes_are_gathered_in_any_order_and_sent_when_all_are_there() -> None:
    state, asks = import_file.step(import_file.State(), CodesScanned((PARTS[1],)))
    assert asks == ()
    assert import_file.parts_words(state) == "1/2 読み取り済み。あと 1 つ読み取ってください。"
    state, asks = import_file.step(state, CodesScanned((PARTS[1],)))
    assert len(state.parts) == 1, "the same code twice is one"
    state, asks = import_file.step(state, CodesScanned((PARTS[0],)))
    assert asks == (UploadImport("お薬手帳", (PARTS[1], PARTS[0])),)


def test_a_picture_without_a_code_says_what_to_do() -> None:
    state, asks = import_file.step(import_file.State(busy=True), CodesScanned(()))
    assert asks == ()
    assert "明るいところ" in state.wrong
    assert not state.busy


def test_a_picture_is_scanned_and_a_file_is_sent(tmp_path: Path) -> None:
    picture, export = tmp_path / "code.PNG", tmp_path / "書き出したデータ.zip"
    assert import_file.step(import_file.State(), FilePicked(picture.name, picture))[1] == (
        ScanPicture(picture),
    )
    assert import_file.step(import_file.State(), FilePicked(export.name, export))[1] == (
        UploadFile(export.name, export),
    )
    assert import_file.step(import_file.State(busy=True), FilePicked("", None))[0].busy is False


def test_a_preview_is_kept_and_undone_by_her_word_only() -> None:
    preview = seen("previewed")
    state, _ = import_file.step(import_file.State(), ImportPreviewed(preview))
    assert import_words.count_lines(preview) == [("お薬", "新しい 3")]
    state, asks = import_file.step(state, Pressed("keep"))
    assert asks == (KeepImport(preview.id),)
    assert import_file.step(state, Pressed("keep"))[1] == (), "a second touch keeps nothing twice"
    state, _ = import_file.step(state, ImportPreviewed(replace(preview, state="kept")))
    assert state.message == "取り込みました。"
    state, asks = import_file.step(state, Pressed("undo"))
    assert asks == ()
    assert state.question is not None
    assert import_file.step(state, Answered(False))[1] == ()
    assert import_file.step(state, Answered(True))[1] == (UndoImport(preview.id),)


def test_the_totals_say_what_would_happen_then_what_has_happened() -> None:
    before, kept, undone = (
        [about for _, _, about in import_words.total_lines(seen(state))]
        for state in ("previewed", "kept", "undone")
    )
    assert before[0] == "これから記録に加わります"
    assert kept[0] == "記録に加わりました"
    assert "取り込むと" in before[2]
    assert not any("これから" in about or "取り込むと" in about for about in (*kept, *undone))
    assert undone[0] == "この取り込みの分を記録から外しました"
    named = replace(seen("previewed"), whose="山田 花子")
    assert "確かめてください" in import_words.whose_words(named)
    assert import_words.whose_words(replace(named, state="kept")) == "お名前：山田 花子"


def test_an_import_without_a_network_waits_and_is_looked_at_after_a_sync() -> None:
    waiting = seen("unsent")
    state, _ = import_file.step(import_file.State(), ImportPreviewed(waiting))
    assert state.message == "この電話に保存しました。つながったら送ります。"
    assert import_file.step(state, Synced(MORNING, 0))[1] == (LookImport(waiting.id),)


def test_codes_whose_order_is_unclear_are_scanned_again_in_order_and_joined_here() -> None:
    codes = UNCLEAR
    state, asks = import_file.step(import_file.State(), CodesScanned(codes))
    assert (asks, state.total) == ((), None)
    state, asks = import_file.step(state, Pressed("send_parts"))
    assert asks == ()
    assert state.gathering, "the screen still asks for codes"
    assert "1 番目から順に" in state.wrong
    assert "1 番目のコードから" in import_file.parts_words(state)
    for code in codes:
        state, asks = import_file.step(state, CodesScanned((code,)))
        assert asks == ()
    assert import_file.parts_words(state).startswith("4 番目まで")
    state, asks = import_file.step(state, Pressed("send_parts"))
    assert asks == (UploadImport("お薬手帳", (b"".join(codes),)),)
    assert import_file.step(state, Pressed("send_parts"))[1] == (), "a second touch sends nothing twice"


def test_codes_that_are_no_notebook_are_not_sent() -> None:
    state, _ = import_file.step(import_file.State(), CodesScanned((b"https://example.jp",)))
    state, asks = import_file.step(state, Pressed("send_parts"))
    assert asks == ()
    assert "JAHISTC" in state.wrong
    state, _ = import_file.step(state, Pressed("forget_parts"))
    assert not state.gathering


def test_a_file_of_somebody_else_asks_before_it_is_kept() -> None:
    preview = replace(seen("previewed"), whose="海野 太郎", mismatch=True)
    state, _ = import_file.step(import_file.State(), ImportPreviewed(preview))
    state, asks = import_file.step(state, Pressed("keep"))
    assert asks == ()
    assert state.question is not None
    assert "「海野 太郎」さん" in state.question.text
    assert import_file.step(state, Answered(False))[1] == ()
    assert import_file.step(state, Answered(True))[1] == (KeepImport(preview.id),)
    assert "生まれた日が" in import_words.mismatch_words(replace(preview, whose=""))


@pytest.mark.parametrize(("said", "told"), [(True, True), (False, False), (None, False)])
def test_the_server_tells_whether_a_file_is_hers(said: bool | None, told: bool) -> None:
    identity = {"name": "海野 太郎"} | ({} if said is None else {"mismatch": said})
    members = {"id": str(new_id()), "state": "previewed", "identity": identity}
    assert import_state(members).mismatch is told


def test_a_picture_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone.png"
    state, asks = import_file.step(import_file.State(busy=True), FilePicked(gone.name, gone))
    assert asks == (ScanPicture(gone),)
    state, _ = import_file.step(
        state, Failed("file_gone", Invalid("file_gone").message(), None, ScanPicture(gone))
    )
    assert not state.busy
    assert state.wrong == "そのファイルを開けませんでした。もう一度選んでください。"


TIMES = ("04-05-2026 08:00", "04-06-2026 08:15")
ZONE = FileQuestion("zone", "withings", "Withings", "教えてください。", TIMES, "America/New_York")
SHEET = FileQuestion(
    "columns",
    "sheet",
    key="k",
    header=("日時", "上", "メモ"),
    rows=(("3/1", "128", "よい"), ("3/2", "", "")),
    suggested=("time", "unheard of"),
    meanings=(("time", "日時"), ("systolic", "最高血圧")),
)


def asking(question: FileQuestion) -> ImportState:
    return replace(seen("asking"), question=question)


def test_her_own_zone_is_offered_first_and_her_choice_is_sent_once() -> None:
    one = asking(ZONE)
    assert [name for name, _ in questions.zone_options(ZONE.zone)][:2] == ["America/New_York", "Asia/Tokyo"]
    assert len({name for name, _ in questions.zone_options("Asia/Tokyo")}) == len(questions.ZONES)
    state, _ = import_file.step(import_file.State(busy=True), ImportPreviewed(one))
    state, asks = import_file.step(state, Pressed("zone", "Asia/Tokyo"))
    assert asks == (AnswerImport(one.id, zone="Asia/Tokyo"),)
    assert import_file.step(state, Pressed("zone", "UTC"))[1] == (), "a second touch says nothing twice"


def test_the_order_of_days_is_shown_with_the_files_own_dates() -> None:
    question = replace(ZONE, ask="day_order")
    assert questions.order_options(question) == [
        ("month_first", "4 月 5 日、4 月 6 日"),
        ("day_first", "5 月 4 日、6 月 4 日"),
    ]
    assert questions.order_options(replace(question, samples=("?",)))[0][1].startswith("月が先")
    one = asking(question)
    state, _ = import_file.step(import_file.State(busy=True), ImportPreviewed(one))
    assert import_file.step(state, Pressed("day_order", "day_first"))[1] == (
        AnswerImport(one.id, day_order="day_first"),
    )


def test_columns_begin_as_suggested_and_are_changed_one_by_one() -> None:
    one = asking(SHEET)
    state, _ = import_file.step(import_file.State(busy=True), ImportPreviewed(one))
    assert state.columns == ("time", "", "")
    assert questions.column_values(SHEET, 1) == "128"
    state, _ = import_file.step(state, Pressed("column", "1"))
    assert state.column == 1
    back, _ = import_file.step(state, Pressed("back"))
    assert (back.column, back.current) == (None, one)
    state, _ = import_file.step(state, Pressed("meaning", "systolic"))
    assert (state.columns, state.column) == (("time", "systolic", ""), None)
    state, asks = import_file.step(state, Pressed("columns"))
    assert asks == (AnswerImport(one.id, key="k", columns=("time", "systolic", "")),)


def test_columns_that_all_mean_nothing_are_not_sent() -> None:
    one = asking(replace(SHEET, suggested=()))
    state, _ = import_file.step(import_file.State(busy=True), ImportPreviewed(one))
    state, asks = import_file.step(state, Pressed("columns"))
    assert asks == ()
    assert "教えて" in state.wrong


def test_a_second_question_takes_the_place_of_the_first() -> None:
    one = asking(SHEET)
    state, _ = import_file.step(import_file.State(busy=True), ImportPreviewed(one))
    state, _ = import_file.step(state, Pressed("columns"))
    state, _ = import_file.step(state, ImportPreviewed(replace(one, question=ZONE)))
    assert (state.busy, state.columns) == (False, ())


def test_an_answer_can_be_changed_at_the_preview() -> None:
    answer = FileAnswer("withings", "Withings", "Asia/Tokyo", remembered=True)
    one = replace(seen("previewed"), answered=(answer,))
    assert questions.answer_lines(answer) == ["時刻は「日本の時刻」として読みました。"]
    state, _ = import_file.step(import_file.State(), ImportPreviewed(one))
    state, _ = import_file.step(state, Pressed("change", "withings"))
    assert state.changing == "withings"
    assert import_file.step(state, Pressed("back"))[0].changing == ""
    state, asks = import_file.step(state, Pressed("zone", "UTC"))
    assert asks == (AnswerImport(one.id, zone="UTC"),)
    assert state.changing == ""


def test_a_remembered_answer_is_forgotten_by_her_word_only() -> None:
    answer = FileAnswer("withings", "Withings", "Asia/Tokyo")
    state, _ = import_file.step(import_file.State(), AnswersRemembered((answer,)))
    state, asks = import_file.step(state, Pressed("forget", "withings"))
    assert asks == ()
    assert state.question is not None
    assert import_file.step(state, Answered(False))[1] == ()
    state, asks = import_file.step(state, Answered(True))
    assert asks == (ForgetAnswer("withings"),)
    state, _ = import_file.step(state, AnswersRemembered(()))
    assert (state.busy, state.remembered, state.forgetting) == (False, (), "")


def test_a_large_file_is_sent_part_by_part_and_comes_to_the_front_only_where_she_waits() -> None:
    sending = replace(seen("unsent"), sending=True, percent=40)
    state, asks = import_file.step(import_file.State(busy=True), ImportPreviewed(sending))
    assert asks[0] == LookImport(sending.id)
    assert state.message == ""
    away, _ = import_file.step(state, Pressed("back"))
    away, asks = import_file.step(away, ImportPreviewed(replace(sending, percent=60)))
    assert (away.current, asks) == (None, (LookImport(sending.id),))
    other, _ = import_file.step(import_file.State(), ImportPreviewed(seen("previewed")))
    shown, asks = import_file.step(other, ImportPreviewed(sending))
    assert (shown.current, asks) == (other.current, (LookImport(sending.id),))


def test_while_a_file_is_read_the_screen_asks_how_far_it_is() -> None:
    reading = replace(seen("reading"), percent=62, readings=1_234_567, days=3_650, rate=250_000)
    state, _ = import_file.step(import_file.State(busy=True), ImportPreviewed(reading))
    assert import_file.step(state, Pressed("look_again", str(reading.id)))[1] == (LookImport(reading.id),)
    assert import_words.progress_words(reading)[1:] == [
        "1,234,567 件を読み取りました（3,650 日分）",
        "1 秒に 250,000 件",
    ]


def test_the_servers_question_and_progress_are_heard() -> None:
    table = {"rows": [["1", None]], "header": ["x", "y"], "meanings": [["a", "b"], "c"]}
    facts = {"samples": ["a"], "zone": "UTC", **table}
    members = {
        "id": str(new_id()),
        "state": "asking",
        "question": {"ask": "columns", "of": "sheet", "of_label": "表", "message": "?", "facts": facts},
        "answered": [{"of": "sheet", "of_label": "表", "zone": None, "day_order": None, "columns": True}],
        "progress": {"percent": 5, "readings": 6, "days": 7, "rate": 8},
    }
    heard = import_state(members)
    assert heard.question is not None
    assert (heard.question.rows, heard.question.meanings) == ((("1", ""),), (("a", "b"), ("c", "c")))
    assert heard.answered[0].sheets == 1
    assert (heard.readings, heard.days, heard.rate) == (6, 7, 8)
