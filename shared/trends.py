"""Home blood pressure over any span of days: means the JSH and the ESH way, spread, slope, share above the target.

Everything is of all readings, never of thinned ones; sums, means, shares and slopes are exact fractions, and only roots
(SD, CV) are floats. What each number is, and where it comes from: `trend_words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from heapq import nlargest
from math import ceil, lcm

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
from shared.slopes import Counting, Slope, counting, theil_sen
from shared.spreads import Share, Spread, spread_of
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
    occasions: Sequence[Met],
    window: Window,
    target: Target = GUIDELINE_TARGET,
    counts: Counting = counting,
) -> PressureTrend:
    """The trend of the occasions within ``window``; ``occasions`` oldest first, those outside do not matter.

    ``counts``: as for `theil_sen`.
    """
    first, last = window.first.toordinal(), window.last.toordinal()
    mine = [each for each in occasions if first <= each.day <= last]
    means = _Means.of(mine)
    mornings, evenings = means.only(Session.MORNING), means.only(Session.EVENING)
    sessions = [each for each in mine if each.session is not Session.OTHER]
    return PressureTrend(
        window=window,
        target=target,
        days=len({each.day for each in sessions}),
        readings=sum(each.readings for each in mine),
        morning=_session_trend(mornings, counts),
        evening=_session_trend(evenings, counts),
        esh=_esh(sessions),
        difference=_difference(mornings, evenings),
        above_target=_reaching((mornings, evenings), target.systolic, target.diastolic),
        at_reference=_reaching((mornings, evenings), REFERENCE_SYSTOLIC, REFERENCE_DIASTOLIC),
        highest=_highest(means),
    )


def whole_window(occasions: Sequence[Met], today: date) -> Window:
    """From the first day measured to today; today alone where nothing was."""
    first = min((date.fromordinal(each.day) for each in occasions), default=today)
    return Window(min(first, today), today)


def day_now(now: datetime) -> date:
    """Her day at a wall time: it begins at 04:00."""
    return now.date() - timedelta(days=1) if now.time() < DAY_STARTS else now.date()


@dataclass(frozen=True, slots=True)
class _Means:
    """Occasions with their means as whole numbers, each to be divided by ``scale``: fractions are slow."""

    scale: int
    met: Sequence[Met]
    systolic: Sequence[int]
    diastolic: Sequence[int]

    @classmethod
    def of(cls, chosen: Sequence[Met]) -> _Means:
        """Both means of each, exact."""
        scale = lcm(
            *{each.systolic.denominator * each.counted for each in chosen},
            *{each.diastolic.denominator * each.counted for each in chosen},
        )
        upper = [_whole(each.systolic, each.counted, scale) for each in chosen]
        return cls(scale, chosen, upper, [_whole(each.diastolic, each.counted, scale) for each in chosen])

    def only(self, session: Session) -> _Means:
        """Those of a session."""
        at = [n for n, each in enumerate(self.met) if each.session is session]
        columns = (self.met, self.systolic, self.diastolic)
        met, upper, lower = ([column[n] for n in at] for column in columns)
        return _Means(self.scale, met, upper, lower)  # type: ignore[arg-type]


def _whole(total: Fraction, counted: int, scale: int) -> int:
    return total.numerator * (scale // (total.denominator * counted))


def _session_trend(chosen: _Means, counts: Counting) -> SessionTrend:
    days = [each.day for each in chosen.met]
    upper, lower = (spread_of(column, chosen.scale) for column in (chosen.systolic, chosen.diastolic))
    pulses = [(each.pulse, each.pulses) for each in chosen.met if each.pulses]
    mean = None
    if upper.mean is not None and lower.mean is not None:
        mean = Mean(upper.mean, lower.mean, _mean(pulses) if pulses else None)
    part = Part(mean, len(set(days)), len(days), sum(each.counted for each in chosen.met))
    slopes = [_slope(days, column, chosen.scale, counts) for column in (chosen.systolic, chosen.diastolic)]
    return SessionTrend(part, upper, lower, slopes[0], slopes[1])


def _mean(totals: Sequence[tuple[Fraction, int]]) -> Fraction:
    """The mean of means, each a total over a count."""
    scale = lcm(*{total.denominator * counted for total, counted in totals})
    return Fraction(sum(_whole(total, counted, scale) for total, counted in totals), scale * len(totals))


def _slope(days: Sequence[int], whole: Sequence[int], scale: int, counts: Counting) -> Slope | None:
    if len(set(days)) < SLOPE_DAYS:
        return None
    return slope_of(days, [Fraction(each, scale) for each in whole], counts)


def slope_of(days: Sequence[int], values: Sequence[Fraction], counts: Counting = counting) -> Slope | None:
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
        ],
        counts,
    )


def _esh(chosen: Sequence[Met]) -> EshPart:
    dropped = min((each.day for each in chosen), default=None)
    kept = [each for each in chosen if each.day != dropped]
    on = None if dropped is None else date.fromordinal(dropped)
    return EshPart(on, len({each.day for each in chosen}), _by_reading(kept))


def _highest(means: _Means) -> tuple[Met, ...]:
    keys = zip(means.systolic, means.diastolic, range(len(means.met)), strict=True)
    return tuple(means.met[n] for _, _, n in nlargest(HIGHEST, keys))


def _by_reading(chosen: Sequence[Met]) -> Part:
    readings = sum(each.counted for each in chosen)
    pulses = sum(each.pulses for each in chosen)
    mean = None
    if readings:
        mean = Mean(
            _total([each.systolic for each in chosen]) / readings,
            _total([each.diastolic for each in chosen]) / readings,
            _total([each.pulse for each in chosen]) / pulses if pulses else None,
        )
    return Part(mean, len({each.day for each in chosen}), len(chosen), readings)


def _difference(mornings: _Means, evenings: _Means) -> PairedDifference:
    early, late = _by_day(mornings), _by_day(evenings)
    both = early.keys() & late.keys()
    if not both:
        return PairedDifference(0, None, None)
    found = []
    for number in (0, 1):
        # Each day's mean of occasions, of which there may be one, two or three: whole numbers over one denominator.
        parts = [(early[day], 1) for day in both] + [(late[day], -1) for day in both]
        among = lcm(*{count for (_, _, count), _ in parts})
        total = sum(sign * sums[number] * (among // sums[2]) for sums, sign in parts)
        found.append(Fraction(total, among * mornings.scale * len(both)))
    return PairedDifference(len(both), found[0], found[1])


def _by_day(means: _Means) -> dict[int, tuple[int, int, int]]:
    """The sums of the systolic and the diastolic means of a day, and how many they are."""
    found: dict[int, tuple[int, int, int]] = {}
    for each, upper, lower in zip(means.met, means.systolic, means.diastolic, strict=True):
        a, b, count = found.get(each.day, (0, 0, 0))
        found[each.day] = a + upper, b + lower, count + 1
    return found


def _reaching(sessions: Sequence[_Means], systolic: Number, diastolic: Number) -> Share:
    some = 0
    for each in sessions:
        upper, lower = Fraction(systolic) * each.scale, Fraction(diastolic) * each.scale
        # The least whole numbers that are not below the target.
        a, b = ceil(upper), ceil(lower)
        some += sum(u >= a or d >= b for u, d in zip(each.systolic, each.diastolic, strict=True))
    return Share(some, sum(len(each.met) for each in sessions))


def _total(values: Sequence[Fraction]) -> Fraction:
    scale = lcm(*{each.denominator for each in values})
    return Fraction(sum(each.numerator * (scale // each.denominator) for each in values), scale)
