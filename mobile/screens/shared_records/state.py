"""What a signed-in doctor sees, as values: who shares with her, and one record's blood pressure and medicines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from mobile import wording
from mobile.asks import LoadShared, OpenForm, OpenShared
from mobile.chart_points import Drawing
from mobile.events import Failed, FormOpened, RecordsShared, SharedRecord, SignedOut, Synced
from mobile.screens.today.state import drawing as pressure_drawing
from mobile.screens.touches import Asks, Happening, Pressed, Shown
from mobile.seen import PersonSharing
from shared.blood_pressure import occasions
from shared.languages import tr

FORM = "shared"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``record`` is the record looked at; read only, always."""

    loaded: bool = False
    people: tuple[PersonSharing, ...] = ()
    opening: UUID | None = None
    record: SharedRecord | None = None
    now: datetime | None = None
    offset_min: int = 9 * 60
    wrong: str = ""


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            asks: Asks = (OpenForm(FORM), LoadShared())
            return replace(state, wrong=""), asks + (
                (OpenShared(state.record.person.record_id),) if state.record else ()
            )
        case FormOpened(form="shared", now=now, offset_min=offset_min):
            return replace(state, now=now, offset_min=offset_min), ()
        case RecordsShared(people=people):
            return _listed(state, people), ()
        case Pressed(what="open", which=which):
            return replace(state, opening=UUID(which), wrong=""), (OpenShared(UUID(which)),)
        case SharedRecord(person=person) if state.opening in (person.record_id, None):
            return replace(state, record=event, opening=None), ()
        case Pressed(what="back"):
            return replace(state, record=None, opening=None, wrong=""), ()
        case Synced(changed=True) if state.loaded:
            return state, (LoadShared(),)
        case Failed(of=OpenShared() | LoadShared() as asked, message=message):
            gone = isinstance(asked, OpenShared)
            return replace(state, opening=None, record=None if gone else state.record, wrong=message), ()
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _listed(state: State, people: tuple[PersonSharing, ...]) -> State:
    """The list as it is now; a record that is no longer in it closes."""
    still = state.record is not None and any(one.record_id == state.record.person.record_id for one in people)
    return replace(state, loaded=True, people=people, record=state.record if still else None)


def drawing(record: SharedRecord) -> Drawing:
    """The chart of the record's blood pressure."""
    return pressure_drawing(occasions(kept.vital for kept in record.pressures))


def heard_words(state: State) -> str:
    """As of when the record is, and that a phone keeps it only 72 hours without contact."""
    if state.record is None:
        return ""
    when = wording.moment_words(state.record.heard_at, state.now or state.record.heard_at, state.offset_min)
    return tr(
        "{when} 時点の内容です。つながらないまま 72 時間たつと、この電話では見られなくなります。", when=when
    )
