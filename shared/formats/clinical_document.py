"""Vital signs of a clinical document (HL7 CDA), as Apple's ``export_cda.xml`` and clinics' documents hold them.

Each observation is a LOINC code, a time, a value with its unit; Apple adds its own names in ``text`` (type, source,
unit), by which a reading is the same thing as in ``export.xml``. Only observations of vital signs are read; all else of
a document is counted. The layout is from HL7's vital signs template and from pieces of Apple's file that were made
public; no real document of a Japanese phone or clinic was seen (unverified).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from shared.formats import Answers, Piece
from shared.formats.apple_gather import Gathering
from shared.formats.apple_words import DIASTOLIC, PULSE, ROW_OF, STREAM_OF, SYSTOLIC, Record
from shared.formats.apple_xml import BLOCK, MAX_DEPTH, Prolog, broken
from shared.formats.moments import Walls
from shared.formats.xml_tokens import feed
from shared.languages import tr
from shared.problems import Invalid, Unreadable

LABEL = "CDA 文書（バイタルサイン）"

_ROOT = re.compile(r"<(?:[A-Za-z0-9]{1,10}:)?ClinicalDocument[ \t\r\n/>]")
_TIME = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?(?:\.[0-9]+)?([+-][0-9]{4})?"
)
_QUANTITY = "HKQuantityTypeIdentifier"
# Of a document without Apple's names: the vital signs of our kinds (LOINC as in `shared.kinds`).
_TYPE_OF: dict[str, str] = {
    "8480-6": SYSTOLIC,
    "8462-4": DIASTOLIC,
    "8867-4": PULSE,
    "9279-1": f"{_QUANTITY}RespiratoryRate",
    "2708-6": f"{_QUANTITY}OxygenSaturation",
    "59408-5": f"{_QUANTITY}OxygenSaturation",
    "8310-5": f"{_QUANTITY}BodyTemperature",
    "29463-7": f"{_QUANTITY}BodyMass",
    "3141-9": f"{_QUANTITY}BodyMass",
    "8302-2": f"{_QUANTITY}Height",
    "39156-5": f"{_QUANTITY}BodyMassIndex",
    "41982-0": f"{_QUANTITY}BodyFatPercentage",
    "8280-0": f"{_QUANTITY}WaistCircumference",
    "2339-0": f"{_QUANTITY}BloodGlucose",
}
# UCUM as clinics write it, in the words that an export has.
_UNITS = {"/min": "count/min", "{beats}/min": "count/min", "mm[Hg]": "mmHg", "Cel": "degC", "[lb_av]": "lb"}
_LOINC = "2.16.840.1.113883.6.1"
# Texts of an observation are names and numbers.
_MOST_TEXT = 1000
# Elements of an observation that are looked at, and those whose text is.
_WATCHED = frozenset(("code", "value", "effectiveTime", "low", "high", "key", "type", "sourceName", "unit"))
_SPOKEN = frozenset(("key", "value", "type", "sourceName", "unit"))


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """By the root element."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return False
    return _ROOT.search(head.decode("utf-8", "ignore")) is not None


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Every vital sign of the document, streaming. An `Unreadable` means that nothing of it can be trusted."""
    gathering = Gathering(asked.zone)
    file.seek(0)
    prolog = Prolog(file)
    document = _Document(gathering, asked, prolog.place - len(prolog.kept))
    document.feed(prolog.kept, 0)
    data, place = prolog.rest, prolog.place
    while data:
        document.feed(data, place)
        yield from gathering.pieces()
        place += len(data)
        data = file.read(BLOCK)
    document.finish(place)
    yield from gathering.end()


class _Document:
    """Walks the elements of a document and hands its observations over as records.

    ``left_out``: bytes of the file that stand before the root and are not fed.
    """

    def __init__(self, gathering: Gathering, asked: Answers, left_out: int) -> None:
        self._gathering = gathering
        self._asked = asked
        self._walls: Walls | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        self._parser.buffer_text = True
        self._depth = 0
        self._observed = 0  # the depth of the observation that is open
        self._place = 0
        self._at = left_out
        self._fed = 0
        self._found: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._text: list[str] | None = None

    def feed(self, data: bytes, place: int) -> None:
        """Read on with ``data``, which stands at byte ``place`` of the file."""
        try:
            feed(self._parser, data, self._fed)
            self._fed += len(data)
        except expat.ExpatError as error:
            raise broken(place) from error

    def finish(self, place: int) -> None:
        """The file has ended: whatever is still open makes it unreadable."""
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise broken(place) from error

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if ":" in name:
            name = name.rpartition(":")[2]
        if self._observed:
            if name in _WATCHED or self._text is not None:
                self._inside(name, attributes)
        elif name == "observation" and depth > 1:
            self._observed, self._found, self._notes = depth, {}, {}
            self._place = self._parser.CurrentByteIndex + self._at
        elif depth == 1 and name != "ClinicalDocument":
            raise Unreadable("format_unknown")
        if depth > MAX_DEPTH:
            raise Unreadable("xml_refused", why=tr("入れ子が深すぎます"))

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        within = self._depth - self._observed
        found = self._found
        if name == "code" and within == 1 and attributes.get("codeSystem", _LOINC) == _LOINC:
            found.setdefault("code", attributes.get("code", ""))
        elif name == "value" and within == 1:
            found["value"], found["unit"] = attributes.get("value", ""), attributes.get("unit", "")
        elif name == "effectiveTime" and within == 1 and "value" in attributes:
            found["low"] = found["high"] = attributes["value"]
        elif name in ("low", "high") and within == 2:
            found[name] = attributes.get("value", "")
        elif within in (2, 3):
            self._listen([] if name in _SPOKEN else None)

    def _listen(self, text: list[str] | None) -> None:
        """Gather what is said from here on in ``text``; None where nobody asks (for nearly all of a document)."""
        self._text = text
        self._parser.CharacterDataHandler = None if text is None else self._said

    def _said(self, text: str) -> None:
        if self._text is not None and len(self._text) < _MOST_TEXT:
            self._text.append(text)

    def _closed(self, name: str) -> None:
        if self._observed:
            within = self._depth - self._observed
            if self._text is not None and within in (2, 3):
                self._told(name.rpartition(":")[2], "".join(self._text).strip()[:_MOST_TEXT])
                self._listen(None)
            elif within == 0:
                self._observation()
                self._observed = 0
        self._depth -= 1

    def _told(self, name: str, text: str) -> None:
        """One of Apple's own texts inside an observation."""
        if name == "key":
            self._found["own key"] = text
        elif name == "value" and "own key" in self._found:
            self._notes[self._found.pop("own key")] = text
        elif name in ("type", "sourceName", "value", "unit") and text:
            self._found.setdefault(f"own {name}", text)

    def _observation(self) -> None:
        found = self._found
        kind = found.get("own type") or _TYPE_OF.get(found.get("code", ""), "")
        if not kind:
            self._gathering.unknown(found.get("code") or "observation", self._place)
            return
        unit = found.get("own unit") or found.get("unit", "")
        low = found.get("low", "")
        if "own type" not in found and kind in STREAM_OF and kind in ROW_OF:
            self._notes.setdefault("HKWasUserEntered", "1")  # measured once, by somebody
        self._gathering.record(
            Record(
                kind,
                found.get("own sourceName", "")[:200] or "CDA",
                _UNITS.get(unit, unit),
                self._written(low),
                self._written(found.get("high") or low),
                found.get("own value") or found.get("value", ""),
                dict(self._notes),
                self._place,
            )
        )

    def _written(self, text: str) -> str:
        """A time of the document as an export writes it; what is none stays, and is told as a trouble."""
        found = _TIME.fullmatch(text)
        if found is None:
            return text
        year, month, day, hour, minute, second, offset = found.groups()
        if offset is None:
            moment = int(hour) * 60 + int(minute)
            offset = self._offset(text, (int(year), int(month), int(day)), moment * 60_000)
        return f"{year}-{month}-{day} {hour}:{minute}:{second or '00'} {offset}"

    def _offset(self, text: str, day: tuple[int, int, int], ms_of_day: int) -> str:
        """The offset of a wall time without one, in the zone that she says such documents have."""
        if self._walls is None:
            self._walls = Walls(self._asked.zone_of("clinical_document", [text]))
        try:
            minutes = self._walls.offset_min(self._walls.ms(*day, ms_of_day))
        except Invalid:
            return ""
        return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
