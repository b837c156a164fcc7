"""Workouts and electrocardiograms of a record for its doctor: a table of the last 90 days, and each heart drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from backend.consent.opened import OpenRecord
from backend.wearables import recordings
from shared import clock
from shared.consent import Right, Scope
from shared.electrocardiograms import Electrocardiogram
from shared.languages import tr
from shared.recording_words import classified_words
from shared.workouts import Workout

WORKOUT_DAYS, RECORDING_DAYS, GLANCE_DAYS = 90, 365, 30
# Each drawing is 100 kB of page: the newest are drawn, the others are opened one by one.
DRAWN = 3
# As on paper: 25 mm a second, 10 mm a mV, four pixels a mm; ten seconds a row.
_MM = 4
_SECOND, _MILLIVOLT = 25 * _MM, 10 * _MM
_ROW_S = 10
# A row holds the tallest peak, ±1 mV at least and ±2 mV at most; higher ones are drawn over its edge, never cut.
_LOWEST_ROW, _HIGHEST_ROW, _ROW_STEP = _MILLIVOLT, 2 * _MILLIVOLT, _MILLIVOLT // 2
_WIDTH = _ROW_S * _SECOND
_NANOVOLTS = 1_000_000  # a mV


@dataclass(frozen=True, slots=True)
class Recorded:
    """What devices recorded: workouts since ``since``, electrocardiograms of a year, the newest first."""

    since: date
    workouts: Sequence[Workout]
    hearts: Sequence[Electrocardiogram]


def recorded(record: OpenRecord) -> Recorded:
    """The recordings up to today, her day."""
    record.must(Scope.WEARABLES, Right.READ)
    today = clock.now().astimezone(record.timezone).date()
    since = today - timedelta(days=WORKOUT_DAYS)
    hearts = recordings.electrocardiograms(record, today - timedelta(days=RECORDING_DAYS))
    return Recorded(since, recordings.workouts(record, since), hearts)


@dataclass(frozen=True, slots=True)
class HeartKind:
    """What the devices called some electrocardiograms: in words, how many there are, and the newest of them."""

    words: str
    count: int
    newest: Electrocardiogram


def heart_kinds(record: OpenRecord, today: date) -> list[HeartKind]:
    """The electrocardiograms of thirty days by what the devices called them, the newest first: one that is unlike
    the others is never hidden behind them."""
    record.must(Scope.WEARABLES, Right.READ)
    called: dict[str, list[Electrocardiogram]] = {}
    for each in recordings.electrocardiograms(record, today - timedelta(days=GLANCE_DAYS - 1)):
        called.setdefault(classified_words(each), []).append(each)
    return [HeartKind(words, len(some), some[0]) for words, some in called.items()]


def heart_svg(recording: Electrocardiogram) -> Markup:
    """A recording as on paper: 25 mm/s and 10 mm/mV, ten seconds a row. Every peak is drawn: each pixel column shows
    the least and the greatest of its samples."""
    samples = recording.nanovolts
    a_row = max(1, int(_ROW_S * recording.hertz))
    rows = [samples[first : first + a_row] for first in range(0, len(samples), a_row)]
    half = _half_row(samples)
    height = 2 * half * len(rows)
    title = tr("心電図（{lead} {n}秒）", lead=recording.lead, n=round(len(samples) / float(recording.hertz)))
    box = f'viewBox="0 0 {_WIDTH} {height}" role="img" class="heart"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {box}><title>{escape(title)}</title>{_paper(height)}']
    for number, row in enumerate(rows):
        middle = (2 * number + 1) * half
        points = _points(row, float(recording.hertz), middle)
        parts.append(f'<polyline points="{points}" fill="none" stroke="#0f1c24" stroke-width="1.2"/>')
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704  numbers and colours of ours; the title went through escape


def _half_row(samples: Sequence[int]) -> int:
    """Pixels above and below the middle of a row, in whole big squares."""
    tallest = max(map(abs, samples), default=0) / _NANOVOLTS * _MILLIVOLT
    steps = int(tallest) // _ROW_STEP + 1
    return min(max(steps * _ROW_STEP, _LOWEST_ROW), _HIGHEST_ROW)


def _paper(height: int) -> str:
    """Thin lines each mm, thick ones each 5 mm, by two patterns."""
    big = 5 * _MM
    return (
        f'<defs><pattern id="mm" width="{_MM}" height="{_MM}" patternUnits="userSpaceOnUse">'
        f'<path d="M{_MM} 0H0V{_MM}" fill="none" stroke="#f6dcdc" stroke-width=".5"/></pattern>'
        f'<pattern id="cm" width="{big}" height="{big}" patternUnits="userSpaceOnUse">'
        f'<path d="M{big} 0H0V{big}" fill="none" stroke="#e9b8b8" stroke-width="1"/></pattern></defs>'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f'<rect width="{_WIDTH}" height="{height}" fill="url(#mm)"/>'
        f'<rect width="{_WIDTH}" height="{height}" fill="url(#cm)"/>'
    )


def _points(row: Sequence[int], hertz: float, middle: int) -> str:
    """The samples of a row as points; where several share a pixel, the least and the greatest in their order."""
    found: list[str] = []
    column: dict[int, list[int]] = {}
    for number, sample in enumerate(row):
        column.setdefault(int(number / hertz * _SECOND), []).append(sample)
    for x, shared in column.items():
        least, most = min(shared), max(shared)
        pair = (least, most) if shared.index(least) < shared.index(most) else (most, least)
        found += [f"{x},{middle - each / _NANOVOLTS * _MILLIVOLT:.1f}" for each in dict.fromkeys(pair)]
    return " ".join(found)
