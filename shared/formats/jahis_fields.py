"""The fields of a medicine notebook's records and their code tables, for reading and for writing.

Source: JAHIS 技術文書 24-104 (tables 3-9 to 3-32) by way of formats/jahis-techo.md; its own pages were not read.
"""

from __future__ import annotations

import re
from datetime import date

from shared.codes import DRUG_SYSTEMS
from shared.findings import FindingKind
from shared.formats.jahis_dates import written
from shared.formats.jahis_lines import Line, whole
from shared.medicines import Author, CodeSet, Form, NoteKind, Place, Route
from shared.medicines_schema import SHORT
from shared.personal_numbers import masked
from shared.problems import Problem, Unreadable

AUTHORS = {"1": Author.CARE_STAFF, "2": Author.PATIENT, "8": Author.OTHER, "9": Author.UNKNOWN}
SEXES = {"1": "male", "2": "female", "": ""}
# 種別 of record 2; 既往歴 is an illness that was diagnosed.
FINDINGS = {
    "1": FindingKind.ALLERGY,
    "2": FindingKind.SIDE_EFFECT,
    "3": FindingKind.DIAGNOSIS,
    "9": FindingKind.OTHER,
}
CODE_SETS = {
    "1": CodeSet.NONE,
    "2": CodeSet.RECEIPT,
    "3": CodeSet.PRICE_LIST,
    "4": CodeSet.YJ,
    "6": CodeSet.HOT,
}
# 剤形コード of record 301. 屯服 is a medicine to be swallowed when needed: what is put on or in is 外用 there.
FORMS = {
    "1": (Form.INTERNAL, Route.ORAL),
    "2": (Form.INTERNAL_DROPS, Route.ORAL),
    "3": (Form.AS_NEEDED, Route.ORAL),
    "4": (Form.INJECTION, Route.INJECTION),
    "5": (Form.EXTERNAL, Route.EXTERNAL),
    "6": (Form.DECOCTION, Route.ORAL),
    "7": (Form.DECOCTION_HOT, Route.ORAL),
    "9": (Form.MATERIAL, Route.MATERIAL),
    "10": (Form.OTHER, Route.OTHER),
}
NOTES = {
    "401": NoteKind.CAUTION,
    "411": NoteKind.INFORMATION,
    "421": NoteKind.REMAINING,
    "501": NoteKind.REMARK,
    "601": NoteKind.PATIENT,
}
# 提供情報種別 of record 411: side effect in hospital, care after leaving it, anything else.
INFORMATION = ("30", "31", "99")
# How many fields each record has; what stands behind them is told. 411 has three, but eight in the specification's
# own example 8, its author last.
WIDTHS = {
    "1": 10, "2": 3, "3": 6, "31": 5, "4": 3, "5": 2, "11": 8, "15": 3, "51": 5, "55": 3, "201": 10, "281": 3,
    "291": 3, "301": 8, "311": 3, "391": 3, "401": 2, "411": 8, "421": 2, "501": 2, "601": 2, "701": 6, "911": 3,
}  # fmt: skip

# Without any of these there is nothing to mask: a quick look before the slow one.
_NUMBERS = re.compile(r"[0-9０-９]{4}[ 　\-‐‑–−ー－]?[0-9０-９]{4}|記号|番号|枝番|マイナンバー")
NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
# Ingredients of OTC medicines: seven digits, equal to YJ's first seven. JAN: 8 or 13 digits.
COMPONENT = re.compile(r"\d{7}", re.ASCII)
JAN = re.compile(r"\d{8}|\d{13}", re.ASCII)


def needed(line: Line, index: int) -> str:
    """The text of a field that must be there."""
    text = line.field(index)
    if not text:
        raise Unreadable("jahis_line_short")
    return text


def free(line: Line, index: int) -> str:
    """A free text that must be there. Numbers that name a person (My Number, insurance) are masked."""
    return unnumbered(needed(line, index))


def unnumbered(text: str) -> str:
    """The text with such numbers masked."""
    return masked(text) if _NUMBERS.search(text) else text


def author(line: Line, index: int) -> Author:
    """作成者."""
    return AUTHORS.get(line.field(index), Author.UNKNOWN)


def rp(line: Line) -> int:
    """The RP number of a line."""
    number = whole(line.field(1))
    if number is None:
        raise Unreadable("jahis_rp_wrong", text=line.field(1))
    return number


class Doubts(list[Problem]):
    """What is odd about the line being read, though it was understood."""

    def day(self, line: Line, index: int) -> date | None:
        """A day that may be left out."""
        text = line.field(index)
        if not text:
            return None
        found = written(text)
        if found.odd is not None:
            self.append(found.odd)
        return found.on

    def code(self, *texts: str) -> None:
        """A code that is none."""
        self.append(Unreadable("jahis_line_code", text=",".join(texts)))

    def place(self, line: Line) -> Place:
        """A pharmacy (record 11) or a clinic (51), whose record ends earlier."""
        name = needed(line, 1)
        prefecture, table, code = (self._short(line, index) for index in (2, 3, 4))
        if line.fields[0] == "51":
            return Place(name, code, prefecture, table)
        return Place(name, code, prefecture, table, line.field(7), self._short(line, 5), line.field(6))

    def _short(self, line: Line, index: int) -> str:
        """A code or postal code; '' for what is too long to be one, so that the place and its visit are kept."""
        text = line.field(index)
        if len(text) > SHORT:
            self.code(text[:SHORT])
            return ""
        return text

    def coded(self, kind: str, code: str, shape: re.Pattern[str]) -> str:
        """A code whose 種別 (1 none, 2 its one system) stands beside it; '' where it cannot be one."""
        if (code and (kind != "2" or not shape.fullmatch(code))) or kind not in ("", "1", "2"):
            self.code(kind, code)
            return ""
        return code

    def drug_code(self, line: Line) -> tuple[CodeSet, str]:
        """The code of record 201 with its system; none where it cannot be one."""
        kind, code = line.field(5), line.field(6)
        code_set = CODE_SETS.get(kind or "1")
        system = DRUG_SYSTEMS.get(code_set) if code_set else None
        if code_set is None or (code and (system is None or not system.fits(code))):
            self.code(kind, code)
        elif code_set is not CodeSet.NONE and not code:
            self.append(Unreadable("jahis_code_missing"))
        elif code:
            return code_set, code
        return CodeSet.NONE, ""
