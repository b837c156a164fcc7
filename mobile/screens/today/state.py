"""Today, as values: the medicines, the last blood pressure with its mean, the other readings, and what waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from mobile import wording
from mobile.asks import CheckMedicines, LoadDue, LoadMedicines, LoadToday, SyncNow
from mobile.chart_points import Drawing, Series
from mobile.events import (
    DueLoaded,
    MedicineSaved,
    MedicinesChecked,
    MedicinesLoaded,
    MedicineWithdrawn,
    OpenedStore,
    Saved,
    SignedIn,
    SignedOut,
    Synced,
    SyncFailed,
    TodayLoaded,
)
from mobile.screens.today import doses
from mobile.screens.today.doses import DayDoses
from mobile.screens.touches import Asks, Go, Happening, Pressed, Shown
from mobile.seen import Account, DaySum, Kept
from shared import clock
from shared.blood_pressure import (
    GUIDELINE_TARGET,
    Mean,
    Occasion,
    Tone,
    occasions,
    target_text,
    tone,
    tone_words,
    whole,
)
from shared.home_pressure_summaries import LEAST_DAYS, JshSummary
from shared.languages import tr
from shared.medicines import Dispensing


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``now`` is None until the first load has come."""

    name: str = ""
    now: datetime | None = None
    latest: tuple[Kept, ...] = ()
    pressures: tuple[Kept, ...] = ()
    jsh: JshSummary | None = None
    steps: tuple[DaySum, ...] = ()
    newest_dispensing: Dispensing | None = None
    medicines: int = 0  # how many she takes now
    day: DayDoses | None = None
    warnings: int = 0  # hits of the checks that nobody marked as known
    untold: int = 0
    synced_at: datetime | None = None
    offline: str = ""

    @property
    def occasions(self) -> list[Occasion]:
        """The blood pressures of the last 30 days as occasions, oldest first."""
        return occasions(kept.vital for kept in self.pressures)

    @property
    def others(self) -> tuple[Kept, ...]:
        """The newest of each other kind."""
        return tuple(kept for kept in self.latest if kept.vital.kind != "blood_pressure")

    @property
    def offset_min(self) -> int:
        """The local offset: that of the newest measurement, Japan's before there is one."""
        return self.latest[0].vital.offset_min if self.latest else 9 * 60


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown() | Saved():
            return state, (LoadToday(), LoadMedicines(), LoadDue(), CheckMedicines())
        case MedicineSaved() | MedicineWithdrawn() if state.now is not None:
            return state, (LoadMedicines(), LoadDue(), CheckMedicines())
        case TodayLoaded():
            return replace(
                state,
                now=event.now,
                latest=event.latest,
                pressures=event.pressures,
                jsh=event.jsh,
                steps=event.steps,
                untold=event.untold,
                synced_at=event.synced_at,
            ), ()
        case MedicinesLoaded():
            return _medicines(state, event), ()
        case DueLoaded():
            return replace(state, day=doses.loaded(state.day, event)), ()
        case MedicinesChecked(checked=checked, marks=marks):
            known = {mark.key for mark in marks}
            return replace(state, warnings=sum(hit.key not in known for hit in checked.hits)), ()
        case Pressed(what=what, which=which):
            ticking = doses.pressed(state.day, what, which) if state.day else None
            if ticking is not None:
                return replace(state, day=ticking[0]), ticking[1]
            return state, _pressed(what, which)
        case _:
            return _told(state, event), ()


def _medicines(state: State, event: MedicinesLoaded) -> State:
    current = 0 if event.on is None else sum(course.current(event.on) for course in event.courses)
    newest = event.dispensings[0] if event.dispensings else None
    return replace(state, newest_dispensing=newest, medicines=current)


def _told(state: State, event: Happening) -> State:
    match event:
        case Synced(at=at, untold=untold):
            return replace(state, synced_at=at, untold=untold, offline="")
        case SyncFailed(message=message, untold=untold):
            return replace(state, untold=untold, offline=message)
        case OpenedStore(account=Account(name=name)) | SignedIn(account=Account(name=name)):
            return replace(state, name=name)
        case SignedOut():
            return State()
        case _:
            return state


def _pressed(what: str, which: str) -> Asks:
    match what:
        case "add":
            return (Go("add_reading", which),)
        case "readings":
            return (Go("readings", which),)
        case "medicines" | "import_file" | "receive" | "sharing":
            return (Go(what),)
        case "sync":
            return (SyncNow(),)
        case _:
            return ()


def sync_words(state: State) -> str:
    """How far this phone has told the server, in plain words."""
    if state.untold:
        return wording.untold_words(state.untold)
    if state.synced_at is not None and state.now is not None:
        when = wording.moment_words(state.synced_at, state.now, state.offset_min)
        return tr("{when} にすべて送りました", when=when)
    return tr("まだつながっていません。記録はこの電話に残ります。") if state.offline else ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The blood pressure on top: when, how much, and how it stands. ``mark`` is good, plain or notice."""

    when: str
    value: str
    pulse: str
    mark: str
    mark_words: str
    mean_words: str


def headline(state: State) -> Headline | None:
    """The newest occasion, by its mean; None before the first reading."""
    found = state.occasions
    if not found or state.now is None:
        return None
    last = found[-1]
    mean = last.mean
    stands = tone(mean.systolic, mean.diastolic)
    pulse = tr("脈拍 {pulse}", pulse=whole(mean.pulse)) if mean.pulse is not None else ""
    two = tr("{n}回の平均", n=len(last.counted)) if len(last.counted) > 1 else ""
    return Headline(
        when=wording.joined(tr("血圧"), wording.when_words(last.readings[0], state.now), two),
        value=spaced(mean),
        pulse=pulse,
        mark={Tone.WITHIN: "good", Tone.ABOVE_TARGET: "plain", Tone.RAISED: "notice"}[stands],
        mark_words=tone_words(stands),
        mean_words=week_words(state.jsh),
    )


def week_words(week: JshSummary | None) -> str:
    """The last 7 days by the JSH rule in one sentence; under 5 days no mean and no verdict, only how many there are."""
    if week is None or week.days == 0:
        return ""
    if week.days < LEAST_DAYS:
        return tr(
            "この7日間で {days} 日測りました。平均は {least} 日分から出します。",
            days=week.days,
            least=LEAST_DAYS,
        )
    parts = []
    if week.morning.mean is not None:
        parts.append(tr("朝 {mean}", mean=spaced(week.morning.mean)))
    if week.evening.mean is not None:
        parts.append(tr("晩 {mean}", mean=spaced(week.evening.mean)))
    return tr("この7日間の平均：{parts}（JSH の数え方）", parts=wording.joined(*parts))


def spaced(mean: Mean) -> str:
    """A mean as people read it here: ``128 / 78``."""
    return mean.text.replace("/", " / ")


def drawing(found: list[Occasion]) -> Drawing:
    """The chart of blood pressure: two lines of occasion means, the target as a band below it."""
    if not found:
        return Drawing()
    at = [clock.to_ms(one.readings[0].taken_at) / 86_400_000 for one in found]
    means = [one.mean for one in found]
    upper = Series(tr("上"), tuple((x, float(mean.systolic)) for x, mean in zip(at, means, strict=True)))
    lower = Series(tr("下"), tuple((x, float(mean.diastolic)) for x, mean in zip(at, means, strict=True)))
    days: dict[date, float] = {}
    for x, one in zip(at, found, strict=True):
        days.setdefault(one.day, x)
    ticks = tuple((x, f"{day.month}/{day.day}") for day, x in days.items())
    band = (float(GUIDELINE_TARGET.diastolic), float(GUIDELINE_TARGET.systolic))
    return Drawing((upper, lower), band, ticks)


def band_words() -> str:
    """What the band in the chart is: a guideline default, not her doctor's word."""
    return target_text(GUIDELINE_TARGET)


def other_lines(state: State) -> list[tuple[str, str, str, str]]:
    """For each other kind measured: (kind, icon, name and value, when)."""
    lines = []
    for kept in state.others:
        vital = kept.vital
        value = f"{wording.value_of(vital)} {wording.unit_of(vital.kind)}".strip()
        when = wording.when_words(vital, state.now or vital.taken_at)
        context = wording.context_of(vital)
        icon = wording.ICONS.get(vital.kind, "heart-pulse")
        lines.append(
            (vital.kind, icon, f"{wording.kind_name(vital.kind)} {value}", wording.joined(when, context))
        )
    return lines


def medicine_words(state: State) -> str:
    """How many medicines she takes now; else how many the newest dispensing has, and when it was."""
    newest = state.newest_dispensing
    if state.medicines:
        return tr("いま {n} 種類", n=state.medicines)
    if newest is None:
        return tr("お薬手帳の QR コードから取り込めます")
    day = wording.day_words(newest.dispensed_on, year=True)
    return tr("{day} に {n} 種類", day=day, n=len(newest.medicines))


def step_words(state: State) -> str:
    """The newest day of steps, or nothing."""
    if not state.steps:
        return ""
    newest = state.steps[-1]
    return (
        tr("{day} {n} 歩", day=wording.day_words(newest.day), n=newest.total)
        if newest.total is not None
        else ""
    )
