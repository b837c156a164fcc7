"""Apple Health exports (``export.zip``, 書き出したデータ.zip, or the XML in it): vitals, streams and what is left over.

Layout and traps: formats/wearables.md section 2. Read are `Record` and `Correlation` elements of the types that
have a word of ours, workouts, the totals of activity summaries, the beats of a variability, and the electrocardiograms
beside the XML; every other type is told once, with its count and first place. Goals and routes are not read.
The written offset is the one of the day of export: moments are right, the local day comes from metadata or from the
person's zone.
Values of rows are rounded to the decimals of their kind; the source id keeps them as written.
A "%" of at most 1 is Apple's fraction and is multiplied by 100 (oxygen, body fat).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import BinaryIO

from shared.formats import HEAD_BYTES, Answers, Piece, Trouble, apple_ecg
from shared.formats.apple_gather import Gathering
from shared.formats.apple_scan import read_quickly
from shared.formats.apple_split import Cuts
from shared.formats.apple_words import zone_named
from shared.formats.apple_xml import Source
from shared.formats.zips import Member, Zip, first_names
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable

LABEL = "Apple ヘルスケア"

_ROOT = re.compile(r"<(?:!DOCTYPE[ \t\r\n]+)?HealthData[ \t\r\n/>\[]")
_INSIDE = re.compile(
    r"(?:apple_health_export/.*|(?:.*/)?(?:export|書き出したデータ)\.xml|workout-routes/route_.*\.gpx)"
)
# What else an export holds, as a phone or a computer packs it; a zip with other things is somebody's own.
_BESIDE = re.compile(
    r"(?:.*/)?(?:export_cda\.xml|(?:workout-routes|electrocardiograms|clinical-records)/.*|\.DS_Store)|__MACOSX/.*"
)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """By the root element or the DTD that names it; in a zip by the names of its first members, all of them its own."""
    if head.startswith(b"PK\x03\x04"):
        names = first_names(head)
        ours = [_INSIDE.fullmatch(inside) is not None for inside in names]
        return any(ours) and all(
            known or inside.endswith("/") or _BESIDE.fullmatch(inside)
            for known, inside in zip(ours, names, strict=True)
        )
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    return text.startswith("<") and _ROOT.search(text) is not None


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in the export, streaming. An `Unreadable` at any point means that nothing of it can be trusted."""
    source, after = _opened(file, asked)
    yield from read_quickly(source, Gathering(asked.zone))
    yield from after


def split(file: BinaryIO, asked: Answers) -> tuple[Cuts, Iterator[Piece]]:
    """The export in stretches that several may read at once; and what is beside it, for when they are done.

    `Odd` for what is left to `read`.
    """
    source, after = _opened(file, asked)
    return Cuts(source, asked.zone), after


def _opened(file: BinaryIO, asked: Answers) -> tuple[Source, Iterator[Piece]]:
    """The XML, and what else is in its zip, which is read when it is asked for."""
    if zone_named(asked.zone) is None:
        raise Invalid("invalid_fields", field="zone")
    file.seek(0)
    zipped = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    if not zipped:
        return file, iter(())
    opened = Zip(file)
    export = _export_of(opened)
    return opened.open(export), _beside(opened, export, asked.zone)


def _beside(opened: Zip, export: Member, zone: str) -> Iterator[Piece]:
    recordings = [member for member in opened.members if _is_recording(opened, member)]
    for member in recordings:
        yield _recording(opened, member, zone)
    yield from _left_over(opened, {export, *recordings})


def _is_recording(opened: Zip, member: Member) -> bool:
    """Whether a member is an electrocardiogram; its folder may have another name on a phone in another language."""
    if not member.name.lower().endswith(".csv") or member.name.startswith("__MACOSX/"):
        return False
    return apple_ecg.recognises(opened.open(member).read(HEAD_BYTES), member.name)


def _recording(opened: Zip, member: Member, zone: str) -> Piece:
    """One electrocardiogram; one that cannot be read does not lose the others."""
    try:
        found = apple_ecg.recording(opened.open(member), zone)
    except Problem as problem:
        return Trouble(member.name, problem)
    return replace(found, where=member.name)


def _export_of(opened: Zip) -> Member:
    """The largest XML that is not the clinical document: its name depends on the phone's language."""
    candidates = [
        member
        for member in opened.members
        if member.name.lower().endswith(".xml")
        and not member.name.startswith("__MACOSX/")
        and not member.name.rpartition("/")[2].lower().startswith("export_cda")
    ]
    if not candidates:
        raise Unreadable("zip_refused", why=tr("中に書き出しの XML がありません"))
    return max(candidates, key=lambda member: member.size)


def _left_over(opened: Zip, read: Container[Member]) -> Iterator[Trouble]:
    """The other files of the zip (routes, clinical records), one `Trouble` a folder.

    The clinical document says again what the export says: it is no trouble.
    """
    others = [
        member.name.removeprefix("apple_health_export/")
        for member in opened.members
        if member not in read
        and not member.name.startswith("__MACOSX/")
        and not member.name.rpartition("/")[2].lower().startswith("export_cda")
    ]
    folders = Counter(name.partition("/")[0] + "/" if "/" in name else name for name in others)
    for folder, count in folders.items():
        yield Trouble(folder, Invalid("type_not_yet", type=folder, count=count))
