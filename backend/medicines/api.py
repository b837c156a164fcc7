"""Doors of medicines for the phone and for other programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from backend.accounts.accounts import Accounts, Person, members
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.http import PER_ITEM, Caller, Door, held, purpose
from backend.medicines import checking
from backend.medicines.checking import Mark
from backend.medicines.schemas import ChecksSchema, DispensingsSchema, MarkSchema, WarnedSchema
from shared.consent import Right, Scope
from shared.drug_check_words import Reader, coverage_words, hit_words
from shared.drug_checks import Hit, Taken
from shared.medicines_schema import dispensing_members

door = Door("medicines", __name__, "/api/records/<uuid:record_id>")

READ, FINDINGS = (Scope.MEDICINES, Right.READ), (Scope.FINDINGS, Right.READ)


@door.get("/medicines", needs=READ, gives=DispensingsSchema())
def medicine_list(record: OpenRecord) -> dict[str, Any]:
    """Every dispensing, newest day first, each with where it came from; typed ones too."""
    seen = checking.see(record)
    return {"dispensings": [dispensing_members(each) for each in seen.slips], "hidden": seen.is_hiding}


@door.get("/medicines/checks", needs=PER_ITEM, gives=ChecksSchema())
def checks(caller: Caller, record_id: UUID) -> dict[str, Any]:
    """The same ingredient twice, pairs that must never meet, allergies, rules: what is found today, and how far.

    Needs medicines/read; what comes from a finding is told in full to who may read findings too.
    """
    return _checks(_opened(caller, record_id))


@door.get("/medicines/warning", needs=(Scope.WARNINGS, Right.READ), gives=WarnedSchema())
def warning(record: OpenRecord) -> dict[str, Any]:
    """Whether the checks found something, for somebody to whom she shows no medicines."""
    return {"warned": checking.warned(record)}


@door.post("/medicines/hits/<string:key>/known", needs=PER_ITEM, takes=MarkSchema(), gives=ChecksSchema())
def mark(caller: Caller, record_id: UUID, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Mark a hit as known, with the reason, or as not known any more; the answer is all checks as they are now."""
    record = _opened(caller, record_id)
    checking.mark(record, key, body["reason"], _device(), known=body["known"])
    return _checks(record)


def _opened(caller: Caller, record_id: UUID) -> OpenRecord:
    """For her medicines, and for her findings where they may be read too: some hits come from those."""
    viewer, more, opener = caller.known, [FINDINGS], held(Opener)
    return opener.open_with(caller.session, viewer, record_id, READ, more, purpose(viewer), caller.way)


def _checks(record: OpenRecord) -> dict[str, Any]:
    seen = checking.see(record)
    found = checking.checked(record, seen)
    checked, authors = found.checked, {each.author_id for each in found.known.values()}
    people = held(Accounts).people(record.session, authors)
    reader = Reader.PATIENT if record.by_owner else Reader.STAFF
    return {
        "on": checked.on,
        "version": checked.version,
        "medicines": checked.medicines,
        "checked": checked.checked,
        "unchecked": [each.name for each in checked.unchecked],
        "unmatched": checked.unmatched,
        "hidden": seen.is_hiding,
        "hidden_hits": checked.hidden_hits,
        "limits": coverage_words(checked),
        "hits": [_hit(hit, reader, _marked(found.known.get(hit.key), people)) for hit in checked.hits],
    }


def _hit(hit: Hit, reader: Reader, known: dict[str, Any] | None) -> dict[str, Any]:
    words = hit_words(hit, reader)
    return {
        "kind": hit.kind,
        "rule": hit.rule,
        "key": hit.key,
        "first": _taken(hit.first),
        "second": None if hit.second is None else _taken(hit.second),
        "finding": hit.finding,
        "ingredients": hit.ingredients,
        "from_on": hit.from_on,
        "until_on": hit.until_on,
        "words": {name: getattr(words, name) for name in words.__slots__},
        "known": known,
    }


def _taken(taken: Taken) -> dict[str, Any]:
    names = ("id", "dispensing", "name", "dose", "route", "starts_on", "ends_on", "stage", "writer")
    return {name: getattr(taken, name) for name in (*names, "clinic", "doctor", "pharmacy")}


def _marked(mark: Mark | None, people: dict[UUID, Person]) -> dict[str, Any] | None:
    if mark is None:
        return None
    person = people.get(mark.author_id)
    return {"reason": mark.reason, "who": members(person) if person else None, "at": mark.marked_at}


def _device() -> UUID:
    try:
        return UUID(request.headers.get("Tomoni-Device", ""))
    except ValueError:
        return UUID(int=0)
