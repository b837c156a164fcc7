"""The ways in which a file of every format is damaged: cut short, a bit turned over, empty, of another kind.

What claims to be larger than it is stands in `claims`.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import cache

from shared.formats import FORMATS, Answers, DayOrder, Said, garmin_fit
from shared.formats.sheet_columns import guessed, header_key
from shared.formats.sheets import head_rows
from tests.shared.formats.read_files import ours

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
# Bits turned over in all samples of a format together; at night in each.
FLIPS = 4_000 if NIGHTLY else 200
_CUTS = 100 if NIGHTLY else 4
_SEED = 20261124
_ZIP = b"PK\x03\x04"

Files = list[tuple[str, bytes]]


@cache
def samples(of: str) -> Files:
    """Our own samples of a format, and what lies in them where that may come alone."""
    found = [(path.name, path.read_bytes()) for path in ours(of)]
    if of == "health_connect":
        inside = [(name, content) for _, zipped in found for name, content in unzipped(zipped).items()]
        found += [(name, content) for name, content in inside if name.endswith(".db")]
    return found


@cache
def answers(of: str) -> Answers:
    """What she would have said about the samples, so that no question hides what comes after it."""
    columns = {}
    if of in ("sheet", "bundle"):
        for _, content in samples("sheet"):
            header = head_rows(content)[0]
            columns[header_key(header)] = tuple(str(each) for each in guessed(header))
    return Answers(said=Said("Asia/Tokyo", DayOrder.MONTH_FIRST, columns))


def cut_short(of: str) -> Files:
    """Every sample cut at each sixteenth and at random places; what lies in a zip too."""
    return [*_each(of, _cuts), *_inside(of, _cuts)]


def bits_turned(of: str) -> Files:
    """Every sample with one bit turned over, at random places; what lies in a zip too, and FIT with its sum mended."""
    count = FLIPS if NIGHTLY else -(-FLIPS // len(samples(of)))
    found = _each(of, lambda content, pick: _flips(content, pick, count))
    if of == "garmin_fit":
        return [*found, *((f"{name}, mended", mended(content)) for name, content in found)]
    return [*found, *_inside(of, lambda content, pick: _flips(content, pick, count // 4))]


def of_other_kinds(of: str) -> Files:
    """The samples of all other formats."""
    return [
        (f"{other}/{name}", content) for other in FORMATS if other != of for name, content in samples(other)
    ]


def empty() -> Files:
    """Nothing, and what looks like nothing."""
    return [
        ("no byte", b""),
        ("one line's end", b"\n"),
        ("only an order mark", b"\xef\xbb\xbf"),
        ("only blanks", b" \r\n\t" * 1000),
        ("only zeros", bytes(4096)),
        ("an empty zip", b"PK\x05\x06" + bytes(18)),
    ]


def unzipped(content: bytes) -> dict[str, bytes]:
    """What lies in a zip, by name; nothing where it is none."""
    if not content.startswith(_ZIP):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of ``members``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def mended(content: bytes) -> bytes:
    """A FIT file whose checksums are right again, whatever stands in it."""
    if content[:1] == b"\x0e" and len(content) > 14:
        content = content[:12] + garmin_fit.checksum(content[:12]).to_bytes(2, "little") + content[14:]
    body = content[:-2]
    return body + garmin_fit.checksum(body).to_bytes(2, "little")


_Damaging = Callable[[bytes, random.Random], Iterator[tuple[str, bytes]]]


def _each(of: str, damaging: _Damaging) -> Files:
    pick = random.Random(_SEED)
    return [
        (f"{name} {how}", damaged)
        for name, content in samples(of)
        for how, damaged in damaging(content, pick)
    ]


def _inside(of: str, damaging: _Damaging) -> Files:
    """Whole zips in which one member is damaged."""
    pick = random.Random(_SEED)
    return [
        (f"{name}: {member} {how}", zipped({**members, member: damaged}))
        for name, content in samples(of)
        if (members := unzipped(content))
        for member, inner in members.items()
        for how, damaged in damaging(inner, pick)
    ]


def _cuts(content: bytes, pick: random.Random) -> Iterator[tuple[str, bytes]]:
    places = {len(content) * part // 16 for part in range(1, 16)} | {1, len(content) - 1}
    places |= {pick.randrange(1, max(2, len(content))) for _ in range(_CUTS)}
    for at in sorted(places):
        if 0 < at < len(content):
            yield f"cut at {at}", content[:at]


def _flips(content: bytes, pick: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    for _ in range(count):
        if content:
            at, bit = pick.randrange(len(content)), pick.randrange(8)
            yield f"bit {bit} of byte {at}", flipped(content, at, bit)


def flipped(content: bytes, at: int, bit: int) -> bytes:
    """``content`` with one bit turned over."""
    changed = bytearray(content)
    changed[at] ^= 1 << bit
    return bytes(changed)
