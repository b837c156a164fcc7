"""Hanako's medicines in the tests: three places, a pair that must never meet, the same ingredient twice, an allergy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.findings.findings import FINDINGS
from backend.medicines import dispensings, telling
from backend.medicines.things import THINGS
from shared.doses import Dose, DoseState, dose_id
from shared.drug_check_words import headline
from shared.drug_checks import course_key
from shared.drug_knowledge import bundled
from shared.findings import Finding, FindingKind
from shared.ids import new_id
from shared.marks import Hiding, HitMark, hiding_id, hit_mark_id
from shared.medicines import (
    TYPED,
    Author,
    CodeSet,
    Dispensing,
    DispensingNote,
    Form,
    Medicine,
    NoteKind,
    Place,
    Stage,
    Usage,
)
from shared.sync import Change, Word
from tests.cast import Cast

__all__ = ["headline"]

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
PHONE = UUID("0190d3a0-0000-7000-8000-00000000abcd")
ISLAND = Place("しま薬局", "1234567", "34", "4")
HARBOUR = Place("みなと薬局", "7654321", "34", "4")


def medicine(name: str, code: str, id: UUID | None = None) -> Medicine:
    """Tablets for 28 days."""
    usage = Usage("1日1回朝食後", form=Form.INTERNAL, amount=28, amount_unit="日分")
    return Medicine(id or new_id(), name, "1", "錠", CodeSet.YJ, code, usage=usage)


CLARITHROMYCIN = medicine("クラリスロマイシン錠200mg", "6149003F2038")
SUVOREXANT = medicine("ベルソムラ錠15mg", "1190023F1024")
AMLODIPINE = medicine("アムロジピン錠5mg「ともに」", "2171022F1010")
NORVASC = medicine("ノルバスク錠5mg", "2171022F2024")
NOTE = DispensingNote(NoteKind.INFORMATION, "ベルソムラについて説明しました")
OTHER_NOTE = DispensingNote(NoteKind.REMAINING, "残薬なし")


def slip(day: int, *medicines: Medicine, at: Place = ISLAND, id: UUID | None = None) -> Dispensing:
    """A dispensing in March 2026, as a pharmacy's code says it."""
    return Dispensing(
        id or new_id(),
        date(2026, 3, day),
        medicines,
        at,
        author=Author.CARE_STAFF,
        origin="jahis_techo",
        notes=(OTHER_NOTE,) if SUVOREXANT not in medicines else (OTHER_NOTE, NOTE),
    )


def typed(*medicines: Medicine, id: UUID | None = None, day: int = 4) -> Dispensing:
    """What she types herself."""
    return Dispensing(
        id or new_id(),
        date(2026, 3, day),
        medicines,
        author=Author.PATIENT,
        origin=TYPED,
        stage=Stage.STATED,
    )


def bring(record: OpenRecord, *slips: Dispensing) -> UUID:
    """A file brings them."""
    import_id = new_id()
    dispensings.keep_many(record, [(each, str(each.id)) for each in slips], import_id)
    return import_id


def change(word: Word, thing: object, seconds: float = 0, device: UUID = PHONE) -> Change:
    """A version that her phone makes."""
    return THINGS.change_of(word, thing, NOW + timedelta(seconds=seconds), device)  # type: ignore[arg-type]


def tell(record: OpenRecord, *changes: Change) -> None:
    """Her phone tells them."""
    for each in changes:
        telling.tell(record, each)
    telling.refresh(record)


def hiding(hidden: Medicine, *, is_hidden: bool = True, seconds: float = 0) -> Change:
    """She hides a medicine, or shows it again."""
    key = course_key(hidden, bundled().of(hidden))
    return change(Word.HIDING, Hiding(hiding_id(key), key, hidden.name, is_hidden), seconds)


def dose(of: Medicine, day: int = 5, state: DoseState = DoseState.TAKEN, slot: str = "morning") -> Dose:
    """A tick."""
    on = date(2026, 3, day)
    return Dose(dose_id(of.id, on, slot), of.id, on, slot, state, NOW)


def known(key: str, reason: str = "先生と相談済み") -> HitMark:
    """A mark at a hit."""
    return HitMark(hit_mark_id(key), key, reason)


def allergic(record: OpenRecord, text: str = "クラリスロマイシン") -> Finding:
    """She notes an allergy."""
    finding = Finding(new_id(), FindingKind.ALLERGY, text, reaction="じんましん", said_by="ご本人")
    FINDINGS.tell(record, FINDINGS.change_of(Word.FINDING, finding, NOW, PHONE))
    return finding


def fill(cast: Cast, *changes: Change) -> Finding:
    """All of the above: a contraindicated pair, a doubled ingredient, an allergy; then what her phone tells."""
    with cast.house.database.transaction() as session:
        record = cast.open(session, cast.hanako)
        bring(
            record,
            slip(1, CLARITHROMYCIN),
            slip(2, SUVOREXANT, AMLODIPINE, at=HARBOUR),
            slip(3, NORVASC),
        )
        finding = allergic(record)
        tell(record, *changes)
    return finding


def names(slips: Sequence[Dispensing]) -> list[str]:
    """The names of all their medicines, in order."""
    return [each.name for one in slips for each in one.medicines]
