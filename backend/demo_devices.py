"""Hanako's devices for the demo: a watch, a phone, a pedometer, a scale, a glucose sensor.

She is made up, and so is every number; nothing of it was measured on anybody.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from shared import clock
from shared.ids import new_id
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.streams import Readings
from shared.vitals import Vital

WATCH, PHONE, PEDOMETER, SCALE, SENSOR = "Apple Watch", "iPhone", "歩数計", "体組成計", "血糖センサー"
# Days back on which she left the watch at home: the phone's steps are all there is.
LEFT_AT_HOME = (3, 11)
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_JAPAN_MIN = 9 * 60
_SENSOR_DAYS = 20
_HERTZ = 512
Column = tuple[int, int, float]


def worn(days: Sequence[datetime], chance: random.Random) -> Iterator[Readings]:
    """What the devices sent, the watch first, up to now. ``days``: midnights of hers, oldest first."""
    now = clock.to_ms(clock.now())
    starts = [clock.to_ms(day) for day in days]
    today = starts[-1]
    watched = [at for at in starts if (today - at) // _DAY not in LEFT_AT_HOME]

    def sent(stream: str, source: str, of_day: Callable[[int], Iterator[Column]], on: list[int]) -> Readings:
        found = [each for at in on for each in of_day(at) if each[1] <= now]
        begun, ended, values = zip(*found, strict=True) if found else ((), (), ())
        return Readings(stream, source, array("q", begun), array("q", ended), array("d", values))

    # Of seven days the watch says the heart rate at rest on six; the seventh is left to us.
    rested = [at for nth, at in enumerate(watched) if nth % 7]
    yield sent("steps", WATCH, lambda at: _steps(at, chance, 520), watched)
    yield sent("steps", PHONE, lambda at: _steps(at, chance, 380), starts)
    yield sent("steps_reported", PEDOMETER, lambda at: _counted(at, chance), starts)
    yield sent("heart_rate", WATCH, lambda at: _beats(at, chance), watched)
    yield sent("resting_heart_rate", WATCH, lambda at: _at_rest(at, chance), rested)
    yield sent("hrv", WATCH, lambda at: _variation(at, chance), watched)
    yield sent("sleep", WATCH, lambda at: _night(at, chance), watched)
    yield sent("spo2", WATCH, lambda at: _at_night(at, chance, 96.4, 0.9), watched)
    yield sent("respiratory_rate", WATCH, lambda at: _at_night(at, chance, 14.6, 0.8), watched)
    yield sent("blood_glucose", SENSOR, lambda at: _sugar(at, chance), starts[-1 - _SENSOR_DAYS :])


def _steps(at: int, chance: random.Random, most: int) -> Iterator[Column]:
    for hour in range(7, 20):
        begun = at + hour * _HOUR
        yield begun, begun + _HOUR, float(chance.randrange(0, most))


def _counted(at: int, chance: random.Random) -> Iterator[Column]:
    yield at, at + _DAY, float(chance.randrange(2_600, 4_400))


def _beats(at: int, chance: random.Random) -> Iterator[Column]:
    for ten in range(144):
        asleep, moment = ten < 36 or ten > 135, at + ten * 10 * _MINUTE
        yield moment, moment, float(round(chance.gauss(57 if asleep else 71, 3 if asleep else 7)))


def _at_rest(at: int, chance: random.Random) -> Iterator[Column]:
    moment = at + 7 * _HOUR
    yield moment, moment, float(round(chance.gauss(59, 1.5)))


def _variation(at: int, chance: random.Random) -> Iterator[Column]:
    for hour in (2, 4, 9, 15, 22):
        yield at + hour * _HOUR, at + hour * _HOUR, round(chance.gauss(27, 5), 1)


def _at_night(at: int, chance: random.Random, middle: float, spread: float) -> Iterator[Column]:
    for half in range(11):
        moment = at + half * 30 * _MINUTE
        yield moment, moment, float(min(100, round(chance.gauss(middle, spread))))


def _night(at: int, chance: random.Random) -> Iterator[Column]:
    """To bed before midnight; rounds of light, deep and dreaming sleep with a short waking now and then."""
    begun = at - chance.randrange(30, 80) * _MINUTE
    moment = begun + chance.randrange(8, 25) * _MINUTE
    for turn in range(4):
        deep = max(4, 34 - 9 * turn)
        rounds = [(SleepStage.LIGHT, 44), (SleepStage.DEEP, deep), (SleepStage.REM, 10 + 6 * turn)]
        if chance.random() < 0.6:
            rounds.append((SleepStage.AWAKE, 6))
        for stage, usual in rounds:
            ended = moment + max(2, round(chance.gauss(usual, usual / 6))) * _MINUTE
            yield moment, ended, float(SLEEP_STAGES.index(stage))
            moment = ended
    yield begun, moment, float(SLEEP_STAGES.index(SleepStage.IN_BED))


def _sugar(at: int, chance: random.Random) -> Iterator[Column]:
    """Every five minutes: a quiet night, and a hill after each of three meals."""
    meals = [
        (hour * 60 + chance.randrange(-30, 30), chance.gauss(most, 20))
        for hour, most in ((7, 78), (12, 58), (18, 96))
    ]
    level = chance.gauss(94, 9)
    for minute in range(0, 24 * 60, 5):
        hills = sum(high * _hill((minute - eaten) / 55) for eaten, high in meals if minute > eaten)
        moment = at + minute * _MINUTE
        yield moment, moment, float(max(55, round(level + hills + chance.gauss(0, 3))))


def _hill(x: float) -> float:
    """Up to 1 at x = 1, and slowly down."""
    return x * math.exp(1 - x)


def weighed(day: datetime, back: int, chance: random.Random) -> Iterator[Vital]:
    """A morning on the scale: the weight every day, the rest of the body on Sundays."""
    at = day + timedelta(hours=7, minutes=45)
    kg = Decimal(round(chance.gauss(522 + back * 0.12, 3))) / 10
    yield _measured("weight", at, kg)
    if day.weekday() != 6:
        return
    fat = Decimal(round(chance.gauss(298, 4))) / 10
    yield _measured("body_fat", at, fat)
    yield _measured("bmi", at, (kg / Decimal("2.3104")).quantize(Decimal("0.1")))  # 1.52 m, squared
    yield _measured("muscle_mass", at, (kg * (100 - fat) / 100 * Decimal("0.94")).quantize(Decimal("0.1")))
    yield _measured("visceral_fat", at, Decimal("6.5"))
    yield _measured("basal_metabolism", at, Decimal(round(chance.gauss(1015, 8))))
    yield _measured("body_water", at, Decimal(round(chance.gauss(512, 4))) / 10)
    yield _measured("bone_mass", at, Decimal("2.0"))


def _measured(kind: str, at: datetime, value: Decimal) -> Vital:
    utc = at.astimezone(clock.now().tzinfo)
    return Vital(new_id(), kind, utc, _JAPAN_MIN, value, device=SCALE, origin="bluetooth")
