"""Medicines, as values: each visit to a pharmacy with what was handed out, and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mobile import wording
from mobile.asks import LoadMedicines
from mobile.events import MedicinesLoaded, SignedOut, Synced
from mobile.screens.touches import Asks, Go, Happening, Pressed, Shown
from shared.languages import tr
from shared.medicines import Author, Dispensing, Form, Medicine

PAGE = 10


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows; ``most`` dispensings are painted, the rest on asking."""

    loaded: bool = False
    dispensings: tuple[Dispensing, ...] = ()
    most: int = PAGE


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return state, (LoadMedicines(),)
        case MedicinesLoaded(dispensings=dispensings):
            return replace(state, loaded=True, dispensings=dispensings), ()
        case Synced(changed=True) if state.loaded:
            return state, (LoadMedicines(),)
        case Pressed(what="import"):
            return state, (Go("import_file"),)
        case Pressed(what="more"):
            return replace(state, most=state.most + PAGE), ()
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def where_words(dispensing: Dispensing) -> str:
    """The pharmacy and the clinic, as far as the source names them."""
    pharmacy = dispensing.pharmacy.name if dispensing.pharmacy else ""
    clinic = tr("処方：{clinic}", clinic=dispensing.clinic.name) if dispensing.clinic else ""
    return wording.joined(pharmacy, clinic)


def source_words(dispensing: Dispensing) -> str:
    """Where this entry came from: the way it was taken in, and who had written it."""
    authors = {
        Author.CARE_STAFF: tr("薬局・医療機関が作成"),
        Author.PATIENT: tr("ご本人・ご家族が作成"),
        Author.OTHER: tr("その他の人が作成"),
    }
    return wording.joined(wording.origin_words(dispensing.origin), authors.get(dispensing.author, ""))


def medicine_lines(medicine: Medicine) -> tuple[str, str]:
    """A medicine: its full name, and how it is taken."""
    dose = f"{medicine.dose}{medicine.dose_unit}"
    labelled = {
        Form.INTERNAL: tr("1日量 {dose}", dose=dose),
        Form.INTERNAL_DROPS: tr("1日量 {dose}", dose=dose),
        Form.AS_NEEDED: tr("1回量 {dose}", dose=dose),
        Form.EXTERNAL: tr("全量 {dose}", dose=dose),
    }
    amount = dose and (labelled.get(medicine.usage.form, dose) if medicine.usage.form else dose)
    span = medicine.usage.amount
    long = tr("{n} 日分", n=span) if span and medicine.usage.amount_unit in ("", "日分") else ""
    times = f"{span}{medicine.usage.amount_unit}" if span and not long else ""
    return medicine.name, wording.joined(medicine.usage.text, amount, long, times)
