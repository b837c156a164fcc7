"""Adding a reading, as values: what is typed, whose turn it is, and what saving leads to.

The numbers come first and are all that is needed. For blood pressure the turn goes 上 → 下 → 脈拍 by itself; after a
first reading the second of the same occasion is offered, and their mean is shown at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from mobile import wording
from mobile.asks import KeepDraft, OpenForm, SaveVital, WriteText
from mobile.events import AskConfirm, Failed, FormOpened, Saved, SignedOut, TextWritten
from mobile.screens.add_reading.digits import (
    EMPTY_HOUR,
    EMPTY_MINUTE,
    Draft,
    Figure,
    draft_text,
    figures_of,
    from_draft,
    keyed,
)
from mobile.screens.touches import (
    Answered,
    Asks,
    Back,
    Chose,
    Go,
    Happening,
    Keyed,
    Pressed,
    Question,
    Shown,
    Wrote,
)
from shared import clock, units
from shared.blood_pressure import OCCASION_LASTS, average_words, occasions
from shared.kinds import KINDS, Meal
from shared.languages import tr
from shared.vitals import BloodPressure, Session, Vital

NOTE = "reading.note"
# The form offers today, yesterday and the day before; figures left in it longer are let go, the note stays.
MOST_DAYS_AGO = 2


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``id``, ``now`` and ``offset_min`` come with `FormOpened`."""

    kind: str = "blood_pressure"
    figures: tuple[Figure, ...] = ()
    turn: int = 0
    choosing_kind: bool = False
    more: bool = False  # the optional part is open
    note: str = ""
    session: Session | None = None
    meal: Meal | None = None
    days_ago: int | None = None  # None: measured now
    hour: Figure = EMPTY_HOUR
    minute: Figure = EMPTY_MINUTE
    id: UUID | None = None
    now: datetime | None = None
    begun: datetime | None = None  # when these figures were begun, however often the form was left since
    offset_min: int = 0
    correcting: Vital | None = None
    saving: bool = False
    saved: tuple[Vital, ...] = ()  # of this sitting, in order
    finished: bool = False
    untold: int = 0
    wrong: str = ""
    wrong_field: str = ""
    ask: AskConfirm | None = None

    @property
    def form(self) -> str:
        """The name of the draft."""
        return f"vital.{self.kind}"

    @property
    def typed(self) -> tuple[Figure, ...]:
        """Everything the pad can fill, in order of turn."""
        return (*self.figures, self.hour, self.minute) if self.days_ago is not None else self.figures

    @property
    def ready(self) -> bool:
        """Whether there is enough to save: pulse is never required."""
        needed = [figure for figure in self.figures if figure.measure.name != "pulse"]
        timed = self.days_ago is None or bool(self.hour.text and self.minute.text)
        return self.id is not None and all(figure.value is not None for figure in needed) and timed

    @property
    def done(self) -> bool:
        """Whether the screen shows what was saved."""
        return self.finished and bool(self.saved)

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        if self.ask is None:
            return None
        return Question(tr("確認してください"), self.ask.message, tr("記録する"), tr("入力をなおす"))


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown(about=about, vital=vital):
            return _shown(state, about, vital)
        case FormOpened(form=form) if form == state.form:
            return _opened(state, event), ()
        case Keyed(key=key):
            return _drafted(_key(replace(state, wrong="", wrong_field=""), key))
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case Chose(field=field, key=key):
            return _chose(state, field, key), ()
        case Wrote(field="note", text=text) | TextWritten(of="reading.note", text=str(text)):
            return _drafted(replace(state, note=text))
        case SignedOut():
            return State(), ()  # another person may be next: nothing typed here is hers
        case _:
            return _answered(state, event)


def _answered(state: State, event: Happening) -> Step:
    match event:
        case Saved(vital=vital, untold=untold) if state.saving:
            saved = tuple(one for one in state.saved if one.id != vital.id)
            return replace(
                state, saving=False, saved=(*saved, vital), untold=untold, id=None, finished=True
            ), ()
        case AskConfirm():
            return replace(state, saving=False, ask=event), ()
        case Answered(yes=yes) if state.ask is not None:
            asked = state.ask
            if yes:
                return replace(state, ask=None, saving=True), (asked.what,)
            return _to_field(replace(state, ask=None), asked.field), ()
        case Failed(of=SaveVital(), message=message, field=field):
            return _to_field(replace(state, saving=False, wrong=message, wrong_field=field or ""), field), ()
        case _:
            return state, ()


def _shown(state: State, about: str, vital: Vital | None) -> Step:
    if vital is not None:
        return _correct(vital)
    unfinished = state.figures and not state.finished and state.correcting is None
    if unfinished and about in ("", state.kind):
        return state, (OpenForm(state.form),)  # what was typed comes back as the draft, with the time of now
    return _fresh(about or "blood_pressure")


def _fresh(kind: str) -> Step:
    state = State(kind=kind, figures=figures_of(kind))
    return state, (OpenForm(state.form),)


def _correct(vital: Vital) -> Step:
    """The form filled with a measurement that is to be put right; the version before stays to be seen."""
    figures = figures_of(vital.kind)
    if isinstance(vital.reading, BloodPressure):
        numbers: tuple[Decimal | None, ...] = (
            vital.reading.systolic,
            vital.reading.diastolic,
            vital.reading.pulse,
        )
    else:
        numbers = (vital.reading,)
    filled = tuple(
        replace(figure, text="" if number is None else wording.plain(number))
        for figure, number in zip(figures, numbers, strict=True)
    )
    return State(
        kind=vital.kind,
        figures=filled,
        note=vital.note,
        session=vital.session,
        meal=vital.meal,
        id=vital.id,
        now=vital.taken_at,
        offset_min=vital.offset_min,
        correcting=vital,
    ), ()


def _opened(state: State, event: FormOpened) -> State:
    if state.correcting is not None:
        return state
    draft = from_draft(state.figures, event.draft)
    begun = event.now if draft.begun is None else clock.from_ms(draft.begun)
    turn = next((at for at, figure in enumerate(draft.figures) if not figure.text), 0)
    opened = replace(
        state,
        id=event.id,
        offset_min=event.offset_min,
        figures=draft.figures,
        note=draft.note,
        turn=turn,
        begun=begun,
    )
    return _taken_up(opened, event.now)


def _taken_up(state: State, now: datetime) -> State:
    """The form in front again at ``now``: what was typed last evening is of last evening, and the screen says so."""
    assert state.begun is not None
    if state.days_ago is not None and state.now is not None:  # the day she chose stays the day it was
        return replace(state, now=now, days_ago=state.days_ago + _days(state, state.now, now))
    if not any(figure.text for figure in state.figures) or now - state.begun <= OCCASION_LASTS:
        return replace(state, now=now)
    days = _days(state, state.begun, now)
    if not 0 <= days <= MOST_DAYS_AGO:
        return replace(state, now=now, begun=now, figures=figures_of(state.kind), turn=0)
    local = clock.at_offset(state.begun, state.offset_min)
    hour = replace(EMPTY_HOUR, text=str(local.hour))
    minute = replace(EMPTY_MINUTE, text=f"{local.minute:02}")
    return replace(state, now=now, more=True, days_ago=days, hour=hour, minute=minute)


def _days(state: State, then: datetime, now: datetime) -> int:
    first, last = (clock.at_offset(each, state.offset_min).date() for each in (then, now))
    return (last - first).days


def _drafted(state: State) -> Step:
    if state.id is None or state.correcting is not None:
        return state, ()
    begun = None if state.begun is None else clock.to_ms(state.begun)
    return state, (KeepDraft(state.form, draft_text(Draft(state.figures, state.note, begun))),)


def _key(state: State, key: str) -> State:
    if state.done or state.saving:
        return state
    typed = list(state.typed)
    turn = state.turn
    if key == "back" and not typed[turn].text and turn > 0:
        turn -= 1  # an empty place is taken back into the one before
    elif key != "back" and typed[turn].full and turn + 1 < len(typed):
        turn += 1
    typed[turn] = keyed(typed[turn], key)
    if key != "back" and typed[turn].full and turn + 1 < len(typed):
        turn += 1
    count = len(state.figures)
    state = replace(state, figures=tuple(typed[:count]), turn=turn)
    if len(typed) > count:
        state = replace(state, hour=typed[count], minute=typed[count + 1])
    return state


def _to_field(state: State, field: str | None) -> State:
    names = [figure.measure.name for figure in state.typed]
    if field == "taken_at" and state.days_ago is not None:
        return replace(state, turn=len(state.figures))
    return replace(state, turn=names.index(field)) if field in names else state


def _pressed(state: State, what: str, which: str) -> Step:  # noqa: C901  one line a button
    match what:
        case "save":
            return _save(state)
        case "figure":
            return replace(state, turn=int(which)), ()
        case "kinds":
            return replace(state, choosing_kind=not state.choosing_kind), ()
        case "kind":
            return _fresh(which)
        case "more":
            return replace(state, more=not state.more), ()
        case "write_note":
            return state, (WriteText(NOTE, tr("メモ"), state.note),)
        case "again":
            fresh, asks = _fresh(state.kind)
            kept = state.saved if state.kind == "blood_pressure" else ()
            return replace(fresh, saved=kept, session=state.session), asks
        case "other":
            fresh, asks = _fresh(state.kind)
            return replace(fresh, choosing_kind=True), asks
        case "finish":
            return State(), (Go("today"),)
        case "back" if state.choosing_kind:
            return replace(state, choosing_kind=False), ()
        case "back":
            return (State() if state.done or state.correcting else state), (Back(),)
        case _:
            return state, ()


def _chose(state: State, field: str, key: str) -> State:
    match field:
        case "session":
            session = None if state.session == key else Session(key)
            return replace(state, session=session)
        case "meal":
            return replace(state, meal=None if state.meal == key else Meal(key))
        case "when" if key == "now":
            return replace(state, days_ago=None, turn=min(state.turn, len(state.figures) - 1))
        case "when":
            return replace(state, days_ago=int(key), turn=len(state.figures))
        case _:
            return state


def _save(state: State) -> Step:
    if state.saving:
        return state, ()
    if not state.ready:
        return _first_missing(state), ()
    taken_at = _taken_at(state)
    if taken_at is None:
        wrong = tr("時刻は 0:00 から 23:59 までで入力してください。")
        return replace(state, wrong=wrong, wrong_field="taken_at", turn=len(state.figures)), ()
    assert state.id is not None
    values = [figure.value for figure in state.figures]
    vital = Vital(
        id=state.id,
        kind=state.kind,
        taken_at=taken_at,
        offset_min=state.offset_min,
        reading=_reading(values),
        note=state.note.strip(),
        session=state.session,
        meal=state.meal,
    )
    if state.correcting is not None:
        vital = replace(vital, device=state.correcting.device, origin=state.correcting.origin)
    form = "" if state.correcting is not None else state.form
    return replace(state, saving=True, wrong="", wrong_field=""), (SaveVital(vital, form=form),)


def _reading(values: list[Decimal | None]) -> Decimal | BloodPressure:
    if len(values) == 1:
        assert values[0] is not None
        return values[0]
    systolic, diastolic, pulse = values
    assert systolic is not None
    assert diastolic is not None
    return BloodPressure(systolic, diastolic, pulse)


def _taken_at(state: State) -> datetime | None:
    """When it was measured: now, or the wall time she gave; None where that is no time of a day."""
    assert state.now is not None
    if state.days_ago is None:
        return state.now
    hour, minute = int(state.hour.text), int(state.minute.text)
    if hour > 23 or minute > 59:
        return None
    local = clock.at_offset(state.now, state.offset_min) - timedelta(days=state.days_ago)
    moment = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment.astimezone(state.now.tzinfo)


def _first_missing(state: State) -> State:
    if state.id is None:
        return state
    for at, figure in enumerate(state.typed):
        if figure.measure.name != "pulse" and not figure.text:
            label = tr(figure.measure.label)
            return replace(
                state,
                turn=at,
                wrong=tr("{label}を入力してください。", label=label),
                wrong_field=figure.measure.name,
            )
    return state


def said_after(state: State) -> str:
    """What is said at once after saving: the mean of the occasion, or the value."""
    last = state.saved[-1]
    if last.kind == "blood_pressure":
        here = next(one for one in occasions(state.saved) if last in one.readings)
        return average_words(here)
    unit = tr(units.shown(KINDS[last.kind].measure.unit))
    return tr(
        "{label} {value} {unit} を記録しました。",
        label=wording.kind_name(last.kind),
        value=wording.value_of(last),
        unit=unit,
    )


def offers_second(state: State) -> bool:
    """Whether a second reading of this occasion is still wanted (guideline: two readings an occasion)."""
    if not state.saved or state.saved[-1].kind != "blood_pressure" or state.correcting:
        return False
    return len(occasions(state.saved)[-1].readings) < 2
