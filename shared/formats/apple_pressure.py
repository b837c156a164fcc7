"""Blood pressures of an Apple export: from correlations, with their twins dropped, the rest paired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.clock import from_ms
from shared.formats import Found, Trouble
from shared.formats.apple_words import (
    DIASTOLIC,
    PRESSURE,
    PULSE,
    SYSTOLIC,
    Record,
    device_of,
    number,
    offset_min,
    row_value,
    span,
)
from shared.ids import new_id
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.vitals import BloodPressure, Vital, problems

# Records wait for the correlations behind them: twenty readings a day for 27 years fit.
MAX_WAITING = 400_000
# Source, first and last moment, type, value: the same in a record and in its twin inside a correlation.
_Twin = tuple[str, int, int, str, object]


@dataclass(slots=True)
class Correlation:
    """A `Correlation` element: its type, its own metadata, the records inside it, and the byte where it begins."""

    type: str
    place: int
    notes: dict[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)


class Pressures:
    """What was seen of blood pressures so far; `settle` turns it into vitals when the file has ended."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._waiting: list[Record] = []
        self._correlations: list[Correlation] = []

    def record(self, record: Record) -> None:
        """Keep a systolic or diastolic record until the correlations are known."""
        self._waiting.append(record)
        self._check_room()

    def correlation(self, correlation: Correlation) -> None:
        """Keep a correlation of blood pressure."""
        self._correlations.append(correlation)
        self._check_room()

    def leave(self) -> tuple[list[Record], list[Correlation]]:
        """What was seen so far, for another to `join`."""
        return self._waiting, self._correlations

    def join(self, waiting: list[Record], correlations: list[Correlation]) -> None:
        """What another saw of the same file, as if it had been seen here, in the order of the file."""
        self._waiting = sorted((*self._waiting, *waiting), key=lambda record: record.place)
        self._correlations = sorted((*self._correlations, *correlations), key=lambda each: each.place)
        self._check_room()

    def settle(self) -> Iterator[Found | Trouble]:
        """Every blood pressure once; a half without its other half, or an impossible one, is a `Trouble`."""
        twins: set[_Twin] = set()
        for correlation in self._correlations:
            twins.update(_twin(record) for record in correlation.records)
            yield from self._of_correlation(correlation)
        halves: dict[tuple[str, str], tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
        for record in self._waiting:
            if _twin(record) not in twins:
                halves[_same_start(record), record.source][record.type == DIASTOLIC].append(record)
        for high, low in halves.values():
            for systolic, diastolic in zip(high, low, strict=False):
                yield self._found(systolic, diastolic, None, {}, systolic.place)
            paired = min(len(high), len(low))
            for alone in (*high[paired:], *low[paired:]):
                yield _trouble(alone.place, Invalid("pressure_alone"), _told(alone))

    def _of_correlation(self, correlation: Correlation) -> Iterator[Found | Trouble]:
        by_type: dict[str, list[Record]] = defaultdict(list)
        for record in correlation.records:
            by_type[record.type].append(record)
        high, low, pulse = by_type[SYSTOLIC], by_type[DIASTOLIC], by_type[PULSE]
        if len(high) != 1 or len(low) != 1:
            excerpt = "; ".join(_told(record) for record in correlation.records)
            yield _trouble(correlation.place, Invalid("pressure_alone"), excerpt)
        else:
            yield self._found(
                high[0], low[0], pulse[0] if pulse else None, correlation.notes, correlation.place
            )

    def _found(
        self, high: Record, low: Record, pulse: Record | None, notes: dict[str, str], place: int
    ) -> Found | Trouble:
        try:
            start, end = span(high)
            taken_at = from_ms(start)
            pressure = BloodPressure(
                row_value(high, "blood_pressure"),
                row_value(low, "blood_pressure", 1),
                row_value(pulse, "heart_rate") if pulse else None,
            )
            offset = offset_min(taken_at, {**low.notes, **high.notes, **notes}, self._zone)
            vital = Vital(
                new_id(),
                "blood_pressure",
                taken_at,
                offset,
                pressure,
                device=device_of(high.source),
                origin="apple_health",
            )
            for problem in problems(vital):
                if isinstance(problem, Invalid):
                    raise problem
        except Problem as problem:
            return _trouble(place, problem, f"{_told(high)}; {_told(low)}")
        values = f"{high.value}/{low.value}"
        return Found(vital, source_id(PRESSURE, (start, end), values, high.unit, high.source), where(place))

    def _check_room(self) -> None:
        if len(self._waiting) + 2 * len(self._correlations) > MAX_WAITING:
            raise Unreadable("xml_refused", why=tr("血圧の記録が多すぎます"))


def source_id(type_name: str, moments: tuple[int, int], value: str, unit: str, source: str) -> str:
    """The same text whenever the same thing is exported again.

    Moments, not the written times (their offset changes with the day of export); never the device (it holds a memory
    address); the source last, because only it may hold any character.
    """
    start, end = (from_ms(ms).strftime("%Y-%m-%dT%H:%M:%SZ") for ms in moments)
    return f"{type_name}|{start}|{end}|{value}|{unit}|{source}"


def where(place: int) -> str:
    """A place in the file as text: the byte (from 0) where the element begins."""
    return tr("{place} バイト目", place=place)


def _twin(record: Record) -> _Twin:
    value: object
    try:
        start, end = span(record)
        value = number(record.value)
    except Invalid:
        start, end, value = 0, 0, (record.start, record.end, record.value)
    return record.source, start, end, record.type, value


def _same_start(record: Record) -> str:
    try:
        return str(span(record)[0])
    except Invalid:
        return record.start


def _told(record: Record) -> str:
    name = record.type.removeprefix("HKQuantityTypeIdentifier")
    return f"{name} {record.value} {record.unit} {record.start} {record.source}"[:200]


def _trouble(place: int, problem: Problem, excerpt: str) -> Trouble:
    return Trouble(where(place), problem, excerpt[:400])
