"""What the doors that describe all doors answer."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, fields

from shared.schema import Strict


class DocumentSchema(Strict[dict[str, Any]]):
    """An OpenAPI 3.1 document; the members that it may have besides are in that specification."""

    class Meta:
        unknown = INCLUDE

    openapi = fields.String(required=True)
    info = fields.Dict(required=True)
    paths = fields.Dict(required=True)
    components = fields.Dict(required=True)
