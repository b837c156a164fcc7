"""What a drug list looks like: the operator's downloads told apart by their headings, and read as lines.

Headings of the price list and places of the receipt master were read in real files; those of the generic names are the
names of its columns as they are spoken of, not seen in an original: every way of writing them is tried.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import islice

from shared.problems import Unreadable


class ListKind(StrEnum):
    """Which of the lists."""

    PRICE_LIST = "price_list"  # 薬価基準収載品目リスト
    RECEIPT = "receipt"  # レセ電 医薬品マスター
    GENERIC = "generic"  # 一般名処方マスタ
    ALLERGENS = "allergens"  # J-FAGY


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its code there, and what the list says. What a list does not say is empty.

    ``price_code`` and ``generic_code``: what the receipt master gives for a receipt code. ``until`` is as written.
    """

    code: str
    name: str
    ingredient: str = ""
    unit: str = ""
    maker: str = ""
    price_code: str = ""
    generic_code: str = ""
    reading: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class ReadList:
    """A file that was read. ``is_difference``: only what changed since the list before; blank then means unchanged."""

    kind: ListKind
    lines: tuple[Line, ...]
    is_difference: bool = False


# For each kind: where a member of `Line` stands, by any of these headings. Code and name tell the kind, the first that
# fits: a receipt list may carry the generic names beside its own.
HEADINGS: Mapping[ListKind, Mapping[str, tuple[str, ...]]] = {
    ListKind.PRICE_LIST: {
        "code": ("薬価基準収載医薬品コード", "price_list_code_12"),
        "name": ("品名", "product_name"),
        "ingredient": ("成分名", "ingredient_ja"),
        "unit": ("規格", "規格単位", "strength"),
        "maker": ("メーカー名", "maker"),
        "until": ("経過措置による使用期限", "transitional_until"),
    },
    ListKind.RECEIPT: {
        "code": ("receipt_code",),
        "name": ("name_ja",),
        "unit": ("unit_ja",),
        "price_code": ("price_list_code_12",),
        "generic_code": ("generic_name_code",),
        "until": ("valid_until",),
    },
    ListKind.GENERIC: {
        "code": ("一般名コード", "generic_name_code"),
        "name": ("一般名処方の標準的な記載", "generic_name_standard_ja"),
        "ingredient": ("成分名", "ingredient_ja"),
        "unit": ("規格", "strength"),
    },
    ListKind.ALLERGENS: {
        "code": ("JFAGYCODE",),
        "name": ("JPTERM",),
        "reading": ("JPKANA",),
        "unit": ("LEVEL",),
        "until": ("ENDDATE",),
    },
}
# A file without headings: places in a line of the receipt master, from nought. The reading's place is that of the
# published record layout as remembered; it is used only where half-width kana stand there.
_PLACES = {"code": 2, "name": 4, "reading": 6, "unit": 9, "until": 30, "price_code": 31, "generic_code": 36}
_LEAST_PLACES = 32
_STATES = {"0", "1", "3", "5", "9"}
# Files of all medicines have some twenty thousand lines, differences some hundreds.
_WHOLE = 5000
_HEAD_ROWS = 12
_KANA = re.compile(r"[ｦ-ﾟ\uff66-\uff9f0-9A-Z ().,\-/%･]+")
_STARS = {"", "99999999", "00000000", "0"}
Rows = Sequence[Sequence[str]]


def read_list(rows: Rows, name: str) -> ReadList:
    """The list in a table. `Unreadable` for none that is known here, or for one whose line has no code or name."""
    for number, row in enumerate(islice(rows, _HEAD_ROWS)):
        for kind, headings in HEADINGS.items():
            places = _places(row, headings)
            if places.keys() >= {"code", "name"}:
                return ReadList(kind, _lines(rows, number + 1, places, name))
    if rows and _is_receipt(rows[0]):
        return _receipt(rows, name)
    raise Unreadable("drug_list_unknown", name=name)


def _places(row: Sequence[str], headings: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    plain = [re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)) for cell in row]
    found = (
        (member, next((plain.index(name) for name in names if name in plain), -1))
        for member, names in headings.items()
    )
    return {member: place for member, place in found if place >= 0}


def _lines(rows: Rows, first: int, places: Mapping[str, int], name: str) -> tuple[Line, ...]:
    found: dict[str, Line] = {}
    for number, row in enumerate(islice(rows, first, None), first + 1):
        if not any(row):
            continue
        line = Line(**{member: row[place] if place < len(row) else "" for member, place in places.items()})
        if not line.code or not line.name:
            # Remarks stand under some tables, in one cell.
            if sum(map(bool, row)) < 3:
                continue
            raise Unreadable("drug_list_row", name=name, row=number)
        found[line.code] = line
    return tuple(found.values())


def _is_receipt(row: Sequence[str]) -> bool:
    return (
        len(row) >= _LEAST_PLACES
        and row[0] in _STATES
        and row[1] == "Y"
        and re.fullmatch(r"\d{9}", row[2], re.ASCII) is not None
    )


def _receipt(rows: Rows, name: str) -> ReadList:
    found: dict[str, Line] = {}
    for number, row in enumerate(rows, 1):
        if not any(row):
            continue
        if not _is_receipt(row):
            raise Unreadable("drug_list_row", name=name, row=number)
        told = {member: row[place] for member, place in _PLACES.items() if place < len(row)}
        if not _KANA.fullmatch(told["reading"]):
            told["reading"] = ""
        told["until"] = "" if told["until"] in _STARS else told["until"]
        found[row[2]] = Line(**told)
    whole = len(rows) > _WHOLE or all(row[0] == "0" for row in rows if any(row))
    return ReadList(ListKind.RECEIPT, tuple(found.values()), is_difference=not whole)


def overlaid(before: Sequence[Line], difference: Sequence[Line]) -> tuple[Line, ...]:
    """The list before with what a difference file changes. Its blanks keep what was there; nothing is taken away,
    because what was dispensed once keeps its code: an abolished line only has its last day."""
    found = {line.code: line for line in before}
    for line in difference:
        old = found.get(line.code)
        if old is None:
            found[line.code] = line
        else:
            told = {each.name: getattr(line, each.name) or getattr(old, each.name) for each in fields(Line)}
            found[line.code] = Line(**told)
    return tuple(found.values())
