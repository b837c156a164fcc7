"""When a medicine is taken, as values: the times of a day, the days, and the amounts; what codes and words come to.

Source: JAMI 処方・注射オーダ標準用法規格, as its code system and the JP-CLINS e-prescription guide give it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.blood_pressure import DAY_STARTS


class Slot(StrEnum):
    """The times of a day that usages are told by, in their order."""

    WAKING = "waking"  # 起床時
    MORNING = "morning"  # 朝
    NOON = "noon"  # 昼
    EVENING = "evening"  # 夕
    BEDTIME = "bedtime"  # 就寝前


class AtMeal(StrEnum):
    """How a time stands to the meal."""

    BEFORE = "before"  # 食前
    JUST_BEFORE = "just_before"  # 食直前
    DURING = "during"  # 食事中
    JUST_AFTER = "just_after"  # 食直後
    AFTER = "after"  # 食後
    TWO_HOURS_AFTER = "two_hours_after"  # 食後2時間
    BETWEEN = "between"  # 食間


class Pattern(StrEnum):
    """How the times are told."""

    TIMES = "times"  # at slots or hours of the day
    COUNT = "count"  # so many times a day, no time told
    INTERVAL = "interval"  # every so many hours
    AS_NEEDED = "as_needed"  # 頓用
    TEXT = "text"  # the words alone: not understood, or understood in two ways


# Where a slot stands in the day, in hours: for the order only, never for an alarm.
_HOURS = {Slot.WAKING: 6.0, Slot.MORNING: 7.5, Slot.NOON: 12.0, Slot.EVENING: 18.0, Slot.BEDTIME: 22.0}
_SHIFT = {
    AtMeal.BEFORE: -0.5,
    AtMeal.JUST_BEFORE: -0.1,
    AtMeal.JUST_AFTER: 0.1,
    AtMeal.AFTER: 0.5,
    AtMeal.TWO_HOURS_AFTER: 2.0,
    AtMeal.BETWEEN: 2.0,
}


@dataclass(frozen=True, slots=True)
class Time:
    """One time of a day: a slot with its meal, or an hour of the clock (0 to 23)."""

    slot: Slot | None = None
    meal: AtMeal | None = None
    hour: int | None = None

    @property
    def key(self) -> str:
        """The slot of a dose at this time: ``morning``, ``h15``."""
        return self.slot.value if self.slot else f"h{self.hour}"

    @property
    def order(self) -> float:
        """Where it stands in the day."""
        if self.slot is None:
            return float(self.hour or 0) + (24 if self.at_night else 0)
        return _HOURS[self.slot] + (_SHIFT.get(self.meal, 0.0) if self.meal else 0.0)

    @property
    def at_night(self) -> bool:
        """Whether it is an hour after midnight that ends her day, not one that begins it."""
        return self.slot is None and (self.hour or 0) < DAY_STARTS.hour

    @property
    def part(self) -> Slot:
        """The part of the day it belongs to: waking counts to the morning."""
        if self.slot is not None:
            return Slot.MORNING if self.slot is Slot.WAKING else self.slot
        hour = self.hour or 0
        if DAY_STARTS.hour <= hour < 11:
            return Slot.MORNING
        return Slot.NOON if 11 <= hour < 16 else Slot.EVENING if 16 <= hour < 21 else Slot.BEDTIME


@dataclass(frozen=True, slots=True)
class Days:
    """On which days. Nothing set: every day.

    ``weekdays`` as `date.weekday` (Monday 0); ``cycle``: so many days on, so many off, from the first day;
    ``month_days`` in each month, or in ``month`` alone; ``a_week``: so many times a week, no day told.
    """

    weekdays: frozenset[int] = frozenset()
    cycle: tuple[int, int] | None = None
    month_days: tuple[int, ...] = ()
    month: int | None = None
    a_week: int | None = None

    @property
    def daily(self) -> bool:
        """Whether it is every day."""
        return self is EVERY_DAY or self == EVERY_DAY

    def on(self, day: date, first: date) -> bool:
        """Whether ``day`` is one of them, when ``first`` was the first day; a month without a 31st has none."""
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        if self.cycle and (day - first).days % sum(self.cycle) >= self.cycle[0]:
            return False
        if self.month is not None and day.month != self.month:
            return False
        return not self.month_days or day.day in self.month_days


EVERY_DAY = Days()


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a medicine is taken. ``times`` in the order of the day; ``amounts`` one a time where they are uneven, None
    where they are uneven and not known.

    ``count`` is (least, most) times a day, ``hours`` (least, most) between two; ``event`` when it is needed (疼痛時);
    ``single`` the amount of one time where the words tell it, ``unit`` the unit of that or of the uneven amounts;
    ``method`` the JAMI 用法詳細 code (``2H`` eye drops).
    """

    pattern: Pattern
    times: tuple[Time, ...] = ()
    count: tuple[int, int] | None = None
    hours: tuple[int, int] | None = None
    days: Days = EVERY_DAY
    event: str = ""
    amounts: tuple[Decimal, ...] | None = ()
    single: str = ""
    unit: str = ""
    method: str = ""
    text: str = ""

    @property
    def a_day(self) -> int | None:
        """How many times a day at the most, where it is known."""
        if self.pattern is Pattern.TIMES:
            return len(self.times)
        if self.pattern is Pattern.COUNT and self.count:
            return self.count[1]
        if self.pattern is Pattern.INTERVAL and self.hours and self.hours[0] > 0:
            return 24 // self.hours[0] or None  # more than a day between two: not so many times a day
        return None
