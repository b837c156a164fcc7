"""Quantities of a FHIR Observation, and the parts of a panel: a blood pressure with its pulse."""

from __future__ import annotations

from decimal import Decimal

from shared import units
from shared.formats.fhir_vital_codes import DIASTOLIC, SYSTOLIC, UNITS, measured
from shared.formats.json_tree import Node
from shared.problems import Invalid, Problem
from shared.streams import ABOVE, BELOW, EXACT
from shared.vitals import BloodPressure

_COMPARATORS = {"<": BELOW, "<=": BELOW, ">": ABOVE, ">=": ABOVE}
_PULSE = "heart_rate"
_UNIT_OF = {SYSTOLIC: "mm[Hg]", DIASTOLIC: "mm[Hg]", _PULSE: "/min"}
# A person has a few hundred different numbers; a text beyond this is no number with its name.
MOST_KEPT, MOST_SAID = 20_000, 4000

# What a part is of, and its value: none where it has no quantity, why not where that cannot be.
_Part = tuple[str, Decimal | Problem | None]


def quantity(node: Node, to: str) -> tuple[Decimal, str, int]:
    """The value in the unit ``to``, as it was written, and whether it is only a bound."""
    found = node.at("valueQuantity")
    value = found.at("value").value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Invalid("not_a_number")
    exact = units.exact(value)
    spelled = [each for each in (found.at("code").text, found.at("unit").text) if each]
    comparator = _COMPARATORS.get(found.at("comparator").text, EXACT)
    for unit in spelled:
        if unit == "回" and to != "/min":
            continue
        made = units.convert(exact, UNITS.get(unit, unit), to)
        if made is not None:
            made = exact * 100 if to == "%" and exact <= 1 else made
            return made, f"{value} {unit}", comparator
    raise Invalid("unit_unknown", unit=(spelled or [""])[0][:40])


class Panels:
    """Reads panels; the parts of one file are few and come again, so each is read once."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}

    def is_pressure(self, node: Node) -> bool:
        """Whether both numbers of a blood pressure are among the parts, whatever the panel calls itself."""
        return {SYSTOLIC, DIASTOLIC} <= {self._part(part)[0] for part in node.each("component")}

    def pressure(self, node: Node) -> BloodPressure:
        """The blood pressure in the parts, the first of each; an `Invalid` says what is wrong."""
        found: dict[str, Decimal] = {}
        for part in node.each("component"):
            name, value = self._part(part)
            if value is None or name in found:
                continue
            if isinstance(value, Problem):
                raise value
            found[name] = value
        if SYSTOLIC not in found or DIASTOLIC not in found:
            raise Invalid("pressure_alone")
        return BloodPressure(found[SYSTOLIC], found[DIASTOLIC], found.get(_PULSE))

    def _part(self, part: Node) -> _Part:
        said = repr(part.value)
        known = self._parts.get(said)
        if known is not None:
            return known
        made = _read(part)
        if len(said) <= MOST_SAID and not isinstance(made[1], Problem):
            if len(self._parts) >= MOST_KEPT:
                self._parts.clear()
            self._parts[said] = made
        return made


def _read(part: Node) -> _Part:
    name = measured(part.at("code")).removeprefix("stream:")
    if name not in _UNIT_OF or not part.at("valueQuantity"):
        return name, None
    try:
        return name, quantity(part, _UNIT_OF[name])[0]
    except Problem as problem:
        return name, problem
    except ArithmeticError:
        return name, Invalid("not_a_number")
