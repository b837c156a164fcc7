"""When a medicine is taken, in words: 朝食の後, 夜寝る前, 15時; on which days; how much at a time."""

from __future__ import annotations

from shared.languages import tr
from shared.schedule import AtMeal, Days, Due, Slot, Time

_SLOTS = {
    Slot.WAKING: "起きたとき",
    Slot.MORNING: "朝",
    Slot.NOON: "昼",
    Slot.EVENING: "夕",
    Slot.BEDTIME: "夜寝る前",
}
_MEALS = {
    (Slot.MORNING, AtMeal.BEFORE): "朝食の前",
    (Slot.MORNING, AtMeal.JUST_BEFORE): "朝食のすぐ前",
    (Slot.MORNING, AtMeal.DURING): "朝食中",
    (Slot.MORNING, AtMeal.JUST_AFTER): "朝食のすぐ後",
    (Slot.MORNING, AtMeal.AFTER): "朝食の後",
    (Slot.MORNING, AtMeal.TWO_HOURS_AFTER): "朝食の2時間後",
    (Slot.MORNING, AtMeal.BETWEEN): "朝食と昼食の間",
    (Slot.NOON, AtMeal.BEFORE): "昼食の前",
    (Slot.NOON, AtMeal.JUST_BEFORE): "昼食のすぐ前",
    (Slot.NOON, AtMeal.DURING): "昼食中",
    (Slot.NOON, AtMeal.JUST_AFTER): "昼食のすぐ後",
    (Slot.NOON, AtMeal.AFTER): "昼食の後",
    (Slot.NOON, AtMeal.TWO_HOURS_AFTER): "昼食の2時間後",
    (Slot.NOON, AtMeal.BETWEEN): "昼食と夕食の間",
    (Slot.EVENING, AtMeal.BEFORE): "夕食の前",
    (Slot.EVENING, AtMeal.JUST_BEFORE): "夕食のすぐ前",
    (Slot.EVENING, AtMeal.DURING): "夕食中",
    (Slot.EVENING, AtMeal.JUST_AFTER): "夕食のすぐ後",
    (Slot.EVENING, AtMeal.AFTER): "夕食の後",
    (Slot.EVENING, AtMeal.TWO_HOURS_AFTER): "夕食の2時間後",
    (Slot.EVENING, AtMeal.BETWEEN): "夕食と寝る前の間",
}
_WEEKDAYS = ("月曜", "火曜", "水曜", "木曜", "金曜", "土曜", "日曜")


def slot_words(slot: Slot) -> str:
    """``朝``, ``夜寝る前``."""
    return tr(_SLOTS[slot])


def time_words(time: Time) -> str:
    """``朝食の後``, ``起きたとき``, ``15時``."""
    if time.slot is None:
        return tr("{hour}時", hour=time.hour)
    meal = _MEALS.get((time.slot, time.meal)) if time.meal else None
    return tr(meal) if meal else slot_words(time.slot)


def days_words(days: Days) -> str:
    """On which days; empty for every day."""
    if days.weekdays:
        return "・".join(tr(_WEEKDAYS[day]) for day in sorted(days.weekdays))
    if days.cycle == (1, 1):
        return tr("1日おき")
    if days.cycle:
        return tr("{on}日続けて、{off}日休む", on=days.cycle[0], off=days.cycle[1])
    if days.month_days:
        said = "・".join(tr("{day}日", day=day) for day in days.month_days)
        return (
            tr("{month}月の{days}", month=days.month, days=said)
            if days.month
            else tr("毎月{days}", days=said)
        )
    return tr("1週間に{n}回", n=days.a_week) if days.a_week else ""


def amount_words(due: Due) -> str:
    """``1錠``; empty where the amount of one time is not known."""
    return f"{due.amount}{due.unit}" if due.amount else ""
