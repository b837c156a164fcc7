"""Asking: a file that leaves something open is answered, read again with the answer, and the answer is remembered."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from backend.consent.opened import OpenRecord
from backend.imports import answers, inbox, reading, staging
from backend.imports.inbox import Contents, Import, State
from shared.consent import Right, Scope
from shared.formats import Ask, Said, sheet_columns
from shared.problems import Clash, Invalid


def answer(record: OpenRecord, import_id: UUID, said: Said, roots: Path | None = None) -> Import:
    """Say what the file leaves open; it is read again with that. The same answer again changes nothing.

    What a format asked for is remembered for the next file of that format.
    """
    record.must(Scope.RECORD, Right.WRITE)
    record.next_number()
    said = answers.checked(said)
    row = reading.row_of(record.session, record.id, import_id)
    known = inbox.opened(record, row)
    _check_columns(known, said)
    asking = _asking(known, said)
    now = answers.overlaid(known.contents.said, asking or {row.format or "": said})
    if now == known.contents.said:
        return known
    if not answers.asked_in(said) & _open_to(known):
        raise Invalid("answer_missing")
    if row.state not in (State.ASKING, State.PREVIEWED, State.REFUSED) or row.format is None:
        raise Clash("import_state", state=inbox.state_label(row.state))
    for of, part in asking.items():
        answers.remember(record, of, part)
    staging.clear(record.session, record.id, import_id)
    row.state, row.percent, row.troubles = State.WAITING, 0, 0
    row.sealed = inbox.sealed(record, import_id, Contents(known.contents.name, now))
    inbox.order_reading(record, row)
    return reading.read_small(record, import_id, roots)


def _check_columns(known: Import, said: Said) -> None:
    """An `Invalid` says what is wrong with columns that would only be asked for again."""
    question, widths = known.contents.question, dict[str, int]()
    for used in (*known.contents.used.values(), *known.contents.said.values()):
        widths |= {key: len(columns) for key, columns in used.columns.items()}
    if question is not None and question.ask is Ask.COLUMNS:
        header = question.facts.get("header")
        widths[str(question.facts.get("key"))] = len(header) if isinstance(header, list) else 0
    for key, columns in said.columns.items():
        if key in widths:
            sheet_columns.checked(columns, widths[key])
        elif question is not None and question.ask is Ask.COLUMNS:
            raise Invalid("answer_missing", field="columns")


def _open_to(known: Import) -> set[Ask]:
    """What may be said of a file now: what it asks, and again what it asked before; anything where it asks nothing."""
    question = known.contents.question
    if question is None:
        return set(Ask)
    before = (of.get(question.of, answers.NOTHING) for of in (known.contents.said, known.contents.used))
    return {question.ask}.union(*map(answers.asked_in, before))


def _asking(known: Import, said: Said) -> dict[str, Said]:
    """``said`` by the format that asks now; else, of ``said``, what each format asked for when the file was read."""
    if known.contents.question is not None:
        return {known.contents.question.of: said}
    used = known.contents.used.items()
    parts = {of: answers.only(said, answers.asked_in(each)) for of, each in used}
    return {of: part for of, part in parts.items() if part != answers.NOTHING}
