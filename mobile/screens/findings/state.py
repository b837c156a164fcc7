"""What is known about her, as values: the list, one finding with its history, and a form that takes one step a page.

Kind first, then a name (taken from the lists or in her own words), then since when and what happened. Everything works
without a network, and what was typed is kept at every letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from mobile import wording
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
from mobile.screens.findings.form import (
    TEXTS,
    Form,
    common_names,
    draft_text,
    finding_of,
    first_wrong,
    form_of,
    from_draft,
    named,
    of_kind,
    toggled,
    wrote,
)
from mobile.screens.touches import Answered, Asks, Back, Chose, Happening, Pressed, Question, Shown, Wrote
from mobile.seen import FindingVersion, KeptFinding, Name
from shared import clock
from shared.finding_words import when_words, who_words
from shared.findings import Finding, FindingKind
from shared.languages import tr
from shared.medicines import TYPED

FORM = "finding"
# The phone's own text dialog writes into these.
DIALOG = "finding."


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``part``: list, one, kind, name, details. ``message`` is good news."""

    part: str = "list"
    loaded: bool = False
    findings: tuple[KeptFinding, ...] = ()
    opened: UUID | None = None
    versions: tuple[FindingVersion, ...] = ()
    asking: bool = False
    form: Form = field(default_factory=Form)
    names: tuple[Name, ...] = ()
    id: UUID | None = None
    now: datetime | None = None
    offset_min: int = 9 * 60
    correcting: Finding | None = None
    saving: bool = False
    message: str = ""
    wrong: str = ""
    wrong_field: str = ""

    @property
    def looked_at(self) -> KeptFinding | None:
        """The finding that is open, if it is still there."""
        return next((kept for kept in self.findings if kept.finding.id == self.opened), None)

    @property
    def today(self) -> date | None:
        """The day here, once the form was opened."""
        return None if self.now is None else clock.at_offset(self.now, self.offset_min).date()

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        kept = self.looked_at
        if not self.asking or kept is None:
            return None
        text = tr("「{name}」を一覧から外します。前の内容は履歴に残ります。", name=kept.finding.text)
        return Question(tr("この記録を取り消しますか"), text, tr("取り消す"), tr("残す"), takes_away=True)


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown() if state.part == "list":
            return replace(state, message="", wrong="", asking=False), (LoadFindings(),)
        case Shown():
            return state, (LoadFindings(),)
        case FormOpened(form="finding"):
            return _form_opened(state, event)
        case Wrote(field=name, text=text) if name in TEXTS:
            return _wrote(state, name, text)
        case TextWritten(of=of, text=str(text)) if of.startswith(DIALOG) and of.removeprefix(DIALOG) in TEXTS:
            return _wrote(state, of.removeprefix(DIALOG), text)
        case Chose(field=name, key=key):
            return _chose(state, name, key)
        case Pressed(what=what, which=which):
            return _pressed(replace(state, wrong="", wrong_field=""), what, which)
        case SignedOut():
            return State(), ()
        case _:
            return _answered(state, event)


def _answered(state: State, event: Happening) -> Step:
    match event:
        case FindingsLoaded(findings=findings):
            return replace(state, findings=findings, loaded=True), ()
        case FindingVersionsLoaded(id=id, versions=versions) if id == state.opened:
            return replace(state, versions=versions), ()
        case NamesSuggested(kind=kind, text=text, found=found):
            current = kind is state.form.kind and text == state.form.text
            return (replace(state, names=found) if current else state), ()
        case FindingSaved() if state.saving:
            done = replace(_left(state), message=tr("保存しました。"))
            return done, (LoadFindings(),)
        case FindingWithdrawn():
            return replace(_left(state), message=tr("取り消しました。")), (LoadFindings(),)
        case Answered(yes=yes) if state.asking and state.opened is not None:
            asks: Asks = (WithdrawFinding(state.opened),) if yes else ()
            return replace(state, asking=False), asks
        case Failed(of=SaveFinding() | WithdrawFinding(), message=message, field=name):
            return _failed(state, message, name or ""), ()
        case Synced(changed=True) if state.loaded:
            return state, (LoadFindings(),)
        case _:
            return state, ()


def _left(state: State) -> State:
    """Back at the list, with nothing half done."""
    return State(loaded=state.loaded, findings=state.findings, now=state.now, offset_min=state.offset_min)


def _failed(state: State, message: str, name: str) -> State:
    ours = {"since": "year", "until": "until_year"}.get(name, name)
    part = "name" if ours == "text" and state.part == "details" else state.part
    return replace(state, part=part, saving=False, wrong=message, wrong_field=ours)


def _form_opened(state: State, event: FormOpened) -> Step:
    state = replace(state, now=event.now, offset_min=event.offset_min)
    if state.part not in ("kind", "name", "details") or state.correcting is not None:
        return state, ()
    state = replace(state, id=event.id)
    draft = from_draft(event.draft)
    if draft is None or not state.form.is_empty:
        return state, ()
    # What she left half written is there again, where she left it.
    form = replace(state, form=draft, part="details" if draft.text.strip() else "name")
    return form, (SuggestNames(draft.kind, draft.text),)


def _wrote(state: State, name: str, text: str) -> Step:
    state = replace(state, form=wrote(state.form, name, text), wrong="", wrong_field="")
    kept = _drafted(state)
    if name != "text" or state.part != "name":
        return state, kept
    return _suggesting(state, kept)


def _suggesting(state: State, kept: Asks = ()) -> Step:
    common = () if state.form.text.strip() else common_names(state.form.kind)
    names = common or (state.names if state.form.text.strip() else ())
    return replace(state, names=names), (*kept, SuggestNames(state.form.kind, state.form.text))


def _drafted(state: State) -> Asks:
    """A correction is no draft: what it began from is there, and comes again."""
    return () if state.correcting is not None else (KeepDraft(FORM, draft_text(state.form)),)


def _chose(state: State, name: str, key: str) -> Step:
    match name:
        case "reaction":
            form = toggled(state.form, key)
        case "over":
            form = replace(state.form, over=key == "yes")
        case "certainty":
            form = replace(state.form, suspected=key == "suspected")
        case _:
            return state, ()
    state = replace(state, form=form)
    return state, _drafted(state)


def _pressed(state: State, what: str, which: str) -> Step:  # noqa: C901  one line a button
    match what:
        case "add":
            return replace(_left(state), part="kind"), (OpenForm(FORM),)
        case "kind":
            form = of_kind(state.form, FindingKind(which))
            return _suggesting(replace(state, form=form, part="name"))
        case "name":
            return _named(state, int(which))
        case "own_words":
            return _on(state)
        case "rename":
            return _suggesting(replace(state, part="name"))
        case "write":
            title = tr("名前") if which == "text" else tr("メモ")
            return state, (WriteText(DIALOG + which, title, getattr(state.form, which)),)
        case "save" if not state.saving:
            return _save(state)
        case "open":
            opened = replace(state, part="one", opened=UUID(which), versions=(), message="")
            return opened, (LoadFindingVersions(UUID(which)),)
        case "correct" if (kept := state.looked_at) is not None:
            form = form_of(kept.finding)
            fresh = replace(state, part="details", form=form, id=kept.finding.id, correcting=kept.finding)
            return fresh, (OpenForm(FORM),)
        case "withdraw" if state.looked_at is not None:
            return replace(state, asking=True), ()
        case "back":
            return _back(state)
        case _:
            return state, ()


def _named(state: State, at: int) -> Step:
    if at >= len(state.names):
        return state, ()
    state = replace(state, form=named(state.form, state.names[at]), part="details")
    return state, _drafted(state)


def _on(state: State) -> Step:
    """Her own words are always enough."""
    if not state.form.text.strip():
        return replace(state, wrong=tr("名前を書いてください。"), wrong_field="text"), ()
    return replace(state, part="details"), ()


def _back(state: State) -> Step:
    match state.part:
        case "list":
            return state, (Back(),)
        case "details" if state.correcting is not None:
            return replace(state, part="one", correcting=None, form=Form()), ()
        case "details":
            return _suggesting(replace(state, part="name"))
        case "name" if state.correcting is not None:
            return replace(state, part="details"), ()
        case "name":
            return replace(state, part="kind"), ()
        case _:
            return _left(state), ()


def _save(state: State) -> Step:
    if state.id is None:
        return state, ()
    wrong = first_wrong(state.form)
    if wrong is not None:
        name, message = wrong
        return _failed(state, message, name), ()
    finding = finding_of(state.form, state.id, state.today)
    form = "" if state.correcting is not None else FORM
    return replace(state, saving=True), (SaveFinding(finding, form),)


def lines_of(kept: KeptFinding) -> tuple[str, str, str]:
    """A finding: its name, since when and what happened, who says so and whether it was sent."""
    finding = kept.finding
    name = tr("{name}（疑い）", name=finding.text) if finding.suspected else finding.text
    told = "" if kept.told else tr("まだ送っていません")
    refused = tr("受け取られませんでした：{why}", why=kept.refused) if kept.refused else ""
    return (
        name,
        wording.joined(when_words(finding), finding.reaction),
        wording.joined(source_words(finding), told, refused),
    )


def source_words(finding: Finding) -> str:
    """Who says so, and where we have it from."""
    if finding.origin == TYPED:
        return wording.joined(finding.said_by, wording.origin_words(finding.origin))
    return wording.joined(who_words(finding), wording.origin_words(finding.origin))


def version_words(version: FindingVersion, offset_min: int) -> str:
    """One version: when it was made, where, and what it said."""
    local = clock.at_offset(version.edited_at, offset_min)
    when = f"{wording.day_words(local.date(), year=True)} {wording.clock_words(local)}"
    where = tr("この電話") if version.here else tr("別の電話またはサーバー")
    finding = version.finding
    if finding is None:
        return wording.joined(when, where, tr("取り消し"))
    return wording.joined(when, where, finding.text, when_words(finding), finding.reaction)
