"""What the worklist answers: the records shared with a practitioner, each as far as she may see it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from backend.findings.schemas import FindingsGlanceSchema
from backend.medicines.schemas import MedicinesGlanceSchema
from backend.vitals.schemas import VitalsGlanceSchema
from backend.wearables.schemas import DaySummarySchema
from shared.consent import GRANTABLE
from shared.schema import OneOf, Strict


class ListedSchema(Strict[dict[str, Any]]):
    """Somebody who shares something; a part that is not shared is left out."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    name_kana = fields.String(required=True)
    age = fields.Integer(required=True, allow_none=True)
    sex = fields.String(required=True)
    scopes = fields.List(OneOf(GRANTABLE), required=True)
    vitals = fields.Nested(VitalsGlanceSchema)
    wearables = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(DaySummarySchema),
        metadata={"description": "The newest day of each stream that lists show."},
    )
    medicines = fields.Nested(MedicinesGlanceSchema)
    findings = fields.Nested(FindingsGlanceSchema)


class WorklistSchema(Strict[dict[str, Any]]):
    """Everybody who shares something, in the order of their names."""

    records = fields.List(fields.Nested(ListedSchema), required=True)
