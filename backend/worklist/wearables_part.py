"""What watches and sensors come to on the doctor's page: fourteen days in figures, four weeks, and what each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from backend.consent.opened import OpenRecord
from backend.wearables import periods, summaries
from backend.wearables.periods import Rested
from backend.worklist import wording
from shared import units
from shared.consent import Right, Scope
from shared.glucose import (
    GlucoseFigures,
    band_names,
    band_shares,
    glucose_definitions,
    not_enough_words,
)
from shared.kinds import STREAMS
from shared.languages import tr
from shared.resting_heart_rate import RestedBy, resting_definition
from shared.stream_periods import (
    CalendarPart,
    StreamDay,
    StreamPeriod,
    period_definition,
    period_of,
    together,
)

DAYS, WEEKS = 14, 4
_BAND_COLOURS = {
    "very_low": "#8c1d18",
    "low": "#d98580",
    "in_range": "#0b5563",
    "high": "#e0b25c",
    "very_high": "#8a5a00",
}
_STAGES = {
    "deep": "深い眠り",
    "rem": "レム睡眠",
    "light": "浅い眠り",
    "awake": "目が覚めていた時間",
    "in_bed": "床にいた時間",
}
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """One stream: its figures, a picture of them where there is one, its weeks, notes, and what the figures are."""

    stream: str
    title: str
    lines: Sequence[Line]
    weeks: Sequence[Line] = ()
    notes: Sequence[str] = ()
    meanings: Sequence[Line] = ()
    bar: Markup | str = ""


def cards(record: OpenRecord, today: date) -> list[Card]:
    """The streams that have anything in the last four weeks."""
    record.must(Scope.WEARABLES, Right.READ)
    made = [
        _steps(_days(record, "steps", today), today),
        _resting(periods.resting(record, *_weeks(today)), today),
        _sleep(_days(record, "sleep", today), today),
        _oxygen(_days(record, "spo2", today), today),
        _glucose(_days(record, "blood_glucose", today), record, today),
    ]
    return [card for card in made if card is not None]


def _weeks(today: date) -> tuple[date, date]:
    """From the Monday of the first of four weeks."""
    return period_of(today, CalendarPart.WEEK)[0] - timedelta(weeks=WEEKS - 1), today


def _days(record: OpenRecord, stream: str, today: date) -> list[StreamDay]:
    return [day.parts() for day in summaries.days(record, stream, *_weeks(today))]


def _lately(days: Sequence[StreamDay], today: date) -> StreamPeriod | None:
    """The last fourteen days as one."""
    first = today - timedelta(days=DAYS - 1)
    some = [day for day in days if day.day >= first]
    return together(some, first, today) if some else None


def _by_week(days: Sequence[StreamDay]) -> list[tuple[date, StreamPeriod]]:
    found: dict[date, list[StreamDay]] = {}
    for day in days:
        found.setdefault(period_of(day.day, CalendarPart.WEEK)[0], []).append(day)
    return [(first, together(some, first, first + timedelta(days=6))) for first, some in found.items()]


def _week_name(first: date) -> str:
    return tr("{day}から", day=_short(first))


def _short(day: date) -> str:
    return f"{day.month}/{day.day}"


def _steps(days: list[StreamDay], today: date) -> Card | None:
    if not days:
        return None
    lately = _lately(days, today)
    lines = []
    if lately is not None and lately.a_day is not None:
        lines = [
            (tr("1日平均"), tr("{n} 歩", n=wording.plain(lately.a_day))),
            (tr("記録のある日"), tr("{n}日", n=lately.days)),
        ]
    newest = next((day for day in reversed(days) if day.reported), None)
    if newest is not None:
        lines += [
            (
                tr("機器の合計（{day}）", day=_short(newest.day)),
                tr("{n} 歩（{source}）", n=wording.plain(each.total), source=each.source),
            )
            for each in newest.reported
        ]
    only = 0 if lately is None else lately.reported_days
    notes = [tr("機器の合計だけの日が {n}日あり、平均に入れていません。", n=only)] if only else []
    weeks = [
        (_week_name(first), tr("{n} 歩", n=wording.plain(week.a_day)))
        for first, week in _by_week(days)
        if week.a_day is not None
    ]
    meanings = [
        (tr("週"), period_definition(CalendarPart.WEEK)),
        (
            tr("機器の合計"),
            tr("機器が自分で数えた1日の合計です。細かい記録からの合計とは別に置き、足し合わせません。"),
        ),
    ]
    return Card("steps", tr("歩数"), lines, weeks, notes, meanings)


def _resting(days: Sequence[Rested], today: date) -> Card | None:
    if not days:
        return None
    lately = [day for day in days if day.day > today - timedelta(days=DAYS)]
    unit = tr(units.shown(STREAMS[periods.RESTING].unit))
    lines = []
    if lately:
        lines = [
            (tr("平均"), f"{wording.plain(_mean(lately))} {unit}"),
            (
                tr("いちばん新しい日（{day}）", day=_short(lately[-1].day)),
                f"{wording.plain(lately[-1].value)} {unit}",
            ),
        ]
    ours = sum(1 for day in lately if day.by is RestedBy.OURS)
    notes = [tr("{all}日のうち {n}日は Tomoni の計算です。", all=len(lately), n=ours)] if ours else []
    weeks: dict[date, list[Rested]] = {}
    for day in days:
        weeks.setdefault(period_of(day.day, CalendarPart.WEEK)[0], []).append(day)
    names = {RestedBy.DEVICE: tr("機器の値"), RestedBy.OURS: tr("Tomoni の計算")}
    return Card(
        periods.RESTING,
        tr("安静時心拍数"),
        lines,
        [(_week_name(first), f"{wording.plain(_mean(some))} {unit}") for first, some in weeks.items()],
        notes,
        [(name, resting_definition(by)) for by, name in names.items()],
    )


def _mean(days: Sequence[Rested]) -> float:
    return sum(day.value for day in days) / len(days)


def _sleep(days: list[StreamDay], today: date) -> Card | None:
    if not days:
        return None
    lately = _lately(days, today)
    lines = []
    if lately is not None:
        if lately.asleep is not None:
            lines.append((tr("眠った時間（1日平均）"), wording.hours(lately.asleep)))
        lines += [
            (tr(name), wording.hours(lately.minutes[stage]))
            for stage, name in _STAGES.items()
            if stage in lately.minutes
        ]
        lines.append((tr("記録のある日"), tr("{n}日", n=lately.days)))
    weeks = [
        (_week_name(first), wording.hours(week.asleep))
        for first, week in _by_week(days)
        if week.asleep is not None
    ]
    meanings = [
        (tr("日"), period_definition(CalendarPart.DAY)),
        (tr("睡眠の段階"), tr("段階は機器が推定したものです。")),
    ]
    return Card("sleep", tr("睡眠"), lines, weeks, (), meanings)


def _oxygen(days: list[StreamDay], today: date) -> Card | None:
    if not days:
        return None
    lately = _lately(days, today)
    lines = []
    if lately is not None and lately.mean is not None:
        lines = [(tr("平均"), f"{lately.mean:.1f}%")]
        lines += (
            [(tr("最低〜最高"), tr("{low}〜{high}", low=f"{lately.least:.0f}", high=f"{lately.most:.0f}%"))]
            if lately.least is not None
            else []
        )
        lines.append((tr("記録のある日"), tr("{n}日", n=lately.days)))
    weeks = [
        (_week_name(first), f"{week.mean:.1f}%") for first, week in _by_week(days) if week.mean is not None
    ]
    meanings = [
        (tr("平均"), period_definition(CalendarPart.WEEK)),
        (
            tr("測り方"),
            tr("腕時計などの機器の値です。医療用のパルスオキシメーターとはちがうことがあります。"),
        ),
    ]
    return Card("spo2", tr("酸素飽和度"), lines, weeks, (), meanings)


def _glucose(days: list[StreamDay], record: OpenRecord, today: date) -> Card | None:
    if not days:
        return None
    # A sensor is read out now and then: the fourteen days end with the newest that it measured.
    last = max((day.day for day in days if day.count), default=today)
    first = last - timedelta(days=DAYS - 1)
    found = periods.glucose(record, first, last)
    lines: list[Line] = []
    notes: list[str] = []
    bar: Markup | str = ""
    if found is not None:
        measured = tr("{first}から{last}まで", first=_short(first), last=_short(last))
        lines, bar = [(tr("測った14日間"), measured), *_glucose_lines(found)], bar_svg(found)
        notes = [] if found.is_enough else [not_enough_words()]
    weeks = [
        (_week_name(first), tr("範囲内 {percent}%", percent=f"{week.glucose.in_range:.0f}"))
        for first, week in _by_week(days)
        if week.glucose is not None
    ]
    return Card("blood_glucose", tr("血糖（連続測定）"), lines, weeks, notes, glucose_definitions(), bar)


def _glucose_lines(found: GlucoseFigures) -> list[Line]:
    return [
        (tr("範囲内の時間（70〜180 mg/dL）"), f"{found.in_range:.1f}%"),
        (tr("70 未満（うち 54 未満）"), _of_these(found.below_70, found.below_54)),
        (tr("180 をこえる（うち 250 をこえる）"), _of_these(found.above_180, found.above_250)),
        (tr("平均"), f"{found.mean:.0f} mg/dL"),
        ("GMI", "—" if found.gmi is None else f"{found.gmi:.1f}%"),
        (tr("ばらつき（CV）"), "—" if found.cv is None else f"{found.cv:.1f}%"),
        (tr("測れていた割合"), tr("{percent}%（{n}日）", percent=f"{found.coverage:.0f}", n=found.days)),
    ]


def _of_these(whole: float, part: float) -> str:
    return tr("{all}（{part}）", all=f"{whole:.1f}%", part=f"{part:.1f}%")


def bar_svg(found: GlucoseFigures) -> Markup:
    """The bands of the time covered as one bar, lowest at the left."""
    shares, names = band_shares(found), dict(band_names())
    said = tr("、").join(f"{names[band]} {percent:.0f}%" for band, percent in shares.items())
    parts, x = [], 0.0
    for band, percent in shares.items():
        size = f'x="{x:.2f}" y="0" width="{percent:.2f}" height="10" fill="{_BAND_COLOURS[band]}"'
        parts.append(f"<rect {size}><title>{escape(names[band])} {percent:.0f}%</title></rect>")
        x += percent
    head = f'<svg class="bands" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{escape(said)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704  numbers and colours of ours; words were escaped
