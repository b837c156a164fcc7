"""The words of the wire as the phone reads and writes them: JSON bodies to our words and back.

A body may have members that this app does not know (a newer app made it): they are left out when reading and carried
over when she corrects the thing, so that an old phone erases nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from mobile.seen import DaySum
from shared import clock, strict_json, units
from shared.medicines import Dispensing
from shared.medicines_schema import DispensingSchema, dispensing_from
from shared.problems import Problem
from shared.sync import Word
from shared.vitals import Vital
from shared.vitals_schema import VitalSchema, vital_from, vital_members

_VITAL_MEMBERS = frozenset(VitalSchema().fields)
_DISPENSING_MEMBERS = frozenset(DispensingSchema().fields)


def members(body: str) -> dict[str, object]:
    """The members of a body; empty when it is not a JSON object."""
    try:
        found = strict_json.loads(body.encode())
    except Problem:
        return {}
    return found if isinstance(found, dict) else {}


def vital_in(body: str) -> Vital | None:
    """The measurement that a body says; None for one that this app cannot read yet."""
    known = {name: value for name, value in members(body).items() if name in _VITAL_MEMBERS}
    try:
        return vital_from(known)
    except Problem:
        return None


def vital_body(vital: Vital, corrected: str | None = None) -> str:
    """A measurement as a body; members of the version it corrects that we do not know are carried over."""
    before = {} if corrected is None else members(corrected)
    unknown = {name: value for name, value in before.items() if name not in _VITAL_MEMBERS}
    return strict_json.dumps(_plain({**unknown, **vital_members(vital)}))


def dispensing_in(body: str) -> Dispensing | None:
    """The dispensing that a body says; None for one that this app cannot read yet."""
    known = {name: value for name, value in members(body).items() if name in _DISPENSING_MEMBERS}
    try:
        return dispensing_from(known)
    except Problem:
        return None


def day_in(body: str) -> DaySum | None:
    """A day's sum that a body says; None for one that this app cannot read yet."""
    found = members(body)
    try:
        return DaySum(
            stream=str(found["stream"]),
            day=date.fromisoformat(str(found["day"])),
            count=int(str(found.get("count", 0))),
            total=_number(found.get("total")),
            mean=_number(found.get("mean")),
            least=_number(found.get("min")),
            most=_number(found.get("max")),
            stages=_stages(found.get("stages")),
            asleep=None if found.get("asleep_minutes") is None else int(str(found["asleep_minutes"])),
        )
    except (KeyError, ValueError, Problem):
        return None


def moment_of(word: str, body: str | None) -> int | None:
    """When the thing happened, in ms UTC, for the clear column that lists are read by; None where it has no time."""
    if body is None:
        return None
    found = members(body)
    try:
        if word == Word.VITAL:
            return clock.to_ms(datetime.fromisoformat(str(found["taken_at"])))
        name = {Word.DISPENSING: "dispensed_on", Word.DAY: "day"}.get(Word(word))
        if name is None:
            return None
        return clock.to_ms(datetime.fromisoformat(f"{found[name]}T00:00:00+00:00"))
    except (KeyError, ValueError):
        return None


def _number(value: object) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str | int | float | Decimal):
        raise ValueError(value)
    return units.exact(value)


def _stages(value: object) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, dict):
        return ()
    return tuple((str(stage), int(str(minutes))) for stage, minutes in value.items())


def _plain(value: object) -> object:
    """What strict JSON read as Decimal, written again as JSON: a whole number stays whole, else a float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
