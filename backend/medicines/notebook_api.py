"""Doors through which a record goes out as a medicine notebook: a file for another app, codes for its camera."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, Passage, held, purpose
from backend.medicines import notebook_out
from backend.medicines.schemas import NotebookAskedSchema, NotebookCodesSchema
from shared.consent import Right, Role, Scope

door = Door("medicine_notebook", __name__, "/api/records/<uuid:record_id>/medicines/notebook")

_MEDICINES, _FINDINGS = (Scope.MEDICINES, Right.READ), (Scope.FINDINGS, Right.READ)


@door.get("", needs=PER_ITEM, asks=NotebookAskedSchema(), media="text/plain")
def file(caller: Caller, record_id: UUID, query: dict[str, date]) -> Response:
    """The medicines as a JAHISTC file (CP932), which other medicine notebooks can read. Needs medicines/read."""
    written = notebook_out.notebook(_opened(caller, record_id), query.get("since"))
    answer = Response(written.content, content_type="text/plain; charset=Shift_JIS")
    answer.headers["Content-Disposition"] = 'attachment; filename="JAHISTC.txt"'
    return answer


@door.get("/codes", needs=PER_ITEM, asks=NotebookAskedSchema(), gives=NotebookCodesSchema(), piecewise=True)
def codes(passage: Passage, record_id: UUID, query: dict[str, date]) -> dict[str, Any]:
    """The same as QR codes, and what a notebook cannot say of the record. Needs medicines/read."""
    with passage.caller() as caller:
        written = notebook_out.notebook(_opened(caller, record_id), query.get("since"))
    made = notebook_out.codes(written)  # takes a second: nobody who writes has to wait for it
    return {
        "codes": [{"number": each.number, "total": each.total, "svg": each.svg} for each in made],
        "losses": [{"about": loss.where, "problem": loss.text()} for loss in written.losses],
    }


def _opened(caller: Caller, record_id: UUID) -> OpenRecord:
    """The medicines; with them her findings, where it is she who asks."""
    viewer = caller.known
    more = [_FINDINGS] if viewer.role is Role.PATIENT else []
    opener = held(Opener)
    return opener.open_with(caller.session, viewer, record_id, _MEDICINES, more, purpose(viewer), caller.way)
