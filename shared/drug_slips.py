"""What is one and the same: a dispensing read from two files, a prescription and its dispensing.

The rule and why it is so: `docs/decisions/0010-what-counts-as-a-duplicate.md`. When in doubt two things stay two, so
that a doubled medicine is never explained away; only what was plainly read twice becomes one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from shared.drug_ingredients import folded
from shared.drug_knowledge import Known
from shared.medicines import Dispensing, Medicine, Place, Stage, Writer, writer

# 医療機関コード; in the longer codes prefecture and 点数表 stand before the seven digits.
_PLACE_CODE = 7
# Of one dispensing read twice the words of whoever handed it out are kept.
_TRUSTED = (Writer.PHARMACY, Writer.CLINIC, Writer.PORTAL, Writer.PATIENT)
# A prescription is valid for four days, the day of issue included (療担規則 第20条).
_VALID = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Line:
    """One medicine of one slip, with what is known of it."""

    dispensing: Dispensing
    medicine: Medicine
    known: Known
    course: str

    @property
    def clinic(self) -> Place | None:
        """Who prescribed it."""
        return self.medicine.clinic or self.dispensing.clinic


def once(lines: Iterable[Line]) -> list[Line]:
    """Each medicine once, in the order they came: without what was read twice, and without filled prescriptions."""
    kept = _read_once(list(lines))
    filled = _Filled(kept)
    return [
        line for line in kept if line.dispensing.stage is not Stage.PRESCRIBED or not filled.answers(line)
    ]


def _read_once(lines: list[Line]) -> list[Line]:
    """Lines of one day and course from different slips: those that another slip tells too are left out."""
    together: defaultdict[tuple[str, date, bool], list[Line]] = defaultdict(list)
    for line in lines:
        prescribed = line.dispensing.stage is Stage.PRESCRIBED
        together[line.course, line.dispensing.dispensed_on, prescribed].append(line)
    dropped: set[int] = set()
    for same in together.values():
        if len(same) > 1:
            dropped.update(id(line) for line in _told_again(same))
    return [line for line in lines if id(line) not in dropped]


def _told_again(same: list[Line]) -> list[Line]:
    """Of lines of one day and course, those whose slip says only what another slip says already."""
    slips: dict[UUID, list[Line]] = {}
    for line in sorted(same, key=_trust):
        slips.setdefault(line.dispensing.id, []).append(line)
    kept: list[list[Line]] = []
    again: list[Line] = []
    for slip in slips.values():
        if any(_is_same_slip(slip, other) for other in kept):
            again += slip
        else:
            kept.append(slip)
    return again


def _trust(line: Line) -> tuple[bool, int, bool, bool, bool, str, str]:
    """Whom to believe: who handed it out, then who names the places and how much; in whatever order they came."""
    slip = line.dispensing
    return (
        slip.stage is Stage.STATED,
        _TRUSTED.index(writer(slip)),
        line.clinic is None,
        slip.pharmacy is None,
        not line.medicine.dose,
        str(slip.id),
        str(line.medicine.id),
    )


def _is_same_slip(slip: Sequence[Line], other: Sequence[Line]) -> bool:
    one, two = slip[0], other[0]
    if _is_her_own(one.dispensing) or _is_her_own(two.dispensing):
        return False
    if not _may_be_one(one.clinic, two.clinic):
        return False
    if not _may_be_one(one.dispensing.pharmacy, two.dispensing.pharmacy):
        return False
    return one.dispensing.origin != two.dispensing.origin or _facts(slip) == _facts(other)


def _is_her_own(slip: Dispensing) -> bool:
    """What she takes by herself comes on top, also on the day she was at the pharmacy."""
    return slip.stage is Stage.STATED and writer(slip) is Writer.PATIENT


def _facts(slip: Sequence[Line]) -> list[tuple[object, ...]]:
    return sorted(
        (
            folded(line.medicine.name),
            line.medicine.dose,
            line.medicine.usage.amount or 0,
            line.medicine.usage.text,
        )
        for line in slip
    )


class _Filled:
    """What was dispensed, to find the dispensing that answers a prescription."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._numbers: set[tuple[str, str]] = set()
        self._courses: defaultdict[str, list[Line]] = defaultdict(list)
        for line in lines:
            if line.dispensing.stage is Stage.DISPENSED:
                self._numbers |= _numbered(line)
                self._courses[line.course].append(line)

    def answers(self, prescribed: Line) -> bool:
        """The same medicine under its number; else from the same clinic (or an unknown one) while it was valid.

        What stands on a prescription and was never handed out is not answered by the rest that was.
        """
        if not self._numbers.isdisjoint(_numbered(prescribed)):
            return True
        return any(_fills(line, prescribed) for line in self._courses[prescribed.course])


def _numbered(line: Line) -> set[tuple[str, str]]:
    """Its course under each number of its slip; a generic handed out in place of a brand is of the same course."""
    slip = line.dispensing
    named = {"exchange": slip.exchange_number, "prescription": slip.prescription_id}
    return {(f"{kind} {number}", line.course) for kind, number in named.items() if number}


def _fills(dispensed: Line, prescribed: Line) -> bool:
    if not _may_be_one(dispensed.clinic, prescribed.clinic):
        return False
    issued = prescribed.dispensing.dispensed_on
    if dispensed.dispensing.prescribed_on is not None:
        return dispensed.dispensing.prescribed_on == issued
    until = prescribed.dispensing.valid_until or issued + _VALID
    return issued <= dispensed.dispensing.dispensed_on <= until


def place_code(place: Place | None) -> str:
    """The 7 digits of a place, its prefecture before them where it is known; empty without a code."""
    code = place.code if place is not None else ""
    if len(code) < _PLACE_CODE or not code.isdecimal():
        return ""
    prefecture = place.prefecture if place is not None and len(code) == _PLACE_CODE else code[:2]
    return f"{prefecture}{code[-_PLACE_CODE:]}"


def is_same_place(one: tuple[str, str], two: tuple[str, str]) -> bool:
    """Whether two places (`place_code`, name), both known, are one: by code where both have one, else by name."""
    if one[0] and two[0]:
        return one[0].endswith(two[0]) or two[0].endswith(one[0])
    return bool(one[1]) and folded(one[1]) == folded(two[1])


def _may_be_one(one: Place | None, two: Place | None) -> bool:
    if one is None or two is None:
        return True
    return is_same_place((place_code(one), one.name), (place_code(two), two.name))
