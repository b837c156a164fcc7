"""A year of medicines, as values: for each course its bars in parts of the year, so that a gap is seen as a gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from mobile import wording
from mobile.asks import LoadMedicines
from mobile.events import MedicinesLoaded, SignedOut, Synced
from mobile.medicine_wording import writer_words
from mobile.screens.touches import Asks, Back, Go, Happening, Pressed, Shown
from shared.courses import Course
from shared.languages import tr

MONTHS = 12
_AHEAD = 1  # months after this one, for what lasts into it


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``back``: how many years back the year shown ends."""

    courses: tuple[Course, ...] = ()
    on: date | None = None
    years_back: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """The days shown: ``first`` to ``last``, and the months in it as parts from 0 to 1 with their words."""

    first: date
    last: date
    months: tuple[tuple[float, str], ...]
    today: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """From where to where of the year, 0 to 1. ``tone``: main, open (only prescribed), notice (two places at once)."""

    start: float
    end: float
    tone: str = "main"


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine with its bars, and in words what they show."""

    key: str
    name: str
    bars: tuple[Bar, ...]
    said: str


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown():
            return state, (LoadMedicines(),)
        case MedicinesLoaded(courses=courses, on=on):
            return replace(state, courses=courses, on=on), ()
        case Synced(changed=True) if state.courses:
            return state, (LoadMedicines(),)
        case Pressed(what="earlier") if earlier(state):
            return replace(state, years_back=state.years_back + 1), ()
        case Pressed(what="later"):
            return replace(state, years_back=max(state.years_back - 1, 0)), ()
        case Pressed(what="course", which=key):
            return state, (Go("medicine", key),)
        case Pressed(what="back"):
            return state, (Back(),)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def year_of(state: State) -> Year | None:
    """The twelve months shown, the next one among them; None before the medicines are there."""
    if state.on is None:
        return None
    after = _month(state.on, _AHEAD + 1 - MONTHS * state.years_back)
    first, last = _month(after, -MONTHS), after - timedelta(days=1)
    days = (last - first).days + 1
    months = [_month(first, n) for n in range(MONTHS)]
    marks = tuple(((month - first).days / days, wording.month_words(month)) for month in months)
    today = (state.on - first).days / days if first <= state.on <= last else None
    return Year(first, last, marks, today)


def _month(day: date, by: int) -> date:
    """The first of the month ``by`` months after that of ``day``."""
    number = day.year * 12 + day.month - 1 + by
    return date(max(number // 12, 1), number % 12 + 1, 1)


def earlier(state: State) -> bool:
    """Whether there is anything before the year shown."""
    year = year_of(state)
    return year is not None and any(course.first < year.first for course in state.courses)


def lines(state: State) -> list[Line]:
    """What was taken in the year shown, in the order of the list."""
    year = year_of(state)
    if year is None:
        return []
    found = [_line(course, year) for course in state.courses]
    return [line for line in found if line.bars]


def _line(course: Course, year: Year) -> Line:
    tone = "open" if all(piece.prescribed for piece in course.pieces) else "main"
    bars = [_bar(span.first, span.last, year, tone) for span in course.spans()]
    bars += [_bar(each.days.first, each.days.last, year, "notice") for each in course.overlaps]
    shown = tuple(bar for bar in bars if bar is not None)
    gaps = sum(
        each.last is not None and each.last >= year.first and each.first <= year.last for each in course.gaps
    )
    overlaps = sum(bar.tone == "notice" for bar in shown)
    said = [
        writer_words(course.newest.writer),
        tr("{n} 回とぎれています", n=gaps) if gaps else "",
        tr("2 か所から出ている日があります") if overlaps else "",
    ]
    return Line(course.key, course.name, shown, " ".join(each for each in said if each))


def _bar(first: date, last: date | None, year: Year, tone: str) -> Bar | None:
    days = (year.last - year.first).days + 1
    begins, ends = max(first, year.first), min(last or year.last, year.last)
    if ends < begins:
        return None
    return Bar((begins - year.first).days / days, ((ends - year.first).days + 1) / days, tone)


def year_words(year: Year) -> str:
    """``2026年1月〜2026年12月``."""
    first = tr("{y}年{m}月", y=year.first.year, m=year.first.month)
    return tr("{first}〜{last}", first=first, last=tr("{y}年{m}月", y=year.last.year, m=year.last.month))
