"""Lines of medicines become the dispensings they belong to: one prescription, its medicines in the order of its RPs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from shared.formats import Piece
from shared.formats.clinic_keys import found_dispensing
from shared.formats.json_tree import Doubts
from shared.medicines import Author, Dispensing, Medicine, Place, Stage
from shared.problems import Unreadable

ORIGIN = "fhir_jp"
Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """Who and where: the pharmacy with its pharmacist, the clinic with its doctor, and who wrote it."""

    pharmacy: Place | None = None
    pharmacist: str = ""
    clinic: Place | None = None
    doctor: str = ""
    department: str = ""
    author: Author = Author.UNKNOWN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a prescription: its medicines (several in a drip), and its place: RP, number in it, in the file."""

    stage: Stage
    on: date
    group: Group
    place: tuple[int, int, int]
    medicines: tuple[Medicine, ...]
    about: About
    prescription_id: str = ""
    prescribed_on: date | None = None
    valid_until: date | None = None
    refills: int | None = None


@dataclass(slots=True)
class _Slip:
    where: str
    lines: list[Line] = field(default_factory=list)


class Slips:
    """The dispensings of one file while their lines come in."""

    def __init__(self) -> None:
        self._slips: dict[Group, _Slip] = {}

    def add(self, line: Line, where: str) -> None:
        """One more line, wherever in the file its prescription began."""
        self._slips.setdefault(line.group, _Slip(where)).lines.append(line)

    def close(self) -> Iterator[Piece]:
        """Every dispensing."""
        for slip in self._slips.values():
            lines = sorted(slip.lines, key=lambda line: line.place)
            doubts = Doubts(slip.where)
            _look_for_doubles(lines, doubts)
            yield found_dispensing(_dispensing(lines), slip.where, lines[0].prescription_id)
            yield from doubts.tell()


def _dispensing(lines: list[Line]) -> Dispensing:
    """What all lines say; of what only some say (an institution), the first that says it."""
    first = lines[0]
    abouts = [line.about for line in lines]
    return Dispensing(
        id=first.medicines[0].id,
        dispensed_on=first.on,
        medicines=tuple(medicine for line in lines for medicine in line.medicines),
        pharmacy=next((each.pharmacy for each in abouts if each.pharmacy), None),
        pharmacist=next((each.pharmacist for each in abouts if each.pharmacist), ""),
        clinic=next((each.clinic for each in abouts if each.clinic), None),
        author=first.about.author,
        origin=ORIGIN,
        stage=first.stage,
        prescribed_on=next((line.prescribed_on for line in lines if line.prescribed_on), None),
        prescription_id=first.prescription_id,
        valid_until=next((line.valid_until for line in lines if line.valid_until), None),
        refills=next((line.refills for line in lines if line.refills), None),
    )


def _look_for_doubles(lines: list[Line], doubts: Doubts) -> None:
    """Two lines with the same numbers cannot both be right; both are kept, in the order of the file."""
    for one, other in pairwise(lines):
        if one.place[:2] == other.place[:2] != (0, 0):
            names = "」と「".join(line.medicines[0].name for line in (one, other))
            doubts.add(Unreadable("fhir_rp_twice", names=names, rp=one.place[0]))
