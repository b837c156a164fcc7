"""Asking a glucose meter for its records: the Record Access Control Point (0x2A52). We never ask it to delete."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from shared.formats.gatt_numbers import Fields
from shared.problems import Unreadable

_REPORT, _ABORT, _COUNT = 0x01, 0x03, 0x04
_COUNTED, _ANSWERED = 0x05, 0x06
_NULL, _ALL, _FROM, _LAST = 0x00, 0x01, 0x03, 0x06
_BY_SEQUENCE = 0x01


class Outcome(IntEnum):
    """How a request ended; a number that is not here is a failure too."""

    SUCCESS = 1
    NOT_SUPPORTED = 2
    OPERATOR_INVALID = 3
    OPERATOR_NOT_SUPPORTED = 4
    OPERAND_INVALID = 5
    NO_RECORDS = 6
    ABORT_FAILED = 7
    NOT_COMPLETED = 8
    OPERAND_NOT_SUPPORTED = 9


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records fit what was asked."""

    count: int


@dataclass(frozen=True, slots=True)
class Answered:
    """How the request ``asked`` (its op code) ended."""

    asked: int
    outcome: int


def count_all() -> bytes:
    """How many records are there."""
    return bytes((_COUNT, _ALL))


def report_all() -> bytes:
    """Send all records."""
    return bytes((_REPORT, _ALL))


def report_last() -> bytes:
    """Send the newest record."""
    return bytes((_REPORT, _LAST))


def report_from(sequence: int) -> bytes:
    """Send the records with this sequence number or a greater one."""
    return bytes((_REPORT, _FROM, _BY_SEQUENCE)) + sequence.to_bytes(2, "little")


def abort() -> bytes:
    """Send no more."""
    return bytes((_ABORT, _NULL))


def answer_in(data: bytes) -> Counted | Answered:
    """What the meter indicates on 0x2A52; `Unreadable` where it is no answer."""
    fields = Fields(bytes(data))
    kind = fields.whole(1)
    fields.take(1)
    if kind == _COUNTED:
        return Counted(fields.whole(2))
    if kind == _ANSWERED:
        return Answered(fields.whole(1), fields.whole(1))
    raise Unreadable("gatt_broken")
