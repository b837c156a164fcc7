"""Courses: one medicine over all its refills, from the slips; where it has gaps, and where two pharmacies overlap.

What is one and the same (one dispensing read from two files, a prescription and its dispensing) counts once, by the
rule of the checks (`shared.drug_slips`). Days left over from an early refill are not carried forward: a date that is
too early sends nobody home without medicine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from shared.drug_knowledge import Knowledge
from shared.drug_periods import course_key, route_of
from shared.drug_slips import Line, is_same_place, once, place_code
from shared.medicines import Dispensing, Medicine, Place, Route, Stage, Writer, writer
from shared.periods import Period, period
from shared.schedule import Plan, Schedule, plan, schedule_of

_DAY = timedelta(days=1)
# Of one course so many of the newest slips are held against each other: years of weekly ones.
_MOST_PIECES = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """One medicine of one slip as a part of its course, with its days and who handed it out."""

    dispensing: Dispensing
    medicine: Medicine
    schedule: Schedule
    period: Period

    @property
    def pharmacy(self) -> str:
        """The pharmacy's name, '' where none is named."""
        return self.dispensing.pharmacy.name if self.dispensing.pharmacy else ""

    @property
    def clinic(self) -> str:
        """The name of who prescribed it, '' where none is named."""
        place = self.medicine.clinic or self.dispensing.clinic
        return place.name if place else ""

    @property
    def writer(self) -> Writer:
        """Who wrote it."""
        return writer(self.dispensing)

    @property
    def prescribed(self) -> bool:
        """Whether only a prescription says so."""
        return self.dispensing.stage is Stage.PRESCRIBED


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days, both included; ``last`` None: no end."""

    first: date
    last: date | None

    @property
    def days(self) -> int | None:
        """How many."""
        return None if self.last is None else (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Overlap:
    """Days for which two places handed out the same medicine."""

    days: Stretch
    one: UUID
    other: UUID
    places: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Course:
    """One medicine over its refills. ``pieces`` oldest first; ``name`` as the newest slip says.

    ``last`` is the last day of the newest days, None where no end is known; ``runs_out`` the first day on which it is
    due and none is left. ``gaps`` are days between pieces on which none was at hand.
    """

    key: str
    name: str
    names: tuple[str, ...]
    ingredients: frozenset[str]
    route: Route | None
    pieces: tuple[Piece, ...]
    first: date
    last: date | None
    runs_out: date | None
    gaps: tuple[Stretch, ...] = ()
    overlaps: tuple[Overlap, ...] = ()

    @property
    def newest(self) -> Piece:
        """What was handed out or said last."""
        return self.pieces[-1]

    def current(self, on: date) -> bool:
        """Whether it is taken on that day, or will be."""
        return any(_counts(piece, on) and _until(piece.period) >= on for piece in reversed(self.pieces))

    def remaining(self, on: date) -> int | None:
        """For how many days more it lasts, ``on`` included; 0 when over, None where nobody wrote an end."""
        if self.runs_out is None or self.newest.period.reckoned:
            return None
        return max((self.runs_out - max(on, self.first)).days, 0)

    def spans(self) -> tuple[Stretch, ...]:
        """The days at hand, pieces that touch joined: the bars of a timeline."""
        return _joined([piece for piece in self.pieces if not piece.prescribed] or list(self.pieces))


def lines_of(dispensings: Iterable[Dispensing], knowledge: Knowledge) -> list[Line]:
    """Each medicine of the slips once, with what is known of it; medical materials are no medicines."""
    return once(_every_line(dispensings, knowledge))


def _every_line(dispensings: Iterable[Dispensing], knowledge: Knowledge) -> list[Line]:
    return [
        Line(dispensing, medicine, known, course_key(medicine, known))
        for dispensing in dispensings
        for medicine in dispensing.medicines
        for known in [knowledge.of(medicine)]
        if route_of(medicine, known) is not Route.MATERIAL
    ]


def plan_of(dispensings: Iterable[Dispensing], knowledge: Knowledge) -> Plan:
    """What is due by these slips: each medicine once, a course and its refills as one.

    A slip that only says again what a more trusted one says is not due, but what was ticked on it counts: a dose that
    was taken before the pharmacy's own file arrived is not offered a second time.
    """
    lines = _every_line(dispensings, knowledge)
    counted = {line.medicine.id for line in once(lines)}
    keys = {line.medicine.id: line.course for line in lines}
    slips = {line.dispensing.id: line.dispensing for line in lines}.values()
    shown = [
        replace(slip, medicines=tuple(each for each in slip.medicines if each.id in keys)) for slip in slips
    ]
    return plan(shown, lambda medicine: keys[medicine.id], frozenset(keys.keys() - counted))


def courses(dispensings: Iterable[Dispensing], knowledge: Knowledge, on: date) -> list[Course]:
    """Every course: those of the day ``on`` first, by the day they run out; then past ones, the latest first."""
    by_key: dict[str, list[Line]] = defaultdict(list)
    for line in lines_of(dispensings, knowledge):
        by_key[line.course].append(line)
    found = [_course(key, lines) for key, lines in by_key.items()]
    current: list[Course] = []
    past: list[Course] = []
    for course in found:
        (current if course.current(on) else past).append(course)
    current.sort(key=lambda course: (course.runs_out or date.max, course.name))
    past.sort(key=lambda course: (-(course.last or date.max).toordinal(), course.name))
    return current + past


def _course(key: str, lines: Sequence[Line]) -> Course:
    pieces = sorted(map(_piece, lines), key=lambda each: (each.period.first, each.medicine.id.int))
    newest = pieces[-1]
    handed = [piece for piece in pieces if not piece.prescribed] or pieces
    known = next(line.known for line in lines if line.medicine.id == newest.medicine.id)
    return Course(
        key=key,
        name=newest.medicine.name,
        names=tuple(dict.fromkeys(piece.medicine.name for piece in reversed(pieces))),
        ingredients=known.ingredients,
        route=route_of(newest.medicine, known),
        pieces=tuple(pieces),
        first=pieces[0].period.first,
        last=_latest(piece.period.last for piece in handed),
        runs_out=_latest(piece.period.runs_out for piece in handed),
        gaps=_gaps(_joined(handed)),
        overlaps=tuple(_overlaps(handed)),
    )


def _piece(line: Line) -> Piece:
    schedule = schedule_of(line.medicine.usage, line.medicine.name)
    days = period(line.dispensing, line.medicine, schedule)
    return Piece(line.dispensing, line.medicine, schedule, days)


def _latest(days: Iterable[date | None]) -> date | None:
    found = list(days)
    return None if None in found else max(day for day in found if day is not None)


def _until(days: Period) -> date:
    return days.last or date.max


def _counts(piece: Piece, on: date) -> bool:
    until = piece.dispensing.valid_until
    return not piece.prescribed or until is None or on <= until


def _joined(pieces: Sequence[Piece]) -> tuple[Stretch, ...]:
    """The days at hand: to the day before it runs out, so that every other day has no holes."""
    found: list[Stretch] = []
    for piece in sorted(pieces, key=lambda each: each.period.first):
        first, last = piece.period.first, _held(piece)
        if found and (found[-1].last is None or first <= found[-1].last + _DAY):
            before = found[-1]
            last = None if before.last is None or last is None else max(before.last, last)
            found[-1] = Stretch(before.first, last)
        else:
            found.append(Stretch(first, last))
    return tuple(found)


def _held(piece: Piece) -> date | None:
    runs_out = piece.period.runs_out
    return None if runs_out is None else max(runs_out - _DAY, piece.period.first)


def _gaps(spans: Sequence[Stretch]) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(one.last + _DAY, other.first - _DAY) for one, other in pairwise(spans) if one.last is not None
    )


def _overlaps(pieces: Sequence[Piece]) -> Iterable[Overlap]:
    """Pairs of pieces from two places that share days; days that nobody wrote are not held against anybody."""
    counted = [
        piece for piece in pieces if not piece.period.reckoned and piece.dispensing.pharmacy is not None
    ]
    counted = counted[-_MOST_PIECES:]
    for at, one in enumerate(counted):
        for other in counted[at + 1 :]:
            if other.period.first > _until(one.period):
                break
            if _same_place(one.dispensing.pharmacy, other.dispensing.pharmacy):
                continue
            ends = [day for day in (one.period.last, other.period.last) if day is not None]
            days = Stretch(other.period.first, min(ends, default=None))
            yield Overlap(days, one.medicine.id, other.medicine.id, (one.pharmacy, other.pharmacy))


def _same_place(one: Place | None, two: Place | None) -> bool:
    if one is None or two is None:
        return one is two
    return is_same_place((place_code(one), one.name), (place_code(two), two.name))
