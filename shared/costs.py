"""What care cost: the lines of a medical-expense notice (医療費通知), in whole yen, by month and place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class CareKind(StrEnum):
    """診療区分 of a line; ``OTHER`` keeps its own word in ``Cost.kind_text``."""

    OUTPATIENT = "outpatient"  # 医科外来
    INPATIENT = "inpatient"  # 医科入院
    DENTAL = "dental"  # 歯科外来
    DENTAL_INPATIENT = "dental_inpatient"  # 歯科入院
    PHARMACY = "pharmacy"  # 調剤
    HOME_NURSING = "home_nursing"  # 訪問看護
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cost:
    """One line of a notice: a month of care at one place. Amounts are whole yen, ``paid`` what she paid there.

    ``month`` is ``YYYY-MM``. None is an amount that the notice does not give.
    """

    id: UUID
    month: str
    kind: CareKind
    kind_text: str
    days: int | None
    place: str
    total: int | None
    insurer: int | None
    public: int | None
    paid: int | None
    origin: str = ""
