"""Adherence, as two plain figures with what they were counted from; no verdict, no threshold.

* Days covered (PDC, proportion of days covered; Pharmacy Quality Alliance): of the days from the first dispensing in
  the window, or the window's beginning, to its end, those on which medicine was at hand; for what was handed out on
  at least two days. An early refill begins when the one before is used up. It says what was handed out, not what was
  swallowed, and counts the days after a treatment that was meant to end as not covered.
* Doses taken of doses due: of the times that were due by the schedule, those she ticked as taken. What she did not
  tick is not known to be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from shared.courses import Course, Piece
from shared.doses import Dose, DoseState
from shared.schedule import Due, plan, tick_of

# A window longer than this is a mistake of the caller.
MOST_DAYS = 3660
LEAST_SLIPS = 2
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Adherence:
    """One course between two days. ``days`` 0: nothing can be said of days; ``due`` 0: nothing of doses."""

    course: str
    name: str
    covered: int
    days: int
    taken: int
    skipped: int
    due: int

    @property
    def percent_covered(self) -> int | None:
        """Whole percent of the days, None where there are none."""
        return None if not self.days else round(100 * self.covered / self.days)

    @property
    def percent_taken(self) -> int | None:
        """Whole percent of the doses due."""
        return None if not self.due else round(100 * self.taken / self.due)


def adherence(courses: Iterable[Course], doses: Iterable[Dose], first: date, last: date) -> list[Adherence]:
    """Both figures of every course that has anything between ``first`` and ``last``, both days included.

    What is taken as needed, or reckoned with days that nobody wrote, has no days and no doses due.
    """
    if not 0 <= (last - first).days < MOST_DAYS:
        raise ValueError("not a window of days")
    ticked = {(dose.medicine_id, dose.on, dose.slot): dose for dose in doses}
    found = [_of(course, ticked, first, last) for course in courses]
    return [each for each in found if each.days or each.due]


DoseKey = tuple[UUID, date, str]
Ticked = dict[DoseKey, Dose]


def _of(course: Course, ticked: Ticked, first: date, last: date) -> Adherence:
    covered, days = _covered(_counted(course), first, last)
    doses = [tick_of(each, ticked) for each in _due(course, first, last)]
    states = [dose.state for dose in doses if dose is not None]
    taken, skipped = states.count(DoseState.TAKEN), states.count(DoseState.SKIPPED)
    return Adherence(course.key, course.name, covered, days, taken, skipped, len(doses))


def _counted(course: Course) -> list[Piece]:
    return [
        piece
        for piece in course.pieces
        if not piece.prescribed and not piece.period.reckoned and piece.period.runs_out is not None
    ]


def _covered(pieces: Sequence[Piece], first: date, last: date) -> tuple[int, int]:
    """Days covered, and the days they are counted of. Days are numbers here: ten years of refills are many."""
    handed = [
        (piece.dispensing.dispensed_on, piece.period.first.toordinal(), piece.period.runs_out.toordinal())
        for piece in pieces
        if piece.period.runs_out is not None and piece.period.first <= last
    ]
    if len({slip for slip, _, _ in handed}) < LEAST_SLIPS:
        return 0, 0
    if max(runs_out for _, _, runs_out in handed) <= first.toordinal():
        return 0, 0
    start, end = max(first.toordinal(), min(begins for _, begins, _ in handed)), last.toordinal() + 1
    covered: set[int] = set()
    used_up, before = 0, None
    for slip, first_day, runs_out in handed:
        begins = first_day if before in (None, slip) else max(first_day, used_up)
        before, ends = slip, begins + runs_out - first_day
        covered.update(range(max(begins, start), min(ends, end)))
        used_up = max(used_up, ends)
    return len(covered), end - start


def _touches(piece: Piece, first: date, last: date) -> bool:
    """Whether any of its days is in the window, or in the week before: what is weekly is ticked at its Monday."""
    until = piece.period.last
    return piece.period.first <= last and (until is None or (first - until).days < _WEEK)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=day) for day in range((last - first).days + 1))


def _due(course: Course, first: date, last: date) -> list[Due]:
    """Each dose once, also where a refill came within its day or week."""
    pieces = [piece for piece in course.pieces if _touches(piece, first, last)]
    ids = {piece.medicine.id for piece in pieces}
    slips = {piece.dispensing.id: piece.dispensing for piece in pieces}.values()
    own = [
        replace(slip, medicines=tuple(each for each in slip.medicines if each.id in ids)) for slip in slips
    ]
    planned = plan(own, lambda _: course.key)
    found: dict[DoseKey, Due] = {}
    for day in _days(first, last):
        for each in planned.due(day):
            if not each.open:
                found[min(each.ids), each.on, each.slot] = each
    return list(found.values())
