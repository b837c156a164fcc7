"""What the doors of drugs take and answer: the master for phones, and searching."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.schema import Strict, Text


class MasterAskedSchema(Strict[dict[str, Any]]):
    """``have``: the version that the phone has already."""

    have = Text(100, metadata={"description": "The version that the phone has already."})


class MasterSchema(Strict[dict[str, Any]]):
    """The drug master in force: its version ('' when the server has none), and the file in base64.

    ``packed`` is null when there is none, and when it is the version that the phone has.
    """

    version = fields.String(required=True)
    packed = fields.String(required=True, allow_none=True)


class SearchSchema(Strict[dict[str, Any]]):
    """``q``: what was typed so far."""

    q = Text(100, required=True, metadata={"description": "What was typed so far."})


class ProductSchema(Strict[dict[str, Any]]):
    """A medicine of a list. ``code`` is its price-list code; empty where it has none."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    ingredient = fields.String(required=True)
    unit = fields.String(required=True)
    generic_code = fields.String(required=True)
    maker = fields.String(required=True)


class FoundSchema(Strict[dict[str, Any]]):
    """Products, the likeliest first."""

    products = fields.List(fields.Nested(ProductSchema), required=True)
