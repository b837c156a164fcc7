"""Medicines, as values: what she takes now in one list, warnings on top; what was before; each visit to a pharmacy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from mobile import medicine_wording as words
from mobile import wording
from mobile.asks import CheckMedicines, LoadMedicines
from mobile.events import (
    MedicineSaved,
    MedicinesChecked,
    MedicinesLoaded,
    MedicineWithdrawn,
    SignedOut,
    Synced,
)
from mobile.screens.touches import Asks, Go, Happening, Pressed, Shown
from shared.courses import Course
from shared.drug_check_words import coverage_words, headline, undecided_words, unmatched_words
from shared.drug_checks import Hit, HitKind
from shared.languages import tr
from shared.medicines import Dispensing

PAGE = 10
LIST, PAST, SLIPS = "list", "past", "slips"
_SCREENS = ("add_medicine", "notebook", "medicine_year", "findings")
_LOAD: Asks = (LoadMedicines(), CheckMedicines())


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``part``: the list, past medicines, or slips; ``most`` of those are painted."""

    loaded: bool = False
    part: str = LIST
    dispensings: tuple[Dispensing, ...] = ()
    courses: tuple[Course, ...] = ()
    on: date | None = None
    hidden: frozenset[str] = frozenset()
    checks: MedicinesChecked | None = None
    known_open: bool = False
    most: int = PAGE

    @property
    def current(self) -> tuple[Course, ...]:
        """What she takes now."""
        return tuple(each for each in self.courses if self.on is not None and each.current(self.on))

    @property
    def past(self) -> tuple[Course, ...]:
        """What she took before."""
        return tuple(each for each in self.courses if self.on is None or not each.current(self.on))


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return state, _LOAD
        case MedicinesLoaded():
            return replace(
                state,
                loaded=True,
                dispensings=event.dispensings,
                courses=event.courses,
                on=event.on,
                hidden=event.hidden,
            ), ()
        case MedicinesChecked():
            return replace(state, checks=event), ()
        case MedicineSaved() | MedicineWithdrawn() | Synced(changed=True) if state.loaded:
            return state, _LOAD
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _pressed(state: State, what: str, which: str) -> Step:
    match what:
        case "import":
            return state, (Go("import_file"),)
        case "course":
            return state, (Go("medicine", which),)
        case "warning":
            return state, (Go("warning", which),)
        case "known":
            return replace(state, known_open=not state.known_open), ()
        case "past" | "slips":
            return replace(state, part=what, most=PAGE), ()
        case "back" if state.part != LIST:
            return replace(state, part=LIST, most=PAGE), ()
        case "more":
            return replace(state, most=state.most + PAGE), ()
        case _ if what in _SCREENS:
            return state, (Go(what),)
        case _:
            return state, ()


def title(state: State) -> str:
    """The head of the screen."""
    return {PAST: tr("前に使っていたお薬"), SLIPS: tr("お薬をもらった記録")}.get(state.part) or tr("お薬")


@dataclass(frozen=True, slots=True)
class Warned:
    """One hit in the list: its key, its sentence, and how it is shown (``stop`` or ``notice``)."""

    key: str
    said: str
    tone: str


def warnings(state: State, *, known: bool = False) -> list[Warned]:
    """The hits that nobody marked as known; or those that were."""
    if state.checks is None:
        return []
    marked = {mark.key for mark in state.checks.marks}
    hits = [hit for hit in state.checks.checked.hits if (hit.key in marked) is known]
    return [Warned(hit.key, headline(hit), "notice" if known else tone(hit)) for hit in hits]


def tone(hit: Hit) -> str:
    """A contraindicated pair and an allergy stand out; the others are to be looked at."""
    return "stop" if hit.kind in (HitKind.CONTRAINDICATED, HitKind.ALLERGY) else "notice"


def coverage(state: State) -> str:
    """How far was looked: never complete."""
    return coverage_of(state.checks)


def coverage_of(checks: MedicinesChecked | None) -> str:
    """How many of her medicines could be checked, against what, and what could not be told."""
    if checks is None:
        return ""
    checked = checks.checked
    said = (coverage_words(checked), unmatched_words(checked, checks.findings), undecided_words(checked))
    return "\n".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Row:
    """One course in the list: its key, who wrote it (an icon), its name, how it is taken, how long it lasts."""

    key: str
    icon: str
    name: str
    about: str
    more: str


def rows(courses: tuple[Course, ...], on: date, hidden: frozenset[str]) -> list[Row]:
    """The lines of a list of courses."""
    return [_row(course, on, hidden) for course in courses]


def _row(course: Course, on: date, hidden: frozenset[str]) -> Row:
    newest = course.newest
    lasts = words.remaining_words(course, on)
    concealed = tr("先生にはかくしています") if course.key in hidden else ""
    more = "\n".join(filter(None, (lasts, words.from_words(newest), concealed)))
    return Row(course.key, words.writer_icon(newest.writer), course.name, words.taking_words(newest), more)


def past_about(course: Course) -> str:
    """When it was taken last, and who wrote it."""
    first = wording.day_words(course.first, year=True)
    last = wording.day_words(course.last, year=True) if course.last else ""
    return "\n".join((tr("{first}〜{last}", first=first, last=last), words.from_words(course.newest)))
