"""One visit to a pharmacy in words: where, where we have it from, and each medicine as the slip writes it."""

from __future__ import annotations

from mobile import medicine_wording, wording
from shared.languages import tr
from shared.medicines import Author, Dispensing, Form, Medicine, is_unverified, writer


def where_words(dispensing: Dispensing) -> str:
    """The pharmacy and the clinic, as far as the source names them."""
    pharmacy = dispensing.pharmacy.name if dispensing.pharmacy else ""
    clinic = tr("処方：{clinic}", clinic=dispensing.clinic.name) if dispensing.clinic else ""
    return wording.joined(pharmacy, clinic)


def source_words(dispensing: Dispensing) -> str:
    """Where this entry came from: who wrote it, and the way it was taken in."""
    said = medicine_wording.writer_words(writer(dispensing))
    origin = wording.origin_words(dispensing.origin)
    more = (
        tr("ご本人・ご家族が作成")
        if dispensing.author is Author.PATIENT and dispensing.origin != "typed"
        else ""
    )
    doubt = tr("読み取り方は、実物でまだ確かめていません") if is_unverified(dispensing) else ""
    return wording.joined(said, "" if origin == said else origin, more, doubt)


def medicine_lines(medicine: Medicine) -> tuple[str, str]:
    """A medicine: its full name, and how it is taken."""
    dose = f"{medicine.dose}{medicine.dose_unit}"
    labelled = {
        Form.INTERNAL: tr("1日量 {dose}", dose=dose),
        Form.INTERNAL_DROPS: tr("1日量 {dose}", dose=dose),
        Form.AS_NEEDED: tr("1回量 {dose}", dose=dose),
        Form.EXTERNAL: tr("全量 {dose}", dose=dose),
    }
    amount = dose and (labelled.get(medicine.usage.form, dose) if medicine.usage.form else dose)
    span = medicine.usage.amount
    long = tr("{n} 日分", n=span) if span and medicine.usage.amount_unit in ("", "日分") else ""
    times = f"{span}{medicine.usage.amount_unit}" if span and not long else ""
    return medicine.name, wording.joined(medicine.usage.text, amount, long, times)
