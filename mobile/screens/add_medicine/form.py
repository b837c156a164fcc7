"""What is typed of a medicine, and the slip that comes of it: one medicine, said to be taken, by herself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from shared.drug_listing import Product
from shared.languages import tr
from shared.medicines import TYPED, Author, CodeSet, Dispensing, Form, Medicine, Stage, Usage
from shared.schedule import AtMeal, schedule_of

# The slots that are offered, and how the usage is written: always in Japanese, for every doctor to read.
SLOTS = {"waking": "起床時", "morning": "朝", "noon": "昼", "evening": "夕", "bedtime": "就寝前"}
MEALS = {"": "", "after": "食後", "before": "食前"}
_MEALTIMES = ("morning", "noon", "evening")
AMOUNTS = ("0.5", "1", "2", "3")
UNITS = ("錠", "カプセル", "包", "滴", "枚", "mL", "吸入")
_EXTERNAL_UNITS = ("滴", "枚", "吸入")
KINDS = ("prescribed", "otc", "supplement")
_KIND_WORDS = {"prescribed": "病院・薬局の薬", "otc": "市販の薬", "supplement": "サプリメント"}
ENDS = ("", "0", "2", "4", "6", "13", "29")
SINCE = ("0", "1", "7", "30", "long")
# How long ago "before" is written down as, where she does not know the day: no check looks further back for it.
LONG_AGO = timedelta(days=365)
_NAMESPACE = UUID("0d1d9f6e-6a53-5c3e-8a59-6f2f0b6a6c1a")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form. ``code`` with ``code_set`` where the name was taken from a list. ``slots`` in the order of the day.

    ``as_needed`` instead of slots. ``since`` is days ago (or ``long``), ``ends`` days from the first to the last, ''
    for no end.
    """

    name: str = ""
    code_set: str = CodeSet.NONE.value
    code: str = ""
    kind: str = "prescribed"
    amount: str = "1"
    unit: str = "錠"
    slots: tuple[str, ...] = ()
    meal: str = "after"
    as_needed: bool = False
    since: str = "0"
    ends: str = ""
    memo: str = ""


def chosen(form: Typed, product: Product) -> Typed:
    """The form with a name of a list. A name changed afterwards has no code any more."""
    if product.code:
        return replace(form, name=product.name, code_set=CodeSet.PRICE_LIST.value, code=product.code)
    if product.generic_code:
        return replace(form, name=product.name, code_set=CodeSet.GENERIC.value, code=product.generic_code)
    return replace(form, name=product.name, code_set=CodeSet.NONE.value, code="")


def named(form: Typed, name: str) -> Typed:
    """The form with a name of her own."""
    return form if name == form.name else replace(form, name=name, code_set=CodeSet.NONE.value, code="")


def toggled(form: Typed, slot: str) -> Typed:
    """A slot taken or let go; as needed and slots exclude each other."""
    if slot == "as_needed":
        return replace(form, as_needed=not form.as_needed, slots=())
    kept = {*form.slots} ^ {slot}
    return replace(form, slots=tuple(each for each in SLOTS if each in kept), as_needed=False)


def usage_text(form: Typed) -> str:
    """How it is taken, as a bag would say it: ``1日2回 朝・夕食後 1回1錠``."""
    once = f"1回{form.amount}{form.unit}" if form.amount else ""
    if form.as_needed:
        return " ".join(filter(None, ("必要時", once)))
    if not form.slots:
        return once
    meals = [SLOTS[each] for each in form.slots if each in _MEALTIMES]
    said = "・".join(meals) + MEALS[form.meal] if meals else ""
    others = [SLOTS[each] for each in form.slots if each not in _MEALTIMES]
    whole = [
        *(each for each in others if each == "起床時"),
        said,
        *(each for each in others if each != "起床時"),
    ]
    return " ".join(filter(None, (f"1日{len(form.slots)}回", "・".join(filter(None, whole)), once)))


def first_wrong(form: Typed) -> tuple[str, str] | None:
    """The first field that cannot be right, with what to do; None when it can be kept."""
    if not form.name.strip():
        return "name", tr("お薬の名前を入力してください。")
    if len(form.name) > 300:
        return "name", tr("名前は300文字までにしてください。")
    if not form.slots and not form.as_needed:
        return "slots", tr("いつ使うかを選んでください。決まっていなければ「必要なとき」を選びます。")
    return None


def slip_of(form: Typed, slip_id: UUID, today: date, before: Dispensing | None = None) -> Dispensing:
    """The slip: said to be taken since a day, written by herself. A correction keeps its ids."""
    first = _first(form, today) if before is None or form.since else _kept_first(before)
    usage = _usage(form, first)
    times = len(form.slots)
    daily = form.amount and times and not form.as_needed and form.unit not in _EXTERNAL_UNITS
    dose = str(Decimal(form.amount) * times) if daily else form.amount
    medicine_id = before.medicines[0].id if before else uuid5(_NAMESPACE, str(slip_id))
    notes = tuple(filter(None, (_KIND_WORDS[form.kind], form.memo.strip())))
    medicine = Medicine(
        medicine_id,
        form.name.strip(),
        dose,
        form.unit if form.amount else "",
        CodeSet(form.code_set),
        form.code,
        usage=usage,
        author=Author.PATIENT,
        notes=notes,
    )
    on = before.dispensed_on if before else today
    return Dispensing(slip_id, on, (medicine,), author=Author.PATIENT, origin=TYPED, stage=Stage.STATED)


def _first(form: Typed, today: date) -> date:
    return today - (LONG_AGO if form.since == "long" else timedelta(days=int(form.since)))


def _kept_first(before: Dispensing) -> date:
    return before.medicines[0].usage.starts_on or before.dispensed_on


def _usage(form: Typed, first: date) -> Usage:
    kind = Form.INTERNAL
    if form.as_needed:
        kind = Form.AS_NEEDED
    elif form.unit in _EXTERNAL_UNITS:
        kind = Form.EXTERNAL
    last = first + timedelta(days=int(form.ends)) if form.ends else None
    notes = ("開始日は、おおよその日です",) if form.since == "long" else ()
    return Usage(
        usage_text(form), "", kind, notes=notes, single_dose=form.amount, starts_on=first, ends_on=last
    )


def form_of(slip: Dispensing) -> Typed:
    """The form of a slip that she typed, to put it right; ``since`` is empty: the day stays what it was."""
    medicine = slip.medicines[0]
    usage = medicine.usage
    kinds = {words: kind for kind, words in _KIND_WORDS.items()}
    noted = [note for note in medicine.notes if note not in kinds]
    times = schedule_of(usage).times
    meal = next((time.meal for time in times if time.meal), None)
    ends = ""
    if usage.ends_on is not None and usage.starts_on is not None:
        ends = str((usage.ends_on - usage.starts_on).days)
    return Typed(
        name=medicine.name,
        code_set=medicine.code_set.value,
        code=medicine.code,
        kind=next((kinds[note] for note in medicine.notes if note in kinds), "prescribed"),
        amount=usage.single_dose,
        unit=medicine.dose_unit or "錠",
        slots=tuple(time.slot.value for time in times if time.slot),
        meal=meal.value if meal in (AtMeal.AFTER, AtMeal.BEFORE) else "",
        as_needed=usage.form is Form.AS_NEEDED,
        since="",
        ends=ends,
        memo=" ".join(noted),
    )


def draft_text(form: Typed) -> str:
    """The form as text; empty where there is nothing to keep."""
    return "" if form == Typed() else json.dumps(asdict(form), ensure_ascii=False)


def from_draft(text: str) -> Typed:
    """The form that ``text`` says; one that does not fit (an older app's) is left aside."""
    try:
        kept = json.loads(text or "{}")
        known = {each.name for each in fields(Typed)}
        made = Typed(**{name: value for name, value in kept.items() if name in known})
        made = replace(made, slots=tuple(slot for slot in made.slots if slot in SLOTS))
        fits = made.kind in KINDS and made.meal in MEALS and made.ends in ENDS and made.since in SINCE
        whole = all(
            isinstance(each, str) for each in (made.name, made.code, made.amount, made.unit, made.memo)
        )
        return made if fits and whole and made.code_set in set(CodeSet) else Typed()
    except (ValueError, TypeError, AttributeError):
        return Typed()
