"""Findings over the wire: the JSON of allergies, side effects, diagnoses, infections and immunisations.

Every member goes out, and what went out comes in as the very same word; from others a member left out is empty. A code
is looked at by its shape: that it exists is for the lists to say. What only today can say (a day that is still to come,
a My Number that somebody typed) is for `shared.findings.check`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from marshmallow import post_load

from shared.codes import FINDING_SYSTEMS
from shared.findings import Finding, FindingCodeSet, FindingKind
from shared.languages import tr
from shared.medicines import Author
from shared.medicines_schema import LONG, SHORT, Day
from shared.problems import Invalid
from shared.schema import Id, Member, OneOf, Strict, Text, Yes, dump, load

_PART_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


class PartDay(Member[str]):
    """A day as far as it is known: ``2024-05-10``, ``2024-05``, ``2024``, or '' for unknown; kept as it came."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "pattern": r"^(\d{4}(-\d\d(-\d\d)?)?)?$"}, **kwargs)

    def take(self, value: object, name: str) -> str:
        """A year, a month or a day that exists."""
        if value == "":
            return ""
        found = _PART_DAY.fullmatch(value) if isinstance(value, str) else None
        if not isinstance(value, str) or found is None:
            raise Invalid("invalid_fields", field=name)
        try:
            date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
        except ValueError as error:
            raise Invalid("invalid_fields", field=name) from error
        return value


class FindingSchema(Strict[Finding]):
    """One thing known about the person."""

    id = Id(required=True)
    kind = OneOf(FindingKind, required=True)
    text = Text(LONG, least=1, required=True)
    code_set = OneOf(FindingCodeSet)
    code = Text(SHORT)
    since = PartDay()
    until = PartDay()
    author = OneOf(Author)
    said_by = Text(SHORT)
    reaction = Text(LONG)
    suspected = Yes()
    noted_on = Day(allow_none=True)
    origin = Text(SHORT)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Finding:
        """The word itself, its code one of its system."""
        finding = Finding(**data)
        _refuse_wrong_code(finding)
        return finding


def _refuse_wrong_code(finding: Finding) -> None:
    system = FINDING_SYSTEMS.get(finding.code_set)
    if system is None:
        if finding.code:
            raise Invalid("invalid_fields", field="code")
    elif not system.fits(finding.code):
        raise Invalid("code_wrong", field="code", system=tr(system.name), code=finding.code)


_FINDING = FindingSchema()


def finding_from(data: object) -> Finding:
    """The finding that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_FINDING, data)


def finding_members(finding: Finding) -> dict[str, object]:
    """A finding as JSON members."""
    return dump(_FINDING, finding)
