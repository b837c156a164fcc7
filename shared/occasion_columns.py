"""Home blood pressures as columns, and the occasions in them as numbers: for years of readings at once.

The rule of occasions is `shared.blood_pressure.occasions`; here it runs over columns, since ten years are 14,600
readings. A test holds both to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple, Protocol

from shared import clock
from shared.blood_pressure import DAY_STARTS, OCCASION_LASTS, READINGS_COUNTED, Mean, session_at
from shared.vitals import Session, Vital

_LASTS_MS = OCCASION_LASTS // timedelta(milliseconds=1)
_DAY_MINUTES = 24 * 60
_STARTS_MINUTE = DAY_STARTS.hour * 60 + DAY_STARTS.minute
_EPOCH = date(1970, 1, 1).toordinal()

Number = int | Decimal


class PressureColumns(Protocol):
    """Blood pressures as columns, oldest first: ms since 1970 UTC, local offset (min), mmHg, per minute, her label."""

    @property
    def at(self) -> Sequence[int]: ...
    @property
    def offset_min(self) -> Sequence[int]: ...
    @property
    def systolic(self) -> Sequence[Number]: ...
    @property
    def diastolic(self) -> Sequence[Number]: ...
    @property
    def pulse(self) -> Sequence[Number | None]: ...
    @property
    def session(self) -> Sequence[Session | None]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Blood pressures of a phone as columns."""

    at: list[int]
    offset_min: list[int]
    systolic: list[Number]
    diastolic: list[Number]
    pulse: list[Number | None]
    session: list[Session | None]


def columns_of(vitals: Iterable[Vital]) -> Columns:
    """Blood pressures in any order as columns; of one moment in the order of their ids."""
    found = Columns([], [], [], [], [], [])
    for vital in sorted(vitals, key=lambda vital: (vital.taken_at, vital.id)):
        found.at.append(clock.to_ms(vital.taken_at))
        found.offset_min.append(vital.offset_min)
        found.systolic.append(vital.pressure.systolic)
        found.diastolic.append(vital.pressure.diastolic)
        found.pulse.append(vital.pressure.pulse)
        found.session.append(vital.session)
    return found


class Met(NamedTuple):
    """One occasion as numbers: when it began, her day (as an ordinal), its session, the sums over its counted readings.

    ``pulses`` of the counted readings have a pulse, ``pulse`` is their sum.
    """

    at: int
    day: int
    session: Session
    systolic: Fraction
    diastolic: Fraction
    pulse: Fraction
    pulses: int
    counted: int
    readings: int

    @property
    def on(self) -> date:
        """Her day."""
        return date.fromordinal(self.day)

    @property
    def mean(self) -> Mean:
        """The mean of the counted readings."""
        pulse = self.pulse / self.pulses if self.pulses else None
        return Mean(self.systolic / self.counted, self.diastolic / self.counted, pulse)


def met(readings: PressureColumns) -> list[Met]:
    """Readings (oldest first) as occasions, oldest first: within 10 minutes of the first, the first two counted."""
    found: list[Met] = []
    at = readings.at
    begin = 0
    for place in range(1, len(at) + 1):
        if place == len(at) or at[place] > at[begin] + _LASTS_MS:
            found.append(_met(readings, begin, place))
            begin = place
    return found


def _met(readings: PressureColumns, begin: int, end: int) -> Met:
    counted = slice(begin, min(end, begin + READINGS_COUNTED))
    day, minute = divmod(readings.at[begin] // 60_000 + readings.offset_min[begin], _DAY_MINUTES)
    label = next((label for label in readings.session[begin:end] if label is not None), None)
    session = label or _session_of_minute(minute)
    # Who rises at 03:30 and says "morning" means the morning of that date, not of the day before.
    before = minute < _STARTS_MINUTE and session is not Session.MORNING
    pulses = [pulse for pulse in readings.pulse[counted] if pulse is not None]
    return Met(
        readings.at[begin],
        _EPOCH + day - before,
        session,
        Fraction(sum(readings.systolic[counted])),
        Fraction(sum(readings.diastolic[counted])),
        Fraction(sum(pulses)),
        len(pulses),
        counted.stop - begin,
        end - begin,
    )


@cache
def _session_of_minute(minute: int) -> Session:
    """Sessions begin at whole minutes, so a day has 1,440 answers."""
    return session_at(time(minute // 60, minute % 60))
