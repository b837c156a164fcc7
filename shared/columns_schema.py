"""Readings of a device as JSON columns: a year of readings is four arrays, checked as arrays, never one by one."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from operator import lt
from typing import Any
from uuid import UUID

from marshmallow import Schema, post_load, pre_dump

from shared import clock, schema
from shared.kinds import ALL_STREAMS, SLEEP_STAGES
from shared.problems import Invalid
from shared.stream_limits import EARLIEST_MS, bounds, impossible
from shared.streams import ABOVE, BELOW, EXACT, Readings, source_named

_AHEAD = timedelta(days=1)
_STAGES = frozenset(float(number) for number in range(len(SLEEP_STAGES)))
SOURCE_LENGTH = 200


class Column(schema.Member[list[Any]]):
    """A JSON array, taken as it is: what is in it is checked all at once when the columns are made."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "array", "items": {"type": "number"}}, **kwargs)

    def take(self, value: object, name: str) -> list[Any]:
        """The array itself, not a copy."""
        if not isinstance(value, list):
            raise Invalid("invalid_fields", field=name)
        return value


class _Source(schema.Text):
    """The name of a device or app, cleaned as those in files are (`source_named`); refused when nothing is left."""

    def take(self, value: object, name: str) -> str:
        """As it is kept."""
        found = source_named(super().take(value, name))
        if not found:
            raise Invalid("invalid_fields", field=name)
        return found


class ColumnsMembers(Schema):
    """The members of a post of columns."""

    stream = schema.Text(40, required=True)
    source = _Source(SOURCE_LENGTH, least=1, required=True)
    start = Column(required=True)
    end = Column()
    value = Column(required=True)
    comparator = Column()


class ColumnsSchema(ColumnsMembers, schema.Strict[Readings]):
    """``{"stream", "source", "start": [ms], "value": [...]}`` with ``end`` (else = start) and ``comparator`` at will.

    ``start`` and ``end``: whole milliseconds since 1970 UTC; ``value`` in the unit of the stream; ``comparator``
    -1 below, 0 exact, 1 above.
    """

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Readings:
        return _readings(data)

    @pre_dump
    def _members(self, readings: Readings, **_: object) -> dict[str, object]:
        return _members(readings)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Readings and the id of the post that brought them, made on the device: a repeated post is the same delivery."""

    delivery: UUID
    readings: Readings


class DeliveredSchema(ColumnsMembers, schema.Strict[Delivered]):
    """The members of `ColumnsSchema`, and the id of their ``delivery``: the same id again changes nothing."""

    delivery = schema.Id(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Delivered:
        return Delivered(data.pop("delivery"), _readings(data))


def check_together(data: Mapping[str, Any]) -> int:
    """How many readings loaded members say; an `Invalid` where they are of no stream, or not columns of one length."""
    if data["stream"] not in ALL_STREAMS:
        raise Invalid("unknown_stream", field="stream", stream=data["stream"])
    lengths = {len(column) for column in data.values() if isinstance(column, list)}
    if len(lengths) != 1:
        raise Invalid("columns_differ", field="value")
    if lengths == {0}:
        raise Invalid("invalid_fields", field="start")
    return next(iter(lengths))


def latest_ms() -> int:
    """The latest moment (ms UTC) that a reading can be of now."""
    return clock.to_ms(clock.now() + _AHEAD)


def _readings(data: dict[str, Any]) -> Readings:
    check_together(data)
    start = _moments(data["start"], "start")
    end = _moments(data["end"], "end") if "end" in data else start[:]
    if "end" in data and any(map(lt, end, start)):
        raise Invalid("ends_before_start", field="end")
    value = _values(data["value"], data["stream"])
    return Readings(data["stream"], data["source"], start, end, value, _comparators(data.get("comparator")))


def _members(readings: Readings) -> dict[str, object]:
    columns: dict[str, object] = {
        "stream": readings.stream,
        "source": readings.source,
        "start": readings.start.tolist(),
    }
    columns["value"] = readings.value.tolist()
    if readings.end != readings.start:
        columns["end"] = readings.end.tolist()
    if any(readings.comparator):
        columns["comparator"] = readings.comparator.tolist()
    return columns


def _moments(column: list[Any], name: str) -> array[int]:
    moments = array("q", _packed("q", column, name))
    in_order = sorted(column)  # one quick pass when a device sends them in order, as devices do
    first, last = in_order[0], in_order[-1]
    _refuse_truth(column, first, name)
    for moment in (first, last):
        if not EARLIEST_MS <= moment <= latest_ms():
            raise Invalid("time_impossible", field=name, when=moment_written(moment))
    return moments


def _values(column: list[Any], stream: str) -> array[float]:
    values = array("d", _packed("d", column, "value"))
    if not isfinite(sum(values)):  # one NaN or infinity anywhere makes the sum one
        raise Invalid("not_a_number", field="value")
    least, most = min(column), max(column)
    _refuse_truth(column, least, "value")
    lowest, highest = bounds(stream)
    if least < lowest or most > highest:
        raise impossible(stream, least if least < lowest else most)
    if stream == "sleep" and not _STAGES.issuperset(values):
        raise Invalid("invalid_fields", field="value")
    return values


def _packed(code: str, column: list[Any], name: str) -> bytes:
    """The column as native numbers; text and 1.9 among whole numbers are refused, but true passes for 1."""
    try:
        return struct.pack(f"{len(column)}{code}", *column)
    except (struct.error, TypeError, OverflowError) as error:
        raise Invalid("not_a_number", field=name) from error


def _comparators(column: list[Any] | None) -> array[int]:
    if column is None:
        return array("b")
    if not set(map(type, column)) <= {int} or not set(column) <= {BELOW, EXACT, ABOVE}:
        raise Invalid("invalid_fields", field="comparator")
    return array("b", column) if any(column) else array("b")


def _refuse_truth(column: list[Any], least: float, name: str) -> None:
    """true and false pass for 1 and 0; the slow look is only needed where one of the two could be."""
    if least <= 1 and bool in set(map(type, column)):
        raise Invalid("not_a_number", field=name)


def moment_written(ms: int) -> str:
    """A moment in the words of a problem; one beyond the calendar as its number."""
    try:
        return clock.from_ms(ms).strftime("%Y-%m-%d %H:%M")
    except OverflowError:
        return str(ms)


_COLUMNS = ColumnsSchema()


def readings_made(columns: dict[str, Any]) -> Readings:
    """The readings of members that a schema has loaded; `Invalid` names the first column that is wrong."""
    return _readings(columns)


def readings_from(data: object) -> Readings:
    """The readings that parsed JSON ``data`` says; `Invalid` names the first column that is wrong."""
    return schema.load(_COLUMNS, data)


def readings_members(readings: Readings) -> dict[str, object]:
    """Readings as JSON columns; ``end`` and ``comparator`` only where they say something."""
    return schema.dump(_COLUMNS, readings)
