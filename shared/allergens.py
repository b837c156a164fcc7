"""Allergens of food and of what is neither food nor medicine: the J-FAGY list, and searching it while somebody types.

Source: J-FAGY 2025-04-01 of the Japanese Association for Medical Informatics, CC0 1.0 (`drugs/jfagy.csv`, unchanged).
Its readings are searched as they stand there; a few are misspelt, so names are searched beside them. Everyday words
that the list does not have (卵, ピーナッツ, ハチ) lead to its lines by `drugs/allergen_words.csv`, which is ours.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FOR_EVER = "99999999"
# Placeholders of the list, which name nothing.
_DUMMIES = "D9"
# 「（その他）」 and 「（詳細不明）」 of a group come after what has a name.
_REST = ("98", "99")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_BLANKS = dict.fromkeys(map(ord, " ・･'’-‐()[]、,."))


@dataclass(frozen=True, slots=True)
class Allergen:
    """One line of the list: its code, its names, how deep it stands (1 is all food), whether the list calls it main.

    ``ends_on`` is the last day on which the code may be used anew; None where none is set.
    """

    code: str
    name: str
    kana: str
    english: str
    level: int
    main: bool
    ends_on: date | None


@cache
def allergens() -> tuple[Allergen, ...]:
    """The whole list in its own order, without its placeholders."""
    path = Path(__file__).parent / "drugs" / "jfagy.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            _allergen(row) for row in csv.DictReader(file) if not row["JFAGYCODE"].startswith(_DUMMIES)
        )


def allergen(code: str) -> Allergen | None:
    """The line with this code, also one that has ended: an old code still means what it meant."""
    return _by_code().get(code)


def search(text: str, on: date, limit: int = 20) -> list[Allergen]:
    """The allergens that ``text`` may mean, nearest first: in kana, kanji or English, whole, begun or inside.

    Only those whose code may be used ``on`` that day. Nothing for a text of blanks.
    """
    wanted = folded(text)
    if not wanted:
        return []
    found = [
        (rank, order)
        for order, spellings in enumerate(_spellings())
        if (rank := _rank(spellings, wanted)) is not None
    ]
    known = allergens()
    current = [
        (rank, _weight(known[order]), order)
        for rank, order in found
        if (ends := known[order].ends_on) is None or on <= ends
    ]
    return [known[order] for *_, order in sorted(current)[:limit]]


def folded(text: str) -> str:
    """``text`` as it is compared: full or half width, hiragana or katakana, capital or not make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.translate(_KATAKANA_TO_HIRAGANA).translate(_BLANKS).strip()


def _allergen(row: dict[str, str]) -> Allergen:
    ends = row["ENDDATE"]
    return Allergen(
        code=row["JFAGYCODE"],
        name=row["JPTERM"],
        kana=row["JPKANA"],
        english=row["ENTERM"],
        level=int(row["LEVEL"]),
        main=row["MAINFLAG"] == "1",
        ends_on=None if ends == _FOR_EVER else date(int(ends[:4]), int(ends[4:6]), int(ends[6:])),
    )


@cache
def _by_code() -> dict[str, Allergen]:
    return {each.code: each for each in allergens()}


@cache
def _spellings() -> tuple[tuple[str, ...], ...]:
    words = _everyday_words()
    return tuple(
        tuple(folded(name) for name in (each.name, each.kana, each.english, *words.get(each.code, ())))
        for each in allergens()
    )


def _everyday_words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    path = Path(__file__).parent / "drugs" / "allergen_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["code"], []).append(row["word"])
    return found


def _rank(spellings: tuple[str, ...], wanted: str) -> int | None:
    if wanted in spellings:
        return 0
    if any(each.startswith(wanted) for each in spellings):
        return 1
    return 2 if any(wanted in each for each in spellings) else None


def _weight(known: Allergen) -> tuple[bool, bool, int]:
    """Named before the rest of a group, main before the others, general before particular."""
    return (known.code[6:8] in _REST and known.level > 1, not known.main, known.level)
