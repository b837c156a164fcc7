"""Data points (Open mHealth, IEEE 1752.1) of a gateway or watch: each is kept, known already, or refused by name."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.imports.shelves import Shelf, shelf_of
from backend.wearables import known, merging, posts
from shared.columns_schema import readings_from
from shared.consent import Right, Scope
from shared.formats import Found
from shared.formats.data_points import Point, Reading, point_of, read_point
from shared.formats.moments import Walls
from shared.problems import AskFirst, Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital, problems

KEPT, SAME, REFUSED = "kept", "same", "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one data point; ``problem`` says why it was refused."""

    state: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What one post says: read, but not yet looked at against the record. One entry a point, in their order."""

    points: tuple[Found | Reading | Problem, ...]

    def parts(self) -> tuple[Part, ...]:
        """What of a record they touch."""
        scopes = {
            Scope.VITALS if isinstance(each, Found) and isinstance(each.word, Vital) else Scope.WEARABLES
            for each in self.points
            if not isinstance(each, Problem)
        }
        return tuple((scope, right) for scope in sorted(scopes or {Scope.WEARABLES}) for right in Right)


@dataclass(slots=True)
class _Column:
    places: list[int] = field(default_factory=list)
    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))


# Of a file the original is kept, whatever is not understood of it; of a post nothing is: other sentences are true.
_OF_A_POST = {
    "type_not_yet": "point_type_not_yet",
    "unit_unknown": "point_unit_unknown",
    "moment_missing": "point_moment_missing",
    "statistic_not_kept": "point_statistic",
    "sleep_sum": "point_sleep_sum",
    "file_part_broken": "point_broken",
}


def read(trees: Iterable[object], zone: str, *, confirmed: bool) -> Sent:
    """The points of parsed JSON; what is improbable must be ``confirmed``, as when a person types it.

    All are of the person whom the first names: as in a file, those of a second are refused.
    """
    walls, person = Walls(zone), ""
    points: list[Found | Reading | Problem] = []
    for number, tree in enumerate(trees, 1):
        try:
            point = point_of(tree)
            person = person or point.person
            if point.person not in ("", person):
                raise Unreadable("point_other_person")
            points.append(_read(point, walls, number, confirmed))
        except Problem as problem:
            points.append(_told(problem))
    return Sent(tuple(points))


def _read(point: Point, walls: Walls, number: int, confirmed: bool) -> Found | Reading:
    made = read_point(point, walls, str(number))
    if isinstance(made, Reading):
        _check(made)
    elif isinstance(made.word, Vital) and not confirmed:
        for problem in problems(made.word):
            if isinstance(problem, AskFirst):
                raise problem
    return made


def _told(problem: Problem) -> Problem:
    """The problem as it is true of a post."""
    code = _OF_A_POST.get(problem.code)
    return problem if code is None else type(problem)(code, field=problem.field, **problem.words)


def _check(reading: Reading) -> None:
    """The same limits as for readings that are posted as columns."""
    columns = {"start": [reading.start], "end": [reading.end], "value": [reading.value]}
    readings_from({"stream": reading.stream, "source": reading.source, **columns})


def keep(record: OpenRecord, delivery: UUID, sent: Sent) -> list[Result]:
    """Keep every point that can be kept; one result a point. The same delivery again changes nothing.

    One that was undone stays undone: of its points nothing is kept, however often they are sent.
    """
    for part in sent.parts():
        record.must(*part)
    results = [Result(REFUSED, each) if isinstance(each, Problem) else Result(SAME) for each in sent.points]
    sound = not all(isinstance(each, Problem) for each in sent.points)
    if not sound or not posts.begin(record, delivery, sent.parts()[0][0]):
        return results
    for at in _words(record, delivery, sent) + _readings(record, delivery, sent):
        results[at] = Result(KEPT)
    return results


def _words(record: OpenRecord, delivery: UUID, sent: Sent) -> list[int]:
    """Keep measurements and workouts; the places of those that were new."""
    by_shelf: dict[str, tuple[Shelf, dict[str, tuple[int, Found]]]] = {}
    for at, each in enumerate(sent.points):
        shelf = shelf_of(each) if isinstance(each, Found) else None
        if isinstance(each, Found) and shelf is not None:
            # Of the same thing twice in one post the first is kept, and the second is the same.
            by_shelf.setdefault(shelf.what, (shelf, {}))[1].setdefault(each.source_id, (at, each))
    new = []
    for shelf, found in by_shelf.values():
        items = [(each.word, source_id) for source_id, (_, each) in found.items()]
        for (at, _), item in zip(found.values(), items, strict=True):
            compared = shelf.compare(record, [item])
            if compared.new or compared.changed:
                new.append(at)
        shelf.keep(record, items, delivery)
    return new


def _readings(record: OpenRecord, delivery: UUID, sent: Sent) -> list[int]:
    """Keep readings of streams; the places of those that were new."""
    columns: dict[tuple[str, str], _Column] = {}
    for at, each in enumerate(sent.points):
        if isinstance(each, Reading):
            column = columns.setdefault((each.stream, each.source), _Column())
            column.places.append(at)
            column.start.append(each.start)
            column.end.append(each.end)
            column.value.append(each.value)
    readings = [Readings(*of, column.start, column.end, column.value) for of, column in columns.items()]
    new = [
        at
        for column, some in zip(columns.values(), readings, strict=True)
        for at, is_new in zip(column.places, known.news(record, some), strict=True)
        if is_new
    ]
    if readings:
        merging.deliver(record, delivery, readings)
    return new


def counted(results: Sequence[Result]) -> dict[str, int]:
    """How many of each state."""
    return {state: sum(each.state == state for each in results) for state in (KEPT, SAME, REFUSED)}
