"""What is made of a device's words for the record: measurements with their time and status, or readings of a stream.

A device's clock knows no zone and is often wrong. Its own present time, read before we set it, tells by how much: then
the time is moved by that and the note says so. Without a date the time is that of receiving, and the note says so.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from shared import clock, units
from shared.formats import temperature_sites
from shared.formats.gatt_numbers import Wall
from shared.formats.gatt_said import (
    CompositionSaid,
    ContextSaid,
    GlucoseSaid,
    HeartRateSaid,
    OximetrySaid,
    PressureSaid,
    Said,
    TemperatureSaid,
    WeightSaid,
)
from shared.kinds import KINDS
from shared.languages import tr
from shared.problems import AskFirst, Invalid, Problem
from shared.stream_limits import bounds
from shared.streams import Readings
from shared.vitals import FUTURE_ALLOWED, BloodPressure, MeasuringStatus, Vital, problems

ORIGIN = "bluetooth"
# Ours: a device's clock shows no more than minutes and drifts; below this its word is taken as it is.
CLOCK_MAY_DIFFER = timedelta(minutes=2)
# Bluetooth Low Energy is of 2010: an earlier date is that of a clock which nobody ever set.
_CLOCKS_BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
_IDS = UUID("6f2d1c1e-5a41-4b0e-9a57-3d9f0a6b2c18")

_PRESSURE_BITS = {
    0: MeasuringStatus.MOVED,
    1: MeasuringStatus.CUFF_LOOSE,
    2: MeasuringStatus.IRREGULAR_PULSE,
    5: MeasuringStatus.WRONG_POSITION,
}
# Pulse oximeters: demonstration, testing, calibrating, unavailable, invalid.
_OXIMETRY_NOTHING = 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 15
_OXIMETRY_DOUBTFUL = 1 << 14
# Glucose: sensor malfunction, too little blood, strip (two), beyond the device above and below, interrupted, fault.
_GLUCOSE_NOTHING = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 10
_GLUCOSE_CLOCK = 1 << 11
_CONTROL_SOLUTION, _CONTROL_PLACE = 10, 4


@dataclass(frozen=True, slots=True)
class ClockSet:
    """When we put a device's clock right, and how far it was ahead of ours then (negative: behind)."""

    at: datetime
    ahead: timedelta


@dataclass(frozen=True, slots=True)
class Reception:
    """From which device, when, and what is known of its clock.

    ``ahead``: how far its clock is ahead of ours (negative: behind), None where it could not be read. ``before``: when
    we last put it right, for what it measured under the wrong one and did not tell then. ``offset_of`` gives the
    local offset in minutes at a moment. ``site``: where a thermometer says that it measures (0x2A1D).
    """

    address: str
    device: str
    at: datetime
    offset_of: Callable[[datetime], int]
    ahead: timedelta | None = None
    site: int | None = None
    before: ClockSet | None = None


@dataclass(frozen=True, slots=True)
class _When:
    moment: datetime
    key: str
    note: str = ""


Made = Vital | Readings | Problem


def made(said: Said, reception: Reception) -> Iterator[Made]:
    """What ``said`` is for the record; a problem stands for what could not be kept. A context makes nothing itself."""
    match said:
        case PressureSaid():
            yield from _checked(_pressure(said, reception), reception)
        case TemperatureSaid():
            yield from _checked(_temperature(said, reception), reception)
        case WeightSaid():
            yield from _checked(_weight(said, reception), reception)
        case CompositionSaid():
            yield from _checked(_composition(said, reception), reception)
        case OximetrySaid(spot=True):
            yield from _checked(_spot(said, reception), reception)
        case OximetrySaid():
            yield from _continuous(said, reception)
        case GlucoseSaid():
            yield from _checked(_glucose(said, reception), reception)
        case HeartRateSaid():
            yield from _heart(said, reception)
        case ContextSaid():
            return


def local_moment(wall: datetime, offset_of: Callable[[datetime], int]) -> datetime:
    """A wall time (without zone) where ``offset_of`` holds, as a moment."""
    guess = wall.replace(tzinfo=UTC)
    for _ in range(2):
        guess = wall.replace(tzinfo=UTC) - timedelta(minutes=offset_of(guess))
    return guess


def _when(wall: Wall | None, reception: Reception, offset_min: int = 0, *, doubted: bool = False) -> _When:
    local = None if wall is None else wall.moment
    received = clock.from_ms(clock.to_ms(reception.at))
    if local is None or wall is None or doubted:
        key = f"received {clock.to_ms(received)}"
        return _When(received, key, tr("機器に正しい日時がなかったため、受け取った時刻です。"))
    key = f"{wall.text}+{offset_min}"
    shown = f"{wall.year}-{wall.month:02}-{wall.day:02} {wall.hour}:{wall.minute:02}"
    try:
        moment = local_moment(local + timedelta(minutes=offset_min), reception.offset_of)
        ahead = _ahead(moment, reception)
        if abs(ahead) > CLOCK_MAY_DIFFER:
            moved = moment - ahead
            if _CLOCKS_BEGIN <= moved <= received + FUTURE_ALLOWED:
                note = tr("機器の時計（{wall}）がずれていたため、直した時刻です。", wall=shown)
                return _When(min(moved, received), key, note)
        if _CLOCKS_BEGIN <= moment <= received + FUTURE_ALLOWED:
            return _When(moment, key)
    except OverflowError:
        pass
    return _When(received, key, tr("機器の時計（{wall}）が正しくないため、受け取った時刻です。", wall=shown))


def _ahead(moment: datetime, reception: Reception) -> timedelta:
    """How far the device's clock was ahead when it wrote ``moment``: as now, or as before we put it right."""
    ahead, before = reception.ahead or timedelta(), reception.before
    if before is None or abs(ahead) > CLOCK_MAY_DIFFER:
        return ahead
    written_before = moment <= before.at + before.ahead if before.ahead < timedelta() else False
    in_future = before.ahead > timedelta() and moment > reception.at + CLOCK_MAY_DIFFER
    return before.ahead if written_before or in_future else ahead


def _vital(
    kind: str, reading: Decimal | BloodPressure, when: _When, reception: Reception, written: str
) -> Vital:
    key = f"{reception.address}|{kind}|{when.key}|{written}"
    return Vital(
        uuid5(_IDS, key),
        kind,
        when.moment,
        reception.offset_of(when.moment),
        reading,
        note=when.note,
        device=reception.device[:100],
        origin=ORIGIN,
    )


def _number(
    kind: str, value: Decimal | None, unit: str, when: _When, reception: Reception
) -> Vital | Problem:
    measure = KINDS[kind].measure
    converted = None if value is None else units.convert(value, unit, measure.unit)
    if converted is None or abs(converted) > 1_000_000:
        return Invalid("gatt_not_measured")
    return _vital(kind, units.rounded(converted, measure.decimals), when, reception, f"{value} {unit}")


def _checked(found: Iterator[Vital | Problem], reception: Reception) -> Iterator[Made]:
    for each in found:
        if isinstance(each, Problem):
            yield each
            continue
        wrong = [one for one in problems(each, now=reception.at) if not isinstance(one, AskFirst)]
        yield wrong[0] if wrong else each


def _pressure(said: PressureSaid, reception: Reception) -> Iterator[Vital | Problem]:
    both = [
        None if value is None else units.convert(value, said.unit, "mm[Hg]")
        for value in (said.systolic, said.diastolic)
    ]
    upper, lower = both
    if upper is None or lower is None or max(abs(upper), abs(lower)) > 10_000:
        yield Invalid("gatt_not_measured")
        return
    pulse = said.pulse if said.pulse is not None and 0 < said.pulse < 1000 else None
    reading = BloodPressure(
        units.rounded(upper, 0), units.rounded(lower, 0), None if pulse is None else units.rounded(pulse, 0)
    )
    when = _when(said.wall, reception)
    written = f"{said.systolic}/{said.diastolic} {said.unit} {said.pulse} {said.user}"
    vital = _vital("blood_pressure", reading, when, reception, written)
    bits = said.status or 0
    yield replace(
        vital, status=frozenset(status for bit, status in _PRESSURE_BITS.items() if bits & 1 << bit)
    )


def _temperature(said: TemperatureSaid, reception: Reception) -> Iterator[Vital | Problem]:
    site = said.site if said.site is not None else reception.site
    # A number that is reserved says nothing.
    if temperature_sites.kept_as(temperature_sites.BLUETOOTH.get(str(site), "")) != temperature_sites.BODY:
        yield Invalid("gatt_not_body")
        return
    when = _when(said.wall, reception)
    yield _number("body_temperature", said.value, said.unit, when, reception)


def _weight(said: WeightSaid, reception: Reception) -> Iterator[Vital | Problem]:
    when = _when(said.wall, reception)
    yield _number("weight", said.weight, said.unit, when, reception)
    if said.bmi:
        yield _number("bmi", said.bmi, "kg/m2", when, reception)


def _composition(said: CompositionSaid, reception: Reception) -> Iterator[Vital | Problem]:
    when = _when(said.wall, reception)
    values = (
        ("body_fat", said.fat, "%"),
        ("weight", said.weight, said.unit),
        ("muscle_mass", said.muscle, said.unit),
        ("basal_metabolism", None if said.basal_kj is None else said.basal_kj / Decimal("4.184"), "kcal/d"),
    )
    there = [each for each in values if each[1] is not None]
    if not there:
        yield Invalid("gatt_not_measured")
    for kind, value, unit in there:
        yield _number(kind, value, unit, when, reception)


def _spot(said: OximetrySaid, reception: Reception) -> Iterator[Vital | Problem]:
    status = said.status or 0
    if status & _OXIMETRY_NOTHING or (said.spo2 is None and said.pulse is None):
        yield Invalid("gatt_not_measured")
        return
    when = _when(said.wall, reception, doubted=said.clock_not_set)
    if status & _OXIMETRY_DOUBTFUL:
        doubt = tr("機器が、正しく測れていないかもしれないと伝えました。")
        when = replace(when, note=f"{when.note} {doubt}".strip())
    for kind, value, unit in (("spo2", said.spo2, "%"), ("heart_rate", said.pulse, "/min")):
        if value is not None:
            yield _number(kind, value, unit, when, reception)


def _glucose(said: GlucoseSaid, reception: Reception) -> Iterator[Vital | Problem]:
    if said.type == _CONTROL_SOLUTION or said.location == _CONTROL_PLACE:
        yield Invalid("gatt_control")
        return
    status = said.status or 0
    if status & _GLUCOSE_NOTHING or said.concentration is None:
        yield Invalid("gatt_not_measured")
        return
    when = _when(said.wall, reception, said.offset_min, doubted=bool(status & _GLUCOSE_CLOCK))
    when = _When(when.moment, f"{said.sequence} {said.wall.text}", when.note)
    large = said.unit == "kg/L"
    value = said.concentration * (100_000 if large else 1_000)
    yield _number("blood_glucose", value, "mg/dL" if large else "mmol/L", when, reception)


def _continuous(said: OximetrySaid, reception: Reception) -> Iterator[Made]:
    if (said.status or 0) & _OXIMETRY_NOTHING:
        return
    at = clock.to_ms(reception.at)
    for stream, value in (("spo2", said.spo2), ("heart_rate", said.pulse)):
        if value:
            yield from _streamed(stream, [(at, at, value)], reception)


def _heart(said: HeartRateSaid, reception: Reception) -> Iterator[Made]:
    if not said.rate or said.contact is False:
        return
    at = clock.to_ms(reception.at)
    yield from _streamed("heart_rate", [(at, at, Decimal(said.rate))], reception)
    beats: list[tuple[int, int, Decimal]] = []
    end = Decimal(at)  # the last interval ended about when it was told
    for interval in reversed([each for each in said.intervals if each]):
        length = Decimal(interval) * 1000 / 1024
        beats.append((int(end - length), int(end), Decimal(60_000) / length))
        end -= length
    yield from _streamed("beats", beats[::-1], reception)


def _streamed(stream: str, readings: list[tuple[int, int, Decimal]], reception: Reception) -> Iterator[Made]:
    least, most = bounds(stream)
    kept = [each for each in readings if least <= each[2] <= most]
    if len(kept) < len(readings):
        yield Invalid("gatt_not_measured")
    if kept:
        starts, ends, values = zip(*kept, strict=True)
        yield Readings(
            stream,
            reception.device or reception.address,
            array("q", starts),
            array("q", ends),
            array("d", [float(value) for value in values]),
        )
