"""Home blood pressure: occasions with their mean, the session each belongs to, the target, and the words around them.

The two 7-day summaries are in `home_pressure_summaries`. Sources: JSH2019 (two readings an occasion, their mean; one
reading if there is only one; morning and evening apart; 135/85) and JSH2025 (target below 125/75 at home), as cited
in the clinical notes of this project. The hours of morning and evening are a proposal of ours: `session_hours_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from shared.languages import tr
from shared.vitals import BloodPressure, Session, Vital

# An occasion lasts at most this long from its first reading, the end included.
OCCASION_LASTS = timedelta(minutes=10)
# How many readings of an occasion count; the later ones are kept and shown (people measure until they like it).
READINGS_COUNTED = 2

# A proposal of ours, no guideline gives hours. The day starts at 04:00, so 01:30 is still yesterday's evening.
DAY_STARTS = time(4, 0)
MORNING_ENDS = time(12, 0)
EVENING_STARTS = time(18, 0)

# Home reference for hypertension (JSH2019, unchanged in JSH2025): at or above either number, in mmHg.
REFERENCE_SYSTOLIC = 135
REFERENCE_DIASTOLIC = 85


# Numbers that a mean is held against; 134.6 must not be read as 135 beside the words "below 135/85".
_SYSTOLIC_LINES = (125, REFERENCE_SYSTOLIC)
_DIASTOLIC_LINES = (75, REFERENCE_DIASTOLIC)


def whole(number: Fraction) -> int:
    """A mean as it is shown: a whole number, half up (127.5 is shown as 128). Comparisons use the exact mean."""
    return floor(number + Fraction(1, 2))


def _shown(number: Fraction, lines: Sequence[int]) -> str:
    if any(number < line <= whole(number) for line in lines):
        return f"{floor(number * 10) / 10:.1f}"
    return str(whole(number))


@dataclass(frozen=True, slots=True)
class Mean:
    """Means in mmHg, exact; the pulse per minute over the readings that have one, None when none has."""

    systolic: Fraction
    diastolic: Fraction
    pulse: Fraction | None = None

    @property
    def text(self) -> str:
        """As people read it: ``128/78``. Where rounding would cross 135/85 or 125/75, one decimal: ``134.6/79``."""
        return f"{_shown(self.systolic, _SYSTOLIC_LINES)}/{_shown(self.diastolic, _DIASTOLIC_LINES)}"


def mean_of(means: Sequence[Mean]) -> Mean:
    """The mean of ``means`` (at least one), each weighing the same; pulses over those that have one."""
    pulses = [mean.pulse for mean in means if mean.pulse is not None]
    return Mean(
        _average([mean.systolic for mean in means]),
        _average([mean.diastolic for mean in means]),
        _average(pulses) if pulses else None,
    )


def as_mean(pressure: BloodPressure) -> Mean:
    """One reading as exact fractions."""
    pulse = None if pressure.pulse is None else Fraction(pressure.pulse)
    return Mean(Fraction(pressure.systolic), Fraction(pressure.diastolic), pulse)


def _average(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Readings taken together, in the order of time; at least one. ``day`` is the patient's day it belongs to."""

    readings: tuple[Vital, ...]
    session: Session
    day: date

    @property
    def counted(self) -> tuple[Vital, ...]:
        """The readings that the mean is made of: the first two."""
        return self.readings[:READINGS_COUNTED]

    @property
    def shown_only(self) -> tuple[Vital, ...]:
        """The third and later readings: kept, shown, not counted."""
        return self.readings[READINGS_COUNTED:]

    @property
    def mean(self) -> Mean:
        """The mean of the counted readings."""
        return mean_of([as_mean(vital.pressure) for vital in self.counted])


def occasions(readings: Iterable[Vital]) -> list[Occasion]:
    """Blood pressures, in any order, as occasions in the order of time. A vital of another kind is a TypeError."""
    found: list[list[Vital]] = []
    for vital in sorted(readings, key=lambda vital: (vital.taken_at, vital.id)):
        if found and vital.taken_at - found[-1][0].taken_at <= OCCASION_LASTS:
            found[-1].append(vital)
        else:
            found.append([vital])
    return [_occasion(together) for together in found]


def _occasion(together: list[Vital]) -> Occasion:
    first = together[0].local
    label = next((vital.session for vital in together if vital.session is not None), None)
    session = label or session_at(first.time())
    # Who rises at 03:30 and says "morning" means the morning of that date, not of the day before.
    day = first.date() if session is Session.MORNING else day_of(first.date(), first.time())
    return Occasion(tuple(together), session, day)


def session_at(local: time) -> Session:
    """The session of a wall time without a label of hers: morning, evening, or other (shown, not averaged)."""
    if DAY_STARTS <= local < MORNING_ENDS:
        return Session.MORNING
    if local >= EVENING_STARTS or local < DAY_STARTS:
        return Session.EVENING
    return Session.OTHER


def day_of(on: date, local: time) -> date:
    """The day, starting at 04:00, that a wall time belongs to."""
    return on - timedelta(days=1) if local < DAY_STARTS else on


class SetBy(StrEnum):
    """Who chose a target."""

    GUIDELINE = "guideline"
    DOCTOR = "doctor"


@dataclass(frozen=True, slots=True)
class Target:
    """Home blood pressure is to stay below both numbers (mmHg). ``doctor`` is the name of who set it, if one did."""

    systolic: Decimal = Decimal(125)
    diastolic: Decimal = Decimal(75)
    set_by: SetBy = SetBy.GUIDELINE
    doctor: str = ""

    def __post_init__(self) -> None:
        if not self.systolic > self.diastolic > 0:
            raise ValueError("a target with systolic not above diastolic")


# JSH2025, one target for all ages; disputed from 75, so it is never shown as if her doctor had chosen it.
GUIDELINE_TARGET = Target()


def target_text(target: Target = GUIDELINE_TARGET) -> str:
    """The target and where it comes from; a guideline default is never passed off as her doctor's word."""
    words = {"systolic": target.systolic, "diastolic": target.diastolic}
    if target.set_by is SetBy.GUIDELINE:
        return tr(
            "目標 {systolic}/{diastolic} 未満（ガイドライン JSH2025 の標準の値です。75歳以上では議論があります。"
            "主治医が決めた値ではありません）",
            **words,
        )
    if target.doctor:
        return tr("目標 {systolic}/{diastolic} 未満（{doctor}が決めた値です）", doctor=target.doctor, **words)
    return tr("目標 {systolic}/{diastolic} 未満（主治医が決めた値です）", **words)


class Tone(StrEnum):
    """How a blood pressure is coloured. Only RAISED stands out, and even it is a reference, not a diagnosis."""

    WITHIN = "within"
    ABOVE_TARGET = "above_target"  # neutral: no alarm below 135/85
    RAISED = "raised"


Millimetres = Decimal | Fraction | int


def tone(systolic: Millimetres, diastolic: Millimetres, target: Target = GUIDELINE_TARGET) -> Tone:
    """The tone of a reading or a mean. Within a target her doctor set there is no colour, even above 135/85."""
    if systolic < target.systolic and diastolic < target.diastolic:
        return Tone.WITHIN
    if reaches_reference(systolic, diastolic):
        return Tone.RAISED
    return Tone.ABOVE_TARGET


def reaches_reference(systolic: Millimetres, diastolic: Millimetres) -> bool:
    """Whether either number is at or above the home reference 135/85, compared exactly."""
    return systolic >= REFERENCE_SYSTOLIC or diastolic >= REFERENCE_DIASTOLIC


def tone_words(found: Tone) -> str:
    """What a tone means, in words, since colour alone says nothing to many."""
    match found:
        case Tone.WITHIN:
            return tr("目標の範囲です")
        case Tone.ABOVE_TARGET:
            return tr("目標より少し高めです")
        case Tone.RAISED:
            return tr("135/85 以上です（診断ではありません）")


def average_words(occasion: Occasion) -> str:
    """What the phone says right after recording: the mean of the first two, or the one reading there is."""
    average = occasion.mean.text
    if len(occasion.readings) == 1:
        return tr("{average} を記録しました。", average=average)
    if not occasion.shown_only:
        return tr("2回の平均は {average} です。", average=average)
    return tr(
        "はじめの2回の平均は {average} です。3回目からも残りますが、平均には入れません。", average=average
    )


def session_words(session: Session) -> str:
    """The name of a session."""
    match session:
        case Session.MORNING:
            return tr("朝")
        case Session.EVENING:
            return tr("晩")
        case Session.OTHER:
            return tr("そのほかの時間")


def session_hours_words() -> str:
    """Which hours are morning and evening, and that this is our proposal."""
    return tr(
        "朝は 4:00〜11:59、晩は 18:00〜翌 3:59 の測定です（このアプリの決め方で、ガイドラインの決まりではありません）。"
        "ご自分で朝・晩を選んだときは、それを優先します。ほかの時間の測定は表示しますが、平均には入れません。"
    )
