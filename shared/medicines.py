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


@dataclass(frozen=True, slots=True)
class Place:
    """A pharmacy, clinic or hospital. ``code`` is the 7-digit 医療機関コード, ``prefecture`` two digits."""

    name: str
    code: str = ""
    prefecture: str = ""
    score_table: str = ""  # 点数表: 1 medical, 3 dental, 4 pharmacy
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """How to take it: the words on the bag, the JAMI code where given, and for how long.

    ``amount`` with ``amount_unit`` is days (日分) for what is taken daily, times (回分) for as needed, else 1.
    """

    text: str = ""
    code: str = ""
    form: Form | None = None
    amount: int | None = None
    amount_unit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of a dispensing. ``name`` as the bag says (half-width kana kept), ``dose`` as written.

    ``ingredients`` are normalised ingredient names, empty where no master knows the code.
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


@dataclass(frozen=True, slots=True)
class Dispensing:
    """One visit to a pharmacy: the day (no hour is given), the places and people, and its medicines in order.

    ``origin`` is the format it was read from (``jahis_techo``), or ``typed``.
    """

    id: UUID
    dispensed_on: date
    medicines: tuple[Medicine, ...]
    pharmacy: Place | None = None
    pharmacist: str = ""
    clinic: Place | None = None
    author: Author = Author.UNKNOWN
    origin: str = ""


class RemarkKind(StrEnum):
    """What a remark about the patient is about (JAHISTC record 2, 種別): 1, 2, 3 and 9."""

    ALLERGY = "allergy"
    SIDE_EFFECT = "side_effect"
    PAST_ILLNESS = "past_illness"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the medicine notebook says about the patient herself, such as an allergy; ``text`` as written."""

    id: UUID
    kind: RemarkKind
    text: str
    author: Author = Author.UNKNOWN
