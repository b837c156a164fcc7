"""Doors of sync: a phone tells what it has, then hears what it has not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from backend.consent.opening import Opener, OpenRecord, every_right
from backend.http import PER_ITEM, Caller, Door, held, purpose
from backend.sync import pulling, pushing
from backend.sync.pushing import Pushed
from shared import schema
from shared.consent import Right, Scope
from shared.schema import Strict
from shared.sync_schema import change_from, change_members

door = Door("sync", __name__, "/api/records/<uuid:record_id>/sync")

MOST_AT_ONCE = 500


class PushedSchema(Strict[Pushed]):
    """A change, with the phone's edit counter and whether the person confirmed an improbable value."""

    word = fields.Raw(required=True)
    id = fields.Raw(required=True)
    edited_at = fields.Raw(required=True)
    device = fields.Raw(required=True)
    body = fields.Raw(required=True, allow_none=True)
    edit = schema.Whole(0, 2**31, load_default=0)
    confirmed = schema.Yes(load_default=False)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Pushed:
        edit, confirmed = data.pop("edit"), data.pop("confirmed")
        return Pushed(change_from(data), edit, confirmed)


class PushSchema(Strict[dict[str, list[Pushed]]]):
    """A page of changes."""

    changes = fields.List(
        fields.Nested(PushedSchema()), required=True, validate=validate.Length(max=MOST_AT_ONCE)
    )


class PullSchema(Strict[dict[str, int]]):
    """After which number, and about how many."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=MOST_AT_ONCE, validate=validate.Range(1, 2000))


@door.post("/push", needs=(Scope.VITALS, Right.WRITE), takes=PushSchema())
def push(record: OpenRecord, body: dict[str, list[Pushed]]) -> dict[str, Any]:
    """Tell versions; each gets an answer of its own."""
    results = []
    for result in pushing.push(record, body["changes"]):
        told: dict[str, Any] = {
            "id": result.id,
            "edit": result.edit,
            "state": result.state,
            "number": result.number,
        }
        if result.problem is not None:
            told["problem"] = {
                "problem": result.problem.code,
                "message": result.problem.message(),
                "field": result.problem.field,
            }
        results.append(told)
    return {"results": results}


@door.get("/pull", needs=PER_ITEM, asks=PullSchema())
def pull(caller: Caller, record_id: UUID, query: dict[str, int]) -> dict[str, Any]:
    """Hear what changed after a number, as far as the caller may see it."""
    viewer = caller.known
    parts = [part for part in every_right(viewer) if part[1] is Right.READ]
    record = held(Opener).open_parts(caller.session, viewer, record_id, parts, purpose(viewer), caller.way)
    heard = pulling.pull(record, query["after"], query["limit"])
    return {
        "changes": [change_members(change) for change in heard.changes],
        "after": heard.after,
        "more": heard.more,
        "forget": heard.forget,
        "view": heard.view,
    }
