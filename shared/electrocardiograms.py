"""Electrocardiogram: one recording of a watch, with what the watch itself made of it. Never a diagnosis of ours."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from shared import clock


class Classified(StrEnum):
    """What the device's own algorithm called it."""

    SINUS_RHYTHM = "sinus_rhythm"
    ATRIAL_FIBRILLATION = "atrial_fibrillation"
    LOW_HEART_RATE = "low_heart_rate"
    HIGH_HEART_RATE = "high_heart_rate"
    INCONCLUSIVE = "inconclusive"
    POOR_RECORDING = "poor_recording"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Electrocardiogram:
    """One recording. ``taken_at`` is UTC to the ms, ``offset_min`` the local offset.

    ``nanovolts``: array('i'), the samples in nV (a thousandth of the µV that files write, so that three decimals are
    exact), ``hertz`` apart. ``lead`` as written (an "I" or "Lead I"); ``named`` is the classification in the maker's
    own word, ``symptoms`` what the person told the watch, ``heart_rate`` the device's mean per minute or None.
    """

    id: UUID
    taken_at: datetime
    offset_min: int
    classified: Classified
    hertz: Decimal
    nanovolts: array[int] = field(repr=False, hash=False)
    named: str = ""
    symptoms: str = ""
    heart_rate: int | None = None
    lead: str = ""
    device: str = ""
    origin: str = ""

    @property
    def local(self) -> datetime:
        """The wall time where it was taken."""
        return clock.at_offset(self.taken_at, self.offset_min)
