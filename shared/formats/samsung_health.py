"""Samsung Health's own export: the folder as a zip, one of its CSV files, or one ``….binning_data.json``.

Facts and what is unverified: formats/wearables.md section 6 and `samsung_words`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece
from shared.formats.moments import Walls
from shared.formats.samsung_bins import MOST_BYTES, STREAMS, read_bins
from shared.formats.samsung_sheets import read_sheet
from shared.formats.samsung_words import Taking
from shared.formats.zips import Member, Zip, first_names
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable

LABEL = "Samsung Health"

_SHEET = re.compile(rb"(?:\xef\xbb\xbf)?com\.samsung\.s?health\.[\w.]{1,100},\d", re.ASCII)
_BIN = re.compile(rb'(?:\xef\xbb\xbf)?\s*\[\s*(\{[^{}]{0,2000}"start_time"\s*:\s*\d{12,14}[^{}]{0,2000}\})')
_INSIDE = re.compile(r"(?:^|/)com\.samsung\.s?health\.[\w.]+\.csv$|\.binning_data\.json$", re.ASCII)
_MOST_SHEET = 96 * 1024**2
# Files that are read before others, for what they tell of them.
_FIRST = ("sleep_stage",)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  (the contents tell enough)
    """By line 1 of a CSV, by the first bin of a JSON, by the names in a zip."""
    if head.startswith(b"PK\x03\x04"):
        return any(_INSIDE.search(each) for each in first_names(head))
    if _SHEET.match(head):
        return True
    found = _BIN.match(head)
    return found is not None and any(f'"{key}"'.encode() in found[1] for key in STREAMS)


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in the file or zip."""
    taking = Taking(Walls(asked.zone))
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise Unreadable("file_empty")
    if head.startswith(b"PK\x03\x04"):
        yield from _zipped(Zip(file), taking)
    elif _SHEET.match(head):
        yield from read_sheet(file, "", taking)
    elif head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        yield from read_bins(file.read(MOST_BYTES + 1), "", taking)
    else:
        raise Unreadable("format_unknown")
    yield from taking.end()


def _zipped(opened: Zip, taking: Taking) -> Iterator[Piece]:
    sheets, bins = [], []
    for member in opened.members:
        base = member.name.rpartition("/")[2]
        if base.endswith(".binning_data.json"):
            bins.append(member)
        elif base.startswith("com.samsung.") and base.endswith(".csv"):
            sheets.append(member)
        elif base.endswith((".json", ".csv")):
            kind = (
                member.name.rpartition("/")[2].rpartition(".")[0][-60:] if base.endswith(".csv") else "json"
            )
            taking.odd.add(kind, Invalid("type_not_yet", type=kind, count=1), member.name)
    if not sheets and not bins:
        raise Unreadable("zip_refused", why=tr("中に Samsung Health の記録がありません"))
    read_bins_of = [each for each in bins if _stream_of(each) is not None]
    taking.bins = frozenset(each.name.rpartition("/")[2] for each in read_bins_of)
    for member in sorted(sheets, key=lambda each: (not any(f in each.name for f in _FIRST), each.name)):
        yield from _guarded(opened, member, taking)
    for member in bins:
        yield from _guarded(opened, member, taking)


def _stream_of(member: Member) -> str | None:
    """The kind of bins by the folder they stand in; None for those without a word of ours."""
    return next((key for key in (*STREAMS, "hrv", "oxygen_saturation") if key in member.name), None)


def _guarded(opened: Zip, member: Member, taking: Taking) -> Iterator[Piece]:
    """One file of the zip; one that cannot be read costs itself, a damaged zip costs the whole."""
    most = _MOST_SHEET if member.name.endswith(".csv") else MOST_BYTES
    try:
        if member.size > most:
            raise Invalid("too_big", limit_mb=most // 1024**2)
        content = _content(opened, member)
        if member.name.endswith(".csv"):
            yield from read_sheet(content, member.name, taking)
        else:
            yield from read_bins(content.read(), member.name, taking)
    except Problem as problem:
        if problem.code in ("zip_refused", "sources_many"):
            raise
        taking.odd.add(member.name, problem, member.name)


def _content(opened: Zip, member: Member) -> io.BytesIO:
    """A member as a file that can be read from its beginning twice (its letters are looked at first)."""
    made, stream = io.BytesIO(), opened.open(member)
    while some := stream.read(1 << 20):
        made.write(some)
    made.seek(0)
    return made
