"""The two 7-day summaries of home blood pressure, JSH and ESH, kept apart: they count differently and are never mixed.

JSH (JSH2019, unchanged in JSH2025): all 7 days, morning and evening each on their own, the mean of the occasions'
means. ESH (ESH 2021 as cited): without the first day measured, the mean of all counted readings, morning and evening
together. Both ask for 5 days here; the ESH minimum is cited as 3, and we stay on the careful side. Under 5 days the
means are given with "not enough days" and never with a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from shared.blood_pressure import Mean, Occasion, as_mean, mean_of, reaches_reference
from shared.languages import tr
from shared.vitals import Session

SUMMARY_DAYS = 7
LEAST_DAYS = 5


class Standing(StrEnum):
    """How a mean stands to 135/85; a reference for the doctor, never a diagnosis."""

    NOT_ENOUGH_DAYS = "not_enough_days"
    BELOW_REFERENCE = "below_reference"
    AT_OR_ABOVE_REFERENCE = "at_or_above_reference"


@dataclass(frozen=True, slots=True)
class Part:
    """A mean and what it is made of. ``mean`` is None without readings; ``days`` decides whether it may be judged."""

    mean: Mean | None
    days: int
    occasions: int
    readings: int

    @property
    def standing(self) -> Standing:
        """Against 135/85, compared exactly (134.5 is below, and shown as 134.5); no verdict under 5 days."""
        if self.mean is None or self.days < LEAST_DAYS:
            return Standing.NOT_ENOUGH_DAYS
        reached = reaches_reference(self.mean.systolic, self.mean.diastolic)
        return Standing.AT_OR_ABOVE_REFERENCE if reached else Standing.BELOW_REFERENCE


@dataclass(frozen=True, slots=True)
class Difference:
    """Morning mean minus evening mean in mmHg, exact; negative when the evening is higher."""

    systolic: Fraction
    diastolic: Fraction


@dataclass(frozen=True, slots=True)
class JshSummary:
    """The JSH way. ``missing_days`` are the days of the window without a morning or evening measurement."""

    first_day: date
    last_day: date
    morning: Part
    evening: Part
    missing_days: tuple[date, ...]

    @property
    def days(self) -> int:
        """Days of the window with a morning or an evening measurement."""
        return SUMMARY_DAYS - len(self.missing_days)

    @property
    def standing(self) -> Standing:
        """Morning or evening at or above 135/85 is enough; below needs both, each with 5 days."""
        parts = (self.morning.standing, self.evening.standing)
        if Standing.AT_OR_ABOVE_REFERENCE in parts:
            return Standing.AT_OR_ABOVE_REFERENCE
        return Standing.NOT_ENOUGH_DAYS if Standing.NOT_ENOUGH_DAYS in parts else Standing.BELOW_REFERENCE

    @property
    def difference(self) -> Difference | None:
        """Morning minus evening; None unless both have enough days."""
        morning, evening = self.morning, self.evening
        if morning.mean is None or evening.mean is None or min(morning.days, evening.days) < LEAST_DAYS:
            return None
        return Difference(
            morning.mean.systolic - evening.mean.systolic, morning.mean.diastolic - evening.mean.diastolic
        )


@dataclass(frozen=True, slots=True)
class EshSummary:
    """The ESH way. ``dropped_day`` is the first day measured in the window, left out because first days run high.

    ``days`` counts the measured days with the dropped one, as the guidelines count them; ``part`` is what remains.
    """

    first_day: date
    last_day: date
    dropped_day: date | None
    days: int
    part: Part
    missing_days: tuple[date, ...]

    @property
    def standing(self) -> Standing:
        """Against 135/85; no verdict under 5 measured days."""
        if self.part.mean is None or self.days < LEAST_DAYS:
            return Standing.NOT_ENOUGH_DAYS
        reached = reaches_reference(self.part.mean.systolic, self.part.mean.diastolic)
        return Standing.AT_OR_ABOVE_REFERENCE if reached else Standing.BELOW_REFERENCE


def jsh_summary(occasions: Iterable[Occasion], last_day: date) -> JshSummary:
    """The JSH summary of the 7 days up to ``last_day`` (the patient's day). Occasions outside do not matter."""
    window = _window(occasions, last_day)
    morning = [each for each in window if each.session is Session.MORNING]
    evening = [each for each in window if each.session is Session.EVENING]
    return JshSummary(
        first_day=_first_day(last_day),
        last_day=last_day,
        morning=_by_occasion(morning),
        evening=_by_occasion(evening),
        missing_days=_missing(window, last_day),
    )


def esh_summary(occasions: Iterable[Occasion], last_day: date) -> EshSummary:
    """The ESH summary of the 7 days up to ``last_day`` (the patient's day). Occasions outside do not matter."""
    window = _window(occasions, last_day)
    dropped = min((each.day for each in window), default=None)
    kept = [each for each in window if each.day != dropped]
    return EshSummary(
        first_day=_first_day(last_day),
        last_day=last_day,
        dropped_day=dropped,
        days=len({each.day for each in window}),
        part=_by_reading(kept),
        missing_days=_missing(window, last_day),
    )


def _window(occasions: Iterable[Occasion], last_day: date) -> list[Occasion]:
    first_day = _first_day(last_day)
    return [
        each for each in occasions if first_day <= each.day <= last_day and each.session is not Session.OTHER
    ]


def _first_day(last_day: date) -> date:
    return last_day - timedelta(days=SUMMARY_DAYS - 1)


def _missing(window: Sequence[Occasion], last_day: date) -> tuple[date, ...]:
    measured = {each.day for each in window}
    days = (_first_day(last_day) + timedelta(days=n) for n in range(SUMMARY_DAYS))
    return tuple(day for day in days if day not in measured)


def _by_occasion(chosen: Sequence[Occasion]) -> Part:
    return _part([each.mean for each in chosen], chosen)


def _by_reading(chosen: Sequence[Occasion]) -> Part:
    return _part([as_mean(vital.pressure) for each in chosen for vital in each.counted], chosen)


def _part(means: Sequence[Mean], chosen: Sequence[Occasion]) -> Part:
    return Part(
        mean=mean_of(means) if means else None,
        days=len({each.day for each in chosen}),
        occasions=len(chosen),
        readings=sum(len(each.counted) for each in chosen),
    )


def summary_name(summary: JshSummary | EshSummary) -> str:
    """The name a summary is shown under: no mean is ever shown without it."""
    if isinstance(summary, JshSummary):
        return tr("JSH の平均（7日間・朝と晩を別々に）")
    return tr("ESH の平均（7日間・はじめの日を除き、朝と晩を合わせて）")


def standing_words(standing: Standing) -> str:
    """A standing in words: neutral, not a diagnosis."""
    match standing:
        case Standing.NOT_ENOUGH_DAYS:
            return tr("日数が足りません（5日以上の測定が必要です）")
        case Standing.BELOW_REFERENCE:
            return tr("135/85 未満です")
        case Standing.AT_OR_ABOVE_REFERENCE:
            return tr("135/85 以上です（診断ではありません）")
