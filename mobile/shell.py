"""The shell: every screen's state, which one is in front, and how a happening reaches them. Pure, no Kivy.

An event is told to every screen (each takes what is its own, so that what a screen keeps never grows stale); a touch
only to the one in front. What states ask for comes out as effects; their moves between screens are made here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from mobile import navigation
from mobile.asks import Effect, OpenStore, PlanReminders, SyncNow
from mobile.events import (
    Event,
    Failed,
    MedicineSaved,
    MedicineWithdrawn,
    Noted,
    OpenedStore,
    SettingsChanged,
    SignedIn,
    SignedOut,
    Synced,
)
from mobile.navigation import Place, Way
from mobile.screens.add_medicine import state as add_medicine
from mobile.screens.add_reading import state as add_reading
from mobile.screens.costs import state as costs
from mobile.screens.findings import state as findings
from mobile.screens.import_file import state as import_file
from mobile.screens.medicine import state as medicine
from mobile.screens.medicine_year import state as medicine_year
from mobile.screens.medicines import state as medicines
from mobile.screens.notebook import state as notebook
from mobile.screens.readings import state as readings
from mobile.screens.receive import state as receive
from mobile.screens.recordings import state as recordings
from mobile.screens.settings import state as settings
from mobile.screens.shared_records import state as shared_records
from mobile.screens.sharing import state as sharing
from mobile.screens.sign_in import state as sign_in
from mobile.screens.sources import state as sources
from mobile.screens.today import state as today
from mobile.screens.touches import Answered, Asks, Back, Go, Happening, Pressed, Question, Shown, Touch
from mobile.screens.trends import state as trends
from mobile.screens.visits import state as visits
from mobile.screens.warning import state as warning
from mobile.seen import Account, Settings
from shared.languages import tr

# The places of the bar at the bottom: (screen, words, icon).
PATIENT_TABS = (
    ("today", "今日", "home"),
    ("readings", "記録", "chart-line"),
    ("medicines", "お薬", "pill"),
    ("sharing", "見せる", "doctor"),
    ("settings", "設定", "cog"),
)
DOCTOR_TABS = (("shared_records", "患者さん", "account-multiple"), ("settings", "設定", "cog"))

# Screens with one task, and the way back at the top: no bar at the bottom.
_ONE_TASK = (
    *("", "sign_in", "add_reading", "import_file", "receive", "visits", "findings", "costs", "recordings"),
    *("add_medicine", "medicine", "warning", "notebook", "medicine_year", "trends", "sources"),
)

S = TypeVar("S")


class AnyRoom(Protocol):
    """A screen's state with its step, whatever the type of the state."""

    @property
    def state(self) -> object:
        """What the screen shows."""

    def after(self, happening: Happening) -> tuple[AnyRoom, Asks]:
        """The room after ``happening``, and what its state asks for."""


@dataclass(frozen=True, slots=True)
class Room(Generic[S]):
    """A screen's state with the step that belongs to it."""

    state: S
    step: Callable[[S, Happening], tuple[S, Asks]]

    def after(self, happening: Happening) -> tuple[AnyRoom, Asks]:
        """The room after ``happening``, and what its state asks for."""
        state, asks = self.step(self.state, happening)
        return replace(self, state=state), asks


def _room(state: S, step: Callable[[S, Happening], tuple[S, Asks]]) -> AnyRoom:
    return Room(state, step)


def _rooms() -> dict[str, AnyRoom]:
    return {
        "sign_in": _room(sign_in.State(), sign_in.step),
        "today": _room(today.State(), today.step),
        "add_reading": _room(add_reading.State(), add_reading.step),
        "readings": _room(readings.State(), readings.step),
        "trends": _room(trends.State(), trends.step),
        "medicines": _room(medicines.State(), medicines.step),
        "medicine": _room(medicine.State(), medicine.step),
        "warning": _room(warning.State(), warning.step),
        "add_medicine": _room(add_medicine.State(), add_medicine.step),
        "notebook": _room(notebook.State(), notebook.step),
        "medicine_year": _room(medicine_year.State(), medicine_year.step),
        "findings": _room(findings.State(), findings.step),
        "costs": _room(costs.State(), costs.step),
        "recordings": _room(recordings.State(), recordings.step),
        "import_file": _room(import_file.State(), import_file.step),
        "receive": _room(receive.State(), receive.step),
        "sharing": _room(sharing.State(), sharing.step),
        "visits": _room(visits.State(), visits.step),
        "sources": _room(sources.State(), sources.step),
        "settings": _room(settings.State(), settings.step),
        "shared_records": _room(shared_records.State(), shared_records.step),
    }


@dataclass(frozen=True, slots=True)
class Shell:
    """All of the app that is not paint. ``way`` is None until the store is open."""

    rooms: dict[str, AnyRoom] = field(default_factory=_rooms)
    way: Way | None = None
    account: Account | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def front(self) -> str:
        """The screen in front; "" before the store is open."""
        return self.way.here.screen if self.way else ""

    @property
    def state(self) -> object:
        """The state of the screen in front."""
        return self.rooms[self.front].state

    @property
    def question(self) -> Question | None:
        """What the screen in front asks over everything else."""
        found = getattr(self.state, "question", None) if self.way else None
        return found if isinstance(found, Question) else None

    @property
    def beginning(self) -> Way:
        """Where this person begins."""
        if self.account is None:
            return navigation.signed_out()
        return navigation.signed_in("shared_records" if self.account.role.is_staff else "today")

    @property
    def tabs(self) -> tuple[tuple[str, str, str], ...]:
        """The bar at the bottom; none on a screen that has one task, and none before signing in."""
        if self.account is None or self.front in _ONE_TASK:
            return ()
        places = DOCTOR_TABS if self.account.role.is_staff else PATIENT_TABS
        return tuple((screen, tr(words), icon) for screen, words, icon in places)


Outcome = tuple[Shell, tuple[Effect, ...]]


def opening(demos: tuple[sign_in.Demo, ...] = ()) -> Shell:
    """The shell before the store is open."""
    rooms = _rooms() | {"sign_in": _room(sign_in.State(demos=demos), sign_in.step)}
    return Shell(rooms)


def told(shell: Shell, event: Event) -> Outcome:
    """``event`` told to every screen; signing in and out changes which is in front."""
    effects: tuple[Effect, ...] = ()
    for name in shell.rooms:
        shell, more = _happen(shell, name, event)
        effects += more
    shell, more = _moved(shell, event)
    return shell, effects + more + _rings(shell, event)


def _rings(shell: Shell, event: Event) -> tuple[Effect, ...]:
    """What the phone rings for is set anew when what is due, or what was ticked, may be another."""
    match event:
        case SettingsChanged() | SignedOut():
            return (PlanReminders(),)
        case (
            OpenedStore()
            | SignedIn()
            | Noted()
            | MedicineSaved()
            | MedicineWithdrawn()
            | Synced(changed=True)
        ):
            return (PlanReminders(),) if shell.settings.reminders and shell.account is not None else ()
        case _:
            return ()


def _moved(shell: Shell, event: Event) -> Outcome:
    match event:
        case OpenedStore(account=account, signed_in=signed_in, settings=settings):
            shell = replace(shell, account=account if signed_in else None, settings=settings)
            shell, effects = _front(shell, shell.beginning)
            return shell, (*effects, SyncNow()) if shell.account else effects
        case SignedIn(account=account):
            shell = replace(shell, account=account)
            return _front(shell, shell.beginning)
        case SignedOut():
            shell = replace(shell, account=None)
            return _front(shell, shell.beginning)
        case Failed(of=OpenStore()) if shell.way is None:
            return replace(shell, way=navigation.signed_out()), ()
        case SettingsChanged(settings=settings):
            return replace(shell, settings=settings), ()
        case Synced(changed=True) if shell.front in ("today", "sharing"):
            return touched(shell, Shown())
        case _:
            return shell, ()


def touched(shell: Shell, touch: Touch) -> Outcome:
    """``touch`` on the screen in front."""
    return _happen(shell, shell.front, touch) if shell.way else (shell, ())


def gone(shell: Shell, screen: str) -> Outcome:
    """A place of the bar at the bottom was touched."""
    return _go(shell, Go(screen))


def back(shell: Shell) -> tuple[Shell, tuple[Effect, ...], bool]:
    """The phone's back button: first what is open on the screen, then the screen before; False: leave the app."""
    way = shell.way
    if way is None:
        return shell, (), False
    if shell.question is not None:
        shell, effects = touched(shell, Answered(False))
        return shell, effects, True
    before = shell.state
    shell, effects = touched(shell, Pressed("back"))
    if shell.state != before or shell.way != way or effects:
        return shell, effects, True
    behind = navigation.back(way)
    if behind is None:
        return shell, (), False
    shell, effects = _front(shell, behind)
    return shell, effects, True


def _happen(shell: Shell, name: str, happening: Happening) -> Outcome:
    room, asks = shell.rooms[name].after(happening)
    shell = replace(shell, rooms=shell.rooms | {name: room})
    effects: tuple[Effect, ...] = ()
    for ask in asks:
        if isinstance(ask, Go):
            shell, more = _go(shell, ask)
        elif isinstance(ask, Back):
            behind = navigation.back(shell.way) if shell.way else None
            shell, more = _front(shell, behind) if behind else (shell, ())
        else:
            more = (ask,)
        effects += more
    return shell, effects


def _go(shell: Shell, move: Go) -> Outcome:
    way = navigation.go(shell.way or shell.beginning, Place(move.screen))
    return _front(shell, way, Shown(move.about, move.vital))


def _front(shell: Shell, way: Way, shown: Shown | None = None) -> Outcome:
    shell = replace(shell, way=way)
    return _happen(shell, shell.front, shown or Shown())
