"""Taking in a file, as values: codes gathered one by one, what it would bring, keeping it, taking it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

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
from mobile.events import (
    AnswersRemembered,
    CodesScanned,
    Failed,
    FilePicked,
    ImportPreviewed,
    Imports,
    SignedOut,
    Synced,
    TextWritten,
)
from mobile.screens.import_file.questions import suggested
from mobile.screens.import_file.words import brought_costs, mismatch_words
from mobile.screens.touches import Answered, Asks, Back, Go, Happening, Pressed, Question, Shown, Wrote
from mobile.seen import FileAnswer, ImportState
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
    ``columns``: what the columns of a sheet mean, as she says so far; ``column`` is the one she decides about.
    ``changing``: the format whose answer she changes at the preview. ``remembered``: her answers about other files.
    """

    parts: tuple[bytes, ...] = ()
    total: int | None = None
    in_order: bool = False
    pasting: bool = False
    pasted: str = ""
    busy: bool = False
    current: ImportState | None = None
    earlier: tuple[ImportState, ...] = ()
    remembered: tuple[FileAnswer, ...] = ()
    columns: tuple[str, ...] = ()
    column: int | None = None
    changing: str = ""
    forgetting: str = ""
    asking: str = ""  # keep, undo, forget
    message: str = ""
    wrong: str = ""

    @property
    def gathering(self) -> bool:
        """Whether codes are being collected."""
        return (bool(self.parts) or self.in_order) and self.current is None

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        if self.asking == "forget":
            return Question(
                tr("おぼえている答えを忘れますか"),
                tr(
                    "次に同じ種類のファイルを取り込むとき、もう一度おたずねします。入った記録はそのままです。"
                ),
                tr("忘れる"),
                tr("そのまま"),
            )
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
            return replace(state, message="", wrong=""), (ListImports(), ListAnswers())
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
        case AnswersRemembered(answers=found):
            return replace(
                state, remembered=found, busy=False if state.forgetting else state.busy, forgetting=""
            ), ()
        case Answered(yes=yes) if state.asking == "forget":
            forget: Asks = (ForgetAnswer(state.forgetting),) if yes else ()
            return replace(state, asking="", forgetting=state.forgetting if yes else "", busy=yes), forget
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
    | ForgetAnswer
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
        case "look_again" if state.current is not None:
            return state, (LookImport(state.current.id),)
        case _:
            return _decided(state, what, which)


def _decided(state: State, what: str, which: str) -> Step:
    if what == "forget" and not state.busy:
        return replace(state, asking="forget", forgetting=which), ()
    if what == "back":
        if state.column is not None or state.changing:
            return replace(state, column=None, changing=""), ()
        if state.pasting or state.current is not None:
            return replace(state, pasting=False, current=None, busy=False), (ListImports(), ListAnswers())
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
        case _:
            return _said(state, what, which, id)


def _said(state: State, what: str, which: str, id: UUID) -> Step:
    """What she says about what the file leaves open."""
    seen = state.current
    assert seen is not None
    match what:
        case "zone":
            return replace(state, busy=True, changing=""), (AnswerImport(id, zone=which),)
        case "day_order":
            return replace(state, busy=True, changing=""), (AnswerImport(id, day_order=which),)
        case "change" if seen.state == "previewed":
            return replace(state, changing=which), ()
        case "column" if int(which) < len(state.columns):
            return replace(state, column=int(which)), ()
        case "meaning" if state.column is not None:
            columns = (*state.columns[: state.column], which, *state.columns[state.column + 1 :])
            return replace(state, columns=columns, column=None), ()
        case "columns" if seen.question is not None and any(state.columns):
            return replace(state, busy=True), (
                AnswerImport(id, key=seen.question.key, columns=state.columns),
            )
        case "columns":
            return replace(state, wrong=tr("日付と、少なくとも 1 つの測定の列を教えてください。")), ()
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
    if _in_background(state, seen):
        return state, ((LookImport(seen.id),) if seen.sending else (ListImports(),))
    said = {
        "kept": tr("取り込みました。"),
        "undone": tr("取り込みを取り消しました。"),
        "unsent": tr("この電話に保存しました。つながったら送ります。"),
    }
    changed = state.current is None or (state.current.state, state.current.question) != (
        seen.state,
        seen.question,
    )
    message = said.get(seen.state, "") if changed else state.message
    if seen.sending:
        message = ""
    asked = seen.question if changed else None
    again = not changed and state.busy and seen.question is not None and seen.question.ask == "columns"
    state = replace(
        state,
        current=seen,
        busy=seen.state in MOVING,
        columns=suggested(asked) if asked is not None else state.columns if seen.question else (),
        column=None if changed else state.column,
        changing="" if changed else state.changing,
        parts=(),
        total=None,
        in_order=False,
        message=message,
        wrong=_not_understood() if again else seen.problem,
    )
    asks: Asks = (LookImport(seen.id),) if seen.sending else ()
    return state, ((*asks, ListImports()) if changed else asks)


def _not_understood() -> str:
    return tr("この読み方では読めません。日付の列を選び、同じ読み方を二つの列に使わないでください。")


def _in_background(state: State, seen: ImportState) -> bool:
    """Whether it goes on while she looks at something else: it does not come to the front by itself."""
    other = not state.busy if state.current is None else state.current.id != seen.id
    return other and (seen.sending or seen.state in MOVING)


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
