"""Her notebook to be read by somebody else, as values: one QR code at a time, and what the notebook does not say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from mobile.asks import ShowNotebook
from mobile.events import Failed, NotebookShown, SignedOut
from mobile.screens.touches import Asks, Back, Chose, Happening, Pressed, Shown, Wrote
from mobile.seen import Matrix
from shared.languages import tr

_FIELDS = ("year", "month", "day")


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``asks_birthday``: a notebook begins with it, and this phone does not know it."""

    codes: tuple[Matrix, ...] = ()
    at: int = 0
    losses: tuple[str, ...] = ()
    months: int | None = 3
    asks_birthday: bool = False
    year: str = ""
    month: str = ""
    day: str = ""
    sex: str = ""
    wrong: str = ""
    loading: bool = False

    @property
    def born_on(self) -> date | None:
        """The day that year, month and day make."""
        try:
            return date(int(self.year), int(self.month), int(self.day))
        except ValueError:
            return None


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return State(loading=True), (ShowNotebook(),)
        case Chose(field="months", key=key):
            months = int(key) if key else None
            return replace(state, months=months, loading=True, wrong=""), (ShowNotebook(months),)
        case NotebookShown(codes=codes, losses=losses, asks_birthday=asks):
            return replace(
                state, codes=codes, losses=losses, asks_birthday=asks, loading=False, at=0, wrong=""
            ), ()
        case Wrote(field=name, text=text) if name in _FIELDS:
            kept = {each: getattr(state, each) for each in _FIELDS} | {name: text.strip()}
            return replace(state, year=kept["year"], month=kept["month"], day=kept["day"], wrong=""), ()
        case Chose(field="sex", key=key):
            return replace(state, sex=key, wrong=""), ()
        case Failed(of=ShowNotebook(), message=message):
            return replace(state, wrong=message, loading=False), ()
        case Pressed(what=what):
            return _pressed(state, what)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _pressed(state: State, what: str) -> Step:
    match what:
        case "next":
            return replace(state, at=min(state.at + 1, len(state.codes) - 1)), ()
        case "before":
            return replace(state, at=max(state.at - 1, 0)), ()
        case "birthday":
            return _birthday(state)
        case "back":
            return state, (Back(),)
        case _:
            return state, ()


def _birthday(state: State) -> Step:
    if state.born_on is None:
        wrong = tr("生まれた日を、年・月・日の数字で入力してください（例：1948 年 3 月 2 日）。")
        return replace(state, wrong=wrong), ()
    if not state.sex:
        return replace(state, wrong=tr("性別を選んでください。お薬手帳の決まりで、必要です。")), ()
    return replace(state, wrong="", loading=True), (ShowNotebook(state.months, state.born_on, state.sex),)


def place_words(state: State) -> str:
    """Which of the codes this is."""
    if len(state.codes) < 2:
        return ""
    return tr("{all} 枚のうち {n} 枚目", all=len(state.codes), n=state.at + 1)
