"""What health devices say over Bluetooth Low Energy (GATT): each value's bytes as numbers in the device's own words.

Pure: bytes in, a frozen value out; `Unreadable` ``gatt_short`` or ``gatt_broken`` where they cannot be one. What is
made of it for the record is in `gatt_found`. Layouts: GATT Specification Supplement; docs/formats/bluetooth.md.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from shared.formats.gatt_numbers import Fields
from shared.formats.gatt_said import (
    CompositionSaid,
    ContextSaid,
    GlucoseSaid,
    HeartRateSaid,
    OximetrySaid,
    PressureSaid,
    Said,
    TemperatureSaid,
    WeightSaid,
)
from shared.problems import Unreadable

# The longest value that an attribute may have.
MOST_BYTES = 512

# Characteristics, and the services that offer them.
BLOOD_PRESSURE, CUFF_PRESSURE = 0x2A35, 0x2A36
TEMPERATURE, TEMPERATURE_TYPE = 0x2A1C, 0x2A1D
WEIGHT, BODY_COMPOSITION = 0x2A9D, 0x2A9C
SPOT_OXIMETRY, CONTINUOUS_OXIMETRY = 0x2A5E, 0x2A5F
GLUCOSE, GLUCOSE_CONTEXT, RECORDS = 0x2A18, 0x2A34, 0x2A52
HEART_RATE = 0x2A37
DATE_TIME, CURRENT_TIME = 0x2A08, 0x2A2B
MODEL_NUMBER, MANUFACTURER = 0x2A24, 0x2A29
SERVICES = (0x1810, 0x1809, 0x181D, 0x181B, 0x1822, 0x1808, 0x180D)

_FAILED = 0xFFFF


def uuid_of(short: int) -> str:
    """The whole UUID of an assigned number."""
    return f"0000{short:04x}-0000-1000-8000-00805f9b34fb"


def short_of(uuid: str) -> int | None:
    """The assigned number of a UUID; None for one of a maker's own."""
    text = uuid.lower()
    if len(text) != 36 or not (text.startswith("0000") and text.endswith("-0000-1000-8000-00805f9b34fb")):
        return None
    try:
        return int(text[4:8], 16)
    except ValueError:
        return None


def _opened(data: bytes) -> Fields:
    if len(data) > MOST_BYTES:
        raise Unreadable("gatt_broken")
    return Fields(bytes(data))


def blood_pressure(data: bytes) -> PressureSaid:
    """0x2A35: b0 kPa, b1 time, b2 pulse, b3 user, b4 status; systolic, diastolic, mean as SFLOAT."""
    fields = _opened(data)
    flags = fields.whole(1)
    systolic, diastolic, mean = fields.sfloat(), fields.sfloat(), fields.sfloat()
    return PressureSaid(
        systolic,
        diastolic,
        mean,
        "kPa" if flags & 1 else "mmHg",
        wall=fields.wall() if flags & 2 else None,
        pulse=fields.sfloat() if flags & 4 else None,
        user=fields.whole(1) if flags & 8 else None,
        status=fields.whole(2) if flags & 16 else None,
    )


def temperature(data: bytes) -> TemperatureSaid:
    """0x2A1C: b0 Fahrenheit, b1 time, b2 type."""
    fields = _opened(data)
    flags = fields.whole(1)
    value = fields.float32()
    return TemperatureSaid(
        value,
        "[degF]" if flags & 1 else "Cel",
        wall=fields.wall() if flags & 2 else None,
        site=fields.whole(1) if flags & 4 else None,
    )


def temperature_type(data: bytes) -> int:
    """0x2A1D: where the thermometer measures."""
    return _opened(data).whole(1)


def _mass(fields: Fields, imperial: bool) -> Decimal | None:
    raw = fields.whole(2)
    return None if raw == _FAILED else raw * Decimal("0.01" if imperial else "0.005")


def _tenths(fields: Fields) -> Decimal | None:
    raw = fields.whole(2)
    return None if raw == _FAILED else raw * Decimal("0.1")


def _height(fields: Fields, imperial: bool) -> Decimal:
    return fields.whole(2) * Decimal("0.1" if imperial else "0.001")


def weight(data: bytes) -> WeightSaid:
    """0x2A9D: b0 imperial, b1 time, b2 user, b3 BMI and height. 0xFFFF says that measuring failed."""
    fields = _opened(data)
    flags = fields.whole(1)
    imperial = bool(flags & 1)
    return WeightSaid(
        _mass(fields, imperial),
        "[lb_av]" if imperial else "kg",
        wall=fields.wall() if flags & 2 else None,
        user=fields.whole(1) if flags & 4 else None,
        bmi=fields.whole(2) * Decimal("0.1") if flags & 8 else None,
        height=_height(fields, imperial) if flags & 8 else None,
    )


def body_composition(data: bytes) -> CompositionSaid:
    """0x2A9C: u16 flags, then fat and what each flag announces, in the order of the flags."""
    fields = _opened(data)
    flags = fields.whole(2)
    imperial = bool(flags & 1)
    fat = _tenths(fields)
    wall = fields.wall() if flags & 1 << 1 else None
    user = fields.whole(1) if flags & 1 << 2 else None
    basal = Decimal(fields.whole(2)) if flags & 1 << 3 else None
    percent = _tenths(fields) if flags & 1 << 4 else None
    muscle, fat_free, soft_lean, water = (
        _mass(fields, imperial) if flags & 1 << bit else None for bit in (5, 6, 7, 8)
    )
    return CompositionSaid(
        fat,
        "[lb_av]" if imperial else "kg",
        wall=wall,
        user=user,
        basal_kj=basal,
        muscle_percent=percent,
        muscle=muscle,
        fat_free=fat_free,
        soft_lean=soft_lean,
        water=water,
        impedance=_tenths(fields) if flags & 1 << 9 else None,
        weight=_mass(fields, imperial) if flags & 1 << 10 else None,
        height=_height(fields, imperial) if flags & 1 << 11 else None,
        more=bool(flags & 1 << 12),
    )


def spot_oximetry(data: bytes) -> OximetrySaid:
    """0x2A5E: b0 time, b1 status, b2 sensor, b3 pulse amplitude, b4 clock not set."""
    fields = _opened(data)
    flags = fields.whole(1)
    spo2, pulse = fields.sfloat(), fields.sfloat()
    return OximetrySaid(
        spo2,
        pulse,
        spot=True,
        wall=fields.wall() if flags & 1 else None,
        clock_not_set=bool(flags & 16),
        status=fields.whole(2) if flags & 2 else None,
        sensor=fields.whole(3) if flags & 4 else None,
        amplitude=fields.sfloat() if flags & 8 else None,
    )


def continuous_oximetry(data: bytes) -> OximetrySaid:
    """0x2A5F: b0 fast, b1 slow, b2 status, b3 sensor, b4 pulse amplitude."""
    fields = _opened(data)
    flags = fields.whole(1)
    spo2, pulse = fields.sfloat(), fields.sfloat()
    return OximetrySaid(
        spo2,
        pulse,
        spot=False,
        fast=(fields.sfloat(), fields.sfloat()) if flags & 1 else None,
        slow=(fields.sfloat(), fields.sfloat()) if flags & 2 else None,
        status=fields.whole(2) if flags & 4 else None,
        sensor=fields.whole(3) if flags & 8 else None,
        amplitude=fields.sfloat() if flags & 16 else None,
    )


def glucose(data: bytes) -> GlucoseSaid:
    """0x2A18: b0 offset, b1 concentration with type and location, b2 mol/L, b3 status, b4 context follows."""
    fields = _opened(data)
    flags = fields.whole(1)
    sequence, wall = fields.whole(2), fields.wall()
    offset = fields.signed16() if flags & 1 else 0
    concentration = fields.sfloat() if flags & 2 else None
    where = fields.whole(1) if flags & 2 else None
    return GlucoseSaid(
        sequence,
        wall,
        offset,
        concentration,
        "mol/L" if flags & 4 else "kg/L",
        type=None if where is None else where & 0x0F,
        location=None if where is None else where >> 4,
        status=fields.whole(2) if flags & 8 else None,
        context_follows=bool(flags & 16),
    )


def glucose_context(data: bytes) -> ContextSaid:
    """0x2A34: b0 carbohydrate, b1 meal, ... b7 extended flags; what comes after the meal is not read."""
    fields = _opened(data)
    flags = fields.whole(1)
    sequence = fields.whole(2)
    if flags & 1 << 7:
        fields.take(1)
    if flags & 1:
        fields.take(3)
    return ContextSaid(sequence, fields.whole(1) if flags & 2 else None)


def heart_rate(data: bytes) -> HeartRateSaid:
    """0x2A37: b0 rate in 16 bits, b1-2 contact, b3 energy, b4 intervals between beats to the end."""
    fields = _opened(data)
    flags = fields.whole(1)
    rate = fields.whole(2 if flags & 1 else 1)
    contact = bool(flags & 2) if flags & 4 else None
    energy = fields.whole(2) if flags & 8 else None
    intervals: list[int] = []
    while flags & 16 and fields.left:
        intervals.append(fields.whole(2))
    return HeartRateSaid(rate, contact, energy, tuple(intervals))


DECODERS: dict[int, Callable[[bytes], Said]] = {
    BLOOD_PRESSURE: blood_pressure,
    TEMPERATURE: temperature,
    WEIGHT: weight,
    BODY_COMPOSITION: body_composition,
    SPOT_OXIMETRY: spot_oximetry,
    CONTINUOUS_OXIMETRY: continuous_oximetry,
    GLUCOSE: glucose,
    GLUCOSE_CONTEXT: glucose_context,
    HEART_RATE: heart_rate,
}


def decode(characteristic: int, data: bytes) -> Said | None:
    """What the value of ``characteristic`` says; None for one of which nothing is kept (0x2A36, a maker's own)."""
    decoder = DECODERS.get(characteristic)
    return None if decoder is None else decoder(data)
