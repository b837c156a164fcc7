"""What a watch measures without end, a line a day: the kinds of it that can be looked at, and how a day is said."""

from __future__ import annotations

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


def day_line(day: DaySum) -> tuple[str, str, str]:
    """A line of the list: (the day, its total or mean, what else there is to say)."""
    when = wording.day_words(day.day)
    if day.stream == "sleep":
        return when, *_sleep(day)
    stream = STREAMS[day.stream]
    unit = tr(units.shown(stream.unit))
    if day.total is not None:
        return when, f"{_said(day.total, stream.decimals)} {unit}", ""
    if day.mean is None:
        return when, "", ""
    value = tr("平均 {value}", value=f"{_said(day.mean, stream.decimals)} {unit}")
    if day.least is None or day.most is None:
        return when, value, ""
    least, most = _said(day.least, stream.decimals), _said(day.most, stream.decimals)
    return when, value, wording.joined(tr("最低 {value}", value=least), tr("最高 {value}", value=most))


def _sleep(day: DaySum) -> tuple[str, str]:
    minutes = dict(day.stages)
    names = {
        "deep": tr("深い眠り"),
        "rem": tr("レム睡眠"),
        "light": tr("浅い眠り"),
        "awake": tr("目が覚めていた時間"),
        "in_bed": tr("床にいた時間"),
    }
    parts = [f"{name} {_hours(minutes[stage])}" for stage, name in names.items() if minutes.get(stage)]
    value = tr("眠った時間 {span}", span=_hours(day.asleep)) if day.asleep else ""
    return value or (parts.pop() if parts else ""), wording.joined(*parts)


def _hours(minutes: int) -> str:
    if minutes < 60:
        return tr("{m}分", m=minutes)
    return tr("{h}時間{m}分", h=minutes // 60, m=minutes % 60)


def _said(number: Decimal, decimals: int) -> str:
    return f"{round(number, decimals):,f}"
