"""The medicines of a record as a doctor reads them: each dispensing with where it came from; what has run out apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.worklist import wording
from shared.drug_hits import days_later
from shared.languages import tr
from shared.medicines import (
    Author,
    Dispensing,
    DispensingNote,
    Form,
    Medicine,
    NoteKind,
    Signature,
    Stage,
    Usage,
    is_unverified,
)

# Where no days are written (as needed, ointments) nobody knows the end: a proposal of ours, said so on the page.
UNKNOWN_LASTS = timedelta(days=180)
_DAYS = ("", "日分")
_DAILY = (Form.INTERNAL, Form.INTERNAL_DROPS, Form.DECOCTION, Form.DECOCTION_HOT)
_AUTHORS = {
    Author.CARE_STAFF: "医療関係者が作成",
    Author.PATIENT: "ご本人・ご家族が作成",
    Author.OTHER: "その他の人が作成",
    Author.UNKNOWN: "作成者の記載なし",
}


_STAGES = {
    Stage.PRESCRIBED: "処方せん",
    Stage.DISPENSED: "調剤",
    Stage.STATED: "使っているという記録",
}
_SIGNATURES = {
    Signature.VALID: "電子署名：確かめました",
    Signature.UNTRUSTED: "電子署名：文書は変わっていませんが、署名した人を確かめられません",
    Signature.INVALID: "電子署名：正しくありません。元の処方せんを確かめてください",
    Signature.UNCHECKED: "電子署名：確かめていません",
}
_NOTES = {
    NoteKind.CAUTION: "服用の注意",
    NoteKind.INFORMATION: "医療機関からの情報",
    NoteKind.REMAINING: "残薬",
    NoteKind.REMARK: "備考",
    NoteKind.PATIENT: "ご本人の記入",
}


@dataclass(frozen=True, slots=True)
class Cards:
    """Dispensings newest first, each with only its medicines that are ``current``, and with those that ran out.

    ``older`` counts the dispensings that ran out and are not listed, because they are of before the day asked for.
    """

    current: Sequence[Dispensing]
    before: Sequence[Dispensing]
    older: int = 0


def cards(dispensings: Sequence[Dispensing], today: date, since: date | None = None) -> Cards:
    """Each medicine in one of the two lists; of those that ran out only ``since`` that day."""
    ran_out = [each for each in dispensings if any(_is_over(each, one, today) for one in each.medicines)]
    before = [each for each in ran_out if since is None or each.dispensed_on >= since]
    current = _only(dispensings, today, ran_out=False)
    return Cards(current, _only(before, today, ran_out=True), len(ran_out) - len(before))


def _only(dispensings: Sequence[Dispensing], today: date, *, ran_out: bool) -> list[Dispensing]:
    found = []
    for each in dispensings:
        chosen = tuple(one for one in each.medicines if _is_over(each, one, today) is ran_out)
        if chosen:
            found.append(replace(each, medicines=chosen))
    return found


def _is_over(slip: Dispensing, medicine: Medicine, today: date) -> bool:
    return has_run_out(medicine.usage, slip.dispensed_on, today)


def has_run_out(usage: Usage, dispensed_on: date, today: date) -> bool:
    """Whether the days written on the bag are over: 28 days from the 1st last until the 28th."""
    days = days_of(usage)
    lasts = UNKNOWN_LASTS if days is None else timedelta(days=days)
    return today - dispensed_on >= lasts


def days_of(usage: Usage) -> int | None:
    """For how many days it was handed out, where that is written."""
    if usage.amount is None or usage.amount_unit not in _DAYS:
        return None
    return usage.amount if usage.amount_unit or usage.form in _DAILY else None


def until(usage: Usage, dispensed_on: date) -> str:
    """The last day it lasts, or that none is written."""
    days = days_of(usage)
    if days is None:
        return tr("日数の記載なし")
    return tr("{day}まで", day=wording.day(days_later(dispensed_on, days - 1)))


def dose(medicine: Medicine) -> str:
    """The dose as it is written; what it counts (a day's, a single one, all) follows the form."""
    if not medicine.dose:
        return ""
    written = f"{medicine.dose}{medicine.dose_unit}"
    if medicine.usage.form in _DAILY:
        return tr("1日量 {dose}", dose=written)
    if medicine.usage.form is Form.AS_NEEDED:
        return tr("1回量 {dose}", dose=written)
    return tr("全量 {dose}", dose=written) if medicine.usage.form is Form.EXTERNAL else written


def length(usage: Usage) -> str:
    """For how long or how many times, as written."""
    return f"{usage.amount}{usage.amount_unit}" if usage.amount is not None and usage.amount_unit else ""


def author(dispensing: Dispensing) -> str:
    """Who wrote the entry (作成者)."""
    return tr(_AUTHORS[dispensing.author])


def doctors(dispensing: Dispensing) -> str:
    """The prescribing doctors that its medicines name, with their departments."""
    named = dict.fromkeys(
        " ".join(filter(None, (one.department, one.clinic_doctor)))
        for one in dispensing.medicines
        if one.clinic_doctor
    )
    return " ・ ".join(named)


def stage(dispensing: Dispensing) -> str:
    """How far it came: prescribed, handed out, or only said to be taken."""
    return tr(_STAGES[dispensing.stage])


def signature(dispensing: Dispensing) -> str:
    """What is known of its electronic signature; empty where nothing was to be signed, or nothing was."""
    if dispensing.signature is Signature.NONE:
        return tr("電子署名なし") if dispensing.origin == "eprescription" else ""
    return tr(_SIGNATURES[dispensing.signature])


def doubt(dispensing: Dispensing) -> str:
    """That nobody has held this way of reading against a real file; empty where somebody has."""
    return tr("読み取り方は、実物でまだ確かめていません") if is_unverified(dispensing) else ""


def note_kind(note: DispensingNote) -> str:
    """What a note is about."""
    return tr(_NOTES[note.kind])
