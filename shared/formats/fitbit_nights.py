"""The sheets of the newer Takeout files that tell of stretches: stages of sleep, sleeps as a whole, exercises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from shared import clock, units
from shared.formats import Found, Piece
from shared.formats.fitbit_json import activity
from shared.formats.fitbit_words import ORIGIN, SOURCE, Taking, offset_min, stage, stamp_ms
from shared.formats.gathered import recorded
from shared.formats.piles import texts
from shared.formats.sheets import number
from shared.ids import new_id
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.problems import Invalid, Problem, Unreadable
from shared.workouts import Workout

Rows = Sequence[list[str]]
_STAGES = ("sleep_id", "sleep_stage_type", "sleep_stage_start", "sleep_stage_end")
_SLEEPS = ("sleep_id", "sleep_start", "sleep_end")
_EXERCISES = ("exercise_id", "exercise_start", "exercise_end", "activity_name")
_ENERGY = ("tracker_total_calories", "manually_logged_total_calories")
_LONGEST_MS = 14 * 86_400_000

# A deed on one row, whose columns stand at these places.
_Deed = Callable[[list[str], dict[str, int], str, Taking], Found | None]


def each_row(deed: _Deed, rows: Rows, at: tuple[str, int, dict[str, int]], taking: Taking) -> Iterator[Piece]:
    name, line, places = at
    for number_, row in enumerate(rows, line):
        if not row:
            continue
        where = f"{name} {number_}".strip()
        try:
            # Not as many as there are names: a header may have one twice.
            if len(row) <= max(places.values()):
                raise Unreadable("table_broken", where=where)
            found = deed(row, places, where, taking)
            if found is not None:
                yield found
        except Problem as problem:
            taking.odd.add(name or "CSV", problem, where, texts(row))
    yield from taking.piles.full()


def _span(row: list[str], places: dict[str, int], names: tuple[str, str]) -> tuple[int, int]:
    start, end = (stamp_ms(row[places[each]]) for each in names)
    if not start <= end <= start + _LONGEST_MS:
        raise Invalid("ends_before_start")
    return start, end


def _stages(row: list[str], places: dict[str, int], where: str, taking: Taking) -> None:
    start, end = _span(row, places, ("sleep_stage_start", "sleep_stage_end"))
    source = (row[places["data_source"]] if "data_source" in places else "") or SOURCE
    value = stage(row[places["sleep_stage_type"]])
    taking.piles.add(("sleep", source[:100]), where, start, end, value)
    taking.staged.add(row[places["sleep_id"]])


def _sleeps(row: list[str], places: dict[str, int], where: str, taking: Taking) -> None:
    """A sleep as a whole: a reading of its own only where no stages of it are told."""
    start, end = _span(row, places, ("sleep_start", "sleep_end"))
    taking.covered.span("sleep", start, end)
    if row[places["sleep_id"]] in taking.staged:
        return
    source = (row[places["data_source"]] if "data_source" in places else "") or SOURCE
    asleep = SLEEP_STAGES.index(SleepStage.ASLEEP)
    taking.piles.add(("sleep", source[:100]), where, start, end, asleep)


def _exercises(row: list[str], places: dict[str, int], where: str, taking: Taking) -> Found:
    start, end = _span(row, places, ("exercise_start", "exercise_end"))
    offset = offset_min(row[places["utc_offset"]]) if "utc_offset" in places else None
    named = row[places["activity_name"]][:100]
    distance = _figure(row, places, "total_distance_mm")
    word = Workout(
        new_id(),
        activity(named),
        clock.from_ms(start),
        clock.from_ms(end),
        taking.home.offset_min(start) if offset is None else offset,
        named=named,
        distance_m=None if distance is None else units.rounded(distance / 1000, 1),
        steps=_whole(_figure(row, places, "total_steps")),
        heart_rate_mean=_whole(_figure(row, places, "avg_heart_rate")),
        heart_rate_max=_whole(_figure(row, places, "peak_heart_rate")),
        device=((row[places["data_source"]] if "data_source" in places else "") or SOURCE)[:100],
        origin=ORIGIN,
    )
    taking.covered.span("exercise", start, end)
    found = recorded(word, f"fitbit|exercise|{row[places['exercise_id']]}"[:200], where)
    energy = (row[places[each]].strip() for each in _ENERGY if each in places)
    if any(each not in ("", "0", "0.0") for each in energy):
        taking.energy_of_all(where)
    return found


def _figure(row: list[str], places: dict[str, int], name: str) -> Decimal | None:
    """What the tracker told, else what the person wrote; nothing where neither is above zero.

    Their speeds are left out: they were found to be none.
    """
    for column in (f"tracker_{name}", f"manually_logged_{name}"):
        text = row[places[column]].strip() if column in places else ""
        if text and text.casefold() != "nan" and (value := number(text)):
            if value < 0:
                raise Invalid("not_a_number")
            return value
    return None


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value) or None


def deed_of(names: Sequence[str]) -> _Deed | None:
    """What is done with the rows of a sheet with these columns; None for any other sheet."""
    for columns, deed in ((_STAGES, _stages), (_SLEEPS, _sleeps), (_EXERCISES, _exercises)):
        if set(columns) <= set(names):
            return deed
    return None
