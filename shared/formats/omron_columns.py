"""The columns of OMRON connect's files: what each is, by its name in Japanese or English.

Which columns there are depends on the device, so they are found by name: width, kind of brackets and gaps do not count.
Names: formats/wearables.md section 9.1. The words in the flag columns other than 未検出 / Not Detected, OK and
低い / 正しい are not verified; what is not in these tables becomes a `Trouble`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.formats.sheets import folded
from shared.vitals import MeasuringStatus

_DAYS = ("測定日", "measurementdate")
_ZONES = ("タイムゾーン", "timezone")
_DEVICES = ("機種", "device")
_NOTES = ("notes", "symptoms", "consumed")
_SYSTOLIC = ("最高血圧(mmhg)", "sys(mmhg)", "systolic(mmhg)")
_DIASTOLIC = ("最低血圧(mmhg)", "dia(mmhg)", "diastolic(mmhg)")
_PULSE = ("脈拍(bpm)", "pulse(bpm)")
_AVERAGE = "truread"

# Kind and, where the cell has another unit than the kind, that unit.
_VALUES: dict[str, tuple[str, str]] = {
    "体重(kg)": ("weight", ""),
    "weight(kg)": ("weight", ""),
    "weight(lb)": ("weight", "lb"),
    "weight(lbs)": ("weight", "lb"),
    "体脂肪(%)": ("body_fat", ""),
    "体脂肪率(%)": ("body_fat", ""),
    "bodyfat(%)": ("body_fat", ""),
    "内臓脂肪レベル": ("visceral_fat", ""),
    "visceralfat": ("visceral_fat", ""),
    "visceralfatlevel": ("visceral_fat", ""),
    "基礎代謝(kcal)": ("basal_metabolism", ""),
    "restingmetabolism(kcal)": ("basal_metabolism", ""),
    "骨格筋(%)": ("skeletal_muscle", ""),
    "骨格筋率(%)": ("skeletal_muscle", ""),
    "skeletalmuscle(%)": ("skeletal_muscle", ""),
    "bmi": ("bmi", ""),
    "体年齢(才)": ("body_age", ""),
    "体年齢(歳)": ("body_age", ""),
    "bodyage(yearsold)": ("body_age", ""),
}

# What a flag column says: by the word in it, the status; None for "nothing".
_NOTHING = ("", "-", "未検出", "not detected", "ok")
_DETECTED = ("検出", "detected")
_S = MeasuringStatus
_FLAGS: dict[str, tuple[MeasuringStatus, tuple[str, ...], tuple[str, ...]]] = {
    "不規則脈波検出": (_S.IRREGULAR_PULSE, _DETECTED, _NOTHING),
    "irregularheartbeatdetected": (_S.IRREGULAR_PULSE, _DETECTED, _NOTHING),
    "体動検出": (_S.MOVED, _DETECTED, _NOTHING),
    "bodymovement": (_S.MOVED, _DETECTED, _NOTHING),
    "ぴったり巻き": (_S.CUFF_LOOSE, ("ng", "ゆるい", "loose"), _NOTHING),
    "cuffwrapguide": (_S.CUFF_LOOSE, ("ng", "ゆるい", "loose"), _NOTHING),
    "測定姿勢ガイド": (_S.WRONG_POSITION, ("低い", "高い"), (*_NOTHING, "正しい")),
    "positioningindicator": (_S.WRONG_POSITION, ("low", "high"), (*_NOTHING, "correct")),
}

# Read by nobody, and no loss: how often the irregular pulse came (the flag says that it did), and the room.
_LEFT = ("不規則脈波検出回数(回)", "ihbdetectioncounts(times)", "室温(°c)", "roomtemperature(°c)")


@dataclass(frozen=True, slots=True)
class Flag:
    """A column of words about the measuring."""

    at: int
    name: str
    status: MeasuringStatus
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where everything stands. ``zone`` None: the US e-mail. ``pressure``: systolic, diastolic, pulse (None: none)."""

    width: int
    day: int
    hour: int | None
    zone: int | None
    device: int | None
    pressure: tuple[int, int, int | None] | None
    values: tuple[tuple[int, str, str], ...] = ()
    flags: tuple[Flag, ...] = ()
    average: int | None = None
    notes: tuple[int, ...] = ()
    unread: tuple[tuple[int, str], ...] = field(default=())


def columns_of(header: list[str]) -> Columns | None:
    """The columns that ``header`` names; None where it is not Omron's."""
    names = [folded(cell).replace(" ", "").replace("℃", "°c") for cell in header]

    def at(*known: str) -> int | None:
        return next((names.index(each) for each in known if each in names), None)

    values = tuple((i, *_VALUES[name]) for i, name in enumerate(names) if name in _VALUES)
    systolic, diastolic, pulse = at(*_SYSTOLIC), at(*_DIASTOLIC), at(*_PULSE)
    pressure = None if systolic is None or diastolic is None else (systolic, diastolic, pulse)
    day, hour, zone = at(*_DAYS), None, at(*_ZONES)
    if day is None:
        day, hour = at("date"), at("time")
        if at(_AVERAGE) is None or hour is None or pressure is None:
            return None
    elif zone is None:
        return None
    if day is None or not (pressure or values):
        return None
    flags = tuple(Flag(i, header[i], *_FLAGS[name]) for i, name in enumerate(names) if name in _FLAGS)
    notes = tuple(i for i in map(at, _NOTES) if i is not None)
    known = {day, hour, zone, at(*_DEVICES), at(_AVERAGE), *(pressure or ()), *notes}
    known |= {i for i, *_ in values} | {flag.at for flag in flags}
    unread = tuple(
        (i, header[i]) for i, name in enumerate(names) if i not in known and name not in _LEFT and name
    )
    return Columns(
        len(header), day, hour, zone, at(*_DEVICES), pressure, values, flags, at(_AVERAGE), notes, unread
    )
