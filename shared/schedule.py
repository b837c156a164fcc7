"""How and when a medicine is taken: its schedule from the usage code, else from the words on the bag, else the words.

What is due on a day follows from it (`due`): one line a medicine and time, a course and its refills counted once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from shared.doses import Dose
from shared.medicines import CodeSet, Dispensing, Form, Medicine, Stage, Usage, Writer, writer
from shared.periods import Period, period
from shared.usage_codes import amounts_in, days_in, schedule_in
from shared.usage_times import EVERY_DAY, AtMeal, Days, Pattern, Schedule, Slot, Time
from shared.usage_words import days_said, plain, schedule_said

__all__ = (
    "AtMeal",
    "Days",
    "Due",
    "Pattern",
    "Plan",
    "Schedule",
    "Slot",
    "Time",
    "amount_at",
    "due",
    "plan",
    "schedule_of",
    "tick_of",
)

# What is taken as needed has one slot; the phone numbers each time of taking: p1, p2.
AS_NEEDED_SLOT = "p"
_DAILY_FORMS = (Form.INTERNAL, Form.INTERNAL_DROPS, Form.DECOCTION, Form.DECOCTION_HOT)
_BRACKETED = re.compile(r"[(【\[]([^)】\]]*)[)】\]]")
_MAKER = re.compile(r"「[^」]*」|【般】")
_TWELVE = (CodeSet.PRICE_LIST, CodeSet.YJ, CodeSet.GENERIC)
# Of these codes so many characters say ingredient, form and strength; the rest says the maker.
_STRENGTH = 9
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Due:
    """One time of taking one medicine on a day. ``on`` and ``slot`` are those of its dose (`shared.doses`).

    ``on`` is the Monday where it is so many times a week with no day told (slots ``w1`` ...). ``time`` None: so many
    times a day, or as needed (``open``: it may be taken, or not, and more than once). ``amount`` of this one time, ""
    where it is not known. ``prescribed``: only a prescription says so, it may not have been handed out yet.
    ``also``: the same on other slips (refills); a tick of one of them on this day and slot is this dose's (`tick_of`).
    """

    medicine_id: UUID
    dispensing: UUID
    course: str
    name: str
    on: date
    slot: str
    time: Time | None
    amount: str
    unit: str
    words: str
    writer: Writer
    open: bool = False
    prescribed: bool = False
    also: tuple[UUID, ...] = ()

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Every medicine whose tick counts as this dose's, its own first."""
        return (self.medicine_id, *self.also)


def tick_of(due: Due, ticked: Mapping[tuple[UUID, date, str], Dose]) -> Dose | None:
    """What was ticked of ``due``, on this slip or the one before its refill; the last tick where there are several.

    ``ticked``: the doses by medicine, day and slot.
    """
    found = [dose for each in due.ids if (dose := ticked.get((each, due.on, due.slot))) is not None]
    return max(found, key=lambda dose: dose.at, default=None)


@lru_cache(maxsize=4096)
def schedule_of(usage: Usage, name: str = "") -> Schedule:
    """How ``usage`` says it is taken: by its code where it has one, by its words else.

    What stands in brackets in the medicine's ``name`` is heard too, for the days (週1回). Code and words that
    contradict each other leave the words alone: they are what stands on the bag.

    Remembered, since refills say the same.
    """
    words = Schedule(Pattern.TEXT, text=usage.text)
    said = schedule_said(usage.text)
    coded = schedule_in(usage.code)
    days = _days(usage, name)
    if days is None or (coded is not None and _contradict(coded, said)):
        return words
    found = said
    if coded is not None:
        found = replace(coded, text=usage.text, single=said.single, unit=said.unit)
        found = replace(found, event=coded.event or said.event)
        found = replace(found, amounts=_uneven(usage, coded, said))
    if found.pattern is Pattern.AS_NEEDED or usage.form is Form.AS_NEEDED:
        event = found.event or ("" if usage.code else usage.text)
        return Schedule(
            Pattern.AS_NEEDED,
            event=event,
            single=found.single,
            unit=found.unit,
            method=found.method,
            text=usage.text,
        )
    return words if found.pattern is Pattern.TEXT else replace(found, days=days)


def _days(usage: Usage, name: str) -> Days | None:
    """The days by the supplements, else by the words, notes and what stands in brackets in the name."""
    coded = days_in(usage.extra_codes)
    if coded is None or not coded.daily:
        return coded
    inside = " ".join(_BRACKETED.findall(unicodedata.normalize("NFKC", name)))
    found = [days_said(each) for each in (usage.text, *usage.notes, inside) if each]
    told = {days for days in found if days != EVERY_DAY}
    if None in told or len(told) > 1:
        return None
    return told.pop() if told else EVERY_DAY


def _contradict(coded: Schedule, said: Schedule) -> bool:
    if coded.pattern is not Pattern.TIMES or said.pattern is not Pattern.TIMES:
        return False
    if [time.key for time in coded.times] != [time.key for time in said.times]:
        return True
    return any(
        one.meal and other.meal and one.meal is not other.meal
        for one, other in zip(coded.times, said.times, strict=True)
    )


def _uneven(usage: Usage, coded: Schedule, said: Schedule) -> tuple[Decimal, ...] | None:
    if any(code[:1] == "V" for code in usage.extra_codes):
        if any(time.at_night for time in coded.times):
            return None  # whether the first is that of 00:00 or of the first in her day is not known
        return amounts_in(usage.extra_codes, len(coded.times))
    return said.amounts if said.pattern is coded.pattern else ()


def amount_at(medicine: Medicine, schedule: Schedule, number: int = 0) -> tuple[str, str]:
    """The amount of one time, the ``number``th of the day, and its unit: ``1``, ``0.5``, ``1/3``; "" if not known.

    A daily amount is divided by the times of the day, unless the amounts are uneven. Where dose and words disagree
    (one usage is often written for several medicines), nothing is said.
    """
    usage = medicine.usage
    return _amount((medicine.dose, medicine.dose_unit, usage.form, usage.single_dose), schedule, number)


@lru_cache(maxsize=4096)
def _amount(written: tuple[str, str, Form | None, str], schedule: Schedule, number: int) -> tuple[str, str]:
    """``written``: dose, its unit, form and single dose of the medicine. Remembered, since every day is alike."""
    dose_text, dose_unit, form, single_dose = written
    dose = _number(dose_text)
    daily = dose if form in _DAILY_FORMS else None
    if schedule.amounts is None:
        return "", dose_unit
    if schedule.amounts:
        amounts = [Fraction(each) for each in schedule.amounts]
        fits = daily is None or sum(amounts) == daily
        return (_shown(amounts[number]) if fits else ""), schedule.unit or dose_unit
    told = _number(schedule.single)
    other_unit = schedule.unit != "" and _unit(schedule.unit) != _unit(dose_unit)
    if single_dose:
        single = _number(single_dose)
        if single and schedule.single and told != single and not other_unit:
            return "", dose_unit
        return (_shown(single) if single else plain(single_dose)), dose_unit
    times = schedule.a_day if schedule.count is None or schedule.count[0] == schedule.count[1] else None
    reckoned = daily / times if daily is not None and times else None
    if dose is not None and form is Form.AS_NEEDED:
        reckoned = dose
    if reckoned is None:
        return (_shown(told) if told else schedule.single), schedule.unit or dose_unit
    agreed = not schedule.single or told == reckoned or (told is not None and other_unit)
    return (_shown(reckoned) if agreed else ""), dose_unit


def _unit(text: str) -> str:
    said = plain(text).casefold()
    return {"t": "錠", "tab": "錠", "c": "カプセル", "cap": "カプセル", "p": "包"}.get(said, said)


def _number(text: str) -> Fraction | None:
    said = plain(text)
    return Fraction(said) if _NUMBER.fullmatch(said) and Fraction(said) > 0 else None


def _shown(amount: Fraction) -> str:
    """``0.5`` where it ends within three decimals, else the fraction."""
    if 1000 % amount.denominator == 0:
        return format(Decimal(amount.numerator) / amount.denominator, "f")
    return f"{amount.numerator}/{amount.denominator}"


@dataclass(frozen=True, slots=True)
class _Line:
    """One medicine in its period."""

    dispensing: Dispensing
    medicine: Medicine
    schedule: Schedule
    period: Period


def _by_name(medicine: Medicine) -> str:
    return plain(medicine.name).casefold()


@dataclass(frozen=True, slots=True)
class _Same:
    """What is one and the same over its refills: of a course what has one strength, as needed apart from timed."""

    course: str
    open: bool
    strength: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is taken, made ready to be asked for one day after the other."""

    _lines: Mapping[_Same, Sequence[_Line]]
    _refills: Mapping[tuple[UUID, UUID, str], Sequence[UUID]]

    def due(self, on: date) -> list[Due]:
        """What may be taken on the day ``on``, in the order of the day; what has no time told comes last."""
        found = [replace(each, also=self._also(each)) for same in self._lines for each in self._of(same, on)]
        return sorted(found, key=lambda each: (each.time is None, each.open, _order(each), each.name))

    def _of(self, same: _Same, on: date) -> Iterator[Due]:
        lines = [
            line for line in self._lines[same] if line.period.on(on) and not _lapsed(line.dispensing, on)
        ]
        return _once(each for line in _newest(lines) for each in _at(same.course, line, on))

    def _also(self, each: Due) -> tuple[UUID, ...]:
        refills = self._refills[each.dispensing, each.medicine_id, each.slot]
        return tuple(ident for ident in refills if ident != each.medicine_id)


def plan(
    dispensings: Iterable[Dispensing],
    key: Callable[[Medicine], str] = _by_name,
    told_again: frozenset[UUID] = frozenset(),
) -> Plan:
    """The plan of ``dispensings``. ``key`` says which medicines are the same course (`shared.drug_checks.course_key`).

    ``told_again`` are medicines that another slip stands for: never due themselves, their ticks count as its.

    Of a course only the newest slip that has begun is due, so that an early refill is not taken twice. That holds for
    each strength, and for what is as needed and what has its times: an addition hides nothing. Two lines of one slip
    are both due.
    """
    courses: dict[str, list[_Line]] = defaultdict(list)
    for dispensing in dispensings:
        for medicine in dispensing.medicines:
            schedule = schedule_of(medicine.usage, medicine.name)
            line = _Line(dispensing, medicine, schedule, period(dispensing, medicine, schedule))
            courses[key(medicine)].append(line)
    found: dict[_Same, list[_Line]] = defaultdict(list)
    for course, lines in courses.items():
        for line, strength in zip(lines, _strengths([line.medicine for line in lines]), strict=True):
            found[_Same(course, _is_open(line.schedule), strength)].append(line)
    refills = {line: ids for lines in found.values() for line, ids in _refills(lines).items()}
    counted = {
        same: [line for line in lines if line.medicine.id not in told_again] for same, lines in found.items()
    }
    return Plan(counted, refills)


def _is_open(schedule: Schedule) -> bool:
    return schedule.pattern in (Pattern.AS_NEEDED, Pattern.TEXT)


def _strengths(medicines: Sequence[Medicine]) -> list[str]:
    """What says the strength of each: its code, else the code of its namesakes where they have one, else its name."""
    coded: dict[str, set[str]] = defaultdict(set)
    for each in medicines:
        if code := _code(each):
            coded[_unmade(each)].add(code)
    found = []
    for each in medicines:
        name = _unmade(each)
        codes = coded.get(name, set())
        found.append(_code(each) or (next(iter(codes)) if len(codes) == 1 else name))
    return found


def _code(medicine: Medicine) -> str:
    for code in (medicine.code if medicine.code_set in _TWELVE else "", medicine.generic_code):
        if len(code) >= _STRENGTH:
            return code[:_STRENGTH]
    return ""


def _unmade(medicine: Medicine) -> str:
    """The name without its maker."""
    name = unicodedata.normalize("NFKC", medicine.name)
    return plain(_MAKER.sub("", name)).casefold() or _by_name(medicine)


def _refills(lines: Sequence[_Line]) -> dict[tuple[UUID, UUID, str], Sequence[UUID]]:
    """For each line and slot the medicines that are the same there on every slip; two lines of one slip stay two."""
    ids: dict[tuple[str, int], list[UUID]] = defaultdict(list)
    before: dict[tuple[UUID, str], int] = defaultdict(int)
    found: dict[tuple[UUID, UUID, str], Sequence[UUID]] = {}
    for line in lines:
        for slot, _, _ in _slots(line.schedule):
            number = before[line.dispensing.id, slot]
            before[line.dispensing.id, slot] += 1
            ids[slot, number].append(line.medicine.id)
            found[line.dispensing.id, line.medicine.id, slot] = ids[slot, number]
    return found


def due(dispensings: Iterable[Dispensing], on: date, key: Callable[[Medicine], str] = _by_name) -> list[Due]:
    """What may be taken on one day; see `plan`."""
    return plan(dispensings, key).due(on)


def _lapsed(dispensing: Dispensing, on: date) -> bool:
    """A prescription that was not filled while it was valid, as far as is known here."""
    until = dispensing.valid_until
    return dispensing.stage is Stage.PRESCRIBED and until is not None and until < on


def _newest(lines: list[_Line]) -> list[_Line]:
    """Of the same what was handed out last; a prescription counts only where nothing was handed out."""
    handed = [line for line in lines if line.dispensing.stage is not Stage.PRESCRIBED] or lines
    if not handed:
        return []
    last = max(line.period.first for line in handed)
    return [line for line in handed if line.period.first == last]


def _once(found: Iterable[Due]) -> Iterator[Due]:
    """The same at the same time from two slips of one day (one visit read from two files) is one."""
    seen: dict[tuple[date, str], UUID] = {}
    for each in found:
        if seen.setdefault((each.on, each.slot), each.dispensing) == each.dispensing:
            yield each


def _order(each: Due) -> float:
    return each.time.order if each.time else 0.0


def _at(course: str, line: _Line, on: date) -> Iterator[Due]:
    """Each time of one medicine on one day."""
    medicine, schedule = line.medicine, line.schedule
    if not schedule.days.on(on, line.period.first):
        return
    what = (medicine.id, line.dispensing.id, course, medicine.name)
    whose = (medicine.usage.text, writer(line.dispensing))
    prescribed = line.dispensing.stage is Stage.PRESCRIBED
    if _is_open(schedule):
        amounts = amount_at(medicine, schedule) if schedule.pattern is Pattern.AS_NEEDED else ("", "")
        yield Due(*what, on, AS_NEEDED_SLOT, None, *amounts, *whose, True, prescribed)
        return
    if schedule.days.a_week:
        on -= timedelta(days=on.weekday())
    for slot, number, time in _slots(schedule):
        amounts = amount_at(medicine, schedule, number)
        yield Due(*what, on, slot, time, *amounts, *whose, False, prescribed)


def _slots(schedule: Schedule) -> Iterator[tuple[str, int, Time | None]]:
    """Each slot of a day, or of a week, with its number of the day and its time."""
    if _is_open(schedule):
        yield AS_NEEDED_SLOT, 0, None
        return
    times: Sequence[Time | None] = schedule.times or (None,) * (schedule.a_day or 1)
    for week in range(1, (schedule.days.a_week or 1) + 1):
        for number, time in enumerate(times):
            slot = time.key if time else f"t{number + 1}"
            if schedule.days.a_week:
                slot = f"w{week}" if len(times) == 1 else f"w{week}{slot}"
            yield slot, number, time
