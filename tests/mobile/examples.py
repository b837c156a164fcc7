"""What the cast would see on the phone: a month of readings, medicines, codes. No window is needed for it."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from mobile.seen import Kept, KeptFinding
from shared.costs import CareKind, Cost
from shared.electrocardiograms import Classified, Electrocardiogram
from shared.findings import Finding, FindingKind
from shared.ids import new_id
from shared.kinds import Meal
from shared.medicines import Author, Dispensing, Form, Medicine, Place, Usage
from shared.vitals import BloodPressure, Vital
from shared.workouts import Activity, Workout

NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # 07:30 on the island, Monday 23 November
JAPAN = 9 * 60
LONGEST = "ロキソプロフェンナトリウムテープ100mg 10cm×14cm"


def pressure(taken_at: datetime, upper: int, lower: int, pulse: int = 68) -> Kept:
    """A blood pressure on the phone, told."""
    reading = BloodPressure(Decimal(upper), Decimal(lower), Decimal(pulse))
    return Kept(Vital(new_id(), "blood_pressure", taken_at, JAPAN, reading), told=True)


def one(kind: str, value: str, taken_at: datetime = NOW, meal: Meal | None = None) -> Kept:
    """Any other measurement, not yet told."""
    return Kept(Vital(new_id(), kind, taken_at, JAPAN, Decimal(value), meal=meal), told=False)


def month() -> tuple[Kept, ...]:
    """Thirty days, morning and evening, and two readings this morning; newest first."""
    found = [pressure(NOW - timedelta(minutes=16), 126, 76)]
    for day in range(30):
        morning = NOW - timedelta(days=day, minutes=18)
        found.append(pressure(morning, 124 + day // 3 + day * 7 % 9, 74 + day * 5 % 9))
        if day:
            found.append(
                pressure(morning + timedelta(hours=13), 122 + day // 3 + day * 5 % 8, 72 + day * 3 % 9)
            )
    return tuple(sorted(found, key=lambda kept: kept.vital.taken_at, reverse=True))


def medicine(name: str, dose: str, usage: str, form: Form = Form.INTERNAL) -> Medicine:
    """A medicine as the bag says."""
    return Medicine(new_id(), name, dose, "錠", usage=Usage(usage, "", form, 28, "日分"))


DISPENSINGS = (
    Dispensing(
        new_id(),
        date(2026, 11, 12),
        (
            medicine("アムロジピン錠5mg「トーワ」", "1", "1日1回朝食後"),
            medicine("カンデサルタン錠8mg", "1", "1日1回朝食後"),
            medicine(LONGEST, "14", "1日1回腰に貼付", Form.EXTERNAL),
        ),
        Place("しま薬局"),
        clinic=Place("なぎさ島診療所"),
        author=Author.CARE_STAFF,
        origin="jahis_techo",
    ),
    Dispensing(
        new_id(), date(2026, 10, 15), (medicine("アムロジピン錠5mg", "1", "1日1回朝食後"),), origin="typed"
    ),
)


def _unclear() -> tuple[bytes, ...]:
    """Codes whose order nothing can tell: each remark is cut in two, and each half fits to every other."""
    notes = [f"401,{a}の前と{b}の後,1\r\n" for a, b in zip("いろは", "にほへ", strict=True)]
    text = "JAHISTC08,1\r\n1,山田 花子,2,S230402\r\n5,20261112,1\r\n11,しま薬局,34,4,1,,,,1\r\n" + "".join(
        notes
    )
    first, *rest = text.split("前と")
    parts = [first + "前", *(f"と{one}前" for one in rest[:-1]), "と" + rest[-1]]
    return tuple(part.encode("cp932") for part in parts)


UNCLEAR = _unclear()


def _known(
    kind: FindingKind, text: str, since: str = "", reaction: str = "", said_by: str = ""
) -> KeptFinding:
    theirs = Author.CARE_STAFF if said_by else Author.PATIENT
    origin = "jahis_techo" if said_by else "typed"
    finding = Finding(
        new_id(), kind, text, since=since, author=theirs, said_by=said_by, reaction=reaction, origin=origin
    )
    return KeptFinding(replace(finding, noted_on=date(2026, 3, 10)), told=bool(said_by))


def cost(month: str, kind: CareKind, place: str, paid: int | None, kind_text: str = "") -> Cost:
    """A line of a notice, of which she pays a tenth."""
    total = None if paid is None else paid * 10
    insurer = None if paid is None else paid * 9
    return Cost(new_id(), month, kind, kind_text, 1, place, total, insurer, 0, paid, "mynaportal")


COSTS = (
    cost("2025-11", CareKind.OUTPATIENT, "なぎさ島診療所", 1240, "医科外来"),
    cost("2025-11", CareKind.PHARMACY, "しま薬局", 545, "調剤"),
    cost("2025-12", CareKind.INPATIENT, "独立行政法人みなと総合医療センター附属病院", 154_000, "医科入院"),
    cost("2026-01", CareKind.OUTPATIENT, "なぎさ島診療所", 1240, "医科外来"),
    cost("2026-01", CareKind.PHARMACY, "しま薬局", 2310, "調剤"),
    cost("2026-02", CareKind.DENTAL, "しま歯科", None, "歯科外来"),
    cost("2026-02", CareKind.OTHER, "", 880, "柔道整復"),
)
FINDINGS = (
    _known(FindingKind.ALLERGY, "そば", "1962", "息が苦しい、発しん・かゆみ"),
    _known(
        FindingKind.SIDE_EFFECT,
        "ロキソプロフェンナトリウム錠60mg「トーワ」",
        "2019-08",
        "胃が痛くなった",
        "しま薬局",
    ),
    _known(FindingKind.DIAGNOSIS, "高血圧", "2008"),
    _known(FindingKind.IMMUNISATION, "インフルエンザ", "2025-11-04"),
)


def _heart() -> Electrocardiogram:
    """Ten seconds of a made-up heart."""
    beat = (
        [0] * 180
        + [90, 120, 90] * 4
        + [0, -60, 400, 1100, 300, -250, 0] * 2
        + [0] * 60
        + [120, 220, 260, 220, 120] * 8
    )
    samples = array("i", [each * 1000 for each in beat * 16])
    return Electrocardiogram(
        new_id(), NOW - timedelta(days=1), 540, Classified.SINUS_RHYTHM, Decimal(512), samples, "Sinus Rhythm",
        "どきどきする", 61, "Lead I", "Apple Watch", "apple_health",
    )  # fmt: skip


HEART = _heart()
WORKOUTS = (
    Workout(
        new_id(), Activity.WALKING, NOW - timedelta(hours=3), NOW - timedelta(hours=2), 540, "Walking", 2520,
        Decimal("2310.4"), Decimal(118), 3120, 96, 118, "花子のApple Watch", "apple_health",
    ),
    Workout(new_id(), Activity.GYMNASTICS, NOW - timedelta(days=1), NOW - timedelta(days=1), 540, "ラジオ体操", 600),
)  # fmt: skip
