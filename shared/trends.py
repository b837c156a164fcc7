"""Home blood pressure over any span of days: means the JSH and the ESH way, spread, slope, share above the target.

Everything is of all readings, never of thinned ones; sums, means, shares and slopes are exact fractions, and only roots
(SD, CV) are floats. What each number is, and where it comes from: `trend_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from heapq import nlargest

from shared.blood_pressure import (
    DAY_STARTS,
    GUIDELINE_TARGET,
    REFERENCE_DIASTOLIC,
    REFERENCE_SYSTOLIC,
    Mean,
    Target,
    reaches_reference,
)
from shared.home_pressure_summaries import LEAST_DAYS, Part, Standing
from shared.occasion_columns import Met, Number
from shared.slopes import Slope, theil_sen
from shared.spreads import Share, Spread, spread
from shared.vitals import Session

# A proposal of ours, as no guideline says it: no slope from fewer measured days.
SLOPE_DAYS = 14
HIGHEST = 3
# The windows that are offered, in days; the whole time is offered beside them.
WINDOWS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days of the patient (from 04:00), the first and the last among them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days, measured or not."""
        return (self.last - self.first).days + 1


def last_days(days: int, today: date) -> Window:
    """The ``days`` days up to today, today among them."""
    return Window(today - timedelta(days=days - 1), today)


@dataclass(frozen=True, slots=True)
class SessionTrend:
    """Mornings or evenings of a window: the mean the JSH way, the spread of occasion means, the slope of her days.

    The slopes are None under 14 measured days of that session.
    """

    part: Part
    systolic: Spread
    diastolic: Spread
    systolic_slope: Slope | None
    diastolic_slope: Slope | None


@dataclass(frozen=True, slots=True)
class EshPart:
    """The ESH way over the window: without ``dropped_day``, the first measured; all counted readings together."""

    dropped_day: date | None
    days: int
    part: Part

    @property
    def standing(self) -> Standing:
        """Against 135/85; no verdict under 5 measured days, the dropped one among them, as in the 7-day summary."""
        if self.part.mean is None or self.days < LEAST_DAYS:
            return Standing.NOT_ENOUGH_DAYS
        reached = reaches_reference(self.part.mean.systolic, self.part.mean.diastolic)
        return Standing.AT_OR_ABOVE_REFERENCE if reached else Standing.BELOW_REFERENCE


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Morning minus evening in mmHg, exact: the mean over the ``days`` on which both were measured."""

    days: int
    systolic: Fraction | None
    diastolic: Fraction | None

    @property
    def is_enough(self) -> bool:
        """Whether there are 5 such days, as for the means."""
        return self.days >= LEAST_DAYS


@dataclass(frozen=True, slots=True)
class PressureTrend:
    """Home blood pressure of one window. Occasions at other times count as readings, may be highest, and no more.

    ``days``: with a morning or an evening measurement. ``readings``: all, also third ones. ``above_target``: of the
    morning and evening occasions, those whose mean is not below both numbers of the target; ``at_reference``: those
    that reach 135/85. ``highest``: the three with the highest systolic means, of equals the newer.
    """

    window: Window
    target: Target
    days: int
    readings: int
    morning: SessionTrend
    evening: SessionTrend
    esh: EshPart
    difference: PairedDifference
    above_target: Share
    at_reference: Share
    highest: tuple[Met, ...]

    @property
    def missing_days(self) -> int:
        """Days of the window without a morning or an evening measurement."""
        return self.window.days - self.days


def pressure_trend(
    occasions: Sequence[Met], window: Window, target: Target = GUIDELINE_TARGET
) -> PressureTrend:
    """The trend of the occasions within ``window``; ``occasions`` oldest first, those outside do not matter."""
    first, last = window.first.toordinal(), window.last.toordinal()
    mine = [each for each in occasions if first <= each.day <= last]
    sessions = [each for each in mine if each.session is not Session.OTHER]
    return PressureTrend(
        window=window,
        target=target,
        days=len({each.day for each in sessions}),
        readings=sum(each.readings for each in mine),
        morning=_session_trend([each for each in sessions if each.session is Session.MORNING]),
        evening=_session_trend([each for each in sessions if each.session is Session.EVENING]),
        esh=_esh(sessions),
        difference=_difference(sessions),
        above_target=_reaching(sessions, target.systolic, target.diastolic),
        at_reference=_reaching(sessions, REFERENCE_SYSTOLIC, REFERENCE_DIASTOLIC),
        highest=_highest(mine),
    )


def whole_window(occasions: Sequence[Met], today: date) -> Window:
    """From the first day measured to today; today alone where nothing was."""
    first = min((date.fromordinal(each.day) for each in occasions), default=today)
    return Window(min(first, today), today)


def day_now(now: datetime) -> date:
    """Her day at a wall time: it begins at 04:00."""
    return now.date() - timedelta(days=1) if now.time() < DAY_STARTS else now.date()


def _session_trend(chosen: Sequence[Met]) -> SessionTrend:
    systolic = [each.systolic / each.counted for each in chosen]
    diastolic = [each.diastolic / each.counted for each in chosen]
    days = [each.day for each in chosen]
    upper, lower = spread(systolic), spread(diastolic)
    pulses = [each.pulse / each.pulses for each in chosen if each.pulses]
    mean = None
    if upper.mean is not None and lower.mean is not None:
        mean = Mean(upper.mean, lower.mean, spread(pulses).mean)
    part = Part(mean, len(set(days)), len(chosen), sum(each.counted for each in chosen))
    return SessionTrend(part, upper, lower, slope_of(days, systolic), slope_of(days, diastolic))


def slope_of(days: Sequence[int], values: Sequence[Fraction]) -> Slope | None:
    """The Theil-Sen slope through the days' means; None under 14 days with a value."""
    by_day: dict[int, list[Fraction]] = {}
    for day, value in zip(days, values, strict=True):
        by_day.setdefault(day, []).append(value)
    if len(by_day) < SLOPE_DAYS:
        return None
    return theil_sen(
        [
            (day, of_day[0] if len(of_day) == 1 else sum(of_day, Fraction(0)) / len(of_day))
            for day, of_day in by_day.items()
        ]
    )


def _esh(chosen: Sequence[Met]) -> EshPart:
    dropped = min((each.day for each in chosen), default=None)
    kept = [each for each in chosen if each.day != dropped]
    on = None if dropped is None else date.fromordinal(dropped)
    return EshPart(on, len({each.day for each in chosen}), _by_reading(kept))


def _highest(chosen: Sequence[Met]) -> tuple[Met, ...]:
    keys = ((each.systolic / each.counted, each.diastolic / each.counted, n) for n, each in enumerate(chosen))
    return tuple(chosen[n] for _, _, n in nlargest(HIGHEST, keys))


def _by_reading(chosen: Sequence[Met]) -> Part:
    readings = sum(each.counted for each in chosen)
    pulses = sum(each.pulses for each in chosen)
    mean = None
    if readings:
        mean = Mean(
            _total(each.systolic for each in chosen) / readings,
            _total(each.diastolic for each in chosen) / readings,
            _total(each.pulse for each in chosen) / pulses if pulses else None,
        )
    return Part(mean, len({each.day for each in chosen}), len(chosen), readings)


def _difference(chosen: Sequence[Met]) -> PairedDifference:
    days: dict[int, dict[Session, list[Met]]] = {}
    for each in chosen:
        days.setdefault(each.day, {}).setdefault(each.session, []).append(each)
    both = [of_day for of_day in days.values() if len(of_day) == 2]
    if not both:
        return PairedDifference(0, None, None)
    systolic, diastolic = Fraction(0), Fraction(0)
    for of_day in both:
        for session, sign in ((Session.MORNING, 1), (Session.EVENING, -1)):
            mine = of_day[session]
            systolic += sign * _total(each.systolic / each.counted for each in mine) / len(mine)
            diastolic += sign * _total(each.diastolic / each.counted for each in mine) / len(mine)
    return PairedDifference(len(both), systolic / len(both), diastolic / len(both))


def _reaching(chosen: Sequence[Met], systolic: Number, diastolic: Number) -> Share:
    upper, lower = Fraction(systolic), Fraction(diastolic)
    some = sum(e.systolic >= upper * e.counted or e.diastolic >= lower * e.counted for e in chosen)
    return Share(some, len(chosen))


def _total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
