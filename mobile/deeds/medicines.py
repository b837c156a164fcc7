"""Medicines on this phone: her courses, what is due and ticked, the checks, what she types and hides. No network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from mobile import account
from mobile.asks import (
    CheckMedicines,
    HideCourse,
    LoadDue,
    LoadMedicines,
    MarkHit,
    PlanReminders,
    SaveMedicine,
    SearchMedicines,
    TickDose,
    WithdrawMedicine,
)
from mobile.deeds import Phone, do
from mobile.deeds.recording import dispensings
from mobile.events import (
    DueLoaded,
    Event,
    MedicineSaved,
    MedicinesChecked,
    MedicinesLoaded,
    MedicineWithdrawn,
    Noted,
    ProductsFound,
)
from mobile.reminders import Here, rings
from mobile.store import bodies, drafts, telling, things
from mobile.store.things import Written
from shared.courses import courses, plan_of
from shared.doses import Dose, dose_id
from shared.drug_checks import Against, check, name_key, taken_of
from shared.drug_knowledge import Knowledge
from shared.marks import Hiding, HitMark, hiding_id, hit_mark_id
from shared.schedule import Due, Plan
from shared.sync import Word

T = TypeVar("T")

MOST_FOUND = 30
# A tick of something weekly stands at its Monday.
_TICKS_REACH = timedelta(days=9)


@do.register
def load_medicines(_asked: LoadMedicines, phone: Phone) -> list[Event]:
    """Her slips, and the courses that come of them."""
    found = dispensings(phone, account.own_record(phone.store))
    on = _here(phone).today
    hidden = frozenset(each.course_key for each in _hidings(phone))
    return [MedicinesLoaded(found, tuple(courses(found, _knowledge(phone), on)), on, hidden)]


@do.register
def load_due(_asked: LoadDue, phone: Phone) -> list[Event]:
    """What is due on her day, which begins at 04:00."""
    here = _here(phone)
    due = _plan(phone).due(here.today)
    return [DueLoaded(here.now, here.offset_min, here.today, tuple(due), _doses(phone))]


@do.register
def tick_dose(asked: TickDose, phone: Phone) -> list[Event]:
    """One dose has one id on every phone, so ticking twice is one dose; no state takes the tick back.

    What was ticked on the slip before a refill is the same dose: that tick is changed, and none made beside it.
    """
    record_id = account.own_record(phone.store)
    with phone.store.writing():
        for due in asked.due:
            ticks = _ticks(phone, record_id, due)
            if asked.state is None:
                for ident in list(ticks)[: 1 if due.open else None]:
                    things.note(phone.store, record_id, Written(Word.DOSE, ident, None))
                continue
            before = next(iter(ticks.values()), None)
            known = None if before is None else bodies.dose_in(before)
            if known is not None and known.state is asked.state and known.state.value != "later":
                continue  # said again: the first time stands
            medicine = due.medicine_id if known is None else known.medicine_id
            ident = dose_id(medicine, due.on, due.slot)
            dose = Dose(ident, medicine, due.on, due.slot, asked.state, phone.now())
            body = bodies.dose_body(dose, before)
            things.note(phone.store, record_id, Written(Word.DOSE, ident, body))
    return [_noted(phone), *load_due(LoadDue(), phone)]


def _ticks(phone: Phone, record_id: UUID, due: Due) -> dict[UUID, str]:
    """The ticks that stand of this dose, by id with their bodies, the last one first."""
    found: list[tuple[bool, float, UUID, str]] = []
    for medicine in due.ids:
        ident = dose_id(medicine, due.on, due.slot)
        before = things.find(phone.store, record_id, Word.DOSE, ident)
        if before is not None and before.change.body is not None:
            known = bodies.dose_in(before.change.body)
            found.append(
                (known is not None, known.at.timestamp() if known else 0.0, ident, before.change.body)
            )
    found.sort(key=lambda each: each[:2], reverse=True)
    return {ident: body for _, _, ident, body in found}


@do.register
def check_medicines(_asked: CheckMedicines, phone: Phone) -> list[Event]:
    """The same checks as on the server, over what this phone has."""
    record_id = account.own_record(phone.store)
    knowledge, on = _knowledge(phone), _here(phone).today
    hidings = _hidings(phone)
    hidden = frozenset(
        {each.course_key for each in hidings} | {name_key(each.name) for each in hidings if each.name}
    )
    taken = taken_of(dispensings(phone, record_id), knowledge, hidden)
    findings = tuple(_read(phone, Word.FINDING, bodies.finding_in))
    checked = check(taken, knowledge, Against(findings, account.own_birthday(phone.store)), on)
    marks = tuple(each for each in _read(phone, Word.HIT_MARK, bodies.hit_mark_in) if each.known)
    return [MedicinesChecked(checked, marks, findings)]


@do.register
def mark_hit(asked: MarkHit, phone: Phone) -> list[Event]:
    """It comes back by itself when its facts change: the mark belongs to its key."""
    ident = hit_mark_id(asked.key)
    mark = HitMark(ident, asked.key, asked.reason.strip(), asked.known)
    _note(phone, Word.HIT_MARK, ident, lambda before: bodies.hit_mark_body(mark, before))
    return [_noted(phone), *check_medicines(CheckMedicines(), phone)]


@do.register
def hide_course(asked: HideCourse, phone: Phone) -> list[Event]:
    """The server draws the curtain for others; here she sees everything."""
    ident = hiding_id(asked.course_key)
    hiding = Hiding(ident, asked.course_key, asked.name, asked.hidden)
    _note(phone, Word.HIDING, ident, lambda before: bodies.hiding_body(hiding, before))
    return [_noted(phone), *load_medicines(LoadMedicines(), phone)]


@do.register
def search_medicines(asked: SearchMedicines, phone: Phone) -> list[Event]:
    """In the lists that the phone heard, else among the names that the app brings."""
    return [ProductsFound(asked.text, tuple(_knowledge(phone).search(asked.text, MOST_FOUND)))]


@do.register
def save_medicine(asked: SaveMedicine, phone: Phone) -> list[Event]:
    """What she typed herself, new or put right; the version before stays."""
    slip = asked.dispensing
    with phone.store.writing():
        _note(phone, Word.DISPENSING, slip.id, lambda before: bodies.dispensing_body(slip, before))
        if asked.form:
            drafts.keep(phone.store, asked.form, "")
    return [MedicineSaved(slip, telling.count_untold(phone.store)[0])]


@do.register
def withdraw_medicine(asked: WithdrawMedicine, phone: Phone) -> list[Event]:
    """The version before stays and can be seen."""
    things.note(phone.store, account.own_record(phone.store), Written(Word.DISPENSING, asked.id, None))
    return [MedicineWithdrawn(asked.id, telling.count_untold(phone.store)[0])]


@do.register
def plan_reminders(_asked: PlanReminders, phone: Phone) -> list[Event]:
    """What the device rings for is set anew as a whole, so that nothing ticked rings; signed out, nothing does."""
    settings = account.settings(phone.store)
    who = account.known(phone.store)
    phone.device.ring_no_more()
    if (
        settings.reminders
        and phone.store.account is not None
        and who is not None
        and who.record_id is not None
    ):
        for ring in rings(_plan(phone).due, _doses(phone), settings, _here(phone)):
            phone.device.ring_at(ring.at, ring.title, ring.text)
    return []


def _here(phone: Phone) -> Here:
    return Here(phone.now(), phone.offset_min)


def _knowledge(phone: Phone) -> Knowledge:
    return phone.knowing.now(phone.store)


def _plan(phone: Phone) -> Plan:
    return plan_of(dispensings(phone, account.own_record(phone.store)), _knowledge(phone))


def _doses(phone: Phone) -> tuple[Dose, ...]:
    return tuple(_read(phone, Word.DOSE, bodies.dose_in, within=_TICKS_REACH))


def _hidings(phone: Phone) -> list[Hiding]:
    return [each for each in _read(phone, Word.HIDING, bodies.hiding_in) if each.hidden]


def _read(
    phone: Phone, word: Word, way: Callable[[str], T | None], within: timedelta | None = None
) -> list[T]:
    since = None if within is None else phone.now() - within
    found = things.of_word(phone.store, account.own_record(phone.store), word, since=since)
    return [known for each in found if each.change.body and (known := way(each.change.body)) is not None]


def _note(phone: Phone, word: Word, ident: UUID, body: Callable[[str | None], str]) -> None:
    record_id = account.own_record(phone.store)
    with phone.store.writing():
        before = things.find(phone.store, record_id, word, ident)
        said = body(before.change.body if before else None)
        things.note(phone.store, record_id, Written(word, ident, said))


def _noted(phone: Phone) -> Noted:
    return Noted(telling.count_untold(phone.store)[0])
