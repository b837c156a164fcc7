"""What a reader of device files gathers: columns of readings, and single measurements checked before they are found."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from shared import clock, units
from shared.electrocardiograms import Electrocardiogram
from shared.electrocardiograms_schema import MOST_SAMPLES, electrocardiogram_from, electrocardiogram_members
from shared.formats import Found, Trouble
from shared.formats.clinic_keys import id_of
from shared.kinds import ALL_STREAMS, KINDS
from shared.problems import Invalid, Problem, Unreadable
from shared.schema import UNSHOWABLE
from shared.stream_limits import EARLIEST_MS
from shared.streams import EXACT, MOST, Readings
from shared.vitals import BloodPressure, Vital, problems
from shared.workouts import Workout
from shared.workouts_schema import workout_from, workout_members

# No piece of a file holds more readings; a whole one waits in memory.
MOST_AT_ONCE = 200_000
# More than this many sources or streams in one file are an attack, not a household.
MOST_COLUMNS = 2_000
# 1901-01-01 and 9000-01-01 in ms UTC: moments outside overflow elsewhere.
FIRST_MS, LAST_MS = -2_177_452_800_000, 221_845_392_000_000


@dataclass(slots=True)
class _Column:
    start: array[int] = field(default_factory=lambda: array("q"))
    end: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    comparator: array[int] = field(default_factory=lambda: array("b"))


class Columns:
    """Readings as they are met, one column a stream and source; `add` refuses what is no reading."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, str], _Column] = {}

    def add(
        self, of: tuple[str, str], start: int, end: int, value: float, comparator: int = EXACT
    ) -> _Column | None:
        """One reading of (stream, source), in ms UTC and the unit of the stream.

        Gives the column when it is full and wants to be taken. An `Invalid` says what cannot be.
        """
        if not EARLIEST_MS <= start <= end <= LAST_MS:
            raise Invalid("ends_before_start" if end < start else "time_impossible", when=_written(start))
        if not -MOST <= value <= MOST:
            raise Invalid("not_a_number")
        column = self._columns.get(of)
        if column is None:
            if len(self._columns) >= MOST_COLUMNS:
                raise Unreadable("sources_many", most=MOST_COLUMNS)
            column = self._columns[of] = _Column()
        column.start.append(start)
        column.end.append(end)
        column.value.append(value)
        if comparator != EXACT or column.comparator:
            column.comparator.extend([EXACT] * (len(column.start) - 1 - len(column.comparator)))
            column.comparator.append(comparator)
        return column if len(column.start) >= MOST_AT_ONCE else None

    def take(self, where: str = "", least: int = 1) -> Iterator[Readings]:
        """Every column of at least ``least`` readings, out of here."""
        for of, column in list(self._columns.items()):
            if len(column.start) >= least:
                del self._columns[of]
                yield Readings(
                    *of, column.start, column.end, column.value, comparator=column.comparator, where=where
                )

    def __len__(self) -> int:
        return sum(len(column.start) for column in self._columns.values())


def _written(ms: int) -> str:
    return clock.from_ms(ms).strftime("%Y-%m-%d %H:%M") if FIRST_MS <= ms <= LAST_MS else str(ms)


def unit_of(name: str) -> str:
    """The unit that a stream or a kind is kept in."""
    return ALL_STREAMS[name].unit if name in ALL_STREAMS else KINDS[name].measure.unit


def checked(vital: Vital, source_id: str, where: str, excerpt: str = "") -> Found | Trouble:
    """``vital`` with its numbers rounded as they are kept, found; or the trouble of one that cannot be.

    What is only improbable is found: a device said it, and the person sees it at the preview.
    """
    try:
        made = replace(
            vital,
            reading=_rounded(vital),
            device=UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", vital.device)[:100],
            note=UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", vital.note)[:2000],
        )
        for problem in problems(made):
            if isinstance(problem, Invalid):
                raise problem
    except Problem as problem:
        return Trouble(where, problem, excerpt or source_id[:200])
    except ArithmeticError:
        return Trouble(where, Invalid("not_a_number"), excerpt or source_id[:200])
    return Found(made, source_id, where)


def recorded(word: Workout | Electrocardiogram, source_id: str, where: str) -> Found:
    """A workout or electrocardiogram, found; its id comes from its source id, so that reading again gives the same.

    `Invalid` for one that cannot be (a distance around the earth, no sample in a second): its room would refuse it.
    """
    made = replace(word, id=id_of("recording", source_id)[0])
    if isinstance(made, Workout):
        workout_from(workout_members(made))
    else:
        _check_recording(made)
    return Found(made, source_id, where)


def _check_recording(made: Electrocardiogram) -> None:
    if not 0 < len(made.nanovolts) <= MOST_SAMPLES:
        raise Invalid("invalid_fields", field="nanovolts")
    if not FIRST_MS <= clock.to_ms(made.taken_at) <= LAST_MS:
        raise Invalid("time_impossible", when=made.taken_at.isoformat())
    # Any samples can be: one stands for all of them, which would have to be packed and unpacked.
    electrocardiogram_from(electrocardiogram_members(replace(made, nanovolts=array("i", (0,)))))


def _rounded(vital: Vital) -> Decimal | BloodPressure:
    measures = KINDS[vital.kind].measures
    reading = vital.reading
    if not isinstance(reading, BloodPressure):
        return units.rounded(reading, measures[0].decimals)
    return BloodPressure(
        units.rounded(reading.systolic, measures[0].decimals),
        units.rounded(reading.diastolic, measures[1].decimals),
        None if reading.pulse is None else units.rounded(reading.pulse, measures[2].decimals),
    )
