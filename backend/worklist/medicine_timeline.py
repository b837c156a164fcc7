"""A year of medicines drawn as bars, one line a course: what was at hand when, with its gaps, for screen and paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

from shared.courses import Course, Stretch
from shared.languages import tr
from shared.medicines import Writer

WIDTH, LINE, TOP, BOTTOM, LEFT = 960, 26, 24, 8, 270
_INK, _GRID, _SOFT = "#0f1c24", "#d5dce2", "#43515b"
_FILLS = {
    Writer.PHARMACY: "#0b5563",
    Writer.CLINIC: "#3d6ea5",
    Writer.PORTAL: "#6a5a8c",
    Writer.PATIENT: "#9a4a00",
}
_LETTERS = 17


def timeline_svg(courses: Sequence[Course], first: date, today: date) -> Markup:
    """Every course between ``first`` and ``today``; what goes on after today is drawn to the edge."""
    height = TOP + LINE * len(courses) + BOTTOM
    title = tr("この1年のお薬の図（横の線はお薬が手元にあった日）")
    box = f'viewBox="0 0 {WIDTH} {height}" role="img" font-size="13"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {box}><title>{escape(title)}</title>']
    parts.append(f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>')
    parts.extend(_months(first, today, height))
    for row, course in enumerate(courses):
        parts.extend(_line(course, first, today, TOP + LINE * row))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704  numbers and colours of ours; words went through escape


def _x(day: date, first: date, today: date) -> float:
    return LEFT + (day - first).days / ((today - first).days + 1) * (WIDTH - LEFT)


def _months(first: date, today: date, height: int) -> Iterator[str]:
    month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month <= today:
        x = _x(month, first, today)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{height - BOTTOM}" stroke="{_GRID}"/>'
        words = f"{month.year}/{month.month}" if month.month == 1 else tr("{m}月", m=month.month)
        yield f'<text x="{x + 3:.1f}" y="{TOP - 8}" fill="{_SOFT}">{escape(words)}</text>'
        month = (month + timedelta(days=32)).replace(day=1)


def _line(course: Course, first: date, today: date, y: int) -> Iterator[str]:
    name = course.name if len(course.name) <= _LETTERS else course.name[: _LETTERS - 1] + "…"
    yield f'<text x="0" y="{y + 17}" fill="{_INK}"><title>{escape(course.name)}</title>{escape(name)}</text>'
    yield f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y + LINE - 1}" y2="{y + LINE - 1}" stroke="{_GRID}"/>'
    for span in course.spans():
        yield from _bar(course, span, first, today, y)


def _bar(course: Course, span: Stretch, first: date, today: date, y: int) -> Iterator[str]:
    begins, ends = max(span.first, first), min(span.last or today, today)
    if ends < begins:
        return
    x, to = _x(begins, first, today), _x(ends + timedelta(days=1), first, today)
    until = span.last.isoformat() if span.last else ""
    words = f"{course.name} {span.first.isoformat()}–{until}"
    handed = [piece for piece in course.pieces if not piece.prescribed]
    colour = _FILLS[(handed or course.pieces)[-1].writer]
    fill, dash = (colour, "") if handed else ("#ffffff", ' stroke-dasharray="3 2"')
    edge = f'stroke="{colour}"{dash}'
    size = f'width="{max(2.0, to - x - 1):.1f}" height="12" rx="2"'
    yield f'<rect x="{x:.1f}" y="{y + 7}" {size} fill="{fill}" {edge}><title>{escape(words)}</title></rect>'
