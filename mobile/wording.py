"""How the phone says values, times and origins: wording for the screens, in the language being spoken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from shared import clock, units
from shared.blood_pressure import session_at, session_words
from shared.consent import Scope
from shared.kinds import KINDS, Meal
from shared.languages import current, tr
from shared.vitals import BloodPressure, Session, Vital

ICONS = {
    "blood_pressure": "heart-pulse",
    "heart_rate": "heart-pulse",
    "weight": "scale-bathroom",
    "height": "human-male-height",
    "body_temperature": "thermometer",
    "spo2": "lungs",
    "blood_glucose": "water",
    "respiratory_rate": "lungs",
    "body_fat": "scale-bathroom",
    "waist": "tape-measure",
    **dict.fromkeys(
        ("bmi", "muscle_mass", "skeletal_muscle", "visceral_fat", "basal_metabolism", "body_water"),
        "scale-bathroom",
    ),
    **dict.fromkeys(("bone_mass", "body_age"), "scale-bathroom"),
}
# The order in which kinds are offered: what is measured daily comes first.
OFFERED = (
    "blood_pressure",
    "heart_rate",
    "weight",
    "body_temperature",
    "spo2",
    "blood_glucose",
    "respiratory_rate",
    "body_fat",
    "waist",
    "height",
)
# What is offered at once; the general 食前 and 食後 come from files.
MEALS_OFFERED = tuple(Meal)[:8]


def emergency() -> str:
    """What this app is not."""
    return tr("これは救急のサービスではありません。急に具合が悪くなったときは、119 番に電話してください。")


def kind_name(kind: str) -> str:
    """The name of a kind; a kind this phone does not know keeps its own name."""
    return tr(KINDS[kind].label) if kind in KINDS else kind


def imported_kinds(found: Iterable[str]) -> tuple[str, ...]:
    """Of the kinds found, those that nobody types, in their own order: body composition and the like."""
    there = set(found)
    return tuple(kind for kind in KINDS if kind in there and kind not in OFFERED)


def unit_of(kind: str) -> str:
    """The unit of a kind's number as people read it."""
    return tr(units.shown(KINDS[kind].measure.unit)) if kind in KINDS else ""


def plain(number: Decimal) -> str:
    """A number without exponent, as it was kept."""
    return format(number, "f")


def value_of(vital: Vital) -> str:
    """The reading itself: ``128 / 78``, ``36.6``."""
    if isinstance(vital.reading, BloodPressure):
        return f"{plain(vital.reading.systolic)} / {plain(vital.reading.diastolic)}"
    return plain(vital.reading)


def pulse_of(vital: Vital) -> str:
    """``脈拍 68``, or nothing."""
    if isinstance(vital.reading, BloodPressure) and vital.reading.pulse is not None:
        return tr("脈拍 {pulse}", pulse=plain(vital.reading.pulse))
    return ""


def session_of(vital: Vital) -> Session:
    """Her own label, else what the hour says."""
    return vital.session or session_at(vital.local.time())


def clock_words(local: datetime) -> str:
    """``7:12``."""
    return f"{local.hour}:{local.minute:02d}"


_WEEKDAYS = "月火水木金土日"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(day: date, *, year: bool = False) -> str:
    """``11月23日（月）``, with the year where asked."""
    if current() == "ja":
        said = f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"
        return f"{day.year}年{said}" if year else said
    said = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{said} {day.year}" if year else said


def month_words(month: date) -> str:
    """``11月``."""
    return f"{month.month}月" if current() == "ja" else _MONTHS[month.month - 1]


def when_words(vital: Vital, now: datetime) -> str:
    """``今朝 7:12``, ``昨日 20:05``, ``11月20日（金） 7:12``, seen from ``now``."""
    local = vital.local
    today = clock.at_offset(now, vital.offset_min).date()
    time = clock_words(local)
    if local.date() == today and session_at(local.time()) is Session.MORNING:
        return tr("今朝 {time}", time=time)
    if local.date() == today:
        return tr("今日 {time}", time=time)
    if (today - local.date()).days == 1:
        return tr("昨日 {time}", time=time)
    return f"{day_words(local.date(), year=local.year != today.year)} {time}"


def moment_words(moment: datetime, now: datetime, offset_min: int) -> str:
    """A moment as the wall clock here shows it: the time today, else day and time."""
    local, today = clock.at_offset(moment, offset_min), clock.at_offset(now, offset_min).date()
    if local.date() == today:
        return clock_words(local)
    return f"{day_words(local.date(), year=local.year != today.year)} {clock_words(local)}"


def untold_words(untold: int) -> str:
    """That nothing is lost while there is no network."""
    return tr("この電話に保存しました。つながったら送ります（あと {n} 件）。", n=untold) if untold else ""


def meal_words(meal: Meal) -> str:
    """When a blood glucose was taken."""
    return {
        Meal.FASTING: tr("空腹時"),
        Meal.BEFORE_BREAKFAST: tr("朝食前"),
        Meal.AFTER_BREAKFAST: tr("朝食後"),
        Meal.BEFORE_LUNCH: tr("昼食前"),
        Meal.AFTER_LUNCH: tr("昼食後"),
        Meal.BEFORE_DINNER: tr("夕食前"),
        Meal.AFTER_DINNER: tr("夕食後"),
        Meal.BEDTIME: tr("寝る前"),
        Meal.BEFORE_MEAL: tr("食前"),
        Meal.AFTER_MEAL: tr("食後"),
    }[meal]


def context_of(vital: Vital) -> str:
    """What belongs beside a reading: session of a blood pressure, meal of a glucose."""
    if vital.kind == "blood_pressure":
        return session_words(session_of(vital))
    return meal_words(vital.meal) if vital.meal else ""


def origin_words(origin: str) -> str:
    """Where something came from, so that what she typed and what a file says are never mixed up."""
    known = {
        "": tr("自分で入力"),
        "typed": tr("自分で入力"),
        "jahis_techo": tr("お薬手帳の QR コードから"),
        "apple_health": tr("Apple ヘルスケアのファイルから"),
        "jahis_rx": tr("処方箋の 2 次元コードから"),
        "eprescription": tr("電子処方箋から"),
        "fhir_jp": tr("病院・診療所の書類（FHIR）から"),
        "orca": tr("診療所のシステム（ORCA）から"),
        "mynaportal": tr("マイナポータルから"),
        "garmin_fit": tr("Garmin のファイルから"),
        "withings": tr("Withings のファイルから"),
        "nightscout": tr("Nightscout のファイルから"),
        "open_mhealth": tr("Open mHealth のデータから"),
        "health_connect": tr("ヘルスコネクト（Android）のファイルから"),
        "fitbit": tr("Fitbit（Google Takeout）のファイルから"),
        "samsung_health": tr("Samsung Health のファイルから"),
        "omron": tr("オムロン コネクトのファイルから"),
        "tanita": tr("タニタのファイルから"),
        "libreview": tr("LibreView（リブレ）のファイルから"),
        "dexcom": tr("Dexcom Clarity のファイルから"),
        "sheet": tr("表のファイル（CSV）から"),
        "bluetooth": tr("測定の機器から（Bluetooth）"),
    }
    return known.get(origin) or tr("取り込んだファイル（{origin}）から", origin=origin)


def scope_words(scope: str) -> str:
    """A part of the record, as she is told about it."""
    known = {
        Scope.VITALS: tr("血圧や体重などの測定"),
        Scope.WEARABLES: tr("歩数や心拍（腕時計などの記録）"),
        Scope.MEDICINES: tr("お薬"),
        Scope.FINDINGS: tr("アレルギー・副作用・病名"),
        Scope.COSTS: tr("医療費"),
        Scope.WARNINGS: tr("お薬の注意があるかどうか"),
        Scope.RECORD: tr("記録の設定や共有"),
    }
    return next((said for known_scope, said in known.items() if known_scope == scope), scope)


def age_words(age: int | None) -> str:
    """``78歳``, or nothing where it is not known."""
    return "" if age is None else tr("{age}歳", age=age)


def bracketed(what: str, more: str) -> str:
    """``佐藤 健（なぎさ島診療所）``; without ``more`` no brackets."""
    if not more:
        return what
    return f"{what}（{more}）" if current() == "ja" else f"{what} ({more})"


def quoted_list(parts: list[str]) -> str:
    """What stands between one pair of quotation marks, as several in a row: ``測定」「お薬``."""
    return ("」「" if current() == "ja" else "”, “").join(parts)


def joined(*parts: str) -> str:
    """What there is of ``parts``, with a dot between."""
    return " ・ ".join(part for part in parts if part)
