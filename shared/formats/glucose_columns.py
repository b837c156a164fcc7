"""Readings of glucose sensors, gathered into columns by source: what LibreView's and Dexcom's tables share.

A sensor that says Low or High gave a bound: below 40 or above 400 mg/dL (2.2 and 22.2 mmol/L), kept with its
comparator (formats/wearables.md section 10; that Libre's own upper bound is 500 on some readers makes "above 400" no
less true). mmol/L x 18.01559.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from shared import units
from shared.formats.measured import MOST_DEVICE
from shared.formats.sheets import number
from shared.languages import tr
from shared.problems import Invalid, Unreadable
from shared.streams import ABOVE, BELOW, EXACT, MOST, Readings

MG, MMOL = "mg/dL", "mmol/L"
_BOUNDS = {MG: (Decimal(40), Decimal(400)), MMOL: (Decimal("2.2"), Decimal("22.2"))}
_WORDS = {"lo": BELOW, "low": BELOW, "hi": ABOVE, "high": ABOVE}
# As many as the engine likes to take at once; and more devices than a person has in a life.
_MOST_AT_ONCE, _MOST_SOURCES, _MOST_VALUES = 200_000, 500, 50_000


@dataclass(slots=True)
class _Column:
    line: int
    start: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    bounds: dict[int, int] = field(default_factory=dict)


class Glucose:
    """The readings of a file so far. ``unit``: MG or MMOL, that of the file's numbers."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._columns: dict[str, _Column] = {}
        self._known: dict[str, tuple[float, int]] = {}
        self._sources = 0

    def add(self, source: str, ms: int, text: str, line: int) -> None:
        """One reading at ``ms`` (UTC) as written; an `Invalid` for what is neither a number nor Low or High."""
        value, bound = self._known.get(text) or self._read(text)
        column = self._columns.get(source) or self._column(source, line)
        if bound:
            column.bounds[len(column.start)] = bound
        column.start.append(ms)
        column.value.append(value)

    def __len__(self) -> int:
        return sum(len(column.start) for column in self._columns.values())

    @property
    def full(self) -> bool:
        """Whether it is time to hand over."""
        return len(self) >= _MOST_AT_ONCE

    def hand_over(self) -> Iterator[Readings]:
        """All columns, in pieces of bounded length; after it none are left."""
        for source, column in self._columns.items():
            comparator = array("b", bytes(len(column.start)) if column.bounds else b"")
            for at, bound in column.bounds.items():
                comparator[at] = bound
            for at in range(0, len(column.start), _MOST_AT_ONCE):
                cut = slice(at, at + _MOST_AT_ONCE)
                start = column.start[cut]
                where = tr("{number} 行目", number=column.line)
                yield Readings(
                    "blood_glucose",
                    source,
                    start,
                    array("q", start),
                    column.value[cut],
                    comparator[cut],
                    where,
                )
        self._columns.clear()

    def _column(self, source: str, line: int) -> _Column:
        self._sources += 1
        if len(self._columns) >= _MOST_SOURCES:
            raise Unreadable("table_broken", where=tr("{number} 行目", number=line))
        found = self._columns[source] = _Column(line)
        return found

    def _read(self, text: str) -> tuple[float, int]:
        word = text.strip().casefold()
        bound = _WORDS.get(word, EXACT)
        value = _BOUNDS[self._unit][bound == ABOVE] if bound else number(word, comma=True)
        exact = units.convert(value, self._unit, MG)
        if exact is None or not 0 < exact < MOST:
            raise Invalid("not_a_number")
        if len(self._known) > _MOST_VALUES:
            self._known.clear()
        found = self._known[text] = (float(exact), bound)
        return found


def named_source(*parts: str) -> str:
    """The name of a source from cells: gaps single, as long as names of devices may be."""
    return " ".join(" ".join(parts).split())[:MOST_DEVICE]


def unit_in(*names: str) -> str:
    """The unit that a column's name carries, in whatever language; an `Unreadable` for none."""
    for name in names:
        plain = name.casefold().replace(" ", "")
        if "mg/dl" in plain:
            return MG
        if "mmol/l" in plain:
            return MMOL
    raise Unreadable("unit_unknown", unit=(names[0] if names else "")[:40])
