"""How fast a doctor opens ten years of medicines: a dispensing a month from each of three pharmacies, five medicines.

The page through the whole app, the doors that other programs use, and the words behind them, on a SQLite file; once
more with a medicine that she hides. Its questions to the database are counted: as many as for a single dispensing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from backend.consent.opened import OpenRecord, every_right
from backend.findings.findings import FINDINGS
from backend.house import House
from backend.medicines import checking, dispensings, telling
from backend.medicines.things import THINGS
from benchmarks.doctor import LIMIT_MS, Full, calmest, full_record, get
from benchmarks.figures import Figure, hand_over
from shared import clock
from shared.courses import courses
from shared.doses import Dose, DoseState, dose_id
from shared.drug_checks import course_key
from shared.drug_knowledge import bundled
from shared.findings import Finding, FindingKind
from shared.ids import new_id
from shared.marks import Hiding, hiding_id
from shared.medicines import Author, CodeSet, Dispensing, Form, Medicine, Place, Usage
from shared.sync import Word

MONTHS, A_SLIP, DOSE_DAYS = 120, 5, 365
PHARMACIES = ("しま薬局", "みなと薬局", "やま薬局")
RUNS = 40
_DEVICE = new_id()


def main() -> None:
    """Milliseconds: nineteen of twenty answers come within p95."""
    hand_over(_figures())


def _figures() -> Iterator[Figure]:
    with full_record(_ten_years) as full:
        yield Figure("dispensings in the record", MONTHS * len(PHARMACIES), "")
        yield Figure("medicines in the record", MONTHS * len(PHARMACIES) * A_SLIP, "")
        yield from _of_words(full)
        yield from _of_pages(full, "")
        with full.house.database.transaction() as session:
            _hide_one(_opened(full, session))
        yield from _of_pages(full, ", one hidden")
    with full_record(_one_month) as small:
        for name, address in _addresses(small).items():
            yield Figure(f"{name}: questions for one dispensing", _questions(small, address), "queries")


def _of_words(full: Full) -> Iterator[Figure]:
    with full.house.database.transaction() as session:
        record = _opened(full, session)
        seen = checking.see(record)
        today = clock.now().astimezone(record.timezone).date()
        words: dict[str, Callable[[], object]] = {
            "all medicines opened": lambda: checking.see(record).slips,
            "checked": lambda: checking.checked(record, seen),
            "courses of all ten years": lambda: courses(seen.slips, seen.knowledge, today),
        }
        for name, word in words.items():
            yield Figure(f"{name}, p95", _p95(word), "ms")


def _of_pages(full: Full, how: str) -> Iterator[Figure]:
    for name, address in _addresses(full).items():
        times = calmest(full.client, address)
        yield Figure(f"{name}{how}, size", len(get(full.client, address)) / 1000, "kB")
        yield Figure(f"{name}{how}, p50", times[len(times) // 2], "ms")
        yield Figure(f"{name}{how}, p95", times[int(len(times) * 0.95)], "ms", LIMIT_MS)
        yield Figure(f"{name}{how}: questions", _questions(full, address), "queries")


def _addresses(full: Full) -> dict[str, str]:
    page = f"/records/{full.record}"
    return {"page of the medicines": f"{page}/medicines", "page of the record": page}


def _opened(full: Full, session: Session) -> OpenRecord:
    parts = every_right(full.owner)
    return full.house.opener.open_parts(session, full.owner, UUID(full.record), parts)


def _ten_years(record: OpenRecord) -> None:
    _fill(record, MONTHS)
    first = clock.now().date() - timedelta(days=DOSE_DAYS)
    for slip in dispensings.medicine_list(record):
        if slip.dispensed_on < first:
            continue
        for medicine in slip.medicines:
            for day in range(28):
                _tell_dose(record, medicine, slip.dispensed_on + timedelta(days=day))


def _one_month(record: OpenRecord) -> None:
    _fill(record, 1)


def _fill(record: OpenRecord, months: int) -> None:
    chance = random.Random(3)
    usual = [[_medicine(chance) for _ in range(A_SLIP)] for _ in PHARMACIES]
    today = clock.now().astimezone(record.timezone).date()
    slips = [
        _slip(chance, today - timedelta(days=30 * month + 5 + nth), name, usual[nth])
        for month in range(months)
        for nth, name in enumerate(PHARMACIES)
    ]
    dispensings.keep_many(record, [(slip, str(slip.id)) for slip in slips], new_id())
    allergy = Finding(new_id(), FindingKind.ALLERGY, "アスピリンで蕁麻疹")
    FINDINGS.tell(record, FINDINGS.change_of(Word.FINDING, allergy, clock.now(), _DEVICE))


def _medicine(chance: random.Random) -> tuple[str, str]:
    code = chance.choice(_CODES)
    return code, f"{'・'.join(sorted(bundled().ingredients_of(code)))}錠"


def _slip(chance: random.Random, day: date, pharmacy: str, usual: list[tuple[str, str]]) -> Dispensing:
    place = Place(pharmacy, "1234567", "34", "4", "0845-00-0000", "722-0001", "広島県 しま町 1-2")
    clinic = Place(f"{pharmacy[:2]}の診療所", "7654321", "34", "1")
    usage = Usage("1日1回朝食後", "1011000400000000", Form.INTERNAL, 28, "日分", notes=("一包化",))
    medicines = tuple(
        Medicine(
            new_id(),
            name,
            str(chance.randint(1, 3)),
            "錠",
            CodeSet.YJ,
            code,
            usage=usage,
            rp=nth,
            clinic_doctor="佐藤 健",
            department="内科",
            author=Author.CARE_STAFF,
        )
        for nth, (code, name) in enumerate(usual, start=1)
    )
    return Dispensing(new_id(), day, medicines, place, "海野 薫", clinic, Author.CARE_STAFF, "jahis_techo")


def _tell_dose(record: OpenRecord, medicine: Medicine, on: date) -> None:
    dose = Dose(dose_id(medicine.id, on, "morning"), medicine.id, on, "morning", DoseState.TAKEN, clock.now())
    telling.tell(record, THINGS.change_of(Word.DOSE, dose, clock.now(), _DEVICE))


def _hide_one(record: OpenRecord) -> None:
    medicine = dispensings.medicine_list(record)[0].medicines[0]
    key = course_key(medicine, bundled().of(medicine))
    hiding = Hiding(hiding_id(key), key, medicine.name)
    telling.tell(record, THINGS.change_of(Word.HIDING, hiding, clock.now(), _DEVICE))
    telling.refresh(record)


def _questions(full: Full, address: str) -> int:
    with _counted(full.house) as told:
        get(full.client, address)
    return len(told)


@contextmanager
def _counted(house: House) -> Iterator[list[str]]:
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", hear)
    try:
        yield told
    finally:
        event.remove(house.database.engine, "before_cursor_execute", hear)


def _p95(deed: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        deed()
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[int(RUNS * 0.95)]


# Oral medicines that the bundled lists know, as beginnings of codes made whole.
_CODES = [f"{code}F1010" for code in ("2171022", "2149039", "2189015", "2325003", "3969008", "1124023")]
_CODES += [f"{code}F1010" for code in ("6149003", "1190023", "3399007", "1149019", "2329023", "2190030")]


if __name__ == "__main__":
    main()
