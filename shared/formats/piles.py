"""Readings piled up whole columns at a time, by stream and source, and what was not understood, by its kind.

For files in which millions of readings stand in tables; `gathered.Columns` takes them one by one.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import gt

from shared.formats import Trouble
from shared.formats.gathered import LAST_MS, MOST_COLUMNS
from shared.problems import Invalid, Problem, Unreadable
from shared.stream_limits import EARLIEST_MS
from shared.streams import MOST, Readings

# Readings of one piece, and kept back in all: 24 bytes each.
BATCH = 200_000
KEPT_BACK = 600_000
# Kinds of oddities told one by one; a file with more of them is no device's.
MOST_KINDS = 200


@dataclass(slots=True)
class _Pile:
    where: str
    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))


class Piles:
    """Columns of readings until they are handed over. What is no reading is an `Invalid`, and nothing is added."""

    def __init__(self) -> None:
        self._piles: dict[tuple[str, str], _Pile] = {}
        self._kept = 0

    def add(self, of: tuple[str, str], where: str, start: int, end: int, value: float) -> None:
        """One reading of (stream, source)."""
        self.extend(of, where, array("q", (start,)), array("q", (end,)), array("d", (value,)))

    def extend(
        self, of: tuple[str, str], where: str, start: array[int], end: array[int], value: array[float]
    ) -> None:
        """Many readings of (stream, source), ms UTC and the unit of the stream; none of them where one cannot be."""
        if not start:
            return
        if start is not end and any(map(gt, start, end)):
            raise Invalid("ends_before_start")
        if min(start) < EARLIEST_MS or max(end) > LAST_MS:
            raise Invalid("time_impossible", when=str(min(start) if min(start) < EARLIEST_MS else max(end)))
        # NaN is neither above nor below: the sum shows it.
        if not (min(value) >= -MOST and max(value) <= MOST and abs(sum(value)) < math.inf):
            raise Invalid("not_a_number")
        pile = self._piles.get(of)
        if pile is None:
            if len(self._piles) >= MOST_COLUMNS:
                raise Unreadable("sources_many", most=MOST_COLUMNS)
            pile = self._piles[of] = _Pile(where)
        pile.start.extend(start)
        pile.end.extend(end)
        pile.value.extend(value)
        self._kept += len(start)

    def full(self) -> Iterator[Readings]:
        """The piles that are high enough to be handed over."""
        if self._kept >= KEPT_BACK:
            yield from self.rest()
            return
        for of, pile in list(self._piles.items()):
            if len(pile.start) >= BATCH:
                yield from self._handed_over(of)

    def rest(self) -> Iterator[Readings]:
        """All that is left."""
        for of in list(self._piles):
            yield from self._handed_over(of)

    def _handed_over(self, of: tuple[str, str]) -> Iterator[Readings]:
        pile = self._piles.pop(of)
        self._kept -= len(pile.start)
        for at in range(0, len(pile.start), BATCH):
            upto = at + BATCH
            start, end, value = pile.start[at:upto], pile.end[at:upto], pile.value[at:upto]
            yield Readings(*of, start, end, value, where=pile.where)


@dataclass(slots=True)
class _Oddity:
    problem: Problem
    where: str
    excerpt: str
    count: int = 0


class Oddities:
    """What was not understood, told once for each kind with its count and its first place."""

    def __init__(self) -> None:
        self._odd: dict[tuple[str, str], _Oddity] = {}

    def add(self, name: str, problem: Problem, where: str, excerpt: str = "") -> None:
        """One more of ``name`` (a table, a file) with that problem."""
        self.count(name, problem, where, 1, excerpt)

    def count(self, name: str, problem: Problem, where: str, count: int, excerpt: str = "") -> None:
        """``count`` more; nothing for none."""
        if not count:
            return
        key = (name[:120], problem.code)
        if key not in self._odd and len(self._odd) >= MOST_KINDS:
            key = ("…", problem.code)
        if key not in self._odd:
            # What it was raised from keeps the rows alive, or a whole file.
            problem.__traceback__ = problem.__cause__ = problem.__context__ = None
            self._odd[key] = _Oddity(problem, where, excerpt[:200])
        self._odd[key].count += count

    def troubles(self) -> Iterator[Trouble]:
        """All of them, each once."""
        for (name, _), odd in self._odd.items():
            problem = odd.problem
            if problem.code in _COUNTED:
                words = {**problem.words, "type": name, "count": odd.count}
                problem = Invalid(problem.code, field=None, **words)
            else:
                why = problem.message().rstrip("。.")
                problem = Invalid("records_odd", type=name, count=odd.count, why=why)
            yield Trouble(odd.where, problem, odd.excerpt)
        self._odd.clear()


# Problems whose message itself says of what and how many.
_COUNTED = frozenset(
    (
        "type_not_yet",
        "readings_unsure",
        "readings_placeholder",
        "readings_told_twice",
        "readings_in_total",
        "reading_unverified",
        "energy_of_all",
        "minutes_by_effort",
        "skin_deviation",
    )
)


def unverified(what: str) -> Invalid:
    """A way of reading that was never held against a real file; ``what`` says it in words."""
    return Invalid("reading_unverified", what=what, type="", count=0)


def texts(cells: Iterable[object]) -> str:
    """Cells of a row as one excerpt."""
    return ", ".join(str(each)[:60] for each in cells)
