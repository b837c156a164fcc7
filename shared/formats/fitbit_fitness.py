"""The maximal oxygen uptake that a Fitbit estimates from the person's figures and resting heart rate, once for a day.

The legacy files have it twice, as estimated and smoothed over days ("filtered"); the newer ones have one number. The
one as estimated is taken from both (unverified: no two files of one account were seen side by side).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from shared import clock, units
from shared.formats import Piece
from shared.formats.fitbit_json import told
from shared.formats.fitbit_words import ORIGIN, SOURCE, Taking, day_ms, us_day
from shared.formats.gathered import checked
from shared.formats.moments import DAY_MS
from shared.formats.piles import unverified
from shared.ids import new_id
from shared.languages import tr
from shared.problems import Invalid, Problem
from shared.vitals import Vital

KIND = "vo2_max"


def uptakes(entries: list[Any], name: str, taking: Taking) -> Iterator[Piece]:
    """Each day's estimate, at the beginning of that local day."""
    for each in entries:
        try:
            day = us_day(each["dateTime"][:8])
            if taking.covered.has_day(KIND, day_ms(day) // DAY_MS):
                taking.odd.add(KIND, Invalid("readings_told_twice", type="", count=0), name)
                continue
            yield _uptake(day, _estimate(each["value"]), name, taking)
        except Problem as problem:
            taking.odd.add(KIND, problem, name, told(each))
        except (KeyError, TypeError, IndexError, AttributeError, ArithmeticError):
            taking.odd.add(KIND, Invalid("value_odd", name=name), name, told(each))


def _estimate(value: dict[str, Any]) -> Decimal:
    number = value["demographicVO2Max"]
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Invalid("not_a_number")
    return units.exact(number)


def _uptake(day: date, value: Decimal, name: str, taking: Taking) -> Piece:
    start, _ = taking.home.day(day.year, day.month, day.day)
    without_time(taking, name)
    vital = Vital(
        new_id(),
        KIND,
        clock.from_ms(start),
        taking.home.offset_min(start),
        value,
        device=SOURCE,
        origin=ORIGIN,
    )
    return checked(vital, f"fitbit|{KIND}|{day}|{value}|{SOURCE}"[:200], name)


def without_time(taking: Taking, where: str) -> None:
    """Say that a day's estimate stands at the beginning of its day."""
    taking.odd.add(KIND, unverified(tr("最大酸素摂取量を、その日の初めの時刻として読みました")), where)
