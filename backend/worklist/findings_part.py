"""What is known about a person at the head of her page: allergies and side effects first, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from backend.consent.opened import OpenRecord
from backend.findings import findings
from backend.worklist import wording
from shared.codes import FINDING_SYSTEMS
from shared.consent import Right, Scope
from shared.findings import Finding, FindingKind
from shared.languages import tr

# What a doctor must not miss before she prescribes.
FIRST = (FindingKind.ALLERGY, FindingKind.SIDE_EFFECT)
Group = tuple[FindingKind, Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Known:
    """The findings by kind. ``first`` always has allergies and side effects, also where none is noted."""

    first: Sequence[Group]
    rest: Sequence[Group]


def known(record: OpenRecord) -> Known:
    """Every finding that is not withdrawn."""
    record.must(Scope.FINDINGS, Right.READ)
    listed = [entry.thing for entry in findings.listing(record)]
    groups = {kind: list(found) for kind, found in groupby(listed, key=lambda each: each.kind)}
    rest = [(kind, found) for kind, found in groups.items() if kind not in FIRST]
    return Known([(kind, groups.get(kind, [])) for kind in FIRST], rest)


def code(finding: Finding) -> str:
    """Its code with the name of the system, '' where it has none."""
    system = FINDING_SYSTEMS.get(finding.code_set)
    return f"{tr(system.name)} {finding.code}" if system else ""


def source(finding: Finding) -> str:
    """Where it came into the record from."""
    return tr("取り込み元：{origin}", origin=wording.origin(finding.origin))


def noted(finding: Finding) -> str:
    """When it was written down, as far as the source says."""
    return (
        "" if finding.noted_on is None else tr("記入日 {day}", day=wording.day(finding.noted_on, year=True))
    )
