"""The visitors' book, as values: who opened what and when, and who was refused; newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mobile import wording
from mobile.asks import LoadVisits, OpenForm
from mobile.events import Failed, FormOpened, SignedOut, Visits
from mobile.screens.touches import Asks, Back, Chose, Happening, Pressed, Shown
from mobile.seen import Visit
from shared import clock
from shared.consent import Purpose, Reason, Right
from shared.languages import tr

FORM = "visits"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``only``: "" for all, others, refused. At first her own visits are left out."""

    loaded: bool = False
    visits: tuple[Visit, ...] = ()
    more: bool = False
    only: str = "others"
    now: datetime | None = None
    offset_min: int = 9 * 60
    wrong: str = ""

    @property
    def shown(self) -> tuple[Visit, ...]:
        """What is listed: all, only other people's visits, or only the refused."""
        if self.only == "others":
            return tuple(visit for visit in self.visits if visit.purpose != Purpose.OWN)
        return tuple(visit for visit in self.visits if not self.only or visit.outcome == self.only)


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return replace(state, wrong=""), (OpenForm(FORM), LoadVisits())
        case FormOpened(form="visits", now=now, offset_min=offset_min):
            return replace(state, now=now, offset_min=offset_min), ()
        case Visits(visits=visits, before=before):
            kept = () if before is None else state.visits
            known = {visit.id for visit in kept}
            fresh = tuple(visit for visit in visits if visit.id not in known)
            return replace(state, loaded=True, visits=kept + fresh, more=bool(fresh), wrong=""), ()
        case Pressed(what="more") if state.visits:
            return state, (LoadVisits(state.visits[-1].at),)
        case Pressed(what="back"):
            return state, (Back(),)
        case Chose(field="only", key=key):
            return replace(state, only=key), ()
        case Failed(of=LoadVisits(), message=message):
            return replace(state, wrong=message), ()
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def visit_lines(state: State, visit: Visit) -> tuple[str, str, str]:
    """A visit: who; what and how it ended; when and what for."""
    who = wording.bracketed(visit.who or tr("名前のわからない人"), visit.facility)
    what = wording.quoted_list([wording.scope_words(scope) for scope in visit.scope.split(",")])
    deed = (
        tr("「{what}」に書きました", what=what)
        if visit.right == Right.WRITE
        else tr("「{what}」を見ました", what=what)
    )
    if visit.outcome == "refused":
        deed = wording.joined(
            tr("見ようとしましたが、断りました（「{what}」）", what=what), reason_words(visit.reason)
        )
    local = clock.at_offset(visit.at, state.offset_min)
    when = f"{wording.day_words(local.date(), year=True)} {wording.clock_words(local)}"
    return who, deed, wording.joined(when, purpose_words(visit.purpose), way_words(visit.way))


def reason_words(reason: str) -> str:
    """Why someone was refused."""
    known = {
        Reason.NO_GRANT: tr("見せていない人です"),
        Reason.GRANT_ENDED: tr("見せる期間が終わっています"),
        Reason.GRANT_NOT_BEGUN: tr("見せる期間がまだ始まっていません"),
    }
    return next((said for one, said in known.items() if one == reason), "")


def purpose_words(purpose: str) -> str:
    """What it was for."""
    known = {
        Purpose.OWN: tr("ご本人"),
        Purpose.CARE: tr("診療のため"),
        Purpose.FOLLOW_UP: tr("見守りのため"),
        Purpose.CONSULTATION: tr("相談のため"),
    }
    return next((said for one, said in known.items() if one == purpose), purpose)


def way_words(way: str) -> str:
    """By which way it came."""
    known = {"phone": tr("電話のアプリ"), "web": tr("パソコンの画面"), "job": tr("自動の処理")}
    return known.get(way, way)


def only_options() -> list[tuple[str, str]]:
    """Other people, all, or only who was refused."""
    return [("others", tr("ほかの人")), ("", tr("すべて")), ("refused", tr("断った人だけ"))]
