"""The lines on the SD card of a Tanita scale (BC-601 and its like), as vitals."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from shared.formats import Piece, Trouble
from shared.formats.measured import MOST_DEVICE, Beside, Clocks, Measured, YearMonthDay
from shared.problems import Invalid, Problem, Unreadable

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
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
_MOST_ADLER = 65_519 // 127


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


class Card:
    """Reads a card's file. ``zone`` is where its clock stood."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._clocks = Clocks(_day)
        self._measured = Measured("tanita")
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._lines: Counter[tuple[str, ...]] = Counter()
        self._besides: dict[str, Beside] = {}
        self._first: dict[str, tuple[int, str]] = {}

    def read(self, file: BinaryIO) -> Iterator[Piece]:
        """Every line; what no kind of ours holds (segments, and ``rD``) is told once with its count."""
        number = 0
        while raw := file.readline(_MOST_LINE):
            number += 1
            if not raw.endswith(b"\n") and len(raw) == _MOST_LINE:
                raise Unreadable("table_broken", where=self._measured.where(number))
            line = raw.strip()
            if not line:
                continue
            try:
                yield from self._line(number, line)
            except Problem as problem:
                yield self._measured.trouble(number, problem, [line.decode("latin-1")])
        yield from self._unread()

    def _line(self, number: int, line: bytes) -> Iterator[Piece]:
        body, mark, told = line.rpartition(b"CS,")
        if not mark or not line.startswith(b"{"):
            raise Unreadable("table_broken", where=self._measured.where(number))
        if not _keeps(body, told.rstrip(b"}")):
            raise Unreadable("checksum_wrong")
        cells = line.decode("latin-1").strip("{}").replace('"', "").split(",")
        values = cells[1::2]
        names = tuple(cells[: len(values) * 2 : 2])
        plan = self._plans.get(names) or self._plan(names, number, values)
        pounds = _POUNDS.get(values[plan.unit])
        if pounds is None:
            raise Unreadable("unit_unknown", unit=values[plan.unit][:10])
        measured = self._measured
        moment = self._clocks.moment(self._zone, values[plan.day], values[plan.hour])
        device = "" if plan.model is None else values[plan.model][:MOST_DEVICE]
        beside = self._besides.get(device) or self._beside(device)
        self._lines[names] += 1
        for at, kind, is_weight in plan.values:
            unit = pounds if is_weight else ""
            try:
                value = measured.value(kind, values[at], unit)
            except Problem as problem:
                yield measured.trouble(number, problem, [names[at], values[at]])
                continue
            yield measured.found((kind, value, values[at] + unit), moment, beside, number)

    def _beside(self, device: str) -> Beside:
        if len(self._besides) > _MOST_SHAPES:
            self._besides.clear()
        found = self._besides[device] = Beside(device=device)
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
            count = sum(lines for names, lines in self._lines.items() if name in names)
            if count:
                problem = Unreadable("type_not_yet", type=name[:40], count=count)
                yield Trouble(self._measured.where(number), problem, cell)


def _keeps(body: bytes, told: bytes) -> bool:
    """Whether the checksum is that of the line: the sum of its bytes, the last two hexadecimal digits."""
    # Adler's first half is the sum itself as long as it stays below its modulus, and it is C.
    small = len(body) <= _MOST_ADLER and body.isascii()
    total = (zlib.adler32(body) & 0xFFFF) - 1 if small else sum(body)
    try:
        return len(told) <= 2 and int(told, 16) == total & 0xFF
    except ValueError:
        return False


def _pairs(line: str) -> dict[str, str]:
    """Names and values of a line, in its order; the braces and quotes are not part of them."""
    cells = line.strip().strip("{}").replace('"', "").split(",")
    return dict(zip(cells[::2], cells[1::2], strict=False))


def _day(text: str) -> YearMonthDay:
    found = _DAY.fullmatch(text)
    if found is None:
        raise Invalid("time_impossible", when=text[:40])
    return int(found[3]), int(found[2]), int(found[1])
