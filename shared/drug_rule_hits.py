"""What the rules of clinics and of the house find among the medicines: each as its kind says, none decides anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from shared.drug_allergies import holds
from shared.drug_duplicates import overlaps
from shared.drug_hits import Against, Hit, HitKind, Taken
from shared.drug_keys import Keys, age, by_course, newest, plain, said
from shared.drug_rules import LocalRule, RuleKind
from shared.findings import Finding


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is judged on: the medicines that are current, the newest of each course, the person, the day."""

    taken: Sequence[Taken]
    courses: Sequence[Taken]
    against: Against
    keys: Keys
    on: date


def in_force(
    rules: Iterable[LocalRule], taken: Sequence[Taken], against: Against, on: date
) -> list[LocalRule]:
    """Those that count today for this person: switched on, within their days, of the house or of a clinic of hers."""
    counting = [rule for rule in rules if rule.counts(on)]
    places = _places(taken) if any(rule.facility for rule in counting) else frozenset()
    return [rule for rule in counting if _is_for(rule, places, against)]


def _places(taken: Sequence[Taken]) -> frozenset[str]:
    names = {name for each in taken for name in (each.clinic, each.pharmacy)}
    return frozenset(plain(name) for name in names if name)


def _is_for(rule: LocalRule, places: frozenset[str], against: Against) -> bool:
    """Whether a rule is for her: one of the whole house; one of a clinic that ever gave her a medicine in this list.

    A place's name on a slip may have more words than the clinic itself uses (医療法人…).
    """
    if not rule.facility or rule.facility in against.facilities:
        return True
    name = plain(rule.facility)
    return any(name in place for place in places)


def is_undecided(rule: LocalRule, case: Case) -> bool:
    """An age rule whose ingredient is taken by somebody whose birthday is not known."""
    if rule.kind is not RuleKind.INGREDIENT_AGE or case.against.born_on is not None:
        return False
    return any(rule.ingredients[0] in each.ingredients for each in case.taken)


def rule_hits(rule: LocalRule, case: Case) -> Iterator[Hit]:
    """What one rule finds."""
    match rule.kind:
        case RuleKind.PAIR:
            yield from _pairs(rule, case)
        case RuleKind.INGREDIENT_AGE:
            if _is_of_age(rule, case):
                yield from _each(rule, case)
        case RuleKind.INGREDIENT_FINDING:
            for finding in case.against.findings:
                if holds(finding, case.on) and is_meant(rule, finding):
                    yield from _each(rule, case, finding)
        case RuleKind.MOST_MEDICINES:
            yield from _many(rule, case)


def _pairs(rule: LocalRule, case: Case) -> Iterator[Hit]:
    one, two = ([each for each in case.taken if name in each.ingredients] for name in rule.ingredients)
    for first, second in product(one, two):
        if first.course != second.course and overlaps(first, second):
            yield _hit(rule, case.keys, first, second)


def _is_of_age(rule: LocalRule, case: Case) -> bool:
    if case.against.born_on is None:
        return False
    years = years_of(case.against.born_on, case.on)
    return (rule.from_age or 0) <= years and (rule.to_age is None or years <= rule.to_age)


def years_of(born_on: date, on: date) -> int:
    """Her age in whole years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_meant(rule: LocalRule, finding: Finding) -> bool:
    """Whether a rule means this finding: by the beginning of its code, or by part of its words."""
    wanted, said = rule.finding_code.replace(".", ""), finding.code.replace(".", "")
    if wanted and said.casefold().startswith(wanted.casefold()):
        return True
    return bool(rule.finding_text) and plain(rule.finding_text) in plain(finding.text)


def _each(rule: LocalRule, case: Case, finding: Finding | None = None) -> Iterator[Hit]:
    for each in case.taken:
        if rule.ingredients[0] in each.ingredients:
            yield _hit(rule, case.keys, each, finding=finding)


def _many(rule: LocalRule, case: Case) -> Iterator[Hit]:
    """One hit for all; it names the newest medicine, of those that are not hidden if there are any."""
    if rule.most is None or len(case.courses) <= rule.most:
        return
    # Of what she hides nothing goes into the key: others see it, and could try names until one fits.
    courses = sorted(each.course for each in case.courses if not each.hidden)
    latest = max([each for each in case.courses if not each.hidden] or case.courses, key=age)
    yield Hit(
        kind=HitKind.RULE,
        rule=str(rule.id),
        key=case.keys.key(HitKind.RULE, str(rule.id), said(rule.wording, *courses)),
        first=latest,
        effect=str(len(case.courses)),
        source=_source(rule),
        said=rule.reason,
    )


def _hit(
    rule: LocalRule, keys: Keys, first: Taken, second: Taken | None = None, finding: Finding | None = None
) -> Hit:
    wording = said(rule.wording, plain(finding.text) if finding else "")
    return Hit(
        kind=HitKind.RULE,
        rule=str(rule.id),
        key=keys.key(HitKind.RULE, str(rule.id), wording, first, second),
        first=first,
        second=second,
        finding=finding.id if finding else None,
        ingredients=rule.ingredients,
        condition=finding.text if finding else "",
        source=_source(rule),
        from_on=max(first.starts_on, second.starts_on) if second else first.starts_on,
        said=rule.reason,
    )


def _source(rule: LocalRule) -> str:
    return f"{rule.facility} {rule.author}".strip()


def rule_alone(rule: LocalRule, taken: Sequence[Taken], against: Against, on: date) -> list[Hit]:
    """What one rule would find today if it were switched on: for trying it out before."""
    if not _is_for(rule, _places(taken), against):
        return []
    current = [each for each in taken if each.is_current(on)]
    return newest(rule_hits(rule, Case(current, by_course(current), against, Keys(taken), on)))
