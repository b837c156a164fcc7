"""Events: what comes back to the screens when what they asked for (`mobile.asks`) was done by `mobile.effects`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from mobile.asks import Effect, SaveVital
from mobile.receiving import Ending, Stage
from mobile.seen import (
    Account,
    DaySum,
    FileAnswer,
    FindingVersion,
    GrantSeen,
    ImportState,
    Kept,
    KeptFinding,
    Matrix,
    Name,
    PersonSharing,
    PractitionerSeen,
    Settings,
    SourceSeen,
    Version,
    Visit,
)
from mobile.store.devices import KnownDevice
from shared.costs import Cost
from shared.courses import Course
from shared.doses import Dose
from shared.drug_checks import Checked
from shared.drug_listing import Product
from shared.electrocardiograms import Electrocardiogram
from shared.findings import Finding, FindingKind
from shared.home_pressure_summaries import EshSummary, JshSummary
from shared.marks import HitMark
from shared.medicines import Dispensing
from shared.schedule import Due
from shared.trends import PressureTrend
from shared.vitals import Vital
from shared.weight_trends import WeightTrend
from shared.workouts import Workout


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """The store is open: the first event of a start. ``account`` is None before the first sign-in.

    ``signed_in`` is false where the account is known but its sign-in ended: her own untold rows wait, nothing is lost.
    """

    account: Account | None
    signed_in: bool
    settings: Settings
    untold: int
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    account: Account


@dataclass(frozen=True, slots=True)
class SignedOut:
    """No sign-in any more. ``message`` says why when she did not ask for it. ``untold`` rows stay, sealed."""

    untold: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class FormOpened:
    """A fresh id and the present moment for a form, and what was left in it last time (``draft``, '' if nothing)."""

    form: str
    id: UUID
    now: datetime
    offset_min: int
    draft: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A measurement is on this phone (not necessarily told). A sync is asked for by itself."""

    vital: Vital
    untold: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A measurement was taken back on this phone."""

    id: UUID
    untold: int


@dataclass(frozen=True, slots=True)
class AskConfirm:
    """Something improbable or weighty: show ``message``; on yes, ask for ``what`` (already marked as confirmed)."""

    message: str
    what: SaveVital
    field: str | None = None


@dataclass(frozen=True, slots=True)
class TodayLoaded:
    """Newest first. ``latest``: the newest of each kind; ``pressures``: blood pressures of the last 30 days.

    The summaries (`shared.home_pressure_summaries`) are of the 7 days up to today; None without any pressure.
    """

    now: datetime
    latest: tuple[Kept, ...]
    pressures: tuple[Kept, ...]
    jsh: JshSummary | None
    esh: EshSummary | None
    steps: tuple[DaySum, ...]
    untold: int
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadingsLoaded:
    """Measurements of ``kind``, newest first; for blood pressure the means of the last 7 days too."""

    kind: str
    days: int
    readings: tuple[Kept, ...]
    jsh: JshSummary | None = None
    esh: EshSummary | None = None


@dataclass(frozen=True, slots=True)
class DaysLoaded:
    """Day sums of one stream, oldest first; ``since``: the first day that was looked for."""

    stream: str
    days: tuple[DaySum, ...]
    since: date | None = None


@dataclass(frozen=True, slots=True)
class TrendsLoaded:
    """What blood pressure and weight did over ``days`` days (None: all), reckoned as the server does."""

    days: int | None
    pressure: PressureTrend
    weight: WeightTrend


@dataclass(frozen=True, slots=True)
class VersionsLoaded:
    id: UUID
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class MedicinesLoaded:
    """Dispensings, newest first; and her courses on the day ``on``, those she takes first.

    ``hidden`` are the keys of the courses that she hides from those she shares with.
    """

    dispensings: tuple[Dispensing, ...]
    courses: tuple[Course, ...] = ()
    on: date | None = None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DueLoaded:
    """What is due on her day ``on``, in the order of the day, and all she ticked of it."""

    now: datetime
    offset_min: int
    on: date
    due: tuple[Due, ...]
    doses: tuple[Dose, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """Something of her medicines was noted on this phone (not necessarily told). A sync is asked for by itself."""

    untold: int


@dataclass(frozen=True, slots=True)
class MedicinesChecked:
    """What the checks found on this phone, which hits are known, and the findings that were held against them."""

    checked: Checked
    marks: tuple[HitMark, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductsFound:
    """Medicines that ``text`` may mean, the likeliest first."""

    text: str
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class MedicineSaved:
    """A medicine that she typed is on this phone. A sync is asked for by itself."""

    dispensing: Dispensing
    untold: int


@dataclass(frozen=True, slots=True)
class MedicineWithdrawn:
    """What she typed was taken back on this phone."""

    id: UUID
    untold: int


@dataclass(frozen=True, slots=True)
class NotebookShown:
    """Her notebook as QR codes, in order; what it does not say, in words. ``asks_birthday``: it is needed first."""

    codes: tuple[Matrix, ...]
    losses: tuple[str, ...] = ()
    asks_birthday: bool = False


@dataclass(frozen=True, slots=True)
class FindingsLoaded:
    """What is known about her, allergies first."""

    findings: tuple[KeptFinding, ...]


@dataclass(frozen=True, slots=True)
class FindingVersionsLoaded:
    id: UUID
    versions: tuple[FindingVersion, ...]


@dataclass(frozen=True, slots=True)
class NamesSuggested:
    """Names that ``text`` may mean for a finding of that kind, nearest first."""

    kind: FindingKind
    text: str
    found: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class FindingSaved:
    """A finding is on this phone (not necessarily told). A sync is asked for by itself."""

    finding: Finding
    untold: int


@dataclass(frozen=True, slots=True)
class FindingWithdrawn:
    """A finding was taken back on this phone."""

    id: UUID
    untold: int


@dataclass(frozen=True, slots=True)
class RecordingsLoaded:
    """Electrocardiograms (without their samples) and workouts of this phone's own record, the newest first."""

    hearts: tuple[Electrocardiogram, ...]
    workouts: tuple[Workout, ...]


@dataclass(frozen=True, slots=True)
class HeartLoaded:
    """One electrocardiogram to be drawn; None when it is not here any more."""

    heart: Electrocardiogram | None


@dataclass(frozen=True, slots=True)
class CostsLoaded:
    """Every line of her medical-expense notices."""

    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class TaxFormSaved:
    """The draft of the tax form is a file now; ``where`` in words, None if she closed the dialog."""

    year: int
    where: str | None


@dataclass(frozen=True, slots=True)
class Synced:
    """Told and heard. ``untold`` counts what is still untold (refused rows, or edits made meanwhile)."""

    at: datetime
    untold: int
    refused: int = 0
    changed: bool = False  # something came: the screen in front loads again


@dataclass(frozen=True, slots=True)
class SyncFailed:
    """Not now; it is tried again by itself."""

    message: str
    code: str
    untold: int


@dataclass(frozen=True, slots=True)
class ImportPreviewed:
    """One import as it now is (any state). While ``waiting`` or ``reading``, ask `LookImport` again in a second."""

    state: ImportState


@dataclass(frozen=True, slots=True)
class Imports:
    """All imports, newest first; those waiting on the phone first."""

    states: tuple[ImportState, ...]


@dataclass(frozen=True, slots=True)
class AnswersRemembered:
    """What is remembered of her answers about files, by kind of file."""

    answers: tuple[FileAnswer, ...]


@dataclass(frozen=True, slots=True)
class FilePicked:
    """A file she chose (send it with `UploadFile`), or nothing (``path`` None)."""

    name: str
    path: Path | None
    size: int = 0


@dataclass(frozen=True, slots=True)
class CodesScanned:
    """The raw bytes of each code found in a picture or by the camera; empty if none."""

    codes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TextWritten:
    """What she wrote in the device's own text dialog; None if she closed it."""

    of: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Grants:
    grants: tuple[GrantSeen, ...]


@dataclass(frozen=True, slots=True)
class Visits:
    """Lines of the visitors' book, newest first. ``before`` repeats what was asked (None: from the newest)."""

    visits: tuple[Visit, ...]
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourcesLoaded:
    """Devices, the one that is believed first at the head. ``ordered``: she has just put them into this order;
    ``is_summing_up``: the days are still being summed up in it.
    """

    sources: tuple[SourceSeen, ...]
    ordered: bool = False
    is_summing_up: bool = False


@dataclass(frozen=True, slots=True)
class Practitioners:
    name: str
    found: tuple[PractitionerSeen, ...]


@dataclass(frozen=True, slots=True)
class RecordsShared:
    people: tuple[PersonSharing, ...]


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """One record a practitioner was let into, as kept on this phone; ``heard_at``: last contact."""

    person: PersonSharing
    pressures: tuple[Kept, ...]
    jsh: JshSummary | None
    esh: EshSummary | None
    dispensings: tuple[Dispensing, ...]
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    settings: Settings


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not work: a named problem in her language. ``of`` is what was asked for."""

    code: str
    message: str
    field: str | None = None
    of: Effect | None = None


@dataclass(frozen=True, slots=True)
class ReceivingTold:
    """How far receiving from the device ``name`` has come."""

    stage: Stage
    name: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A measurement came from a device and is in the store; ``same`` where it was there already.

    ``user`` is the number under which the device keeps the person who was measured, where it tells.
    """

    vital: Vital
    same: bool
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Streaming:
    """A reading of a stream came from a device and is in the store."""

    stream: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class NotKept:
    """Something came that could not be kept; why."""

    message: str


@dataclass(frozen=True, slots=True)
class ReceivingEnded:
    """Receiving is over: ``ending`` is None where something went wrong, which ``message`` says."""

    ending: Ending | None
    kept: int
    same: int
    name: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class DevicesLoaded:
    """The health devices that she has used with this phone, the one used last first."""

    devices: tuple[KnownDevice, ...]


Event = (
    OpenedStore
    | SignedIn
    | SignedOut
    | FormOpened
    | Saved
    | Withdrawn
    | AskConfirm
    | TodayLoaded
    | ReadingsLoaded
    | DaysLoaded
    | TrendsLoaded
    | VersionsLoaded
    | MedicinesLoaded
    | DueLoaded
    | Noted
    | MedicinesChecked
    | ProductsFound
    | MedicineSaved
    | MedicineWithdrawn
    | NotebookShown
    | FindingsLoaded
    | FindingVersionsLoaded
    | NamesSuggested
    | FindingSaved
    | FindingWithdrawn
    | CostsLoaded
    | RecordingsLoaded
    | HeartLoaded
    | TaxFormSaved
    | Synced
    | SyncFailed
    | ImportPreviewed
    | Imports
    | AnswersRemembered
    | FilePicked
    | CodesScanned
    | TextWritten
    | Grants
    | Visits
    | SourcesLoaded
    | Practitioners
    | RecordsShared
    | SharedRecord
    | SettingsChanged
    | ReceivingTold
    | Arrived
    | Streaming
    | NotKept
    | ReceivingEnded
    | DevicesLoaded
    | Failed
)
