"""The numbers of Bluetooth health devices: SFLOAT and FLOAT (IEEE 11073-20601), date-times, fields after flags.

All little-endian. A special value (NaN, not at this resolution, both infinities, reserved) is no number: None, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.problems import Invalid, Unreadable

SFLOAT_SPECIAL = frozenset({0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801})
FLOAT_SPECIAL = frozenset({0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001})
# What most devices send where a number could not be had.
SFLOAT_NAN, FLOAT_NAN = 0x07FF, 0x007FFFFF
# A device writes years 1582 to 9999; 0 says that it does not know.
_FIRST_YEAR, _LAST_YEAR = 1582, 9999


@dataclass(frozen=True, slots=True)
class Wall:
    """What a device's clock showed. A part that it does not know is 0 (year, month, day); it knows no zone."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int

    @property
    def moment(self) -> datetime | None:
        """The wall time without a zone; None where the device did not know its date, or no such day exists."""
        try:
            return datetime(self.year, self.month, self.day, self.hour, self.minute, self.second)  # noqa: DTZ001
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """As digits, the same for the same bytes."""
        day, time = (
            (self.year, self.month, self.day),
            (self.hour, self.minute, self.second),
        )
        return "-".join(f"{part:02}" for part in day) + "T" + ":".join(f"{part:02}" for part in time)


def _signed(raw: int, bits: int) -> int:
    return raw - (1 << bits) if raw >> (bits - 1) else raw


def sfloat(raw: int) -> Decimal | None:
    """The 16 bits of an SFLOAT: exponent in the top 4, mantissa in the low 12, both two's complement."""
    if raw in SFLOAT_SPECIAL:
        return None
    return Decimal(_signed(raw & 0x0FFF, 12)).scaleb(_signed(raw >> 12, 4))


def float32(raw: int) -> Decimal | None:
    """The 32 bits of a FLOAT: exponent in the top 8, mantissa in the low 24, both two's complement."""
    if raw in FLOAT_SPECIAL:
        return None
    return Decimal(_signed(raw & 0x00FFFFFF, 24)).scaleb(_signed(raw >> 24, 8))


def sfloat_bits(value: Decimal | None) -> int:
    """The SFLOAT that says ``value`` exactly; None is NaN. `Invalid` ``not_a_number`` where none does."""
    return _bits(value, 12, 4, SFLOAT_NAN, SFLOAT_SPECIAL)


def float32_bits(value: Decimal | None) -> int:
    """The FLOAT that says ``value`` exactly; None is NaN. `Invalid` ``not_a_number`` where none does."""
    return _bits(value, 24, 8, FLOAT_NAN, FLOAT_SPECIAL)


def _bits(
    value: Decimal | None, mantissa_bits: int, exponent_bits: int, nan: int, special: frozenset[int]
) -> int:
    if value is None:
        return nan
    if not value.is_finite():
        raise Invalid("not_a_number")
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    mantissa = int("".join(map(str, digits))) * (-1 if sign else 1)
    while mantissa and mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    least, most = -(1 << mantissa_bits - 1), (1 << mantissa_bits - 1) - 1
    low, high = -(1 << exponent_bits - 1), (1 << exponent_bits - 1) - 1
    if not mantissa:
        return 0
    while exponent > low and (
        exponent > high or _raw(mantissa, exponent, mantissa_bits, exponent_bits) in special
    ):
        mantissa, exponent = mantissa * 10, exponent - 1
        if not least <= mantissa <= most:
            break
    raw = _raw(mantissa, exponent, mantissa_bits, exponent_bits)
    if not (least <= mantissa <= most and low <= exponent <= high) or raw in special:
        raise Invalid("not_a_number")
    return raw


def _raw(mantissa: int, exponent: int, mantissa_bits: int, exponent_bits: int) -> int:
    return (exponent & (1 << exponent_bits) - 1) << mantissa_bits | mantissa & (1 << mantissa_bits) - 1


@dataclass(slots=True)
class Fields:
    """Reads the fields of one value in turn; `Unreadable` ``gatt_short`` where it ends too early."""

    data: bytes
    at: int = 0

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        part = self.data[self.at : self.at + length]
        if len(part) < length:
            raise Unreadable("gatt_short")
        self.at += length
        return part

    def whole(self, length: int) -> int:
        """The next unsigned whole number of ``length`` bytes."""
        return int.from_bytes(self.take(length), "little")

    def signed16(self) -> int:
        """The next signed number of 2 bytes."""
        return int.from_bytes(self.take(2), "little", signed=True)

    def sfloat(self) -> Decimal | None:
        """The next SFLOAT."""
        return sfloat(self.whole(2))

    def float32(self) -> Decimal | None:
        """The next FLOAT."""
        return float32(self.whole(4))

    def wall(self) -> Wall:
        """The next date-time; `Unreadable` ``gatt_broken`` where it cannot be one."""
        return wall_in(self.take(7))

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.data) - self.at


def wall_in(raw: bytes) -> Wall:
    """7 bytes of Date Time (0x2A08): u16 year, month, day, hour, minute, second."""
    if len(raw) < 7:
        raise Unreadable("gatt_short")
    wall = Wall(int.from_bytes(raw[:2], "little"), *raw[2:7])
    known = wall.year and wall.month and wall.day
    if wall.hour > 23 or wall.minute > 59 or wall.second > 59 or wall.month > 12 or wall.day > 31:
        raise Unreadable("gatt_broken")
    if (wall.year and not _FIRST_YEAR <= wall.year <= _LAST_YEAR) or (known and wall.moment is None):
        raise Unreadable("gatt_broken")
    return wall


def wall_bytes(local: datetime) -> bytes:
    """A wall time as Date Time (0x2A08), 7 bytes."""
    day = local.year.to_bytes(2, "little") + bytes((local.month, local.day))
    return day + bytes((local.hour, local.minute, local.second))


def current_time_bytes(local: datetime) -> bytes:
    """A wall time as Current Time (0x2A2B), 10 bytes: date-time, weekday (1 Monday), 1/256 s, why (1: set by hand)."""
    return wall_bytes(local) + bytes((local.isoweekday(), local.microsecond * 256 // 1_000_000, 1))
