"""What a health device said in one value over Bluetooth, as frozen values in its own words and units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.formats.gatt_numbers import Wall

# The user number of a cuff that does not know who was measured.
USER_UNKNOWN = 255


@dataclass(frozen=True, slots=True)
class PressureSaid:
    """0x2A35. Numbers in ``unit`` (mmHg or kPa); None is absent."""

    systolic: Decimal | None
    diastolic: Decimal | None
    mean: Decimal | None
    unit: str
    wall: Wall | None = None
    pulse: Decimal | None = None
    user: int | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class TemperatureSaid:
    """0x2A1C. ``unit`` is Cel or [degF]; ``site`` the number of 0x2A1D (1 armpit, 2 body, 3 ear ... 9 tympanum)."""

    value: Decimal | None
    unit: str
    wall: Wall | None = None
    site: int | None = None


@dataclass(frozen=True, slots=True)
class WeightSaid:
    """0x2A9D. ``unit`` is kg or [lb_av]; ``height`` in m or [in_i]."""

    weight: Decimal | None
    unit: str
    wall: Wall | None = None
    user: int | None = None
    bmi: Decimal | None = None
    height: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CompositionSaid:
    """0x2A9C. Masses in ``unit`` (kg or [lb_av]), basal metabolism in kJ, ``more`` packets follow."""

    fat: Decimal | None
    unit: str
    wall: Wall | None = None
    user: int | None = None
    basal_kj: Decimal | None = None
    muscle_percent: Decimal | None = None
    muscle: Decimal | None = None
    fat_free: Decimal | None = None
    soft_lean: Decimal | None = None
    water: Decimal | None = None
    impedance: Decimal | None = None
    weight: Decimal | None = None
    height: Decimal | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class OximetrySaid:
    """0x2A5E (``spot``) and 0x2A5F. ``status`` is the Measurement Status, ``sensor`` the Device and Sensor Status."""

    spo2: Decimal | None
    pulse: Decimal | None
    spot: bool
    wall: Wall | None = None
    clock_not_set: bool = False
    status: int | None = None
    sensor: int | None = None
    amplitude: Decimal | None = None
    fast: tuple[Decimal | None, Decimal | None] | None = None
    slow: tuple[Decimal | None, Decimal | None] | None = None


@dataclass(frozen=True, slots=True)
class GlucoseSaid:
    """0x2A18. ``concentration`` in ``unit`` (kg/L or mol/L); her time is ``wall`` plus ``offset_min``."""

    sequence: int
    wall: Wall
    offset_min: int = 0
    concentration: Decimal | None = None
    unit: str = "kg/L"
    type: int | None = None
    location: int | None = None
    status: int | None = None
    context_follows: bool = False


@dataclass(frozen=True, slots=True)
class ContextSaid:
    """0x2A34: what surrounded the glucose of that sequence number; of it we take the meal (1 before ... 5 bedtime)."""

    sequence: int
    meal: int | None = None


@dataclass(frozen=True, slots=True)
class HeartRateSaid:
    """0x2A37. ``contact`` is None where the sensor cannot tell; ``intervals`` between beats in 1/1024 s."""

    rate: int
    contact: bool | None = None
    energy_kj: int | None = None
    intervals: tuple[int, ...] = ()


Said = (
    PressureSaid
    | TemperatureSaid
    | WeightSaid
    | CompositionSaid
    | OximetrySaid
    | GlucoseSaid
    | ContextSaid
    | HeartRateSaid
)
