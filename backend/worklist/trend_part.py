"""The trends of a record as a table for its doctor: a line a figure, a column a window, with all definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from backend.consent.opened import OpenRecord
from backend.vitals import trends
from backend.vitals.trends import Trends
from backend.worklist import wording
from shared.blood_pressure import session_words, target_text, whole
from shared.consent import Right, Scope
from shared.home_pressure_summaries import Part, Standing, standing_words
from shared.languages import tr
from shared.occasion_columns import Met
from shared.spreads import Spread
from shared.trend_definitions import Definition, Figure, basis_words, definition
from shared.trend_words import (
    change_words,
    difference_words,
    direction_words,
    notable_words,
    share_words,
    slope_words,
    spread_words,
    tenths,
)
from shared.trends import WINDOWS, PressureTrend, SessionTrend, Window
from shared.vitals import Session
from shared.weight_trends import WeightTrend

_SESSIONS = (Session.MORNING, Session.EVENING)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a line says of one window: the figure, and what it is made of."""

    main: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over all windows."""

    name: str
    figure: Figure | None
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class TrendPart:
    """The page of trends: windows with their names, the lines of both tables, the definition of each figure."""

    today: date
    first: date | None
    last: date | None
    target: str
    windows: Sequence[Cell]
    pressure: Sequence[Line]
    weight_windows: Sequence[Cell]
    weight: Sequence[Line]
    notable: str
    definitions: Sequence[tuple[Figure, Definition, str]]


def trend_part(record: OpenRecord, first: date | None, last: date | None) -> TrendPart:
    """The usual windows, or the one from ``first`` to ``last`` where either is named."""
    record.must(Scope.VITALS, Right.READ)
    is_chosen = first is not None or last is not None
    found = trends.chosen(record, first, last) if is_chosen else trends.trends(record)
    pressure = list(_pressure_lines(found.pressure))
    weight = list(_weight_lines(found.weight)) if any(each.days for each in found.weight) else []
    named = {line.figure for line in (*pressure, *weight)} | {Figure.SD}
    return TrendPart(
        found.today,
        first,
        last,
        target_text(found.pressure[0].target),
        _windows([each.window for each in found.pressure], found),
        pressure,
        _windows([each.window for each in found.weight], found),
        weight,
        notable_words() if _is_notable(found.weight) else "",
        [(each, definition(each), basis_words(definition(each).basis)) for each in Figure if each in named],
    )


def _is_notable(found: Sequence[WeightTrend]) -> bool:
    newest = found[0]
    return newest.is_recent and any(change.is_notable for change in newest.changes)


def _windows(windows: Sequence[Window], found: Trends) -> list[Cell]:
    usual = len(windows) > 1
    names = [*(wording.span(days) for days in WINDOWS), tr("全期間")] if usual else [tr("選んだ期間")]
    return [Cell(name, _from_to(window, found.today)) for name, window in zip(names, windows, strict=True)]


def _from_to(window: Window, today: date) -> str:
    days = (wording.day(on, year=on.year != today.year) for on in (window.first, window.last))
    return "〜".join(days)


def _pressure_lines(found: Sequence[PressureTrend]) -> Iterator[Line]:
    yield Line(tr("測った日"), None, [_counts(each) for each in found])
    missing = [Cell(tr("{n}日", n=each.missing_days)) for each in found]
    yield Line(tr("測っていない日"), Figure.MISSING, missing)
    yield Line(tr("朝の平均 ± SD（JSH）"), Figure.JSH_MEAN, [_jsh(each.morning) for each in found])
    yield Line(tr("晩の平均 ± SD（JSH）"), Figure.JSH_MEAN, [_jsh(each.evening) for each in found])
    yield Line(tr("ESH の平均"), Figure.ESH_MEAN, [_esh(each) for each in found])
    pulses = [_pulse(each.morning.part, each.evening.part) for each in found]
    yield Line(tr("脈拍（朝／晩）"), Figure.PULSE, pulses)
    above = [Cell(share_words(each.above_target)) for each in found]
    yield Line(tr("目標以上だった割合"), Figure.ABOVE_TARGET, above)
    reaching = [Cell(share_words(each.at_reference)) for each in found]
    yield Line(tr("135/85 以上だった割合"), Figure.AT_REFERENCE, reaching)
    difference = [Cell(difference_words(each.difference)) for each in found]
    yield Line(tr("朝と晩の差（上/下）"), Figure.DIFFERENCE, difference)
    for session in _SESSIONS:
        said = session_words(session)
        spreads = [_spreads(_of(session, each).systolic) for each in found]
        yield Line(tr("上の血圧の CV（{session}）", session=said), Figure.CV, [cv for cv, _ in spreads])
        yield Line(tr("上の血圧の ARV（{session}）", session=said), Figure.ARV, [arv for _, arv in spreads])
    for session in _SESSIONS:
        slopes = [_slopes(_of(session, each)) for each in found]
        name = tr("1週間あたりの変化（{session}）", session=session_words(session))
        yield Line(name, Figure.SLOPE, slopes)
    yield Line(tr("高かった3回"), Figure.HIGHEST, [_highest(each.highest) for each in found])


def _of(session: Session, trend: PressureTrend) -> SessionTrend:
    return trend.morning if session is Session.MORNING else trend.evening


def _counts(trend: PressureTrend) -> Cell:
    days = tr("{n}/{all}日", n=trend.days, all=trend.window.days)
    return Cell(days, tr("{n}測定", n=trend.readings))


def _jsh(trend: SessionTrend) -> Cell:
    part = trend.part
    if part.mean is None:
        return Cell(tr("測定なし"))
    upper, lower = trend.systolic.sd, trend.diastolic.sd
    sd = "" if upper is None or lower is None else f" ± {tenths(upper)}/{tenths(lower)}"
    made_of = tr("{n}日・{occasions}回", n=part.days, occasions=part.occasions)
    return Cell(part.mean.text + sd, _more(made_of, part.standing))


def _esh(trend: PressureTrend) -> Cell:
    part = trend.esh.part
    if part.mean is None:
        return Cell(tr("測定なし"))
    made_of = tr("{n}日・{readings}測定", n=part.days, readings=part.readings)
    return Cell(part.mean.text, _more(made_of, trend.esh.standing))


def _more(made_of: str, standing: Standing) -> str:
    return f"{made_of} · {standing_words(standing)}"


def _pulse(morning: Part, evening: Part) -> Cell:
    def one(part: Part) -> str:
        return "—" if part.mean is None or part.mean.pulse is None else str(whole(part.mean.pulse))

    return Cell(f"{one(morning)} ／ {one(evening)}")


def _spreads(found: Spread) -> tuple[Cell, Cell]:
    cv, arv = spread_words(found)
    return Cell(cv), Cell(arv)


def _slopes(trend: SessionTrend) -> Cell:
    upper, lower = trend.systolic_slope, trend.diastolic_slope
    if upper is None or lower is None:
        return Cell(slope_words(None, "mmHg"))
    return Cell(
        tr("上 {slope}", slope=slope_words(upper, "mmHg")), tr("下 {slope}", slope=slope_words(lower, "mmHg"))
    )


def _highest(highest: Sequence[Met]) -> Cell:
    if not highest:
        return Cell(tr("測定なし"))
    said = [
        f"{whole(e.mean.systolic)}/{whole(e.mean.diastolic)}（{e.on.month}/{e.on.day} {session_words(e.session)}）"
        for e in highest
    ]
    return Cell(" ／ ".join(said))


def _weight_lines(found: Sequence[WeightTrend]) -> Iterator[Line]:
    yield Line(tr("測った日"), None, [Cell(tr("{n}日", n=len(each.days))) for each in found])
    yield Line(tr("いちばん新しい体重"), None, [_newest(each) for each in found])
    yield Line(tr("体重の変化"), Figure.WEIGHT_CHANGE, [_changes(each) for each in found])
    slopes = [
        Cell(slope_words(each.slope, "kg"), direction_words(each.slope) if each.slope else "")
        for each in found
    ]
    yield Line(tr("1週間あたりの変化"), Figure.WEIGHT_SLOPE, slopes)


def _newest(trend: WeightTrend) -> Cell:
    if trend.newest is None:
        return Cell(tr("測定なし"))
    day = trend.newest.day
    return Cell(f"{tenths(trend.newest.kg)} kg", wording.day(day, year=day.year != trend.window.last.year))


def _changes(trend: WeightTrend) -> Cell:
    if not trend.changes:
        return Cell(tr("くらべる日がありません"))
    since = [f"{each.since.day.month}/{each.since.day.day}" for each in trend.changes]
    said = tr("くらべた日：{days}", days="、".join(since))
    return Cell(" · ".join(change_words(each) for each in trend.changes), said)
