"""The medicine checks: an ingredient twice, pairs that must never meet, allergies, rules of a clinic or the house.

Pure: the phone gives the same answer without a network. It is never called complete: `Checked` says against which
version of the knowledge, and how many of the medicines could be checked at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.drug_allergies import allergies, harmful, ingredients_of
from shared.drug_duplicates import duplicates
from shared.drug_hits import Against, Checked, Hit, HitKind, Taken, days_later, for_others
from shared.drug_keys import Keys, age, by_course, newest
from shared.drug_knowledge import Knowledge
from shared.drug_pairs import contraindicated
from shared.drug_periods import course_key, course_keys, name_key, taken_of
from shared.drug_rule_hits import Case, in_force, is_undecided, rule_hits

__all__ = [
    "Against",
    "Checked",
    "Hit",
    "HitKind",
    "Taken",
    "check",
    "course_key",
    "course_keys",
    "for_others",
    "name_key",
    "taken_of",
]

# Far beyond what anybody takes (the bench has 30): a hostile file must not keep a server or a phone busy for minutes.
# What is over the limit is counted as unchecked, or as hits that are not told; it is never silent.
MOST_TAKEN, MOST_HITS = 300, 100
_WEIGHT = {kind: weight for weight, kind in enumerate(HitKind)}


def check(taken: Sequence[Taken], knowledge: Knowledge, against: Against, on: date) -> Checked:
    """Everything that is found among medicines taken on ``on`` or later; the order of ``taken`` makes no difference.

    One hit for a rule and the same medicines, that of their newest slips, the weightiest kind first.
    """
    keys, everything = Keys(taken), taken
    taken, left_out = _newest_of(taken, knowledge, on)
    current = [each for each in taken if each.is_current(on)]
    named = [(each, ingredients_of(each, knowledge)) for each in harmful(against.findings, on)]
    courses = by_course(current)
    case = Case(current, courses, against, keys, on)
    rules = in_force(knowledge.rules, everything, against, on)
    found = [
        *contraindicated(taken, knowledge, keys, on),
        *allergies(current, named, keys, on),
        *duplicates(current, keys, on),
        *(hit for rule in rules for hit in rule_hits(rule, case)),
    ]
    hits = sorted(newest(found), key=_order)
    known = {each.course for each in courses}
    over = [each for each in by_course(left_out) if each.is_current(on) and each.course not in known]
    return Checked(
        on=on,
        hits=tuple(hits[:MOST_HITS]),
        more_hits=max(len(hits) - MOST_HITS, 0),
        medicines=len(courses) + len(over),
        unchecked=(*(each for each in courses if not (each.ingredients and each.codes)), *over),
        unmatched=tuple(finding.id for finding, ingredients in named if not ingredients),
        version=knowledge.version,
        undecided=tuple(rule.id for rule in rules if is_undecided(rule, case)),
    )


def _newest_of(
    taken: Sequence[Taken], knowledge: Knowledge, on: date
) -> tuple[Sequence[Taken], Sequence[Taken]]:
    """The newest that are looked at, and those over the limit.

    What is over, its washout too, matters to no check: years of old refills push nothing out that she still takes.
    """
    if len(taken) <= MOST_TAKEN:
        return taken, ()
    since = days_later(on, -knowledge.longest_washout)
    mattering = [each for each in taken if each.is_current(since) and each.still_counts(on)]
    ordered = sorted(mattering, key=age, reverse=True)
    return ordered[:MOST_TAKEN], ordered[MOST_TAKEN:]


def _order(hit: Hit) -> tuple[int, str, str, str, str]:
    second = hit.second.name if hit.second else ""
    return _WEIGHT[hit.kind], hit.first.name, second, hit.rule, hit.key
