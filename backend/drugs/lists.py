"""Drug lists: keep what the operator loads, by the day from which it counts, and say what changed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from backend.drugs.layouts import Line, ListKind, overlaid, read_list
from backend.drugs.sheets import read_rows
from backend.drugs.tables import DrugListRow
from shared import clock
from shared.drug_ingredients import folded
from shared.ids import new_id
from shared.problems import Invalid

_EXAMPLES = 5
_JAPAN = 9 * 60
# A day in a file's name: 20250716.csv, tp20250716-01_01.xlsx, ippanmeishohoumaster_250814.xlsx.
_DAY = re.compile(r"(?<!\d)(20\d\d|\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class DrugList:
    """A version of a list, without its lines."""

    id: UUID
    kind: ListKind
    valid_from: date
    name: str
    rows: int
    in_force: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different from the list before: codes that are new, gone, and under another name; some of each."""

    added: int
    gone: int
    renamed: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading one file. ``is_new`` false: the same list was there already, and nothing changed."""

    kind: ListKind
    name: str
    valid_from: date
    rows: int
    is_new: bool
    difference: Difference


def load(session: Session, path: Path, valid_from: date | None = None) -> Loaded:
    """Keep the list in a file as a version of its own. A difference file is laid over the list before it.

    The day from which it counts is told, or stands in the file's name. `Invalid` or `Unreadable` leave all as it was.
    """
    read = read_list(read_rows(path), path.name)
    day = valid_from or day_in(path.name)
    if day is None:
        raise Invalid("drug_list_date", name=path.name)
    before = _newest(session, read.kind, day)
    old = lines_of(before) if before is not None else ()
    lines = read.lines
    if read.is_difference:
        if before is None:
            raise Invalid("drug_list_base_first", name=path.name)
        lines = overlaid(old, lines)
    packed = _packed(lines)
    digest = sha256(packed).digest()
    is_new = before is None or before.digest != digest
    if is_new:
        session.add(
            DrugListRow(
                id=new_id(), kind=read.kind.value, valid_from=day, loaded_at=clock.now(), name=path.name,
                digest=digest, rows=len(lines), packed=zlib.compress(packed, 9),
            )
        )  # fmt: skip
        session.flush()
    return Loaded(read.kind, path.name, day, len(lines), is_new, differing(old, lines))


def loaded(session: Session) -> list[DrugList]:
    """Every version, kind by kind, the newest first."""
    statement = (
        select(DrugListRow)
        .options(defer(DrugListRow.packed))
        .order_by(DrugListRow.kind, DrugListRow.valid_from.desc(), DrugListRow.id.desc())
    )
    rows = list(session.scalars(statement))
    now = {row.id for row in in_force(session).values()}
    return [
        DrugList(row.id, ListKind(row.kind), row.valid_from, row.name, row.rows, row.id in now)
        for row in rows
    ]


def in_force(session: Session) -> dict[ListKind, DrugListRow]:
    """The version of each kind that counts today (in Japan); the lines are fetched only when they are looked at."""
    today = clock.at_offset(clock.now(), _JAPAN).date()
    statement = (
        select(DrugListRow)
        .options(defer(DrugListRow.packed))
        .where(DrugListRow.valid_from <= today)
        .order_by(DrugListRow.valid_from, DrugListRow.id)
    )
    return {ListKind(row.kind): row for row in session.scalars(statement)}


def lines_of(row: DrugListRow) -> tuple[Line, ...]:
    """The lines of a version."""
    return tuple(Line(*each) for each in orjson.loads(zlib.decompress(row.packed)))


def day_in(name: str) -> date | None:
    """The day in a file's name, if exactly one stands there."""
    found = {day for parts in _DAY.findall(name) if (day := _date(*map(int, parts))) is not None}
    return next(iter(found)) if len(found) == 1 else None


def differing(before: Sequence[Line], after: Sequence[Line]) -> Difference:
    """What is different between two lists, by code; a name in other letters (width, kana) is the same name."""
    old, new = {line.code: line for line in before}, {line.code: line for line in after}
    added = [line for line in after if line.code not in old]
    gone = [line for line in before if line.code not in new or (_ended(new[line.code]) and not _ended(line))]
    renamed = [
        line for line in after if line.code in old and folded(old[line.code].name) != folded(line.name)
    ]
    examples = [f"+ {line.code} {line.name}" for line in added[:_EXAMPLES]]
    examples += [f"- {line.code} {line.name}" for line in gone[:_EXAMPLES]]
    examples += [f"= {line.code} {old[line.code].name} -> {line.name}" for line in renamed[:_EXAMPLES]]
    return Difference(len(added), len(gone), len(renamed), tuple(examples))


def _ended(line: Line) -> bool:
    return bool(line.until)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year % 100 + 2000, month, day)
    except ValueError:
        return None


def _newest(session: Session, kind: ListKind, day: date) -> DrugListRow | None:
    statement = (
        select(DrugListRow)
        .where(DrugListRow.kind == kind.value, DrugListRow.valid_from <= day)
        .order_by(DrugListRow.valid_from.desc(), DrugListRow.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def _packed(lines: Sequence[Line]) -> bytes:
    return orjson.dumps(sorted(map(astuple, lines)))
