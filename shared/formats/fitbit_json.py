"""The legacy files of a Fitbit Takeout (``Global Export Data/*.json``): one list each, of one thing.

Heart rates, steps, distances and exercises are in UTC; sleep and weight on the wall clock of the person; a resting
heart rate is of a local day (formats/wearables.md sections 1.1 and 5, checked there on a real account).
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import compress
from typing import Any

from shared import clock, units
from shared.formats import Found, Piece
from shared.formats.fitbit_words import (
    CLOCK,
    ORIGIN,
    SOURCE,
    US_DAYS,
    Taking,
    day_ms,
    stage,
    us_day,
    us_ms,
    wall,
    wall_ms,
)
from shared.formats.gathered import checked, recorded
from shared.formats.moments import DAY_MS
from shared.formats.piles import texts, unverified
from shared.ids import new_id
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.strict_json import whole_letters
from shared.vitals import Vital
from shared.workouts import Activity, Workout

# A day of heart rates has 1 MB; a list is held in memory as a whole.
MOST_BYTES = 8 * 1024**2
# Entries of a list, the name of the file it stands in, where what is found goes.
Reader = Callable[[list[Any], str, Taking], Iterator[Piece]]

_ACTIVITIES = (
    ("walk", Activity.WALKING), ("treadmill", Activity.RUNNING), ("run", Activity.RUNNING),
    ("hik", Activity.HIKING), ("bik", Activity.CYCLING), ("cycl", Activity.CYCLING),
    ("spinning", Activity.CYCLING), ("swim", Activity.SWIMMING), ("row", Activity.ROWING),
    ("weight", Activity.STRENGTH), ("strength", Activity.STRENGTH), ("yoga", Activity.YOGA),
    ("pilates", Activity.GYMNASTICS), ("danc", Activity.DANCE), ("tennis", Activity.BALL_GAME),
    ("golf", Activity.BALL_GAME), ("ball", Activity.BALL_GAME), ("soccer", Activity.BALL_GAME),
)  # fmt: skip
_METRES = {"kilometer": Decimal(1000), "mile": Decimal("1609.344"), "meter": Decimal(1)}
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,12})?", re.ASCII)
_NO_TIME = "23:59:59"


def parsed(raw: bytes, name: str) -> list[Any]:
    """The list that the file is; an `Unreadable` for anything else."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("value_odd", name=name or "JSON")
    try:
        made = json.loads(whole_letters(raw.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise Unreadable("file_broken") from error
    if not isinstance(made, list):
        raise Unreadable("file_broken")
    return made


def heart_rates(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
    """Beats a minute; what the watch itself was not sure of (confidence 0) is left out."""
    try:
        values = [each["value"] for each in entries]
        sure = [each["confidence"] for each in values]
        starts = array("q", [US_DAYS[t[:8]] + CLOCK[t[9:]] for t in [each["dateTime"] for each in entries]])
        beats = array("d", [each["bpm"] for each in values])
        if 0 in sure:
            unsure = sure.count(0)
            taking.odd.count("heart_rate", Invalid("readings_unsure", type="", count=0), name, unsure)
            starts, beats = (type(each)(each.typecode, compress(each, sure)) for each in (starts, beats))
        if beats and min(beats) < 0:
            raise Invalid("not_a_number")
        _pile(taking, "heart_rate", name, starts, beats)
    except (KeyError, TypeError, IndexError, Invalid, OverflowError, AttributeError):
        for each in entries:
            _one(taking, "heart_rate", name, each, _beat)
    yield from taking.piles.full()


def _beat(entry: dict[str, Any]) -> float | None:
    return None if entry["value"].get("confidence") == 0 else _float(entry["value"]["bpm"])


def totals(stream: str, factor: float) -> Reader:
    """A reader of numbers that stand as texts (steps, distances), in UTC."""

    def read(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
        if stream == "distance" and entries:
            what = tr("距離はセンチメートルとして読みました")
            taking.odd.count("distance", unverified(what), name, len(entries))
        try:
            stamps = [each["dateTime"] for each in entries]
            starts = array("q", [US_DAYS[t[:8]] + CLOCK[t[9:]] for t in stamps])
            values = array("d", [_float(each["value"]) * factor for each in entries])
            _pile(taking, stream, name, starts, values)
        except (KeyError, TypeError, IndexError, Invalid, OverflowError, AttributeError):
            for each in entries:
                _one(taking, stream, name, each, lambda entry: _float(entry["value"]) * factor)
        yield from taking.piles.full()

    return read


def _float(value: object) -> float:
    """A number of zero or more, also where it stands as a text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1e9:
        return float(value)
    raise Invalid("not_a_number")


def _one(
    taking: Taking, stream: str, name: str, entry: Any, value_of: Callable[[dict[str, Any]], float | None]
) -> None:
    """One entry by itself: what is wrong with it is told, and its neighbours are kept."""
    try:
        start, value = us_ms(entry["dateTime"]), value_of(entry)
        if value is None:
            taking.odd.add(stream, Invalid("readings_unsure", type="", count=0), name)
        else:
            _pile(taking, stream, name, array("q", (start,)), array("d", (value,)))
    except Problem as problem:
        taking.odd.add(stream, problem, name, told(entry))
    except (KeyError, TypeError, IndexError, OverflowError, AttributeError):
        taking.odd.add(stream, Invalid("value_odd", name=stream), name, told(entry))


def _pile(taking: Taking, stream: str, name: str, starts: array[int], values: array[float]) -> None:
    if taking.covered.any(stream):
        kept = [not taking.covered.has(stream, ms) for ms in starts]
        twice = len(kept) - sum(kept)
        taking.odd.count(stream, Invalid("readings_told_twice", type="", count=0), name, twice)
        starts, values = array("q", compress(starts, kept)), array("d", compress(values, kept))
    taking.piles.extend((stream, SOURCE), name, starts, starts, values)


def resting(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
    """The resting heart rate of a local day; a zero or a day without a date is Fitbit's "not measured"."""
    for each in entries:
        try:
            value = each["value"]
            if value["date"] is None or value["value"] == 0:
                problem = Invalid("readings_placeholder", type="", count=0)
                taking.odd.add("resting_heart_rate", problem, name)
                continue
            day = us_day(value["date"])
            start, end = taking.home.day(day.year, day.month, day.day)
            if taking.covered.has_day("resting_heart_rate", day_ms(day) // DAY_MS):
                problem = Invalid("readings_told_twice", type="", count=0)
                taking.odd.add("resting_heart_rate", problem, name)
                continue
            taking.piles.add(("resting_heart_rate", SOURCE), name, start, end, _float(value["value"]))
        except Problem as problem:
            taking.odd.add("resting_heart_rate", problem, name, told(each))
        except (KeyError, TypeError, IndexError, AttributeError):
            taking.odd.add("resting_heart_rate", Invalid("value_odd", name=name), name, told(each))
    yield from taking.piles.full()


def nights(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
    """The stages of each sleep. Short wakes (``shortData``) lie over the stages and are not added to them."""
    for each in entries:
        try:
            _night(each, name, taking)
        except Problem as problem:
            taking.odd.add("sleep", problem, name, told(each))
        except (KeyError, TypeError, IndexError, AttributeError, OverflowError):
            taking.odd.add("sleep", Invalid("value_odd", name=name), name, told(each))
    yield from taking.piles.full()


def _night(entry: dict[str, Any], name: str, taking: Taking) -> None:
    starts, ends, values = array("q"), array("q"), array("d")
    due: int | None = None
    expected = None
    for level in entry["levels"]["data"]:
        when, seconds = wall(level["dateTime"]), level["seconds"]
        if not isinstance(seconds, int) or not 0 <= seconds <= 172_800:
            raise Invalid("value_odd", name="seconds")
        # Stages follow on each other; only a wall clock that was set on or back makes a gap.
        start = due if due is not None and when == expected else wall_ms(taking.walls, when, due)
        due, expected = start + seconds * 1000, when + timedelta(seconds=seconds)
        starts.append(start)
        ends.append(due)
        values.append(stage(level["level"]))
    if starts and taking.covered.overlaps("sleep", starts[0], ends[-1]):
        problem = Invalid("readings_told_twice", type="", count=0)
        taking.odd.count("sleep", problem, name, len(starts))
        return
    taking.piles.extend(("sleep", SOURCE), name, starts, ends, values)


def weights(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
    """Weighings: pounds whatever the account shows (unverified for kg), with BMI and fat where they stand."""
    for each in entries:
        try:
            yield from _weighing(each, name, taking)
        except Problem as problem:
            taking.odd.add("weight", problem, name, told(each))
        except (KeyError, TypeError, IndexError, AttributeError):
            taking.odd.add("weight", Invalid("value_odd", name=name), name, told(each))


def _weighing(entry: dict[str, Any], name: str, taking: Taking) -> Iterator[Piece]:
    day, time = us_day(entry["date"]), CLOCK[entry["time"]]
    ms = taking.walls.ms(day.year, day.month, day.day, time)
    if taking.covered.overlaps("weight", ms - 60_000, ms + 60_000):
        taking.odd.add("weight", Invalid("readings_told_twice", type="", count=0), name)
        return
    if entry["time"] == _NO_TIME:
        what = tr("時刻のない体重を、その日の終わりの時刻として読みました")
        taking.odd.add("weight (23:59:59)", unverified(what), name, told(entry))
    taking.odd.add("weight", unverified(tr("体重はポンドとして読みました")), name, told(entry))
    for kind, key, factor in (
        ("weight", "weight", Decimal("0.45359237")),
        ("bmi", "bmi", Decimal(1)),
        ("body_fat", "fat", Decimal(1)),
    ):
        if not entry.get(key):
            continue
        vital = Vital(
            new_id(),
            kind,
            clock.from_ms(ms),
            taking.walls.offset_min(ms),
            units.exact(entry[key]) * factor,
            device=str(entry.get("source") or SOURCE),
            origin=ORIGIN,
        )
        yield checked(vital, f"fitbit|{kind}|{entry['logId']}|{entry[key]}"[:200], name, told(entry))


def exercises(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
    """Workouts. Their energy is of the whole body, not of the exercise alone, and is left out and told."""
    for each in entries:
        try:
            found = _exercise(each, name, taking)
            if found is not None:
                yield found
        except Problem as problem:
            taking.odd.add("exercise", problem, name, told(each))
        except (KeyError, TypeError, IndexError, AttributeError, ArithmeticError):
            taking.odd.add("exercise", Invalid("value_odd", name=name), name, told(each))


def _exercise(entry: dict[str, Any], name: str, taking: Taking) -> Found | None:
    start = us_ms(entry["startTime"])
    end = start + int(_float(entry["duration"]))
    if taking.covered.overlaps("exercise", start, end):
        taking.odd.add("exercise", Invalid("readings_told_twice", type="", count=0), name)
        return None
    source = entry.get("source")
    device = source.get("name") if isinstance(source, dict) else None
    named = str(entry.get("activityName") or "")[:100]
    metres = _METRES.get(str(entry.get("distanceUnit")).casefold())
    distance = units.exact(entry["distance"]) * metres if metres and entry.get("distance") else None
    word = Workout(
        new_id(),
        activity(named),
        clock.from_ms(start),
        clock.from_ms(end),
        taking.home.offset_min(start),
        named=named,
        active_s=_whole(entry.get("activeDuration"), 1000),
        distance_m=None if distance is None else units.rounded(distance, 1),
        steps=_whole(entry.get("steps")),
        heart_rate_mean=_whole(entry.get("averageHeartRate")),
        device=str(device or SOURCE)[:100],
        origin=ORIGIN,
    )
    found = recorded(word, f"fitbit|exercise|{entry['logId']}"[:200], name)
    if entry.get("calories"):
        taking.energy_of_all(name)
    return found


def activity(named: str) -> Activity:
    """What an activity of that English name is to us."""
    name = named.casefold()
    return next((ours for part, ours in _ACTIVITIES if part in name), Activity.OTHER)


def _whole(value: object, by: int = 1) -> int | None:
    return int(_float(value)) // by or None if value is not None else None


def told(entry: object) -> str:
    """An entry as an excerpt."""
    return (
        texts(f"{key} {each}" for key, each in entry.items()) if isinstance(entry, dict) else str(entry)[:100]
    )
