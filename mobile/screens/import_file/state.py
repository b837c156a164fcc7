"""Taking in a file, as values: codes gathered one by one, what it would bring, keeping it, taking it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from mobile.asks import (
    AnswerImport,
    KeepImport,
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
from mobile.events import (
    CodesScanned,
    Failed,
    FilePicked,
    ImportPreviewed,
    Imports,
    SignedOut,
    Synced,
    TextWritten,
)
from mobile.screens.import_file.words import brought_costs, mismatch_words
from mobile.screens.touches import Answered, Asks, Back, Go, Happening, Pressed, Question, Shown, Wrote
from mobile.seen import ImportState
from shared.formats.jahis_join import join, progress
from shared.languages import tr
from shared.problems import Problem

CODE_TEXT = "import.code"
PICTURES = (".png", ".jpg", ".jpeg")
MOVING = ("waiting", "reading")  # the server is still at it


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``parts`` are the codes gathered so far, raw; ``total`` is how many there are.

    ``in_order``: the order of the codes cannot be found out, so they are scanned from the first to the last.
    """

    parts: tuple[bytes, ...] = ()
    total: int | None = None
    in_order: bool = False
    pasting: bool = False
    pasted: str = ""
    busy: bool = False
    current: ImportState | None = None
    earlier: tuple[ImportState, ...] = ()
    asking: str = ""  # keep, undo
    message: str = ""
    wrong: str = ""

    @property
    def gathering(self) -> bool:
        """Whether codes are being collected."""
        return (bool(self.parts) or self.in_order) and self.current is None

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        if not self.asking or self.current is None:
            return None
        if self.asking == "keep":
            return Question(
                tr("あなたの記録ですか"), mismatch_words(self.current), tr("私の記録です"), tr("取り込まない")
            )
        return Question(
            tr("この取り込みを取り消しますか"),
            tr("「{name}」で入った記録だけを外します。ほかの記録はそのままです。", name=self.current.name),
            tr("取り込みを取り消す"),
            tr("残す"),
            takes_away=True,
        )


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return replace(state, message="", wrong=""), (ListImports(),)
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case Wrote(field="code", text=text):
            return replace(state, pasted=text, wrong=""), ()
        case CodesScanned(codes=codes):
            return _scanned(replace(state, busy=False), codes)
        case TextWritten(of="import.code", text=text):
            return _scanned(state, (text.encode("cp932", "replace"),)) if text else (state, ())
        case FilePicked(name=name, path=path):
            return _picked(replace(state, busy=False), name, path)
        case SignedOut():
            return State(), ()
        case _:
            return _answered(state, event)


def _answered(state: State, event: Happening) -> Step:
    match event:
        case ImportPreviewed(state=seen):
            return _previewed(state, seen)
        case Imports(states=states):
            return replace(state, earlier=states), ()
        case Synced() if state.current is not None and state.current.state == "unsent":
            return state, (LookImport(state.current.id),)
        case Answered(yes=yes) if state.asking and state.current is not None:
            deed = KeepImport if state.asking == "keep" else UndoImport
            asks: Asks = (deed(state.current.id),) if yes else ()
            return replace(state, asking="", busy=yes), asks
        case Failed(of=effect, message=message) if isinstance(effect, _OURS):
            return replace(state, busy=False, wrong=message), ()
        case _:
            return state, ()


_OURS = (
    AnswerImport
    | KeepImport
    | UndoImport
    | UploadFile
    | UploadImport
    | LookImport
    | PickFile
    | ScanCamera
    | ScanPicture
)


def _pressed(state: State, what: str, which: str) -> Step:
    state = replace(state, wrong="", message="")
    match what:
        case "file" | "picture":
            return replace(state, busy=True), (PickFile(),)
        case "camera":
            return replace(state, busy=True), (ScanCamera(),)
        case "paste":
            return replace(state, pasting=True), ()
        case "write":
            return state, (WriteText(CODE_TEXT, tr("QR コードの文字"), state.pasted),)
        case "take_pasted" if state.pasted.strip():
            return _scanned(
                replace(state, pasting=False, pasted=""), (state.pasted.encode("cp932", "replace"),)
            )
        case "send_parts" if state.parts and not state.busy:
            return _sent(state)
        case "forget_parts":
            return replace(state, parts=(), total=None, in_order=False), ()
        case "look":
            return replace(state, busy=True), (LookImport(UUID(which)),)
        case _:
            return _decided(state, what, which)


def _decided(state: State, what: str, which: str) -> Step:
    if what == "back":
        if state.pasting or state.current is not None:
            return replace(state, pasting=False, current=None), (ListImports(),)
        return state, (Back(),)
    if state.current is None or state.busy:
        return state, ()
    id = state.current.id
    match what:
        case "keep" if state.current.state == "previewed" and state.current.mismatch:
            return replace(state, asking="keep"), ()
        case "keep" if state.current.state == "previewed":
            return replace(state, busy=True), (KeepImport(id),)
        case "costs" if brought_costs(state.current):
            return state, (Go("costs"),)
        case "undo" if state.current.state == "kept":
            return replace(state, asking="undo"), ()
        case "zone":
            return replace(state, busy=True), (AnswerImport(id, which),)
        case "look_again":
            return state, (LookImport(id),)
        case _:
            return state, ()


def _scanned(state: State, codes: tuple[bytes, ...]) -> Step:
    """Adds codes; one seen before is not counted twice. When all are there they are sent by themselves."""
    if not codes:
        return replace(
            state,
            wrong=tr(
                "QR コードが見つかりませんでした。明るいところで、コード全体が入るように写してください。"
            ),
        ), ()
    parts = state.parts + tuple(code for code in dict.fromkeys(codes) if code not in state.parts)
    if state.in_order:
        return replace(state, parts=parts, current=None), ()
    try:
        have, total = progress(parts)
    except Problem as problem:
        return replace(state, wrong=problem.message()), ()
    state = replace(state, parts=parts, total=total, current=None)
    if total is not None and have >= total:
        return replace(state, busy=True), (UploadImport(tr("お薬手帳"), parts),)
    return state, ()


def _sent(state: State) -> Step:
    """All codes are there, she says. Where their order cannot be found out, she scans them again in order."""
    try:
        joined = join(state.parts, in_order=state.in_order)
    except Problem as problem:
        if problem.code == "jahis_order_unclear":
            return replace(state, parts=(), total=None, in_order=True, wrong=problem.message()), ()
        return replace(state, wrong=problem.message()), ()
    parts = (joined,) if state.in_order else state.parts
    return replace(state, busy=True), (UploadImport(tr("お薬手帳"), parts),)


def _picked(state: State, name: str, path: Path | None) -> Step:
    if path is None:
        return state, ()
    if name.lower().endswith(PICTURES):
        return replace(state, busy=True), (ScanPicture(path),)
    return replace(state, busy=True, parts=(), total=None, in_order=False), (UploadFile(name, path),)


def _previewed(state: State, seen: ImportState) -> Step:
    said = {
        "kept": tr("取り込みました。"),
        "undone": tr("取り込みを取り消しました。"),
        "unsent": tr("この電話に保存しました。つながったら送ります。"),
    }
    changed = state.current is None or state.current.state != seen.state
    message = said.get(seen.state, "") if changed else state.message
    state = replace(
        state,
        current=seen,
        busy=seen.state in MOVING,
        parts=(),
        total=None,
        in_order=False,
        message=message,
        wrong=seen.problem,
    )
    return state, ((ListImports(),) if changed else ())


def parts_words(state: State) -> str:
    """How many of the codes are there: ``2/3 読み取り済み``."""
    have = len(state.parts)
    if state.in_order and not have:
        return tr("1 番目のコードから順番に、1 つずつ読み取ってください。")
    if state.in_order:
        return tr("{have} 番目まで読み取りました。順番に、次のコードを読み取ってください。", have=have)
    if state.total is None:
        return tr("{have} つ読み取りました。ほかにもコードがあれば、続けて読み取ってください。", have=have)
    left = state.total - have
    return tr(
        "{have}/{total} 読み取り済み。あと {left} つ読み取ってください。",
        have=have,
        total=state.total,
        left=left,
    )
