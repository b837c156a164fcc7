"""What the screens are shown: small frozen values, made of the shared words and of what the server tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from shared.consent import Grant, Role
from shared.findings import Finding, FindingCodeSet
from shared.glucose import GlucoseDay
from shared.vitals import Vital


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in on this phone. ``record_id`` is None for a practitioner. ``pending``: not yet told."""

    id: UUID
    role: Role
    name: str
    language: str
    record_id: UUID | None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """How this phone looks and where its server is. ``text_size`` is a factor, 1.0 to 2.0.

    ``reminders``: whether it rings for medicines; when, in minutes after midnight, for each time of the day;
    ``names_shown``: whether a reminder may name the medicines (it is seen on a locked phone).
    """

    text_size: float = 1.0
    language: str = "ja"
    server: str = "http://127.0.0.1:8000"
    reminders: bool = False
    names_shown: bool = False
    waking_at: int = 6 * 60 + 30
    morning_at: int = 8 * 60
    noon_at: int = 12 * 60 + 30
    evening_at: int = 18 * 60 + 30
    bedtime_at: int = 21 * 60 + 30


# One QR code: its rows from the top, dark modules true, without the quiet zone.
Matrix = tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A measurement as this phone has it: ``told`` to the server or not yet; ``refused`` says why it would not take it.

    ``versions`` counts the other versions that lost against this one and can be seen (`LoadVersions`).
    """

    vital: Vital
    told: bool
    refused: str = ""
    versions: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a measurement; ``vital`` is None where it was withdrawn. ``shown`` is the one that won."""

    vital: Vital | None
    edited_at: datetime
    here: bool  # made on this phone
    shown: bool


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding as this phone has it; the same words as `Kept`."""

    finding: Finding
    told: bool
    refused: str = ""
    versions: int = 0


@dataclass(frozen=True, slots=True)
class FindingVersion:
    """One version of a finding; ``finding`` is None where it was withdrawn. ``shown`` is the one that won."""

    finding: Finding | None
    edited_at: datetime
    here: bool  # made on this phone
    shown: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A name that she can take for a finding: the text that is kept, its code if it has one, more about it."""

    text: str
    code_set: FindingCodeSet = FindingCodeSet.NONE
    code: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class DaySum:
    """One local day of a stream, summed up; what does not apply is None.

    ``stages``: sleep, in minutes; ``asleep``: minutes in all stages asleep, overlaps counted once. ``reported``: what
    devices themselves say the day came to, by name; ``resting``: of heart rates, the resting one as the server works
    it out; ``is_ours``: the mean is that figure.
    """

    stream: str
    day: date
    count: int
    total: Decimal | None = None
    mean: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    stages: tuple[tuple[str, int], ...] = ()
    asleep: int | None = None
    reported: tuple[tuple[str, Decimal], ...] = ()
    resting: Decimal | None = None
    is_ours: bool = False
    glucose: GlucoseDay | None = None


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A device or app that readings come from, and the streams it has brought."""

    id: int
    name: str
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """What an import would bring of one kind (``blood_pressure``, ``steps``, ``dispensing`` ...)."""

    kind: str
    new: int
    same: int
    changed: int


@dataclass(frozen=True, slots=True)
class TroubleSeen:
    """Something in a file that was not understood, with its place."""

    where: str
    problem: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """What only she can say about a file: its zone, the order of day and month, the columns of a sheet.

    ``of_label`` names the kind of file. ``samples`` are the first times as they stand there; ``zone`` is her own.
    ``header`` and ``rows`` are of a sheet whose header has ``key``; ``suggested`` is what each column may mean, of
    ``meanings`` (name and words).
    """

    ask: str  # zone, day_order, columns
    of: str
    of_label: str = ""
    message: str = ""
    samples: tuple[str, ...] = ()
    zone: str = ""
    key: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    suggested: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What she answered about files of one kind: used for this file, or remembered for the next.

    ``sheets`` counts sheets whose columns are known; ``remembered``: she was not asked this time.
    """

    of: str
    of_label: str
    zone: str = ""
    day_order: str = ""
    sheets: int = 0
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class ImportState:
    """An import as the server sees it, or (state ``unsent``) as it waits on this phone for the network.

    ``state``: unsent, waiting, reading, asking, previewed, kept, undone, refused. ``percent`` is how much of it was
    sent, then how much was read; ``readings`` of ``days`` days are taken out, ``rate`` of them a second.
    """

    id: UUID
    name: str
    state: str
    size: int = 0
    format_label: str = ""
    whose: str = ""
    counts: tuple[Count, ...] = ()
    new: int = 0
    same: int = 0
    changed: int = 0
    not_understood: int = 0
    troubles: tuple[TroubleSeen, ...] = ()
    problem: str = ""
    question: FileQuestion | None = None
    answered: tuple[FileAnswer, ...] = ()
    percent: int = 0
    sending: bool = False  # the next part goes out
    readings: int = 0
    days: int = 0
    rate: int = 0
    received_at: datetime | None = None
    mismatch: bool = False  # another name or birthday than hers


@dataclass(frozen=True, slots=True)
class GrantSeen:
    """A grant with the name of whom it is for. ``state``: active, ended, revoked, waiting."""

    grant: Grant
    to_name: str
    to_facility: str
    state: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A line of the visitors' book. ``who`` is empty for a visitor who is not told by name."""

    id: str
    at: datetime
    who: str
    facility: str
    scope: str
    right: str
    purpose: str
    outcome: str  # opened, refused
    reason: str
    way: str  # phone, web, job


@dataclass(frozen=True, slots=True)
class PractitionerSeen:
    """Someone a record can be shared with."""

    id: UUID
    name: str
    facility: str


@dataclass(frozen=True, slots=True)
class PersonSharing:
    """Someone who shares her record with the signed-in practitioner."""

    record_id: UUID
    name: str
    age: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs up: what the form asks for."""

    name: str
    born_on: date
    name_kana: str = ""
    sex: str = ""  # male, female, or empty
    language: str = "ja"
