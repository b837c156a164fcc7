"""One FHIR Dosage as it was read, and where it and the supply cannot both be right.

The examples in circulation contradict themselves (seven days' supply of nine tablets, three a day): it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.formats.json_tree import Doubts, plain
from shared.medicines import Form, Route
from shared.problems import Unreadable

# Kinds of usage codes (third character) whose fourth is how many times a day.
_TIMES_A_DAY = ("1", "2", "3", "7")


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a prescription or dispensing says of amounts: the whole quantity, days and times it is for."""

    quantity: Decimal | None = None
    unit: str = ""
    days: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One Dosage. ``a_day`` and ``at_once`` with their unit; the days it is written to last, by where that stands."""

    text: str
    code: str
    more: tuple[str, ...]
    notes: tuple[str, ...]
    site: str
    form: Form | None
    route: Route | None
    at_once: Decimal | None
    a_day: Decimal | None
    unit: str
    lasts: tuple[int, ...]
    starts_on: date | None
    ends_on: date | None


def tell_contradictions(one: Instruction, given: Amounts, doubts: Doubts) -> None:
    """Tell which two places of a medicine's only Dosage and its supply contradict each other."""
    days = sorted({*one.lasts, *([] if given.days is None else [given.days])})
    if len(days) > 1:
        doubts.add(Unreadable("fhir_days_differ", name=doubts.name, days="・".join(map(str, days))))
    if not one.more:  # else it is taken on some days only, or not the same each time
        _compare_quantity(one, given, doubts)
        _compare_times(one, doubts)


def _compare_quantity(one: Instruction, given: Amounts, doubts: Doubts) -> None:
    if one.a_day is None or given.days is None or given.quantity is None or one.unit != given.unit:
        return
    if one.a_day * given.days != given.quantity:
        problem = Unreadable(
            "fhir_amount_differs",
            name=doubts.name,
            unit=one.unit,
            quantity=plain(given.quantity),
            a_day=plain(one.a_day),
            days=given.days,
        )
        doubts.add(problem)


def _compare_times(one: Instruction, doubts: Doubts) -> None:
    kind, count = one.code[2:3], one.code[3:4]
    times = int(count) if kind in _TIMES_A_DAY and count.isdigit() else 0
    if one.at_once is None or one.a_day is None or not times:
        return
    if one.at_once * times != one.a_day:
        problem = Unreadable(
            "fhir_dose_differs",
            name=doubts.name,
            unit=one.unit,
            at_once=plain(one.at_once),
            a_day=plain(one.a_day),
            times=times,
        )
        doubts.add(problem)
