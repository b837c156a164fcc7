"""Readers of the outside world: bytes in, our words out; no database, no network.

A format is a module here with three names: ``LABEL``, ``recognises(head, name)`` and ``read(file, asked)``. FORMATS
names the modules; each is imported only when asked. Exactly one may recognise a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from shared.costs import Cost
from shared.findings import Finding
from shared.medicines import Dispensing, FamilyPharmacist, Memo, Signature
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital

FORMATS = (
    "jahis_techo",
    "apple_health",
    "jahis_rx",
    "eprescription",
    "mynaportal",
    "fhir_jp",
    "orca",
    "qr_picture",
)

# How much of a file a format sees to recognise it.
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person answered about the file, and what is known of it beside its content.

    ``zone`` is the IANA zone for times that carry none; ``signature`` the state of its electronic signature where
    somebody could check it; ``sent_by_institution`` that no patient handed it in, but a clinic or its system.
    """

    zone: str = "Asia/Tokyo"
    signature: Signature = Signature.UNCHECKED
    sent_by_institution: bool = False


Word = Vital | Dispensing | Finding | Memo | FamilyPharmacist | Cost


@dataclass(frozen=True, slots=True)
class Found:
    """One of our words in a file. ``source_id`` is the same whenever the same thing is read again, from any file.

    ``where`` says where it stood (a line, a byte offset, an element).
    """

    word: Word
    source_id: str
    where: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was not understood, kept with its place. ``excerpt`` is its beginning, as text."""

    where: str
    problem: Problem | str
    excerpt: str = ""

    def text(self) -> str:
        """The problem in words."""
        return self.problem.message() if isinstance(self.problem, Problem) else self.problem


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose file it says it is; shown at the preview, never used to match records by itself. Dates are ISO text."""

    name: str = ""
    name_kana: str = ""
    sex: str = ""  # male, female
    born_on: str = ""


Piece = Found | Readings | Trouble | Identity


class Format(Protocol):
    """What every module named in FORMATS offers."""

    LABEL: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Whether the first HEAD_BYTES (and, only as a help, the name) are of this format."""

    def read(self, file: BinaryIO, asked: Answers) -> Iterator[Piece]:
        """Everything in ``file`` (seekable), streaming. Raises `Unreadable` where nothing more can be trusted."""


def named(name: str) -> Format:
    """The format of that name."""
    if name not in FORMATS:
        raise KeyError(name)
    return cast("Format", import_module(f"shared.formats.{name}"))


def recognise(head: bytes, name: str) -> str:
    """The name of the one format that ``head`` (first bytes) belongs to; else an `Unreadable` says what to do."""
    if not head:
        raise Unreadable("file_empty")
    matching = [each for each in FORMATS if named(each).recognises(head, name)]
    if not matching:
        raise Unreadable("format_unknown")
    if len(matching) > 1:
        raise Unreadable("format_ambiguous", formats=", ".join(matching))
    return matching[0]
