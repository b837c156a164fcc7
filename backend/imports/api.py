"""Doors of imports: hand in a file, see what it holds, keep it, take it back. The inbox is the owner's alone."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, BinaryIO, cast
from uuid import UUID
from zoneinfo import available_timezones

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, Passage, held
from backend.imports import inbox, keeping, reading, staging
from backend.imports.inbox import Handed, Import
from backend.imports.schemas import AnswersSchema, HandedSchema, ImportSchema, ImportsSchema, TroublesSchema
from backend.settings import Settings
from shared.consent import Right, Scope
from shared.formats import Trouble, named
from shared.languages import tr
from shared.problems import Invalid, Problem, TooBig, Unreadable

door = Door("imports", __name__, "/api/records/<uuid:record_id>")

READ = (Scope.RECORD, Right.READ)
MEGABYTE = 1_000_000
# Sixteen scanned codes of 3 kB are 48 kB. Up to this size nothing of a form is laid open on a disk meanwhile.
FORM_BYTES = 400_000


@door.post("/imports", needs=PER_ITEM, asks=HandedSchema(), gives=ImportSchema(), status=201, piecewise=True)
def hand_in(passage: Passage, record_id: UUID, query: dict[str, str]) -> dict[str, Any]:
    """Hand in a file (raw bytes), or scanned codes (a form with several ``part``); small ones are read at once.

    ``Idempotency-Key`` is the import's id, made on the phone: sending it again changes nothing.
    """
    with passage.caller() as caller:
        record = _own(caller, record_id)
    handed = Handed(_import_id(), query["name"], held(Settings).upload_limit_mb * MEGABYTE)
    try:
        received = inbox.receive(passage.keepers.database, record, handed, _parts(handed.limit))
    except RequestEntityTooLarge as error:
        raise _too_big() from error
    with passage.keepers.database.transaction() as session:
        here = replace(record, session=session)
        return _shown(here, reading.read_small(here, received.id, held(Settings).signature_roots))


@door.get("/imports", needs=READ, gives=ImportsSchema())
def list_imports(record: OpenRecord) -> dict[str, Any]:
    """Every file that was handed in, newest first; troubles are listed with each single one."""
    return {"imports": [_members(each, []) for each in inbox.inbox(record)]}


@door.get("/imports/<uuid:import_id>", needs=READ, asks=TroublesSchema(), gives=ImportSchema())
def show(record: OpenRecord, import_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """One file: its state, what keeping it would do, and a page of what was not understood."""
    return _shown(record, inbox.find(record, import_id), query["after"], query["limit"])


@door.post("/imports/<uuid:import_id>/keep", needs=PER_ITEM, gives=ImportSchema())
def keep(caller: Caller, record_id: UUID, import_id: UUID) -> dict[str, Any]:
    """Put what was found into the record. Again changes nothing."""
    record = _own(caller, record_id)
    return _shown(record, keeping.keep(record, import_id))


@door.post("/imports/<uuid:import_id>/undo", needs=PER_ITEM, gives=ImportSchema())
def undo(caller: Caller, record_id: UUID, import_id: UUID) -> dict[str, Any]:
    """Take back exactly what this file brought. Again changes nothing."""
    record = _own(caller, record_id)
    return _shown(record, keeping.undo(record, import_id))


@door.post("/imports/<uuid:import_id>/answers", needs=PER_ITEM, takes=AnswersSchema(), gives=ImportSchema())
def answer(caller: Caller, record_id: UUID, import_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Answer what the file leaves open; it is read again with that."""
    record = _own(caller, record_id)
    if body["zone"] not in available_timezones():
        raise Invalid("invalid_fields", field="zone")
    roots = held(Settings).signature_roots
    return _shown(record, reading.answer(record, import_id, body["zone"], roots))


def _own(caller: Caller, record_id: UUID) -> OpenRecord:
    return inbox.open_own(held(Opener), caller.session, caller.known, record_id, caller.way)


def _import_id() -> UUID:
    try:
        return UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError as error:
        raise Invalid("invalid_fields", field="Idempotency-Key") from error


def _parts(limit: int) -> Iterable[BinaryIO]:
    """The parts of a form, or the body itself as it arrives."""
    form = request.mimetype == "multipart/form-data"
    request.max_content_length = FORM_BYTES if form else limit
    if form:
        request.max_form_parts = 100
        return [cast("BinaryIO", part.stream) for part in request.files.getlist("part")]
    return [cast("BinaryIO", _Arriving(cast("BinaryIO", request.stream), request.content_length))]


def _too_big() -> TooBig:
    return TooBig("too_big", limit_mb=f"{(request.max_content_length or 0) / MEGABYTE:g}")


class _Arriving(io.RawIOBase):
    """The body as it arrives. One that ends before the length it was announced with was cut off: an `Unreadable`."""

    def __init__(self, stream: BinaryIO, announced: int | None) -> None:
        super().__init__()
        self._stream, self._left = stream, announced

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        some = self._stream.read(size)
        if self._left is not None:
            self._left -= len(some)
            if not some and size and self._left > 0:
                raise Unreadable("bad_request")
        return some


def _shown(record: OpenRecord, one: Import, after: int = 0, limit: int = 50) -> dict[str, Any]:
    troubles = staging.troubles(record.session, record.key, one.id, after, limit) if one.troubles else []
    return _members(one, troubles)


def _members(one: Import, troubles: Iterable[Trouble]) -> dict[str, Any]:
    contents, totals = one.contents, one.totals()
    identity = {**asdict(contents.identity), "mismatch": not one.is_hers} if contents.identity else {}
    return {
        "id": one.id,
        "name": contents.name,
        "bytes": one.bytes,
        "state": one.state,
        "format": one.format,
        "format_label": tr(named(one.format).LABEL) if one.format else None,
        "identity": identity,
        "counts": {kind: asdict(counts) for kind, counts in contents.counts.items()},
        "totals": {**asdict(totals), "not_understood": contents.not_understood},
        "troubles": [
            {"where": each.where, "problem": each.text(), "excerpt": each.excerpt} for each in troubles
        ],
        "trouble_count": one.troubles,
        "problem": _problem(contents.problem),
        "percent": one.percent,
        "received_at": one.received_at,
    }


def _problem(problem: Problem | None) -> dict[str, str] | None:
    return None if problem is None else {"problem": problem.code, "message": problem.message()}
