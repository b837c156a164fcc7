"""Medicines: what was dispensed or prescribed, by whom, and where we have it from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class CodeSet(StrEnum):
    """The coding system a drug code belongs to."""

    NONE = "none"
    RECEIPT = "receipt"  # レセ電算コード, 9 digits
    PRICE_LIST = "price_list"  # 薬価基準収載医薬品コード, 12 characters
    YJ = "yj"  # 個別医薬品コード, 12 characters
    HOT = "hot"
    GENERIC = "generic"  # 一般名コード


class Route(StrEnum):
    """Route class of a medicine; what goes on the body is told apart by its site when the site is known."""

    ORAL = "oral"
    INJECTION = "injection"
    EYE = "eye"
    EAR = "ear"
    NOSE = "nose"
    LUNG = "lung"
    MOUTH = "mouth"
    SKIN = "skin"
    RECTUM = "rectum"
    VAGINA = "vagina"
    EXTERNAL = "external"  # 外用, site not known
    MATERIAL = "material"  # 医療材料
    OTHER = "other"


class Form(StrEnum):
    """JAHISTC 剤形コード (record 301): 1 to 10."""

    INTERNAL = "internal"
    INTERNAL_DROPS = "internal_drops"
    AS_NEEDED = "as_needed"
    INJECTION = "injection"
    EXTERNAL = "external"
    DECOCTION = "decoction"
    DECOCTION_HOT = "decoction_hot"
    MATERIAL = "material"
    OTHER = "other"


class Author(StrEnum):
    """Who wrote the row (JAHISTC 作成者): 1 care staff, 2 the patient or family, 8 other, 9 unknown."""

    CARE_STAFF = "care_staff"
    PATIENT = "patient"
    OTHER = "other"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """How far a medicine has come: written on a prescription, handed out, or only said to be taken."""

    PRESCRIBED = "prescribed"
    DISPENSED = "dispensed"
    STATED = "stated"  # OTC, a supplement, typed by hand, a FHIR MedicationStatement


class Writer(StrEnum):
    """Who wrote what we show; told apart on every screen."""

    PHARMACY = "pharmacy"
    CLINIC = "clinic"
    PORTAL = "portal"  # マイナポータル
    PATIENT = "patient"


class Signature(StrEnum):
    """What is known of the electronic signature of an e-prescription."""

    NONE = "none"  # not signed
    VALID = "valid"  # whole, and its signer leads to a root that the operator trusts
    UNTRUSTED = "untrusted"  # whole, but nobody here vouches for its signer
    INVALID = "invalid"  # signed, and changed since or not checkable as signed
    UNCHECKED = "unchecked"  # signed, read where signatures cannot be checked (a phone)


@dataclass(frozen=True, slots=True)
class Place:
    """A pharmacy, clinic or hospital. ``code`` is the 7-digit 医療機関コード, ``prefecture`` two digits."""

    name: str
    code: str = ""
    prefecture: str = ""
    score_table: str = ""  # 点数表: 1 medical, 3 dental, 4 pharmacy
    phone: str = ""
    postal_code: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """How to take it: the words on the bag, the JAMI code where given, and for how long.

    ``amount`` with ``amount_unit`` is days (日分) for what is taken daily, times (回分) for as needed, else 1.
    ``extra_codes`` are JAMI 補足用法 codes of 8 characters (weekdays, alternate days, uneven doses), ``site_code`` the
    JAMI 部位 code of 3. ``single_dose`` is the amount of one time as written, in the medicine's ``dose_unit``.
    ``starts_on`` and ``ends_on`` (the last day) where days are written down instead of an amount (OTC, typed).
    """

    text: str = ""
    code: str = ""
    form: Form | None = None
    amount: int | None = None
    amount_unit: str = ""
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    extra_codes: tuple[str, ...] = ()
    site_code: str = ""
    single_dose: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """An ingredient as an OTC package names it; ``code`` is seven digits equal to YJ's first seven, or empty."""

    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of a dispensing. ``name`` as the bag says (half-width kana kept), ``dose`` as written.

    ``ingredients`` are normalised ingredient names where the file itself names them; what a code means is for
    `shared.drug_knowledge` to say. ``components`` are those of an OTC medicine, ``jan`` its JAN code. ``clinic`` only
    where it differs from that of the dispensing. ``notes`` are JAHISTC record 281, ``cautions`` 291.
    The meaning of ``dose`` follows the form: daily amount, single amount (as needed) or the whole amount (external).
    """

    id: UUID
    name: str
    dose: str = ""
    dose_unit: str = ""
    code_set: CodeSet = CodeSet.NONE
    code: str = ""
    generic_name: str = ""
    generic_code: str = ""
    ingredients: tuple[str, ...] = ()
    route: Route | None = None
    usage: Usage = Usage()
    rp: int = 0
    clinic_doctor: str = ""
    department: str = ""
    author: Author = Author.UNKNOWN
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    jan: str = ""
    clinic: Place | None = None


class NoteKind(StrEnum):
    """What a note of a dispensing is about: JAHISTC records 401, 411, 421, 501 and 601."""

    CAUTION = "caution"
    INFORMATION = "information"  # from the clinic; its ``detail`` is 種別: 30, 31 or 99
    REMAINING = "remaining"  # 残薬
    REMARK = "remark"
    PATIENT = "patient"  # written by the patient


@dataclass(frozen=True, slots=True)
class DispensingNote:
    """A note to all medicines of one dispensing; ``on`` only for what the patient wrote."""

    kind: NoteKind
    text: str
    detail: str = ""
    on: date | None = None
    author: Author = Author.UNKNOWN


@dataclass(frozen=True, slots=True)
class Dispensing:
    """One slip of medicines: the day (no hour is given), the places and people, and its medicines in order.

    ``stage`` says how far it came: dispensed by a pharmacy or clinic on ``dispensed_on``; prescribed, not yet handed
    out (``dispensed_on`` is then the day of issue); or only said to be taken. ``origin`` is the format it was read
    from (``jahis_techo``), or ``typed``. ``exchange_number`` is the 引換番号 of an e-prescription (16 digits),
    ``valid_until`` its last day, ``refills`` how many times it may be used in all (リフィル).
    """

    id: UUID
    dispensed_on: date
    medicines: tuple[Medicine, ...]
    pharmacy: Place | None = None
    pharmacist: str = ""
    clinic: Place | None = None
    author: Author = Author.UNKNOWN
    origin: str = ""
    stage: Stage = Stage.DISPENSED
    pharmacist_contact: str = ""
    prescribed_on: date | None = None
    prescription_id: str = ""
    exchange_number: str = ""
    valid_until: date | None = None
    refills: int | None = None
    signature: Signature = Signature.NONE
    notes: tuple[DispensingNote, ...] = ()


TYPED = "typed"
# Formats that a clinic's own system writes, whoever reads them.
_CLINIC_ORIGINS = ("orca", "jahis_rx", "eprescription", "fhir_jp")


def writer(dispensing: Dispensing) -> Writer:
    """Who wrote it, for the person to see: her pharmacy, a clinic, Mynaportal, or she herself."""
    if dispensing.origin == TYPED or dispensing.author is Author.PATIENT:
        return Writer.PATIENT
    if dispensing.origin == "mynaportal":
        return Writer.PORTAL
    place = dispensing.pharmacy
    by_clinic = place is None or place.score_table in ("1", "3")
    if dispensing.stage is Stage.PRESCRIBED or (dispensing.origin in _CLINIC_ORIGINS and by_clinic):
        return Writer.CLINIC
    return Writer.CLINIC if place is not None and by_clinic else Writer.PHARMACY


def is_unverified(dispensing: Dispensing) -> bool:
    """Whether no real file of its kind was ever seen: Mynaportal's medicines, which go by the words of their keys."""
    return dispensing.origin == "mynaportal"


@dataclass(frozen=True, slots=True)
class Memo:
    """A memo in the medicine notebook (JAHISTC record 4)."""

    id: UUID
    text: str
    on: date | None = None
    author: Author = Author.UNKNOWN


@dataclass(frozen=True, slots=True)
class FamilyPharmacist:
    """The pharmacist she has chosen as her own (かかりつけ薬剤師, JAHISTC record 701), from when to when."""

    id: UUID
    name: str
    pharmacy: str = ""
    contact: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    author: Author = Author.UNKNOWN
