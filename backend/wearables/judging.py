"""Posted columns in which something is wrong: which readings cannot be and why, for all of them at once. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.columns_schema import check_together, latest_ms, moment_written
from shared.kinds import SLEEP_STAGES
from shared.problems import Invalid, Problem
from shared.stream_limits import EARLIEST_MS, bounds, impossible
from shared.streams import ABOVE, BELOW, Readings

# Places told one by one for each reason; the bits tell all of them.
MOST_PLACES = 100

Bits = NDArray[np.bool_]
Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Readings that cannot be for one reason: the problem of the first, how many, the first MOST_PLACES places."""

    problem: Problem
    count: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """``sound``: the readings that can be, None for none; ``is_sound``: a bit for every one that came."""

    sound: Readings | None
    is_sound: Bits
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """A JSON column as numbers, 0 where ``is_number`` says that there is none."""

    numbers: Numbers
    is_number: Bits


def judged(columns: Mapping[str, Any]) -> Judged:
    """What `readings_made` says of each reading alone. `Invalid` for columns that do not belong together."""
    count = check_together(columns)
    read = {name: _column(columns[name], "d" if name == "value" else "q") for name in _NAMES & columns.keys()}
    read.setdefault("end", read["start"])
    read.setdefault("comparator", _Column(np.zeros(count, np.int64), np.ones(count, np.bool_)))
    fine, refusals = np.ones(count, np.bool_), []
    for code, field, those in _wrong(columns["stream"], read):
        places = np.flatnonzero(those & fine)
        if len(places):
            fine[places] = False
            told = tuple(places[:MOST_PLACES].tolist())
            refusals.append(Refusal(_problem(columns, code, field, told[0]), len(places), told))
    sound = _readings(columns, {name: each.numbers[fine] for name, each in read.items()})
    return Judged(sound if len(sound) else None, fine, tuple(refusals))


_NAMES = frozenset({"start", "end", "value", "comparator"})


def _wrong(stream: str, read: Mapping[str, _Column]) -> Iterator[tuple[str, str, Bits]]:
    """Each reason with its column and the readings that it is true of; the first of a reading counts."""
    latest = latest_ms()
    for name in ("start", "end"):
        moments = read[name].numbers
        yield "not_a_number", name, ~read[name].is_number
        yield "time_impossible", name, (moments < EARLIEST_MS) | (moments > latest)
    yield "ends_before_start", "end", read["end"].numbers < read["start"].numbers
    value, comparator = read["value"].numbers, read["comparator"]
    least, most = bounds(stream)
    yield "not_a_number", "value", ~(read["value"].is_number & np.isfinite(value))
    yield "value_impossible", "value", (value < least) | (value > most)
    if stream == "sleep":
        yield "invalid_fields", "value", ~np.isin(value, np.arange(len(SLEEP_STAGES)))
    bound = comparator.numbers
    yield "invalid_fields", "comparator", ~comparator.is_number | (bound < BELOW) | (bound > ABOVE)


def _readings(columns: Mapping[str, Any], some: Mapping[str, Numbers]) -> Readings:
    start, end = array("q", some["start"].tobytes()), array("q", some["end"].tobytes())
    value = array("d", some["value"].tobytes())
    bounded = some["comparator"].astype(np.int8)
    comparator = array("b", bounded.tobytes() if bounded.any() else b"")
    return Readings(columns["stream"], columns["source"], start, end, value, comparator)


def _column(column: list[Any], code: str) -> _Column:
    """The numbers of a JSON column that one of the kind ``code`` (q, d) can hold."""
    takes, kind = ({int}, np.int64) if code == "q" else ({int, float}, np.float64)
    is_number = np.ones(len(column), np.bool_)
    if not set(map(type, column)) <= takes:
        is_number = np.fromiter(map(takes.__contains__, map(type, column)), np.bool_, len(column))
        column = _where(column, is_number)
    with suppress(OverflowError):
        return _Column(np.array(column, kind), is_number)
    fits = np.fromiter((_fits(each, kind) for each in column), np.bool_, len(column))
    return _Column(np.array(_where(column, fits), kind), is_number & fits)


def _where(column: list[Any], fine: Bits) -> list[Any]:
    return [each if is_fine else 0 for each, is_fine in zip(column, fine.tolist(), strict=True)]


def _fits(number: float, kind: type[np.int64 | np.float64]) -> bool:
    try:
        kind(number)
    except OverflowError:
        return False
    return True


def _problem(columns: Mapping[str, Any], code: str, field: str, at: int) -> Problem:
    """The problem of the reading at a place, in the words that it would have alone."""
    if code == "time_impossible":
        return Invalid(code, field=field, when=moment_written(columns[field][at]))
    if code == "value_impossible":
        return impossible(columns["stream"], columns["value"][at])
    return Invalid(code, field=field)
