"""Taking in a file, as values: codes gathered one by one, what it would bring, keeping it, taking it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from mobile import wording
from mobile.events import (
    AnswerImport,
    CodesScanned,
    Count,
    Failed,
    FilePicked,
    ImportPreviewed,
    Imports,
    ImportState,
    KeepImport,
    ListImports,
    LookImport,
    PickFile,
    ScanCamera,
    ScanPicture,
    SignedOut,
    Synced,
    TextWritten,
    UndoImport,
    UploadFile,
    UploadImport,
    WriteText,
)
from mobile.screens.touches import Answered, Asks, Back, Happening, Pressed, Question, Shown, Wrote
from shared.formats.jahis_join import join, progress
from shared.kinds import KINDS, STREAMS
from shared.languages import tr
from shared.problems import Invalid, Problem

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
        try:
            picture = path.read_bytes()
        except OSError:
            return replace(state, wrong=Invalid("file_gone").message()), ()
        return replace(state, busy=True), (ScanPicture(picture),)
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


def mismatch_words(seen: ImportState) -> str:
    """That a file seems to be somebody else's, and what to do. A health app's export often names nobody."""
    if not seen.whose:
        return tr(
            "このファイルに書かれている生まれた日が、あなたの生まれた日と違います。"
            "ほかの人のお薬や測定を取り込むと危険です。自分の記録でなければ、取り込まないでください。"
        )
    return tr(
        "このファイルは「{name}」さんのものとして書かれていて、あなたのお名前や生まれた日と違います。"
        "ほかの人のお薬や測定を取り込むと危険です。自分の記録でなければ、取り込まないでください。",
        name=seen.whose,
    )


def stands(seen: ImportState) -> str:
    """Where an import stands, in words."""
    known = {
        "unsent": tr("送信待ち"),
        "waiting": tr("順番待ち"),
        "reading": tr("読み取り中"),
        "asking": tr("質問があります"),
        "previewed": tr("確認してください"),
        "kept": tr("取り込み済み"),
        "undone": tr("取り消し済み"),
        "refused": tr("読めませんでした"),
    }
    return known.get(seen.state, seen.state)


def count_lines(seen: ImportState) -> list[tuple[str, str]]:
    """For each kind in the file: its name, and how many are new, the same, changed."""
    return [(count_name(count.kind), count_words(count)) for count in seen.counts]


def count_name(kind: str) -> str:
    """The name of what an import counts."""
    others = {
        "dispensing": tr("調剤（薬局でのお薬）"),
        "medicine": tr("お薬"),
        "otc_medicine": tr("市販のお薬"),
        "remark": tr("メモや連絡"),
    }
    if kind in KINDS:
        return wording.kind_name(kind)
    return tr(STREAMS[kind].label) if kind in STREAMS else others.get(kind, kind)


def count_words(count: Count) -> str:
    """``新しい 3 ・ 同じ 1``; what is none is not said, but all none is."""
    parts = [
        tr("新しい {n}", n=count.new) if count.new else "",
        tr("同じ {n}", n=count.same) if count.same else "",
        tr("変更 {n}", n=count.changed) if count.changed else "",
    ]
    return wording.joined(*parts) or tr("新しい {n}", n=0)


def total_lines(seen: ImportState) -> list[tuple[str, int, str]]:
    """The four totals: word, number, and what it means."""
    return [
        (tr("新しい"), seen.new, tr("これから記録に加わります")),
        (tr("同じ"), seen.same, tr("もう記録にあるので加わりません")),
        (tr("変更"), seen.changed, tr("前と内容が違います。取り込むと新しい内容になり、前の内容も残ります")),
        (tr("読めなかった"), seen.not_understood, tr("元のファイルはそのまま保管しています")),
    ]
