"""What a file holds, counted: the report of `tomoni read`, and its found things one line each. Keeps no found thing."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import repeat
from math import isfinite
from typing import Any

from shared import clock
from shared.costs import Cost
from shared.costs_schema import cost_members
from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import electrocardiogram_members
from shared.findings import Finding
from shared.findings_schema import finding_members
from shared.formats import Found, Identity, Piece, Trouble, Word
from shared.kinds import ALL_STREAMS, KINDS
from shared.medicines import Dispensing, FamilyPharmacist, Memo
from shared.medicines_schema import dispensing_members, family_pharmacist_members, memo_members
from shared.streams import ABOVE, BELOW, Readings
from shared.vitals import BloodPressure, Vital
from shared.workouts import Workout
from shared.workouts_schema import workout_members

# Beyond these, troubles are counted, not listed: a phone's export may hold a million things of one unknown kind.
MOST_TROUBLES = 10_000

# Words told by their name and as JSON members, as they travel.
_NAMED: dict[type, tuple[str, Callable[[Any], dict[str, object]]]] = {
    Dispensing: ("dispensing", dispensing_members),
    Finding: ("finding", finding_members),
    Memo: ("memo", memo_members),
    FamilyPharmacist: ("family_pharmacist", family_pharmacist_members),
    Cost: ("cost", cost_members),
    Workout: ("workout", workout_members),
    Electrocardiogram: ("electrocardiogram", electrocardiogram_members),
}

_BUCKETS = 256
_COMPARATORS = {BELOW: "below", ABOVE: "above"}


@dataclass(slots=True)
class Range:
    """Smallest and largest value seen."""

    low: float | Decimal | None = None
    high: float | Decimal | None = None

    def widen(self, low: float | Decimal, high: float | Decimal) -> None:
        """Take in values between ``low`` and ``high``."""
        self.low = low if self.low is None or low < self.low else self.low
        self.high = high if self.high is None or high > self.high else self.high


@dataclass(slots=True)
class Tally:
    """One name of the report. ``rows`` and ``readings`` apart, because some names (spo2) come both ways.

    ``first`` and ``last`` are starts in ms UTC, or days for what has no hour. ``ranges`` is by measure: ``value``, or
    those of a blood pressure.
    """

    unit: str = ""
    rows: int = 0
    readings: int = 0
    repeated: int = 0
    first: int | date | None = None
    last: int | date | None = None
    ranges: dict[str, Range] = field(default_factory=dict)

    def span(self, first: int | date, last: int | date) -> None:
        """Take in things from ``first`` to ``last``."""
        self.first = first if self.first is None or first < self.first else self.first  # type: ignore[operator]
        self.last = last if self.last is None or last > self.last else self.last  # type: ignore[operator]

    @property
    def count(self) -> int:
        """Everything of this name in the file, before duplicates are dropped."""
        return self.rows + self.readings


@dataclass(frozen=True, slots=True)
class Report:
    """What was found by name, what was not understood, and whose the file says it is."""

    format: str
    found: dict[str, Tally]
    troubles: tuple[Trouble, ...]
    more_troubles: int
    identity: Identity | None


class Repeats:
    """Counts how many things came again, by a 64-bit hash of each: eight bytes a thing, no objects.

    Two different things meet in one hash once in 10^7 files of a million things.
    """

    def __init__(self) -> None:
        self._hashes = array("q")

    def see(self, thing: object) -> None:
        """One more thing (hashable)."""
        self._hashes.append(hash(thing))

    def see_readings(self, readings: Readings) -> None:
        """One more of each reading; the same start, end, value, comparator and source is the same reading."""
        if not len(readings):
            return
        # The bits of the value: hash(-1.0) equals hash(-2.0).
        bits = memoryview(readings.value).cast("B").cast("q")
        comparators = readings.comparator or bytes(len(readings))
        columns = zip(repeat(readings.source), readings.start, readings.end, bits, comparators)
        self._hashes.extend(map(hash, columns))

    def count(self) -> int:
        """How many came a second, third, ... time."""
        buckets = [array("q") for _ in range(_BUCKETS)]
        for one in self._hashes:
            buckets[one & (_BUCKETS - 1)].append(one)
        return sum(len(bucket) - len(set(bucket)) for bucket in buckets)


def report(name_of_format: str, pieces: Iterator[Piece]) -> Report:
    """Everything in ``pieces`` counted; a `Problem` raised while reading passes through."""
    counting = _Counting()
    for piece in pieces:
        counting.take(piece)
    for name, repeats in counting.repeats.items():
        counting.found[name].repeated = repeats.count()
    return Report(
        format=name_of_format,
        found=counting.found,
        troubles=tuple(counting.troubles),
        more_troubles=counting.more_troubles,
        identity=counting.identity,
    )


def as_json(report: Report) -> dict[str, object]:
    """The one JSON object of `tomoni read`; units are UCUM codes, times RFC 3339 (a day alone where no hour is given).

    ``identity`` is empty where the file names nobody; ``more_troubles`` is there only when they were too many to list.
    """
    made: dict[str, object] = {
        "format": report.format,
        "found": {name: _tally(name, tally) for name, tally in sorted(report.found.items())},
        "troubles": [_trouble(trouble) for trouble in report.troubles],
        "identity": _identity(report.identity),
    }
    if report.more_troubles:
        made["more_troubles"] = report.more_troubles
    return made


def lines(pieces: Iterator[Piece]) -> Iterator[str]:
    """One JSON line for each thing found, a reading of a stream being one thing; troubles have no line."""
    for piece in pieces:
        if isinstance(piece, Readings):
            yield from map(_line, _readings(piece))
        elif isinstance(piece, Found):
            yield _line({**_word(piece.word), "source_id": piece.source_id, "where": piece.where})


class _Counting:
    """The report while it grows."""

    def __init__(self) -> None:
        self.found: dict[str, Tally] = {}
        self.repeats: dict[str, Repeats] = {}
        self.troubles: list[Trouble] = []
        self.more_troubles = 0
        self.identity: Identity | None = None

    def take(self, piece: Piece) -> None:
        if isinstance(piece, Readings):
            self._readings(piece)
        elif isinstance(piece, Found):
            self._found(piece)
        elif isinstance(piece, Identity):
            self.identity = self.identity or piece
        elif len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(piece)
        else:
            self.more_troubles += 1

    def _readings(self, readings: Readings) -> None:
        if not len(readings):
            return
        stream = ALL_STREAMS.get(readings.stream)
        tally, repeats = self._named(readings.stream, stream.unit if stream else "")
        tally.readings += len(readings)
        tally.span(min(readings.start), max(readings.start))
        tally.ranges.setdefault("value", Range()).widen(min(readings.value), max(readings.value))
        repeats.see_readings(readings)

    def _found(self, found: Found) -> None:
        word = found.word
        if isinstance(word, Vital):
            kind = KINDS.get(word.kind)
            tally, repeats = self._named(word.kind, kind.measure.unit if kind else "")
            when = clock.to_ms(word.taken_at)
            tally.span(when, when)
            for name, value in _numbers(word).items():
                tally.ranges.setdefault(name, Range()).widen(value, value)
        else:
            tally, repeats = self._named(_NAMED[type(word)][0], "")
            if isinstance(word, Dispensing):
                tally.span(word.dispensed_on, word.dispensed_on)
                self._medicines(found.source_id, word)
            elif isinstance(word, Workout | Electrocardiogram):
                when = clock.to_ms(word.started_at if isinstance(word, Workout) else word.taken_at)
                tally.span(when, when)
        tally.rows += 1
        repeats.see(found.source_id)

    def _medicines(self, source_id: str, dispensing: Dispensing) -> None:
        for medicine in dispensing.medicines:
            tally, repeats = self._named("medicine", "")
            tally.span(dispensing.dispensed_on, dispensing.dispensed_on)
            tally.rows += 1
            repeats.see((source_id, medicine.id))

    def _named(self, name: str, unit: str) -> tuple[Tally, Repeats]:
        return self.found.setdefault(name, Tally(unit)), self.repeats.setdefault(name, Repeats())


def _tally(name: str, tally: Tally) -> dict[str, object]:
    made: dict[str, object] = {"count": tally.count, "repeated": tally.repeated}
    if tally.unit:
        made["unit"] = tally.unit
    if tally.rows and tally.readings:
        made |= {"rows": tally.rows, "readings": tally.readings}
    if tally.first is not None and tally.last is not None:
        made |= {"first": _time(tally.first), "last": _time(tally.last)}
    units = {measure.name: measure.unit for measure in KINDS[name].measures} if name in KINDS else {}
    for measure, seen in tally.ranges.items():
        bounds: dict[str, object] = {"min": _number(seen.low), "max": _number(seen.high)}
        if measure == "value":
            made |= bounds
        else:
            made[measure] = {"unit": units[measure], **bounds}
    return made


def _trouble(trouble: Trouble) -> dict[str, str]:
    made = {"where": trouble.where, "problem": trouble.text()}
    return {**made, "excerpt": trouble.excerpt} if trouble.excerpt else made


def _identity(identity: Identity | None) -> dict[str, str]:
    if identity is None:
        return {}
    return {
        "name": identity.name,
        "name_kana": identity.name_kana,
        "sex": identity.sex,
        "born_on": identity.born_on,
    }


def _word(word: Word) -> dict[str, object]:
    if not isinstance(word, Vital):
        name, members = _NAMED[type(word)]
        return {"kind": name, name: members(word)}
    kind = KINDS.get(word.kind)
    said: dict[str, object] = {
        "kind": word.kind,
        "taken_at": word.local.isoformat(),
        **{name: _number(value) for name, value in _numbers(word).items()},
        "unit": kind.measure.unit if kind else "",
    }
    about = {"session": word.session, "meal": word.meal, "note": word.note, "device": word.device}
    return said | {name: value for name, value in about.items() if value}


def _readings(readings: Readings) -> Iterator[dict[str, object]]:
    stream = ALL_STREAMS.get(readings.stream)
    unit = stream.unit if stream else ""
    for index, start in enumerate(readings.start):
        made: dict[str, object] = {
            "kind": readings.stream,
            "start": _time(start),
            "end": _time(readings.end[index]),
            "value": _number(readings.value[index]),
            "unit": unit,
            "source": readings.source,
        }
        bound = _COMPARATORS.get(readings.comparator[index]) if readings.comparator else None
        yield {**made, "comparator": bound} if bound else made


def _numbers(vital: Vital) -> dict[str, Decimal]:
    """The numbers of a vital by measure, as read: whether they can be is asked elsewhere."""
    if not isinstance(vital.reading, BloodPressure):
        return {"value": vital.reading}
    made = {"systolic": vital.reading.systolic, "diastolic": vital.reading.diastolic}
    return made if vital.reading.pulse is None else {**made, "pulse": vital.reading.pulse}


def _number(value: float | Decimal | None) -> int | float | None:
    if value is None or not isfinite(value):
        return None
    return int(value) if value == int(value) else float(value)


def _time(moment: int | date) -> str:
    if isinstance(moment, date):
        return moment.isoformat()
    exact = "milliseconds" if moment % 1000 else "seconds"
    return clock.from_ms(moment).replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def _line(members: dict[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
