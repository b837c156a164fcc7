"""What devices recorded, as values: electrocardiograms and workouts, the newest first, and one heart drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from mobile.asks import LoadHeart, LoadRecordings
from mobile.events import Failed, HeartLoaded, RecordingsLoaded, SignedOut, Synced
from mobile.screens.touches import Asks, Back, Go, Happening, Pressed, Shown
from shared.electrocardiograms import Electrocardiogram
from shared.languages import tr
from shared.workouts import Workout

# So many are listed at once; "more" shows as many again.
PAGE = 30


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``heart`` is the electrocardiogram that is drawn, ``hearts`` have no samples."""

    loaded: bool = False
    hearts: tuple[Electrocardiogram, ...] = ()
    workouts: tuple[Workout, ...] = ()
    listed: int = PAGE
    heart: Electrocardiogram | None = None
    wrong: str = ""


def step(state: State, event: Happening) -> tuple[State, Asks]:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return replace(state, wrong="", listed=PAGE, heart=None), (LoadRecordings(),)
        case Synced(changed=True) if state.loaded:
            return state, (LoadRecordings(),)
        case RecordingsLoaded(hearts=hearts, workouts=workouts):
            state = replace(state, loaded=True, hearts=hearts, workouts=workouts)
            still = state.heart is not None and any(each.id == state.heart.id for each in hearts)
            return state if still else replace(state, heart=None), ()
        case HeartLoaded(heart=None):
            gone = tr("この心電図は、もう記録の中にありません。")
            return replace(state, wrong=gone), (LoadRecordings(),)
        case HeartLoaded(heart=heart):
            return replace(state, heart=heart, wrong=""), ()
        case Failed(of=LoadRecordings() | LoadHeart(), message=message):
            return replace(state, wrong=message), ()
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _pressed(state: State, what: str, which: str) -> tuple[State, Asks]:
    match what:
        case "heart":
            return state, (LoadHeart(UUID(which)),)
        case "more":
            return replace(state, listed=state.listed + PAGE), ()
        case "import":
            return state, (Go("import_file"),)
        case "back" if state.heart is not None:
            return replace(state, heart=None), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()
