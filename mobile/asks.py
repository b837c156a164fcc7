"""Effects: what a screen's state asks for. `mobile.effects` runs them and answers with events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from mobile.receiving import Patience
from mobile.seen import Person, Settings
from shared.consent import Purpose, Right, Scope
from shared.doses import DoseState
from shared.findings import Finding, FindingKind
from shared.medicines import Dispensing
from shared.schedule import Due
from shared.vitals import Vital


@dataclass(frozen=True, slots=True)
class OpenStore:
    """At the start. Answer: `OpenedStore`."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """Answer: `SignedIn` (also without a network: the account is then ``pending``), or `Failed` with its field."""

    email: str
    password: str
    person: Person


@dataclass(frozen=True, slots=True)
class SignIn:
    """Answer: `SignedIn`, or `Failed`."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SignOut:
    """Answer: `SignedOut`."""


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Answer: `FormOpened`. ``form`` names the form and its draft (``vital.blood_pressure``)."""

    form: str


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """The unsaved form as text of the screen's own making, on every edit; '' drops it. No answer."""

    form: str
    text: str


@dataclass(frozen=True, slots=True)
class SaveVital:
    """A new measurement (id from `FormOpened`) or a correction (same id). ``form`` names the draft to drop.

    Answer: `Saved`, `AskConfirm`, or `Failed` with its field.
    """

    vital: Vital
    confirmed: bool = False
    form: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawVital:
    """Answer: `Withdrawn`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class LoadToday:
    """Answer: `TodayLoaded`."""


@dataclass(frozen=True, slots=True)
class LoadReadings:
    """Answer: `ReadingsLoaded`."""

    kind: str
    days: int = 30


@dataclass(frozen=True, slots=True)
class LoadDays:
    """Answer: `DaysLoaded`."""

    stream: str
    days: int = 30


@dataclass(frozen=True, slots=True)
class LoadTrends:
    """Blood pressure and weight over the last ``days`` days; None is all. Answer: `TrendsLoaded`."""

    days: int | None = 30


@dataclass(frozen=True, slots=True)
class LoadVersions:
    """Answer: `VersionsLoaded`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class LoadMedicines:
    """Answer: `MedicinesLoaded`."""


@dataclass(frozen=True, slots=True)
class LoadDue:
    """What is due today, and what was ticked. Answer: `DueLoaded`."""


@dataclass(frozen=True, slots=True)
class TickDose:
    """Say of each of ``due`` that it was taken, skipped, or comes later; None takes the tick back.

    Answer: `Noted` and `DueLoaded`.
    """

    due: tuple[Due, ...]
    state: DoseState | None


@dataclass(frozen=True, slots=True)
class CheckMedicines:
    """Answer: `MedicinesChecked`."""


@dataclass(frozen=True, slots=True)
class MarkHit:
    """A hit is known, for this reason; or not any more. Answer: `Noted` and `MedicinesChecked`."""

    key: str
    reason: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class HideCourse:
    """Hide a course from those she shares with, or show it again. Answer: `Noted` and `MedicinesLoaded`."""

    course_key: str
    name: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class SearchMedicines:
    """Names that begin with ``text``, or hold it. Answer: `ProductsFound`."""

    text: str


@dataclass(frozen=True, slots=True)
class SaveMedicine:
    """A medicine that she typed, or a correction (same ids). ``form`` names the draft to drop.

    Answer: `MedicineSaved`, or `Failed`.
    """

    dispensing: Dispensing
    form: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawMedicine:
    """Take back what she typed. Answer: `MedicineWithdrawn`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class ShowNotebook:
    """Her medicine notebook as QR codes: the last ``months``, or all. ``born_on`` and ``sex`` as she says them, where
    the phone does not know.

    Answer: `NotebookShown`, or `Failed`.
    """

    months: int | None = 3
    born_on: date | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class PlanReminders:
    """Tell the device when to ring next. No answer."""


@dataclass(frozen=True, slots=True)
class LoadFindings:
    """Answer: `FindingsLoaded`."""


@dataclass(frozen=True, slots=True)
class LoadFindingVersions:
    """Answer: `FindingVersionsLoaded`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class SuggestNames:
    """What she may mean by ``text`` for a finding of that kind. Answer: `NamesSuggested`."""

    kind: FindingKind
    text: str


@dataclass(frozen=True, slots=True)
class SaveFinding:
    """A new finding (id from `FormOpened`) or a correction (same id). ``form`` names the draft to drop.

    Answer: `FindingSaved`, or `Failed` with its field.
    """

    finding: Finding
    form: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawFinding:
    """Answer: `FindingWithdrawn`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class LoadRecordings:
    """Answer: `RecordingsLoaded`."""


@dataclass(frozen=True, slots=True)
class LoadHeart:
    """One electrocardiogram with its samples. Answer: `HeartLoaded`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class LoadCosts:
    """Answer: `CostsLoaded`."""


@dataclass(frozen=True, slots=True)
class SaveTaxForm:
    """The draft of the tax form of a year, made by the server, saved where she says. Answer: `TaxFormSaved`."""

    year: int


@dataclass(frozen=True, slots=True)
class SyncNow:
    """Answer: `Synced`, `SyncFailed`, or `SignedOut` when the server ended the sign-in."""


@dataclass(frozen=True, slots=True)
class PickFile:
    """Answer: `FilePicked`."""


@dataclass(frozen=True, slots=True)
class ScanCamera:
    """Answer: `CodesScanned`."""


@dataclass(frozen=True, slots=True)
class ScanPicture:
    """A picture (PNG, JPEG) that she chose. Answer: `CodesScanned`, or `Failed` with ``file_gone``."""

    path: Path


@dataclass(frozen=True, slots=True)
class WriteText:
    """The device's own text dialog. Answer: `TextWritten`."""

    of: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class UploadImport:
    """Scanned codes, in any order. Kept on the phone first. Answer: `ImportPreviewed` (``unsent`` with no network)."""

    name: str
    parts: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A chosen file, however large. Answer as `UploadImport`."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class LookImport:
    """Answer: `ImportPreviewed`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class KeepImport:
    """Answer: `ImportPreviewed`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class UndoImport:
    """Answer: `ImportPreviewed`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class AnswerImport:
    """What a file leaves open: the zone (IANA name) of times that carry none, which of day and month comes first
    (``day_first``, ``month_first``), what the columns mean of a sheet whose header has ``key``.

    Answer: `ImportPreviewed`.
    """

    id: UUID
    zone: str = ""
    day_order: str = ""
    key: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """What is remembered of her answers. Answer: `AnswersRemembered`."""


@dataclass(frozen=True, slots=True)
class ForgetAnswer:
    """Ask again with the next file of that format. Answer: `AnswersRemembered`."""

    of: str


@dataclass(frozen=True, slots=True)
class ListImports:
    """Answer: `Imports`."""


@dataclass(frozen=True, slots=True)
class LoadGrants:
    """Answer: `Grants`."""


@dataclass(frozen=True, slots=True)
class FindPractitioners:
    """Answer: `Practitioners`."""

    name: str


@dataclass(frozen=True, slots=True)
class GiveGrant:
    """Answer: `Grants`. Asking again after a lost answer gives the same grant, not a second one."""

    to_account: UUID
    scopes: frozenset[Scope]
    days: int
    rights: frozenset[Right] = frozenset({Right.READ})
    purposes: frozenset[Purpose] = frozenset({Purpose.CARE})


@dataclass(frozen=True, slots=True)
class RevokeGrant:
    """Answer: `Grants`."""

    id: UUID


@dataclass(frozen=True, slots=True)
class LoadVisits:
    """Answer: `Visits`. ``before`` is the moment (``at``) of the last one shown, for the next page."""

    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoadSources:
    """The devices that readings come from, in their order. Answer: `SourcesLoaded`."""


@dataclass(frozen=True, slots=True)
class OrderSources:
    """Believe the devices in this order. Answer: `SourcesLoaded`."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LoadShared:
    """A practitioner's list. Answer: `RecordsShared`."""


@dataclass(frozen=True, slots=True)
class OpenShared:
    """Answer: `SharedRecord`; `Failed` with ``not_there`` when the right ended or the last contact is 72 hours ago."""

    record_id: UUID


@dataclass(frozen=True, slots=True)
class ReceiveFromDevice:
    """Search for a health device and take what it has. Answers as it goes: `ReceivingTold`, `Arrived`, `Streaming`,
    `NotKept`; at the end `ReceivingEnded`."""

    patience: Patience | None = None


@dataclass(frozen=True, slots=True)
class StopReceiving:
    """End the receiving that is under way. No answer of its own."""


@dataclass(frozen=True, slots=True)
class LoadDevices:
    """Answer: `DevicesLoaded`."""


@dataclass(frozen=True, slots=True)
class ForgetDevice:
    """Answer: `DevicesLoaded`. What the device measured stays."""

    address: str


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Answer: `SettingsChanged`."""

    settings: Settings


Effect = (
    OpenStore
    | SignUp
    | SignIn
    | SignOut
    | OpenForm
    | KeepDraft
    | SaveVital
    | WithdrawVital
    | LoadToday
    | LoadReadings
    | LoadDays
    | LoadTrends
    | LoadVersions
    | LoadMedicines
    | LoadDue
    | TickDose
    | CheckMedicines
    | MarkHit
    | HideCourse
    | SearchMedicines
    | SaveMedicine
    | WithdrawMedicine
    | ShowNotebook
    | PlanReminders
    | LoadFindings
    | LoadFindingVersions
    | SuggestNames
    | SaveFinding
    | WithdrawFinding
    | LoadCosts
    | LoadRecordings
    | LoadHeart
    | SaveTaxForm
    | SyncNow
    | PickFile
    | ScanCamera
    | ScanPicture
    | WriteText
    | UploadImport
    | UploadFile
    | LookImport
    | KeepImport
    | UndoImport
    | AnswerImport
    | ListAnswers
    | ForgetAnswer
    | ListImports
    | LoadGrants
    | FindPractitioners
    | GiveGrant
    | RevokeGrant
    | LoadVisits
    | LoadSources
    | OrderSources
    | LoadShared
    | OpenShared
    | ReceiveFromDevice
    | StopReceiving
    | LoadDevices
    | ForgetDevice
    | ChangeSettings
)
