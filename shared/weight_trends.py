"""Weight over time: the change within 3 and within 7 days, and the slope a week from 14 measured days on.

A day's weight is the median of what was measured on it, so that one reading with a coat on does not tell of water. A
change looks back at most so many days, to the first measured day among them: it never says "within 3 days" of more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median

from shared.slopes import Counting, Slope, counting
from shared.trends import Window, day_now, slope_of
from shared.vitals import Vital

CHANGES = (3, 7)
# "2 kg and more within days" (JCS, as cited in the clinical notes of this project): tell the doctor; no diagnosis.
NOTABLE_KG = 2
# A newest weight that is older than this says nothing about now.
RECENT_DAYS = 7


@dataclass(frozen=True, slots=True)
class DayWeight:
    """The weight of one of her days in kg, exact: the median of ``readings`` readings."""

    day: date
    kg: Fraction
    readings: int


@dataclass(frozen=True, slots=True)
class WeightChange:
    """The newest day's weight minus that of the first measured day from ``within`` days before it on."""

    within: int
    since: DayWeight
    newest: DayWeight

    @property
    def kg(self) -> Fraction:
        """The change in kg, exact; above 0 is a gain."""
        return self.newest.kg - self.since.kg

    @property
    def is_notable(self) -> bool:
        """A gain of 2 kg or more: a reference for telling the doctor, never a diagnosis."""
        return self.kg >= NOTABLE_KG


@dataclass(frozen=True, slots=True)
class WeightTrend:
    """Weight of one window: its days oldest first, the changes that can be said, the slope (None under 14 days)."""

    window: Window
    days: Sequence[DayWeight]
    changes: Sequence[WeightChange]
    slope: Slope | None

    @property
    def newest(self) -> DayWeight | None:
        """The newest day's weight in the window."""
        return self.days[-1] if self.days else None

    @property
    def is_recent(self) -> bool:
        """Whether the newest weight is of the last 7 days of the window."""
        return self.newest is not None and (self.window.last - self.newest.day).days < RECENT_DAYS


def day_weights(vitals: Iterable[Vital]) -> list[DayWeight]:
    """Weights in any order as days, oldest first; a day begins at 04:00 like every day of hers."""
    by_day: dict[date, list[Decimal]] = {}
    for vital in vitals:
        by_day.setdefault(day_now(vital.local), []).append(vital.value)
    return [DayWeight(day, _median(found), len(found)) for day, found in sorted(by_day.items())]


def whole_weights(days: Sequence[DayWeight], today: date) -> Window:
    """From the first day weighed to today; today alone where nothing was."""
    return Window(min(days[0].day, today), today) if days else Window(today, today)


def weight_trend(days: Sequence[DayWeight], window: Window, counts: Counting = counting) -> WeightTrend:
    """The trend of the days within ``window``; ``days`` oldest first, those outside do not matter.

    ``counts``: as for `theil_sen`.
    """
    mine = [each for each in days if window.first <= each.day <= window.last]
    slope = slope_of([each.day.toordinal() for each in mine], [each.kg for each in mine], counts)
    # The changes end with the newest day of the window, and may begin before the window does.
    until = [each for each in days if each.day <= window.last] if mine else []
    changes = [change for within in CHANGES if (change := _change(until, within)) is not None]
    return WeightTrend(window, mine, changes, slope)


def _change(days: Sequence[DayWeight], within: int) -> WeightChange | None:
    if not days:
        return None
    newest = days[-1]
    earliest = newest.day - timedelta(days=within)
    since = next(each for each in days if each.day >= earliest)
    return None if since is newest else WeightChange(within, since, newest)


def _median(values: Sequence[Decimal]) -> Fraction:
    return Fraction(values[0] if len(values) == 1 else median([Fraction(value) for value in values]))
