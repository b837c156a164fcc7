"""How fast 30 current medicines are checked against each other, with rules and allergies: on the server, on the phone.

The server's figure is the check alone, with the medicines opened; the phone's begins with the JSON of its store.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.figures import Figure, hand_over
from shared.drug_checks import Against, check, taken_of
from shared.drug_knowledge import Knowledge, Overlay, bundled, knowledge
from shared.drug_rules import LocalRule, RuleKind
from shared.findings import Finding, FindingKind
from shared.ids import new_id
from shared.medicines import Author, CodeSet, Dispensing, Form, Medicine, Place, Usage
from shared.medicines_quick import dispensing_quick
from shared.medicines_schema import dispensing_members

MEDICINES, A_SLIP, RULES, RUNS = 30, 5, 20, 400
SERVER_MS, PHONE_MS = 1.0, 5.0
TODAY = date(2026, 11, 20)
WORDS = ("アスピリンで蕁麻疹", "そば", "ロキソニンで発疹", "ペニシリン系", "造影剤で気分が悪くなった")
# Words on the bag, and for how many days of taking: four weeks each.
USAGES = (
    ("1日1回朝食後", 28),
    ("1日3回毎食後", 28),
    ("1日1回就寝前", 28),
    ("1日1回 隔日", 14),
    ("週1回 日曜日 起床時", 4),
)


def main() -> None:
    """Both figures."""
    chance = random.Random(7)
    knows = _knowledge(chance)
    slips = [_slip(chance, number) for number in range(MEDICINES // A_SLIP)]
    against = Against(
        tuple(Finding(new_id(), FindingKind.ALLERGY, text) for text in WORDS), date(1948, 4, 12)
    )
    taken = taken_of(slips, knows)
    bodies = [json.dumps(dispensing_members(slip)) for slip in slips]
    hits = len(check(taken, knows, against, TODAY).hits)

    def on_the_phone() -> None:
        kept = [dispensing_quick(json.loads(body)) for body in bodies]
        check(taken_of(kept, knows), knows, against, TODAY)

    server = _p95(lambda: check(taken, knows, against, TODAY))
    phone = _p95(on_the_phone)
    named = f"{len(taken)} medicines, {RULES} rules, {hits} hits"
    hand_over(
        [
            Figure(f"check on the server, p95 ({named})", server, "ms", SERVER_MS),
            Figure("check on the phone's path, from stored JSON, p95", phone, "ms", PHONE_MS),
        ]
    )


def _knowledge(chance: random.Random) -> Knowledge:
    ingredients = sorted({name for code in _codes() for name in bundled().ingredients_of(code)})
    rules = tuple(_rule(chance, kind, ingredients) for kind in [*RuleKind] * (RULES // len(RuleKind)))
    return knowledge(None, Overlay(rules=rules))


def _rule(chance: random.Random, kind: RuleKind, ingredients: list[str]) -> LocalRule:
    needed = {RuleKind.PAIR: 2, RuleKind.MOST_MEDICINES: 0}.get(kind, 1)
    return LocalRule(
        id=new_id(),
        kind=kind,
        author="佐藤 健",
        reason="理由",
        starts_on=TODAY,
        ends_on=TODAY + timedelta(days=180),
        on=True,
        ingredients=tuple(chance.sample(ingredients, needed)),
        from_age=75,
        finding_text="腎不全",
        most=10,
    )


def _codes() -> list[str]:
    """Sides of the reviewed pairs, so that there is something to find."""
    return sorted({code for pair in bundled().pairs for code in (*pair.a, *pair.b) if len(code) == 7})


def _slip(chance: random.Random, number: int) -> Dispensing:
    medicines = tuple(
        Medicine(
            id=new_id(),
            name=f"お薬{code}錠５ｍｇ「島」",
            dose="1",
            dose_unit="錠",
            code_set=CodeSet.YJ,
            code=f"{code}F1012",
            usage=Usage(text, form=Form.INTERNAL, amount=days, amount_unit="日分"),
        )
        for code, (text, days) in zip(chance.sample(_codes(), A_SLIP), USAGES, strict=True)
    )
    day = TODAY - timedelta(days=chance.randrange(20))
    clinic, pharmacy = Place(f"医院{number % 3}"), Place(f"薬局{number % 2}")
    return Dispensing(new_id(), day, medicines, pharmacy, "", clinic, Author.CARE_STAFF, "jahis_techo")


def _p95(deed: Callable[[], object]) -> float:
    """In milliseconds, after a few runs to warm up."""
    for _ in range(20):
        deed()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        deed()
        times.append(time.perf_counter() - began)
    return sorted(times)[int(RUNS * 0.95)] * 1000


if __name__ == "__main__":
    main()
