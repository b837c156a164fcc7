"""Bringing in files and scanned codes: kept on the phone first, sent, looked at, kept, undone."""

from __future__ import annotations

from contextlib import ExitStack
from io import BytesIO
from typing import BinaryIO
from urllib.parse import quote
from uuid import UUID

from mobile import account, answers, uploading
from mobile.asks import (
    AnswerImport,
    ForgetAnswer,
    KeepImport,
    ListAnswers,
    ListImports,
    LookImport,
    PickFile,
    ScanCamera,
    ScanPicture,
    UndoImport,
    UploadFile,
    UploadImport,
    WriteText,
)
from mobile.deeds import Phone, do
from mobile.events import (
    AnswersRemembered,
    CodesScanned,
    Event,
    Failed,
    FilePicked,
    ImportPreviewed,
    Imports,
    TextWritten,
)
from mobile.seen import ImportState
from mobile.store import originals
from mobile.store.originals import Original
from shared.ids import new_id
from shared.problems import Invalid, Unreachable


@do.register
def upload_import(asked: UploadImport, phone: Phone) -> list[Event]:
    """Scanned codes, each a part, in any order."""
    return _keep_and_send(phone, asked.name, [BytesIO(part) for part in asked.parts])


@do.register
def upload_file(asked: UploadFile, phone: Phone) -> list[Event]:
    """A chosen file, read a piece at a time."""
    with ExitStack() as opened:
        try:
            file = opened.enter_context(asked.path.open("rb"))
        except OSError as error:
            raise Invalid("file_gone") from error
        return _keep_and_send(phone, asked.name, [file])


@do.register
def look_import(asked: LookImport, phone: Phone) -> list[Event]:
    """One import as it is now; of one that waits here the next part is sent."""
    for waiting in originals.waiting(phone.store, account.own_record(phone.store)):
        if waiting.import_id == asked.id:
            return [ImportPreviewed(uploading.unsent(waiting) if waiting.refused else _sent(phone, waiting))]
    found = phone.online().get(_path(phone, asked.id))
    return [ImportPreviewed(answers.read(answers.import_state, found))]


@do.register
def keep_import(asked: KeepImport, phone: Phone) -> list[Event]:
    """Keep what was previewed."""
    return [ImportPreviewed(_told(phone, asked.id, "keep"))]


@do.register
def undo_import(asked: UndoImport, phone: Phone) -> list[Event]:
    """Take back exactly what this import brought."""
    return [ImportPreviewed(_told(phone, asked.id, "undo"))]


@do.register
def answer_import(asked: AnswerImport, phone: Phone) -> list[Event]:
    """Say what the file leaves open."""
    said: dict[str, object] = {"zone": asked.zone, "day_order": asked.day_order}
    if asked.columns:
        said["columns"] = {asked.key: list(asked.columns)}
    said = {name: value for name, value in said.items() if value}
    answer = phone.online().post(f"{_path(phone, asked.id)}/answers", said)
    return [ImportPreviewed(answers.read(answers.import_state, answer))]


@do.register
def list_answers(_asked: ListAnswers, phone: Phone) -> list[Event]:
    """What is remembered of her answers; without a network nothing is said."""
    try:
        found = phone.online().get(_answers_path(phone))
    except Unreachable:
        return []
    return [AnswersRemembered(answers.listed(found, "answers", answers.file_answer))]


@do.register
def forget_answer(asked: ForgetAnswer, phone: Phone) -> list[Event]:
    """Ask again with the next file of that kind."""
    found = phone.online().delete(f"{_answers_path(phone)}/{quote(asked.of, safe='')}")
    return [AnswersRemembered(answers.listed(found, "answers", answers.file_answer))]


@do.register
def list_imports(_asked: ListImports, phone: Phone) -> list[Event]:
    """Those that wait here are shown even without a network."""
    record_id = account.own_record(phone.store)
    waiting = tuple(uploading.unsent(each) for each in reversed(originals.waiting(phone.store, record_id)))
    try:
        found = phone.online().get(f"/api/records/{record_id}/imports")
    except Unreachable as problem:
        return [Imports(waiting), Failed(problem.code, problem.message(), None, _asked)]
    return [Imports((*waiting, *answers.listed(found, "imports", answers.import_state)))]


@do.register
def pick_file(_asked: PickFile, phone: Phone) -> list[Event]:
    """The device's own file dialog."""
    path = phone.device.pick_file()
    if path is None:
        return [FilePicked("", None)]
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Invalid("file_gone") from error
    return [FilePicked(path.name, path, size)]


@do.register
def scan_camera(_asked: ScanCamera, phone: Phone) -> list[Event]:
    """The device's own scanner."""
    return [CodesScanned(phone.device.scan_camera())]


@do.register
def scan_picture(asked: ScanPicture, phone: Phone) -> list[Event]:
    """Codes in a picture, as raw bytes: their text would be guessed wrongly where it is CP932."""
    try:
        picture = asked.path.read_bytes()
    except OSError as error:
        raise Invalid("file_gone") from error
    return [CodesScanned(phone.device.read_codes(picture))]


@do.register
def write_text(asked: WriteText, phone: Phone) -> list[Event]:
    """The device's own text dialog."""
    return [TextWritten(asked.of, phone.device.write_text(asked.title, asked.text))]


def _keep_and_send(phone: Phone, name: str, parts: list[BinaryIO]) -> list[Event]:
    record_id = account.own_record(phone.store)
    original = originals.keep_original(phone.store, record_id, new_id(), name, parts)
    return [ImportPreviewed(_sent(phone, original))]


def _sent(phone: Phone, original: Original) -> ImportState:
    try:
        return uploading.send_on(phone.store, phone.online(), original)
    except Unreachable:
        return uploading.unsent(original)


def _told(phone: Phone, import_id: UUID, deed: str) -> ImportState:
    answer = phone.online().post(f"{_path(phone, import_id)}/{deed}")
    return answers.read(answers.import_state, answer)


def _answers_path(phone: Phone) -> str:
    return f"/api/records/{account.own_record(phone.store)}/imports/answers"


def _path(phone: Phone, import_id: UUID) -> str:
    return f"/api/records/{account.own_record(phone.store)}/imports/{import_id}"
