"""Electrocardiograms of a FHIR file: ``valueSampledData`` of an Observation, or of each component (a lead each)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from decimal import Decimal

from shared import clock
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.electrocardiograms_schema import LEAST_PULSE, MOST_HERTZ, MOST_PULSE, MOST_SAMPLES
from shared.formats import Found
from shared.formats.clinic_keys import UNNAMED
from shared.formats.data_points import Frame
from shared.formats.fhir_codes import words
from shared.formats.fhir_sheaf import Resource
from shared.formats.fhir_slips import ORIGIN
from shared.formats.fhir_vital_codes import VOLTS, measured
from shared.formats.gathered import recorded
from shared.formats.json_tree import Doubts, Node, exact, shown
from shared.problems import Invalid, Unreadable

_MOST_NV = 2**31 - 1
_PULSES = ("8867-4", "76282-3")


def recordings(resource: Resource, frame: Frame, device: str, doubts: Doubts) -> Iterator[Found]:
    """Every recording in it; an `Unreadable` where there is none."""
    node = resource.node
    sampled = [
        (words(each.at("code"), doubts), each.at("valueSampledData"))
        for each in (node, *node.each("component"))
        if each.at("valueSampledData")
    ]
    if not sampled:
        raise Unreadable("type_not_yet", type=doubts.name, count=1)
    named = "、".join(filter(None, (words(each, doubts) for each in node.each("interpretation"))))
    for at, (lead, data) in enumerate(sampled):
        hertz, samples = _samples(data)
        recording = Electrocardiogram(
            UNNAMED, clock.from_ms(frame.start), frame.offset_min, Classified.UNKNOWN, hertz, samples,
            named=shown(named, 100), heart_rate=_heart_rate(node), lead=shown(lead, 40) if len(sampled) > 1 else "",
            device=device, origin=ORIGIN,
        )  # fmt: skip
        yield recorded(recording, f"fhir|ecg|{frame.start}|{at}|{len(samples)}|{device}", resource.where)


def _samples(data: Node) -> tuple[Decimal, array[int]]:
    """The rate and the samples in nV. A sample that the device could not measure makes it no recording of ours."""
    period = exact(data.at("period").value)
    unit = data.at("origin", "code").text or data.at("origin", "unit").text
    if not period or not 0 < 1000 / period <= MOST_HERTZ or data.at("dimensions").value not in (1, None):
        raise Unreadable("value_odd", name="SampledData")
    if unit not in VOLTS:
        raise Invalid("unit_unknown", unit=unit[:40])
    factor = _number(data.at("factor").value, 1) * VOLTS[unit]
    origin = _number(data.at("origin", "value").value, 0) * VOLTS[unit]
    written = data.at("data").text.split(" ", MOST_SAMPLES)
    if len(written) > MOST_SAMPLES:
        raise Unreadable("value_odd", name="SampledData")
    try:
        made = [int(Decimal(each) * factor + origin) for each in written if each]
        if not made or not -_MOST_NV <= min(made) <= max(made) <= _MOST_NV:
            raise ValueError("no electrocardiogram of a person")
    except (ValueError, ArithmeticError) as error:
        raise Unreadable("value_odd", name="SampledData") from error
    return Decimal(1000) / period, array("i", made)


def _number(value: object, otherwise: int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or abs(Decimal(value)) > 10**9:
        return Decimal(otherwise)
    return Decimal(value)


def _heart_rate(node: Node) -> int | None:
    for part in node.each("component"):
        is_pulse = measured(part.at("code")).endswith("heart_rate") or any(
            coding.at("code").text in _PULSES for coding in part.at("code").each("coding")
        )
        value = exact(part.at("valueQuantity", "value").value)
        if is_pulse and value and LEAST_PULSE <= value < MOST_PULSE + 1:
            return int(value)
    return None
