"""Runs of ordinary records in an Apple export, read from the bytes by the column: the fast half of the reader.

Ordinary is what a phone writes: double quotes, Apple's order of attributes, the zone of the day of export. What repeats
(who wrote it, which unit, which metadata, which hour) is read once by expat and then looked up by its bytes; so every
byte has either been accepted by expat before or is checked here to be harmless. Whatever is not ordinary is left to
expat. A property test holds both halves equal.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from operator import add, itemgetter, lt

from shared.formats.apple_gather import Gathering
from shared.formats.apple_words import (
    DIASTOLIC,
    ROW_OF,
    STREAM_OF,
    SYSTOLIC,
    Conversion,
    conversion,
    record,
    stage,
    to_ms,
)
from shared.formats.apple_xml import Elements, element
from shared.kinds import STREAMS
from shared.problems import Invalid

# Entries of each look-up; a phone's export has a few hundred, only made-up ones have more.
ROOM = 20_000

_SAFE = bytes(sorted(set(range(0x20, 0x7F)) - set(b'<&"')))
_TIMES = b"0123456789-: "
_DIGITS = b"0123456789."
_ZONE = re.compile(rb'[ \t\r\n]*<Record [^<>]*startDate="[0-9 :-]{19} ([+-][0-9]{4})"')
# Metadata entries of plain text, whatever they say; the rest of their shapes is left to expat.
_ENTRIES = re.compile(
    rb'(?:[ \t\r\n]*<MetadataEntry key="[ !#-%\'-;=-~]*" value="[ !#-%\'-;=-~]*"/>)*[ \t\r\n]*'
)
_TELLING = (b"HKWasUserEntered", b"HKBloodGlucoseMealTime")

# type .. value, and children up to the closing tag; see _ordinary.
_Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]


@lru_cache(maxsize=64)
def _ordinary(zone: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """One ordinary record written with ``zone``; and the same, or else (as the last group) all bytes that are left.

    The address of the device, different in every record, is matched but not kept.
    """
    until = re.escape(zone)
    one = (
        rb'[ \t\r\n]*<Record( type="[^"]*" sourceName="[^"]*"(?: sourceVersion="[^"]*")?'
        rb'(?: device="&lt;&lt;HKDevice: 0x| device="[^"]*"|))(?:(?<=: 0x)[0-9a-f]+|)'
        rb'((?:&gt;[^"]*")?(?: unit="[^"]*")?)(?: creationDate="[0-9:+ -]{25}")?'
        rb' startDate="(.{13})(.{6}) ' + until + rb'" endDate="(.{13})(.{6}) ' + until + rb'" value="([^"]*)"'
        rb"(?:/>|>([^<]*(?:<(?!/?Record|!)[^<]*)*)</Record>)"
    )
    return re.compile(one), re.compile(one + rb"|(?s:(.+))")


class _Hours(dict[bytes, int]):
    """Milliseconds UTC at the beginning of a written hour (``2025-09-16 16``)."""

    def __init__(self, zone: bytes) -> None:
        super().__init__()
        self._zone = zone.decode()

    def __missing__(self, hour: bytes) -> int:
        if len(self) > ROOM:
            self.clear()
        self[hour] = moment = to_ms(f"{hour.decode('latin-1')}:00:00 {self._zone}")
        return moment


class _Values(dict[bytes, float]):
    """Values by their text, where more than a float's own reading is needed."""

    def __init__(self, change: Conversion | None) -> None:
        super().__init__()
        self._change = change

    def __missing__(self, text: bytes) -> float:
        if len(self) > ROOM:
            self.clear()
        written = text.decode("latin-1")
        self[text] = value = stage(written) if self._change is None else self._change.nearest(written)
        return value


_SECONDS = {f":{ms // 60:02}:{ms % 60:02}".encode(): ms * 1000 for ms in range(3600)}


@dataclass(frozen=True, slots=True)
class _Writer:
    """What the attributes before the times say: the same for all records of a run.

    ``stream`` is empty for a type without a word of ours. ``values`` is kept between runs.
    """

    type: str
    source: str
    stream: str
    change: Conversion | None
    values: _Values

    def column(self, texts: tuple[bytes, ...]) -> array[float]:
        """The values in the unit of the stream, each the float nearest to the exact one; an `Invalid` otherwise."""
        change = self.change
        plain = change is not None and change.shift is not None and not change.fraction
        if not plain or b"".join(texts).translate(None, _DIGITS):
            return array("d", map(self.values.__getitem__, texts))
        assert change is not None
        if change.shift:
            power = b"e%d" % change.shift
            column = array("d", map(float, [text + power for text in texts]))
        else:
            column = array("d", map(float, texts))
        if not math.isfinite(sum(column)):
            raise Invalid("not_a_number")
        return column


class Runs:
    """Takes runs of ordinary records out of a block of bytes into a `Gathering`."""

    def __init__(self, gathering: Gathering, elements: Elements) -> None:
        self._gathering = gathering
        self._elements = elements
        self._zone = b""
        self._hours: dict[bytes, _Hours] = {}
        self._writers: dict[tuple[bytes, bytes], _Writer | None] = {}
        self._values: dict[tuple[str, str], _Values] = {}
        self._telling: dict[bytes, bool | None] = {}

    def take(self, block: bytes, at: int, place: int) -> int:
        """Read the ordinary records that stand at ``at``; returns where they end (``at`` itself if there is none).

        ``place`` is the byte of the file at which ``block`` begins.
        """
        if not self._begins(block, at):
            return at
        rows: list[tuple[bytes, ...]] = _ordinary(self._zone)[1].findall(block, at)
        left = len(rows[-1][-1])
        if left:
            rows.pop()
        odd: list[range] = []
        first = 0
        for (head, tail), run in groupby(rows, itemgetter(0, 1)):
            run_rows = list(run)
            if not self._run(self._writer(head, tail), run_rows, (block, at, place), first):
                odd.append(range(first, first + len(run_rows)))
            first += len(run_rows)
        if odd:
            self._one_by_one(odd, block, at, place)
        return len(block) - left

    def _begins(self, block: bytes, at: int) -> bool:
        """Whether an ordinary record stands here, whichever the zone: then that is the zone from here on."""
        if self._zone and _ordinary(self._zone)[0].match(block, at):
            return True
        found = _ZONE.match(block, at)
        if found is None or found[1] == self._zone:
            return False
        if not _ordinary(found[1])[0].match(block, at):
            return False
        self._zone = found[1]
        if len(self._hours) > 50:
            self._hours.clear()
        self._hours.setdefault(self._zone, _Hours(self._zone))
        return True

    def _writer(self, head: bytes, tail: bytes) -> _Writer | None:
        """Who wrote a run, read once by expat; None where this half of the reader must not decide."""
        key = (head, tail)
        if key not in self._writers:
            if len(self._writers) > ROOM:
                self._writers.clear()
            self._writers[key] = self._read_writer(b"<Record" + head + tail + b"/>")
        return self._writers[key]

    def _read_writer(self, data: bytes) -> _Writer | None:
        found = element(data)
        if found is None:
            return None
        written = record(found[0], {}, 0)
        if written.type in (SYSTOLIC, DIASTOLIC, "") or (
            written.type in ROW_OF and written.type not in STREAM_OF
        ):
            return None
        stream = STREAM_OF.get(written.type, "")
        try:
            change = conversion(written.unit, STREAMS[stream].unit) if stream and stream != "sleep" else None
        except Invalid:
            return None
        values = self._values.setdefault((stream, written.unit), _Values(change))
        return _Writer(written.type, written.source, stream, change, values)

    def _run(
        self, writer: _Writer | None, rows: list[tuple[bytes, ...]], where: tuple[bytes, int, int], first: int
    ) -> bool:
        """Take one run of records of one writer; False, and nothing taken, where something in it is not ordinary."""
        if writer is None:
            return False
        _, _, hours, minutes, end_hours, end_minutes, texts, children, *_ = zip(*rows, strict=True)
        for each in set(children):
            telling = self._tells(each)
            if telling is None or (telling and writer.type in ROW_OF):
                return False
        if not writer.stream:
            times = b"".join((*hours, *minutes, *end_hours, *end_minutes))
            if times.translate(None, _TIMES) or b"".join(texts).translate(None, _SAFE):
                return False
            self._unknown(writer.type, len(rows), where, first)
            return True
        hour = self._hours[self._zone].__getitem__
        second = _SECONDS.__getitem__
        try:
            starts = array("q", map(add, map(hour, hours), map(second, minutes)))
            ends = starts
            if end_hours != hours or end_minutes != minutes:
                ends = array("q", map(add, map(hour, end_hours), map(second, end_minutes)))
                if any(map(lt, ends, starts)):
                    return False
            values = writer.column(texts)
        except (KeyError, ValueError, Invalid):
            return False
        self._gathering.extend(writer.stream, writer.source, where[1] + where[2], (starts, ends, values))
        return True

    def _unknown(self, name: str, count: int, where: tuple[bytes, int, int], first: int) -> None:
        first_place: int | None = None
        if self._gathering.is_new(name):
            block, at, place = where
            record = next(islice(_ordinary(self._zone)[0].finditer(block, at), first, None))
            first_place = place + block.index(b"<", record.start())
        self._gathering.unknown(name, first_place, count)

    def _tells(self, children: bytes) -> bool | None:
        """Whether metadata may make a row of a reading; None where it is not ordinary."""
        known = self._telling
        if children not in known:
            if len(known) > ROOM:
                known.clear()
            known[children] = self._read_children(children)
        return known[children]

    def _read_children(self, children: bytes) -> bool | None:
        if _ENTRIES.fullmatch(children) and not any(each in children for each in _TELLING):
            return False
        found = element(b"<Record>" + children + b"</Record>")
        if found is None:
            return None
        written = record({"type": ""}, found[1], 0)
        return written.entered or bool(found[1].get("HKBloodGlucoseMealTime"))

    def _one_by_one(self, odd: list[range], block: bytes, at: int, place: int) -> None:
        """Leave the records of the numbers in ``odd`` to expat."""
        wanted = {number for each in odd for number in each}
        last = odd[-1][-1]
        for number, match in enumerate(_ordinary(self._zone)[0].finditer(block, at)):
            if number in wanted:
                self._elements.feed(match[0], place + match.start())
            if number == last:
                return
