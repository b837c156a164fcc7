"""The server's answers as values: JSON members in, what the screens show out. Unclear answers are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from mobile.seen import (
    Account,
    Count,
    FileAnswer,
    FileQuestion,
    GrantSeen,
    ImportState,
    PersonSharing,
    PractitionerSeen,
    SourceSeen,
    TroubleSeen,
    Visit,
)
from shared.consent import Role
from shared.consent_schema import GrantKeptSchema, grant_from
from shared.problems import Problem, Unreadable

T = TypeVar("T")
Members = Mapping[str, object]

_GRANT_MEMBERS = frozenset(GrantKeptSchema().fields)


def read(way: Callable[[Members], T], members: Members) -> T:
    """``members`` by ``way``; whatever does not fit is `Unreadable` ``server_answer``, never a crash of the screen."""
    try:
        return way(members)
    except (KeyError, ValueError, TypeError, AttributeError, Problem) as error:
        raise Unreadable("server_answer") from error


def listed(members: Members, name: str, way: Callable[[Members], T]) -> tuple[T, ...]:
    """The list ``name`` of an answer, each by ``way``."""
    return read(lambda found: tuple(way(_inner(each)) for each in _list(found[name])), members)


def account(members: Members, pending: bool = False) -> Account:
    """Who signed in: the answer of sign-up and sign-in."""
    who = _inner(members["account"])
    record_id = members.get("record_id")
    return Account(
        id=UUID(str(who["id"])),
        role=Role(str(who["role"])),
        name=str(who["name"]),
        language=str(who.get("language") or "ja"),
        record_id=None if record_id is None else UUID(str(record_id)),
        pending=pending,
    )


def grant(members: Members) -> GrantSeen:
    """A grant with the name of whom it is for."""
    known = {name: value for name, value in members.items() if name in _GRANT_MEMBERS}
    names = (str(members.get("to_name") or ""), str(members.get("to_facility") or ""))
    return GrantSeen(grant_from(known), *names, state=str(members["state"]))


def source(members: Members) -> SourceSeen:
    """A device or app that readings come from."""
    streams = tuple(str(stream) for stream in _list(members.get("streams") or []))
    return SourceSeen(int(str(members["id"])), str(members["name"]), streams)


def visit(members: Members) -> Visit:
    """A line of the visitors' book. One opening may be for several scopes: they are joined by commas."""
    who = _inner(members.get("who") or {})
    scopes = members.get("scopes") or [members.get("scope") or ""]
    return Visit(
        id=str(members["id"]),
        at=datetime.fromisoformat(str(members["at"])),
        who=str(who.get("name") or ""),
        facility=str(who.get("facility") or ""),
        scope=",".join(str(scope) for scope in _list(scopes)),
        right=str(members.get("right") or ""),
        purpose=str(members.get("purpose") or ""),
        outcome=str(members["outcome"]),
        reason=str(members.get("reason") or ""),
        way=str(members.get("way") or ""),
    )


def practitioner(members: Members) -> PractitionerSeen:
    """Someone a record can be shared with."""
    return PractitionerSeen(
        UUID(str(members["id"])), str(members["name"]), str(members.get("facility") or "")
    )


def person_sharing(members: Members) -> PersonSharing:
    """Someone who shares her record."""
    age = members.get("age")
    return PersonSharing(
        UUID(str(members["id"])), str(members["name"]), age if isinstance(age, int) else None
    )


def import_state(members: Members) -> ImportState:
    """An import as the server sees it."""
    totals = _inner(members.get("totals") or {})
    counts = _inner(members.get("counts") or {})
    identity = _inner(members.get("identity") or {})
    problem = members.get("problem")
    received = members.get("received_at")
    question, progress = members.get("question"), _inner(members.get("progress") or {})
    return ImportState(
        id=UUID(str(members["id"])),
        name=str(members.get("name") or ""),
        state=str(members["state"]),
        size=_whole(members.get("bytes")),
        format_label=str(members.get("format_label") or ""),
        whose=str(identity.get("name") or ""),
        mismatch=identity.get("mismatch") is True,
        counts=tuple(_count(kind, _inner(found)) for kind, found in counts.items()),
        new=_whole(totals.get("new")),
        same=_whole(totals.get("same")),
        changed=_whole(totals.get("changed")),
        not_understood=_whole(totals.get("not_understood")),
        troubles=tuple(_trouble(_inner(each)) for each in _list(members.get("troubles") or [])),
        problem="" if problem is None else problem_text(problem),
        question=None if question is None else file_question(_inner(question)),
        answered=tuple(file_answer(_inner(each)) for each in _list(members.get("answered") or [])),
        percent=_whole(members.get("percent")),
        readings=_whole(progress.get("readings")),
        days=_whole(progress.get("days")),
        rate=_whole(progress.get("rate")),
        received_at=None if received is None else datetime.fromisoformat(str(received)),
    )


def file_question(members: Members) -> FileQuestion:
    """What a file leaves open. Facts that this phone does not know are left out."""
    facts = _inner(members.get("facts") or {})
    return FileQuestion(
        ask=str(members["ask"]),
        of=str(members["of"]),
        of_label=str(members.get("of_label") or ""),
        message=str(members.get("message") or ""),
        samples=_texts(facts.get("samples")),
        zone=str(facts.get("zone") or ""),
        key=str(facts.get("key") or ""),
        header=_texts(facts.get("header")),
        rows=tuple(_texts(row) for row in _list(facts.get("rows") or [])),
        suggested=_texts(facts.get("suggested")),
        meanings=tuple(_meaning(each) for each in _list(facts.get("meanings") or [])),
    )


def file_answer(members: Members) -> FileAnswer:
    """What she answered about files of one kind."""
    return FileAnswer(
        of=str(members["of"]),
        of_label=str(members.get("of_label") or ""),
        zone=str(members.get("zone") or ""),
        day_order=str(members.get("day_order") or ""),
        sheets=_whole(members.get("sheets")) or int(members.get("columns") is True),
        remembered=members.get("remembered") is not False,
    )


def _meaning(each: object) -> tuple[str, str]:
    if isinstance(each, list):
        return str(each[0]), str(each[1])
    return str(each), str(each)


def _texts(found: object) -> tuple[str, ...]:
    return tuple("" if each is None else str(each) for each in _list(found or []))


def problem_text(problem: object) -> str:
    """The sentence of a problem that stands inside an answer: its message, else its bare name."""
    if isinstance(problem, Mapping):
        return str(problem.get("message") or problem.get("problem") or "")
    return str(problem)


def _count(kind: str, found: Members) -> Count:
    return Count(kind, _whole(found.get("new")), _whole(found.get("same")), _whole(found.get("changed")))


def _trouble(found: Members) -> TroubleSeen:
    where, excerpt = str(found.get("where") or ""), str(found.get("excerpt") or "")
    return TroubleSeen(where, problem_text(found.get("problem") or ""), excerpt)


def _inner(value: object) -> Members:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
