"""Electrocardiograms of an Apple Watch: the CSV files of an export (``electrocardiograms/*.csv``), one recording each.

About twelve lines say what it is, then one sample a line in µV (formats/wearables.md section 2). The names of the lines
and of the classifications depend on the phone's language; those of a Japanese phone were not seen, so a recording is
known by what its lines hold: a time with an offset, so many hertz, µV. The name and birth date in it are left out: the
export beside it says whose it is.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from operator import mul
from typing import BinaryIO, Protocol

from shared import clock
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.electrocardiograms_schema import MOST_HERTZ, MOST_SAMPLES, NAME_LENGTH, SYMPTOMS_LENGTH
from shared.formats import Answers, Found, Piece
from shared.formats.calendars import zone_named
from shared.formats.gathered import FIRST_MS, LAST_MS, recorded
from shared.ids import new_id
from shared.problems import Invalid, Unreadable
from shared.schema import UNSHOWABLE

LABEL = "Apple Watch の心電図"
# A recording of 30 seconds is 130 kB.
MAX_BYTES = 8 * 1024 * 1024

_HEAD_LINES = 40
_WHEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ?([+-][0-9]{2}):?([0-9]{2})")
_HERTZ = re.compile(r"([0-9]{1,5}(?:[.,][0-9]{1,6})?) ?(?:hertz|hz|ヘルツ|赫兹)", re.IGNORECASE)
_MICRO = ("µv", "μv")
# µV; six digits before the point are more than any heart gives, and fit into 32 bits of nV.
_SAMPLE = r'"?-?[0-9]{1,6}(?:[.,][0-9]{1,12})?"?'
_NUMBER = re.compile(r"[-+]?[0-9.,]+(?:[eE][-+]?[0-9]+)?")
_FIRST_SAMPLE = re.compile(rf"^{_SAMPLE}[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(rf"(?:{_SAMPLE}[ \t]*)?\r?".encode())
_ONE_DIGIT = bytes.maketrans(b"123456789", b"000000000")
_SAMPLES = re.compile(rf"(?:{_SAMPLE}[ \t]*(?:\r?\n|\Z)|\r?\n)*+")
_HEAD = re.compile(rb"hertz|\bHz|\xe3\x83\x98\xe3\x83\xab\xe3\x83\x84", re.IGNORECASE)

# English as Apple writes it; the Japanese words are unverified.
_CLASSIFIED: dict[str, Classified] = {
    "sinus rhythm": Classified.SINUS_RHYTHM,
    "洞調律": Classified.SINUS_RHYTHM,
    "atrial fibrillation": Classified.ATRIAL_FIBRILLATION,
    "心房細動": Classified.ATRIAL_FIBRILLATION,
    "low heart rate": Classified.LOW_HEART_RATE,
    "低心拍数": Classified.LOW_HEART_RATE,
    "high heart rate": Classified.HIGH_HEART_RATE,
    "高心拍数": Classified.HIGH_HEART_RATE,
    "inconclusive": Classified.INCONCLUSIVE,
    "判定不能": Classified.INCONCLUSIVE,
    "poor recording": Classified.POOR_RECORDING,
    "記録不良": Classified.POOR_RECORDING,
}
_LABELS = {"classification": "named", "分類": "named", "symptoms": "symptoms", "症状": "symptoms"}
_LABELS |= {"device": "device", "デバイス": "device", "lead": "lead", "誘導": "lead"}


class Source(Protocol):
    """Where bytes come from: a file, or a member of a zip."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """A few short lines with a rate in hertz and µV, and lines of one number after them."""
    if head.startswith((b"PK", b"<", b"{", b"[")) or b"\0" in head:
        return False
    text = head.decode("utf-8", "replace").casefold()
    return _HEAD.search(head) is not None and any(each in text for each in _MICRO)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """The one recording of the file. `Unreadable` where it is cut short or holds what is no sample."""
    file.seek(0)
    yield recording(file, asked.zone)


def recording(source: Source, zone: str) -> Found:
    """The recording that ``source`` holds. ``zone``: the person's own; the file may have the offset of the export."""
    text = _text(_whole(source))
    first = _FIRST_SAMPLE.search(text)
    if first is None:
        raise Unreadable("file_cut_short", where=str(text.count("\n")))
    told: dict[str, str] = {}
    head = text[: first.start()]
    if head.count("\n") > _HEAD_LINES:
        raise Unreadable("format_unknown")
    try:
        rows = list(csv.reader(head.splitlines(), delimiter=";" if ";" in head else ","))
    except csv.Error as error:
        raise Unreadable("format_unknown") from error
    for row in rows:
        _head([cell.strip() for cell in row if cell.strip()], told)
    return _made(told, _samples(text, first.start()), zone)


def _whole(source: Source) -> bytes:
    raw = source.read(MAX_BYTES + 1)
    while len(raw) <= MAX_BYTES and (more := source.read(MAX_BYTES)):
        raw += more
    if len(raw) > MAX_BYTES:
        raise Unreadable("too_big", limit_mb=MAX_BYTES // 1024**2)
    return raw


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding_wrong", where="0")


def _samples(text: str, at: int) -> array[int]:
    """The samples from the character ``at`` on, one a line, in nV; `Unreadable` for anything else among them."""
    body = text[at:].encode()
    # All digits taken for one, the lines of a recording have some twenty shapes: each is asked about once.
    lines = body.removesuffix(b"\n").translate(_ONE_DIGIT).split(b"\n")
    shapes = set(lines)
    if body.endswith(b"\r") or not all(map(_LINE.fullmatch, shapes)):
        broken = _SAMPLES.match(text, at)
        line = text.count("\n", 0, broken.end() if broken else at) + 1
        raise Unreadable("table_broken", where=str(line))
    if len(lines) > MOST_SAMPLES and len(body.split()) > MOST_SAMPLES:
        raise Unreadable("too_big", limit_mb=MAX_BYTES // 1024**2)
    factors = {shape: _factor(shape) for shape in shapes}
    if all(factors.values()):
        digits = body.translate(None, b'.,"').decode().split()
        return array("i", map(mul, map(int, digits), map(factors.__getitem__, lines)))
    numbers = body.replace(b'"', b"").replace(b",", b".").split()
    return array("i", [round(sample * 1000) for sample in map(float, numbers)])


def _factor(shape: bytes) -> int:
    """What makes nV of the digits of a sample written so; 0 for one with parts of a nV, and for an empty line."""
    number = shape.strip(b'"\t\r ').replace(b",", b".")
    decimals = len(number.partition(b".")[2])
    return 10 ** (3 - decimals) if number and decimals <= 3 else 0


def _head(filled: list[str], told: dict[str, str]) -> None:
    """One line before the samples: known by its label, or by what it holds."""
    if not filled:
        return
    if len(filled) == 1 and _NUMBER.fullmatch(filled[0]):  # a sample that no heart gives
        raise Unreadable("table_broken", where=filled[0][:20])
    label, value = filled[0].rstrip(":").casefold(), ", ".join(filled[1:])
    if label in _LABELS:
        told.setdefault(_LABELS[label], UNSHOWABLE.sub(" ", value))
    for cell in filled[1:]:
        if found := _WHEN.fullmatch(cell):
            told.setdefault("when", "{}T{}{}:{}".format(*found.groups()))
        elif found := _HERTZ.fullmatch(cell):
            told.setdefault("hertz", found[1].replace(",", "."))
        elif cell.casefold() in _MICRO:
            told.setdefault("unit", cell)


def _made(told: dict[str, str], samples: array[int], zone: str) -> Found:
    if "when" not in told or "hertz" not in told or "unit" not in told:
        raise Unreadable("format_unknown")
    try:
        taken_at = datetime.fromisoformat(told["when"]).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("time_impossible", when=told["when"]) from error
    if not FIRST_MS <= clock.to_ms(taken_at) <= LAST_MS:
        raise Invalid("time_impossible", when=told["when"])
    hertz = Decimal(told["hertz"])
    if not 0 < hertz <= MOST_HERTZ:
        raise Unreadable("table_broken", where=f"{hertz} Hz")
    local = taken_at.astimezone(zone_named(zone)).utcoffset()
    assert local is not None
    named = told.get("named", "")
    device = told.get("device", "") or "Apple Watch"
    made = Electrocardiogram(
        new_id(),
        taken_at,
        int(local.total_seconds()) // 60,
        _CLASSIFIED.get(named.casefold(), Classified.UNKNOWN),
        hertz,
        samples,
        named[:NAME_LENGTH],
        told.get("symptoms", "")[:SYMPTOMS_LENGTH],
        None,
        told.get("lead", "")[:NAME_LENGTH],
        device[:NAME_LENGTH],
        "apple_health",
    )
    return recorded(made, f"ecg|{clock.to_ms(taken_at)}|{len(samples)}|{sum(samples)}", "CSV")
