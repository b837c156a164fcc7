"""Vital signs of a FHIR file: Observation by LOINC, JP Core, JLAC10 and PGHD codes; electrocardiograms as sampled data.

What was written by mistake is told and not kept; a day without an hour is no moment of a measurement. Observations of
other things (laboratory, questions) are left to whoever reads those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from shared import clock
from shared.formats import Found, Piece, Trouble, temperature_sites
from shared.formats.data_points import Frame, moment
from shared.formats.fhir_alike import Added, Alike, said_in
from shared.formats.fhir_codes import words
from shared.formats.fhir_ecg import recordings
from shared.formats.fhir_panels import Panels, quantity
from shared.formats.fhir_sheaf import Resource, Sheaf
from shared.formats.fhir_slips import ORIGIN
from shared.formats.fhir_vital_codes import DIASTOLIC, ECG, PRESSURE, SYSTOLIC, measured
from shared.formats.gathered import Columns, checked, unit_of
from shared.formats.json_tree import Doubts, Node, shown
from shared.formats.moments import Walls
from shared.ids import new_id
from shared.kinds import ALL_STREAMS, KINDS
from shared.languages import tr
from shared.problems import Invalid, Problem, Unreadable
from shared.streams import EXACT
from shared.vitals import BloodPressure, Vital

TYPE = "Observation"
_NOT_KEPT = ("entered-in-error", "cancelled", "registered")
# LOINC 41950-7 is what a device counted in 24 hours: never summed with the steps of minutes.
_DAY_STEPS = "stream:steps_reported"


@dataclass(frozen=True, slots=True)
class _Half:
    """One of the two pressures, where they stand in Observations of their own."""

    resource: Resource
    value: Decimal
    frame: Frame
    device: str


class Vitals:
    """Reads the vital signs of one sheaf."""

    def __init__(self, sheaf: Sheaf, zone: str) -> None:
        self._sheaf = sheaf
        self._walls = Walls(zone)
        self._columns = Columns()
        self._halves: dict[str, dict[tuple[int, str], list[_Half]]] = {SYSTOLIC: {}, DIASTOLIC: {}}
        self._panels = Panels()
        self._alike = Alike(self._walls, self._columns, self._panels)
        self._added: list[Added] = []

    def take(self, resource: Resource) -> Iterable[Piece] | None:
        """One Observation, and what was not understood of it; None where it is none of a vital sign."""
        said = said_in(resource.node.value)
        again = self._alike.again(said, resource) if said else None
        if again is not None:
            return again
        name = self._named(resource)
        if not name:
            return None
        self._added.clear()
        found = list(self._plainly(resource, name))
        if said and name != _DAY_STEPS:
            if len(found) == 1 and isinstance(found[0], Found):
                self._alike.learn(said, found[0])
            elif not found and self._added:
                self._alike.learn(said, self._added[0])
        return found

    def _plainly(self, resource: Resource, name: str) -> Iterator[Piece]:
        doubts = Doubts(resource.where)
        try:
            doubts.name = words(resource.node.at("code"), doubts) or _label(name)
            yield from self._read(resource, name, doubts)
        except Problem as problem:
            if problem.code == "sources_many":
                raise
            doubts.add(problem, doubts.name)
        except (ArithmeticError, OverflowError):
            doubts.add(Invalid("not_a_number"), doubts.name)
        yield from doubts.tell()

    def close(self) -> Iterator[Piece]:
        """What waited for the end: readings, and pressures that stood apart."""
        lows = self._halves[DIASTOLIC]
        for key, highs in self._halves[SYSTOLIC].items():
            others = lows.pop(key, [])
            for high, low in zip(highs, others, strict=False):
                yield self._pressure(high.resource, high.frame, BloodPressure(high.value, low.value))
            both = min(len(highs), len(others))
            for alone in (*highs[both:], *others[both:]):
                yield Trouble(alone.resource.where, Invalid("pressure_alone"), str(alone.value))
        for alone in (each for halves in lows.values() for each in halves):
            yield Trouble(alone.resource.where, Invalid("pressure_alone"), str(alone.value))
        yield from self._columns.take(tr("ファイル全体"))

    def _named(self, resource: Resource) -> str:
        """What it measures. A panel without a code of its own is a blood pressure when its two parts are."""
        node = resource.node
        if self._panels.is_pressure(node):
            return PRESSURE
        return measured(node.at("code"))

    def _read(self, resource: Resource, name: str, doubts: Doubts) -> Iterator[Piece]:
        node = resource.node
        if node.at("status").text in _NOT_KEPT:
            raise Unreadable("status_not_kept", name=doubts.name, status=_status(node.at("status").text))
        if name == temperature_sites.BODY:
            name = _temperature(node.each("bodySite"))
        frame = self._day(node, doubts) if name == _DAY_STEPS else self._frame(node, doubts)
        device = self._device(resource, doubts)
        if name == ECG:
            yield from recordings(resource, frame, device, doubts)
        elif name == PRESSURE:
            yield self._pressure(resource, frame, self._panels.pressure(node))
        elif name in self._halves:
            value, _, _ = quantity(node, "mm[Hg]")
            half = _Half(resource, value, frame, device)
            self._halves[name].setdefault((frame.start, device), []).append(half)
        elif name.startswith("stream:"):
            self._stream(name.removeprefix("stream:"), node, frame, device)
        else:
            value, written, comparator = quantity(node, unit_of(name))
            if comparator != EXACT:
                if name != "blood_glucose":
                    raise Unreadable("value_odd", name=doubts.name)
                self._add((name, device), frame, float(value), comparator)
                return
            vital = self._vital(name, frame, value, device, _note(node, doubts))
            yield checked(vital, f"fhir|{name}|{frame.start}|{written}|{device}", resource.where)

    def _stream(self, stream: str, node: Node, frame: Frame, device: str) -> None:
        value, _, comparator = quantity(node, unit_of(stream))
        if stream == "steps" and frame.start == frame.end:
            raise Unreadable("moment_missing", name="effectivePeriod", count=1)
        self._add((stream, device), frame, float(value), comparator)

    def _add(self, of: tuple[str, str], frame: Frame, value: float, comparator: int) -> None:
        self._columns.add(of, frame.start, frame.end, value, comparator)
        self._added.append(Added(of, value, comparator))

    def _pressure(self, resource: Resource, frame: Frame, reading: BloodPressure) -> Found | Trouble:
        doubts = Doubts(resource.where)
        device = self._device(resource, doubts)
        written = f"{reading.systolic}/{reading.diastolic}/{reading.pulse or ''}"
        vital = self._vital("blood_pressure", frame, reading, device, _note(resource.node, doubts))
        return checked(vital, f"fhir|blood_pressure|{frame.start}|{written}|{device}", resource.where)

    def _vital(
        self, kind: str, frame: Frame, reading: Decimal | BloodPressure, device: str, note: str
    ) -> Vital:
        at = clock.from_ms(frame.start)
        return Vital(
            new_id(), kind, at, frame.offset_min, reading, note=note, device=device[:100], origin=ORIGIN
        )

    def _frame(self, node: Node, doubts: Doubts) -> Frame:
        """When it was measured: a moment, or the stretch of a period."""
        single = node.at("effectiveDateTime") or node.at("effectiveInstant")
        start = single or node.at("effectivePeriod", "start")
        if "T" not in start.text:
            raise Unreadable("moment_missing", name=doubts.name, count=1)
        begun, offset = moment(start.text, self._walls)
        end = node.at("effectivePeriod", "end")
        ended = moment(end.text, self._walls)[0] if end and not single else begun
        if ended < begun:
            raise Invalid("ends_before_start")
        return Frame(begun, ended, offset)

    def _day(self, node: Node, doubts: Doubts) -> Frame:
        """The whole local day in which most of the stretch lies; a date alone says which day it was."""
        written = node.at("effectiveDateTime").text
        if "T" not in written and written:
            day = _date(written, doubts)
            first, following = self._walls.day(day.year, day.month, day.day)
        else:
            frame = self._frame(node, doubts)
            middle = (frame.start + frame.end) // 2
            at = clock.from_ms(middle) + timedelta(minutes=self._walls.offset_min(middle))
            first, following = self._walls.day(at.year, at.month, at.day)
        return Frame(first, following, self._walls.offset_min(first))

    def _device(self, resource: Resource, doubts: Doubts) -> str:
        """The device's own name for itself, else its model, else how the reference shows it."""
        reference = resource.node.at("device")
        found = self._sheaf.lead(reference, resource) if reference else None
        names: dict[str, str] = {}
        if found is not None and not found.withheld:
            for each in found.node.each("deviceName"):
                names.setdefault(each.at("type").text, doubts.text(each.at("name")))
        said = names.get("user-friendly-name") or names.get("model-name") or next(iter(names.values()), "")
        return shown(said or doubts.text(reference.at("display")), 100) or "FHIR"


def _temperature(site: Iterable[Node]) -> str:
    """Of the body, or of the skin, by where it was measured; there is one site, though a list is read too."""
    kept = {temperature_sites.coded(each) for each in site}
    return f"stream:{temperature_sites.SKIN}" if temperature_sites.SKIN in kept else temperature_sites.BODY


def _date(written: str, doubts: Doubts) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Unreadable("moment_missing", name=doubts.name, count=1) from None


def _label(name: str) -> str:
    """What a person calls it."""
    name = name.removeprefix("stream:").partition(".")[0]
    known = KINDS.get(name) or ALL_STREAMS.get(name)
    return tr(known.label) if known else tr("心電図")


def _note(node: Node, doubts: Doubts) -> str:
    return shown("、".join(filter(None, (doubts.text(each.at("text")) for each in node.each("note")))), 200)


def _status(status: str) -> str:
    return tr("まちがいで書かれたもの") if status == "entered-in-error" else tr("していないもの")
