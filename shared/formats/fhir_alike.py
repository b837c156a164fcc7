"""Observations that say the same but for their moment: one is read the plain way, the others are looked up.

What is kept is what the plain way found, under the written text of everything that it looked at; so both ways find the
same, and only an Observation with its own plain moment, of which nothing else was told, is looked up at all. Of blood
pressures, which are seldom the same, the numbers are read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from shared import clock, units
from shared.formats import Found
from shared.formats.data_points import moment
from shared.formats.fhir_panels import MOST_KEPT, MOST_SAID, Panels
from shared.formats.fhir_sheaf import Resource
from shared.formats.gathered import FIRST_MS, LAST_MS, Columns
from shared.formats.json_tree import Node
from shared.formats.measured import OpenFound, OpenVital
from shared.formats.moments import Walls
from shared.ids import new_ids
from shared.kinds import KINDS
from shared.languages import tr
from shared.problems import Invalid
from shared.vitals import BloodPressure, Vital

_PRESSURE = KINDS["blood_pressure"].measures
_MOST_OFFSET_MIN = 14 * 60
_NUMBERED = "\0"
# Before what a panel says: all but its parts.
_OF_PARTS = "parts "


@dataclass(frozen=True, slots=True)
class Added:
    """A reading as it went into the columns: stream and source, value, comparator."""

    of: tuple[str, str]
    value: float
    comparator: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A vital, and what stands in its source id before and behind the moment; ``reading`` where it has another."""

    vital: Vital
    before: str
    behind: str
    reading: BloodPressure | None = None


def said_in(tree: object) -> str:
    """Everything that an Observation says but its moment; empty where it is not to be looked up."""
    if not isinstance(tree, dict) or "contained" in tree:
        return ""
    get = tree.get
    when = get("effectiveDateTime")
    if not isinstance(when, str) or "T" not in when:
        return ""
    said = repr(
        (get("code"), get("valueQuantity"), get("status"), get("device"), get("note"), get("bodySite"))
    )
    if len(said) > MOST_SAID:
        return ""
    return _OF_PARTS + said if "component" in tree else said


class Alike:
    """The Observations of one file that were read, by what they say."""

    def __init__(self, walls: Walls, columns: Columns, panels: Panels) -> None:
        self._walls = walls
        self._columns = columns
        self._panels = panels
        self._known: dict[str, _Known | Added] = {}
        self._rounded: tuple[dict[Decimal, Decimal], ...] = ({}, {}, {})
        self._ids = new_ids()
        place = tr("{number} 件目（{type}）", number=_NUMBERED, type="Observation")
        self._place = place.partition(_NUMBERED)

    def learn(self, said: str, found: Found | Added) -> None:
        """``found`` is all that came of an Observation that says this."""
        vital = None if isinstance(found, Added) else found.word
        if said.startswith(_OF_PARTS) != (
            isinstance(vital, Vital) and isinstance(vital.reading, BloodPressure)
        ):
            return
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        if isinstance(found, Added):
            self._known[said] = found
        elif isinstance(vital, Vital):
            before, mark, behind = found.source_id.partition(f"|{clock.to_ms(vital.taken_at)}|")
            self._known[said] = _Known(vital, before + mark[:1], mark[-1:] + behind)

    def again(self, said: str, resource: Resource) -> tuple[Found, ...] | None:
        """What comes of ``resource``, which says this; None where it has to be read the plain way."""
        known = self._known.get(said)
        tree = resource.node.value
        if known is None or not isinstance(tree, dict):
            return None
        try:
            start, offset = moment(tree["effectiveDateTime"], self._walls)
            if not FIRST_MS <= start <= LAST_MS or abs(offset) > _MOST_OFFSET_MIN:
                return None
            if isinstance(known, Added):
                self._columns.add(known.of, start, start, known.value, known.comparator)
                return ()
            if said.startswith(_OF_PARTS):
                known = self._pressure(known, resource.node)
        except Invalid:
            return None
        if known is None:
            return None
        return (self._found(known, (start, offset), resource.number),)

    def _pressure(self, like: _Known, node: Node) -> _Known | None:
        """With the numbers that stand in the parts; None for those that cannot be, which the plain way tells."""
        written = self._panels.pressure(node)
        pulse = written.pulse
        high, low = self._number(0, written.systolic), self._number(1, written.diastolic)
        beat = None if pulse is None else self._number(2, pulse)
        if high is None or low is None or high <= low or (pulse is not None and beat is None):
            return None
        reading = BloodPressure(high, low, beat)
        numbers = f"|{written.systolic}/{written.diastolic}/{pulse or ''}|{like.vital.device}"
        return _Known(like.vital, like.before, numbers, reading)

    def _number(self, measure: int, number: Decimal) -> Decimal | None:
        known = self._rounded[measure].get(number)
        if known is not None:
            return known
        of = _PRESSURE[measure]
        made = units.rounded(number, of.decimals)
        if of.limits.refuses(made):
            return None
        if len(self._rounded[measure]) < MOST_KEPT:
            self._rounded[measure][number] = made
        return made

    def _found(self, known: _Known, at: tuple[int, int], number: int) -> Found:
        like, start = known.vital, at[0]
        vital = OpenVital()
        vital.id = next(self._ids)
        vital.kind = like.kind
        vital.taken_at = clock.from_ms(start)
        vital.offset_min = at[1]
        vital.reading = known.reading or like.reading
        vital.note = like.note
        vital.session = like.session
        vital.meal = like.meal
        vital.device = like.device
        vital.origin = like.origin
        vital.status = like.status
        vital.__class__ = Vital
        found = OpenFound()
        found.word = vital
        found.source_id = f"{known.before}{start}{known.behind}"
        found.where = f"{self._place[0]}{number}{self._place[2]}"
        found.__class__ = Found
        return cast("Found", found)
