"""The door of data points (Open mHealth, IEEE 1752.1): a gateway posts some, and is told what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.consent.opened import OpenRecord, Part
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, held, purpose
from backend.imports import points
from backend.imports.points import Result
from backend.imports.points_schemas import PointsKeptSchema, PointsSchema
from shared.problems import Problem

door = Door("data_points", __name__, "/api/records/<uuid:record_id>")


@door.post("/data-points", needs=PER_ITEM, takes=PointsSchema(), gives=PointsKeptSchema())
def send(caller: Caller, record_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Keep data points; a result for every one: ``kept``, ``same`` (known already) or ``refused`` with its problem.

    The same ``delivery`` again changes nothing.
    """
    trees, confirmed = body["points"], body["confirmed"]
    parts = points.read(trees, "UTC", confirmed=confirmed).parts()
    record = _opened(caller, record_id, parts)
    sent = points.read(trees, str(record.timezone), confirmed=confirmed)
    results = points.keep(record, body["delivery"], sent)
    return {**points.counted(results), "results": [_members(each) for each in results]}


def _opened(caller: Caller, record_id: UUID, parts: Sequence[Part]) -> OpenRecord:
    """The record with ``parts``, all of them: `Refused` (booked) at the first that the caller may not touch."""
    opener, viewer, why = held(Opener), caller.known, purpose(caller.known)
    record = opener.open_parts(caller.session, viewer, record_id, parts, why, caller.way)
    for scope, right in parts:
        if not record.may(scope, right):
            opener.open_record(caller.session, viewer, record_id, scope, right, why, caller.way)
    return record


def _members(result: Result) -> dict[str, Any]:
    return {"state": result.state, "problem": None if result.problem is None else _told(result.problem)}


def _told(problem: Problem) -> dict[str, Any]:
    return {"problem": problem.code, "message": problem.message(), "field": problem.field}
