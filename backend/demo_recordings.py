"""Hanako's recordings for the demo: walks, gymnastics, electrocardiograms of a regular and of an irregular heart.

Drawn by a formula (bells for P, Q, R, S and T; no P and uneven steps for the irregular one): they teach nobody to
read a heart, and were taken of nobody.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shared import clock
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.ids import new_id
from shared.workouts import Activity, Workout

WATCH = "Apple Watch"
IRREGULAR_BACK = 6  # so many days ago the watch found the heart uneven
_JAPAN_MIN = 9 * 60
_HERTZ, _SECONDS = 512, 30
_REACH = round(0.45 * _HERTZ)  # samples on each side of a peak that its wave reaches


@dataclass(frozen=True, slots=True)
class _Heart:
    """How a made-up heart beats: seconds between beats and how uneven; height of P and of the flicker, in mV."""

    step: float
    uneven: float
    p: float
    flicker: float
    classified: Classified
    rate: int
    symptoms: str = ""


_REGULAR = _Heart(0.86, 0.02, 0.12, 0.0, Classified.SINUS_RHYTHM, 70)
_IRREGULAR = _Heart(0.68, 0.15, 0.0, 0.04, Classified.ATRIAL_FIBRILLATION, 88, "動悸")


def recorded(today: datetime, chance: random.Random) -> Iterator[Workout | Electrocardiogram]:
    """What the watch recorded in two months. ``today``: midnight of hers."""
    for back in (58, 51, 44, 30, 24, 17, 9, 5, 2):
        yield _walk(today - timedelta(days=back) + timedelta(hours=16), chance)
    for back in (33, 19, 4):
        yield _gymnastics(today - timedelta(days=back) + timedelta(hours=6, minutes=30))
    yield _heart(today - timedelta(days=27) + timedelta(hours=9, minutes=12), _REGULAR, chance)
    yield _heart(today - timedelta(days=IRREGULAR_BACK) + timedelta(hours=20, minutes=40), _IRREGULAR, chance)


def _walk(local: datetime, chance: random.Random) -> Workout:
    begun, minutes = _utc(local), chance.randrange(22, 48)
    return Workout(
        new_id(),
        Activity.WALKING,
        begun,
        begun + timedelta(minutes=minutes + 3),
        _JAPAN_MIN,
        active_s=minutes * 60,
        distance_m=Decimal(minutes * 58),
        energy_kcal=Decimal(minutes * 3),
        steps=minutes * 96,
        heart_rate_mean=chance.randrange(88, 101),
        heart_rate_max=chance.randrange(106, 120),
        device=WATCH,
        origin="apple_health",
    )


def _gymnastics(local: datetime) -> Workout:
    """The gymnastics on the radio: ten minutes, of which the watch tells the length only."""
    begun = _utc(local)
    ended = begun + timedelta(minutes=10)
    return Workout(
        new_id(), Activity.GYMNASTICS, begun, ended, _JAPAN_MIN, device=WATCH, origin="apple_health"
    )


def _heart(local: datetime, heart: _Heart, chance: random.Random) -> Electrocardiogram:
    return Electrocardiogram(
        new_id(),
        _utc(local),
        _JAPAN_MIN,
        heart.classified,
        Decimal(_HERTZ),
        _drawn(heart, chance),
        symptoms=heart.symptoms,
        heart_rate=heart.rate,
        lead="I",
        device=WATCH,
        origin="apple_health",
    )


def _drawn(heart: _Heart, chance: random.Random) -> array[int]:
    """Thirty seconds of it in nV."""
    wave = _wave(heart.p)
    size = _HERTZ * _SECONDS
    mv = [
        heart.flicker * (math.sin(n * 0.0749) + 0.6 * math.sin(n * 0.0897))
        + 0.03 * math.sin(n * 0.0031)
        + chance.uniform(-0.012, 0.012)
        for n in range(size)
    ]
    peak = 0.4
    while peak < _SECONDS:
        first = round(peak * _HERTZ) - _REACH
        for n in range(max(0, first), min(size, first + len(wave))):
            mv[n] += wave[n - first]
        peak += max(0.42, chance.gauss(heart.step, heart.uneven))
    return array("i", [round(each * 1_000_000) for each in mv])


def _wave(p: float) -> list[float]:
    """One beat around its R, in mV: height, place and width (s) of each bell."""
    bells = (
        (p, -0.17, 0.025),
        (-0.1, -0.028, 0.01),
        (0.95, 0, 0.011),
        (-0.18, 0.03, 0.011),
        (0.26, 0.26, 0.05),
    )
    return [
        sum(high * math.exp(-(((n / _HERTZ - place) / width) ** 2) / 2) for high, place, width in bells)
        for n in range(-_REACH, _REACH + 1)
    ]


def _utc(local: datetime) -> datetime:
    return local.astimezone(clock.now().tzinfo)
