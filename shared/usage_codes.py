"""JAMI usage codes: 16 characters for the times, supplements of 8 for days and uneven amounts.

Source: JAMI 処方・注射オーダ標準用法規格 as shown by its FHIR code systems (1.2.392.200250.2.2.20.20 and .22) and the
examples of the JP-CLINS e-prescription guide, sections 6.9.4 to 6.9.6. A code that says more than is written here is
not understood (None), never half understood. Not seen in any example, so marked as not verified: slot value 6
(食事中, from a notice of the ministry) beside other slots, and `CW` of more than once a week.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from shared.usage_times import EVERY_DAY, AtMeal, Days, Pattern, Schedule, Slot, Time

_CODE = re.compile(r"[1-4][0-9A-Z][0-9A-Z]{14}", re.ASCII)
_MEALS = {
    "1": AtMeal.BEFORE,
    "2": AtMeal.JUST_BEFORE,
    "3": AtMeal.JUST_AFTER,
    "4": AtMeal.AFTER,
    "5": AtMeal.TWO_HOURS_AFTER,
    "6": AtMeal.DURING,
    "9": None,  # at that time, whatever the meal
}
# Events (positions 5 and 6) that are times of the day, not a need.
_EVENT_SLOTS = {"B1": Slot.WAKING}
# Their words as far as they are known; any other is as needed too, with the words of the bag.
_EVENTS = {"11": "疼痛時", "81": "かゆいとき", "W1": "必要時", "48": "空腹時", "B7": "哺乳時"}


def schedule_in(code: str) -> Schedule | None:
    """What a 16 character code says; None when it is not one, or says what is not known here."""
    if not _CODE.fullmatch(code):
        return None
    method, timing = code[:2], code[2]
    found = {
        "1": _meals,
        "2": _equal,
        "3": _clock,
        "4": _events,
        "5": _as_needed,
        "6": _meals,
        "7": _count,
        "8": _every,
    }.get(timing)
    schedule = found(code) if found else None
    return None if schedule is None else replace(schedule, method=method)


def _meals(code: str) -> Schedule | None:
    """Positions 5 to 9: bedtime, evening, noon, morning, waking; then letters of clock hours."""
    bedtime, evening, noon, morning, waking = tuple(code[4:9])
    times = []
    for slot, said in ((Slot.MORNING, morning), (Slot.NOON, noon), (Slot.EVENING, evening)):
        if said == "0":
            continue
        if said not in _MEALS:
            return None
        times.append(Time(slot, _MEALS[said]))
    if bedtime not in "019" or waking not in "09":
        return None
    if waking == "9":
        times.append(Time(Slot.WAKING))
    if bedtime != "0":
        times.append(Time(Slot.BEDTIME))
    hours = _hours(code[9:])
    if hours is None:
        return None
    return _at((*times, *hours), code[3])


def _clock(code: str) -> Schedule | None:
    """Positions 5 and on: one letter an hour."""
    hours = _hours(code[4:])
    return None if hours is None else _at(hours, code[3])


def _hours(letters: str) -> tuple[Time, ...] | None:
    said = letters.rstrip("0")
    if not all("A" <= letter <= "X" for letter in said):
        return None
    return tuple(Time(hour=ord(letter) - ord("A")) for letter in said)


def _at(times: tuple[Time, ...], count: str) -> Schedule | None:
    """The times, if they are as many as the code says and no two the same."""
    if not times or str(len(times)) != count or len({time.key for time in times}) != len(times):
        return None
    return Schedule(Pattern.TIMES, tuple(sorted(times, key=lambda time: time.order)))


def _equal(code: str) -> Schedule | None:
    """So many times in 24 hours: every 24 / n hours."""
    times = int(code[3]) if code[3] in "123468" else 0
    if not times or code[4:].strip("0"):
        return None
    return Schedule(Pattern.INTERVAL, hours=(24 // times, 24 // times), count=(times, times))


def _every(code: str) -> Schedule | None:
    """Every so many hours, or so many to so many."""
    least, most = code[3], code[4]
    if not (least.isdigit() and most.isdigit() and least != "0") or code[5:].strip("0"):
        return None
    return Schedule(Pattern.INTERVAL, hours=(int(least), max(int(most), int(least))))


def _events(code: str) -> Schedule | None:
    """So many times a day at an event that comes daily: an empty stomach, nursing."""
    event = code[4:6]
    if not code[3].isdigit() or code[3] == "0" or event not in _EVENTS or code[6:].strip("0"):
        return None
    times = int(code[3])
    return Schedule(Pattern.COUNT, count=(times, times), event=_EVENTS[event])


def _as_needed(code: str) -> Schedule | None:
    event = code[4:6]
    if code[6:].strip("0") or event == "00":
        return None
    if event in _EVENT_SLOTS:
        return Schedule(Pattern.TIMES, (Time(_EVENT_SLOTS[event]),))
    return Schedule(Pattern.AS_NEEDED, event=_EVENTS.get(event, ""))


def _count(code: str) -> Schedule | None:
    """So many times a day, or so many to so many; no time told."""
    least, most = code[3], code[4]
    if not (least.isdigit() and most.isdigit() and least != "0") or code[5:].strip("0"):
        return None
    return Schedule(Pattern.COUNT, count=(int(least), max(int(most), int(least))))


_WEEK = re.compile(r"W[01]{7}", re.ASCII)
_CYCLE = re.compile(r"I([1-9])([1-9])0{5}", re.ASCII)
_DATES = re.compile(r"D([0-9ABC])([1-9A-V]{0,6})(0*)", re.ASCII)
_WEEKLY = re.compile(r"CW([1-7])0{5}", re.ASCII)
_UNEVEN = re.compile(r"V([1-9])(\d{1,5}(?:\.\d{1,3})?)(N*)", re.ASCII)


def days_in(codes: tuple[str, ...]) -> Days | None:
    """On which days the supplements say; None when one of them is about days and not understood."""
    days = EVERY_DAY
    for code in codes:
        if not code or code[0] == "V":
            continue
        found = _days(code) if len(code) == 8 else None
        if found is None or (days.month_days and found.month_days and found.month != days.month):
            return None
        days = replace(
            days,
            weekdays=found.weekdays or days.weekdays,
            cycle=found.cycle or days.cycle,
            month_days=tuple(sorted({*days.month_days, *found.month_days})),
            month=found.month or days.month,
            a_week=found.a_week or days.a_week,
        )
    return days


def _days(code: str) -> Days | None:
    if _WEEK.fullmatch(code) and "1" in code:
        # The first flag is Sunday.
        return Days(weekdays=frozenset((at - 1) % 7 for at, flag in enumerate(code[1:]) if flag == "1"))
    if cycle := _CYCLE.fullmatch(code):
        return Days(cycle=(int(cycle[1]), int(cycle[2])))
    if weekly := _WEEKLY.fullmatch(code):
        return Days(a_week=int(weekly[1]))
    if (dates := _DATES.fullmatch(code)) and dates[2]:
        return Days(month_days=tuple(_number(each) for each in dates[2]), month=_number(dates[1]) or None)
    return None


def _number(letter: str) -> int:
    return int(letter, 36)


def amounts_in(codes: tuple[str, ...], times: int) -> tuple[Decimal, ...] | None:
    """The uneven amounts, one a time in the order of the day; empty where none are told, None where not understood."""
    uneven = [code for code in codes if code[:1] == "V"]
    found = [match for code in uneven if len(code) == 8 and (match := _UNEVEN.fullmatch(code))]
    amounts = {int(match[1]): Decimal(match[2]) for match in found}
    if not uneven:
        return ()
    if len(found) != len(uneven) or sorted(amounts) != list(range(1, times + 1)):
        return None
    return tuple(amounts[number] for number in sorted(amounts))
