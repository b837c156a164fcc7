"""Withings (Health Mate) export: a zip of CSV files, or one of its tables alone.

The files have English names whatever language the account speaks; the headers do not, so a file is known by its name,
its columns by their place and their unit in the header. Layouts: formats/wearables.md section 8. Times of scales and
cuffs are what the wall clock showed; those of trackers carry their offset.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from shared.formats import Answers, Piece, Trouble
from shared.formats.moments import Walls
from shared.formats.sheets import head_rows
from shared.formats.withings_raw import RAW, read_raw
from shared.formats.withings_tables import TABLES, WALL_TABLES, Table, first_times
from shared.formats.zips import Member, Zip, first_names
from shared.problems import Invalid, Problem, Unreadable

LABEL = "Withings"

# The tables have some hundred kB, the largest track some ten MB; a cap of ours.
MAX_TABLE = 64 * 1024**2
_NAMES = re.compile(
    r"(?:[^/]+/)?(?:aggregates_(?:steps|distance|elevation|calories_earned|calories_passive|manual_spo2)"
    r"|raw_(?:tracker|hr|bed|sleep-monitor|spo2)_[\w-]+|manual_spo2|activities|weight|bp|height|sleep|signal)\.csv"
)
_TRACK = re.compile(rb'(?:\xef\xbb\xbf)?"?start"?,"?duration"?,"?value"?\r?\n"?\d{4}-\d\d-\d\dT[^,]*,"?\[')
_WALL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?")
_MASS = re.compile(r"\((?:kg|lb|st)\)")
_LENGTH = re.compile(r"\((?:m|ft|in)\)")
_PULSE_WORDS = re.compile(r"heart|herz|card|puls|心拍|脈拍|frequen", re.IGNORECASE)


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  names inside the zip, or the table itself
    """By the names of a zip's first files; a table alone by its header and the writing of its times."""
    if head.startswith(b"PK\x03\x04"):
        return any(_NAMES.fullmatch(inside) for inside in first_names(head))
    if _TRACK.match(head):
        return True
    start = head[:120]
    return b"," in start and _table_of(head) is not None


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in the export. A `Question` for the zone of wall times, an `Unreadable` where it is no such export."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        yield from _zip(Zip(file), asked)
        return
    if not head:
        raise Unreadable("file_empty")
    if _TRACK.match(head):
        # Steps, heart rates and distances look alike: only the name of the file says which.
        raise Unreadable("withings_whole")
    table = _table_of(head)
    if table is None:
        raise Unreadable("format_unknown")
    samples = first_times(file) if table in WALL_TABLES else []
    zone = asked.zone_of("withings", samples) if samples else asked.zone
    yield from Table(table, Walls(zone)).read(file)


def _zip(opened: Zip, asked: Answers) -> Iterator[Piece]:
    tables = [(_name(member), member) for member in opened.members if not member.name.startswith("__MACOSX/")]
    walls = Walls(_zone(opened, tables, asked))
    for name, member in tables:
        try:
            if name in RAW:
                yield from read_raw(name, opened.open(member))
            elif name in TABLES:
                yield from Table(name, walls).read(_whole(opened, member))
            elif member.name.lower().endswith(".csv") and name not in ("user", "account"):
                yield Trouble(member.name[:100], Invalid("type_not_yet", type=name[:60], count=1))
        except Unreadable as problem:
            if problem.code in ("zip_refused", "sources_many"):
                raise
            if problem.code != "file_empty":
                yield Trouble(member.name[:100], problem)


def _zone(opened: Zip, tables: list[tuple[str, Member]], asked: Answers) -> str:
    samples: list[str] = []
    for name, member in tables:
        if name in WALL_TABLES and member.size:
            try:
                samples += first_times(_whole(opened, member))
            except Problem:
                continue
    return asked.zone_of("withings", samples[:5]) if samples else asked.zone


def _name(member: Member) -> str:
    return member.name.rpartition("/")[2].removesuffix(".csv")


def _whole(opened: Zip, member: Member) -> BinaryIO:
    if member.size > MAX_TABLE:
        raise Unreadable("too_big", limit_mb=MAX_TABLE // 1024**2)
    stream = opened.open(member)
    whole = io.BytesIO()
    while more := stream.read(1 << 20):
        whole.write(more)
    whole.seek(0)
    return whole


def _are_masses(header: list[str]) -> bool:
    return len(header) >= 6 and all(_MASS.search(cell) for cell in header[1:6])


def _table_of(head: bytes) -> str | None:
    """Which table alone this is; only those whose header says it beyond doubt."""
    rows = head_rows(head)
    if len(rows) < 2:
        # Nothing was weighed yet; five columns of masses are the scale's.
        return "weight" if rows and _are_masses(rows[0]) else None
    header, first = rows[0], rows[1]
    if not first or not _WALL.fullmatch(first[0]) or len(header) != len(first):
        return None
    if _are_masses(header):
        return "weight"
    if (
        len(header) == 5
        and _PULSE_WORDS.search(header[1])
        and "yst" in header[2].lower().replace("ísto", "ysto")
    ):
        return "bp"
    if len(header) == 3 and _LENGTH.search(header[1]):
        return "height"
    return None
