"""Readings of one kind, as values: the chart or the list, for some days, mornings or evenings or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from mobile import wording
from mobile.asks import LoadDays, LoadReadings, LoadVersions, WithdrawVital
from mobile.chart_points import Drawing, Series
from mobile.events import (
    DaysLoaded,
    Failed,
    ReadingsLoaded,
    Saved,
    SignedOut,
    Synced,
    TodayLoaded,
    VersionsLoaded,
    Withdrawn,
)
from mobile.screens.readings.streams import stream_of
from mobile.screens.today.state import drawing as pressure_drawing
from mobile.screens.today.state import spaced
from mobile.screens.touches import Answered, Asks, Chose, Go, Happening, Pressed, Question, Shown
from mobile.seen import DaySum, Kept, Version
from shared import clock
from shared.blood_pressure import occasions
from shared.home_pressure_summaries import EshSummary, JshSummary, Part, Standing, standing_words
from shared.languages import tr
from shared.measuring_words import statuses
from shared.stream_periods import CalendarPart
from shared.vitals import Session, Vital

DAYS = (7, 30, 90, 365)
# Kinds whose means and changes have a screen of their own.
TRENDS = ("blood_pressure", "weight")


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``session`` "" is all; ``opened`` is the reading looked at;
    ``imported``: kinds that only come from files or scales, of which there are readings.

    ``kind`` may be a stream (`mobile.screens.readings.streams`); then ``sums`` holds its days, oldest first, looked for
    from ``since`` on, in lines of a ``period``; ``summed``: what they come to is shown, ``defined``: what that means.
    """

    kind: str = "blood_pressure"
    days: int = 30
    session: str = ""
    listed: bool = False
    choosing_kind: bool = False
    choosing_span: bool = False
    loaded: bool = False
    readings: tuple[Kept, ...] = ()
    imported: tuple[str, ...] = ()
    sums: tuple[DaySum, ...] = ()
    since: date | None = None
    period: CalendarPart = CalendarPart.DAY
    summed: bool = False
    defined: bool = False
    jsh: JshSummary | None = None
    esh: EshSummary | None = None
    opened: UUID | None = None
    versions: tuple[Version, ...] = ()
    asking: bool = False
    message: str = ""

    @property
    def shown(self) -> tuple[Kept, ...]:
        """The readings of the chosen session, newest first."""
        if self.kind != "blood_pressure" or not self.session:
            return self.readings
        return tuple(kept for kept in self.readings if wording.session_of(kept.vital) == self.session)

    @property
    def can_be_typed(self) -> bool:
        """Whether readings of this kind are typed: streams and body composition only come from devices and files."""
        return self.kind in wording.OFFERED

    @property
    def looked_at(self) -> Kept | None:
        """The reading that is open, if it is still there."""
        return next((kept for kept in self.readings if kept.vital.id == self.opened), None)

    @property
    def days_shown(self) -> tuple[DaySum, ...]:
        """The days of the chosen span; for weeks and months more are looked for, so that each is whole."""
        if self.since is None:
            return self.sums
        before = self.since + timedelta(days=_more(self))
        return tuple(day for day in self.sums if day.day > before)

    @property
    def question(self) -> Question | None:
        """What the sheet asks, if it is open."""
        kept = self.looked_at
        if not self.asking or kept is None:
            return None
        return Question(
            tr("この記録を取り消しますか"),
            tr(
                "{value} を一覧と平均から外します。前の内容は履歴に残ります。",
                value=wording.value_of(kept.vital),
            ),
            tr("取り消す"),
            tr("残す"),
            takes_away=True,
        )


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown(about=about):
            kind = about or state.kind
            fresh = (
                state if kind == state.kind else State(kind=kind, days=state.days, imported=state.imported)
            )
            fresh = replace(fresh, opened=None, asking=False, choosing_span=False, summed=False, message="")
            return fresh, (_load(fresh),)
        case TodayLoaded(latest=latest):
            return replace(state, imported=wording.imported_kinds(kept.vital.kind for kept in latest)), ()
        case ReadingsLoaded(kind=kind) if kind == state.kind:
            return replace(state, readings=event.readings, jsh=event.jsh, esh=event.esh, loaded=True), ()
        case DaysLoaded(stream=stream, days=days) if stream == stream_of(state.kind):
            return replace(state, sums=days, since=event.since, loaded=True), ()
        case Chose(field=field, key=key):
            return _chose(state, field, key)
        case Pressed(what="trends") if state.kind in TRENDS:
            return state, (Go("trends", state.kind),)
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case SignedOut():
            return State(), ()
        case _:
            return _answered(state, event)


def _answered(state: State, event: Happening) -> Step:
    match event:
        case VersionsLoaded(id=id, versions=versions) if id == state.opened:
            return replace(state, versions=versions), ()
        case Answered(yes=yes) if state.asking and state.opened is not None:
            asks: Asks = (WithdrawVital(state.opened),) if yes else ()
            return replace(state, asking=False), asks
        case Withdrawn():
            done = replace(state, opened=None, message=tr("取り消しました。"))
            return done, (_load(done),)
        case Failed(of=WithdrawVital(), message=message):
            return replace(state, message=message), ()
        case Saved() | Synced(changed=True) if state.loaded:
            return state, (_load(state),)
        case _:
            return state, ()


def _load(state: State) -> LoadReadings | LoadDays:
    stream = stream_of(state.kind)
    return LoadDays(stream, state.days + _more(state)) if stream else LoadReadings(state.kind, state.days)


def _more(state: State) -> int:
    """How many days more are looked for, so that the first week or month is whole."""
    return 0 if state.period is CalendarPart.DAY else 31


def _chose(state: State, field: str, key: str) -> Step:
    match field:
        case "days":
            longer = replace(state, days=int(key), message="")
            return longer, (_load(longer),)
        case "session":
            return replace(state, session=key), ()
        case "period":
            other = replace(state, period=CalendarPart(key), sums=(), loaded=False)
            return other, (_load(other),)
        case "view":
            return replace(state, listed=key == "list"), ()
        case _:
            return state, ()


def _turned(state: State, what: str) -> State:
    """Something is opened in place of the readings, or closed again."""
    if what == "kinds":
        return replace(state, choosing_kind=not state.choosing_kind)
    if what == "span":
        return replace(state, choosing_span=not state.choosing_span)
    if what == "figures":
        return replace(state, summed=bool(stream_of(state.kind)) and not state.summed, defined=False)
    return replace(state, defined=not state.defined)


def _pressed(state: State, what: str, which: str) -> Step:
    match what:
        case "kinds" | "span" | "figures" | "meanings":
            return _turned(state, what), ()
        case "kind":
            same = State(days=state.days, listed=state.listed, period=state.period, imported=state.imported)
            fresh = replace(same, kind=which)
            return fresh, (_load(fresh),)
        case "open" if which:
            return replace(state, opened=UUID(which), versions=(), message=""), (LoadVersions(UUID(which)),)
        case "add" if state.can_be_typed:
            return state, (Go("add_reading", state.kind),)
        case "correct" if state.looked_at is not None:
            return replace(state, opened=None), (Go("add_reading", state.kind, state.looked_at.vital),)
        case "withdraw" if state.looked_at is not None:
            return replace(state, asking=True), ()
        case "back" if state.choosing_kind or state.choosing_span:
            return replace(state, choosing_kind=False, choosing_span=False), ()
        case "back":
            return replace(state, opened=None, summed=False), ()
        case _:
            return state, ()


def drawing(state: State) -> Drawing:
    """The chart of what is shown: means of occasions for blood pressure, else every value."""
    vitals = sorted((kept.vital for kept in state.shown), key=lambda vital: vital.taken_at)
    if state.kind == "blood_pressure":
        return pressure_drawing(occasions(vitals))
    if not vitals:
        return Drawing()
    points = tuple((clock.to_ms(vital.taken_at) / 86_400_000, float(vital.value)) for vital in vitals)
    ticks: dict[str, float] = {}
    for vital, (x, _) in zip(vitals, points, strict=True):
        ticks.setdefault(f"{vital.local.month}/{vital.local.day}", x)
    return Drawing(
        (Series(wording.kind_name(state.kind), points),), None, tuple((x, d) for d, x in ticks.items())
    )


def line_of(kept: Kept) -> tuple[str, str, str]:
    """A line of the list: (day and time, value with unit, what else there is to say)."""
    vital = kept.vital
    day = wording.day_words(vital.local.date())
    when = wording.joined(f"{day} {wording.clock_words(vital.local)}", wording.context_of(vital))
    unit = "" if vital.kind == "blood_pressure" else wording.unit_of(vital.kind)
    told = "" if kept.told else tr("まだ送っていません")
    refused = tr("受け取られませんでした：{why}", why=kept.refused) if kept.refused else ""
    more = wording.joined(wording.pulse_of(vital), *statuses(vital.status), told, refused, vital.note)
    return when, f"{wording.value_of(vital)} {unit}".strip(), more


def version_words(version: Version, vital: Vital) -> str:
    """One version: when it was made, where, and what it said."""
    local = clock.at_offset(version.edited_at, vital.offset_min)
    when = f"{wording.day_words(local.date())} {wording.clock_words(local)}"
    where = tr("この電話") if version.here else tr("別の電話またはサーバー")
    value = tr("取り消し") if version.vital is None else wording.value_of(version.vital)
    return wording.joined(when, where, value)


def week_lines(week: JshSummary | EshSummary | None) -> list[str]:
    """The means of one summary, each with what it is made of; never a verdict under its days."""
    if week is None or week.days == 0:
        return [tr("この7日間の記録はありません。")]
    if isinstance(week, JshSummary):
        parts = [(tr("朝"), week.morning), (tr("晩"), week.evening)]
    else:
        parts = [(tr("全体"), week.part)]
    lines = [_part_words(name, part) for name, part in parts if part.mean is not None]
    if week.standing is Standing.NOT_ENOUGH_DAYS:
        lines.append(standing_words(week.standing))
    return lines


def _part_words(name: str, part: Part) -> str:
    assert part.mean is not None
    return tr(
        "{name} {mean}（{days} 日、{n} 回）",
        name=name,
        mean=spaced(part.mean),
        days=part.days,
        n=part.readings,
    )


def session_options() -> list[tuple[str, str]]:
    """All, morning, evening: for blood pressure."""
    return [("", tr("すべて")), (Session.MORNING, tr("朝")), (Session.EVENING, tr("晩"))]


def span_words(state: State) -> str:
    """Which readings are shown: ``30日 ・ 朝``."""
    days = dict(day_options()).get(str(state.days), "")
    session = dict(session_options()).get(state.session, "") if state.session else ""
    return wording.joined(days, session)


def day_options() -> list[tuple[str, str]]:
    """The spans of days to choose from."""
    names = {7: tr("7日"), 30: tr("30日"), 90: tr("90日"), 365: tr("1年")}
    return [(str(days), names[days]) for days in DAYS]
