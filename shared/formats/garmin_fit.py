"""Garmin and other makers' FIT files: workouts, the watch's own day, sleep, scales and cuffs.

Read with the library fitdecode, after the lengths and checksums of the file were found right by ourselves: a file
with a damaged or missing part is refused whole. Times are seconds UTC; the local offset is the one the file tells
(``local_timestamp``), else that of the person's zone. Fields of apps (developer fields) and positions are not read.
"""

from __future__ import annotations

import io
import struct
from array import array
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO

from shared.formats import Answers, Piece
from shared.formats.garmin_gather import Gathering, Told
from shared.problems import Unreadable

LABEL = "Garmin（FIT ファイル）"

# Day files and activities have 0.01 to 5 MB; a cap of ours.
MAX_BYTES = 64 * 1024**2
# A day of one message a second is 86,400; a cap of ours, two days and a half of them.
MAX_MESSAGES = 220_000
# Several files may be chained into one; a cap of ours.
MAX_PARTS = 500
_SIGN = b".FIT"
_HEADERS = (12, 14)
# What a library may stumble over in a file with right checksums and wrong insides.
_STUMBLES = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the sign in the header tells enough)
    """By the sign at its place in the header."""
    return len(head) >= 12 and head[8:12] == _SIGN and head[0] in _HEADERS


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in the file; nothing is given before the whole file was read without a fault."""
    file.seek(0)
    whole = file.read(MAX_BYTES + 1)
    if len(whole) > MAX_BYTES:
        raise Unreadable("too_big", limit_mb=MAX_BYTES // 1024**2)
    if not whole:
        raise Unreadable("file_empty")
    at = 0
    gatherings: list[Gathering] = []
    while at < len(whole):
        if len(gatherings) >= MAX_PARTS:
            raise Unreadable("fit_broken", where=f"byte {at}")
        end = _end_of_part(whole, at)
        gatherings.append(_gathered(whole[at:end], asked))
        at = end
    for gathering in gatherings:
        yield from gathering.pieces()


def _end_of_part(whole: bytes, at: int) -> int:
    """Where the FIT file that begins at ``at`` ends (several may be chained); its lengths and checksums hold."""
    header = whole[at : at + 14]
    if len(header) < 12:
        raise Unreadable("file_cut_short", where=f"byte {len(whole)}")
    size = header[0]
    if size not in _HEADERS or header[8:12] != _SIGN:
        raise Unreadable("fit_broken", where=f"byte {at}")
    end = at + size + int.from_bytes(header[4:8], "little") + 2
    if end > len(whole):
        raise Unreadable("file_cut_short", where=f"byte {len(whole)}")
    if checksum(whole[at:end]):
        raise Unreadable("checksum_wrong")
    return end


def checksum(content: bytes) -> int:
    """CRC-16 (polynomial 0x8005, reflected) as FIT uses it; 0 over content that ends with its own checksum."""
    two = _two_bytes()
    words = array("H", content[: len(content) & ~1])
    if struct.pack("=H", 1) != b"\x01\x00":
        words.byteswap()
    crc = 0
    for word in words:
        crc = two[crc ^ word]
    if len(content) & 1:
        crc = (crc >> 8) ^ _one_byte((crc ^ content[-1]) & 0xFF)
    return crc


def _one_byte(low: int) -> int:
    for _ in range(8):
        low = (low >> 1) ^ (0xA001 if low & 1 else 0)
    return low


@cache
def _two_bytes() -> array[int]:
    one = [_one_byte(low) for low in range(256)]
    return array("H", ((one[one[at & 0xFF] & 0xFF ^ at >> 8] ^ one[at & 0xFF] >> 8) for at in range(65536)))


def _gathered(part: bytes, asked: Answers) -> Gathering:
    import fitdecode

    gathering = Gathering(asked.zone)
    messages = 0
    try:
        with fitdecode.FitReader(
            io.BytesIO(part),
            check_crc=fitdecode.CrcCheck.RAISE,
            error_handling=fitdecode.ErrorHandling.RAISE,
        ) as reader:
            for frame in reader:
                if not isinstance(frame, fitdecode.FitDataMessage):
                    continue
                messages += 1
                if messages > MAX_MESSAGES:
                    raise Unreadable("too_big", limit_mb=MAX_BYTES // 1024**2)
                gathering.take(Told(frame.name, _fields(frame), messages))
    except fitdecode.FitCRCError as error:
        raise Unreadable("checksum_wrong") from error
    except fitdecode.FitEOFError as error:
        raise Unreadable("file_cut_short", where=f"byte {error.offset}") from error
    except (fitdecode.FitError, *_STUMBLES) as error:
        raise Unreadable("fit_broken", where=f"message {messages + 1}") from error
    return gathering


def _fields(frame: Any) -> dict[str, object]:
    """The fields of the profile that hold something; those of apps have names of their own choosing and are left."""
    return {
        field.name: field.value
        for field in frame.fields
        if field.value is not None and not (field.field_def is not None and field.field_def.is_dev)
    }
