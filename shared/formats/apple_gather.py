"""Gathering the records of an Apple export into rows, columns of streams, and what was not understood, by type."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared.clock import from_ms
from shared.formats import Found, Identity, Piece, Trouble, temperature_sites
from shared.formats.apple_days import SUMMARY_SOURCE, beats, totals
from shared.formats.apple_pressure import Correlation, Pressures, source_id, where
from shared.formats.apple_words import (
    DIASTOLIC,
    PRESSURE,
    ROW_OF,
    STREAM_OF,
    SYSTOLIC,
    Record,
    conversion,
    device_of,
    offset_min,
    reading,
    row_value,
    span,
)
from shared.formats.apple_workouts import Draft, workout_of
from shared.formats.moments import Walls
from shared.formats.temperature_sites import BODY, SKIN
from shared.ids import new_id
from shared.kinds import STREAMS, Meal
from shared.problems import Invalid, Problem
from shared.streams import Readings
from shared.vitals import Vital, problems

# Readings handed over at once from one source, and kept back in all: 24 bytes each, so about 14 MB.
BATCH = 200_000
KEPT_BACK = 600_000
# Sources and types named one by one; a file with more of them is no phone's.
MAX_COLUMNS = 500
MAX_ODDITIES = 500

_SITE = "HKBodyTemperatureSensorLocation"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEX = {"HKBiologicalSexFemale": "female", "HKBiologicalSexMale": "male"}
_MEAL = {"1": Meal.BEFORE_MEAL, "2": Meal.AFTER_MEAL}


@dataclass(slots=True)
class Columns:
    """Readings of one stream and source that wait to be handed over."""

    place: int
    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class _Oddity:
    """Something not understood: how often, and where first."""

    problem: Problem | None
    place: int
    excerpt: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """What a `Gathering` cannot say before the file is over: halves of blood pressures, what was not understood."""

    waiting: list[Record]
    correlations: list[Correlation]
    oddities: dict[tuple[str, str], _Oddity]


class Gathering:
    """Takes records one by one or by the column; `pieces` hands over what is ready, `end` the rest.

    ``zone``: the person's own time zone, for rows without one in their metadata. ``kept_back``: readings that may wait,
    where it is not all the memory there is.
    """

    def __init__(self, zone: str, kept_back: int | None = None) -> None:
        self._zone = zone
        self._most_kept_back = KEPT_BACK if kept_back is None else kept_back
        self._batch = BATCH if kept_back is None else min(BATCH, kept_back // 3)
        self._ready: list[Piece] = []
        self._columns: dict[tuple[str, str], Columns] = {}
        self._kept_back = 0
        self._oddities: dict[tuple[str, str], _Oddity] = {}
        self._pressures = Pressures(zone)
        self._walls = Walls(zone)

    def record(self, record: Record) -> None:
        """One top-level record, whatever its type."""
        if record.type in (SYSTOLIC, DIASTOLIC):
            self._pressures.record(record)
        elif record.is_row:
            self._row(record)
        elif record.type in STREAM_OF:
            self._reading(record)
        else:
            self.unknown(record.type or "Record", record.place)

    def correlation(self, correlation: Correlation) -> None:
        """One correlation; the records inside others than blood pressures stand among the records once more."""
        if correlation.type == PRESSURE:
            self._pressures.correlation(correlation)
        else:
            self.unknown(correlation.type or "Correlation", correlation.place)

    def workout(self, draft: Draft) -> None:
        """One workout with its statistics."""
        try:
            self._ready.extend(workout_of(draft, self._zone, where(draft.place)))
        except Invalid as problem:
            self._ready.append(Trouble(where(draft.place), problem, draft.told))

    def summary(self, attributes: dict[str, str], place: int) -> None:
        """What the rings of a day came to."""
        try:
            found = totals(attributes, self._walls)
        except Invalid as problem:
            self._odd(
                "ActivitySummary", _Oddity(problem, place, attributes.get("dateComponents", "")[:40]), 1
            )
            return
        for each in found:
            self.extend(each.stream, SUMMARY_SOURCE, place, ([each.start], [each.end], [each.value]))

    def person(self, attributes: dict[str, str]) -> None:
        """The `Me` element: whose export it is."""
        prefix = "HKCharacteristicTypeIdentifier"
        written = attributes.get(f"{prefix}DateOfBirth", "")
        born_on = written if _DAY.fullmatch(written) else ""
        sex = _SEX.get(attributes.get(f"{prefix}BiologicalSex", ""), "")
        self._ready.append(Identity(sex=sex, born_on=born_on))

    def unknown(self, name: str, place: int | None, count: int = 1) -> None:
        """``count`` more of a type without a word of ours, the first at ``place`` (None: after others of it)."""
        self._odd(name, _Oddity(None, sys.maxsize if place is None else place, ""), count)

    def is_new(self, name: str) -> bool:
        """Whether no unknown of that type was counted so far (so its first place is still wanted)."""
        return (name[:120], "") not in self._oddities

    def extend(
        self,
        stream: str,
        source: str,
        place: int,
        columns: tuple[Iterable[int], Iterable[int], Iterable[float]],
    ) -> None:
        """Many readings at once: starts, ends (ms UTC) and values (in the stream's unit), equally many."""
        kept = self._columns_of(stream, source, place)
        before = len(kept.start)
        kept.start.extend(columns[0])
        kept.end.extend(columns[1])
        kept.value.extend(columns[2])
        self._kept_back += len(kept.start) - before
        self._make_room(stream, source, kept)

    def pieces(self) -> Iterator[Piece]:
        """What is ready by now, each piece once."""
        ready, self._ready = self._ready, []
        return iter(ready)

    def leave(self) -> Rest:
        """Hand over all readings (`pieces` has them then); what has to wait for the end is for another to `join`."""
        self._hand_over(list(self._columns))
        return Rest(*self._pressures.leave(), self._oddities)

    def join(self, rest: Rest) -> None:
        """What another gathered from other parts of the same file, as if it had been gathered here."""
        self._pressures.join(rest.waiting, rest.correlations)
        for (name, _), oddity in sorted(rest.oddities.items(), key=lambda each: each[1].place):
            self._odd(name, _Oddity(oddity.problem, oddity.place, oddity.excerpt), oddity.count)

    def end(self) -> Iterator[Piece]:
        """What had to wait for the end of the file: blood pressures, the last columns, what was not understood."""
        yield from self._pressures.settle()
        self._hand_over(list(self._columns))
        yield from self.pieces()
        for (name, _), oddity in self._oddities.items():
            problem: Problem = Invalid("type_not_yet", type=name, count=oddity.count)
            if oddity.problem is not None:
                problem = Invalid(
                    "records_odd", type=name, count=oddity.count, why=oddity.problem.message().rstrip("。.")
                )
            yield Trouble(where(oddity.place), problem, oddity.excerpt)

    def _reading(self, record: Record) -> None:
        try:
            start, end = span(record)
            value = reading(record)
        except Invalid as problem:
            excerpt = f"{record.value} {record.unit} {record.start}"[:200]
            self._odd(record.type, _Oddity(problem, record.place, excerpt), 1)
            return
        stream = STREAM_OF[record.type]
        kept = self._columns_of(stream, record.source, record.place)
        kept.start.append(start)
        kept.end.append(end)
        kept.value.append(value)
        self._kept_back += 1
        self._make_room(stream, record.source, kept)
        if record.beats:
            self._beats(record, start)

    def _beats(self, record: Record, start: int) -> None:
        try:
            found = list(beats(record, start))
        except Invalid as problem:
            excerpt = f"{record.start} {record.source}"[:200]
            self._odd(
                "InstantaneousBeatsPerMinute", _Oddity(problem, record.place, excerpt), len(record.beats)
            )
            return
        moments = [moment for moment, _ in found]
        self.extend("beats", record.source, record.place, (moments, moments, [rate for _, rate in found]))

    def _skin(self, record: Record) -> bool:
        """Whether a temperature is not that of the body but of the skin: then it is a reading."""
        start, end = span(record)
        if (
            temperature_sites.numbered(record.notes.get(_SITE, "").strip(), temperature_sites.HEALTHKIT)
            != SKIN
        ):
            return False
        value = conversion(record.unit, STREAMS[SKIN].unit).nearest(record.value)
        self.extend(SKIN, record.source, record.place, ([start], [end], [value]))
        return True

    def _row(self, record: Record) -> None:
        kind = ROW_OF[record.type]
        try:
            moments = span(record)
            if kind == BODY and self._skin(record):
                return
            taken_at = from_ms(moments[0])
            offset = offset_min(taken_at, record.notes, self._zone)
            value = row_value(record, kind)
            meal = _MEAL.get(record.meal)
            vital = Vital(
                new_id(),
                kind,
                taken_at,
                offset,
                value,
                meal=meal,
                device=device_of(record.source),
                origin="apple_health",
            )
            for problem in problems(vital):
                if isinstance(problem, Invalid):
                    raise problem
        except Invalid as problem:
            excerpt = f"{record.type} {record.value} {record.unit} {record.start} {record.source}"[:200]
            self._ready.append(Trouble(where(record.place), problem, excerpt))
            return
        same = source_id(record.type, moments, record.value, record.unit, record.source)
        self._ready.append(Found(vital, same, where(record.place)))

    def _odd(self, name: str, first: _Oddity, count: int) -> None:
        key = (name[:120], first.problem.code if first.problem else "")
        if key not in self._oddities and len(self._oddities) >= MAX_ODDITIES:
            key = ("…", key[1])
        known = self._oddities.setdefault(key, first)
        known.count += count
        # Runs of ordinary records overtake single ones within a block.
        if first.place < known.place:
            known.problem, known.place, known.excerpt = first.problem, first.place, first.excerpt

    def _columns_of(self, stream: str, source: str, place: int) -> Columns:
        kept = self._columns.get((stream, source))
        if kept is None:
            kept = self._columns[stream, source] = Columns(place)
        kept.place = min(kept.place, place)
        return kept

    def _make_room(self, stream: str, source: str, kept: Columns) -> None:
        if len(kept.start) >= self._batch:
            self._hand_over([(stream, source)])
        elif self._kept_back >= self._most_kept_back or len(self._columns) > MAX_COLUMNS:
            self._hand_over(list(self._columns))

    def _hand_over(self, keys: list[tuple[str, str]]) -> None:
        for key in keys:
            kept = self._columns.pop(key)
            self._kept_back -= len(kept.start)
            stream, source = key
            self._ready.append(
                Readings(stream, source, kept.start, kept.end, kept.value, where=where(kept.place))
            )
