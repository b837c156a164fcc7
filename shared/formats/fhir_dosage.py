"""How a medicine is taken, as its FHIR Dosage says.

Where two places of it contradict each other, what stands in the place meant for it is kept. Nothing is put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from shared.codes import JAMI_USAGE
from shared.formats.calendars import Calendar
from shared.formats.fhir_codes import (
    METHOD,
    ROUTES,
    SITE,
    UNITS_OF_TIME,
    USAGE,
    USAGE_MORE,
    code_of,
    extension,
    words,
)
from shared.formats.fhir_instructions import Amounts, Instruction, tell_contradictions
from shared.formats.fhir_routes import kind_of
from shared.formats.json_tree import Doubts, Node, plain, shown, whole
from shared.medicines import Form, Route, Usage
from shared.problems import Unreadable

T = TypeVar("T")

_MORE = re.compile(r"[0-9A-Z.]{8}", re.ASCII)
_SITE = re.compile(r"[0-9A-Z]{3}", re.ASCII)
# The e-prescription's own code for "no code".
_NO_CODE = re.compile(r"0X0X{9}0000", re.ASCII)
_DAYS_IN_WORDS = re.compile(r"([0-9０-９]{1,3})\s*日分")
_IN_DAYS = {"d": 1, "日": 1, "wk": 7, "週": 7}


@dataclass(frozen=True, slots=True)
class Taken:
    """How it is taken, in the words of a `Medicine`."""

    usage: Usage
    route: Route | None
    dose: str
    dose_unit: str


def amounts(quantity: Node, duration: Node, times: Node, doubts: Doubts) -> Amounts:
    """The quantity and duration of a dispenseRequest, or those of a MedicationDispense."""
    return Amounts(
        doubts.number(quantity.at("value")),
        _unit(quantity, doubts),
        days_of(duration, doubts),
        whole(doubts.number(times)) or _times_of(duration, doubts),
    )


def taken(dosages: Sequence[Node], given: Amounts, calendar: Calendar, doubts: Doubts) -> Taken:
    """All Dosages of one medicine together; contradictions are told."""
    read = [_instruction(each, calendar, doubts) for each in dosages]
    if not read:
        usage = Usage(amount=given.days, amount_unit="日分" if given.days is not None else "")
        return Taken(usage, None, plain(given.quantity), given.unit)
    if len(read) == 1:
        tell_contradictions(read[0], given, doubts)
    form = _same(read, lambda each: each.form)
    amount, amount_unit = _amount(form, read, given)
    dose, dose_unit = _dose(form, read, given)
    at_once, in_words = _at_once(read, dose_unit)
    usage = Usage(
        text=doubts.fitting(_joined([each.text for each in read])),
        code=_same(read, lambda each: each.code) or "",
        form=form,
        amount=amount,
        amount_unit=amount_unit,
        notes=tuple(dict.fromkeys([*(note for each in read for note in each.notes), *in_words])),
        extra_codes=tuple(dict.fromkeys(code for each in read for code in each.more)),
        site_code=_same(read, lambda each: each.site) or "",
        single_dose=at_once,
        starts_on=_same(read, lambda each: each.starts_on),
        ends_on=_same(read, lambda each: each.ends_on),
    )
    return Taken(usage, _same(read, lambda each: each.route), dose, dose_unit)


def days_of(duration: Node, doubts: Doubts) -> int | None:
    """A Duration in days; weeks are seven days, anything less exact is no number of days."""
    number = doubts.number(duration.at("value"))
    in_days = _IN_DAYS.get(duration.at("code").text or duration.at("unit").text)
    return None if number is None or in_days is None else whole(number * in_days)


def _times_of(duration: Node, doubts: Doubts) -> int | None:
    """A duration that counts times (回), as some write it for what is taken when needed."""
    counts = duration.at("unit").text == "回" or duration.at("code").text == "TIME"
    return whole(doubts.number(duration.at("value"))) if counts else None


def _instruction(node: Node, calendar: Calendar, doubts: Doubts) -> Instruction:
    code = _code(node.at("timing", "code"), doubts)
    needed = node.at("asNeededBoolean").value is True or bool(node.at("asNeededCodeableConcept"))
    form, route = kind_of(
        code, code_of(node.at("method"), METHOD), code_of(node.at("route"), ROUTES), as_needed=needed
    )
    rate = next(iter(node.each("doseAndRate")), Node())
    text = doubts.text(node.at("text")) or words(node.at("timing", "code"), doubts)
    more, notes = _additions(node, doubts)
    reason = words(node.at("asNeededCodeableConcept"), doubts)
    bounds = node.at("timing", "repeat", "boundsPeriod")
    period = extension(node, "JP_MedicationDosage_PeriodOfUse").at("valuePeriod")
    period = period or _old(node, "PeriodOfUse", "valuePeriod") or bounds
    a_day = _a_day(rate.at("rateRatio"), doubts)
    return Instruction(
        text=text,
        code="" if _NO_CODE.fullmatch(code) else code,
        more=more,
        notes=tuple(each for each in (*notes, reason) if each and each not in text),
        site=_site(node.at("site"), doubts),
        form=form,
        route=route,
        at_once=doubts.number(rate.at("doseQuantity", "value")),
        a_day=a_day,
        unit=_unit(rate.at("doseQuantity"), doubts) or _unit(rate.at("rateRatio", "numerator"), doubts),
        lasts=_lasts(node, text, more, doubts),
        starts_on=calendar.day(period.at("start"), doubts),
        ends_on=calendar.day(period.at("end"), doubts),
    )


def _old(node: Node, name: str, value: str) -> Node:
    return extension(node, f"JP_MedicationRequest_DosageInstruction_{name}").at(value)


def _lasts(node: Node, text: str, more: tuple[str, ...], doubts: Doubts) -> tuple[int, ...]:
    """The days of one Dosage wherever it writes them. On alternate days the bounds are longer than the days taken."""
    bounds = node.at("timing", "repeat", "boundsDuration")
    usage = extension(node, "JP_MedicationDosage_UsageDuration").at("valueDuration")
    found = [days_of(usage or _old(node, "UsageDuration", "valueDuration"), doubts)]
    if not more:
        found.append(days_of(bounds, doubts))
    found += [int(days) for days in _DAYS_IN_WORDS.findall(text)]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _code(concept: Node, doubts: Doubts) -> str:
    code = code_of(concept, USAGE)
    if code and not JAMI_USAGE.fits(code):
        doubts.add(Unreadable("code_not_used", text=shown(code, 40)))
        return ""
    return code


def _additions(node: Node, doubts: Doubts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    codes, notes = [], [doubts.text(node.at("patientInstruction"))]
    for concept in node.each("additionalInstruction"):
        code = code_of(concept, USAGE_MORE)
        if _MORE.fullmatch(code):
            codes.append(code)
        elif code:
            doubts.add(Unreadable("code_not_used", text=shown(code, 40)))
        notes.append(words(concept, doubts))
    return tuple(codes), tuple(filter(None, notes))


def _site(concept: Node, doubts: Doubts) -> str:
    code = code_of(concept, SITE)
    if code and not _SITE.fullmatch(code):
        doubts.add(Unreadable("code_not_used", text=shown(code, 40)))
        return ""
    return code


def _a_day(ratio: Node, doubts: Doubts) -> Decimal | None:
    """The amount of one day, where the rate is one by the day (not a drip by the hour)."""
    below = ratio.at("denominator")
    a_day = below.at("system").text in ("", *UNITS_OF_TIME) and below.at("code").text in ("d", "")
    a_day = a_day and below.at("unit").text in ("日", "d", "day", "")
    if not a_day or not ratio or doubts.number(below.at("value")) != 1:
        return None
    return doubts.number(ratio.at("numerator", "value"))


def _unit(quantity: Node, doubts: Doubts) -> str:
    return doubts.text(quantity.at("unit")) or doubts.text(quantity.at("code"))


def _amount(form: Form | None, read: Sequence[Instruction], given: Amounts) -> tuple[int | None, str]:
    """For how many days or times: as the supply says, else as the only Dosage does."""
    days = given.days
    if days is None and len(read) == 1 and read[0].lasts:
        days = read[0].lasts[0]
    if form is Form.AS_NEEDED and given.times is not None:
        return given.times, "回分"
    if days is not None:
        return days, "日分"
    return (1, "調剤") if form is Form.EXTERNAL and given.quantity is not None else (None, "")


def _dose(form: Form | None, read: Sequence[Instruction], given: Amounts) -> tuple[str, str]:
    """The amount that a `Medicine` of this form names: of a time, of all, or of a day; only where it is written."""
    unit = _same(read, lambda each: each.unit) or ""
    if form is Form.EXTERNAL:
        return plain(given.quantity), given.unit or unit
    if form in (Form.AS_NEEDED, Form.INJECTION):
        return plain(_same(read, lambda each: each.at_once)), unit or given.unit
    return plain(_same(read, lambda each: each.a_day)), unit or given.unit


def _at_once(read: Sequence[Instruction], unit: str) -> tuple[str, list[str]]:
    """The amount of one time, as a number where it is in ``unit``, else in words that do not stand there already."""
    at_once = plain(_same(read, lambda each: each.at_once))
    own = _same(read, lambda each: each.unit) or ""
    if not at_once or own == unit:
        return at_once, []
    words_there = unicodedata.normalize("NFKC", _joined([each.text for each in read]))
    said = f"1回{at_once}{own}"
    return "", [] if said in words_there.replace(" ", "") else [said]


def _joined(texts: Sequence[str]) -> str:
    """The words of several Dosages, each once."""
    return "、".join(dict.fromkeys(filter(None, texts)))


def _same(read: Sequence[Instruction], of: Callable[[Instruction], T]) -> T | None:
    """What all of them say alike, else nothing."""
    found = list(dict.fromkeys(of(each) for each in read))
    return found[0] if len(found) == 1 else None
