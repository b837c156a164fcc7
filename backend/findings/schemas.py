"""What the doors of findings take and answer: findings, their versions, and what lists show of them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.findings_schema import FindingSchema
from shared.schema import Id, Stamp, Strict, Whole
from shared.sync_schema import MOST_NUMBER


class FindingShownSchema(Strict[dict[str, Any]]):
    """A finding as it is shown now, and the number of its last change."""

    finding = fields.Nested(FindingSchema, required=True)
    number = Whole(0, MOST_NUMBER, required=True)


class WrittenFindingSchema(FindingShownSchema):
    """A finding with the stamp and the author of the version that is shown."""

    edited_at = Stamp(required=True)
    author = Id(required=True)


class FindingsSchema(Strict[dict[str, Any]]):
    """Findings, allergies first; each with when its version was made, and by whom."""

    findings = fields.List(fields.Nested(WrittenFindingSchema), required=True)


class FindingVersionSchema(Strict[dict[str, Any]]):
    """A version that is not shown; ``finding`` is null where it was a withdrawal."""

    edited_at = Stamp(required=True)
    device = Id(required=True)
    author = Id(required=True)
    finding = fields.Nested(FindingSchema, required=True, allow_none=True)


class FindingVersionsSchema(Strict[dict[str, Any]]):
    """The versions of a finding that are not shown, newest edit first."""

    versions = fields.List(fields.Nested(FindingVersionSchema), required=True)


class FindingNumberSchema(Strict[dict[str, Any]]):
    """The number of the last change."""

    number = Whole(0, MOST_NUMBER, required=True)


class FindingsGlanceSchema(Strict[dict[str, Any]]):
    """What lists show: how many allergies and side effects are known. Empty when nothing was noted."""

    allergies = fields.Integer()
    side_effects = fields.Integer()
