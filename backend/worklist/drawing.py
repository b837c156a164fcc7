"""Charts as SVG, made on the server: for paper and for browsers without script. No point is ever dropped.

Where points are closer than a pixel, each pixel column shows the least and the greatest of its points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from backend.wearables.days import DaySummary
from backend.worklist import wording
from backend.worklist.chart import SILENCE, Chart
from shared.blood_pressure import REFERENCE_DIASTOLIC, REFERENCE_SYSTOLIC, session_words
from shared.languages import tr
from shared.vitals import Session

WIDTH, HEIGHT = 960, 340
LEFT, RIGHT, TOP, BOTTOM = 44, 114, 12, 30
_SILENCE_MS = SILENCE // timedelta(milliseconds=1)
_DOTS_UP_TO = 400  # above, dots would only cover the lines
_INK, _GRID, _SOFT = "#0f1c24", "#d5dce2", "#43515b"
_COLOURS = {Session.MORNING: "#0b5563", Session.EVENING: "#9a4a00", Session.OTHER: "#5a6872"}
_DASHES = {Session.MORNING: "", Session.EVENING: "6 3", Session.OTHER: ""}


@dataclass(frozen=True, slots=True)
class Plane:
    """How moments (ms) and values become pixels."""

    begins: int
    ends: int
    least: float
    most: float

    def x(self, at: int) -> float:
        """From the left edge."""
        return LEFT + (at - self.begins) / (self.ends - self.begins) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """From the top edge."""
        return TOP + (self.most - value) / (self.most - self.least) * (HEIGHT - TOP - BOTTOM)


def pressure_svg(drawn: Chart) -> Markup:
    """The chart of morning and evening blood pressure, with the target and the reference lines."""
    plane = _plane(drawn)
    title = tr("家庭血圧の図（この{span}）", span=wording.span(drawn.days))
    parts = [
        _head(WIDTH, HEIGHT, 13, title),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_ground(plane, drawn),
        *_days(plane, drawn),
    ]
    for session in reversed(Session):
        places = drawn.points.places(session)
        for numbers in (drawn.points.systolic, drawn.points.diastolic):
            marks = _marks(plane, drawn.points.at, numbers, places)
            parts.extend(_line(marks, session))
    parts.extend([*_legend(), "</svg>"])
    return Markup("".join(parts))  # noqa: S704  numbers and colours of ours; words went through escape


def _head(width: int, height: int, size: int, title: str) -> str:
    box = f'viewBox="0 0 {width} {height}" role="img" font-size="{size}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><title>{escape(title)}</title>'


def _plane(drawn: Chart) -> Plane:
    least = min([60.0, *drawn.points.systolic, *drawn.points.diastolic])
    most = max([160.0, *drawn.points.systolic, *drawn.points.diastolic])
    return Plane(drawn.begins, drawn.ends, least // 10 * 10, -(-most // 10) * 10)


@dataclass(frozen=True, slots=True)
class Marks:
    """Points of one line as pixels, in the order of time (``at``: ms)."""

    at: Sequence[int]
    x: Sequence[float]
    y: Sequence[float]


def _marks(plane: Plane, at: Sequence[int], numbers: Sequence[float], places: Sequence[int]) -> Marks:
    mine = [at[place] for place in places]
    return Marks(mine, list(map(plane.x, mine)), [plane.y(numbers[place]) for place in places])


def _ground(plane: Plane, drawn: Chart) -> Iterator[str]:
    """The shaded targets, the grid and the lines with their names."""
    right = WIDTH - RIGHT
    for target, shade in ((drawn.target.systolic, "#eef7f0"), (drawn.target.diastolic, "#dff0e3")):
        top = plane.y(float(target))
        box = f'width="{right - LEFT}" height="{HEIGHT - BOTTOM - top:.1f}"'
        yield f'<rect x="{LEFT}" y="{top:.1f}" {box} fill="{shade}"/>'
    step = 20 if plane.most - plane.least <= 160 else 40
    for value in range(int(-(-plane.least // step) * step), int(plane.most) + 1, step):
        yield _rule(plane.y(value), _GRID, "", str(value), "")
    for name, height, colour, dash in (
        (tr("上の目標 {n}", n=drawn.target.systolic), float(drawn.target.systolic), "#17552f", ""),
        (tr("下の目標 {n}", n=drawn.target.diastolic), float(drawn.target.diastolic), "#17552f", ""),
        (tr("基準 {n}", n=REFERENCE_SYSTOLIC), float(REFERENCE_SYSTOLIC), _SOFT, "2 3"),
        (tr("基準 {n}", n=REFERENCE_DIASTOLIC), float(REFERENCE_DIASTOLIC), _SOFT, "2 3"),
    ):
        yield _rule(plane.y(height), colour, dash, "", name)


def _rule(y: float, colour: str, dash: str, left: str, right: str) -> str:
    ends = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
    line = f'<line {ends} stroke="{colour}" stroke-dasharray="{dash or "none"}"/>'
    if left:
        line += _text(LEFT - 6, y + 4, left, "end", _SOFT)
    if right:
        line += _text(WIDTH - RIGHT + 6, y + 4, right, "start", colour)
    return line


def _text(x: float, y: float, words: str, anchor: str, colour: str = _INK) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escape(words)}</text>'


def _days(plane: Plane, drawn: Chart) -> Iterator[str]:
    """Six dates along the bottom, evenly apart."""
    zone = ZoneInfo(drawn.zone)
    step = max(1, drawn.days // 6)
    for number in range(0, drawn.days, step):
        on = drawn.first + timedelta(days=number)
        x = plane.x(int(datetime(on.year, on.month, on.day, tzinfo=zone).timestamp() * 1000))
        if x > WIDTH - RIGHT - 24:
            break
        ends = f'x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM + 5}"'
        yield f'<line {ends} stroke="{_SOFT}"/>'
        yield _text(x, HEIGHT - BOTTOM + 20, _short(on, drawn.days), "middle", _SOFT)


def _short(on: date, days: int) -> str:
    return f"{on.year}/{on.month}" if days > 400 else f"{on.month}/{on.day}"


def _line(marks: Marks, session: Session) -> Iterator[str]:
    """A line by session and number, broken at silences; dots where there is room for them."""
    colour, dash = _COLOURS[session], _DASHES[session]
    if session is not Session.OTHER and marks.at:
        style = f'stroke="{colour}" stroke-width="1.8" stroke-dasharray="{dash or "none"}"'
        yield f'<path d="{_path(marks)}" fill="none" {style}/>'
    if session is Session.OTHER or len(marks.at) <= _DOTS_UP_TO:
        for x, y in zip(marks.x, marks.y, strict=True):
            yield _dot(x, y, session)


def _path(marks: Marks) -> str:
    """Moves and lines; a line is not drawn over a silence."""
    steps: list[str] = []
    last_at = None
    for place in _kept(marks.x, marks.y):
        at = marks.at[place]
        silent = last_at is None or at - last_at > _SILENCE_MS
        steps.append(f"{'M' if silent else 'L'}{marks.x[place]:.1f} {marks.y[place]:.1f}")
        last_at = at
    return "".join(steps)


def _kept(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Which points are drawn: in one pixel column its first, least, greatest and last say all."""
    kept: list[int] = []
    begin = 0
    for place in range(1, len(x) + 1):
        if place < len(x) and int(x[place]) == int(x[begin]):
            continue
        here = range(begin, place)
        if len(here) > 4:
            kept.extend(
                sorted({begin, place - 1, min(here, key=y.__getitem__), max(here, key=y.__getitem__)})
            )
        else:
            kept.extend(here)
        begin = place
    return kept


def _dot(x: float, y: float, session: Session) -> str:
    colour = _COLOURS[session]
    if session is Session.MORNING:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{colour}"/>'
    style = f'stroke="{colour}" stroke-width="1.4"'
    if session is Session.EVENING:
        return f'<rect x="{x - 2.4:.1f}" y="{y - 2.4:.1f}" width="4.8" height="4.8" fill="#ffffff" {style}/>'
    return f'<path d="M{x - 3:.1f} {y - 3:.1f}l6 6m-6 0l6 -6" {style}/>'


def _legend() -> Iterator[str]:
    """What the marks mean, by shape and by word."""
    for place, session in enumerate(Session):
        x = LEFT + 14 + place * 74
        yield _dot(x, TOP + 8, session)
        yield _text(x + 10, TOP + 13, session_words(session), "start", _COLOURS[session])


SMALL_WIDTH, SMALL_HEIGHT = 460, 130
_SMALL_LEFT, _SMALL_TOP, _SMALL_BOTTOM = 44, 8, 20


@dataclass(frozen=True, slots=True)
class Days:
    """Thirty days of a stream to be drawn small: from ``first`` on, each day with a bar from least to most."""

    title: str
    first: date
    count: int
    summaries: Sequence[DaySummary]
    bar: Callable[[DaySummary], tuple[float, float, float | None]]
    floor: float = 0.0


def days_svg(drawn: Days) -> Markup:
    """One bar a day; a day without readings stays empty, it is not a zero."""
    bars = [(day, *drawn.bar(day)) for day in drawn.summaries]
    most = max([bar[2] for bar in bars], default=1.0) or 1.0
    least = min([drawn.floor, *(bar[1] for bar in bars)])
    width = (SMALL_WIDTH - _SMALL_LEFT) / drawn.count
    height = SMALL_HEIGHT - _SMALL_TOP - _SMALL_BOTTOM

    def y(value: float) -> float:
        return _SMALL_TOP + (most - value) / (most - least or 1) * height

    parts = [_head(SMALL_WIDTH, SMALL_HEIGHT, 12, drawn.title)]
    for edge in (least, most):
        ends = f'x1="{_SMALL_LEFT}" x2="{SMALL_WIDTH}" y1="{y(edge):.1f}" y2="{y(edge):.1f}"'
        parts.append(f'<line {ends} stroke="{_GRID}"/>')
        parts.append(_text(_SMALL_LEFT - 5, y(edge) + 4, f"{edge:,.0f}", "end", _SOFT))
    for day, low, high, middle in bars:
        x = _SMALL_LEFT + (day.date - drawn.first).days * width + 1
        parts.append(_bar(x, width - 2, y(high), y(low)))
        if middle is not None:
            ends = f'x1="{x:.1f}" x2="{x + width - 2:.1f}" y1="{y(middle):.1f}" y2="{y(middle):.1f}"'
            parts.append(f'<line {ends} stroke="{_INK}" stroke-width="2"/>')
    parts.extend([*_three_days(drawn, width), "</svg>"])
    return Markup("".join(parts))  # noqa: S704  numbers and colours of ours; words went through escape


def _three_days(drawn: Days, width: float) -> Iterator[str]:
    """The first day, the middle one and the last, below their bars."""
    middle, last = drawn.count // 2, drawn.count - 1
    for number, anchor, aside in ((0, "start", 0.0), (middle, "middle", 0.5), (last, "end", 1.0)):
        on = drawn.first + timedelta(days=number)
        x = _SMALL_LEFT + (number + aside) * width
        yield _text(x, SMALL_HEIGHT - 5, f"{on.month}/{on.day}", anchor, _SOFT)


def _bar(x: float, width: float, top: float, bottom: float) -> str:
    size = f'width="{max(1.0, width):.1f}" height="{max(1.0, bottom - top):.1f}"'
    return f'<rect x="{x:.1f}" y="{top:.1f}" {size} fill="#6fa3ad"/>'
