"""One table of what can be measured: names, units, decimals, limits and codes, and how each is kept.

A kind kept as *rows* is something a person measured; a kind kept as a *stream* comes from a device that keeps
measuring. Some are both. Limits: `rules/vital_limits.csv` (a proposal of ours, no published source; see its columns).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """Two levels: outside *refuse* a value cannot be, outside *confirm* the person is asked. Bounds are included."""

    refuse_below: Decimal | None = None
    confirm_below: Decimal | None = None
    confirm_above: Decimal | None = None
    refuse_above: Decimal | None = None

    def refuses(self, value: Decimal) -> bool:
        """Whether no such value can be."""
        return _outside(value, self.refuse_below, self.refuse_above)

    def asks(self, value: Decimal) -> bool:
        """Whether such a value is possible but so rare that the person is asked."""
        return _outside(value, self.confirm_below, self.confirm_above)


def _outside(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a kind: its name, Japanese label, UCUM unit, decimals kept, limits and LOINC code."""

    name: str
    label: str
    unit: str
    decimals: int
    limits: Limits
    loinc: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A measurement that a person takes, kept as rows. ``measures`` has one entry, or three for blood pressure."""

    name: str
    label: str
    measures: tuple[Measure, ...]
    loinc: str
    hint: str = ""

    @property
    def measure(self) -> Measure:
        """The first (for most kinds the only) number."""
        return self.measures[0]


class Summing(StrEnum):
    """How a day of a stream becomes one line."""

    TOTAL = "total"
    AVERAGE = "average"
    STAGES = "stages"
    REPORTED = "reported"  # a total of the whole day, as the device itself says it; never added up


@dataclass(frozen=True, slots=True)
class Stream:
    """Something a device keeps measuring: name, label, UCUM unit, usual decimals, and how its day is summed up."""

    name: str
    label: str
    unit: str
    decimals: int
    summing: Summing
    loinc: str = ""


class Meal(StrEnum):
    """When a blood glucose was taken, against the meal."""

    FASTING = "fasting"
    BEFORE_BREAKFAST = "before_breakfast"
    AFTER_BREAKFAST = "after_breakfast"
    BEFORE_LUNCH = "before_lunch"
    AFTER_LUNCH = "after_lunch"
    BEFORE_DINNER = "before_dinner"
    AFTER_DINNER = "after_dinner"
    BEDTIME = "bedtime"
    BEFORE_MEAL = "before_meal"
    AFTER_MEAL = "after_meal"


class SleepStage(StrEnum):
    """Stages of the sleep stream; the reading's value is the stage's number in SLEEP_STAGES."""

    IN_BED = "in_bed"
    ASLEEP = "asleep"
    AWAKE = "awake"
    LIGHT = "light"
    DEEP = "deep"
    REM = "rem"


SLEEP_STAGES: tuple[SleepStage, ...] = tuple(SleepStage)


@cache
def _limits() -> dict[str, Limits]:
    path = Path(__file__).parent / "rules" / "vital_limits.csv"

    def bound(text: str) -> Decimal | None:
        return Decimal(text) if text else None

    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["type"]: Limits(
                bound(row["reject_below"]),
                bound(row["confirm_below"]),
                bound(row["confirm_above"]),
                bound(row["reject_above"]),
            )
            for row in csv.DictReader(file)
        }


def _one(name: str, label: str, unit: str, decimals: int, loinc: str) -> Kind:
    return Kind(name, label, (Measure("value", label, unit, decimals, _limits()[name], loinc),), loinc)


def _blood_pressure() -> Kind:
    limits = _limits()
    measures = (
        Measure("systolic", "上の血圧", "mm[Hg]", 0, limits["blood_pressure.systolic"], "8480-6"),
        Measure("diastolic", "下の血圧", "mm[Hg]", 0, limits["blood_pressure.diastolic"], "8462-4"),
        Measure("pulse", "脈拍", "/min", 0, limits["heart_rate"], "8867-4"),
    )
    return Kind(
        "blood_pressure", "血圧", measures, "85354-9", "朝と晩、すわって1〜2分休んでから、2回測ります。"
    )


# LOINC: formats/wearables.md section 13 (standard values, not checked against a live LOINC server).
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _blood_pressure(),
        _one("heart_rate", "脈拍", "/min", 0, "8867-4"),
        _one("weight", "体重", "kg", 1, "29463-7"),
        _one("height", "身長", "cm", 1, "8302-2"),
        _one("body_temperature", "体温", "Cel", 1, "8310-5"),
        _one("spo2", "酸素飽和度", "%", 0, "59408-5"),
        _one("blood_glucose", "血糖", "mg/dL", 0, "2339-0"),
        _one("respiratory_rate", "呼吸数", "/min", 0, "9279-1"),
        _one("body_fat", "体脂肪率", "%", 1, "41982-0"),
        _one("waist", "腹囲", "cm", 1, "8280-0"),
        _one("bmi", "BMI", "kg/m2", 1, "39156-5"),
        _one("muscle_mass", "筋肉量", "kg", 1, ""),
        _one("skeletal_muscle", "骨格筋率", "%", 1, ""),
        _one("visceral_fat", "内臓脂肪レベル", "{level}", 1, ""),
        _one("basal_metabolism", "基礎代謝", "kcal/d", 0, ""),
        _one("body_water", "体水分率", "%", 1, ""),
        _one("bone_mass", "推定骨量", "kg", 1, ""),
        _one("body_age", "体内年齢", "a", 0, ""),
        _one("vo2_max", "最大酸素摂取量", "mL/kg/min", 1, ""),
    )
}

STREAMS: dict[str, Stream] = {
    stream.name: stream
    for stream in (
        Stream("heart_rate", "心拍数", "/min", 0, Summing.AVERAGE, "8867-4"),
        Stream("resting_heart_rate", "安静時心拍数", "/min", 0, Summing.AVERAGE, "40443-4"),
        Stream("hrv", "心拍変動", "ms", 1, Summing.AVERAGE, "80404-7"),
        # Another figure than SDNN (`hrv`): the two are never mixed.
        Stream("hrv_rmssd", "心拍変動（RMSSD）", "ms", 1, Summing.AVERAGE),
        Stream("beats", "1拍ごとの心拍", "/min", 0, Summing.AVERAGE),
        Stream("steps", "歩数", "{steps}", 0, Summing.TOTAL, "55423-8"),
        Stream("distance", "歩いた距離", "m", 1, Summing.TOTAL),
        Stream("active_energy", "活動エネルギー", "kcal", 1, Summing.TOTAL),
        Stream("basal_energy", "安静時の消費エネルギー", "kcal", 1, Summing.TOTAL),
        Stream("exercise_minutes", "運動した時間", "min", 0, Summing.TOTAL),
        Stream("floors", "上った階数", "{floors}", 0, Summing.TOTAL),
        Stream("stand_hours", "立ち上がった時間", "h", 0, Summing.TOTAL),
        Stream("sleep", "睡眠", "{stage}", 0, Summing.STAGES, "93832-4"),
        Stream("spo2", "酸素飽和度", "%", 0, Summing.AVERAGE, "59408-5"),
        Stream("respiratory_rate", "呼吸数", "/min", 1, Summing.AVERAGE, "9279-1"),
        Stream("skin_temperature", "皮膚温", "Cel", 2, Summing.AVERAGE),
        Stream("blood_glucose", "血糖（連続測定）", "mg/dL", 0, Summing.AVERAGE, "99504-3"),
    )
}

# What a device says the whole of a day came to: one reading over the day, kept beside the sum of its raw readings.
REPORTED: dict[str, Stream] = {
    f"{stream.name}_reported": Stream(
        f"{stream.name}_reported", stream.label, stream.unit, stream.decimals, Summing.REPORTED
    )
    for stream in STREAMS.values()
    if stream.summing is Summing.TOTAL
}

# Everything that is kept as days of readings.
ALL_STREAMS: dict[str, Stream] = {**STREAMS, **REPORTED}
