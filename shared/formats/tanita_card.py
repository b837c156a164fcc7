"""The lines on the SD card of a Tanita scale (BC-601 and its like), as vitals."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, groupby, islice, repeat
from typing import BinaryIO

from shared.formats import Piece, Trouble
from shared.formats.measured import MOST_DEVICE, Beside, Clocks, Measured, YearMonthDay
from shared.formats.measured_rows import Stretch, by_row, looked_up, moments
from shared.problems import Invalid, Problem, Unreadable

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_CHUNK = 1 << 14
_MOST_LINE = 8192
_SAMPLES = 5
# Name -> kind, and whether it is a weight (in pounds where the scale is set so).
_VALUES = {
    "Wk": ("weight", True),
    "MI": ("bmi", False),
    "FW": ("body_fat", False),
    "mW": ("muscle_mass", True),
    "bW": ("bone_mass", True),
    "IF": ("visceral_fat", False),
    "rA": ("body_age", False),
    "ww": ("body_water", False),
}
_NEEDED = ("DT", "Ti", "~1")
# The person as the scale was told of her, and how the line is made: no measurements.
_TOLD = {"0", "~0", "~1", "~2", "~3", "MO", "DT", "Ti", "Bt", "GE", "AG", "Hm", "AL", "CS"}
_POUNDS = {"2": "", "3": "lb"}
_MOST_SHAPES = 100
_MOST_ADLER = 65_519 // 255
# How a line ends, for each checksum.
_BYTES = {f"CS,{digits}}}".encode(): byte for byte in range(256) for digits in (f"{byte:02X}", f"{byte:02x}")}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand in a line of some shape; ``values``: place, kind, whether it is a weight."""

    day: int
    hour: int
    unit: int
    model: int | None
    values: tuple[tuple[int, str, bool], ...]


def first_times(file: BinaryIO) -> list[str]:
    """The first times as they stand on the card."""
    found = []
    for line in islice(iter(lambda: file.readline(_MOST_LINE), b""), _SAMPLES):
        pairs = _pairs(line.decode("latin-1"))
        found.append(f"{pairs.get('DT', '')} {pairs.get('Ti', '')}".strip()[:40])
    return found


@dataclass(slots=True)
class _Lines:
    """Lines one behind the other that have the same names: their numbers, texts and values."""

    names: list[str]
    numbers: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)


class Card:
    """Reads a card's file. ``zone`` is where its clock stood."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._clocks = Clocks(_day)
        self._measured = Measured("tanita")
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._besides: dict[str, Beside] = {}
        self._known: dict[tuple[str, str], dict[str, Decimal | None]] = {}
        self._first: dict[str, tuple[int, str]] = {}

    def read(self, file: BinaryIO) -> Iterator[Piece]:
        """Every line; what no kind of ours holds (segments, and ``rD``) is told once with its count."""
        return chain.from_iterable(self._pieces(file))

    def _pieces(self, file: BinaryIO) -> Iterator[Iterable[Piece]]:
        number, carried = 0, b""
        while True:
            block = file.read(_CHUNK)
            lines = (carried + block).split(b"\n")
            carried = lines.pop() if block else b""
            if any(len(line) >= _MOST_LINE for line in (*lines, carried)):
                raise Unreadable("table_broken", where=self._measured.where(number + 1))
            yield from self._block(number + 1, lines)
            number += len(lines)
            if not block:
                break
        yield self._unread()

    def _block(self, first: int, lines: list[bytes]) -> Iterator[Iterable[Piece]]:
        """Whole lines, the first with that number. A line of other names than the one before begins a new stretch."""
        same = _Lines([])
        for number, raw in enumerate(lines, first):
            line = raw.strip()
            if not line:
                continue
            text = line.decode("latin-1")
            if not _keeps(line):
                where = self._measured.where(number)
                whole = text.startswith("{") and "CS," in text
                problem = Unreadable("checksum_wrong") if whole else Unreadable("table_broken", where=where)
                yield self._stretch(same)
                yield (self._measured.trouble(number, problem, [text]),)
                same = _Lines([])
                continue
            cells = text.strip("{}").replace('"', "").split(",")
            values = cells[1::2]
            names = cells[: len(values) * 2 : 2]
            if names != same.names:
                yield self._stretch(same)
                same = _Lines(names)
            same.numbers.append(number)
            same.texts.append(text)
            same.values.append(values)
        yield self._stretch(same)

    def _stretch(self, same: _Lines) -> Iterator[Piece]:
        """The vitals of lines with the same names, a column of them for each name that is a measurement."""
        if not same.values:
            return iter(())
        names = tuple(same.names)
        columns = list(zip(*same.values, strict=True))
        try:
            plan = self._plans.get(names) or self._plan(names, same.numbers[0], same.values[0])
        except Problem as problem:
            wrong = [problem] * len(same.values)
            return map(self._measured.trouble, same.numbers, wrong, zip(same.texts, strict=True))
        units = set(columns[plan.unit])
        if len(units) > 1 or not units <= _POUNDS.keys():
            return chain.from_iterable(self._by_unit(same, plan))
        taken = moments(self._clocks, self._zone, columns[plan.day], columns[plan.hour])
        self._counts[names] += len(same.values) - len(taken.wrong)
        models = [""] * len(same.values) if plan.model is None else columns[plan.model]
        besides = list(map(self._beside, models))
        stretch = Stretch(self._measured, (same.numbers, list(zip(same.texts, strict=True))), taken, besides)
        pounds = _POUNDS[units.pop()]
        found = [stretch.troubles()]
        for at, kind, is_weight in plan.values:
            unit = pounds if is_weight else ""
            cells = looked_up(self._known.setdefault((kind, unit), {}), columns[at], self._reader(kind, unit))
            written = [cell + unit for cell in columns[at]] if unit else columns[at]
            found.append(stretch.vitals(kind, cells, written, names[at]))
        return by_row(*found)

    def _by_unit(self, same: _Lines, plan: _Plan) -> Iterator[Iterable[Piece]]:
        """Lines apart by the unit that they name; one that we do not know loses its line."""
        rows = zip(same.numbers, same.texts, same.values, strict=True)
        for unit, of_it in groupby(rows, lambda row: row[2][plan.unit]):
            part = _Lines(same.names, *map(list, zip(*of_it, strict=True)))
            if unit in _POUNDS:
                yield self._stretch(part)
            else:
                problem = Unreadable("unit_unknown", unit=unit[:10])
                yield (
                    self._measured.trouble(*each)
                    for each in zip(part.numbers, repeat(problem), zip(part.texts))
                )

    def _reader(self, kind: str, unit: str) -> Callable[[str], Decimal]:
        return lambda cell: self._measured.value(kind, cell, unit)

    def _beside(self, model: str) -> Beside:
        found = self._besides.get(model)
        if found is None:
            if len(self._besides) > _MOST_SHAPES:
                self._besides.clear()
            found = self._besides[model] = Beside(device=model[:MOST_DEVICE])
        return found

    def _plan(self, names: tuple[str, ...], number: int, values: list[str]) -> _Plan:
        """Where a line's names stand; nearly all lines of a card have the same."""
        if any(names.count(name) != 1 for name in _NEEDED) or len(self._plans) >= _MOST_SHAPES:
            raise Unreadable("table_broken", where=self._measured.where(number))
        day, hour, unit = (names.index(name) for name in _NEEDED)
        known = tuple((at, *_VALUES[name]) for at, name in enumerate(names) if name in _VALUES)
        model = names.index("MO") if "MO" in names else None
        for name, cell in zip(names, values, strict=True):
            if name not in _VALUES and name not in _TOLD and len(self._first) < _MOST_SHAPES:
                self._first.setdefault(name, (number, cell[:40]))
        made = self._plans[names] = _Plan(day, hour, unit, model, known)
        return made

    def _unread(self) -> Iterator[Piece]:
        """Each name that no kind of ours holds, with how many lines have it."""
        for name, (number, cell) in self._first.items():
            count = sum(lines for names, lines in self._counts.items() if name in names)
            if count:
                problem = Unreadable("type_not_yet", type=name[:40], count=count)
                yield Trouble(self._measured.where(number), problem, cell)


def _keeps(line: bytes) -> bool:
    """Whether a line is whole, and its checksum that of the line: the sum of its bytes, the last two digits."""
    body, told = line[:-6], _BYTES.get(line[-6:])
    if told is None:
        # Without a brace, or a number of one digit.
        body, mark, digits = line.rpartition(b"CS,")
        digits = digits.rstrip(b"}")
        if not mark or not 1 <= len(digits) <= 2 or not set(digits) <= set(b"0123456789abcdefABCDEF"):
            return False
        told = int(digits, 16)
    # Adler's first half is the sum itself as long as it stays below its modulus, and it is C.
    total = (zlib.adler32(body) & 0xFFFF) - 1 if len(body) < _MOST_ADLER else sum(body)
    return told == total & 0xFF and line.startswith(b"{")


def _pairs(line: str) -> dict[str, str]:
    """Names and values of a line, in its order; the braces and quotes are not part of them."""
    cells = line.strip().strip("{}").replace('"', "").split(",")
    return dict(zip(cells[::2], cells[1::2], strict=False))


def _day(text: str) -> YearMonthDay:
    found = _DAY.fullmatch(text)
    if found is None:
        raise Invalid("time_impossible", when=text[:40])
    return int(found[3]), int(found[2]), int(found[1])
