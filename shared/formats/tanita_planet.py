"""The JSON of Tanita's Health Planet (``status/innerscan`` and ``status/sphygmomanometer``) as vitals.

One object a number: ``{"date": "202611230712", "keydata": "52.30", "model": "01000144", "tag": "6021"}``. The tags 6021
and 6022 are documented; the others are how public programs read them (not verified with Tanita).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from shared.formats import Identity, Piece, Trouble
from shared.formats.measured import MOST_DEVICE, Beside, Clocks, Measured, Moment, YearMonthDay
from shared.languages import tr
from shared.problems import Invalid, Problem, TooBig, Unreadable
from shared.strict_json import whole_letters

# An answer holds three months; ten years of everything in one file have a quarter of this.
LIMIT_MB = 8
_WHEN = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?", re.ASCII)
_BORN = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SAMPLES = 5
_MOST_OBJECTS = 200_000
_VALUES = {
    "6021": "weight",
    "6022": "body_fat",
    "6023": "muscle_mass",
    "6025": "visceral_fat",
    "6027": "basal_metabolism",
    "6028": "body_age",
    "6029": "bone_mass",
}
_PRESSURE = ("622E", "622F", "6230")
# Not measured: the whole-numbered twin of 6025, and the type of build.
_LEFT = ("6026", "6024")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of Health Planet: its objects, whole or not, and who it is about."""

    data: list[object]
    born_on: str
    sex: str

    def first_times(self) -> list[str]:
        """The first times as they stand in it."""
        return [str(each.get("date", ""))[:40] for each in self.data[:_SAMPLES] if isinstance(each, dict)]


def planet_of(file: BinaryIO) -> Answer:
    """What ``file`` says. `Unreadable` where it is no answer of Health Planet, `TooBig` over the limit."""
    raw = file.read(LIMIT_MB * 1024 * 1024 + 1)
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932", "replace")
    try:
        found = json.loads(whole_letters(text), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise Unreadable("file_broken") from error
    data = found.get("data") if isinstance(found, dict) else None
    # A number of theirs takes sixty bytes: more objects than fit into the limit are something else.
    if not isinstance(data, list) or len(data) > _MOST_OBJECTS:
        raise Unreadable("file_broken")
    born = _BORN.fullmatch(str(found.get("birth_date", "")))
    sex = str(found.get("sex", ""))
    return Answer(data, "-".join(born.groups()) if born else "", sex if sex in ("male", "female") else "")


class Planet:
    """Reads an answer. ``zone`` is where the clocks stood."""

    def __init__(self, zone: str, answer: Answer) -> None:
        self._zone = zone
        self._answer = answer
        self._clocks = Clocks(_day)
        self._measured = Measured("tanita", tr("{number} 番目", number="\0"))
        self._unread: Counter[str] = Counter()
        # Pressures come as three objects of one time.
        self._pressures: dict[tuple[str, str], dict[str, str]] = {}
        self._places: dict[tuple[str, str], int] = {}

    def read(self) -> Iterator[Piece]:
        """Everything in the answer, blood pressures last."""
        if self._answer.born_on or self._answer.sex:
            yield Identity(sex=self._answer.sex, born_on=self._answer.born_on)
        for number, each in enumerate(self._answer.data, 1):
            try:
                yield from self._one(number, each)
            except Problem as problem:
                yield self._trouble(number, problem, each)
        for (when, model), parts in self._pressures.items():
            number = self._places[when, model]
            try:
                yield self._pressure(number, when, model, parts)
            except Problem as problem:
                yield self._trouble(number, problem, parts)
        for tag, count in self._unread.items():
            yield Trouble("data", Unreadable("type_not_yet", type=tag[:20], count=count))

    def _one(self, number: int, each: object) -> Iterator[Piece]:
        if not isinstance(each, dict):
            raise Unreadable("table_broken", where=_where(number))
        parts = [each.get(name) for name in ("date", "keydata", "model", "tag")]
        if any(not isinstance(part, str) for part in (*parts[:2], parts[3])):
            raise Unreadable("table_broken", where=_where(number))
        when, cell, tag = cast("str", parts[0]), cast("str", parts[1]), cast("str", parts[3]).upper()
        model = str(parts[2] or "")[:MOST_DEVICE]
        if tag in _PRESSURE:
            self._places.setdefault((when, model), number)
            known = self._pressures.setdefault((when, model), {})
            if known.get(tag, cell) != cell:
                raise Unreadable("table_broken", where=_where(number))
            known[tag] = cell
        elif tag in _VALUES:
            kind, moment = _VALUES[tag], self._moment(when)
            value = self._measured.value(kind, cell)
            yield self._measured.found((kind, value, cell), moment, Beside(device=model), number)
        elif tag not in _LEFT and len(self._unread) < 100:
            self._unread[tag] += 1

    def _pressure(self, number: int, when: str, model: str, parts: dict[str, str]) -> Piece:
        high, low, beat = (parts.get(tag, "") for tag in _PRESSURE)
        moment = self._moment(when)
        if not (high and low):
            raise Invalid("pressure_alone")
        reading = self._measured.pressure(high, low, beat)
        of = ("blood_pressure", reading, f"{high}/{low}/{beat}")
        return self._measured.found(of, moment, Beside(device=model), number)

    def _moment(self, when: str) -> Moment:
        found = _WHEN.fullmatch(when)
        if found is None:
            raise Invalid("time_impossible", when=when[:40])
        return self._clocks.moment(self._zone, when[:8], f"{found[4]}:{found[5]}:{found[6] or '00'}")

    def _trouble(self, number: int, problem: Problem, each: object) -> Trouble:
        return Trouble(_where(number), problem, str(each)[:200])


def _where(number: int) -> str:
    return tr("{number} 番目", number=number)


def _day(text: str) -> YearMonthDay:
    return int(text[:4]), int(text[4:6]), int(text[6:8])
