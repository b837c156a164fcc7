"""Pieces of a file as they may be kept: readings that cannot be are told, once a stream and reason.

Sources have names fit to show. Every format's pieces go through here, so no format need know how much a heart can beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shared import clock
from shared.formats import Piece, Trouble
from shared.kinds import ALL_STREAMS
from shared.languages import tr
from shared.problems import Invalid, Problem
from shared.stream_limits import Span, impossible, in_time, parted, span_of
from shared.streams import Readings, source_named

# Of a device or app that gave no name.
NAMELESS = "?"


@dataclass(slots=True)
class _Refused:
    """Readings of a stream that cannot be: how many, and the first of them."""

    problem: Problem
    where: str
    excerpt: str
    count: int = 0


def sound(pieces: Iterable[Piece], span: Span = span_of) -> Iterator[Piece]:
    """All ``pieces``, without the readings that cannot be; at the end one `Trouble` for each stream and reason."""
    refused: dict[tuple[str, str], _Refused] = {}
    for piece in pieces:
        yield (
            _kept(piece, refused, span)
            if isinstance(piece, Readings) and piece.stream in ALL_STREAMS
            else piece
        )
    for (stream, _), each in refused.items():
        why, label = each.problem.message().rstrip("。."), tr(ALL_STREAMS[stream].label)
        problem = Invalid("records_odd", type=label, count=each.count, why=why)
        yield Trouble(each.where, problem, each.excerpt)


def _kept(readings: Readings, refused: dict[tuple[str, str], _Refused], span: Span) -> Readings:
    source = source_named(readings.source) or NAMELESS
    if source != readings.source:
        readings = replace(readings, source=source)
    for limit in (in_time, parted):
        kept, places = limit(readings, span)
        if places:
            first, at = readings.value[places[0]], readings.start[places[0]]
            early = limit is in_time
            problem = (
                Invalid("time_impossible", when=_moment(at)) if early else impossible(readings.stream, first)
            )
            excerpt = f"{first:g} {_moment(at)}"
            told = refused.setdefault(
                (readings.stream, problem.code), _Refused(problem, readings.where, excerpt)
            )
            told.count += len(places)
        readings = kept
    return readings


def _moment(ms: int) -> str:
    try:
        return clock.from_ms(ms).isoformat()
    except (OverflowError, ValueError):
        return str(ms)
