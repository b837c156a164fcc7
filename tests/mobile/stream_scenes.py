"""The part of the walk about what a watch or a sensor measures: weeks, figures, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from mobile.events import DaysLoaded, SourcesLoaded
from mobile.screens.touches import Chose, Pressed
from mobile.seen import DaySum, SourceSeen
from shared.glucose import GlucoseDay

if TYPE_CHECKING:
    from tests.mobile.scenes import Walk

LAST = date(2026, 11, 22)
MINUTE = 60_000


def _sensor(back: int) -> DaySum:
    """A day of a sensor that was worn for twenty hours and more."""
    minutes = (12, 40 + back, 1000, 180, 30)
    some = GlucoseDay(280, 280 * 138.0, 280 * 138.0**2 + 600_000, *(each * MINUTE for each in minutes))
    mean, least, most = Decimal(138), Decimal(51), Decimal(271)
    return DaySum("blood_glucose", LAST - timedelta(days=back), 280, None, mean, least, most, glucose=some)


def _walked(back: int) -> DaySum:
    """A day's steps; on some days only the device's own total is known."""
    day, own = LAST - timedelta(days=back), (("Apple Watch", Decimal(4400 + back)),)
    if back % 5 == 4:
        return DaySum("steps", day, 0, reported=own)
    return DaySum("steps", day, 90, total=Decimal(4321 + back), reported=own)


def figures(walk: Walk) -> Iterator[str]:
    """Steps with what the watch itself says, weeks, a sensor with its bar and what its figures mean."""
    walk.touch(Pressed("kind", "stream.steps"))
    walk.hear(DaysLoaded("steps", tuple(_walked(back) for back in reversed(range(30)))))
    yield "readings, steps by day"
    walk.touch(Chose("period", "week"))
    walk.hear(DaysLoaded("steps", tuple(_walked(back) for back in reversed(range(40)))))
    yield "readings, steps by week"
    walk.touch(Chose("period", "day"), Pressed("kind", "stream.blood_glucose"))
    walk.hear(DaysLoaded("blood_glucose", tuple(_sensor(back) for back in reversed(range(30)))))
    yield "readings, glucose by day"
    walk.touch(Pressed("figures"))
    yield "readings, glucose figures"
    walk.touch(Pressed("meanings"))
    yield "readings, glucose figures, what they mean"
    walk.touch(Pressed("back"))


def sources(walk: Walk) -> Iterator[str]:
    """From the settings: no device yet, three of them, one moved up, saved; and back."""
    walk.touch(Pressed("sources"))
    walk.hear(SourcesLoaded(()))
    yield "order of devices, none"
    three = (
        SourceSeen(1, "花子の Apple Watch", ("heart_rate", "sleep", "steps")),
        SourceSeen(2, "iPhone", ("steps",)),
        SourceSeen(3, "Dexcom G7", ("blood_glucose",)),
    )
    walk.hear(SourcesLoaded(three))
    yield "order of devices"
    walk.touch(Pressed("up", "1"))
    yield "order of devices, changed"
    walk.hear(SourcesLoaded((three[1], three[0], three[2]), ordered=True, is_summing_up=True))
    yield "order of devices, saved"
    walk.touch(Pressed("back"))
