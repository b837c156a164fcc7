"""How fast a medicine is found while its name is typed: 12,434 products of the price list and 20,523 receipt codes.

With the operator's lists beside the project where they are; else with as many names made up from syllables.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.figures import Figure, hand_over
from shared.drug_knowledge import Knowledge, Overlay, knowledge
from shared.drug_listing import Product
from shared.drug_master import Master
from shared.ids import new_id
from shared.medicines import CodeSet, Medicine

LISTS = Path(__file__).parents[2] / "shared" / "data" / "drugs"
PRODUCTS, RECEIPTS = 12_434, 20_523
LIMIT_MS = 10.0
ROUNDS = 5
# Brands, ingredients, herbs and strengths as people type them; each is asked for after every letter.
TYPED = (
    "ろきそにん", "ロキソプロフェン", "あむろじぴん", "カロナール", "ぐらけー", "タケキャブ", "ﾑｺｽﾀ", "ノルバスク",
    "芍薬甘草湯", "めとほるみん 250", "酸化マグネシウム", "aspirin", "ゔぉりこ", "テープ", "60mg「トーワ」",
    "錠 カプセル", "なんでもない薬",
)  # fmt: skip


def master() -> Master:
    """All names that an operator loads."""
    if not LISTS.exists():
        return _made_up()
    products = [
        Product(
            row["price_list_code_12"],
            row["product_name"],
            row["ingredient_ja"],
            row["strength"],
            "",
            row["maker"],
        )
        for row in _rows("products.csv")
    ]
    places = {product.code: place for place, product in enumerate(products)}
    receipts: dict[str, int] = {}
    for row in _rows("receipt_codes.csv"):
        place = places.get(row["price_list_code_12"])
        if place is None or products[place].name != row["name_ja"]:
            products.append(Product(row["price_list_code_12"], row["name_ja"], "", row["unit_ja"]))
            place = len(products) - 1
        receipts[row["receipt_code"]] = place
    return Master.of("20250716", products, receipts, {})


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (LISTS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _made_up() -> Master:
    chance = random.Random(1)
    kana = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモラリルレロン"
    products = [
        Product(f"{place:07d}F1010", "".join(chance.choices(kana, k=12)), "".join(chance.choices(kana, k=8)))
        for place in range(PRODUCTS + RECEIPTS // 2)
    ]
    receipts = {f"{place:09d}": place % len(products) for place in range(RECEIPTS)}
    return Master.of("20250716", products, receipts, {})


def figures() -> Iterator[Figure]:
    """Milliseconds for one answer of twenty products; microseconds for what the checks ask of each medicine."""
    made = master()
    known = knowledge(made, Overlay())
    yield Figure("products that are searched", len(made.products), "")
    yield Figure("receipt codes", len(made.receipts), "")
    yield Figure("the master for a phone", len(made.to_bytes()) / 1000, "kB")
    times = min((_typed(known) for _ in range(ROUNDS)), key=lambda times: times[int(len(times) * 0.95)])
    yield Figure("a name being typed, p50", times[len(times) // 2], "ms")
    yield Figure("a name being typed, p95", times[int(len(times) * 0.95)], "ms", LIMIT_MS)
    medicines = [
        Medicine(new_id(), product.name, code_set=CodeSet.YJ, code=product.code)
        for product in made.products[::50]
    ]
    yield Figure(
        "ingredients and route of a medicine",
        _each(lambda: [known.of(one) for one in medicines], medicines),
        "µs",
    )
    codes = [known.of(one).codes for one in medicines]
    yield Figure("pairs of a medicine", _each(lambda: [known.pairs_of(one) for one in codes], codes), "µs")


def _typed(known: Knowledge) -> list[float]:
    times = []
    for word in TYPED:
        for end in range(1, len(word) + 1):
            begun = time.perf_counter()
            known.search(word[:end], 20)
            times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)


def _each(deed: Callable[[], object], things: Sequence[object]) -> float:
    rounds = []
    for _ in range(5):
        begun = time.perf_counter()
        deed()
        rounds.append((time.perf_counter() - begun) * 1_000_000 / len(things))
    return min(rounds)


if __name__ == "__main__":
    hand_over(figures())
