"""A medicine typed by hand, as values: a name from the lists or her own, when and how much, since when, until when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from mobile.asks import KeepDraft, LoadMedicines, OpenForm, SaveMedicine, SearchMedicines, WriteText
from mobile.events import (
    Failed,
    FormOpened,
    MedicineSaved,
    MedicinesLoaded,
    ProductsFound,
    SignedOut,
    TextWritten,
)
from mobile.screens.add_medicine.form import (
    Typed,
    chosen,
    draft_text,
    first_wrong,
    form_of,
    from_draft,
    named,
    slip_of,
    toggled,
)
from mobile.screens.touches import Asks, Back, Chose, Go, Happening, Pressed, Shown, Wrote
from shared import clock
from shared.blood_pressure import day_of
from shared.drug_listing import Product
from shared.languages import tr
from shared.medicines import TYPED, Dispensing

FORM = "medicine"
_CHOICES = ("kind", "amount", "unit", "meal", "since", "ends")


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``part``: name, details, or done. ``typed`` are the slips that she wrote before."""

    part: str = "name"
    form: Typed = field(default_factory=Typed)
    products: tuple[Product, ...] = ()
    searched: str = ""
    id: UUID | None = None
    now: datetime | None = None
    offset_min: int = 9 * 60
    typed: tuple[Dispensing, ...] = ()
    about: str = ""  # the slip that is put right
    correcting: Dispensing | None = None
    saving: bool = False
    saved: str = ""
    untold: int = 0
    wrong: str = ""
    wrong_field: str = ""

    @property
    def today(self) -> date | None:
        """Her day, once the form was opened."""
        if self.now is None:
            return None
        local = clock.at_offset(self.now, self.offset_min)
        return day_of(local.date(), local.time())


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown(about=about):
            fresh = State(typed=state.typed, about=about, part="details" if about else "name")
            return fresh, (OpenForm(FORM), LoadMedicines())
        case FormOpened(form="medicine"):
            return _opened(state, event)
        case MedicinesLoaded(dispensings=slips):
            typed = tuple(slip for slip in slips if slip.origin == TYPED and slip.medicines)
            return _correcting(replace(state, typed=typed)), ()
        case ProductsFound(text=text, products=products):
            return (
                replace(state, products=products, searched=text) if text == state.form.name else state
            ), ()
        case Wrote(field=name, text=text) | TextWritten(of=name, text=str(text)):
            return _wrote(state, name.removeprefix("medicine."), text)
        case Chose(field=name, key=key):
            return _chose(state, name, key)
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case MedicineSaved() | Failed():
            return _answered(state, event), ()
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _opened(state: State, event: FormOpened) -> Step:
    state = replace(state, id=event.id, now=event.now, offset_min=event.offset_min)
    if state.about or state.form != Typed():
        return _correcting(state), ()
    form = from_draft(event.draft)
    asks: Asks = (SearchMedicines(form.name),) if form.name else ()
    return replace(state, form=form), asks


def _correcting(state: State) -> State:
    """The slip that is put right fills the form, once it and the form are both there."""
    if not state.about or state.correcting is not None:
        return state
    found = next((slip for slip in state.typed if str(slip.id) == state.about), None)
    return state if found is None else replace(state, correcting=found, form=form_of(found))


def _wrote(state: State, name: str, text: str) -> Step:
    if name == "name":
        changed, asks = _changed(state, named(state.form, text))
        return changed, (*asks, SearchMedicines(text))
    return _changed(state, replace(state.form, memo=text)) if name == "memo" else (state, ())


def _changed(state: State, form: Typed) -> Step:
    state = replace(state, form=form, wrong="", wrong_field="")
    if state.correcting is not None or state.id is None:
        return state, ()
    return state, (KeepDraft(FORM, draft_text(form)),)


def _chose(state: State, name: str, key: str) -> Step:
    if name == "slot":
        return _changed(state, toggled(state.form, key))
    if name not in _CHOICES:
        return state, ()
    return _changed(state, replace(state.form, **{name: key}))  # type: ignore[arg-type]  # all of them are text


def _pressed(state: State, what: str, which: str) -> Step:  # noqa: C901  one line a button
    match what:
        case "product":
            changed, asks = _changed(state, chosen(state.form, state.products[int(which)]))
            return replace(changed, part="details"), asks
        case "own_name":
            wrong = first_wrong(replace(state.form, as_needed=True))
            if wrong is not None:
                return replace(state, wrong=wrong[1], wrong_field=wrong[0]), ()
            return replace(state, part="details"), ()
        case "name":
            return replace(state, part="name"), (SearchMedicines(state.form.name),)
        case "write_name" | "write_memo":
            return state, (_dialog(state, what.removeprefix("write_")),)
        case "save":
            return _save(state)
        case "another":
            return State(typed=state.typed), (OpenForm(FORM), LoadMedicines())
        case "finish":
            return State(typed=state.typed), (Go("medicines"),)
        case "back" if state.part == "details" and not state.about:
            return replace(state, part="name"), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()


def _dialog(state: State, name: str) -> WriteText:
    title, text = (tr("お薬の名前"), state.form.name) if name == "name" else (tr("メモ"), state.form.memo)
    return WriteText(f"medicine.{name}", title, text)


def _save(state: State) -> Step:
    wrong = first_wrong(state.form)
    if wrong is not None:
        return replace(state, wrong=wrong[1], wrong_field=wrong[0]), ()
    if state.saving or state.id is None or state.today is None:
        return state, ()
    before = state.correcting
    slip = slip_of(state.form, before.id if before else state.id, state.today, before)
    return replace(state, saving=True), (SaveMedicine(slip, "" if before else FORM),)


def _answered(state: State, event: MedicineSaved | Failed) -> State:
    if isinstance(event, MedicineSaved) and state.saving:
        name = event.dispensing.medicines[0].name
        return replace(state, saving=False, part="done", saved=name, untold=event.untold)
    if isinstance(event, Failed) and isinstance(event.of, SaveMedicine):
        return replace(state, saving=False, wrong=event.message, wrong_field="")
    return state
