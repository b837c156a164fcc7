"""The XML around an e-prescription, looked through without knowing it: text or base64 that begins as SJ1 is the CSV.

How the e-prescription service wraps the CSV is not verified here: it is known to be base64 in an XML with a signature
(XAdES), which as a whole is base64 in a message once more. So nothing depends on the names of elements.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from xml.parsers import expat

from shared.formats.rx_lines import LIMIT_MB, has_service_header
from shared.formats.xml_tokens import feed
from shared.languages import tr
from shared.problems import TooBig, Unreadable

# A message, the signed document, its CSV; twice base64 makes it 16 ninths as long.
_NESTING = 3
_MAX_DEPTH = 64
_MAX_ELEMENTS = 20_000
_MOST_CSVS = 20
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[?A-Za-z_!]")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*", re.ASCII)
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/]{12}[A-Za-z0-9+/\s]*")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ABOUT = re.compile(rb"prescri|dispens", re.IGNORECASE)
_SIGNED = b"http://www.w3.org/2000/09/xmldsig#"
_SIGNATURE = _SIGNED.decode() + " Signature"


@dataclass(slots=True)
class Opened:
    """What was found in an XML: the CSVs in their order, and each document (the outermost first) with a signature."""

    csvs: list[bytes] = field(default_factory=list)
    signed: list[bytes] = field(default_factory=list)


def is_xml(raw: bytes) -> bool:
    """Whether ``raw`` begins as XML does."""
    return bool(_XML_START.match(raw[:200]))


def looks_like(head: bytes) -> bool:
    """Whether the first bytes are of XML around an e-prescription: the CSV begins in them, or a signed prescription."""
    if not is_xml(head):
        return False
    if re.search(rb">\s*SJ1,*\s*[\r\n]", head) or any(map(_holds_csv, _BASE64_RUN.findall(head))):
        return True
    root = _ROOT.search(head)
    return bool(root and _ABOUT.search(root[1]) and _SIGNED in head and b"hl7.org" not in head)


def opened(raw: bytes) -> Opened:
    """Everything in the XML ``raw``. `Unreadable` for XML that is broken, has a DTD or nests too deep."""
    found = Opened()
    _open(raw, found, 0)
    return found


def _open(raw: bytes, found: Opened, nesting: int) -> None:
    if len(raw) > LIMIT_MB * 1024 * 1024:
        raise TooBig("too_big", limit_mb=LIMIT_MB)
    walk = _Walk()
    walk.through(raw)
    if walk.is_signed:
        found.signed.append(raw)
    for text in walk.texts:
        inner = _content(text)
        if inner is None:
            continue
        if has_service_header(inner):
            found.csvs.append(inner)
            if len(found.csvs) > _MOST_CSVS:
                raise _refused(tr("処方箋が多すぎます"))
        elif is_xml(inner):
            if nesting + 1 >= _NESTING:
                raise _refused(tr("入れ子が深すぎます"))
            _open(inner, found, nesting + 1)


class _Walk:
    """Goes through the elements and keeps the text of each; anything that could act is refused."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_signed = False
        self._depth = self._elements = 0
        self._text: list[list[str]] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def through(self, raw: bytes) -> None:
        try:
            feed(self._parser, raw, 0)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable("xml_broken", where=tr("{number} 行目", number=error.lineno)) from error
        except (LookupError, ValueError) as error:
            # An encoding that is declared and not known.
            raise Unreadable("encoding_wrong", where=tr("{number} 行目", number=1)) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002  nothing depends on them
        self._depth += 1
        self._elements += 1
        if self._depth > _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise _refused(tr("入れ子が深すぎます"))
        self.is_signed = self.is_signed or name == _SIGNATURE
        self._text.append([])

    def _end(self, name: str) -> None:  # noqa: ARG002
        self._depth -= 1
        text = "".join(self._text.pop()).strip()
        if text:
            self.texts.append(text)

    def _characters(self, text: str) -> None:
        self._text[-1].append(text)

    def _doctype(self, *_: object) -> None:
        raise _refused(tr("DTD があります"))


def _content(text: str) -> bytes | None:
    """A CSV or XML that the text of an element is, plain or in base64; None for anything else."""
    plain = text.encode()
    if has_service_header(plain) or is_xml(plain):
        return plain
    if len(text) < 8 or not _BASE64.fullmatch(text):
        return None
    try:
        inner = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return inner if has_service_header(inner) or is_xml(inner) else None


def _holds_csv(run: bytes) -> bool:
    """Whether base64, perhaps cut off, begins with a CSV, or with XML that holds one within reach."""
    inner = _beginning(run)
    if has_service_header(inner):
        return True
    return is_xml(inner) and any(has_service_header(_beginning(each)) for each in _BASE64_RUN.findall(inner))


def _beginning(run: bytes) -> bytes:
    whole = b"".join(run.split())
    try:
        return base64.b64decode(whole[: len(whole) - len(whole) % 4])
    except (binascii.Error, ValueError):
        return b""


def _refused(why: str) -> Unreadable:
    return Unreadable("xml_refused", why=why)
