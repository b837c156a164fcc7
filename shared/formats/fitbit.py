"""Fitbit and Google Health as Google Takeout gives them: the zip with hundreds of files, or any one of the files.

Facts: formats/wearables.md sections 1.1 and 5; names and columns of the newer files as public programs read them
(no file of a Japanese account was at hand). In a zip the newer CSV files are read first, and what they tell is not
taken once more from the legacy JSON. The zone is asked for only where a file with wall times is there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from shared.formats import Answers, Piece
from shared.formats.fitbit_fitness import uptakes
from shared.formats.fitbit_json import (
    MOST_BYTES,
    Reader,
    exercises,
    heart_rates,
    nights,
    parsed,
    resting,
    totals,
    weights,
)
from shared.formats.fitbit_left_out import lines_of, reason
from shared.formats.fitbit_sheets import has_word, is_ours, read_sheet, wants_zone
from shared.formats.fitbit_words import ORIGIN, Taking
from shared.formats.moments import Walls
from shared.formats.sheets import folded, head_rows
from shared.formats.zips import Member, Zip, first_names
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable

LABEL = "Fitbit（Google Takeout）"

_FOLDER = re.compile(r"(?:^|/)(?:Fitbit|Google Health|[^/]*_GoogleData|Global Export Data)/")
_LEGACY = re.compile(
    r"(?:^|/)(?:heart_rate|steps|sleep|resting_heart_rate|exercise)-[\d-]{1,12}\.json$", re.ASCII
)
_KEYED = re.compile(rb'\s*\[\s*\{\s*"(dateTime|logId)"\s*:')
_TIMED = re.compile(rb'"dateTime"\s*:\s*"\d\d/\d\d/\d\d \d\d:\d\d:\d\d"')
_LOGGED = re.compile(rb'"(?:dateOfSleep|weight|activityName)"\s*:')
_LOCAL_TIME = re.compile(rb'"(?:startTime|date)"\s*:\s*"([^"]{8,30})"')
# Names of the legacy files, before their date, and who reads them; their first entry tells most of them too.
_READERS: dict[str, Reader] = {
    "heart_rate": heart_rates,
    "resting_heart_rate": resting,
    "steps": totals("steps", 1),
    "distance": totals("distance", 0.01),
    "sleep": nights,
    "weight": weights,
    "exercise": exercises,
    "demographic_vo2_max": uptakes,
}
_LOCAL = ("sleep", "weight")
# What stands before the date or number in the name of a file; some names have a number of their own ("vo2").
_DATED = re.compile(r"[-_ ]+\d|[-_ ]*\(")
# A day of any sheet has a few MB; more is no Takeout.
_MOST_SHEET = 64 * 1024**2
_HEAD = 4096


def recognises(head: bytes, name: str) -> bool:
    """By folders in the zip, by the first entry of a JSON, by the columns of a CSV.

    A Takeout that begins with other files shows only ``Takeout/``; then the name of the zip must say so too.
    """
    if head.startswith(b"PK\x03\x04"):
        names = first_names(head)
        if any(_FOLDER.search(each) or _LEGACY.search(each) for each in names):
            return True
        return name.casefold().startswith("takeout-") and any(each.startswith("Takeout/") for each in names)
    head = head.removeprefix(b"\xef\xbb\xbf")
    keyed = _KEYED.match(head)
    if keyed is not None:
        return bool((_TIMED if keyed[1] == b"dateTime" else _LOGGED).search(head))
    rows = head_rows(head)
    return bool(rows) and is_ours(rows[0])


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:
    """Everything in the file or zip; its zone is asked for before anything is given."""
    taking = Taking(Walls(asked.zone))
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise Unreadable("file_empty")
    if head.startswith(b"PK\x03\x04"):
        yield from _Takeout(Zip(file), taking, asked).pieces()
        return
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        yield from _legacy_file(file.read(MOST_BYTES + 1), taking, asked)
    else:
        rows = head_rows(head)
        if not rows or not is_ours(rows[0]):
            raise Unreadable("format_unknown")
        if wants_zone(rows[0], ""):
            taking.walls = Walls(asked.zone_of(ORIGIN, [row[0] for row in rows[1:6] if row]))
        yield from read_sheet(file, "", taking)
    yield from taking.end()


def _legacy_file(raw: bytes, taking: Taking, asked: Answers) -> Iterator[Piece]:
    """A legacy file without its name: the first entry tells what it is, unless it holds only bare numbers."""
    entries = parsed(raw, "")
    stem = _stem_by_content(entries)
    if stem is None:
        raise Unreadable("fitbit_number_unnamed")
    if stem in _LOCAL:
        taking.walls = Walls(asked.zone_of(ORIGIN, _samples(raw)))
    yield from _READERS[stem](entries, "", taking)


def _stem_by_content(entries: list[object]) -> str | None:
    first = next((each for each in entries if isinstance(each, dict)), {})
    value = first.get("value")
    if isinstance(value, dict):
        of = {"bpm": "heart_rate", "error": "resting_heart_rate", "demographicVO2Max": "demographic_vo2_max"}
        return next((stem for key, stem in of.items() if key in value), None)
    for key, stem in (("levels", "sleep"), ("weight", "weight"), ("activityName", "exercise")):
        if key in first:
            return stem
    return None


def _samples(raw: bytes) -> list[str]:
    """The first wall times of a legacy file, as they stand."""
    return [each.decode("ascii", "replace") for each in _LOCAL_TIME.findall(raw[: 1 << 16])[:5]]


def _is_about_others(base: str) -> bool:
    """Whether a file only says what the others are, as Google puts them beside each."""
    name = base.casefold()
    return name.endswith((".html", ".md")) or (name.endswith(".txt") and "readme" in name)


@dataclass(slots=True)
class _Takeout:
    """A zip of many files."""

    zip: Zip
    taking: Taking
    asked: Answers

    def pieces(self) -> Iterator[Piece]:
        """The newer files, then the legacy ones, then what was left unread."""
        sheets, legacy = [], []
        for member in self.zip.members:
            base = member.name.rpartition("/")[2]
            if base.endswith(".json") and self._stem(base) in _READERS:
                legacy.append(member)
            elif base.casefold().endswith(".csv"):
                sheets.append(member)
            elif not _is_about_others(base):
                self._unread(member)
        sheets = [each for each in sheets if self._has_word(each)]
        if not sheets and not legacy:
            raise Unreadable("zip_refused", why=tr("中に Fitbit の記録がありません"))
        samples = self._wall_times(sheets, legacy)
        if samples:
            self.taking.walls = Walls(self.asked.zone_of(ORIGIN, samples))
        # Stages before sleeps as a whole, so that it is known which sleeps have stages.
        for member in sorted(sheets, key=lambda each: ("UserSleepStages" not in each.name, each.name)):
            yield from self._sheet(member)
        for member in legacy:
            yield from self._legacy(member)
        yield from self.taking.end()

    def _stem(self, base: str) -> str:
        return re.sub(r"\.(?:csv|json)$", "", _DATED.split(base, maxsplit=1)[0]) or base

    def _unread(self, member: Member) -> None:
        """Tell of a file: how many lines it has where it is known why they are left out, else that it is there."""
        stem = self._stem(member.name.rpartition("/")[2])
        why = reason(stem)
        if why is None or member.size > _MOST_SHEET:
            self.taking.odd.add(stem, Invalid("type_not_yet", type=stem, count=1), member.name)
            return
        lines = lines_of(self.zip.open(member), member.name)
        self.taking.odd.count(stem, Invalid(why, type=stem, count=lines), member.name, lines)

    def _header(self, member: Member) -> list[list[str]]:
        return head_rows(self.zip.open(member).read(_HEAD))

    def _has_word(self, member: Member) -> bool:
        """Whether a sheet is one of ours; one that is only a header, or says "no data", is no loss."""
        rows = self._header(member)
        if rows and has_word(rows[0], member.name):
            return True
        if member.size > _HEAD or lines_of(self.zip.open(member), member.name):
            self._unread(member)
        return False

    def _wall_times(self, sheets: list[Member], legacy: list[Member]) -> list[str]:
        """The first wall times in the zip; none where all is in UTC."""
        for member in legacy:
            if self._stem(member.name.rpartition("/")[2]) in _LOCAL:
                found = _samples(self.zip.open(member).read(1 << 16))
                if found:
                    return found
        for member in sheets:
            rows = self._header(member)
            if wants_zone(rows[0], member.name) and len(rows) > 1:
                at = [folded(each) for each in rows[0]].index(
                    "sleep_start" if "sleep_start" in rows[0] else "timestamp"
                )
                return [row[at] for row in rows[1:6] if len(row) > at]
        return []

    def _sheet(self, member: Member) -> Iterator[Piece]:
        try:
            content = self._content(member, _MOST_SHEET)
            yield from read_sheet(io.BytesIO(content), member.name, self.taking)
        except Problem as problem:
            self._refused(member, problem)

    def _legacy(self, member: Member) -> Iterator[Piece]:
        try:
            entries = parsed(self._content(member, MOST_BYTES), member.name)
        except Problem as problem:
            self._refused(member, problem)
            return
        yield from _READERS[self._stem(member.name.rpartition("/")[2])](entries, member.name, self.taking)

    def _content(self, member: Member, most: int) -> bytes:
        if member.size > most:
            raise Invalid("too_big", limit_mb=most // 1024**2)
        stream, parts = self.zip.open(member), []
        while some := stream.read(1 << 20):
            parts.append(some)
        return b"".join(parts)

    def _refused(self, member: Member, problem: Problem) -> None:
        """A file that cannot be read costs itself; a zip whose bytes are damaged costs the whole."""
        if problem.code in ("zip_refused", "sources_many"):
            raise problem
        self.taking.odd.add(member.name, problem, member.name)
