"""Mynaportal's downloads (わたしの情報, CSV): the expense notice exactly, medicines as far as they are recognised.

Source: three independent readers of the notice and a sample (formats/mynaportal.md 3.2). No real file of medicines was
ever seen: what is taken from one is told as not verified. Numbers of the insurance are never taken in, nor shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from shared.formats import Answers, Identity, Piece, Trouble
from shared.formats.myna_costs import LINES, Notice
from shared.formats.myna_medicines import Portal
from shared.formats.myna_words import day
from shared.formats.section_tree import LIMIT_MB, Section, first_cell, sections
from shared.problems import Unreadable

__all__ = ["LABEL", "ORIGIN", "read", "recognises"]

LABEL = "マイナポータル（CSV）"
ORIGIN = "mynaportal"

_TOP, _NOTICE, _WHOSE = "わたしの情報", "医療費通知情報", "資格情報"
_SEXES = {"男": "male", "男性": "male", "女": "female", "女性": "female"}
# Known, and nothing of ours.
_PASSED = frozenset({_TOP, _NOTICE, "保険者情報", "医療費明細一覧の概要"})
_MEDICINES = ("薬剤", "調剤情報", "処方情報", "お薬", "診療・薬剤")


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  the first heading alone decides
    """Whether the first cell is the heading that all of Mynaportal's downloads have."""
    return first_cell(head) == _TOP


def read(file: BinaryIO, asked: Answers) -> Iterator[Piece]:  # noqa: ARG001  it holds days, no hours: no zone
    """What the download holds, section by section; what is not ours or not recognised as `Trouble`, masked.

    Raises `Unreadable` for wrong letters, `TooBig` over the limit.
    """
    found: list[Section] = []
    for each in sections(file.read(LIMIT_MB * 1024 * 1024 + 1)):
        if isinstance(each, Trouble):
            yield each
        else:
            found.append(each)
    yield from _identity(found)
    headings = [heading for each in found for heading in (*each.above, each.heading)]
    if _NOTICE in headings or LINES in headings:
        yield from Notice(found, ORIGIN).pieces()
        yield from _left(found, Notice.HEADINGS)
    elif any(word in heading for heading in headings for word in _MEDICINES):
        yield from Portal(_others(found), ORIGIN).pieces()
    else:
        yield from _left(found, frozenset())


def _identity(found: Sequence[Section]) -> Iterator[Identity]:
    said: dict[str, str] = {}
    for section in found:
        for pair in section.pairs:
            said.setdefault(pair.key, pair.value)
    born = day(said.get("生年月日", ""))
    if said.get("氏名") or said.get("氏名カナ") or born:
        yield Identity(
            said.get("氏名", ""),
            said.get("氏名カナ", ""),
            _SEXES.get(said.get("性別", ""), ""),
            born.isoformat() if born else "",
        )


def _others(found: Sequence[Section]) -> list[Section]:
    """All sections but those that say whose the file is."""
    return [each for each in found if each.heading not in (_PASSED | {_WHOSE}) or each.heading == ""]


def _left(found: Sequence[Section], known: frozenset[str]) -> Iterator[Trouble]:
    """A section that nobody reads is told once, with its beginning."""
    for section in _others(found):
        if section.pairs and section.heading not in known:
            kept = Unreadable("myna_section", text=section.heading, count=len(section.pairs))
            yield Trouble(section.where, kept, section.pairs[0].excerpt)
