"""When the phone rings for medicines: the next times from what is due, without what was ticked. Pure.

On a locked phone nothing of her health is read: by default a reminder names no medicine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from mobile.seen import Settings
from shared import clock
from shared.blood_pressure import DAY_STARTS, day_of
from shared.doses import Dose, DoseState
from shared.languages import tr
from shared.schedule import Due, Slot, Time, tick_of

LATER = timedelta(minutes=30)
# So many days ahead, and so many rings: set anew at every tick and every opening of the app.
DAYS, MOST = 3, 24


@dataclass(frozen=True, slots=True)
class Ring:
    """One reminder: when (aware), and what is shown."""

    at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Here:
    """Now, and how far the local clock is from UTC."""

    now: datetime
    offset_min: int

    @property
    def today(self) -> date:
        """Her day, which begins at 04:00."""
        local = clock.at_offset(self.now, self.offset_min)
        return day_of(local.date(), local.time())


def minutes_of(when: Time, settings: Settings) -> int:
    """The minute of the day at which ``when`` rings."""
    if when.slot is None:
        return 60 * (when.hour or 0)
    return {
        Slot.WAKING: settings.waking_at,
        Slot.MORNING: settings.morning_at,
        Slot.NOON: settings.noon_at,
        Slot.EVENING: settings.evening_at,
        Slot.BEDTIME: settings.bedtime_at,
    }[when.slot]


def rings(
    due_on: Callable[[date], Sequence[Due]], doses: Iterable[Dose], settings: Settings, here: Here
) -> list[Ring]:
    """The next rings after now, one for all that is due at a time; what was put off rings again in half an hour."""
    if not settings.reminders:
        return []
    ticked = {(dose.medicine_id, dose.on, dose.slot): dose for dose in doses}
    waiting: dict[datetime, list[str]] = {}
    for after in range(DAYS):
        day = here.today + timedelta(days=after)
        for due in due_on(day):
            at = _rings_at(due, tick_of(due, ticked), settings, here.offset_min, day)
            if at is not None and at > here.now:
                waiting.setdefault(at, []).append(due.name)
    return [_ring(at, names, settings) for at, names in sorted(waiting.items())][:MOST]


def _rings_at(due: Due, dose: Dose | None, settings: Settings, offset_min: int, day: date) -> datetime | None:
    if due.time is None or (dose is not None and dose.state is not DoseState.LATER):
        return None
    if dose is not None:
        return (dose.at + LATER).replace(second=0, microsecond=0)
    return moment_of(day, minutes_of(due.time, settings), offset_min)


def moment_of(day: date, minutes: int, offset_min: int) -> datetime:
    """The moment of ``minutes`` after midnight on her day: before 04:00 the calendar has turned already."""
    hour = time(minutes // 60, minutes % 60)
    on = day + timedelta(days=1) if hour < DAY_STARTS else day
    return datetime.combine(on, hour, timezone(timedelta(minutes=offset_min)))


def _ring(at: datetime, names: list[str], settings: Settings) -> Ring:
    text = tr("アプリを開いて、確かめてください。")
    if settings.names_shown:
        text = "、".join(dict.fromkeys(names))
    return Ring(at, tr("お薬の時間です"), text)
