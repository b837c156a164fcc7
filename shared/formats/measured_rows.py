"""Rows of a table as vitals, many at once: a column of cells is looked up, then a column of vitals is made.

What `measured.Measured` does for one value is done here for a stretch of rows: a cell that was read before costs one
look into a dict, and what a row says once (its place, its moment) is written once for all of its values. What is wrong
with a cell stands where its vital would and costs no other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, compress, cycle
from typing import Generic, TypeVar, cast

from shared.formats import Found, Piece, Trouble
from shared.formats.measured import (
    MOST_KEPT,
    Beside,
    Clocks,
    Measured,
    Moment,
    OpenFound,
    OpenPressure,
    OpenVital,
)
from shared.problems import Invalid, Problem
from shared.vitals import BloodPressure, Vital

_Value = TypeVar("_Value")
# As rows are asked for: what lives no longer than its row costs the collector of garbage nothing.
Column = Iterable[Found | Trouble | None]


@dataclass(slots=True)
class Cells(Generic[_Value]):
    """What the cells of a column say, None for nothing; ``wrong``: by the place in it, what is wrong with a cell."""

    values: list[_Value | None]
    wrong: dict[int, Problem] = field(default_factory=dict)


# Kind, values, and each as it is written.
Reading = tuple[str, Cells[Decimal] | Cells[BloodPressure], Sequence[str]]
# Which rows of a stretch have a vital, and these.
_There = tuple[list[bool], Iterator[Found | None]]


def looked_up(
    known: dict[str, _Value | None], cells: Sequence[str], read: Callable[[str], _Value | None]
) -> Cells[_Value]:
    """Every cell as ``read`` reads it (None: nothing there; a `Problem` raised: wrong), each text but once."""
    try:
        return Cells(list(map(known.__getitem__, cells)))
    except KeyError:
        pass
    if len(known) > MOST_KEPT:
        known.clear()
    odd: dict[str, Problem] = {}
    for cell in set(cells) - known.keys():
        try:
            known[cell] = read(cell)
        except Problem as problem:
            odd[cell] = problem
    wrong = {at: odd[cell] for at, cell in enumerate(cells) if cell in odd} if odd else {}
    return Cells(list(map(known.get, cells)), wrong)


def moments(clocks: Clocks, zone: str, days: Sequence[str], hours: Sequence[str]) -> Cells[Moment]:
    """When the clock of ``zone`` showed each day and hour."""
    found: Cells[Moment] = Cells([])
    add, moment_of = found.values.append, clocks.moment
    evens, sinces = clocks.evens(zone), clocks.hours
    for day, hour in zip(days, hours, strict=True):
        try:
            first, offset_min, first_ms = evens[day]
            since, ms = sinces[hour]
            add((first + since, offset_min, first_ms + ms))
        except KeyError:
            try:
                add(moment_of(zone, day, hour))
            except Problem as problem:
                found.wrong[len(found.values)] = problem
                add(None)
    return found


def moments_in(
    clocks: Clocks, zones: Sequence[str], days: Sequence[str], hours: Sequence[str]
) -> Cells[Moment]:
    """The same where each row names its own zone: nearly always all the same."""
    if len(set(zones)) == 1:
        return moments(clocks, zones[0], days, hours)
    found: Cells[Moment] = Cells([])
    for zone, day, hour in zip(zones, days, hours, strict=True):
        one = moments(clocks, zone, (day,), (hour,))
        found.wrong.update((len(found.values), problem) for problem in one.wrong.values())
        found.values.extend(one.values)
    return found


class Pressures:
    """The blood pressures in three columns. A cell of ``empty`` (upper, lower, pulse) says nothing."""

    def __init__(
        self, measured: Measured, empty: tuple[Collection[str], Collection[str], Collection[str]]
    ) -> None:
        self._measured = measured
        self._empty = empty
        self._known: tuple[dict[str, Decimal | None], ...] = ({}, {}, {})

    def numbers(self, measure: int, cells: Sequence[str]) -> Cells[Decimal]:
        """The upper, lower or pulse numbers (0, 1, 2)."""

        def read(cell: str) -> Decimal | None:
            return None if cell in self._empty[measure] else self._measured.pressure_number(measure, cell)

        return looked_up(self._known[measure], cells, read)

    def read(
        self, highs: Cells[Decimal], lows: Cells[Decimal], beats: Cells[Decimal]
    ) -> Cells[BloodPressure]:
        """One a row; None where neither the upper nor the lower number is there. One alone is a `Problem`."""
        found: Cells[BloodPressure] = Cells([], highs.wrong | lows.wrong | beats.wrong)
        add = found.values.append
        for high, low, beat in zip(highs.values, lows.values, beats.values, strict=True):
            if high is not None and low is not None and high > low:
                pressure = OpenPressure()
                pressure.systolic = high
                pressure.diastolic = low
                pressure.pulse = beat
                pressure.__class__ = BloodPressure
                add(pressure)
                continue
            add(None)
            at = len(found.values) - 1
            if at in found.wrong or high is low is None:
                continue
            if high is None or low is None:
                found.wrong[at] = Invalid("pressure_alone")
            else:
                found.wrong[at] = Invalid(
                    "systolic_not_above_diastolic", field="systolic", systolic=high, diastolic=low
                )
        for at in found.wrong:
            found.values[at] = None
        return found


class Stretch:
    """Rows of a table: where they stood (line numbers, rows), when they were taken, what stood beside their values.

    ``beside`` is another stretch of the same rows: their places are written but once.
    """

    def __init__(
        self,
        measured: Measured,
        rows: tuple[Sequence[int], Sequence[Sequence[str]]],
        taken: Cells[Moment],
        besides: Sequence[Beside],
        beside: Stretch | None = None,
    ) -> None:
        self._measured = measured
        self._lines, self._rows = rows
        self._taken = taken
        self._besides = besides
        before, after = measured.place
        self._places: list[str] = (
            beside._places if beside else [f"{before}{line}{after}" for line in self._lines]
        )
        self._marks = ["" if each is None else f"|{each[2]}|" for each in taken.values]

    def is_whole(self) -> bool:
        """Whether no row's moment is wrong."""
        return not self._taken.wrong

    def troubles(self) -> Column:
        """The rows whose moment is wrong."""
        return self._column(self._taken.wrong)

    def told(self, problems: Mapping[int, Problem]) -> Column:
        """Problems of rows (by their place in the stretch), but for those without a moment: they are told already."""
        return self._column({at: each for at, each in problems.items() if self._taken.values[at] is not None})

    def _column(self, problems: Mapping[int, Problem]) -> Column:
        column: list[Trouble | None] = [None] * len(self._rows)
        for at, problem in problems.items():
            column[at] = self._measured.trouble(self._lines[at], problem, self._rows[at])
        return column

    def vitals(
        self, kind: str, cells: Cells[Decimal] | Cells[BloodPressure], written: Sequence[str], name: str = ""
    ) -> Column:
        """A column of vitals of ``kind``, ``written`` as it goes into their source ids; rows without a moment: None.

        Trouble is shown with its whole row, or where the column has a ``name``, with that and the cell.
        """
        found = self._made(kind, cells.values, written)
        return self._told(found, cells.wrong, written, name) if cells.wrong else found

    def there(
        self, kind: str, cells: Cells[Decimal] | Cells[BloodPressure], written: Sequence[str]
    ) -> _There:
        """The vitals of a column, without its empty cells, and which rows have one."""
        rows = [
            reading is not None and moment is not None
            for reading, moment in zip(cells.values, self._taken.values, strict=True)
        ]
        return rows, self._made(kind, cells.values, written, None if all(rows) else rows)

    def _made(
        self,
        kind: str,
        readings: Sequence[Decimal | None] | Sequence[BloodPressure | None],
        written: Sequence[str],
        only: list[bool] | None = None,
    ) -> Iterator[Found | None]:
        origin = self._measured.origin
        head = f"{origin}|{kind}"
        columns = (readings, written, self._taken.values, self._besides, self._marks, self._places)
        rows = zip(
            *(columns if only is None else [compress(each, only) for each in columns]),
            self._measured.ids,
            strict=False,  # the ids have no end
        )
        for reading, words, moment, beside, mark, place, made in rows:
            if reading is None or moment is None:
                yield None
                continue
            vital = OpenVital()
            vital.id = made
            vital.kind = kind
            vital.taken_at, vital.offset_min, _ = moment
            vital.reading = reading
            vital.note = beside.note
            vital.session = beside.session
            vital.meal = None
            vital.device = device = beside.device
            vital.origin = origin
            vital.status = beside.status
            vital.__class__ = Vital
            found = OpenFound()
            found.word = vital
            found.source_id = f"{head}{mark}{words}|{device}"
            found.where = place
            found.__class__ = Found
            yield found

    def _told(
        self, found: Iterator[Found | None], wrong: Mapping[int, Problem], written: Sequence[str], name: str
    ) -> Iterator[Found | Trouble | None]:
        """The column with what is wrong in its place, but for rows that were told already."""
        for at, each in enumerate(found):
            problem = wrong.get(at)
            if problem is None or self._taken.values[at] is None:
                yield each
            else:
                row: Sequence[str] = (name, written[at]) if name else self._rows[at]
                yield self._measured.trouble(self._lines[at], problem, row)


def by_row(*columns: Column) -> Iterator[Piece]:
    """What stands in equally long columns, row by row."""
    return filter(None, chain.from_iterable(zip(*columns, strict=True)))


def quickly(*stretches: tuple[Stretch, Sequence[Reading]]) -> Iterator[Piece] | None:
    """What `by_row` gives of these stretches of the same rows, where nothing is wrong with them at all; else None.

    Of a table where most rows leave most columns empty, the empty cells cost next to nothing.
    """
    if any(not stretch.is_whole() or any(each[1].wrong for each in told) for stretch, told in stretches):
        return None
    columns = [stretch.there(*each) for stretch, told in stretches for each in told]
    columns = [each for each in columns if any(each[0])]
    found = [made for _, made in columns]
    if all(all(rows) for rows, _ in columns):
        return cast("Iterator[Piece]", chain.from_iterable(zip(*found, strict=True)))
    following = compress(cycle(found), chain.from_iterable(zip(*(rows for rows, _ in columns), strict=True)))
    return cast("Iterator[Piece]", map(next, following))
