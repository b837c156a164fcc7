"""The same ingredient twice: same ingredient and same route in overlapping days, and what is not a duplicate after all.

Source: 重複投薬 of the national e-prescription service (厚生労働省 通知 R5.12.28: 同一成分・同一投与経路). Where this
rule goes further or less far than that service: `docs/decisions/0010-what-counts-as-a-duplicate.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from shared.drug_hits import Hit, HitKind, Taken
from shared.drug_keys import Keys, newer, said
from shared.drug_slips import is_same_place
from shared.medicines import Route

RULE = "same_ingredient"
SOURCE = "電子処方箋管理サービスの重複投薬の考え方（同一成分・同一投与経路）"
SOURCE_URL = "https://www.mhlw.go.jp/content/11120000/001185244.pdf"

# How far a later dispensing of the same order may reach into the earlier one and still be its continuation: the seven
# days by which a refill may come early (療担規則 第20条第3号ト), and never more than half of the earlier one, which is
# a proposal of ours. The national service leaves out the same institution altogether.
REFILL_DAYS = 7
# Routes that do not say where: two of them are one only when the first seven digits of their codes are.
_NOWHERE = (Route.EXTERNAL, Route.OTHER, Route.MATERIAL)


def duplicates(taken: Sequence[Taken], keys: Keys, on: date) -> Iterator[Hit]:
    """Pairs of current medicines that share an ingredient by the same route in days that overlap."""
    by_ingredient: defaultdict[str, list[Taken]] = defaultdict(list)
    for each in taken:
        if each.is_current(on):
            for ingredient in each.ingredients:
                by_ingredient[ingredient].append(each)
    seen: set[tuple[int, int]] = set()
    for same in by_ingredient.values():
        for one, two in combinations(same, 2):
            pair = (id(one), id(two))
            if pair not in seen:
                seen.add(pair)
                if overlaps(one, two) and same_route(one, two) and not is_one_order(one, two):
                    yield _hit(one, two, keys)


def _hit(one: Taken, two: Taken, keys: Keys) -> Hit:
    second, first = (one, two) if newer(one, two) else (two, one)
    shared = tuple(sorted(first.ingredients & second.ingredients))
    ends = [each.ends_on for each in (first, second) if each.ends_on is not None]
    return Hit(
        kind=HitKind.DUPLICATE,
        rule=RULE,
        key=keys.key(HitKind.DUPLICATE, RULE, said(*shared), first, second),
        first=first,
        second=second,
        ingredients=shared,
        source=SOURCE,
        source_url=SOURCE_URL,
        from_on=second.starts_on,
        until_on=min(ends, default=None),
    )


def overlaps(one: Taken, two: Taken) -> bool:
    """Whether there is a day on which both are taken."""
    starts_on = max(one.starts_on, two.starts_on)
    return all(each.ends_on is None or each.ends_on >= starts_on for each in (one, two))


def same_route(one: Taken, two: Taken) -> bool:
    """Whether they go in by the same way: for what is applied, at the same place.

    A route that nobody knows (typed by hand, without a code) is held against what is swallowed, since most of that is.
    """
    if one.route is two.route and one.route not in _NOWHERE:
        return True
    if {one.route, two.route} == {None, Route.ORAL}:
        return True
    if one.route in _NOWHERE or two.route in _NOWHERE or None in (one.route, two.route):
        return not _sevens(one).isdisjoint(_sevens(two))
    return False


def _sevens(taken: Taken) -> set[str]:
    return {code[:7] for code in taken.codes if len(code) >= 7}


def is_one_order(one: Taken, two: Taken) -> bool:
    """Whether one doctor ordered both on purpose: two strengths on one slip, or a refill that came a little early.

    Only for exactly the same ingredients by the same route. On one slip: unless two clinics prescribed them. On two
    slips: the same clinic (or, where a clinic is not known, the same pharmacy, which sees both), on a later day, and
    the days they have in common are at most `REFILL_DAYS` and at most half of the earlier one; where its days are
    the flat 14, nobody knows when it ends, and any later day is its continuation.
    """
    if one.ingredients != two.ingredients or one.route is not two.route:
        return False
    if one.dispensing == two.dispensing:
        return not _has_clinic(one) or not _has_clinic(two) or _same_clinic(one, two)
    earlier, later = (one, two) if one.starts_on < two.starts_on else (two, one)
    if earlier.starts_on == later.starts_on or not _same_hands(earlier, later) or earlier.ends_on is None:
        return False
    if not earlier.days_known:
        return True
    common = earlier.ends_on - later.starts_on + timedelta(days=1)
    length = earlier.ends_on - earlier.starts_on + timedelta(days=1)
    return common <= timedelta(days=REFILL_DAYS) and common * 2 <= length


def _same_hands(one: Taken, two: Taken) -> bool:
    if _has_clinic(one) and _has_clinic(two):
        return _same_clinic(one, two)
    if one.doctor and two.doctor and one.doctor != two.doctor:
        return False
    return bool(one.pharmacy) and is_same_place(("", one.pharmacy), ("", two.pharmacy))


def _has_clinic(taken: Taken) -> bool:
    return bool(taken.clinic or taken.clinic_code)


def _same_clinic(one: Taken, two: Taken) -> bool:
    return is_same_place((one.clinic_code, one.clinic), (two.clinic_code, two.clinic))
