"""How what people added to the drug knowledge travels to a phone: reviews of pairs, and rules."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from shared.drug_knowledge import Overlay
from shared.drug_rules import LocalRuleSchema
from shared.schema import Strict, Text, Yes, dump, load

_ID, _VERSION = 40, 200


class OverlaySchema(Strict[Overlay]):
    """Reviews of bundled pairs by id (on or off), and rules. ``version`` is the server's, of the whole knowledge."""

    version = Text(_VERSION)
    reviews = fields.Dict(keys=Text(_ID), values=Yes(), required=True)
    rules = fields.List(fields.Nested(LocalRuleSchema), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Overlay:
        """Without the version, which a phone works out for itself."""
        return Overlay(data["reviews"], tuple(data["rules"]))


_OVERLAY = OverlaySchema()


def overlay_from(data: object) -> Overlay:
    """The overlay that parsed JSON ``data`` says; `Invalid` names the first member that is wrong."""
    return load(_OVERLAY, data)


def overlay_members(overlay: Overlay) -> dict[str, object]:
    """An overlay as JSON members."""
    return dump(_OVERLAY, overlay)
