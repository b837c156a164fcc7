"""The part of the walk about medicines: today's doses, the list, one medicine, a warning, typing, codes, the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mobile.deeds.notebook import matrix
from mobile.events import (
    FormOpened,
    MedicineSaved,
    MedicinesLoaded,
    NotebookShown,
    ProductsFound,
    SettingsChanged,
)
from mobile.screens.touches import Answered, Chose, Pressed, Wrote
from shared.doses import DoseState
from shared.ids import new_id
from tests.mobile.examples import JAPAN, NOW
from tests.mobile.medicine_examples import PRODUCTS, TYPED, checked, due_loaded, loaded

if TYPE_CHECKING:
    from tests.mobile.scenes import Walk

TAKEN, SKIPPED, LATER = DoseState.TAKEN, DoseState.SKIPPED, DoseState.LATER
MORNING = tuple((f"{name} morning", TAKEN) for name in ("アムロ", "カンデ", "クラリス", "ビタミン"))


def today(walk: Walk) -> Iterator[str]:
    """The morning before and after ticking, the other answers, the parts that are folded."""
    walk.hear(loaded(), due_loaded(), checked())
    yield "today, doses"
    some = due_loaded(("アムロ morning", TAKEN), ("カンデ morning", LATER), ("クラリス morning", SKIPPED))
    walk.hear(some)
    line = f"{some.due[1].medicine_id} {some.on.isoformat()} morning"
    walk.touch(Pressed("dose_more", line))
    yield "today, doses, other answers"
    walk.touch(Pressed("dose_more", line))
    walk.hear(due_loaded(*MORNING))
    walk.touch(Pressed("fold", "needed"), Pressed("fold", "morning"))
    yield "today, doses, taken"
    walk.touch(Pressed("fold", "needed"), Pressed("fold", "morning"))


def medicines(walk: Walk) -> Iterator[str]:
    """The list and all that it leads to."""
    walk.go("medicines")
    walk.hear(MedicinesLoaded(()), replace(checked(slips=()), findings=()))
    yield "medicines, none"
    everything = loaded()
    walk.hear(everything, checked())
    yield "medicines"
    walk.hear(checked("DDI0064"))
    walk.touch(Pressed("known"))
    yield "medicines, known warnings"
    walk.touch(Pressed("known"))
    walk.hear(checked())
    walk.touch(Pressed("past"))
    yield "medicines, past"
    walk.touch(Pressed("back"), Pressed("slips"))
    yield "medicines, slips"
    walk.touch(Pressed("back"))
    yield from _one(walk)
    yield from _warning(walk)
    yield from _typing(walk)
    yield from _notebook(walk)
    walk.touch(Pressed("medicine_year"))
    walk.hear(everything)
    yield "a year"
    walk.touch(Pressed("back"))


def _key(name: str) -> str:
    return next(course.key for course in loaded().courses if name in course.name)


def _one(walk: Walk) -> Iterator[str]:
    walk.touch(Pressed("course", _key("アムロジピン")))
    walk.hear(loaded())
    yield "one medicine"
    walk.touch(Pressed("hide"))
    yield "one medicine, hiding"
    walk.touch(Answered(False))
    walk.hear(loaded(hidden=frozenset({_key("アムロジピン")})))
    yield "one medicine, hidden"
    walk.touch(Pressed("back"), Pressed("course", _key("ベルソムラ")))
    walk.hear(loaded())
    yield "one medicine, prescribed"
    walk.touch(Pressed("big"))
    yield "one medicine, exchange number"
    walk.touch(Pressed("back"), Pressed("back"), Pressed("course", _key("ビタミン")))
    walk.hear(loaded())
    yield "one medicine, typed"
    walk.touch(Pressed("withdraw", str(TYPED.id)))
    yield "one medicine, withdrawing"
    walk.touch(Answered(False), Pressed("back"))


def _warning(walk: Walk) -> Iterator[str]:
    (hit,) = checked().checked.hits
    walk.touch(Pressed("warning", hit.key))
    walk.hear(checked())
    yield "one warning"
    walk.touch(Pressed("known"), Pressed("keep"))
    yield "one warning, marking"
    walk.touch(Chose("reason", "pharmacist"), Wrote("note", "しま薬局の田中さん"))
    yield "one warning, reason"
    walk.touch(Pressed("back"))
    walk.hear(checked("DDI0064"))
    yield "one warning, known"
    walk.touch(Pressed("back"))


def _typing(walk: Walk) -> Iterator[str]:
    walk.touch(Pressed("add_medicine"))
    walk.hear(FormOpened("medicine", new_id(), NOW, JAPAN, ""))
    yield "typing a medicine"
    walk.touch(Wrote("name", "アムロ"))
    walk.hear(ProductsFound("アムロ", PRODUCTS))
    yield "typing a medicine, names"
    walk.touch(Wrote("name", "葛根湯"))
    walk.hear(ProductsFound("葛根湯", ()))
    yield "typing a medicine, own name"
    walk.touch(Wrote("name", "アムロ"))
    walk.hear(ProductsFound("アムロ", PRODUCTS))
    walk.touch(Pressed("product", "0"), Pressed("save"))
    yield "typing a medicine, details"
    walk.touch(Chose("slot", "morning"), Chose("slot", "bedtime"), Chose("amount", "0.5"))
    yield "typing a medicine, slots"
    walk.touch(Pressed("save"))
    walk.hear(MedicineSaved(TYPED, 1))
    yield "typing a medicine, saved"
    walk.touch(Pressed("finish"))
    walk.hear(loaded())


def _notebook(walk: Walk) -> Iterator[str]:
    walk.touch(Pressed("notebook"))
    walk.hear(NotebookShown((), asks_birthday=True))
    walk.touch(Pressed("birthday"))
    yield "notebook, birthday"
    code = matrix("JAHISTC08,2\r\n1,山田 花子,2,19480402\r\n".encode("cp932") * 30)
    walk.hear(
        NotebookShown(
            (code, code, code), ("「必要時」は、お薬手帳の形式では書けないため、書き出していません。",)
        )
    )
    walk.touch(Pressed("next"))
    yield "notebook, second code"
    walk.touch(Pressed("back"))


def settings(walk: Walk) -> Iterator[str]:
    """Reminders switched on."""
    walk.hear(SettingsChanged(replace(walk.settings, reminders=True)))
    yield "settings, reminders"
    walk.hear(SettingsChanged(walk.settings))
