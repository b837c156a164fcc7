"""Readers of the outside world: bytes in, our words out; no database, no network.

A format is a module here with three names: ``LABEL``, ``recognises(head, name)`` and ``read(file, asked)``. FORMATS
names the modules; each is imported only when asked. Exactly one may recognise a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from shared.costs import Cost
from shared.electrocardiograms import Electrocardiogram
from shared.findings import Finding
from shared.medicines import Dispensing, FamilyPharmacist, Memo, Signature
from shared.problems import Problem, Unreadable
from shared.streams import Readings
from shared.vitals import Vital
from shared.workouts import Workout

FORMATS = (
    "jahis_techo",
    "apple_health",
    "jahis_rx",
    "eprescription",
    "mynaportal",
    "fhir_jp",
    "orca",
    "qr_picture",
    "health_connect",
    "fitbit",
    "samsung_health",
    "garmin_fit",
    "withings",
    "omron",
    "tanita",
    "libreview",
    "dexcom",
    "nightscout",
    "open_mhealth",
    "apple_ecg",
    "clinical_document",
    "sheet",
    "bundle",
)

# How much of a file a trouble quotes.
MOST_EXCERPT = 1000
# How much of a file a format sees to recognise it.
HEAD_BYTES = 4096


# A list or object of JSON with nothing in it, as apps write where there is no record: of which format, nobody can say.
_NOTHING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*\]|\{\s*\})\s*")


class DayOrder(StrEnum):
    """How a file that leaves it open writes 04-05: the day first, or the month first."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Ask(StrEnum):
    """What only the person can say about a file."""

    ZONE = "zone"
    DAY_ORDER = "day_order"
    COLUMNS = "columns"


_SENTENCES = {Ask.ZONE: "asks_zone", Ask.DAY_ORDER: "asks_day_order", Ask.COLUMNS: "asks_columns"}


class Question(Unreadable):
    """Raised where a file cannot be read before the person has said something; nothing of it is kept until then.

    ``of`` is the format that asks. ``facts`` (JSON-able, small) is what the screen shows with the question: the first
    times as they stand in the file (``samples``), the header and first rows of a sheet and what its columns may be.
    """

    def __init__(self, ask: Ask, of: str, **facts: object) -> None:
        super().__init__(_SENTENCES[ask])
        self.ask = ask
        self.of = of
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Said:
    """What the person said about files of one format: the zone of times that carry none, the order of day and month.

    ``columns`` is for sheets of unknown make: by the key of a header (`sheet.header_key`), what each column means.
    """

    zone: str | None = None
    day_order: DayOrder | None = None
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person answered about the file, and what is known of it beside its content.

    ``zone`` is the IANA zone of the person, a help where a file's times are moments already. ``said`` is what she
    answered about this file, ``remembered`` what she answered about earlier files, by format; a format that needs an
    answer asks for it with `zone_of` and `day_order_of`; ``used`` gathers what was asked and by which format, to be
    told with what was found. ``signature``: the state of its electronic signature where
    somebody could check it; ``sent_by_institution`` that no patient handed it in, but a clinic or its system.
    """

    zone: str = "Asia/Tokyo"
    signature: Signature = Signature.UNCHECKED
    sent_by_institution: bool = False
    said: Said = _NOTHING_SAID
    remembered: Mapping[str, Said] = field(default_factory=dict)
    used: set[tuple[Ask, str]] = field(default_factory=set, compare=False, repr=False)

    def zone_of(self, of: str, samples: Sequence[str]) -> str:
        """The zone of wall times in a file of format ``of``; a `Question` with the first times when nobody said it."""
        said = self.said.zone or self.remembered.get(of, _NOTHING_SAID).zone
        if said is None:
            raise Question(Ask.ZONE, of, samples=list(samples), zone=self.zone)
        self.used.add((Ask.ZONE, of))
        return said

    def day_order_of(self, of: str, samples: Sequence[str]) -> DayOrder:
        """The order of day and month where the file leaves it open; a `Question` when nobody said it."""
        said = self.said.day_order or self.remembered.get(of, _NOTHING_SAID).day_order
        if said is None:
            raise Question(Ask.DAY_ORDER, of, samples=list(samples))
        self.used.add((Ask.DAY_ORDER, of))
        return said

    def columns_of(self, header_key: str) -> tuple[str, ...] | None:
        """What the columns of a sheet with that header mean, where she has said it."""
        remembered = self.remembered.get("sheet", _NOTHING_SAID).columns
        said = self.said.columns.get(header_key) or remembered.get(header_key)
        if said is not None:
            self.used.add((Ask.COLUMNS, "sheet"))
        return said


Word = Vital | Dispensing | Finding | Memo | FamilyPharmacist | Cost | Workout | Electrocardiogram


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
    """Something that was not understood, kept with its place. ``excerpt`` is its beginning, cut to MOST_EXCERPT."""

    where: str
    problem: Problem | str
    excerpt: str = ""

    def __post_init__(self) -> None:
        if len(self.excerpt) > MOST_EXCERPT:
            object.__setattr__(self, "excerpt", self.excerpt[:MOST_EXCERPT])

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
    if len(head) < HEAD_BYTES and _NOTHING.fullmatch(head):
        raise Unreadable("file_says_nothing")
    matching = [each for each in FORMATS if named(each).recognises(head, name)]
    if not matching:
        raise Unreadable("format_unknown")
    if len(matching) > 1:
        raise Unreadable("format_ambiguous", formats=", ".join(matching))
    return matching[0]
