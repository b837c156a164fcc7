"""What the columns of a sheet of unknown make can mean, how people call that, and a first guess from their names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from enum import StrEnum

from shared.formats.sheets import folded
from shared.languages import tr
from shared.problems import Invalid


class Meaning(StrEnum):
    """What a column of a sheet holds; ``morning_`` and ``evening_`` where one row has two measurements."""

    IGNORE = "ignore"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    SESSION = "session"
    NOTE = "note"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    PULSE = "pulse"
    WEIGHT = "weight"
    WEIGHT_LB = "weight_lb"
    BODY_FAT = "body_fat"
    BODY_TEMPERATURE = "body_temperature"
    BODY_TEMPERATURE_F = "body_temperature_f"
    SPO2 = "spo2"
    BLOOD_GLUCOSE = "blood_glucose"
    BLOOD_GLUCOSE_MMOL = "blood_glucose_mmol"
    RESPIRATORY_RATE = "respiratory_rate"
    WAIST = "waist"
    HEIGHT = "height"
    BMI = "bmi"
    MORNING_TIME = "morning_time"
    MORNING_SYSTOLIC = "morning_systolic"
    MORNING_DIASTOLIC = "morning_diastolic"
    MORNING_PULSE = "morning_pulse"
    EVENING_TIME = "evening_time"
    EVENING_SYSTOLIC = "evening_systolic"
    EVENING_DIASTOLIC = "evening_diastolic"
    EVENING_PULSE = "evening_pulse"


_WORDS: dict[Meaning, str] = {
    Meaning.IGNORE: "使わない",
    Meaning.DATE: "日付",
    Meaning.TIME: "時刻",
    Meaning.DATETIME: "日付と時刻",
    Meaning.SESSION: "朝・晩の別",
    Meaning.NOTE: "メモ",
    Meaning.SYSTOLIC: "上の血圧",
    Meaning.DIASTOLIC: "下の血圧",
    Meaning.PULSE: "脈拍",
    Meaning.WEIGHT: "体重（kg）",
    Meaning.WEIGHT_LB: "体重（ポンド）",
    Meaning.BODY_FAT: "体脂肪率（%）",
    Meaning.BODY_TEMPERATURE: "体温（℃）",
    Meaning.BODY_TEMPERATURE_F: "体温（℉）",
    Meaning.SPO2: "酸素飽和度（%）",
    Meaning.BLOOD_GLUCOSE: "血糖（mg/dL）",
    Meaning.BLOOD_GLUCOSE_MMOL: "血糖（mmol/L）",
    Meaning.RESPIRATORY_RATE: "呼吸数（回/分）",
    Meaning.WAIST: "腹囲（cm）",
    Meaning.HEIGHT: "身長（cm）",
    Meaning.BMI: "BMI",
    Meaning.MORNING_TIME: "朝の時刻",
    Meaning.MORNING_SYSTOLIC: "朝の上の血圧",
    Meaning.MORNING_DIASTOLIC: "朝の下の血圧",
    Meaning.MORNING_PULSE: "朝の脈拍",
    Meaning.EVENING_TIME: "晩の時刻",
    Meaning.EVENING_SYSTOLIC: "晩の上の血圧",
    Meaning.EVENING_DIASTOLIC: "晩の下の血圧",
    Meaning.EVENING_PULSE: "晩の脈拍",
}

# The kind of a column of one number, and the unit of its cells where it is another than the kind's.
VALUES: dict[Meaning, tuple[str, str]] = {
    Meaning.WEIGHT: ("weight", ""),
    Meaning.WEIGHT_LB: ("weight", "lb"),
    Meaning.BODY_FAT: ("body_fat", ""),
    Meaning.BODY_TEMPERATURE: ("body_temperature", ""),
    Meaning.BODY_TEMPERATURE_F: ("body_temperature", "degF"),
    Meaning.SPO2: ("spo2", ""),
    Meaning.BLOOD_GLUCOSE: ("blood_glucose", ""),
    Meaning.BLOOD_GLUCOSE_MMOL: ("blood_glucose", "mmol/L"),
    Meaning.RESPIRATORY_RATE: ("respiratory_rate", ""),
    Meaning.WAIST: ("waist", ""),
    Meaning.HEIGHT: ("height", ""),
    Meaning.BMI: ("bmi", ""),
}

_MORNING = re.compile(r"朝|起床|午前|\bmorning\b|\bam\b")
_EVENING = re.compile(r"晩|夜|就寝|夕|午後|\bevening\b|\bnight\b|\bpm\b")
_POUNDS, _FAHRENHEIT, _MMOL = re.compile(r"\blbs?\b|ポンド"), re.compile(r"°f|℉|\bf\b"), re.compile("mmol")
# 朝 上, 晩(下), 最高: a pressure where nothing else is named beside it.
_BARE = r"^(?!.*(?:体温|体重|血糖|脈|心拍|体脂肪|酸素|spo)).*?(?:^|[朝晩夜夕昼前後時圧の (:/・_-])"
_END = r"\)?(?: ?\(?mmhg\)?)?$"
# In this order: the first that fits.
_GUESSES: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"日時|date ?time|timestamp|date and time", Meaning.DATETIME),
        (r"室温|気温|皮膚温|room", Meaning.IGNORE),
        (r"最高血圧|収縮期|上の血圧|最大血圧|血圧\(上\)|血圧上|^上$|\bsys(tolic)?\b", Meaning.SYSTOLIC),
        (r"最低血圧|拡張期|下の血圧|最小血圧|血圧\(下\)|血圧下|^下$|\bdia(stolic)?\b", Meaning.DIASTOLIC),
        (rf"{_BARE}(?:上|最高|最大){_END}", Meaning.SYSTOLIC),
        (rf"{_BARE}(?:下|最低|最小){_END}", Meaning.DIASTOLIC),
        (r"脈|心拍|\bpulse\b|heart ?rate|\bhr\b|\bbpm\b", Meaning.PULSE),
        (r"体脂肪|body ?fat", Meaning.BODY_FAT),
        (r"体重|\bweight\b", Meaning.WEIGHT),
        (r"体温|\btemp(erature)?\b", Meaning.BODY_TEMPERATURE),
        (r"spo ?2|酸素|oxygen|\bsat\b", Meaning.SPO2),
        (r"hba1c", Meaning.IGNORE),
        (r"血糖|glucose|blood ?sugar", Meaning.BLOOD_GLUCOSE),
        (r"呼吸|respirat", Meaning.RESPIRATORY_RATE),
        (r"腹囲|waist", Meaning.WAIST),
        (r"身長|\bheight\b", Meaning.HEIGHT),
        (r"\bbmi\b", Meaning.BMI),
        (r"時刻|時間|\btime\b", Meaning.TIME),
        (r"日付|年月日|測定日|記録日|^日$|\bdate\b|\bday\b", Meaning.DATE),
        (r"朝.?晩|朝.?夕|区分|session|am/pm", Meaning.SESSION),
        (r"メモ|備考|コメント|note|comment|memo|remark", Meaning.NOTE),
    )
)
_TWICE = {Meaning.TIME, Meaning.SYSTOLIC, Meaning.DIASTOLIC, Meaning.PULSE}
_UNITS = (
    (Meaning.WEIGHT, _POUNDS, Meaning.WEIGHT_LB),
    (Meaning.BODY_TEMPERATURE, _FAHRENHEIT, Meaning.BODY_TEMPERATURE_F),
    (Meaning.BLOOD_GLUCOSE, _MMOL, Meaning.BLOOD_GLUCOSE_MMOL),
)


def words_of(meaning: Meaning) -> str:
    """A meaning as people call it."""
    return tr(_WORDS[meaning])


def header_key(header: Sequence[str]) -> str:
    """The key under which the meaning of a header is remembered: the same however its names are dressed."""
    names = "\x1f".join(folded(name) for name in header)
    return hashlib.sha256(names.encode()).hexdigest()[:32]


def guessed(header: Sequence[str]) -> tuple[Meaning, ...]:
    """A first guess of what each column means, from its name; each meaning at most once, ``ignore`` where none fits."""
    found: list[Meaning] = []
    for name in header:
        meaning = _guess(folded(name))
        found.append(Meaning.IGNORE if meaning in found and meaning is not Meaning.NOTE else meaning)
    return tuple(found)


def understood(said: Sequence[str] | None, width: int) -> tuple[Meaning, ...] | None:
    """What she said, as meanings (empty: left out); None where it does not fit the sheet (it is asked again)."""
    try:
        return None if said is None else checked(said, width)
    except Invalid:
        return None


def checked(said: Sequence[str], width: int) -> tuple[Meaning, ...]:
    """What she said of a sheet with ``width`` columns, as meanings; an `Invalid` says what cannot be."""
    if len(said) != width:
        raise Invalid("columns_count", field="columns", width=width, said=len(said))
    known = {str(each) for each in Meaning} | {""}
    for each in said:
        if each not in known:
            raise Invalid("column_unknown", field="columns", meaning=each)
    meanings = tuple(Meaning(each or Meaning.IGNORE) for each in said)
    used = [each for each in meanings if each not in (Meaning.IGNORE, Meaning.NOTE)]
    if Meaning.DATE not in used and Meaning.DATETIME not in used:
        raise Invalid("columns_no_day", field="columns")
    twice = next((each for each in used if used.count(each) > 1), None)
    if twice is not None:
        raise Invalid("columns_twice", field="columns", meaning=words_of(twice))
    return meanings


def _guess(name: str) -> Meaning:
    meaning = next((each for pattern, each in _GUESSES if pattern.search(name)), Meaning.IGNORE)
    if meaning in _TWICE:
        half = "morning_" if _MORNING.search(name) else "evening_" if _EVENING.search(name) else ""
        return Meaning(f"{half}{meaning}")
    return next((other for each, unit, other in _UNITS if each is meaning and unit.search(name)), meaning)
