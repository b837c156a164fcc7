"""What the doors of medicines answer: dispensings, and what lists show of them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.medicines_schema import DispensingSchema
from shared.schema import Strict


class DispensingsSchema(Strict[dict[str, Any]]):
    """Dispensings, newest day first."""

    dispensings = fields.List(fields.Nested(DispensingSchema), required=True)


class MedicinesGlanceSchema(Strict[dict[str, Any]]):
    """What lists show: the day of the newest dispensing and its number of medicines. Empty when there is none."""

    last_on = fields.Date()
    medicines = fields.Integer()
