"""Allergies and side effects of the book against what is taken: matched to ingredients by code, else by their words.

A J-FAGY code of a medicine is ``YCM`` with its YJ code behind it; its other codes are food and things, which no
medicine is compared with. A class of medicines ("ペニシリン系") is no ingredient: such words stay unmatched and are
listed as such, since guessing which medicines belong to it would look like knowing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from shared.drug_hits import Hit, HitKind, Taken
from shared.drug_keys import Keys, plain, said
from shared.drug_knowledge import Knowledge
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.medicines import CodeSet, Medicine

RULE = "allergy"
HARMFUL = (FindingKind.ALLERGY, FindingKind.SIDE_EFFECT)
_JFAGY_MEDICINE = "YCM"
# How a clinic's own system writes down what must not be given, without saying why (`shared.formats.orca_findings`).
_FORBIDDEN = "禁忌"
_NOBODY = UUID(int=0)


def holds(finding: Finding, on: date) -> bool:
    """Whether it is not over by that day. ``until`` may be a day, a month or a year, its last day included."""
    return not finding.until or on.isoformat()[: len(finding.until)] <= finding.until


def harmful(findings: Iterable[Finding], on: date) -> list[Finding]:
    """The allergies and side effects that hold, and what a clinic notes as 禁忌.

    Foods too: some medicines hold egg or milk, so that a food which matches no ingredient is said to be unmatched.
    """
    return [each for each in findings if _is_about_medicines(each) and holds(each, on)]


def _is_about_medicines(finding: Finding) -> bool:
    if finding.kind is FindingKind.OTHER:
        return finding.text.startswith(_FORBIDDEN)
    return finding.kind in HARMFUL


def ingredients_of(finding: Finding, knowledge: Knowledge) -> frozenset[str]:
    """The ingredients that a finding names; empty where nothing is recognised."""
    code = ""
    if finding.code_set is FindingCodeSet.YJ:
        code = finding.code
    elif finding.code_set is FindingCodeSet.JFAGY and finding.code.startswith(_JFAGY_MEDICINE):
        code = finding.code.removeprefix(_JFAGY_MEDICINE)
    if code:
        medicine = Medicine(_NOBODY, finding.text or code, code_set=CodeSet.YJ, code=code)
        if known := knowledge.of(medicine).ingredients:
            return known
    exact = knowledge.ingredient(finding.text)
    return frozenset((exact,)) if exact else knowledge.ingredients_in(finding.text)


def allergies(
    taken: Sequence[Taken], named: Sequence[tuple[Finding, frozenset[str]]], keys: Keys, on: date
) -> Iterator[Hit]:
    """Current medicines that hold an ingredient which a finding names (``named``: `ingredients_of` each)."""
    for finding, ingredients in named:
        for each in taken:
            if not ingredients.isdisjoint(each.ingredients) and each.is_current(on):
                yield _hit(finding, each, tuple(sorted(ingredients & each.ingredients)), keys)


def _hit(finding: Finding, taken: Taken, shared: tuple[str, ...], keys: Keys) -> Hit:
    wording = said(finding.kind.value, plain(finding.text), plain(finding.reaction), *shared)
    return Hit(
        kind=HitKind.ALLERGY,
        rule=RULE,
        key=keys.key(HitKind.ALLERGY, RULE, wording, taken),
        first=taken,
        finding=finding.id,
        ingredients=shared,
        condition="",
        effect=finding.reaction,
        source=finding.said_by,
        from_on=taken.starts_on,
        until_on=taken.ends_on,
        said=finding.text,
    )
