"""Letting a doctor see the record, as values: find her, choose what and how long, be told what it means, end it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from mobile import wording
from mobile.asks import FindPractitioners, GiveGrant, LoadGrants, OpenForm, RevokeGrant, WriteText
from mobile.events import Failed, FormOpened, Grants, Practitioners, SignedOut, TextWritten
from mobile.screens.touches import Answered, Asks, Back, Chose, Go, Happening, Pressed, Question, Shown, Wrote
from mobile.seen import GrantSeen, PractitionerSeen
from shared import clock
from shared.consent import GRANTABLE, Scope
from shared.languages import tr

DAYS = (30, 90, 180, 365)
NAME = "sharing.name"
FORM = "grant"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``part``: grants, find, choose. ``asking``: give, or the id of a grant to end."""

    part: str = "grants"
    loaded: bool = False
    grants: tuple[GrantSeen, ...] = ()
    name: str = ""
    searched: str = ""
    found: tuple[PractitionerSeen, ...] = ()
    doctor: PractitionerSeen | None = None
    scopes: frozenset[Scope] = frozenset(GRANTABLE)
    days: int = 90
    now: datetime | None = None
    offset_min: int = 9 * 60
    asking: str = ""
    busy: bool = False
    message: str = ""
    wrong: str = ""

    @property
    def active(self) -> tuple[GrantSeen, ...]:
        """Grants in force or to come."""
        return tuple(one for one in self.grants if one.state in ("active", "waiting"))

    @property
    def over(self) -> tuple[GrantSeen, ...]:
        """Grants that are over."""
        return tuple(one for one in self.grants if one.state not in ("active", "waiting"))

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        if self.asking == "give" and self.doctor is not None:
            return Question(tr("この内容で見せますか"), meaning(self), tr("見せる"), tr("やめる"))
        ending = next((one for one in self.grants if str(one.grant.id) == self.asking), None)
        if ending is None:
            return None
        text = tr(
            "{name}は、これからあなたの記録を見られなくなります。すぐに切り替わります。"
            "これまでに見た内容を、なかったことにはできません。",
            name=ending.to_name,
        )
        return Question(
            tr("見せるのをやめますか"), text, tr("見せるのをやめる"), tr("このまま続ける"), takes_away=True
        )


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return replace(state, part="grants", message="", wrong="", asking=""), (
                LoadGrants(),
                OpenForm(FORM),
            )
        case FormOpened(form="grant", now=now, offset_min=offset_min):
            return replace(state, now=now, offset_min=offset_min), ()
        case Grants(grants=grants):
            return _heard(state, grants), ()
        case Practitioners(name=name, found=found):
            return replace(state, searched=name, found=found, busy=False), ()
        case Wrote(field="name", text=text):
            return replace(state, name=text, wrong=""), ()
        case TextWritten(of="sharing.name", text=str(text)):
            return _search(replace(state, name=text))
        case Chose(field=field, key=key):
            return _chose(state, field, key), ()
        case Pressed(what=what, which=which):
            return _pressed(replace(state, wrong="", message=""), what, which)
        case SignedOut():
            return State(), ()
        case _:
            return _answered(state, event)


def _answered(state: State, event: Happening) -> Step:
    match event:
        case Answered(yes=False):
            return replace(state, asking=""), ()
        case Answered(yes=True) if state.asking == "give" and state.doctor is not None:
            give = GiveGrant(state.doctor.id, state.scopes, state.days)
            return replace(state, asking="", busy=True), (give,)
        case Answered(yes=True) if state.asking:
            return replace(state, asking="", busy=True), (RevokeGrant(UUID(state.asking)),)
        case Failed(of=GiveGrant() | RevokeGrant() | FindPractitioners() | LoadGrants(), message=message):
            return replace(state, busy=False, wrong=message), ()
        case _:
            return state, ()


def _heard(state: State, grants: tuple[GrantSeen, ...]) -> State:
    """The grants as they are now; after giving or ending one, back at the list with a word that it worked."""
    message = state.message
    part = state.part
    if state.busy and state.part == "choose" and state.doctor is not None:
        message = tr("{name}に見せるようにしました。いつでもやめられます。", name=state.doctor.name)
        part = "grants"
    elif state.busy and state.part == "grants":
        message = tr("見せるのをやめました。")
    return replace(state, grants=grants, loaded=True, busy=False, part=part, message=message)


def _pressed(state: State, what: str, which: str) -> Step:  # noqa: C901  one line a button
    match what:
        case "give":
            return replace(state, part="find", name="", searched="", found=(), doctor=None), ()
        case "search":
            return _search(state)
        case "write_name":
            return state, (WriteText(NAME, tr("先生のお名前"), state.name),)
        case "doctor":
            doctor = next((one for one in state.found if str(one.id) == which), None)
            fresh = replace(state, doctor=doctor, scopes=frozenset(GRANTABLE), days=90)
            return (replace(fresh, part="choose") if doctor else state), ()
        case "confirm" if not state.busy:
            if not state.scopes:
                return replace(state, wrong=tr("見せるものを 1 つ以上選んでください。")), ()
            return replace(state, asking="give"), ()
        case "end" if not state.busy:
            return replace(state, asking=which), ()
        case "visits":
            return state, (Go("visits"),)
        case "back":
            if state.part == "grants":
                return state, (Back(),)
            return replace(state, part="find" if state.part == "choose" else "grants"), ()
        case _:
            return state, ()


def _search(state: State) -> Step:
    name = state.name.strip()
    if not name:
        return replace(state, wrong=tr("先生のお名前を入力してください。")), ()
    return replace(state, name=name, busy=True), (FindPractitioners(name),)


def _chose(state: State, field: str, key: str) -> State:
    if field == "days":
        return replace(state, days=int(key))
    if field == "scope":
        return replace(state, scopes=state.scopes ^ {Scope(key)}, wrong="")
    return state


def meaning(state: State) -> str:
    """What giving means, in one plain paragraph: who, what, until when, what not, and that she can end it."""
    assert state.doctor is not None
    until = ""
    if state.now is not None:
        last = clock.at_offset(state.now, state.offset_min) + timedelta(days=state.days)
        until = wording.day_words(last.date(), year=True)
    said = tr(
        "{who}は、{until}までの {days} 日間、あなたの「{what}」を見ることができます。"
        "書きかえることはできません。ほかの人には見えません。"
        "だれがいつ見たかは「見た人の記録」に残ります。いつでもやめられます。",
        who=doctor_words(state.doctor.name, state.doctor.facility),
        until=until,
        days=state.days,
        what=scopes_words(state.scopes),
    )
    return "\n".join(filter(None, (said, warnings_words(state.scopes))))


def warnings_words(scopes: frozenset[Scope]) -> str:
    """What comes with every grant: that a medicine warning exists, never which, unless medicines are shown."""
    if Scope.MEDICINES in scopes:
        return ""
    return tr(
        "お薬の組み合わせに注意があるときは、注意が「ある」ことだけが伝わります。どの薬かは伝わりません。"
    )


def scopes_words(scopes: frozenset[Scope]) -> str:
    """What is shown, in the order it is always named."""
    return wording.quoted_list([wording.scope_words(scope) for scope in GRANTABLE if scope in scopes])


def doctor_words(name: str, facility: str) -> str:
    """A doctor with her clinic."""
    return wording.bracketed(name, facility)


def grant_lines(state: State, seen: GrantSeen) -> tuple[str, str, str]:
    """A grant: who, what, and how long it holds or how it ended."""
    grant = seen.grant
    last = clock.at_offset(grant.ends_at, state.offset_min)
    until = wording.day_words(last.date(), year=True)
    words = {
        "active": tr("{until}まで見られます", until=until),
        "waiting": tr("まだ始まっていません（{until}まで）", until=until),
        "ended": tr("{until}に終わりました", until=until),
        "revoked": tr("あなたがやめました"),
    }
    what = wording.joined(*(wording.scope_words(scope) for scope in GRANTABLE if scope in grant.scopes))
    return doctor_words(seen.to_name, seen.to_facility), what, words.get(seen.state, seen.state)


def scope_options() -> list[tuple[str, str]]:
    """What can be shown."""
    return [(scope.value, wording.scope_words(scope)) for scope in GRANTABLE]


def day_options() -> list[tuple[str, str]]:
    """For how long."""
    return [(str(days), tr("{days} 日間", days=days)) for days in DAYS]
