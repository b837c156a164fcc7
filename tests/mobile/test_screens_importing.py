from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mobile.answers import import_state
from mobile.asks import KeepImport, LookImport, ScanPicture, UndoImport, UploadFile, UploadImport
from mobile.events import CodesScanned, Failed, FilePicked, ImportPreviewed, Synced
from mobile.screens.import_file import state as import_file
from mobile.screens.import_file import words as import_words
from mobile.screens.touches import Answered, Pressed
from mobile.seen import Count, ImportState
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
