"""Means and changes, as values: big numbers with plain words, and the definition of each one tap away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mobile import wording
from mobile.asks import LoadTrends
from mobile.events import Saved, SignedOut, Synced, TrendsLoaded, Withdrawn
from mobile.screens.today.state import spaced
from mobile.screens.touches import Asks, Back, Chose, Happening, Pressed, Shown
from shared.blood_pressure import session_words, target_text, whole
from shared.home_pressure_summaries import standing_words
from shared.languages import tr
from shared.slopes import Slope
from shared.trend_definitions import Definition, Figure, definition
from shared.trend_words import (
    difference_words,
    direction_words,
    notable_words,
    share_words,
    slope_words,
    tenths,
)
from shared.trends import PressureTrend, SessionTrend
from shared.vitals import Session
from shared.weight_trends import WeightTrend

ALL = "all"
SPANS = ("7", "30", "90", ALL)
USUAL = "30"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the screen shows. ``kind``: blood_pressure or weight; ``defining``: the figure that is explained."""

    kind: str = "blood_pressure"
    span: str = USUAL
    more: bool = False
    defining: Figure | None = None
    pressure: PressureTrend | None = None
    weight: WeightTrend | None = None

    @property
    def days(self) -> int | None:
        """How many days; None is all."""
        return None if self.span == ALL else int(self.span)

    @property
    def explained(self) -> Definition | None:
        """What is explained, if anything is."""
        return definition(self.defining) if self.defining else None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in these days; false before they are there."""
        if self.kind == "weight":
            return self.weight is not None and not self.weight.days
        return self.pressure is not None and not self.pressure.readings


@dataclass(frozen=True, slots=True)
class Number:
    """One figure: its name, the number in big, and in plain words what it is made of or says."""

    figure: Figure
    name: str
    big: str
    said: str = ""


Step = tuple[State, Asks]


def step(state: State, event: Happening) -> Step:
    """The next state and what is asked for."""
    match event:
        case Shown(about=about):
            fresh = State(about or state.kind, state.span, pressure=state.pressure, weight=state.weight)
            return fresh, (LoadTrends(fresh.days),)
        case TrendsLoaded(days=days) if days == state.days:
            return replace(state, pressure=event.pressure, weight=event.weight), ()
        case Chose(field="span", key=key) if key in SPANS:
            longer = replace(state, span=key, pressure=None, weight=None)
            return longer, (LoadTrends(longer.days),)
        case Pressed(what=what, which=which):
            return _pressed(state, what, which)
        case Saved() | Withdrawn() | Synced(changed=True) if state.pressure is not None:
            return state, (LoadTrends(state.days),)
        case SignedOut():
            return State(), ()
        case _:
            return state, ()


def _pressed(state: State, what: str, which: str) -> Step:
    match what:
        case "define" if which in set(Figure):
            return replace(state, defining=Figure(which)), ()
        case "more":
            return replace(state, more=not state.more), ()
        case "back" if state.defining is not None:
            return replace(state, defining=None), ()
        case "back":
            return state, (Back(),)
        case _:
            return state, ()


def numbers(state: State) -> list[Number]:
    """What matters first."""
    if state.is_empty:
        return []
    if state.kind == "weight":
        return list(_weights(state.weight)) if state.weight else []
    return list(_pressures(state.pressure)) if state.pressure else []


def more_numbers(state: State) -> list[Number]:
    """What is shown when she asks for more: of blood pressure only."""
    if state.kind == "weight" or state.pressure is None or state.is_empty:
        return []
    return list(_more(state.pressure))


def _pressures(trend: PressureTrend) -> Iterator[Number]:
    yield _mean(tr("朝の平均（JSH）"), trend.morning)
    yield _mean(tr("晩の平均（JSH）"), trend.evening)
    above = trend.above_target
    if above.percent is not None:
        percent = tr("{percent}%", percent=above.percent)
        limit = f"{trend.target.systolic}/{trend.target.diastolic}"
        name = tr("目標（{limit}）以上だった割合", limit=limit)
        yield Number(Figure.ABOVE_TARGET, name, percent, share_words(above))
    yield _difference(trend)
    for session in (Session.MORNING, Session.EVENING):
        mine = trend.morning if session is Session.MORNING else trend.evening
        name = tr("上の血圧の1週間あたりの変化（{session}）", session=session_words(session))
        yield _slope(Figure.SLOPE, name, mine.systolic_slope, "mmHg")


def _mean(name: str, trend: SessionTrend) -> Number:
    part = trend.part
    if part.mean is None:
        return Number(Figure.JSH_MEAN, name, "—", tr("測定なし"))
    made_of = tr("{n}日・{occasions}回", n=part.days, occasions=part.occasions)
    pulse = "" if part.mean.pulse is None else tr("脈拍 {pulse}", pulse=whole(part.mean.pulse))
    said = _lines(wording.joined(made_of, pulse), standing_words(part.standing))
    return Number(Figure.JSH_MEAN, name, spaced(part.mean), said)


def _difference(trend: PressureTrend) -> Number:
    found = trend.difference
    if found.systolic is None:
        return Number(Figure.DIFFERENCE, tr("朝と晩の差"), "—", difference_words(found))
    big = f"{tenths(found.systolic, signed=True)} mmHg"
    plain = tr("上の血圧の差です。プラスなら、朝のほうが高いことを表します。")
    both = tr("上の差／下の差：{numbers}", numbers=difference_words(found))
    return Number(Figure.DIFFERENCE, tr("朝と晩の差"), big, _lines(plain, both))


def _slope(figure: Figure, name: str, slope: Slope | None, unit: str) -> Number:
    if slope is None:
        return Number(figure, name, "—", slope_words(None, unit))
    said = _lines(direction_words(slope), slope_words(slope, unit))
    return Number(figure, name, f"{tenths(slope.per_week, signed=True)} {unit}", said)


def _lines(*said: str) -> str:
    """Each on a line of its own: in large letters a row of them is hard to take apart."""
    return "\n".join(each for each in said if each)


def _more(trend: PressureTrend) -> Iterator[Number]:
    esh = trend.esh.part
    if esh.mean is not None:
        made_of = tr("{n}日・{readings}測定", n=esh.days, readings=esh.readings)
        said = _lines(made_of, standing_words(trend.esh.standing))
        yield Number(Figure.ESH_MEAN, tr("ESH の平均"), spaced(esh.mean), said)
    at = trend.at_reference
    if at.percent is not None:
        percent = tr("{percent}%", percent=at.percent)
        yield Number(Figure.AT_REFERENCE, tr("135/85 以上だった割合"), percent, share_words(at))
    yield Number(Figure.MISSING, tr("測っていない日"), tr("{n}日", n=trend.missing_days), _from_to(trend))
    for session in (Session.MORNING, Session.EVENING):
        yield from _spreads(
            session_words(session), trend.morning if session is Session.MORNING else trend.evening
        )
    for high in trend.highest:
        big = f"{whole(high.mean.systolic)} / {whole(high.mean.diastolic)}"
        when = wording.joined(wording.day_words(high.on), session_words(high.session))
        yield Number(Figure.HIGHEST, tr("高かった3回"), big, when)


def _spreads(session: str, trend: SessionTrend) -> Iterator[Number]:
    found = trend.systolic
    if found.sd is None or found.cv is None or found.arv is None:
        return
    of = tr("測った {n}回から", n=found.n)
    sd, cv, arv = f"{tenths(found.sd)} mmHg", f"{tenths(found.cv)}%", f"{tenths(found.arv)} mmHg"
    yield Number(Figure.SD, tr("上の血圧の SD（{session}）", session=session), sd, of)
    yield Number(Figure.CV, tr("上の血圧の CV（{session}）", session=session), cv, of)
    yield Number(Figure.ARV, tr("上の血圧の ARV（{session}）", session=session), arv, of)


def _from_to(trend: PressureTrend) -> str:
    first, last = wording.day_words(trend.window.first), wording.day_words(trend.window.last)
    return tr("{first}〜{last}", first=first, last=last)


def _weights(trend: WeightTrend) -> Iterator[Number]:
    newest = trend.newest
    if newest is not None:
        yield Number(
            Figure.WEIGHT_CHANGE,
            tr("いちばん新しい体重"),
            f"{tenths(newest.kg)} kg",
            wording.day_words(newest.day),
        )
    for change in trend.changes:
        name = tr("{n}日以内の変化", n=change.within)
        since = tr("{day}とくらべて", day=wording.day_words(change.since.day))
        yield Number(Figure.WEIGHT_CHANGE, name, f"{tenths(change.kg, signed=True)} kg", since)
    yield _slope(Figure.WEIGHT_SLOPE, tr("1週間あたりの変化"), trend.slope, "kg")


def notable(state: State) -> str:
    """What to do after a gain of 2 kg and more within days, while it is new; never a diagnosis."""
    trend = state.weight
    if state.kind != "weight" or trend is None or not trend.is_recent:
        return ""
    return notable_words() if any(change.is_notable for change in trend.changes) else ""


def target(state: State) -> str:
    """The target and who set it, under blood pressure."""
    return target_text(state.pressure.target) if state.kind != "weight" and state.pressure else ""


def span_options() -> list[tuple[str, str]]:
    """The spans of days to choose from."""
    return [("7", tr("7日")), ("30", tr("30日")), ("90", tr("90日")), (ALL, tr("すべて"))]
