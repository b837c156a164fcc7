"""A day of a glucose sensor in parts that can be added up: how long it measured in which band. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from backend.wearables.believing import Believed
from backend.wearables.chunks import Ints
from backend.wearables.quarters import QUARTER_MS
from shared.glucose import HIGH, LONGEST_STEP_MS, LOW, VERY_HIGH, VERY_LOW, GlucoseDay
from shared.streams import ABOVE, BELOW


def glucose_days(readings: Believed, first: int, borders: Ints) -> Mapping[int, GlucoseDay]:
    """The days that have readings. ``borders``: the quarters at which the days from ``first`` on begin and end."""
    moments = (borders * QUARTER_MS).tolist()
    found = {}
    for day, (begins, ends) in enumerate(pairwise(moments), first):
        of_day = readings.between(begins, ends)
        if len(of_day):
            found[day] = glucose_day(of_day, begins, ends)
    return found


def glucose_day(readings: Believed, begins: int, ends: int) -> GlucoseDay:
    """The parts of one day from ``begins`` to ``ends`` (ms UTC). ``readings``: at least one."""
    stands = np.minimum(np.diff(readings.start, append=ends), _steps(readings))
    comparator = readings.comparator
    # 10.0 mmol/L is 180.16 mg/dL and in range: the bounds are told in whole mg/dL, so they are looked at in those.
    value = np.rint(readings.value)
    # A bound counts by what it says: "below 70" is below, though 70 itself is not.
    under, over = comparator == BELOW, comparator == ABOVE
    very_low = (value < VERY_LOW) | (under & (value <= VERY_LOW))
    low = ((value < LOW) | (under & (value <= LOW))) & ~very_low
    very_high = (value > VERY_HIGH) | (over & (value >= VERY_HIGH))
    high = ((value > HIGH) | (over & (value >= HIGH))) & ~very_high
    in_range = ~(very_low | low | high | very_high)
    numbers = readings.value.tolist()
    return GlucoseDay(
        len(readings),
        math.fsum(numbers),
        math.fsum(n * n for n in numbers),
        very_low=int(stands[very_low].sum()),
        low=int(stands[low].sum()),
        in_range=int(stands[in_range].sum()),
        high=int(stands[high].sum()),
        very_high=int(stands[very_high].sum()),
        lasts=ends - begins,
    )


def _steps(readings: Believed) -> Ints:
    """The usual step of each reading's sensor on this day: the median, at most 15 minutes (also if it has one)."""
    steps = np.full(len(readings), LONGEST_STEP_MS, np.int64)
    for source in np.unique(readings.source).tolist():
        own = readings.source == source
        between = np.diff(readings.start[own])
        between = between[between > 0]
        if len(between):
            steps[own] = min(LONGEST_STEP_MS, int(np.median(between)))
    return steps
