"""The order of devices, as values: which watch or phone is believed first where several measured at the same time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mobile import wording
from mobile.asks import LoadSources, OrderSources
from mobile.events import Failed, SignedOut, SourcesLoaded
from mobile.screens.touches import Asks, Back, Happening, Pressed, Shown
from mobile.seen import SourceSeen
from shared.kinds import STREAMS
from shared.languages import tr


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows: ``sources``, the one that is believed first at the head; ``saved`` as the server
    has them. ``message``: how it went, ``wrong``: why it did not.
    """

    loaded: bool = False
    sources: tuple[SourceSeen, ...] = ()
    saved: tuple[SourceSeen, ...] = ()
    saving: bool = False
    message: str = ""
    wrong: str = ""

    @property
    def changed(self) -> bool:
        """Whether there is an order to be saved."""
        return self.sources != self.saved


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return State(), (LoadSources(),)
        case SourcesLoaded(sources=sources):
            said = ""
            if event.ordered:
                said = tr("順番を変えました。")
                if event.is_summing_up:
                    said = tr("順番を変えました。過去の日の計算には、少し時間がかかります。")
            return State(loaded=True, sources=sources, saved=sources, message=said), ()
        case Pressed(what="up", which=which) if not state.saving:
            return replace(state, sources=_raised(state.sources, int(which)), message="", wrong=""), ()
        case Pressed(what="save") if state.changed and not state.saving:
            asked = OrderSources(tuple(source.id for source in state.sources))
            return replace(state, saving=True, wrong=""), (asked,)
        case Pressed(what="back"):
            return state, (Back(),)
        case Failed(of=LoadSources() | OrderSources(), message=message):
            return replace(state, saving=False, wrong=message), ()
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _raised(sources: tuple[SourceSeen, ...], place: int) -> tuple[SourceSeen, ...]:
    """The one at ``place`` one place further up."""
    if not 0 < place < len(sources):
        return sources
    return (*sources[: place - 1], sources[place], sources[place - 1], *sources[place + 1 :])


def about(source: SourceSeen) -> str:
    """What a device has brought, as the lists call it."""
    return wording.joined(*(tr(STREAMS[name].label) for name in source.streams if name in STREAMS))
