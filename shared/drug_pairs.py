"""Pairs that must never meet (併用禁忌): found by the beginnings of codes, over periods lengthened by the washout.

Only what a package insert lists under 相互作用「併用禁忌」 is here. A condition of the insert (diabetes, an emergency)
goes out with the hit as it is written: nothing here decides whether it applies. Some pairs are about one strength only
(グラケー, not ケイツー): a medicine of which only the name is known hits too, and says that its strength is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256

from shared.drug_hits import Hit, HitKind, Taken, days_later
from shared.drug_keys import Keys
from shared.drug_knowledge import Knowledge, Pair

# Digits of a code that name ingredient and route, and no form or strength.
_NAMED = 7


@dataclass(frozen=True, slots=True)
class Meeting:
    """The days in which two medicines of a pair meet. ``washout_days`` is 0 where they are taken on a common day."""

    from_on: date
    until_on: date | None
    washout_days: int


def contraindicated(taken: Sequence[Taken], knowledge: Knowledge, keys: Keys, on: date) -> Iterator[Hit]:
    """Two different medicines of which one carries one side of a pair and one the other, meeting on ``on`` or later.

    One medicine with both sides (a combination) never hits itself, nor does one course its own refill.
    """
    sides_a, sides_b = _sides(taken, knowledge, on)
    for number in sides_a.keys() & sides_b.keys():
        pair = knowledge.pairs[number]
        for a in sides_a[number]:
            for b in sides_b[number]:
                if a is not b and a.course != b.course:
                    met = meeting(a, b, pair)
                    if met is not None and (met.until_on is None or met.until_on >= on):
                        yield _hit(pair, a, b, met, keys)


Sides = dict[int, list[Taken]]


def _sides(taken: Sequence[Taken], knowledge: Knowledge, on: date) -> tuple[Sides, Sides]:
    """By the number of a pair, who carries its side a and who its side b; only those that may still matter."""
    sides_a: defaultdict[int, list[Taken]] = defaultdict(list)
    sides_b: defaultdict[int, list[Taken]] = defaultdict(list)
    since = days_later(on, -knowledge.longest_washout)
    for each in taken:
        if each.is_current(since) and each.still_counts(on):
            as_a, as_b = knowledge.pairs_of(each.codes)
            if any(len(code) == _NAMED for code in each.codes):
                vague_a, vague_b = _vague(each, knowledge.pairs)
                as_a, as_b = as_a | vague_a, as_b | vague_b
            for number in as_a:
                sides_a[number].append(each)
            for number in as_b:
                sides_b[number].append(each)
    return sides_a, sides_b


def _vague(taken: Taken, pairs: Sequence[Pair]) -> tuple[set[int], set[int]]:
    """The pairs about a strength of what is known by seven digits only."""
    named = tuple(code for code in taken.codes if len(code) == _NAMED)
    as_a, as_b = (
        {number for number, pair in enumerate(pairs) if any(each.startswith(named) for each in side(pair))}
        for side in (_side_a, _side_b)
    )
    return as_a, as_b


def _side_a(pair: Pair) -> tuple[str, ...]:
    return pair.a


def _side_b(pair: Pair) -> tuple[str, ...]:
    return pair.b


def _is_exact(taken: Taken, side: tuple[str, ...]) -> bool:
    return any(code.startswith(side) for code in taken.codes)


def meeting(a: Taken, b: Taken, pair: Pair) -> Meeting | None:
    """When they meet: on common days, or one begins within the washout after the last day of the other. Else None."""
    from_on = max(a.starts_on, b.starts_on)
    both = _sooner(a.ends_on, b.ends_on)
    ends = (
        both,
        _sooner(_later(a.ends_on, pair.days_a_b), b.ends_on),
        _sooner(a.ends_on, _later(b.ends_on, pair.days_b_a)),
    )
    if None in ends:
        return Meeting(from_on, None, 0)
    until_on = max(end for end in ends if end is not None)
    if until_on < from_on:
        return None
    apart = both is not None and both < from_on
    washout = pair.days_a_b if b.starts_on > a.starts_on else pair.days_b_a
    return Meeting(from_on, until_on, washout if apart else 0)


def _later(day: date | None, days: int) -> date | None:
    return None if day is None else days_later(day, days)


def _sooner(one: date | None, two: date | None) -> date | None:
    if one is None or two is None:
        return two if one is None else one
    return min(one, two)


def _hit(pair: Pair, a: Taken, b: Taken, met: Meeting, keys: Keys) -> Hit:
    return Hit(
        kind=HitKind.CONTRAINDICATED,
        rule=pair.id,
        key=keys.key(HitKind.CONTRAINDICATED, pair.id, _rule(pair), a, b),
        first=a,
        second=b,
        condition=pair.condition,
        effect=pair.effect,
        source=pair.source,
        source_url=pair.source_url,
        from_on=met.from_on,
        until_on=met.until_on,
        washout_days=met.washout_days,
        strength_unknown=not (_is_exact(a, pair.a) and _is_exact(b, pair.b)),
    )


def wording(pair: Pair) -> str:
    """A short name for all that a pair says: a pharmacist's review counts for these words and no others."""
    return _short(_rule(pair), pair.name_a, pair.name_b, pair.source_url, pair.verification)


@lru_cache(maxsize=1024)
def _rule(pair: Pair) -> str:
    """The same while a pair means the same to whoever marked its hit as known."""
    return _short(pair.a, pair.b, pair.condition, pair.effect, pair.days_a_b, pair.days_b_a, pair.source)


def _short(*said: object) -> str:
    return sha256(repr(said).encode()).hexdigest()[:16]
