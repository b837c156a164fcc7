"""The XML of an Apple export, plainly: its beginning checked, its DTD skipped, its elements read by expat."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Protocol
from xml.parsers import expat

from shared.formats.apple_gather import Gathering
from shared.formats.apple_pressure import Correlation, where
from shared.formats.apple_words import Record, record
from shared.formats.apple_workouts import Draft
from shared.languages import tr
from shared.problems import Unreadable

# Small enough that the rows of a block stay in the processor's own memory: a tenth of the time.
BLOCK = 128 * 1024
# Apple's own DTD is 8 kB; what stands before the root is never longer than this.
MAX_PROLOG = 1024 * 1024
# A minute of heart beats is listed with a variability; more than this is no minute.
MOST_BEATS = 1000
# Apple adds some element with every system; a file with more that nobody knows is no export.
MOST_UNKNOWN = 500_000
_KNOWN = frozenset(
    [
        "HealthData",
        "ExportDate",
        "Me",
        "Record",
        "MetadataEntry",
        "HeartRateVariabilityMetadataList",
        "InstantaneousBeatsPerMinute",
        "Correlation",
        "Workout",
        "WorkoutActivity",
        "WorkoutEvent",
        "WorkoutStatistics",
        "WorkoutRoute",
        "FileReference",
        "ActivitySummary",
        "ClinicalRecord",
        "Audiogram",
        "SensitivityPoint",
        "VisionPrescription",
    ]
)
# Apple nests four deep.
MAX_DEPTH = 64

_SPACE = re.compile(rb"[ \t\r\n]*")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding[ \t\r\n]*=[ \t\r\n]*[\"']([^\"']*)[\"']")
_PASSED = re.compile(rb"<!--[\s\S]*?-->|<\?[\s\S]*?\?>")
_COMMENT = re.compile(rb"<!--[\s\S]*?-->")
_DTD_END = re.compile(rb"\][ \t\r\n]*>")
_ENTITY = re.compile(rb"<![ \t\r\n]*ENTITY", re.IGNORECASE)
_OUTSIDE = re.compile(rb"[ \t\r\n](?:SYSTEM|PUBLIC)[ \t\r\n]")


class Source(Protocol):
    """Where bytes come from: a file, or a member of a zip."""

    def read(self, size: int, /) -> bytes:
        """The next ``size`` bytes or fewer; none at the end."""


def broken(place: int) -> Unreadable:
    """The XML ends or breaks at a byte."""
    return Unreadable("xml_broken", where=where(place))


class Prolog:
    """What stands before the root element. ``kept`` is for expat, ``rest`` begins with the root, at ``place``.

    The DTD is left out: Apple's own is malformed in iOS 16 (an ATTLIST never closed), and nothing in it is needed.
    One that declares entities or points outside is an `Unreadable`.
    """

    def __init__(self, source: Source, block: int = BLOCK) -> None:
        self._source = source
        self._block = block
        self._data = b""
        self._at = 0
        self.kept = b""
        while len(self._data) < 256 and self._more():
            pass
        if not self._data:
            raise Unreadable("file_empty")
        self._check_encoding()
        self._pass_to_root()
        self.rest = self._data[self._at :]
        self.place = self._at

    def _check_encoding(self) -> None:
        if self._data.startswith(b"\xef\xbb\xbf"):
            self._at = 3
        if self._data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in self._data[:4]:
            raise Unreadable("encoding_wrong", where=where(0))
        declared = _DECLARED.match(self._data, self._at)
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
            raise Unreadable("encoding_wrong", where=where(declared.start(1)))

    def _pass_to_root(self) -> None:
        seen_dtd = False
        while True:
            start = self._at
            self._pass(_SPACE)
            if self._data.startswith(b"<!DOCTYPE", self._at):
                if seen_dtd:
                    raise broken(self._at)
                self.kept += self._data[start : self._at]
                self._at = self._end_of_dtd()
                seen_dtd = True
            elif self._pass(_PASSED):
                self.kept += self._data[start : self._at]
            elif self._data.startswith((b"<!", b"<?"), self._at) or len(self._data) - self._at < 9:
                if not self._more():
                    self.kept += self._data[start : self._at]
                    return
                self._at = start
            else:
                # A root, or what expat will refuse.
                self.kept += self._data[start : self._at]
                return

    def _pass(self, pattern: re.Pattern[bytes]) -> bool:
        match = pattern.match(self._data, self._at)
        if match is None or match.end() == self._at:
            return False
        self._at = match.end()
        return True

    def _more(self) -> bool:
        """Read on; False at the end. A prolog that never ends is refused."""
        if len(self._data) > MAX_PROLOG + self._block:
            raise Unreadable("xml_refused", why=tr("前置きが長すぎます"))
        piece = self._source.read(self._block)
        self._data += piece
        return bool(piece)

    def _end_of_dtd(self) -> int:
        while True:
            # Same length, so that places stay; a comment may hold anything.
            bare = _COMMENT.sub(lambda comment: b" " * len(comment[0]), self._data[self._at :])
            opened, closed = bare.find(b"["), bare.find(b">")
            if closed >= 0 and (closed < opened or opened < 0):
                end = closed + 1
            else:
                match = _DTD_END.search(bare, opened) if opened >= 0 else None
                end = match.end() if match else 0
            if end and b"<!--" not in bare[:end]:
                break
            if not self._more():
                raise broken(len(self._data))
        if _ENTITY.search(bare, 0, end):
            raise Unreadable("xml_refused", why=tr("ENTITY の宣言があります"))
        if _OUTSIDE.search(bare, 0, opened if 0 <= opened < end else end):
            raise Unreadable("xml_refused", why=tr("外のファイルを指しています"))
        return self._at + end


class Elements:
    """Hands the elements of an export to a `Gathering`, from bytes that may come in pieces and with gaps.

    Whatever expat refuses is an `Unreadable` with its byte.
    """

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        self._fed = 0
        self._fed_at = [0]
        self._places = [0]
        self._depth = self._unknown = 0
        self._attributes: dict[str, str] | None = None
        self._record_depth = 0
        self._record_place = 0
        self._notes: dict[str, str] = {}
        self._beats: list[tuple[str, str]] = []
        self._correlation: Correlation | None = None
        self._workout: Draft | None = None

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return self._depth

    def feed(self, data: bytes, place: int) -> None:
        """Read on with ``data``, which stands at byte ``place`` of the file."""
        if self._places[-1] + self._fed - self._fed_at[-1] != place:
            self._fed_at.append(self._fed)
            self._places.append(place)
            if len(self._places) > 2000:
                del self._fed_at[:1000], self._places[:1000]
        self._parse(data, last=False)
        self._fed += len(data)

    def finish(self) -> None:
        """The file has ended: whatever is still open makes it unreadable."""
        self._parse(b"", last=True)

    def _parse(self, data: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            at = self._parser.ErrorByteIndex
            place = self._place(at)
            wrong = _wrong_byte(data)
            if wrong is not None and abs(self._fed + wrong - at) <= 4:
                raise Unreadable("encoding_wrong", where=where(place)) from error
            raise broken(place) from error

    def _place(self, index: int) -> int:
        part = max(0, bisect_right(self._fed_at, index) - 1)
        return self._places[part] + index - self._fed_at[part]

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count(name)
        if self._depth == 1:
            if name != "HealthData":
                raise Unreadable("format_unknown")
        elif name == "Record" and self._attributes is None and self._holds_records():
            self._attributes, self._notes, self._beats = attributes, {}, []
            self._record_depth = self._depth
            self._record_place = self._place(self._parser.CurrentByteIndex)
        elif name == "MetadataEntry":
            self._note(attributes)
        elif name == "InstantaneousBeatsPerMinute" and self._attributes is not None:
            if len(self._beats) < MOST_BEATS:
                self._beats.append((attributes.get("bpm", ""), attributes.get("time", "")))
        elif name == "WorkoutStatistics" and self._workout is not None and self._depth == 3:
            self._workout.statistics(attributes)
        elif self._depth == 2:
            self._top(name, attributes)
        elif self._depth > MAX_DEPTH:
            raise Unreadable("xml_refused", why=tr("入れ子が深すぎます"))

    def _count(self, name: str) -> None:
        if name not in _KNOWN:
            self._unknown += 1
            if self._unknown > MOST_UNKNOWN:
                raise Unreadable("xml_refused", why=tr("知らない要素が多すぎます"))

    def _holds_records(self) -> bool:
        return self._depth == 2 or (self._depth == 3 and self._correlation is not None)

    def _top(self, name: str, attributes: dict[str, str]) -> None:
        """An element below the root that is no record."""
        place = self._place(self._parser.CurrentByteIndex)
        if name == "Correlation":
            self._correlation = Correlation(attributes.get("type", ""), place)
        elif name == "Workout":
            self._workout = Draft(attributes, place)
        elif name == "ActivitySummary":
            self._gathering.summary(attributes, place)
        elif name == "Me":
            self._gathering.person(attributes)
        elif name != "ExportDate":
            self._gathering.unknown(name, place)

    def _note(self, attributes: dict[str, str]) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")
        if self._attributes is not None and self._depth == self._record_depth + 1:
            self._notes[key] = value
        elif self._correlation is not None and self._depth == 3:
            self._correlation.notes[key] = value
        elif self._workout is not None and self._depth == 3:
            self._workout.notes[key] = value

    def _closed(self, _name: str) -> None:
        if self._attributes is not None and self._depth == self._record_depth:
            found: Record = record(self._attributes, self._notes, self._record_place, self._beats)
            self._attributes = None
            if self._correlation is not None:
                self._correlation.records.append(found)
            else:
                self._gathering.record(found)
        elif self._depth == 2 and self._correlation is not None:
            self._gathering.correlation(self._correlation)
            self._correlation = None
        elif self._depth == 2 and self._workout is not None:
            self._gathering.workout(self._workout)
            self._workout = None
        self._depth -= 1


def _wrong_byte(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def element(data: bytes) -> tuple[dict[str, str], dict[str, str]] | None:
    """Attributes and metadata of one complete `Record` element that stands alone; None where expat refuses it."""
    attributes: list[dict[str, str]] = []
    notes: dict[str, str] = {}
    depth = 0

    def opened(name: str, found: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1:
            attributes.append(found)
        elif depth == 2 and name == "MetadataEntry":
            notes[found.get("key", "")] = found.get("value", "")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return None
    return attributes[0], notes
