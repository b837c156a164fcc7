"""Days, hours and sessions as people write them: 2026年11月23日, 令和8年11月23日, 11/23/2026, 午後7時5分."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from shared.formats import DayOrder, jahis_dates
from shared.formats.measured import YearMonthDay, ms_of_day
from shared.problems import Invalid, Problem
from shared.vitals import Session

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
# 令和8年11月23日, R8.11.23; jahis_dates knows the eras.
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])(元|\d{1,2})[年./-](\d{1,2})[月./-](\d{1,2})日?", re.ASCII
)
_WEEKDAY = re.compile(r"\s*\((?:[月火水木金土日]|mon|tue|wed|thu|fri|sat|sun)[a-z曜日]*\)", re.IGNORECASE)
_HOUR = re.compile(
    r"(午前|午後)?\s*(\d{1,2})\s*[:時]\s*(?:(\d{1,2})\s*分?)?(?::(\d{2})(?:\.\d+)?)?\s*", re.ASCII
)
_DATETIME = re.compile(r"(.*?\d日?)(?:[ T]+|(?=午[前後]))(.*\d.*)")
_MORNING = ("朝", "morning", "am", "起床後", "起床", "午前")
_EVENING = ("晩", "夜", "夕", "evening", "night", "pm", "就寝前", "就寝", "午後")
_OTHER = ("昼", "日中", "noon", "other", "その他")


def plain(text: str) -> str:
    """A cell without wide letters, gaps at its ends, and the day of the week."""
    made = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _WEEKDAY.sub("", made).strip() if "(" in made else made.strip()


def said_by(text: str) -> DayOrder | None:
    """What a day with its year last says about the order of day and month; None where it says nothing."""
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    one, other = int(found[1]), int(found[2])
    if one > 12 >= other:
        return DayOrder.DAY_FIRST
    return DayOrder.MONTH_FIRST if other > 12 >= one else None


def is_open(text: str) -> bool:
    """Whether a day can be read with the day or the month first."""
    return _YEAR_LAST.fullmatch(text) is not None


def day_of(text: str, order: DayOrder | None) -> YearMonthDay:
    """A written day; `Invalid` for none. ``order`` is for those with the year last."""
    found = _YEAR_FIRST.fullmatch(text) or _PACKED.fullmatch(text)
    if found:
        return int(found[1]), int(found[2]), int(found[3])
    found = _YEAR_LAST.fullmatch(text)
    if found and order:
        one, other, year = (int(part) for part in found.groups())
        return (year, other, one) if order is DayOrder.DAY_FIRST else (year, one, other)
    era = _ERA.fullmatch(text.upper())
    if era:
        on = jahis_dates.written(f"{era[1]}{era[2]}年{era[3]}月{era[4]}日").on
        if on is not None:
            return on.year, on.month, on.day
    raise Invalid("time_impossible", when=text[:40])


def hour_of(text: str) -> str:
    """A written hour as ``H:MM`` for a clock; `Invalid` for none."""
    found = _HOUR.fullmatch(text)
    if found is None:
        ms_of_day(text)  # 7:05 PM, or an `Invalid`
        return text
    hour = int(found[2])
    if found[1]:
        if hour > 12:
            raise Invalid("time_impossible", when=text[:40])
        hour = hour % 12 + 12 * (found[1] == "午後")
    made = f"{hour}:{int(found[3] or 0):02}:{found[4] or '00'}"
    ms_of_day(made)
    return made


def parted(text: str) -> tuple[str, str]:
    """Day and hour of a cell that holds both; no hour is empty."""
    found = _DATETIME.fullmatch(text)
    return (found[1].strip(), found[2].strip()) if found else (text, "")


def session_of(text: str) -> Session | None:
    """Morning or evening, as written; None for an empty cell, `Invalid` for another word."""
    word = text.casefold()
    for known, session in ((_MORNING, Session.MORNING), (_EVENING, Session.EVENING), (_OTHER, Session.OTHER)):
        if word in known:
            return session
    if word in ("", "-"):
        return None
    raise Invalid("invalid_fields", field="session")


def looks_like_a_day(text: str) -> bool:
    """Whether a cell begins with a day of the calendar in some order."""
    day = parted(plain(text))[0]
    for order in DayOrder:
        try:
            date(*day_of(day, order))
        except (Problem, ValueError):
            continue
        return True
    return False
