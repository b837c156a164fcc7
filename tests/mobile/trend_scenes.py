"""The part of the walk about means and changes: a month, the figures below, what one is, nothing yet, weight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from mobile.events import TrendsLoaded
from mobile.screens.touches import Chose, Pressed
from shared import clock
from shared.occasion_columns import columns_of, met
from shared.trends import day_now, last_days, pressure_trend
from shared.vitals import Vital
from shared.weight_trends import day_weights, weight_trend
from tests.mobile.examples import JAPAN, NOW, month, one

if TYPE_CHECKING:
    from tests.mobile.scenes import Walk

TODAY = day_now(clock.at_offset(NOW, JAPAN))
PRESSURES = tuple(kept.vital for kept in month())
WEIGHTS = tuple(
    one("weight", f"{52 + (2.4 if day == 0 else 0) + day % 3 / 10:.1f}", NOW - timedelta(days=day)).vital
    for day in range(20)
)


def loaded(
    days: int, pressures: tuple[Vital, ...] = PRESSURES, weights: tuple[Vital, ...] = WEIGHTS
) -> TrendsLoaded:
    """What the phone reckons over the last ``days`` days."""
    window = last_days(days, TODAY)
    occasions = met(columns_of(pressures))
    return TrendsLoaded(days, pressure_trend(occasions, window), weight_trend(day_weights(weights), window))


def pressure(walk: Walk) -> Iterator[str]:
    """From the readings of blood pressure, and back."""
    walk.touch(Pressed("trends"))
    walk.hear(loaded(30))
    yield "trends"
    walk.touch(Pressed("more"))
    yield "trends, more"
    walk.touch(Pressed("define", "slope"))
    yield "trends, what a slope is"
    walk.touch(Pressed("back"), Pressed("more"), Chose("span", "7"))
    walk.hear(loaded(7, PRESSURES[:3]))
    yield "trends, few days"
    walk.hear(loaded(7, (), ()))
    yield "trends, nothing"
    walk.touch(Chose("span", "30"), Pressed("back"))


def weight(walk: Walk) -> Iterator[str]:
    """From the readings of weight, and back."""
    walk.touch(Pressed("trends"))
    walk.hear(loaded(30))
    yield "trends of weight"
    walk.touch(Pressed("back"))
