"""What a watch measures without end, a line a day: the kinds of it that can be looked at, and how a day is said."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mobile import wording
from mobile.seen import DaySum
from shared import units
from shared.kinds import STREAMS
from shared.languages import tr

# A stream stands among the kinds of readings under this name: heart rate and others are both.
PREFIX = "stream."
OFFERED = (
    "steps",
    "heart_rate",
    "sleep",
    "resting_heart_rate",
    "spo2",
    "distance",
    "active_energy",
    "hrv",
    "respiratory_rate",
    "skin_temperature",
    "blood_glucose",
    "hrv_rmssd",
    "beats",
    "floors",
    "exercise_minutes",
    "stand_hours",
    "basal_energy",
)
ICONS = {
    "steps": "walk",
    "distance": "walk",
    "heart_rate": "heart-pulse",
    "resting_heart_rate": "heart-pulse",
}


def stream_of(kind: str) -> str:
    """The stream that a kind stands for; "" for a measurement of the moment."""
    return kind.removeprefix(PREFIX) if kind.startswith(PREFIX) else ""


def name_of(kind: str) -> str:
    """The name of a stream or of a measurement."""
    stream = stream_of(kind)
    return tr(STREAMS[stream].label) if stream in STREAMS else wording.kind_name(kind)


def unit_of(stream: str) -> str:
    """The unit of a stream's numbers as people read it."""
    return tr(units.shown(STREAMS[stream].unit))


def day_line(day: DaySum) -> tuple[str, str, str]:
    """A line of the list: (the day, its total or mean, what else there is to say)."""
    when = wording.day_words(day.day)
    if day.stream == "sleep":
        return when, *_sleep(day)
    decimals, unit = STREAMS[day.stream].decimals, unit_of(day.stream)
    if day.total is not None:
        return when, f"{number_words(day.total, decimals)} {unit}", wording.joined(*_reported(day))
    if day.reported:
        source, total = day.reported[0]
        about = (tr("機器の合計（{source}）", source=source), *_reported(day)[1:])
        value = f"{number_words(total, decimals)} {unit}"
        return when, value, wording.joined(*about, tr("細かい記録はありません"))
    if day.mean is None:
        return when, "", ""
    value = tr("平均 {value}", value=f"{number_words(day.mean, decimals)} {unit}")
    if day.is_ours:
        return when, value, tr("Tomoni の計算")
    if day.least is None or day.most is None:
        return when, value, wording.joined(*_in_range(day))
    least, most = number_words(day.least, decimals), number_words(day.most, decimals)
    range_ = (tr("最低 {value}", value=least), tr("最高 {value}", value=most))
    return when, value, wording.joined(*_in_range(day), *range_)


def _reported(day: DaySum) -> list[str]:
    """What devices themselves say the day came to."""
    decimals, unit = STREAMS[day.stream].decimals, unit_of(day.stream)
    return [
        tr("機器の合計 {value}（{source}）", value=f"{number_words(total, decimals)} {unit}", source=source)
        for source, total in day.reported
    ]


def _in_range(day: DaySum) -> list[str]:
    if day.glucose is None or not day.glucose.covered:
        return []
    percent = Decimal(100 * day.glucose.in_range) / day.glucose.covered
    return [tr("範囲内 {percent}%", percent=number_words(percent, 0))]


def _sleep(day: DaySum) -> tuple[str, str]:
    parts = [f"{name} {span}" for name, span in stage_lines(dict(day.stages))]
    value = tr("眠った時間 {span}", span=hours(day.asleep)) if day.asleep else ""
    return value or (parts.pop() if parts else ""), wording.joined(*parts)


def stage_lines(minutes: Mapping[str, float]) -> list[tuple[str, str]]:
    """Each stage of sleep that there was: (its name, how long)."""
    names = {
        "deep": tr("深い眠り"),
        "rem": tr("レム睡眠"),
        "light": tr("浅い眠り"),
        "awake": tr("目が覚めていた時間"),
        "in_bed": tr("床にいた時間"),
    }
    return [(name, hours(round(minutes[stage]))) for stage, name in names.items() if minutes.get(stage)]


def hours(minutes: int) -> str:
    """How long, in hours and minutes."""
    if minutes < 60:
        return tr("{m}分", m=minutes)
    return tr("{h}時間{m}分", h=minutes // 60, m=minutes % 60)


def number_words(number: Decimal, decimals: int) -> str:
    """A number as people read it."""
    return f"{round(number, decimals):,f}"
