"""Withings' raw tracks: rows of a start with its offset, and arrays of durations and values, read as columns."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate, chain, repeat
from operator import add

from shared import clock
from shared.formats import Piece, Trouble
from shared.formats.gathered import LAST_MS, MOST_AT_ONCE
from shared.formats.json_tree import shown
from shared.formats.zips import Stream
from shared.kinds import SLEEP_STAGES, SleepStage
from shared.languages import tr
from shared.problems import Invalid, Unreadable
from shared.stream_limits import EARLIEST_MS
from shared.streams import MOST, Readings

_PLACES = {"tracker": "Withings", "hr": "Withings", "spo2": "Withings", "bed": "Withings Bed",
           "sleep-monitor": "Withings Sleep"}  # fmt: skip
_MEASURES = {"steps": "steps", "distance": "distance", "calories-earned": "active_energy", "hr": "heart_rate",
             "sleep-state": "sleep", "respiratory-rate": "respiratory_rate", "auto_spo2": "spo2"}  # fmt: skip
# A file's name -> the stream in it and the source. Elevation is left: sources disagree whether it is metres or floors.
RAW = {
    f"raw_{place}_{measure}": (stream, source)
    for place, source in _PLACES.items()
    for measure, stream in _MEASURES.items()
}

_STAGES = (SleepStage.AWAKE, SleepStage.LIGHT, SleepStage.DEEP, SleepStage.REM)
_NUMBER_OF_STAGE = {float(at): float(SLEEP_STAGES.index(stage)) for at, stage in enumerate(_STAGES)}
_ROW = re.compile(
    rb'^"?(\d{4}-\d\d-\d\dT\d\d):(\d\d:\d\d)(Z|[+-]\d\d:\d\d)"?,"?\[([\d., ]*)\]"?,"?\[([\d., -]*)\]"?\r?$',
    re.MULTILINE,
)
# What is made of a block fits beside it into a processor's own memory.
_CHUNK = 1 << 16
# Longer than a day of minutes in one row; a row without end is no row.
_MOST_ROW = 1 << 16
_MOST_TOLD = 20
_MOST_HOURS, _MOST_LENGTHS = 500_000, 10_000
# A duration is within a row's own day; more is damage.
_LONGEST_MS = 7 * 86_400_000
_MS_OF = {f"{at // 60:02}:{at % 60:02}".encode(): at * 1000 for at in range(3600)}


def read_raw(name: str, stream: Stream) -> Iterator[Piece]:
    """The track in one file, column-wise."""
    yield from _Track(name).read(stream)


class _Track:
    def __init__(self, name: str) -> None:
        self._name = name
        self._stream, self._source = RAW[name]
        self._hours: dict[tuple[bytes, bytes], int] = {}
        self._lengths: dict[bytes, tuple[int, ...]] = {}
        self._start, self._end, self._value = array("q"), array("q"), array("d")
        self._line = 1
        self._refused = 0

    def read(self, stream: Stream) -> Iterator[Piece]:
        carried = b""
        header = True
        while True:
            more = stream.read(_CHUNK)
            block = carried + more
            if header and block:
                _, _, block = block.partition(b"\n")
                header = False
            cut = block.rfind(b"\n") + 1 if more else len(block)
            carried = block[cut:]
            if len(carried) > _MOST_ROW:
                raise Unreadable("table_broken", where=f"{self._name} > {_MOST_ROW}")
            yield from self._block(block[:cut])
            if len(self._start) >= MOST_AT_ONCE or not more:
                yield from self._take()
            if not more:
                break
        if self._refused > _MOST_TOLD:
            problem = Invalid(
                "records_odd", type=self._name, count=self._refused - _MOST_TOLD, why=tr("読み取れない行")
            )
            yield Trouble(self._name, problem)

    def _take(self) -> Iterator[Readings]:
        if len(self._start):
            yield Readings(self._stream, self._source, self._start, self._end, self._value, where=self._name)
            self._start, self._end, self._value = array("q"), array("q"), array("d")

    def _block(self, block: bytes) -> Iterator[Trouble]:
        rows = _ROW.findall(block)
        lines = block.count(b"\n") + (not block.endswith(b"\n") and bool(block))
        if len(rows) == lines:
            try:
                self._quickly(rows)
                self._line += lines
                return
            except (ValueError, KeyError, IndexError, OverflowError):
                pass
        for line in block.split(b"\n"):
            self._line += 1
            if line.strip():
                yield from self._slowly(line)

    def _quickly(self, rows: list[tuple[bytes, ...]]) -> None:
        """A block in which every row is as it should be, column by column; what is wrong is a ValueError."""
        if not rows:
            return
        hours, minutes, offsets, lengths, values = zip(*rows, strict=True)
        parts = self._lasts(lengths)
        lasts = list(chain.from_iterable(parts))
        numbers = list(map(float, b",".join(values).split(b",")))
        if self._stream == "sleep":
            numbers = list(map(_NUMBER_OF_STAGE.__getitem__, numbers))
        if not max(map(abs, (min(numbers), max(numbers)))) <= MOST:
            raise ValueError("more than can be")
        start = self._starts(hours, minutes, offsets)
        if not len(rows) == len(lasts) == len(numbers):
            counts = list(map(len, parts))
            if counts != [each.count(b",") + 1 for each in values]:
                raise ValueError("arrays of different length")
            start = _one_behind_the_other(start, lasts, counts)
        self._start.extend(start)
        self._end.extend(map(add, start, lasts))
        self._value.extend(numbers)

    def _lasts(self, lengths: Sequence[bytes]) -> list[tuple[int, ...]]:
        """How long the readings of each row last, in ms; rows have few different lengths."""
        if len(self._lengths) > _MOST_LENGTHS:
            self._lengths.clear()
        for each in set(lengths) - self._lengths.keys():
            found = tuple(int(part) * 1000 for part in each.split(b","))
            if max(found) > _LONGEST_MS:
                raise ValueError("more than can be")
            self._lengths[each] = found
        return list(map(self._lengths.__getitem__, lengths))

    def _starts(
        self, hours: Sequence[bytes], minutes: Sequence[bytes], offsets: Sequence[bytes]
    ) -> list[int]:
        kinds = set(offsets)
        if len(kinds) == 1:
            (offset,) = kinds
            known = {hour: self._hour(hour, offset) for hour in set(hours)}
            return list(map(add, map(known.__getitem__, hours), map(_MS_OF.__getitem__, minutes)))
        rows = zip(hours, minutes, offsets, strict=True)
        return [self._hour(hour, offset) + _MS_OF[minute] for hour, minute, offset in rows]

    def _slowly(self, line: bytes) -> Iterator[Trouble]:
        found = _ROW.fullmatch(line)
        try:
            if found is None:
                raise Invalid("table_broken", where=str(self._line))
            for start, end, value in list(self._row(*found.groups())):
                self._start.append(start)
                self._end.append(end)
                self._value.append(value)
        except (ValueError, KeyError, OverflowError, Invalid):
            self._refused += 1
            if self._refused <= _MOST_TOLD:
                yield Trouble(
                    f"{self._name} {self._line}",
                    Invalid("table_broken", where=str(self._line)),
                    shown(line.decode("utf-8", "replace")),
                )

    def _row(
        self, hour: bytes, minute: bytes, offset: bytes, lengths: bytes, values: bytes
    ) -> Iterator[tuple[int, int, float]]:
        """The readings of one row, one behind the other. Arrays of different length are no row."""
        at = self._hour(hour, offset) + _MS_OF[minute]
        seconds = [int(float(each)) for each in lengths.split(b",")] if lengths.strip() else []
        numbers = [float(each) for each in values.split(b",")] if values.strip() else []
        if len(seconds) != len(numbers):
            raise ValueError("arrays of different length")
        for length, number in zip(seconds, numbers, strict=True):
            if length * 1000 > _LONGEST_MS or abs(number) > MOST:
                raise ValueError("more than can be")
            kept = _NUMBER_OF_STAGE[number] if self._stream == "sleep" else number
            yield at, at + length * 1000, kept
            at += length * 1000

    def _hour(self, hour: bytes, offset: bytes) -> int:
        found = self._hours.get((hour, offset))
        if found is None:
            if len(self._hours) > _MOST_HOURS:
                self._hours.clear()
            found = clock.to_ms(
                datetime.fromisoformat(f"{hour.decode('ascii')}:00:00{offset.decode('ascii')}")
            )
            if not EARLIEST_MS <= found <= LAST_MS:
                raise ValueError("no moment of a life")
            self._hours[hour, offset] = found
        return found


def _one_behind_the_other(starts: list[int], lasts: list[int], counts: list[int]) -> list[int]:
    """Where each reading begins: the first of a row at its start, the others where the one before has ended."""
    passed = list(accumulate(lasts, initial=0))
    firsts = accumulate(counts[:-1], initial=0)
    bases = [start - passed[first] for start, first in zip(starts, firsts, strict=True)]
    return list(map(add, chain.from_iterable(map(repeat, bases, counts)), passed))
