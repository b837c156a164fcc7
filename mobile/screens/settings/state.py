"""Settings, as values: how large the text is, the language, the server, and leaving."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mobile.asks import ChangeSettings, SignOut
from mobile.events import Failed, OpenedStore, Saved, SettingsChanged, SignedIn, SignedOut, Synced, SyncFailed
from mobile.reminders import minutes_of
from mobile.screens.touches import Answered, Asks, Back, Chose, Go, Happening, Pressed, Question, Shown, Wrote
from mobile.seen import Account, Settings
from shared.languages import tr
from shared.schedule import Slot, Time

# How far one touch moves a reminder, in minutes.
STEP = 30
SIZES = (1.0, 1.25, 1.5, 1.75, 2.0)


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``server`` is what stands in the field, kept only when she says so."""

    settings: Settings = field(default_factory=Settings)
    account: Account | None = None
    server: str = ""
    server_open: bool = False
    untold: int = 0
    leaving: bool = False
    message: str = ""
    wrong: str = ""

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        if not self.leaving:
            return None
        text = tr("この電話では、もう一度サインインするまで記録を見られません。")
        if self.untold:
            text += tr(
                "まだ送っていない {n} 件は、この電話に鍵をかけて残します。次にサインインしたときに送ります。",
                n=self.untold,
            )
        return Question(
            tr("サインアウトしますか"), text, tr("サインアウトする"), tr("やめる"), takes_away=True
        )


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return replace(state, message="", wrong="", server=state.settings.server, server_open=False), ()
        case Chose(field="text_size", key=key):
            return state, (ChangeSettings(replace(state.settings, text_size=float(key))),)
        case Chose(field="language", key=key):
            return state, (ChangeSettings(replace(state.settings, language=key)),)
        case Chose(field="reminders", key=key):
            return state, (ChangeSettings(replace(state.settings, reminders=key == "on")),)
        case Chose(field="names_shown", key=key):
            return state, (ChangeSettings(replace(state.settings, names_shown=key == "on")),)
        case Pressed(what="sooner" | "later" as what, which=slot):
            return state, (
                ChangeSettings(_moved(state.settings, Slot(slot), -STEP if what == "sooner" else STEP)),
            )
        case Wrote(field="server", text=text):
            return replace(state, server=text, wrong=""), ()
        case Pressed(what=what):
            return _pressed(state, what)
        case Answered(yes=yes) if state.leaving:
            asks: Asks = (SignOut(),) if yes else ()
            return replace(state, leaving=False), asks
        case _:
            return _told(state, event), ()


def _pressed(state: State, what: str) -> Step:
    match what:
        case "server":
            return replace(state, server_open=not state.server_open), ()
        case "keep_server":
            return _keep_server(state)
        case "findings" | "costs" | "receive" | "recordings" | "sources":
            return state, (Go(what),)
        case "sign_out":
            return replace(state, leaving=True), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()


def _moved(settings: Settings, slot: Slot, by: int) -> Settings:
    """The time at which a slot rings, half an hour sooner or later; after midnight comes midnight."""
    names = {Slot.WAKING: "waking_at", Slot.MORNING: "morning_at", Slot.NOON: "noon_at"}
    name = {**names, Slot.EVENING: "evening_at", Slot.BEDTIME: "bedtime_at"}[slot]
    return replace(settings, **{name: (minutes_of(Time(slot), settings) + by) % (24 * 60)})  # type: ignore[arg-type]


def reminder_times(settings: Settings) -> list[tuple[Slot, str]]:
    """Each time of the day, and when it rings: ``8:00``."""
    at = [(slot, minutes_of(Time(slot), settings)) for slot in Slot]
    return [(slot, f"{minutes // 60}:{minutes % 60:02d}") for slot, minutes in at]


def _keep_server(state: State) -> Step:
    server = state.server.strip().rstrip("/")
    secure = server.startswith("https://") and len(server) > len("https://")
    # In clear only to this very machine: a health record does not travel the network unprotected.
    here = server.startswith(("http://127.0.0.1", "http://localhost", "http://10.0.2.2"))
    if not (secure or here):
        return replace(state, wrong=tr("https:// で始まる住所を入力してください。")), ()
    return replace(state, wrong="", server_open=False), (
        ChangeSettings(replace(state.settings, server=server)),
    )


def _told(state: State, event: Happening) -> State:
    match event:
        case OpenedStore(account=account, settings=settings, untold=untold):
            return replace(state, account=account, settings=settings, server=settings.server, untold=untold)
        case SettingsChanged(settings=settings):
            return replace(state, settings=settings, server=settings.server, message=tr("変更しました。"))
        case SignedIn(account=account):
            return replace(state, account=account)
        case SignedOut(untold=untold):
            return replace(state, account=None, untold=untold)
        case Saved(untold=untold) | Synced(untold=untold) | SyncFailed(untold=untold):
            return replace(state, untold=untold)
        case Failed(of=ChangeSettings(), message=message):
            return replace(state, wrong=message)
        case _:
            return state


def size_options() -> list[tuple[str, str]]:
    """The text sizes, by what they are in percent."""
    return [(str(size), f"{size:.0%}") for size in SIZES]


def language_options() -> list[tuple[str, str]]:
    """Each language in its own words, so that who took the wrong one finds the way back."""
    return [("ja", "日本語"), ("en", "English")]
