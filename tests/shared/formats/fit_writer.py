"""A small writer of FIT files for tests: definitions and data by number, with a right checksum."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from shared.formats.garmin_fit import checksum

EPOCH_S = 631_065_600
# Base types: number and struct letter.
ENUM, UINT8, UINT16, UINT32, SINT16, STRING = 0x00, 0x02, 0x84, 0x86, 0x83, 0x07
_LETTER = {ENUM: "B", UINT8: "B", UINT16: "H", UINT32: "I", SINT16: "h"}

Field = tuple[int, int, object]  # number, base type, value (a tuple for an array)


@dataclass
class Fit:
    """One FIT file in the making; ``file_id`` is told first."""

    type: int = 4
    body: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.say(0, (0, ENUM, self.type), (1, UINT16, 1), (2, UINT16, 3291), (3, UINT32, 77))

    def say(self, message: int, *fields: Field) -> None:
        """A definition of local message 0, and one message of it."""
        self.define(message, *fields)
        self.body += b"\x00" + b"".join(_packed(base, value) for _, base, value in fields)

    def define(self, message: int, *fields: Field) -> None:
        """A definition alone."""
        self.body += struct.pack("<BBBHB", 0x40, 0, 0, message, len(fields))
        for number, base, value in fields:
            self.body += bytes((number, len(_packed(base, value)), base))

    def compressed(self, offset: int, *fields: Field) -> None:
        """A message of local type 0 whose time is five bits in its header."""
        self.body += bytes((0x80 | offset,)) + b"".join(_packed(base, value) for _, base, value in fields)

    def made(self) -> bytes:
        """The file."""
        head = struct.pack("<BBHI4s", 14, 0x20, 2184, len(self.body), b".FIT")
        whole = head + struct.pack("<H", checksum(head)) + bytes(self.body)
        return whole + struct.pack("<H", checksum(whole))


def at(unix_s: int) -> Field:
    """The field ``timestamp``."""
    return (253, UINT32, unix_s - EPOCH_S)


def _packed(base: int, value: object) -> bytes:
    if base == STRING:
        assert isinstance(value, str)
        return value.encode() + b"\x00"
    values = value if isinstance(value, tuple) else (value,)
    return struct.pack(f"<{len(values)}{_LETTER[base]}", *values)
