"""From slips of medicines to what the checks look at: each medicine once, with the days it is taken.

The days are those of the national e-prescription service (厚生労働省 通知 R5.12.28, pages 8 and 31): the dispensed days
from the day of dispensing; 14 days flat for what is applied or taken as needed, and for all whose days cannot be
worked out; a prescription counts from its issue. Beyond that service's rule: medicines without a prescription count
too, from the day written down, without an end where only a beginning is written.
What is one and the same (one dispensing read from two files, a prescription and its dispensing) is in `drug_slips`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from shared import periods
from shared.drug_hits import Taken, days_later
from shared.drug_ingredients import folded
from shared.drug_knowledge import Knowledge, Known
from shared.drug_routes import way_of
from shared.drug_slips import Line, once, place_code
from shared.medicines import CodeSet, Dispensing, Form, Medicine, Route, Stage, Usage, writer
from shared.schedule import schedule_of
from shared.usage_times import Schedule

# The flat period of the official rule.
FLAT_DAYS = 14

_FLAT_FORMS = (Form.AS_NEEDED, Form.EXTERNAL, Form.INJECTION)
_DAILY_FORMS = (Form.INTERNAL, Form.INTERNAL_DROPS, Form.DECOCTION, Form.DECOCTION_HOT)
_FORM_ROUTES = {
    Form.INTERNAL: Route.ORAL,
    Form.INTERNAL_DROPS: Route.ORAL,
    Form.DECOCTION: Route.ORAL,
    Form.DECOCTION_HOT: Route.ORAL,
    Form.INJECTION: Route.INJECTION,
    Form.EXTERNAL: Route.EXTERNAL,
    Form.MATERIAL: Route.MATERIAL,
}
_TWELVE = (CodeSet.PRICE_LIST, CodeSet.YJ, CodeSet.GENERIC)


def taken_of(
    dispensings: Iterable[Dispensing], knowledge: Knowledge, hidden: frozenset[str] = frozenset()
) -> list[Taken]:
    """Every medicine of the slips as the checks see it. ``hidden`` are keys of the courses she hides from others.

    Medical materials are no medicines. Nothing is left out because it is over: that is for the check to see.
    """
    lines = [
        Line(dispensing, medicine, known, course_key(medicine, known))
        for dispensing in dispensings
        for medicine in dispensing.medicines
        for known in [knowledge.of(medicine)]
        if route_of(medicine, known) is not Route.MATERIAL
    ]
    return [_taken(line, is_hidden(line.medicine, line.known, hidden)) for line in once(lines)]


def _taken(line: Line, hidden: bool) -> Taken:
    dispensing, medicine, known = line.dispensing, line.medicine, line.known
    starts_on, ends_on, days_known = period(dispensing, medicine, known)
    clinic = medicine.clinic or dispensing.clinic
    return Taken(
        id=medicine.id,
        dispensing=dispensing.id,
        name=medicine.name,
        codes=known.codes,
        ingredients=known.ingredients,
        route=route_of(medicine, known),
        starts_on=starts_on,
        ends_on=ends_on,
        stage=dispensing.stage,
        writer=writer(dispensing),
        clinic=clinic.name if clinic else "",
        doctor=medicine.clinic_doctor,
        pharmacy=dispensing.pharmacy.name if dispensing.pharmacy else "",
        dose=f"{medicine.dose}{medicine.dose_unit}",
        hidden=hidden,
        course=line.course,
        clinic_code=place_code(clinic),
        days_known=days_known,
        counts_until=_counts_until(dispensing),
    )


def _counts_until(dispensing: Dispensing) -> date | None:
    """The last day of a prescription that nobody has filled; where none is written, nobody knows whether it was.

    Records of a clinic (FHIR, ORCA) often carry no validity and no dispensing either: those count for their days.
    """
    return dispensing.valid_until if dispensing.stage is Stage.PRESCRIBED else None


def period(dispensing: Dispensing, medicine: Medicine, known: Known) -> tuple[date, date | None, bool]:
    """First and last day on which it is taken, and whether the last one follows from what is written.

    Days of taking reach further than they count where it is not taken every day (`shared.periods`).
    """
    usage = medicine.usage
    if usage.ends_on is None and _is_flat(medicine, known):
        starts_on = usage.starts_on or dispensing.dispensed_on
        return starts_on, days_later(starts_on, FLAT_DAYS - 1), False
    found = periods.period(dispensing, medicine, _schedule(usage, medicine.name))
    return found.first, found.last, not found.reckoned


@lru_cache(maxsize=4096)
def _schedule(usage: Usage, name: str) -> Schedule:
    """Refills say the same for years."""
    return schedule_of(usage, name)


def _is_flat(medicine: Medicine, known: Known) -> bool:
    """What the official rule counts as 14 days whatever is written; what she says she still uses has no end."""
    if medicine.usage.starts_on is not None and medicine.usage.amount is None:
        return False
    form = medicine.usage.form
    if form in _FLAT_FORMS:
        return True
    return form not in _DAILY_FORMS and route_of(medicine, known) not in (Route.ORAL, None)


def route_of(medicine: Medicine, known: Known) -> Route | None:
    """By which way it goes in: what the lists know, the file says, the code's digits or the form mean. None: unknown.

    A code or a form knows only that it is applied, not where: that is EXTERNAL.
    """
    route = known.route or medicine.route or _code_route(medicine, known) or _form_route(medicine)
    return medicine.route if route is Route.EXTERNAL and medicine.route is not None else route


def _code_route(medicine: Medicine, known: Known) -> Route | None:
    codes = (medicine.code,) if medicine.code_set in _TWELVE else known.codes
    return next((way for code in codes if (way := way_of(code)) is not None), None)


def _form_route(medicine: Medicine) -> Route | None:
    return _FORM_ROUTES.get(medicine.usage.form) if medicine.usage.form else None


def course_key(medicine: Medicine, known: Known) -> str:
    """The same for the same medicine over all its refills: its ingredients and route, else its code, else its name."""
    return next(_course_keys(medicine, known))


def course_keys(medicine: Medicine, known: Known) -> tuple[str, ...]:
    """Every key that a course may have been called by, the best first.

    A new drug master may know what was only a name before; what she hid under that name must stay hidden.
    """
    return tuple(_course_keys(medicine, known))


def _course_keys(medicine: Medicine, known: Known) -> Iterator[str]:
    if known.ingredients:
        route = route_of(medicine, known)
        yield f"i:{'+'.join(sorted(known.ingredients))}@{route.value if route else ''}"
    codes = {code[:7] for code in known.codes}
    if medicine.code and medicine.code_set is not CodeSet.NONE:
        codes.add(medicine.code[:7] if medicine.code_set in _TWELVE else medicine.code)
    for code in sorted(codes):
        yield f"c:{code}"
    yield name_key(medicine.name)


def name_key(name: str) -> str:
    """The key of a course by its name alone; spaces, width and kana make no difference."""
    return f"n:{folded(name)}"


def is_hidden(medicine: Medicine, known: Known, hidden: frozenset[str]) -> bool:
    """Whether she hides it. ``hidden`` holds `course_key` and `name_key` of each course that she hides."""
    return bool(hidden) and not hidden.isdisjoint(course_keys(medicine, known))
