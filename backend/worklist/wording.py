"""How the doctor's pages write days, moments, numbers and parts of a record."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from shared import clock, units
from shared.consent import Scope
from shared.kinds import KINDS, Meal
from shared.languages import tr
from shared.vitals import Vital, numbers

SCOPES = {
    Scope.VITALS: "血圧・体の測定",
    Scope.WEARABLES: "歩数・心拍など",
    Scope.MEDICINES: "お薬",
    Scope.FINDINGS: "アレルギー・副作用・病名",
}
_SEXES = {"female": "女性", "male": "男性", "other": "その他"}
_WEEKDAYS = ("（月）", "（火）", "（水）", "（木）", "（金）", "（土）", "（日）")
_MEALS = {
    Meal.FASTING: "空腹時",
    Meal.BEFORE_BREAKFAST: "朝食前",
    Meal.AFTER_BREAKFAST: "朝食後",
    Meal.BEFORE_LUNCH: "昼食前",
    Meal.AFTER_LUNCH: "昼食後",
    Meal.BEFORE_DINNER: "夕食前",
    Meal.AFTER_DINNER: "夕食後",
    Meal.BEDTIME: "寝る前",
    Meal.BEFORE_MEAL: "食前",
    Meal.AFTER_MEAL: "食後",
}
_ORIGINS = {
    "": "手入力",
    "typed": "手入力",
    "jahis_techo": "お薬手帳の QR コード（JAHIS）",
    "apple_health": "Apple ヘルスケアの書き出し",
    "jahis_rx": "処方箋の 2 次元コード（JAHIS）",
    "eprescription": "電子処方箋",
    "fhir_jp": "病院・診療所の書類（FHIR）",
    "orca": "診療所のシステム（ORCA）",
    "mynaportal": "マイナポータル",
    "garmin_fit": "Garmin（FIT ファイル）",
    "withings": "Withings の書き出し",
    "nightscout": "Nightscout",
    "open_mhealth": "Open mHealth（IEEE 1752.1）",
    "bluetooth": "測定の機器（Bluetooth）",
    "health_connect": "ヘルスコネクト（Android）の書き出し",
    "fitbit": "Fitbit（Google Takeout）",
    "samsung_health": "Samsung Health の書き出し",
    "omron": "オムロン コネクト",
    "tanita": "タニタの体組成計・ヘルスプラネット",
    "libreview": "LibreView（リブレ）",
    "dexcom": "Dexcom Clarity",
    "sheet": "表（CSV）",
}


def scope(name: Scope) -> str:
    """A part of a record."""
    return tr(SCOPES[name])


def sex(word: str) -> str:
    """Empty when it is not known."""
    return tr(_SEXES[word]) if word in _SEXES else ""


def day(on: date, *, year: bool = False) -> str:
    """``11月23日（月）``; with the year where it matters."""
    weekday = tr(_WEEKDAYS[on.weekday()])
    if year:
        return tr("{y}年{m}月{d}日{weekday}", y=on.year, m=on.month, d=on.day, weekday=weekday)
    return tr("{m}月{d}日{weekday}", m=on.month, d=on.day, weekday=weekday)


def moment(local: datetime, now: datetime) -> str:
    """A wall time; the year is written where it is not this one."""
    return f"{day(local.date(), year=local.year != now.year)} {local:%-H:%M}"


def origin(word: str) -> str:
    """Where something was read from; a format without words of its own is named as it is."""
    return tr(_ORIGINS[word]) if word in _ORIGINS else word


def meal(vital: Vital) -> str:
    """When a blood glucose was taken, against the meal; empty for everything else."""
    return tr(_MEALS[vital.meal]) if vital.meal else ""


def kind(name: str) -> str:
    """The name of a kind of measurement."""
    return tr(KINDS[name].label)


def value(vital: Vital) -> tuple[str, str]:
    """The number of a single-numbered vital, and its unit."""
    measure, number = numbers(vital)[0]
    return plain(number), units.shown(measure.unit)


def plain(number: Decimal | float) -> str:
    """Digits grouped by thousands, as many decimals as there are."""
    return f"{number:,}" if isinstance(number, Decimal) else f"{number:,.0f}"


def hours(minutes: float) -> str:
    """A length in hours and minutes."""
    whole = round(minutes)
    if whole < 60:
        return tr("{m}分", m=whole)
    return tr("{h}時間{m}分", h=whole // 60, m=whole % 60)


def ms_day(at: int, now: datetime) -> str:
    """The day of a moment (ms UTC), counted in the zone of ``now``."""
    on = clock.from_ms(at).astimezone(now.tzinfo).date()
    return day(on, year=on.year != now.year)


def span(days: int) -> str:
    """A period: years from a year and a half on."""
    return tr("{n}年", n=round(days / 365.25)) if days > 548 else tr("{n}日", n=days)
