"""Doors of imports: hand in a file, see what it holds, keep it, take it back. The inbox is the owner's alone."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, Passage, held
from backend.imports import answers, asking, inbox, keeping, reading, staging, uploads
from backend.imports.answers import Open, Remembered, said_from
from backend.imports.inbox import Handed, Import
from backend.imports.schemas import (
    AnswersSchema,
    HandedSchema,
    ImportSchema,
    ImportsSchema,
    RememberedListSchema,
    TroublesSchema,
    UploadQuerySchema,
    UploadSchema,
)
from backend.imports.uploads import Part, Upload
from backend.settings import Settings
from shared.consent import Right, Scope
from shared.formats import Question, Said, Trouble, named
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
    return {"imports": [import_members(each, []) for each in inbox.inbox(record)]}


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
    """Answer what the file leaves open; it is read again with that, and the next file of its format does not ask."""
    record = _own(caller, record_id)
    roots = held(Settings).signature_roots
    return _shown(record, asking.answer(record, import_id, said_from(body), roots))


@door.get("/imports/answers", needs=READ, gives=RememberedListSchema())
def list_answers(record: OpenRecord) -> dict[str, Any]:
    """What is remembered of her answers, by format."""
    return {"answers": [remembered_members(each) for each in answers.remembered(record)]}


@door.delete("/imports/answers/<of>", needs=PER_ITEM, gives=RememberedListSchema())
def forget_answer(caller: Caller, record_id: UUID, of: str) -> dict[str, Any]:
    """Forget what she answered about files of a format: the next one asks again."""
    record = _own(caller, record_id)
    answers.forget(record, of)
    return {"answers": [remembered_members(each) for each in answers.remembered(record)]}


@door.put(
    "/uploads/<uuid:import_id>",
    needs=PER_ITEM,
    asks=UploadQuerySchema(),
    gives=UploadSchema(),
    piecewise=True,
)
def go_on(passage: Passage, record_id: UUID, import_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Send the next bytes of a large file (raw); the answer says how many are safe. The last ones make the import.

    ``offset`` must be what is safe already, else a 409 whose ``words`` say it (``kept``). Whole mebibytes are kept
    even of a body that breaks off.
    """
    with passage.caller() as caller:
        record = _own(caller, record_id)
    if query["size"] is None:
        raise Invalid("field_missing", field="size", name="size")
    handed = Handed(import_id, query["name"], held(Settings).upload_limit_mb * MEGABYTE)
    part = Part(query["offset"], query["size"])
    request.max_content_length = _at_most(max(0, part.size - part.offset))
    try:
        body = cast("BinaryIO", _Arriving(cast("BinaryIO", request.stream), request.content_length))
        upload = uploads.go_on(passage.keepers.database, record, handed, part, body)
    except RequestEntityTooLarge as error:
        raise Invalid("invalid_fields", field="size") from error
    with passage.keepers.database.transaction() as session:
        here = replace(record, session=session)
        if upload.whole:
            reading.read_small(here, import_id, held(Settings).signature_roots)
        return _upload_members(here, upload)


@door.get("/uploads/<uuid:import_id>", needs=READ, gives=UploadSchema())
def where_to_go_on(record: OpenRecord, import_id: UUID) -> dict[str, Any]:
    """How many bytes of a large file are safe: send from there on. None of a file that is not known."""
    return _upload_members(record, uploads.stands(record, import_id))


def _upload_members(record: OpenRecord, upload: Upload) -> dict[str, Any]:
    made = _shown(record, inbox.find(record, upload.import_id)) if upload.whole else None
    return {"id": upload.import_id, "kept": upload.kept, "size": upload.size, "import": made}


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
    request.max_content_length = FORM_BYTES if form else _at_most(limit)
    if form:
        request.max_form_parts = 100
        return [cast("BinaryIO", part.stream) for part in request.files.getlist("part")]
    return [cast("BinaryIO", _Arriving(cast("BinaryIO", request.stream), request.content_length))]


def _at_most(taken: int) -> int:
    """Under gunicorn werkzeug refuses to look for an end where its limit is: the limit must lie behind the end.

    Whoever takes the bytes counts them, and refuses one more than ``taken``.
    """
    return taken + 1


def _too_big() -> TooBig:
    return TooBig("too_big", limit_mb=f"{(request.max_content_length or 0) / MEGABYTE:g}")


class _Arriving(io.RawIOBase):
    """The body as it arrives. One that ends before the length it was announced with was cut off: an `Unreadable`."""

    def __init__(self, stream: BinaryIO, announced: int | None) -> None:
        super().__init__()
        self._stream, self._left = stream, announced

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        try:
            some = self._stream.read(size)
        except ClientDisconnected as error:  # the socket itself broke
            raise Unreadable("bad_request") from error
        if self._left is not None:
            self._left -= len(some)
            if not some and size and self._left > 0:
                raise Unreadable("bad_request")
        return some


def _shown(record: OpenRecord, one: Import, after: int = 0, limit: int = 50) -> dict[str, Any]:
    troubles = staging.troubles(record.session, record.key, one.id, after, limit) if one.troubles else []
    return import_members(one, troubles)


def import_members(one: Import, troubles: Iterable[Trouble]) -> dict[str, Any]:
    contents, totals = one.contents, one.totals()
    identity = {**asdict(contents.identity), "mismatch": not one.is_hers} if contents.identity else {}
    question = contents.question
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
        "question": None if question is None else _question(question),
        "answered": [_answered(of, said, contents.said) for of, said in contents.used.items()],
        "percent": one.percent,
        "progress": asdict(one.progress),
        "received_at": one.received_at,
    }


def _problem(problem: Problem | None) -> dict[str, str] | None:
    return None if problem is None else {"problem": problem.code, "message": problem.message()}


def _question(question: Open) -> dict[str, Any]:
    message = Question(question.ask, question.of).message()
    return {**asdict(question), "of_label": tr(named(question.of).LABEL), "message": message}


def _answered(of: str, said: Said, here: Mapping[str, Said]) -> dict[str, Any]:
    """An answer that a file was read with; one that was not given for this very file was remembered."""
    return {
        "of": of,
        "of_label": tr(named(of).LABEL),
        "zone": said.zone,
        "day_order": said.day_order,
        "columns": bool(said.columns),
        "remembered": of not in here,
    }


def remembered_members(one: Remembered) -> dict[str, Any]:
    """An answer that is remembered, as it travels."""
    return {
        "of": one.of,
        "of_label": tr(named(one.of).LABEL),
        "zone": one.said.zone,
        "day_order": one.said.day_order,
        "sheets": len(one.said.columns),
        "answered_at": one.answered_at,
    }
