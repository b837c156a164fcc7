"""Runs of ordinary records in an Apple export, read from the bytes by the column: the fast half of the reader.

Ordinary is what a phone writes: double quotes, Apple's order of attributes, the zone of the day of export. What repeats
(who wrote it, which unit, which metadata, which hour) is read once by expat and then looked up by its bytes; so every
byte has either been accepted by expat before or is checked here to be harmless. Whatever is not ordinary is left to
expat. A property test holds both halves equal.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby, islice
from operator import add, itemgetter, lt

from shared.formats.apple_gather import Gathering
from shared.formats.apple_words import (
    CATEGORIES,
    DIASTOLIC,
    ROW_OF,
    STREAM_OF,
    SYSTOLIC,
    Conversion,
    categorised,
    conversion,
    record,
    to_ms,
)
from shared.formats.apple_xml import Elements, element
from shared.kinds import STREAMS
from shared.problems import Invalid
from shared.streams import MOST

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

_Columns = tuple["array[int]", "array[int]", "array[float]"]


@lru_cache(maxsize=64)
def _ordinary(zone: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """One ordinary record written with ``zone``; and the same, or else (as the last group) all bytes that are left.

    The address of the device, different in every record, is matched but not kept.
    """
    until = re.escape(zone)
    # Nothing here has two ways to match, so that no way back is remembered ("+" after a repeat): a sixth of the time.
    one = (
        rb'[ \t\r\n]*+<Record( type="[^"]*+" sourceName="[^"]*+"(?: sourceVersion="[^"]*+")?+'
        rb'(?: device="&lt;&lt;HKDevice: 0x| device="[^"]*+"|))(?:(?<=: 0x)[0-9a-f]++|)'
        rb'((?:&gt;[^"]*+")?+(?: unit="[^"]*+")?+)(?: creationDate="[0-9:+ -]{25}+")?+'
        rb' startDate="(.{13}+)(.{6}+) '
        + until
        + rb'" endDate="(.{13}+)(.{6}+) '
        + until
        + rb'" value="([^"]*+)"'
        rb"(?:/>|>([^<]*+(?:<(?!/?Record|!)[^<]*+)*+)</Record>)"
    )
    return re.compile(one), re.compile(one + rb"|(?s:(.+))")


class _Hours(dict[bytes, int]):
    """Milliseconds UTC at the beginning of a written hour (``2025-09-16 16``); a `KeyError` for what is no hour.

    An export of years has more hours than are worth keeping, so the days they begin on are kept too.
    """

    def __init__(self, zone: bytes) -> None:
        super().__init__()
        self._zone = zone.decode()
        self._days: dict[bytes, int] = {}

    def __missing__(self, hour: bytes) -> int:
        if len(self) > ROOM:
            self.clear()
        day = hour[:10]
        begins = self._days.get(day)
        if begins is None:
            if len(self._days) > ROOM:
                self._days.clear()
            begins = self._days[day] = to_ms(f"{day.decode('latin-1')} 00:00:00 {self._zone}")
        self[hour] = moment = begins + _HOURS[hour[10:]]
        return moment


class _Values(dict[bytes, float]):
    """Values by their text, where more than a float's own reading is needed."""

    def __init__(self, stream: str, change: Conversion | None) -> None:
        super().__init__()
        self._stream = stream
        self._change = change

    def __missing__(self, text: bytes) -> float:
        if len(self) > ROOM:
            self.clear()
        written = text.decode("latin-1")
        change = self._change
        self[text] = value = categorised(self._stream, written) if change is None else change.nearest(written)
        return value


_HOURS = {f" {hour:02}".encode(): hour * 3_600_000 for hour in range(24)}
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
        if max(column) > MOST:
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
        # Rows of each writer, and their numbers: a phone and a watch often take turns.
        writers: dict[tuple[bytes, bytes], tuple[list[tuple[bytes, ...]], list[range]]] = {}
        first = 0
        for key, run in groupby(rows, itemgetter(0, 1)):
            theirs, numbers = writers.setdefault(key, ([], []))
            before = len(theirs)
            theirs.extend(run)
            numbers.append(range(first, first := first + len(theirs) - before))
        odd: list[int] = []
        for (head, tail), (theirs, numbers) in writers.items():
            left_alone = self._run(self._writer(head, tail), theirs, (block, at, place), numbers[0].start)
            if left_alone:
                each = list(chain.from_iterable(numbers))
                odd.extend(each[number] for number in left_alone)
        if odd:
            self._one_by_one(sorted(odd), block, at, place)
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
            spoken = not stream or stream in CATEGORIES
            change = None if spoken else conversion(written.unit, STREAMS[stream].unit)
        except Invalid:
            return None
        values = self._values.setdefault((stream, written.unit), _Values(stream, change))
        return _Writer(written.type, written.source, stream, change, values)

    def _run(
        self, writer: _Writer | None, rows: list[tuple[bytes, ...]], where: tuple[bytes, int, int], first: int
    ) -> Sequence[int]:
        """Take one run of records of one writer; returns the numbers of those left alone."""
        every = range(len(rows))
        if writer is None:
            return every
        telling = {each for each in {row[7] for row in rows} if self._sets_apart(each, writer)}
        apart = [number for number in every if rows[number][7] in telling] if telling else []
        if len(apart) == len(rows):
            return every
        kept = [row for row in rows if row[7] not in telling] if telling else rows
        if writer.stream:
            columns = self._columns(writer, kept)
            if columns is None:
                return every
            self._gathering.extend(writer.stream, writer.source, where[1] + where[2], columns)
            return apart
        if telling or not _harmless(kept):
            return every
        self._unknown(writer.type, len(kept), where, first)
        return ()

    def _columns(self, writer: _Writer, rows: list[tuple[bytes, ...]]) -> _Columns | None:
        """Starts, ends and values of a run; None where something in it is not ordinary."""
        _, _, hours, minutes, end_hours, end_minutes, texts, *_ = zip(*rows, strict=True)
        hour = self._hours[self._zone].__getitem__
        second = _SECONDS.__getitem__
        try:
            starts = array("q", map(add, map(hour, hours), map(second, minutes)))
            ends = starts
            if end_hours != hours or end_minutes != minutes:
                ends = array("q", map(add, map(hour, end_hours), map(second, end_minutes)))
                if any(map(lt, ends, starts)):
                    return None
            return starts, ends, writer.column(texts)
        except (KeyError, ValueError, Invalid):
            return None

    def _unknown(self, name: str, count: int, where: tuple[bytes, int, int], first: int) -> None:
        first_place: int | None = None
        if self._gathering.is_new(name):
            block, at, place = where
            record = next(islice(_ordinary(self._zone)[0].finditer(block, at), first, None))
            first_place = place + block.index(b"<", record.start())
        self._gathering.unknown(name, first_place, count)

    def _sets_apart(self, children: bytes, writer: _Writer) -> bool:
        """Whether a record with such metadata must be looked at alone."""
        telling = self._tells(children)
        return telling is None or (telling and writer.type in ROW_OF)

    def _tells(self, children: bytes) -> bool | None:
        """Whether metadata may make a row of a reading; None where it is not ordinary (or lists heart beats)."""
        if b"InstantaneousBeatsPerMinute" in children:
            return None
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

    def _one_by_one(self, odd: list[int], block: bytes, at: int, place: int) -> None:
        """Leave the records of these numbers (rising) to expat."""
        wanted = set(odd)
        for number, match in enumerate(islice(_ordinary(self._zone)[0].finditer(block, at), odd[-1] + 1)):
            if number in wanted:
                self._elements.feed(match[0], place + match.start())


def _harmless(rows: list[tuple[bytes, ...]]) -> bool:
    """Whether what is not looked up in these rows (times and values) is at least fit to stand in an attribute."""
    _, _, hours, minutes, end_hours, end_minutes, texts, *_ = zip(*rows, strict=True)
    times = b"".join((*hours, *minutes, *end_hours, *end_minutes))
    return not times.translate(None, _TIMES) and not b"".join(texts).translate(None, _SAFE)
