"""Doors of sync: a phone tells what it has, then hears what it has not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.consent.opened import every_right
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, held, purpose
from backend.sync import pulling, pushing
from backend.sync.paging import Most
from backend.sync.pulling import Asked
from backend.sync.pushing import Result
from backend.sync.schemas import HeardSchema, PullSchema, PushedSchema, PushSchema
from shared.consent import Right
from shared.problems import Problem
from shared.sync_schema import Told, change_members, told_from

door = Door("sync", __name__, "/api/records/<uuid:record_id>/sync")


@door.post("/push", needs=PER_ITEM, takes=PushSchema(), gives=PushedSchema())
def push(caller: Caller, record_id: UUID, body: dict[str, list[Any]]) -> dict[str, Any]:
    """Tell versions; each gets an answer of its own."""
    read = [_told(each) for each in body["changes"]]
    told = [each for each in read if isinstance(each, Told)]
    viewer, parts = caller.known, pushing.parts(each.change.word for each in told)
    record = held(Opener).open_parts(caller.session, viewer, record_id, parts, purpose(viewer), caller.way)
    merged = iter(pushing.push(record, told))
    return {"results": [_result(next(merged)) if isinstance(each, Told) else each for each in read]}


def _told(data: object) -> Told | dict[str, Any]:
    """A change that was told, or the answer to one that cannot be read, under the names that the phone gave it."""
    try:
        return told_from(data)
    except Problem as problem:
        named = data if isinstance(data, dict) else {}
        return {"id": named.get("id"), "edit": named.get("edit", 0), **_refused(problem)}


def _result(result: Result) -> dict[str, Any]:
    known = {"id": result.id, "edit": result.edit}
    if result.problem is not None:
        return {**known, **_refused(result.problem)}
    return {**known, "state": result.state, "number": result.number}


def _refused(problem: Problem) -> dict[str, Any]:
    told = {"problem": problem.code, "message": problem.message(), "field": problem.field}
    return {"state": "refused", "number": 0, "problem": told}


@door.get("/pull", needs=PER_ITEM, asks=PullSchema(), gives=HeardSchema())
def pull(caller: Caller, record_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Hear what changed after a number, as far as the caller may see it."""
    viewer = caller.known
    parts = [part for part in every_right(viewer) if part[1] is Right.READ]
    record = held(Opener).open_parts(caller.session, viewer, record_id, parts, purpose(viewer), caller.way)
    most = Most(query["limit"], query["size"])
    heard = pulling.pull(record, Asked(query["after"], most, query["place"]))
    return {
        "changes": [change_members(change) for change in heard.changes],
        "after": heard.after,
        "place": heard.place,
        "more": heard.more,
        "forget": heard.forget,
        "view": heard.view,
    }
