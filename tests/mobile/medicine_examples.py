"""What Hanako takes: a year of slips from two pharmacies, what she typed, a prescription, and warnings. No window."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid5

from mobile.events import DueLoaded, MedicinesChecked, MedicinesLoaded
from shared.courses import courses, plan_of
from shared.doses import Dose, DoseState, dose_id
from shared.drug_checks import Against, check, taken_of
from shared.drug_knowledge import bundled
from shared.drug_listing import Product
from shared.findings import Finding, FindingKind
from shared.marks import HitMark, hit_mark_id
from shared.medicines import (
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
from tests.mobile.examples import JAPAN, LONGEST, NOW

TODAY = date(2026, 11, 23)  # a Monday
SHIMA = Place("しま薬局", "1234567", "34", "4")
MINATO = Place("みなと駅前薬局", "7654321", "34", "4")
CLINIC = Place("なぎさ島診療所", "1111111", "34", "1")
HOSPITAL = Place("みなと総合病院", "2222222", "34", "1")
NUMBER = "1234567890123456"

AMLODIPINE = ("アムロジピン錠5mg「トーワ」", "2171022F2347")
CANDESARTAN = ("カンデサルタン錠8mg「あすか」", "2149040F3011")
CLARITHROMYCIN = ("クラリスロマイシン錠200mg「サワイ」", "6149003F2011")
SUVOREXANT = ("ベルソムラ錠15mg", "1190023F2028")
ALENDRONATE = ("アレンドロン酸錠35mg「サワイ」", "3999018F2030")
LOXOPROFEN = ("ロキソプロフェンNa錠60mg「トーワ」", "1149019F1013")
TAPE = (LONGEST, "2649735S3010")


def medicine(
    named: tuple[str, str], dose: str, usage: str, days: int = 28, form: Form = Form.INTERNAL
) -> Medicine:
    """A medicine as a slip has it."""
    name, code = named
    unit = "日分" if form is Form.INTERNAL else "回分" if form is Form.AS_NEEDED else ""
    ident = uuid5(UUID(int=3), f"{named} {usage} {days}")
    made = Usage(usage, form=form, amount=days, amount_unit=unit)
    units = "枚" if form is Form.EXTERNAL else "錠"
    return Medicine(ident, name, dose, units, CodeSet.PRICE_LIST, code, usage=made, clinic_doctor="佐藤 健")


def slip(
    after: int, *medicines: Medicine, at: Place | None = SHIMA, by: Place = CLINIC, **more: object
) -> Dispensing:
    """A slip, ``after`` days from today."""
    on = TODAY + timedelta(days=after)
    ident = uuid5(UUID(int=4), f"{on} {at} {[str(each.id) for each in medicines]}")
    own = tuple(
        Medicine(
            **{**{name: getattr(each, name) for name in Medicine.__slots__}, "id": uuid5(ident, str(each.id))}
        )
        for each in medicines
    )
    said: dict[str, object] = {"author": Author.CARE_STAFF, "origin": "jahis_techo", **more}
    return Dispensing(ident, on, own, pharmacy=at, clinic=by, **said)  # type: ignore[arg-type]


def _year() -> list[Dispensing]:
    regular = [medicine(AMLODIPINE, "1", "1日1回朝食後"), medicine(CANDESARTAN, "1", "1日1回朝食後")]
    months = [slip(-11 - 28 * back, *regular) for back in range(12) if back not in (4, 5)]
    elsewhere = (
        slip(-11 - 28 * back + 14 * (back == 2), regular[0], at=MINATO, by=HOSPITAL) for back in (2, 5)
    )
    return [*months, *elsewhere]


TYPED = Dispensing(
    UUID(int=77),
    TODAY - timedelta(days=30),
    (
        Medicine(
            UUID(int=78),
            "ビタミンC錠（市販）",
            "2",
            "錠",
            usage=Usage(
                "1日2回 朝・夕食後 1回1錠",
                form=Form.INTERNAL,
                single_dose="1",
                starts_on=TODAY - timedelta(days=30),
            ),
            author=Author.PATIENT,
            notes=("サプリメント",),
        ),
    ),
    author=Author.PATIENT,
    origin="typed",
    stage=Stage.STATED,
)

PRESCRIPTION = slip(
    -1,
    medicine(SUVOREXANT, "1", "1日1回就寝前", 14),
    at=None,
    by=HOSPITAL,
    origin="eprescription",
    stage=Stage.PRESCRIBED,
    exchange_number=NUMBER,
    valid_until=TODAY + timedelta(days=2),
    refills=3,
)

SLIPS: tuple[Dispensing, ...] = tuple(
    sorted(
        [
            *_year(),
            slip(
                -2,
                medicine(CLARITHROMYCIN, "2", "1日2回朝夕食後", 7),
                medicine(LOXOPROFEN, "1", "疼痛時 1日3回まで", 10, Form.AS_NEEDED),
                medicine(TAPE, "14", "1日1回腰に貼付", 14, Form.EXTERNAL),
                at=MINATO,
                by=HOSPITAL,
                notes=(DispensingNote(NoteKind.REMAINING, "カンデサルタン錠 5 錠残っています"),),
            ),
            slip(
                -240,
                medicine(
                    ("オロパタジン塩酸塩錠5mg「サワイ」", "4490025F2016"), "2", "1日2回朝食後・就寝前", 30
                ),
            ),
            slip(-20, medicine(ALENDRONATE, "1", "週1回 起床時", 4)),
            TYPED,
            PRESCRIPTION,
        ],
        key=lambda each: each.dispensed_on,
        reverse=True,
    )
)
FINDING = Finding(UUID(int=90), FindingKind.ALLERGY, "ペニシリン系抗菌薬", reaction="発しん")
PRODUCTS = (
    Product(AMLODIPINE[1], AMLODIPINE[0], "アムロジピンベシル酸塩", "5mg1錠", maker="東和薬品"),
    Product(
        "2171022F2320", "アムロジピン錠5mg「サワイ」", "アムロジピンベシル酸塩", "5mg1錠", maker="沢井製薬"
    ),
    Product("", "【般】アムロジピン錠５ｍｇ", "アムロジピンベシル酸塩", "５ｍｇ１錠", "2171022F2ZZZ"),
)


def loaded(slips: tuple[Dispensing, ...] = SLIPS, hidden: frozenset[str] = frozenset()) -> MedicinesLoaded:
    """Her medicines, as the phone loads them."""
    return MedicinesLoaded(slips, tuple(courses(slips, bundled(), TODAY)), TODAY, hidden)


def checked(*known: str, slips: tuple[Dispensing, ...] = SLIPS) -> MedicinesChecked:
    """What the checks find; the hits with these rules are known."""
    found = check(taken_of(slips, bundled()), bundled(), Against((FINDING,)), TODAY)
    marks = tuple(
        HitMark(hit_mark_id(hit.key), hit.key, "しま薬局の薬剤師に確認した")
        for hit in found.hits
        if hit.rule in known
    )
    return MedicinesChecked(found, marks, (FINDING,))


def due_loaded(*ticked: tuple[str, DoseState]) -> DueLoaded:
    """What is due this morning; ``ticked`` are (part of a name with its slot: ``アムロ morning``, state)."""
    due = tuple(plan_of(SLIPS, bundled()).due(TODAY))
    doses = []
    for what, state in ticked:
        name, slot = what.split()
        each = next(each for each in due if name in each.name and each.slot == slot)
        ident = dose_id(each.medicine_id, each.on, each.slot)
        doses.append(Dose(ident, each.medicine_id, each.on, each.slot, state, NOW))
    return DueLoaded(NOW, JAPAN, TODAY, due, tuple(doses))
