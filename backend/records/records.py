"""Records: begin one, find one with its key, take its next number, and keep what is seen of it at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from backend.records.tables import GlanceRow, RecordRow
from backend.seal import Key, KeyRing
from backend.statements import Soon, Statement
from shared import clock
from shared.problems import Clash

_GLANCE = "glances.sealed"
_EXPECTED = "record_expected"  # in ``session.info``
DEFAULT_ZONE = "Asia/Tokyo"
# What every request asks is made once: making a statement costs several times what asking it does.
_RECORDS, _GLANCES = cast("Table", RecordRow.__table__), cast("Table", GlanceRow.__table__)
_BY_ID = Statement(
    select(_RECORDS.c.record_id, _RECORDS.c.owner_id, _RECORDS.c.wrapped_key, _RECORDS.c.zone).where(
        _RECORDS.c.record_id == bindparam("record")
    )
)
_NEXT = Statement(
    update(_RECORDS)
    .where(_RECORDS.c.record_id == bindparam("record"))
    .values(change_number=_RECORDS.c.change_number + 1)
    .returning(_RECORDS.c.change_number)
)
_SEEN = Statement(select(_GLANCES.c.sealed).where(_GLANCES.c.record_id == bindparam("record")))
_SEE = Statement.row_of(_GLANCES, instead_of="record_id")


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was found: whose it is, its key, and the zone its owner lives in."""

    id: UUID
    owner: UUID
    key: Key
    zone: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What lists show. ``parts`` holds one sealed-together summary a scope (``vitals``, ``wearables``, ``medicines``),
    so that a list can leave out what its viewer may not see."""

    name: str
    name_kana: str = ""
    born_on: str = ""
    sex: str = ""
    parts: Mapping[str, Mapping[str, Any]] | None = None

    def age(self, today: date) -> int | None:
        """Full years on ``today``, or None when the birth date is not known."""
        if not self.born_on:
            return None
        born = date.fromisoformat(self.born_on)
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    def part(self, scope: str) -> Mapping[str, Any]:
        """The summary of one scope; empty when there is none yet."""
        return (self.parts or {}).get(scope, {})


_SHOWN = tuple(each.name for each in fields(Glance))


def begin(session: Session, ring: KeyRing, record_id: UUID, owner: UUID, glance: Glance) -> Record:
    """A new record for account ``owner``, with a key of its own. `Clash` when the id is used already."""
    if session.get(RecordRow, record_id) is not None:
        raise Clash("id_used_otherwise")
    key, wrapped = ring.new_key(record_id)
    session.add(
        RecordRow(
            record_id=record_id,
            owner_id=owner,
            wrapped_key=wrapped,
            zone=DEFAULT_ZONE,
            change_number=0,
            created_at=clock.now(),
        )
    )
    session.flush()
    record = Record(record_id, owner, key, DEFAULT_ZONE)
    write_glance(session, record.key, glance)
    return record


def expect(session: Session, record_id: UUID) -> None:
    """Ask for what `find` will read."""
    session.info[_EXPECTED] = {record_id: _BY_ID.soon(session, {"record": record_id})}


def find(session: Session, ring: KeyRing, record_id: UUID) -> Record | None:
    """The record with its opened key; None when there is none. Whether it may be used is for `consent` to say."""
    asked: Soon | None = session.info.pop(_EXPECTED, {}).get(record_id)
    found = (asked or _BY_ID.soon(session, {"record": record_id})).rows()
    if not found:
        return None
    (row,) = found
    return Record(row.record_id, row.owner_id, ring.open_key(row.record_id, row.wrapped_key), row.zone)


def of_owner(session: Session, owner: UUID) -> UUID | None:
    """The id of the record of that account."""
    return session.scalar(select(RecordRow.record_id).where(RecordRow.owner_id == owner))


def take_turn(session: Session, record_id: UUID) -> Soon:
    """Lock the record's row until the commit, before anything that is asked from now on."""
    taken: dict[UUID, Soon] = session.info.setdefault("change_numbers", {})
    if record_id not in taken:
        taken[record_id] = _NEXT.soon(session, {"record": record_id})
    return taken[record_id]


def next_number(session: Session, record_id: UUID) -> int:
    """The next change number of a record, taken once a transaction. Locks the record's row until the commit."""
    (taken,) = take_turn(session, record_id).rows()
    number: int = taken.change_number
    return number


def newest_number(session: Session, record_id: UUID) -> int:
    """The number of the newest transaction of a record that was committed, or of this one."""
    number = session.scalar(select(RecordRow.change_number).where(RecordRow.record_id == record_id))
    return number or 0


def seen(session: Session, key: Key) -> Soon:
    """Ask for what `read_glance` will read."""
    return _SEEN.soon(session, {"record": key.owner})


def read_glance(session: Session, key: Key, asked: Soon | None = None) -> Glance:
    """What is seen of the record of ``key`` at a glance."""
    (row,) = (asked or seen(session, key)).rows()
    return Glance(**orjson.loads(key.open(_GLANCE, key.owner, row.sealed)))


def write_glance(session: Session, key: Key, glance: Glance) -> None:
    """Replace what is seen at a glance."""
    sealed = key.seal(_GLANCE, key.owner, orjson.dumps({name: getattr(glance, name) for name in _SHOWN}))
    _SEE.tell(session, {"record_id": key.owner, "sealed": sealed, "updated_at": clock.now()})


def refresh_glance(session: Session, key: Key, scope: str, part: Mapping[str, Any]) -> None:
    """Replace the summary of one scope, in the transaction that changed it."""
    glance = read_glance(session, key)
    write_glance(session, key, replace(glance, parts={**(glance.parts or {}), str(scope): dict(part)}))


def glances(session: Session, ring: KeyRing, record_ids: Iterable[UUID]) -> list[tuple[Key, Glance]]:
    """The glances of many records in one query, each with its key."""
    statement = (
        select(RecordRow.record_id, RecordRow.wrapped_key, GlanceRow.sealed)
        .join(GlanceRow, GlanceRow.record_id == RecordRow.record_id)
        .where(RecordRow.record_id.in_(list(record_ids)))
    )
    found = []
    for record_id, wrapped, sealed in session.execute(statement):
        key = ring.open_key(record_id, wrapped)
        found.append((key, Glance(**orjson.loads(key.open(_GLANCE, record_id, sealed)))))
    return found
