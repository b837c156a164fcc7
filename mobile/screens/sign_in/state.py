"""Signing in and signing up, as values: the fewest questions, one mistake told at a time beside its field."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from mobile.asks import OpenStore, SignIn, SignUp
from mobile.events import Failed, OpenedStore, SignedIn, SignedOut
from mobile.screens.touches import Asks, Go, Happening, Pressed, Wrote
from mobile.seen import Person
from shared.languages import current, tr

PASSWORD_LEAST = 15
# Years that Japanese eras began in: people of 78 know their year of birth as 昭和 (Showa).
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A sign-in of the seeded cast, offered with one tap where the app was started with TOMONI_DEMO."""

    label: str
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``mode``: welcome, in, up."""

    mode: str = "welcome"
    demos: tuple[Demo, ...] = ()
    email: str = ""
    password: str = field(default="", repr=False)
    name: str = ""
    year: str = ""
    month: str = ""
    day: str = ""
    busy: bool = False
    wrong: str = ""
    wrong_field: str = ""
    message: str = ""
    locked: bool = False  # the store would not open

    @property
    def born_on(self) -> date | None:
        """The birthday, or None while it is none."""
        try:
            return date(int(self.year), int(self.month), int(self.day))
        except ValueError:
            return None


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Wrote(field=name, text=text) if name in ("email", "password", "name", "year", "month", "day"):
            return _wrote(state, name, text), ()
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case Failed(of=SignIn() | SignUp(), message=message, field=name):
            return replace(state, busy=False, wrong=message, wrong_field=_our_field(name)), ()
        case Failed(of=OpenStore(), message=message):
            return replace(state, locked=True, message=message), ()
        case OpenedStore(account=account, signed_in=signed_in):
            known = account is not None and not signed_in
            return State(demos=state.demos, mode="in" if known else "welcome"), ()
        case SignedIn():
            return State(demos=state.demos), ()
        case SignedOut(message=message):
            return State(demos=state.demos, message=message), ()
        case _:
            return state, ()


def _our_field(name: str | None) -> str:
    return "year" if name == "born_on" else name or ""


def _wrote(state: State, name: str, text: str) -> State:
    state = replace(state, wrong="", wrong_field="")
    match name:
        case "email":
            return replace(state, email=text)
        case "password":
            return replace(state, password=text)
        case "name":
            return replace(state, name=text)
        case "year":
            return replace(state, year=text)
        case "month":
            return replace(state, month=text)
        case _:
            return replace(state, day=text)


def _pressed(state: State, what: str, which: str) -> Step:
    match what:
        case "mode":
            return replace(state, mode=which, wrong="", wrong_field="", message=""), ()
        case "back":
            return replace(state, mode="welcome", wrong="", wrong_field=""), ()
        case "demo" if not state.busy:
            demo = state.demos[int(which)]
            return replace(state, busy=True, wrong=""), (SignIn(demo.email, demo.password),)
        case "submit" if not state.busy:
            return _submit(state)
        case "open":
            return replace(state, locked=False, message=""), (OpenStore(),)
        case "settings":
            return state, (Go("settings"),)
        case _:
            return state, ()


def _submit(state: State) -> Step:
    wrong = _first_wrong(state)
    if wrong is not None:
        name, message = wrong
        return replace(state, wrong=message, wrong_field=name), ()
    busy = replace(state, busy=True, wrong="", wrong_field="")
    email = state.email.strip()
    if state.mode == "in":
        return busy, (SignIn(email, state.password),)
    assert state.born_on is not None
    person = Person(state.name.strip(), state.born_on, language=current())
    return busy, (SignUp(email, state.password, person),)


def _first_wrong(state: State) -> tuple[str, str] | None:
    """The first field that cannot be right, with what to do; None when all can be sent."""
    if state.mode == "up":
        if not state.name.strip():
            return "name", tr("お名前を入力してください。")
        if state.born_on is None:
            return "year", tr("生まれた日を、年・月・日の数字で入力してください（例：1948 年 3 月 2 日）。")
    if "@" not in state.email.strip().strip("@"):
        return "email", tr("メールアドレスを入力してください（例：hanako@example.jp）。")
    if not state.password:
        return "password", tr("パスワードを入力してください。")
    if state.mode == "up" and len(state.password) < PASSWORD_LEAST:
        return "password", tr(
            "パスワードは {least} 文字以上にしてください。好きな言葉を3つ以上つなげると覚えやすくなります。",
            least=PASSWORD_LEAST,
        )
    return None


def era_words(born_on: date | None) -> str:
    """``昭和23年`` beside the western year, so that she sees it is the right one. Only in Japanese."""
    if born_on is None or current() != "ja":
        return ""
    for began, era in _ERAS:
        if born_on >= began:
            year = born_on.year - began.year + 1
            return f"{era}{'元' if year == 1 else year}年{born_on.month}月{born_on.day}日"
    return ""


def demos_from(text: str) -> tuple[Demo, ...]:
    """The demo sign-ins of TOMONI_DEMO: ``label|e-mail|password``, several parted by ``;``."""
    parts = [one.strip().split("|") for one in text.split(";")]
    return tuple(Demo(*one) for one in parts if len(one) == 3 and all(one))
